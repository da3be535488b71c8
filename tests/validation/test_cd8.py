"""Check what CD8 T cells are worth in whole livers: they cost a colon carcinoma in the liver something, not most of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.sweep.execute import execute
from livermet_sim.sweep.paired import ratio_of_means

LIVER = {"tissue.lobules": 8, "run.days": 28, "observe.snapshots": "", "observe.frames": 0}
SEEDS = range(21, 25)
ARMS = {"control": {}, "none": {"cells.cd8.density": 0.0}}

pytestmark = pytest.mark.long


def course(item: tuple[str, int]) -> dict[str, float]:
    """Return burden, founders alive at a day, losses to CD8 T cells and all losses of one liver."""
    arm, seed = item
    engine = Engine(lm.load("baseline", LIVER | ARMS[arm]), seed)
    engine.run(24)
    early = len(np.unique(engine.world.cells["founder"][engine.world.rows("tumour")]))
    engine.run(27 * 24)
    dead = {name: n for name, n in engine.world.totals.items() if name.startswith("dead_")}
    return {
        "burden": len(engine.world.rows("tumour")), "early": early,
        "by_cd8": dead.get("dead_cd8", 0), "dead": sum(dead.values()),
    }  # fmt: skip


@cache
def arm(name: str) -> dict[str, np.ndarray]:
    """Return each figure of an arm, an entry a liver."""
    runs = {i: out.result() for i, out in execute(course, [(name, seed) for seed in SEEDS], workers=2)}
    return {what: np.array([float(runs[i][what]) for i in range(len(SEEDS))]) for what in runs[0]}


def test_they_are_no_more_than_a_third_of_what_a_tumour_loses():
    # MC38 in the liver grows on in whole mice, and a block of PD-1 alone does nothing there (Lee 2020 PMC7755924)
    assert arm("control")["by_cd8"].sum() < arm("control")["dead"].sum() / 3


def test_without_them_there_is_more_tumour_and_as_many_cells_outlive_the_first_day():
    burden = [arm(name)["burden"] for name in ("control", "none")]
    assert 1.0 < ratio_of_means(*burden)[0] < 3.0
    assert arm("none")["early"] == pytest.approx(arm("control")["early"], abs=3)
