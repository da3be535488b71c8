"""Compare what cells that line a stretch sense and do along it with a slow twin, place by place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_worlds import COMMON, compiled, lined_world, load, rates_slowly, sense_slowly

LOCAL = {"actor": "lsec", "behaviour": "secrete.tnf", "maximum": 3, **COMMON}
EXTRA = {
    "near": {**LOCAL, "signal": "contact.kupffer"},
    "awake": {**LOCAL, "behaviour": "tether", "signal": "contact.activated.nk"},
    "lining": {**LOCAL, "behaviour": "grip", "signal": "contact.lsec"},
    "ground": {**LOCAL, "behaviour": "collapse", "maximum": 1, "signal": "contact.hepatocyte", "half_max": 5},
    "whole": {**LOCAL, "behaviour": "activate", "signal": "contact.tumour"},
    "bare": {**LOCAL, "behaviour": "dilate", "maximum": 1, "signal": "lack.contact.treg"},
    "beside": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", **COMMON, "signal": "contact.lsec"},
    "woken": {"actor": "tumour", "behaviour": "sleep", "maximum": "x4", **COMMON, "signal": "contact.activated.lsec"},
}  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_a_cell_that_lines_a_stretch_is_touched_all_along_it_and_answers_at_each_place_by_what_touches_it_there(
    seed,
):
    book = load(EXTRA)
    rules = compiled(book)
    world, base = lined_world(book, rules, 90, seed), book.words.base_values()
    rules.evaluate(world)
    for row in range(world.cells.n):
        for name, value in rates_slowly(book, base, world, row).items():
            assert world.rates[row, rules.column(name)] == pytest.approx(value, rel=1e-12, abs=1e-15), name
    ((sites, names, values),) = rules.along(world)
    assert {"secrete.tnf", "tether", "grip", "collapse", "dilate", "secrete.no"} == set(names)
    for place, found in zip(sites, values, strict=True):
        row = world.segment_row[world.segments[place]]
        slow = rates_slowly(book, base, world, row, place)
        assert found.tolist() == pytest.approx([slow[name] for name in names], rel=1e-12, abs=1e-15)
    # along the rest of the stretches nothing is touched that these rules ask about
    for place in np.setdiff1d(np.flatnonzero(world.segments >= 0), sites):
        row = world.segment_row[world.segments[place]]
        for signal in ("contact.kupffer", "contact.tumour", "contact.lsec") if row >= 0 else ():
            assert sense_slowly(book, world, row, signal, place) == 0.0


def test_what_nobody_touches_costs_no_place():
    book = load()
    rules = compiled(book)
    world = lined_world(book, rules, 60, 1)
    world.cells["kind"][world.cells["segment"] < 0] = book.words.kinds.index("treg")
    world.cells["site"][world.cells["segment"] < 0] = 0
    world.sites["net"][:] = 0.0
    rules.evaluate(world)
    assert all(len(sites) == 0 for sites, _, _ in rules.along(world))
