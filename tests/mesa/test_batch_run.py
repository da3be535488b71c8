"""Mesa's own way to run a batch works, as far as Mesa has it.

What it lacks, and `livermet_sim.Sweep` has: it keeps everything in memory and writes nothing, so a batch that is stopped
starts anew; a worker that is killed lets it hang for ever; an error ends it; designs are full grids only; and Mesa 3.3
needs the seeds as a parameter, 3.5 as ``rng``. Mesa 4 has removed it.
"""

from __future__ import annotations

import warnings

import mesa
import pytest

from livermet_sim import LiverModel, Sweep

if not hasattr(mesa, "batch_run"):
    pytest.skip("Mesa 4 has no batch_run", allow_module_level=True)


class Counted(LiverModel):
    """Collect the tumour cells, as a Mesa user would."""

    def __init__(self, **options):
        super().__init__(**options)
        self.datacollector = mesa.DataCollector(
            {"tumour_cells": lambda model: model.engine.measures()["tumour_cells"]}
        )


def test_batch_run_gives_what_a_sweep_gives(tmp_path):
    parameters = {
        "scenario": "strip", "run__days": 0.125, "cells__kupffer__density": [0, 15000], "seed": [1, 2],
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Mesa's own, about what it will call things later
        rows = mesa.batch_run(
            Counted, parameters=parameters, number_processes=1, max_steps=12, data_collection_period=-1,
            display_progress=False,
        )  # fmt: skip
    found = {(row["cells__kupffer__density"], row["seed"]): row["tumour_cells"] for row in rows}
    sweep = Sweep(
        "strip", {"cells.kupffer.density": [0, 15000]}, design="grid", replicates=2, seed=1, days=0.125
    )
    runs = sweep.run(tmp_path / "study", workers=1, progress=False).runs
    expected = {
        (row["cells.kupffer.density"], row["seed"]): row["tumour_cells"] for _, row in runs.iterrows()
    }
    assert found == expected and len(found) == 4
