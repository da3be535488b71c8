"""Check passage through the vessels: creeping, wedging, sticking, who blocks whom, and that nobody is lost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_worlds import assert_share, neighbours, plain_kernels, random_keys

from livermet_sim.kernels.codes import (
    ADHESIVE,
    ARREST,
    BLOCKED,
    CENTRAL,
    DETACH,
    MECHANICAL,
    OUTSIDE,
    PORTAL,
    SINUSOID,
    WASH_OUT,
)
from livermet_sim.kernels.hold import rear_radius, step_on, stiffness
from livermet_sim.kernels.queue import first, make, put
from livermet_sim.kernels.rng import draw4
from livermet_sim.kernels.transport import (
    FIRM_GAIN,
    FIRMING,
    ROOM,
    SPREAD,
    TENSION,
    TETHERING,
    VISCOSITY,
    carry,
    move,
)

EAST, CORNER = 0, 4
BACK = np.array([1, 0, 3, 2, 7, 6, 5, 4])
LENGTH = np.array([10.0] * 4 + [math.sqrt(200.0)] * 4)


class Channels:
    """Hold parallel channels, a row each, with blood running east from a portal to a central site."""

    def __init__(self, length: int, channels: int = 1):
        self.width = length + 2
        lattice = np.full((2 * channels - 1, self.width), OUTSIDE, dtype=np.int8)
        lattice[::2] = SINUSOID
        lattice[::2, 0], lattice[::2, -1] = PORTAL, CENTRAL
        self.compartment = lattice.ravel()
        self.neighbours = neighbours(self.width, len(lattice), self.compartment)
        n = len(self.compartment)
        self.outflow = np.zeros((n, 8))
        self.outflow[self.neighbours[:, EAST] >= 0, EAST] = 1.0
        self.inlets = np.flatnonzero(self.compartment == PORTAL)
        self.share = np.arange(1, len(self.inlets) + 1) / len(self.inlets)
        self.tube, self.drop = np.full(n, 7.0), np.full(n, 50.0)
        self.shear, self.speed = np.full(n, 10.0), np.full(n, 200.0)
        self.tether, self.selectin, self.grip = np.zeros(n), np.zeros(n), np.zeros(n)
        self.law = np.array([50.0, 400.0, 0.0, 0.03, 2500.0, 60.0, 1.0, 0.0, 1.0, 1.0])
        self.crowd = np.zeros(n, dtype=np.int64)

    def enter(self, n: int, seed: int = 0, diameter: float = 14.0) -> None:
        """Put cells at the first inlet."""
        self.keys, self.diameter = random_keys(n, seed), np.full(n, diameter)
        self.site, self.trail = np.full(n, self.inlets[0]), np.ones(n, dtype=np.int64)
        self.bound, self.work, self.halted = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)

    def carry(self, rows, seconds: float = 900.0, tick: int = 0, since=None, kernel=carry, draws: int = 3):
        """Carry rows through a step; return what happened, int64[:, 4]."""
        rows = np.asarray(rows, dtype=np.int64)
        happened = np.full((len(rows) * 200, 4), -5, dtype=np.int64)
        number = kernel(
            rows, np.zeros(len(rows)) if since is None else since, seconds, draws, tick,
            (self.keys, self.site, self.diameter, self.trail, self.work, self.halted, self.bound),
            ((self.tube, self.drop, self.shear, self.speed), (self.neighbours, self.outflow, BACK, LENGTH, self.compartment),
             self.crowd, self.inlets, self.share),
            (self.tether, self.selectin, self.grip, np.zeros(len(self.keys))), self.law, happened,
        )  # fmt: skip
        return happened[:number]

    def alone(self, n: int, seconds: float = 900.0, **options: float) -> None:
        """Carry cells that never meet."""
        for r in range(n):
            self.crowd[:] = 0
            self.carry([r], seconds, **options)
        self.crowd[:] = 0

    def inside(self) -> np.ndarray:
        return self.compartment[self.site] == SINUSOID


def test_a_cell_waits_as_long_as_the_formula_says_and_then_keeps_its_shape():
    # the first site squeezes a round cell, those after it are as wide: only one wait
    world = Channels(10)
    world.enter(1)
    front, cell = 3.5, 7.0
    limit = 2 * 50.0 * (1 / front - 1 / cell)
    wait = 6 * 400.0 * (1 - front / cell) * (10 / front) / (50.0 - limit)
    # its tail is in the portal vessel for the length of 4/3 r^3 / R^2 = 37 um: four sites cost the same
    transit = 10.0 / 200.0
    world.carry([0], 4 * wait - 1.0)
    assert world.site[0] == 4
    world.carry([0], 2.0 + 12 * transit, tick=1)
    assert world.site[0] == 11
    assert wait > 60


@pytest.mark.parametrize("site", [4.0, 8.0, 10.0, 12.5])
def test_a_cell_is_squeezed_over_its_own_length_whatever_the_size_of_a_site(site):
    world, paid, due = Channels(int(200 / site)), 0.0, 0.0
    for cell in np.linspace(6.0, 8.5, 200):
        trail = 1
        for at in range(1, world.width - 1):
            trail = step_on(trail, EAST)
            rear = rear_radius(
                at, trail, cell, world.tube, world.neighbours, BACK, LENGTH * site / 10.0, world.compartment
            )
            paid += site * (rear == cell)
        due += 4.0 / 3.0 * cell**3 / 3.5**2
    assert paid == pytest.approx(due, rel=0.01)


def test_a_way_across_a_corner_costs_its_length():
    world = Channels(10)
    world.enter(2)
    states = world.trail, world.work, world.halted, world.bound
    vessels = world.tube, world.drop, world.shear, world.speed
    around = world.neighbours.copy()
    around[:, CORNER] = around[:, EAST]
    for r, slot in enumerate((EAST, CORNER)):
        move(
            r,
            slot,
            world.site,
            400.0,
            7.0,
            world.crowd,
            states,
            vessels,
            (around, world.outflow, BACK, LENGTH, world.compartment),
        )
    assert world.work[1] == pytest.approx(math.sqrt(2.0) * world.work[0])


def test_a_cell_is_wedged_for_good_where_the_pressure_is_below_its_threshold():
    world = Channels(10)
    limit = 2 * 50.0 * (1 / 3.5 - 1 / 7.0)
    for drop, goes in ((0.99 * limit, False), (1.5 * limit, True)):
        world.drop[:] = drop
        world.enter(1)
        world.crowd[:] = 0
        happened = world.carry([0], 1e6)
        assert (world.compartment[world.site[0]] == CENTRAL) == goes
        assert happened[0, 1:].tolist() == [ARREST, MECHANICAL, 1]
        assert happened[-1, 1] == (WASH_OUT if goes else ARREST)


def test_only_a_tube_narrower_than_those_under_its_length_costs_a_cell_anything():
    world = Channels(30)
    world.tube[:8], world.tube[8:20], world.tube[20:] = 8.0, 9.0, 7.0
    cell = 7.0

    def rear(at: int, steps: int) -> float:
        trail = 1
        for _ in range(steps):
            trail = step_on(trail, EAST)
        return rear_radius(at, trail, cell, world.tube, world.neighbours, BACK, LENGTH, world.compartment)

    assert rear(2, 2) == cell  # its tail is still in the portal vessel
    assert rear(7, 7) == 4.0
    assert rear(10, 10) == 4.5
    assert rear(20, 20) == 4.5 and rear(25, 25) == 3.5
    world.tube[:] = 15.0
    assert rear(10, 10) == cell


@settings(max_examples=50, deadline=None)
@given(slots=st.lists(st.integers(0, 7), max_size=60))
def test_the_trail_keeps_the_last_twenty_steps(slots):
    trail = 1
    for slot in slots:
        trail = step_on(trail, slot)
    kept = []
    while trail > 1:
        kept.append(trail & 7)
        trail >>= 3
    assert kept == slots[::-1][:20]


@pytest.mark.parametrize("cuts", [2, 7, 90])
def test_creeping_does_not_depend_on_the_step(cuts):
    whole, parts = Channels(40, channels=40), Channels(40, channels=40)
    random = np.random.default_rng(5)
    n = len(whole.compartment)
    tube, drop, diameter = (
        random.uniform(6.5, 8.5, n),
        random.uniform(20.0, 80.0, n),
        random.uniform(9.0, 16.0, 40),
    )
    for world in (whole, parts):
        world.tube[:], world.drop[:] = tube, drop
        world.enter(40)
        world.site[:], world.diameter[:], world.law[SPREAD] = world.inlets, diameter, 0.5
    since = random.uniform(0.0, 500.0, 40)
    whole.carry(np.arange(40), 900.0, since=since)
    for k in range(cuts):
        step = 900.0 / cuts
        rows = np.flatnonzero((since < (k + 1) * step) & (parts.compartment[parts.site] != CENTRAL))
        parts.carry(rows, step, tick=k, since=np.clip(since[rows] - k * step, 0.0, None))
    # a cell between two sites at a step's end starts that hop, 0.05 s, anew
    assert np.count_nonzero(whole.site != parts.site) <= 2
    assert 3 < np.count_nonzero(whole.inside()) < 37


def test_bonds_form_at_the_rate_of_the_ligand_and_break_at_that_of_the_force():
    world, n = Channels(3), 2000
    world.drop[:] = 0.0  # wedged: nothing pulls
    world.tether[:], world.grip[:] = 0.5, 0.0
    world.law[TETHERING] = 0.01
    world.enter(n)
    world.alone(n, 120.0)
    # loosened at 1/60 s, tethered at 0.005 /s
    up, down = 0.005, 1 / 60
    assert_share(np.count_nonzero(world.bound), n, up / (up + down) * (1 - math.exp(-(up + down) * 120)))
    world.grip[:], world.tether[:] = 0.1, 0.0  # held to 250 pN: twelve times as long
    before = np.count_nonzero(world.bound)
    world.alone(n, 300.0, tick=1)
    assert_share(np.count_nonzero(world.bound), before, math.exp(-300 / 60 * math.exp(-2.5)))


def test_bonds_that_last_become_firm_and_hold_so_many_times_more():
    world, n = Channels(3), 1500
    world.drop[:] = 0.0  # wedged: nothing pulls
    world.grip[:], world.law[FIRMING], world.law[FIRM_GAIN] = 1.0, 1 / 300.0, 10.0
    world.enter(n)
    world.alone(n, 1.0)
    world.bound[:] = 1
    world.alone(n, 200.0, tick=1)
    assert_share(np.count_nonzero(world.bound == 2), n, 1 - math.exp(-200 / 300))
    # 5 nN tear off what is tethered, at ten times the force of full ligand nothing gives
    firm = world.bound == 2
    world.drop[:], world.law[TENSION], world.law[FIRMING] = 5000.0 / (math.pi * 3.5**2), 0.0, 0.0
    world.alone(n, 60.0, tick=2)
    assert (world.bound[firm] == 2).all() and not world.bound[~firm].any()


def test_a_plug_that_is_bound_goes_nowhere_until_the_pressure_tears_it_off():
    gone = []
    for ligand in (0.0, 0.3, 1.0):
        world = Channels(6)
        world.tether[:] = world.grip[:] = ligand
        world.enter(300)
        world.alone(300, 3600.0)
        gone.append(np.count_nonzero(~world.inside()))
    assert gone[0] == 300 and gone[2] < 15 and gone[0] >= gone[1] >= gone[2]


def test_a_narrow_cell_flows_past_a_lining_without_ligand_and_sticks_where_shear_lets_it():
    stuck = []
    for shear in (1.0, 100.0):
        world, n = Channels(60), 400
        world.tube[:], world.shear[:], world.law[TETHERING] = 9.0, shear, 1.0
        world.enter(n, diameter=8.0)
        world.alone(n)
        assert not world.inside().any()
        world.tether[:] = world.grip[:] = 1.0
        world.enter(n, diameter=8.0)
        world.alone(n)
        stuck.append(np.count_nonzero(world.inside()))
    # 60 sites of 0.05 s at 1 /s catch 95 %; the drag of 100 dyn/cm2 is 5.1 nN
    assert_share(stuck[0], 400, 1 - math.exp(-3.0))
    assert stuck[1] == 0


def test_a_cell_waits_behind_one_that_plugs_the_tube_and_follows_when_it_goes():
    world = Channels(10)
    world.enter(2)
    world.site[1] = 6
    world.crowd[6] = 1
    world.diameter[:] = 6.0
    happened = world.carry([0], 100.0)
    assert world.site[0] == 5 and happened[0].tolist() == [0, ARREST, BLOCKED, 5]
    assert world.crowd[5] == 1 and world.crowd[6] == 1
    happened = world.carry([0, 1], 100.0, tick=1)
    assert [e for r, e, _, _ in happened if r == 0] == [DETACH, WASH_OUT]
    assert not world.inside().any() and not world.crowd.any()


def test_cells_that_each_stand_for_a_part_of_one_stop_only_those_for_whom_there_is_no_room():
    for room, through in ((1.0, 0), (3.0, 3), (8.0, 8)):
        world = Channels(1)
        world.drop[:], world.law[ROOM] = 1.0, room
        world.enter(12)
        world.carry(np.arange(12), 50.0)
        assert world.inside().sum() == max(1, through) == world.crowd[1]


def test_a_cell_whose_entrance_is_blocked_takes_another():
    world = Channels(10, channels=2)
    world.drop[:] = 1.0
    world.enter(2)
    world.crowd[1] = 1
    world.site[1] = 1
    world.carry([0], 100.0)
    assert world.site[0] == world.inlets[1] + 1


def test_an_arrest_is_a_wait_of_the_declared_length_and_says_what_held():
    world = Channels(10)
    world.drop[:] = 1.0
    world.enter(1)
    assert len(world.carry([0], 59.0)) == 0
    assert world.carry([0], 2.0, tick=1)[:, 1:].tolist() == [[ARREST, MECHANICAL, 1]]
    assert len(world.carry([0], 900.0, tick=2)) == 0
    world.enter(1)
    world.crowd[:] = 0
    world.tether[:] = world.grip[:] = 1000.0
    assert world.carry([0], 900.0)[:, 1:].tolist() == [[ARREST, ADHESIVE, 1]]


def test_branches_are_taken_by_their_share_of_the_flow():
    lattice = np.array([[PORTAL, SINUSOID], [SINUSOID, OUTSIDE]], dtype=np.int8)
    world, n = Channels(2), 3000
    world.compartment = lattice.ravel()
    world.neighbours = neighbours(2, 2, world.compartment)
    world.outflow = np.zeros((4, 8))
    world.outflow[0, 0], world.outflow[0, 2] = 3.0, 1.0
    world.inlets, world.share = np.array([0]), np.array([1.0])
    world.enter(n)
    world.alone(n, 1.0)
    assert_share(np.count_nonzero(world.site == 1), n, 0.75)


@pytest.mark.parametrize("order", [1, 2])
def test_every_cell_is_accounted_for_in_a_crowd_whatever_the_order_of_rows(order):
    n, ends = 120, []
    for shuffled in (False, True):
        world = Channels(12, channels=6)
        world.enter(n, seed=order)
        world.tube[:], world.law[SPREAD] = 6.5, 0.5
        world.tether[:] = world.grip[:] = 0.3
        rows = np.random.default_rng(order).permutation(n) if shuffled else np.arange(n)
        happened = world.carry(rows, 900.0)
        inside = world.inside()
        assert len(np.unique(world.site[inside])) == inside.sum()
        assert np.array_equal(world.crowd, np.bincount(world.site[inside], minlength=len(world.crowd)))
        gone = set(happened[happened[:, 1] == WASH_OUT, 0].tolist())
        assert gone == set(np.flatnonzero(world.compartment[world.site] == CENTRAL).tolist())
        assert 0 < inside.sum() < n
        ends.append((world.site.copy(), world.halted.copy(), world.work.copy(), happened))
    for a, b in zip(*ends, strict=True):
        assert np.array_equal(a, b)


def test_stiffness_is_lognormal_and_a_cell_s_own():
    drawn = np.array([stiffness(1, key, 50.0, 400.0, 0.5) for key in random_keys(2000)])
    logs = np.log(drawn / [50.0, 400.0])
    assert np.abs(logs.mean(axis=0)).max() < 0.05 and np.abs(logs.std(axis=0) - 0.5).max() < 0.04
    assert abs(np.corrcoef(logs.T)[0, 1]) < 0.08
    assert stiffness(1, 77, 50.0, 400.0, 0.5) == stiffness(1, 77, 50.0, 400.0, 0.5)


def twin(world: Channels, r: int, seconds: float) -> tuple[int, float]:
    """Return where a cell without bonds is after so many seconds, and how long it has been there: by hand."""
    u0, u1, _, _ = draw4(3, 27, 0, world.keys[r])
    size = world.law[SPREAD] * math.sqrt(-2 * math.log(u0))
    tension = world.law[TENSION] * math.exp(size * math.cos(2 * math.pi * u1))
    viscosity = world.law[VISCOSITY] * math.exp(size * math.sin(2 * math.pi * u1))
    cell, now, at = world.diameter[r] / 2, 0.0, 0
    while at <= world.width - 2:
        at += 1
        if at == world.width - 1:
            return at, 0.0
        front = world.tube[at] / 2
        length = 4 / 3 * cell**3 / front**2
        # the tail lies on the last site that it reaches into
        covered = [world.tube[s] / 2 for s in range(at, -1, -1) if 10.0 * (at - s) - 5.0 < length]
        rear = cell if at - len(covered) < 0 else min(cell, max(covered))
        wait = 10.0 / world.speed[at]
        if front < rear:
            excess = world.drop[at] - 2 * tension * (1 / front - 1 / rear)
            wait = 6 * viscosity * (1 - front / rear) * 10 / front / excess if excess > 0 else math.inf
        if now + wait >= seconds:
            return at, seconds - now
        now += wait
    raise AssertionError


def test_passage_without_adhesion_is_that_of_its_slow_twin():
    world, n = Channels(40), 300
    random = np.random.default_rng(9)
    world.tube[1:-1], world.drop[1:-1] = random.uniform(6.5, 9.0, 40), random.uniform(20.0, 80.0, 40)
    world.enter(n)
    world.diameter[:], world.law[SPREAD] = random.uniform(7.0, 17.0, n), 0.5
    world.alone(n, 900.0)
    ended = [twin(world, r, 900.0) for r in range(n)]
    assert world.site.tolist() == [at for at, _ in ended]
    assert np.allclose(
        world.halted[world.inside()], np.array([t for _, t in ended])[world.inside()], atol=1e-6
    )
    assert 30 < world.inside().sum() < 270


def test_plain_python_says_the_same():
    ends = []
    for kernel in (carry, plain_kernels().transport.carry):
        world = Channels(8, channels=3)
        world.enter(20)
        world.tether[:] = world.grip[:] = 0.3
        ends.append(
            (
                world.carry(np.arange(20), 300.0, kernel=kernel).tolist(),
                world.site.tolist(),
                world.halted.tolist(),
            )
        )
    assert ends[0] == ends[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=40))
def test_the_queue_gives_who_is_due_first(puts):
    queue, due = make(7), {}
    for member, time in puts:
        put(queue, member, float(time), 100 - member)
        due[member] = float(time)
        assert first(queue) == min(((m, t) for m, t in due.items()), key=lambda x: (x[1], 100 - x[0]))
    assert first(make(0))[0] == -1
