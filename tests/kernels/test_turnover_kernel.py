"""Check inner states, leaving, secretion and recruitment against analytic values."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, random_keys

from livermet_sim.kernels.codes import RECRUITED, TUMOUR
from livermet_sim.kernels.rng import child_key
from livermet_sim.kernels.turnover import (
    BEHAVIOURS,
    CALLERS,
    CASTS,
    CONVERTS,
    DIVIDES,
    LEAVES,
    REAL,
    WHOLE,
    recruit,
    relax,
    secrete,
    secrete_along,
    turn_over,
)
from livermet_sim.state.table import Column, Table

IMMUNE, LSEC = 1, 2


def test_relaxing_is_exact_however_the_time_is_split():
    up, down, start, hours = 0.3, 0.5, 0.9, 6.0
    target = up / (up + down)
    exact = target + (start - target) * np.exp(-(up + down) * hours)
    for pieces in ([6.0], [3.0, 3.0], [0.25] * 24, [0.1, 5.0, 0.9]):
        value = start
        for dt in pieces:
            value = relax(value, up, down, dt)
        assert value == pytest.approx(exact, rel=1e-12)


def test_relaxing_stays_between_0_and_1_and_still_without_rates():
    assert relax(0.4, 0.0, 0.0, 5.0) == 0.4
    for value in (0.0, 0.5, 1.0):
        for up, down in ((1e3, 0.0), (0.0, 1e3), (0.2, 0.7)):
            assert 0.0 <= relax(value, up, down, 2.0) <= 1.0
    assert relax(0.2, 3.0, 0.0, 20.0) == pytest.approx(1.0)
    assert relax(0.2, 0.0, 3.0, 20.0) == pytest.approx(0.0, abs=1e-20)


STATES = ("one", "two", "three", "four")
BASE = len(BEHAVIOURS)


class Cells:
    """Hold cells with the turnover behaviours as columns, and after them two for each of four states."""

    def __init__(self, n: int, kind: int = IMMUNE):
        columns = [Column(name, "1", "", whole=True) for name in WHOLE] + [
            Column(name, "1", "") for name in (*REAL, *STATES)
        ]
        self.n, self.table = n, Table(columns, n)
        self.table.append(n, kind=kind, key=random_keys(n), event=77, **dict.fromkeys(STATES, 0.5))
        self.rates = np.zeros((n, BASE + 8), order="F")
        self.has = np.ones((3, 4), dtype=np.int64)

    def __getattr__(self, name: str) -> np.ndarray:
        return self.table[name]

    def step(self, dt: float, tick: int = 0) -> None:
        table, moves = self.table, BASE + np.arange(8).reshape(4, 2)
        turn_over(
            table.n, 2, tick, dt, table.whole, table.at(*WHOLE), table.real, table.at(*REAL), self.rates, np.arange(BASE),
            np.column_stack([table.at(*STATES), moves]), self.has,
        )  # fmt: skip


def test_leaving_casting_and_dividing_compete():
    cells, dt = Cells(6000), 0.8
    cells.rates[:, :4] = 0.2, 0.1, 0.3, 0.15
    cells.step(dt)
    for event, rate in ((LEAVES, 0.2), (CASTS, 0.1), (DIVIDES, 0.3), (CONVERTS, 0.15)):
        assert_share(np.count_nonzero(cells.event == event), 6000, rate / 0.75 * (1 - np.exp(-0.75 * dt)))
    assert set(cells.event.tolist()) == {0, LEAVES, CASTS, DIVIDES, CONVERTS}


@pytest.mark.parametrize("dt", [0.25, 0.5, 2.0])
def test_time_to_leave_does_not_depend_on_the_step(dt):
    cells = Cells(4000)
    cells.rates[:, 0] = 0.3
    there = np.ones(4000, dtype=bool)
    for tick in range(round(4 / dt)):
        cells.step(dt, tick)
        there &= cells.event == 0
    assert_share(int(there.sum()), 4000, np.exp(-1.2))


def test_states_move_only_in_kinds_that_have_them_and_never_in_tumour_cells():
    for has in np.eye(4, dtype=np.int64):
        cells = Cells(3)
        cells.kind[0] = TUMOUR
        cells.rates[:, BASE:] = 0.4, 0.1, 0.2, 0.3, 0.5, 0.0, 0.6, 0.2
        cells.has[IMMUNE] = has
        cells.step(1.5)
        for name, (up, down), one in zip(
            STATES, ((0.4, 0.1), (0.2, 0.3), (0.5, 0.0), (0.6, 0.2)), has, strict=True
        ):
            value = getattr(cells, name)
            assert value[0] == 0.5
            assert value[1] == (relax(0.5, up, down, 1.5) if one else 0.5)


def test_cells_age_and_digest():
    cells = Cells(2)
    cells.kind[0] = TUMOUR
    cells.load[1], cells.rates[:, 4] = 2.0, 0.3
    cells.step(0.5)
    assert cells.age.tolist() == [0.5, 0.5] and cells.sojourn.tolist() == [0.5, 0.0]
    assert cells.load[1] == pytest.approx(2.0 * np.exp(-0.15))
    assert cells.event.tolist() == [77, 0]
    cells.step(1e3)
    assert cells.load[1] == 0.0


def test_secretion_adds_up_and_does_not_depend_on_row_order():
    random = np.random.default_rng(1)
    n, sites, signals = 500, 40, 3
    site = random.integers(0, sites, n)
    rates = random.random((n, 2 + signals)) * (random.random((n, 2 + signals)) < 0.6)
    sources = []
    for order in (np.arange(n), random.permutation(n)):
        source = np.zeros((sites, signals), dtype=np.int64)
        secrete(0, signals, n, site[order], np.full(n, -1), rates[order], 2, 1.5, source)
        sources.append(source)
    assert np.array_equal(*sources)
    expected = np.zeros((sites, signals))
    np.add.at(expected, site, 1.5 * rates[:, 2:])
    assert np.abs(sources[0] / 2**20 - expected).max() < n * 2.0**-20
    assert sources[0].sum() == (rates[:, 2:] * 1.5 * 2**20).astype(np.int64).sum()


def test_a_cell_that_lines_a_stretch_secretes_all_along_it_and_in_answer_to_a_touch_where_it_is_touched():
    random, sites, signals, share = np.random.default_rng(4), 60, 3, 1.5
    segments = random.integers(-1, 6, sites)
    segment_row = np.array([3, 0, 4, -1, 1, 2])
    rates = random.random((5, signals + 2))
    touched = random.random((7, signals))
    at = np.full(sites, -1, dtype=np.int32)
    at[np.flatnonzero(segments == 2)[:7]] = np.arange(7)[: np.count_nonzero(segments == 2)]
    source = np.zeros((sites, signals), dtype=np.int64)
    length = np.bincount(segments[segments >= 0], minlength=6)
    parts = np.where(segment_row >= 0, share / np.maximum(length, 1), 0.0)
    given = (rates[segment_row, 2:] * parts[:, None] * 2**20).astype(np.int64)
    for begin in range(0, sites, 25):
        secrete_along(begin, min(begin + 25, sites), segments, given, parts, at, touched, source)
    for s in range(sites):
        row = segment_row[segments[s]] if segments[s] >= 0 else -1
        rate = np.zeros(signals) if row < 0 else touched[at[s]] if at[s] >= 0 else rates[row, 2:]
        part = share * rate / max(np.count_nonzero(segments == segments[s]), 1)
        assert source[s] / 2**20 == pytest.approx(part, abs=2e-6)
    secrete(
        0, signals, 5, np.arange(5), np.arange(5), rates, 2, share, source[:0]
    )  # they stand at no one site


def arrivals(lining, rates, resting, tick=0, dt=0.25, perfused=None, room=4096):
    """Return (rows, kinds) of the cells that arrive at LSEC with keys ``lining``."""
    n = len(lining)
    cells = Table([Column(name, "1", "", whole=True) for name in CALLERS], n)
    cells.append(n, kind=LSEC, site=np.arange(n), key=lining)
    drawn = np.zeros((3, room), dtype=np.int64)
    number = recruit(
        n, 1, tick, dt, LSEC, cells.whole, cells.at(*CALLERS), np.ones(n) if perfused is None else perfused,
        rates, 0, np.asarray(resting), drawn,
    )  # fmt: skip
    rows, codes, keys = drawn
    assert keys[:number].tolist() == [
        child_key(1, RECRUITED + (k << 16), tick, int(lining[r]))
        for r, k in zip(rows[:number], codes[:number].tolist(), strict=True)
    ]
    return rows[:number], codes[:number]


def test_recruitment_is_proportional_to_the_call_of_each_kind():
    n, dt = 4000, 0.25
    # six kinds, so that kinds of the second block of draws are among them
    resting = np.array([0.0, 0.2, 0.4, 0.1, 0.3, 0.2])
    rates = np.asfortranarray(np.tile([1.0, 1.0, 0.5, 8.0, 0.0, 3.0], (n, 1)))
    rows, codes = arrivals(random_keys(n), rates, resting, dt=dt)
    for k in range(6):
        assert_share(np.count_nonzero(codes == k), n, 1 - np.exp(-resting[k] * rates[0, k] * dt))
        assert len(np.unique(rows[codes == k])) == np.count_nonzero(codes == k)
    # one kind's arrival says nothing about another's
    both = np.intersect1d(rows[codes == 3], rows[codes == 5])
    chance = np.prod([1 - np.exp(-resting[k] * rates[0, k] * dt) for k in (3, 5)])
    assert_share(len(both), n, chance)


def test_nobody_arrives_without_blood_or_lining():
    n, perfused = 2000, np.zeros(2000)
    rates, resting = np.ones((n, 3)), [0.5, 0.5, 0.5]
    assert len(arrivals(random_keys(n), rates, resting, perfused=perfused)[0]) == 0
    perfused[:1000] = 1.0
    rows, _ = arrivals(random_keys(n), rates, resting, perfused=perfused, dt=2.0)
    assert len(rows) and rows.max() < 1000


def test_arrivals_and_leaving_keep_the_resting_number():
    lining, rest, leave, dt, ticks = random_keys(300), 300, 0.1, 0.25, 2500
    rates, resting = np.ones((300, 2)), [0.0, rest * leave / 300]
    cells = Cells(rest)
    numbers = []
    for tick in range(ticks):
        rows, _ = arrivals(lining, rates, resting, tick, dt)
        keys = [child_key(1, 15, tick, int(lining[row])) for row in rows]
        cells.step(dt, tick)
        kept = cells.key[cells.event == 0].copy()
        cells = Cells(len(kept) + len(keys))
        cells.key[:] = np.concatenate([kept, np.array(keys, dtype=np.int64)])
        cells.rates[:, 0] = leave
        cells.event[:] = 0
        numbers.append(cells.n)
    # fluctuations of size sqrt(rest) last 1 / leave hours
    settled = np.array(numbers[400:])
    independent = len(settled) * dt * leave / 2
    assert abs(settled.mean() - rest) < 5 * np.sqrt(rest / independent)
    assert 0.4 < settled.var() / rest < 2.5
