"""Rows whose rates are due are listed kind by kind as the obvious way lists them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.kernels.due import list_due


@given(st.data())
def test_every_row_that_is_due_stands_once_among_its_kind_in_order(data: st.DataObject):
    kinds = data.draw(st.integers(1, 5))
    cell = st.tuples(st.integers(0, kinds - 1), st.integers(0, 1))
    cells = data.draw(st.lists(cell, max_size=40))
    first = data.draw(st.integers(0, len(cells)))
    stop = data.draw(st.integers(first, len(cells)))
    due = np.array(data.draw(st.lists(st.integers(0, 2), min_size=kinds, max_size=kinds)))
    kind, layer = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    start, rows = np.zeros(kinds + 1, dtype=np.int64), np.full(stop - first, -1, dtype=np.int64)
    list_due(first, stop, due, kind, layer, start, rows)
    expected = [
        [
            r
            for r in range(first, stop)
            if kind[r] == k and (due[k] == 1 or (due[k] == 2 and layer[r] == LUMEN))
        ]
        for k in range(kinds)
    ]
    assert [rows[start[k] : start[k + 1]].tolist() for k in range(kinds)] == expected
    assert (rows[start[kinds] :] == -1).all()
