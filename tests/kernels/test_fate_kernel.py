"""Check competing hazards: chances against analytic values, walls, vulnerability, row order, step length."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, field, plain_kernels, random_keys

from livermet_sim.kernels import fate
from livermet_sim.kernels.codes import (
    ANOIKIS,
    APOPTOSIS,
    CYCLING,
    DIE,
    DIVIDE,
    DORMANT,
    EXTRAVASATE,
    FIRST_KILLER,
    INTRAVASATE,
    LUMEN,
    NECROSIS,
    NITRIC_OXIDE,
    NOTHING,
    SHEAR,
    SLEEP,
    TISSUE,
    TUMOUR,
    WAKE,
)
from livermet_sim.verification.worlds.fates import ATTACK, ENGULF, Fates

HAZARDS = np.array([0.20, 0.25, 0.10, 0.40, 0.15, 0.12, 0.18, 0.22, 0.08, 0.05])
OUTCOMES = (
    (EXTRAVASATE, None), (DIVIDE, None), (SLEEP, None), (WAKE, None), (DIE, SHEAR),
    (DIE, NITRIC_OXIDE), (DIE, ANOIKIS), (DIE, APOPTOSIS), (DIE, NECROSIS), (INTRAVASATE, None),
)  # fmt: skip
SPACE, SIDE = 4, 50
WIDTH = SPACE * SIDE + 2
NEIGHBOURS, _ = field(WIDTH, WIDTH)


class Cells(Fates):
    """Hold tumour cells four sites apart, each with attackers around, and let fates be drawn."""

    def __init__(
        self, layer: int = TISSUE, state: int = CYCLING, attackers: tuple[tuple[int, int, int], ...] = ()
    ):
        y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
        home = (y * SPACE + 2) * WIDTH + x * SPACE + 2
        self.tumours, group = len(home), 1 + len(attackers)
        n = self.tumours * group
        self.c: dict[str, np.ndarray] = {
            "kind": np.repeat([TUMOUR, *(kind for kind, _, _ in attackers)], self.tumours),
            "site": np.concatenate([home, *(home + offset for _, offset, _ in attackers)]),
            "layer": np.repeat([layer, *(where for _, _, where in attackers)], self.tumours),
            "key": np.random.default_rng(1).permutation(random_keys(n)),
            "state": np.full(n, state), "event": np.full(n, NOTHING), "cause": np.zeros(n, dtype=np.int64),
            "aptitude": np.full(n, 0.5), "load": np.zeros(n),
        }  # fmt: skip
        self.rates = np.zeros((n, 14), order="F")
        self.rates[:, 12:] = 1.0
        self.across, self.neighbours = np.ones(3), NEIGHBOURS

    def arm(self, kind: int, attack: float, engulf: float = 0.0) -> Cells:
        self.rates[self.c["kind"] == kind, ATTACK] = attack
        self.rates[self.c["kind"] == kind, ENGULF] = engulf
        return self

    def shuffle(self, order: np.ndarray) -> None:
        self.c = {name: np.ascontiguousarray(column[order]) for name, column in self.c.items()}
        self.rates = np.asfortranarray(self.rates[order])

    def events(self) -> tuple[np.ndarray, np.ndarray]:
        tumour = self.c["kind"] == TUMOUR
        return self.c["event"][tumour], self.c["cause"][tumour]


def open_to(layer: int, state: int) -> np.ndarray:
    """Say which of the ten own fates a cell in that part and state can meet."""
    lumen, cycling = layer == LUMEN, state == CYCLING
    return np.array([lumen, cycling, cycling, not cycling, lumen, lumen, lumen, not lumen, True, not lumen])


@pytest.mark.parametrize("layer", [LUMEN, TISSUE])
@pytest.mark.parametrize("state", [CYCLING, DORMANT])
def test_each_fate_has_its_share_of_the_total_hazard(layer, state):
    dt, cells = 0.7, Cells(layer, state)
    cells.rates[:, :10] = HAZARDS
    happened = cells.decide(dt)
    event, cause = cells.events()
    hazards = HAZARDS * open_to(layer, state)
    hazards[1] *= -np.log(2.0 - np.exp(HAZARDS[1] * dt)) / (
        HAZARDS[1] * dt
    )  # daughters divide within the step too
    total = hazards.sum()
    assert len(happened) == np.count_nonzero(event != NOTHING)
    for hazard, (what, how) in zip(hazards, OUTCOMES, strict=True):
        hits = np.count_nonzero((event == what) & ((cause == how) if how is not None else True))
        assert_share(hits, cells.tumours, hazard / total * (1 - np.exp(-total * dt)))
    assert np.array_equal(cells.c["state"] == DORMANT, event == SLEEP if state == CYCLING else event != WAKE)


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.05])
@pytest.mark.parametrize("dt", [0.125, 0.25, 0.5, 1.0, 4.0])
def test_a_step_makes_as_many_cells_as_shorter_ones_would(rate, dt):
    hazard = fate.with_daughters(rate, dt)
    assert 2.0 - np.exp(-hazard * dt) == pytest.approx(np.exp(rate * dt), rel=5e-4)


def test_cells_that_only_divide_become_exponentially_more_at_long_steps():
    dt, rate, cells, grown = 4.0, 0.05, Cells(), []
    cells.rates[:, 1] = rate
    for tick in range(40):
        grown.append(1.0 + len(cells.decide(dt, tick)) / cells.tumours)
    assert np.mean(grown) == pytest.approx(np.exp(rate * dt), abs=4.0 * 0.42 / np.sqrt(40 * cells.tumours))


def test_nothing_happens_without_hazards():
    cells = Cells(attackers=((1, 1, TISSUE),))
    assert len(cells.decide(100.0)) == 0
    assert (cells.c["event"] == NOTHING).all()


def test_two_attackers_and_own_death_compete():
    dt = 0.8
    cells = Cells(attackers=((1, 1, TISSUE), (2, WIDTH - 1, TISSUE))).arm(1, 0.6).arm(2, 0.5)
    cells.rates[:, 13] = 0.4
    cells.rates[:, 8] = 0.3
    cells.decide(dt)
    event, cause = cells.events()
    hazards = {FIRST_KILLER + 1: 0.6, FIRST_KILLER + 2: 0.5 * 0.4, NECROSIS: 0.3}
    total = sum(hazards.values())
    for how, hazard in hazards.items():
        hits = np.count_nonzero((event == DIE) & (cause == how))
        assert_share(hits, cells.tumours, hazard / total * (1 - np.exp(-total * dt)))


def test_attackers_reach_the_eight_sites_around_and_no_further():
    around = [dy * WIDTH + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    for offset in around:
        cells = Cells(attackers=((1, offset, TISSUE),)).arm(1, 50.0)
        assert len(cells.decide(1.0)) == cells.tumours
    for offset in (2, -2 * WIDTH, 2 * WIDTH - 2):
        assert len(Cells(attackers=((1, offset, TISSUE),)).arm(1, 50.0).decide(1.0)) == 0


@pytest.mark.parametrize(
    ("tumour", "attacker", "share"), [(TISSUE, LUMEN, 0.25), (LUMEN, LUMEN, 1.0), (TISSUE, TISSUE, 1.0)]
)
def test_the_wall_weakens_attacks_from_the_vessel(tumour, attacker, share):
    cells = Cells(tumour, attackers=((1, 0, attacker),)).arm(1, 1.2)
    cells.across = np.array([1.0, 0.25, 1.0])
    cells.decide(0.5)
    assert_share(np.count_nonzero(cells.events()[0] == DIE), cells.tumours, 1 - np.exp(-1.2 * share * 0.5))


def test_engulfing_killers_carry_their_share_of_the_dead():
    cells = Cells(attackers=((1, 1, TISSUE),)).arm(1, 0.5, 1.5)
    dead = len(cells.decide(1.0))
    assert_share(dead, cells.tumours, 1 - np.exp(-2.0))
    assert_share(int(cells.c["load"].sum()), dead, 0.75)
    assert cells.c["load"][cells.c["kind"] == TUMOUR].sum() == 0


def test_outcome_of_a_cell_does_not_depend_on_row_order():
    def outcome(order: np.ndarray | None) -> np.ndarray:
        cells = (
            Cells(attackers=((1, 1, LUMEN), (2, -1, TISSUE), (1, WIDTH, TISSUE))).arm(1, 0.3, 0.2).arm(2, 0.4)
        )
        cells.rates[:, :10] = HAZARDS / 4
        if order is not None:
            cells.shuffle(order)
        cells.decide(1.0)
        by_key = np.argsort(cells.c["key"])
        return np.array([cells.c[name][by_key] for name in ("event", "cause", "state", "load")])

    n = 4 * SIDE * SIDE
    assert np.array_equal(outcome(None), outcome(np.random.default_rng(2).permutation(n)))


def test_compiled_and_plain_fates_are_the_same():
    compiled, plain = (
        Cells(LUMEN, attackers=((1, 1, LUMEN), (2, -1, LUMEN))).arm(1, 0.3, 0.2).arm(2, 0.4) for _ in "ab"
    )
    for cells in (compiled, plain):
        cells.rates[:, :10] = HAZARDS / 4
    assert np.array_equal(compiled.decide(1.0), plain.decide(1.0, module=plain_kernels().fate))
    for name, column in compiled.c.items():
        assert np.array_equal(column, plain.c[name]), name


@pytest.mark.parametrize("dt", [0.25, 0.5, 1.0])
def test_survival_over_an_hour_does_not_depend_on_the_step(dt):
    cells = Cells(attackers=((1, 1, TISSUE),)).arm(1, 0.5)
    cells.rates[:, 8] = 0.4
    alive = np.ones(cells.tumours, dtype=bool)
    for tick in range(round(1 / dt)):
        cells.decide(dt, tick)
        alive &= cells.events()[0] == NOTHING
    assert_share(int(alive.sum()), cells.tumours, np.exp(-0.9))


@pytest.mark.parametrize("more", [0, 1, 3])
@pytest.mark.parametrize("parts", [(TISSUE, TISSUE), (LUMEN, TISSUE)])
def test_a_killer_divides_its_attack_among_the_cells_it_touches(more, parts):
    """However many it touches, it kills as fast as its source counts for one killer; what engulfs is not divided."""
    beside, rate, dt = (-1, WIDTH, -WIDTH), 1.2, 0.01
    others = tuple((TUMOUR, offset, parts[1]) for offset in beside[:more])
    cells = Cells(parts[0], attackers=((1, 0, TISSUE), *others)).arm(1, rate)
    dead = sum(len(cells.decide(dt, tick)) for tick in range(60))
    assert_share(dead, cells.tumours * 60, rate * dt)
    cells.arm(1, 0.0, rate)
    dead = sum(len(cells.decide(dt, tick)) for tick in range(60))
    assert_share(dead, cells.tumours * 60, (1 + more) * rate * dt)


def test_one_that_engulfs_and_attacks_many_carries_those_it_engulfed():
    others = tuple((TUMOUR, offset, TISSUE) for offset in (-1, WIDTH, -WIDTH))
    cells = Cells(attackers=((1, 0, TISSUE), *others)).arm(1, 2.0, 0.5)
    dead = len(cells.decide(0.4))
    assert_share(int(cells.c["load"].sum()), dead, 0.5)
