"""Check that one behaviour of some cells, asked for at once, is what evaluating all rules of all cells gives."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.verification.worlds.livers import liver


@pytest.mark.parametrize("behaviour", ["bridge", "snare", "divide", "die.shear", "crawl"])
def test_some_cells_asked_about_one_behaviour_answer_as_all_do(behaviour: str):
    engine = liver(1)
    engine.run(3)
    world, compiled = engine.world, engine.compiled
    world.count()
    column, rates = compiled.column(behaviour), world.rates.copy()
    before = engine.digest()
    compiled.preview(world, np.ones(len(world.kinds), dtype=np.int64), rates)
    rows = np.flatnonzero(world.cells["kind"] == TUMOUR)[::-2]
    assert len(rows) > 3
    assert np.array_equal(compiled.at_once(world, TUMOUR, column, rows), rates[rows, column])
    assert engine.digest() == before
