"""Check that a table's columns are those of its matrices, whatever happens to either."""

from __future__ import annotations

import copy
import pickle
import tracemalloc

import numpy as np
import pytest

from livermet_sim.state.table import Column, Table

COLUMNS = (Column("a", "1", ""), Column("n", "1", "", whole=True), Column("b", "1", "", default=2.0))


def filled(rows: int) -> Table:
    table = Table(COLUMNS, 4)
    table.append(rows, a=np.arange(rows) / 2, n=np.arange(rows))
    return table


def whole(table: Table) -> bool:
    """Say whether what is written to a column stands in the matrix."""
    for name in table.columns:
        matrix = table.whole if table.columns[name].whole else table.real
        table.full(name)[0] = 7
        if matrix[table.index(name), 0] != 7 or not np.shares_memory(table[name], matrix):
            return False
    return len(table["a"]) == table.n


@pytest.mark.parametrize("rows", [3, 50])
@pytest.mark.parametrize("take", [copy.copy, copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_columns_of_a_copy_are_its_own(take, rows):
    table = filled(rows)
    other = take(table)
    assert whole(other) and whole(table)
    other.real = other.real.copy()
    other.full("a")[0] = -1.0
    assert table["a"][0] == 7.0 and whole(other)


def test_columns_follow_a_table_that_grows_shrinks_and_is_put_in_order():
    table = filled(3)
    for work in (lambda: table.append(400, a=1.0), lambda: table.drop(np.array([1, 5])), lambda: table.reorder(np.arange(table.n)[::-1])):  # fmt: skip
        work()
        assert whole(table)


def test_rows_are_put_in_order_without_a_second_table_beside_the_first():
    table = Table([Column(f"c{i}", "1", "") for i in range(40)], 2000)
    table.append(2000, c0=np.arange(2000.0))
    order = np.arange(2000)[::-1].copy()
    tracemalloc.start()
    table.reorder(order)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table["c0"].tolist() == list(range(1999, -1, -1)) and most < table.real.nbytes / 10


def test_a_column_is_cut_once():
    table = filled(3)
    assert table.full("a") is table.full("a")
