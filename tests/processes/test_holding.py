"""Check on the resting liver how many cells size holds, where, how soon, and what ligand adds."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.engine import Engine
from livermet_sim.interventions import add_signal
from livermet_sim.kernels.codes import CENTRAL, PORTAL, SINUSOID, TUMOUR
from livermet_sim.kernels.plugs import PASCAL
from livermet_sim.kernels.transport import TENSION, VISCOSITY, carry
from livermet_sim.processes.passing import Pass
from livermet_sim.scenario.load import load
from livermet_sim.state.world import World

FOREVER = 86_400.0


@cache
def engine(tissue_seed: int) -> Engine:
    """Return a resting patch without tumour cells."""
    return Engine(load("baseline", {"seeding.dose": 0.0}), tissue_seed)


def alone(
    tissue_seed: int, number: int, times: list[float], ligand: float = 0.0, line: dict[int, float] | None = None,
    diameter: float = 14.0, spread: float = 0.0,
) -> list[np.ndarray]:  # fmt: skip
    """Let cells enter each for itself; return where they are at ``times``, s."""
    resting = engine(tissue_seed)
    process = next(p for p in resting.plan.processes if isinstance(p, Pass))
    world, law = resting.world, process.law.copy()
    for index, value in (line or {}).items():
        law[index] = value
    t, random, places = world.tissue, np.random.default_rng(tissue_seed), []
    inlets = np.flatnonzero(world.compartment == PORTAL)
    flow = np.cumsum(np.maximum(world.network.outflow[inlets], 0.0).sum(axis=1))
    site = inlets[np.searchsorted(flow, random.random(number) * flow[-1])]
    keys, sizes = random.integers(0, 2**61, number), random.normal(diameter, spread, number)
    trail, bound = np.ones(number, dtype=np.int64), np.zeros(number, dtype=np.int64)
    work, halted = np.zeros(number), np.zeros(number)
    holds, at = np.full(t.n, ligand), np.zeros(t.n, dtype=np.int64)
    sites, begun = world.sites, 0.0
    for tick, end in enumerate(times):
        for r in np.flatnonzero(world.compartment[site] != CENTRAL):
            at[site[r]] = 1 if begun else 0
            carry_one(
                world, r, end - begun, tick, keys, site, sizes, (trail, work, halted, bound), at, holds, law, (inlets, flow),
                (sites.full("diameter"), sites.full("plug_drop"), sites.full("shear"), sites.full("speed")),
            )  # fmt: skip
            at[site[r]] = 0
        begun = end
        places.append(site.copy())
    return places


def carry_one(
    world: World, r, seconds, tick, keys, site, sizes, states, at, holds, law, entry, vessels
) -> None:
    """Carry one cell through an otherwise empty network."""
    t, (trail, work, halted, bound), (inlets, flow) = world.tissue, states, entry
    carry(
        np.array([r]), np.zeros(1), seconds, 1, tick, (keys, site, sizes, trail, work, halted, bound),
        (vessels, (t.neighbours, world.network.outflow, t.lattice.back, t.lattice.length, world.compartment), at,
         inlets, flow / flow[-1]), (holds, np.zeros_like(holds), holds, np.zeros(len(keys))), law, np.empty((4000, 4), dtype=np.int64),
    )  # fmt: skip


def held(tissue_seed: int, places: np.ndarray) -> float:
    return float((engine(tissue_seed).world.compartment[places] == SINUSOID).mean())


# cultured cells are stiffer by a fifth
@pytest.mark.parametrize(
    ("diameter", "spread", "stiffer", "low", "high"),
    [(10.9, 1.1, 1.0, 0.08, 0.30), (13.9, 1.4, 1.0, 0.42, 0.65), (14.9, 1.5, 1.2, 0.72, 0.92)],
)
def test_of_narrow_wide_and_cultured_cells_as_many_are_held_at_5_min_as_in_life(
    diameter, spread, stiffer, low, high
):
    shares = [
        held(
            s,
            alone(
                s, 500, [300.0], 0.0, {TENSION: 50.0 * stiffer, VISCOSITY: 240.0 * stiffer}, diameter, spread
            )[0],
        )
        for s in (1, 2, 3)
    ]
    assert low < np.mean(shares) < high, shares


def test_cells_stop_within_30_s_some_32_um_from_the_inlet():
    depths, moving = [], []
    for seed in (1, 2, 3):
        t = engine(seed).world.tissue
        a, b = t.edges.T
        graph = coo_matrix((t.lattice.distance(a, b), (a, b)), shape=(t.n, t.n)).tocsr()
        way = dijkstra(graph, directed=False, indices=np.flatnonzero(t.compartment == PORTAL), min_only=True)
        early, later, late = alone(seed, 500, [30.0, 31.0, 300.0], diameter=13.9, spread=1.4)
        moving.append((early != later).mean())
        stopped = engine(seed).world.compartment[late] == SINUSOID
        depths.append(np.median(way[late[stopped]] - 0.5 * t.site))
    assert 21 < np.mean(depths) < 48, depths
    assert np.mean(moving) < 0.05, moving


def test_ligand_of_a_primed_lining_holds_twice_as_many_at_5_min_and_more_at_a_day():
    soft, resting_ligand = {TENSION: 40.0, VISCOSITY: 150.0}, float(load("baseline").value("cells.lsec.grip"))
    bare, resting, primed = (
        [held(1, p) for p in alone(1, 500, [300.0, FOREVER], ligand, soft, 15.4, 1.4)] for ligand in (0.0, resting_ligand, 1.0)
    )  # fmt: skip
    assert 1.6 < primed[0] / resting[0] < 2.6
    assert 1.5 * bare[1] < resting[1] < 0.5 * primed[1]
    assert primed[1] / resting[1] > 1.3 * primed[0] / resting[0]


def kept_a_day(
    line: str,
    changes: dict,
    seeds: range,
    interventions: tuple = (),
    enrichment: float = 10.0,
    died: tuple[str, ...] = (),
) -> np.ndarray:
    """Return by seed the share of founders of which a cell is in the liver after a day, or was until it ``died`` of something."""
    scenario = load(
        "baseline", {"line": line, "tissue.lobules": 8, "seeding.enrichment": enrichment} | changes
    )
    shares = []
    for seed in seeds:
        run = Engine(scenario.with_(interventions=list(interventions)), seed)
        while run.world.clock.hours < 24.0:
            run.step()
        cells = run.world.cells
        totals, founders = run.world.totals, np.unique(cells["founder"][cells["kind"] == TUMOUR])
        lost = sum(totals.get(f"dead_{cause}", 0.0) for cause in died)
        shares.append((len(founders) + lost) / totals["entered"])
    return np.array(shares)


def washed_out(seeds: range, **changed: float) -> float:
    """Return the share of cells that have left within the hour in which they came."""
    entered = left = 0.0
    for seed in seeds:
        small = {"tissue.lobules": 4, "seeding.enrichment": 64.0}
        run = Engine(
            load("baseline", small | {f"{k.replace('_', '.')}": v for k, v in changed.items()}), seed
        )
        run.run(1.0)
        entered += run.world.totals["entered"]
        left += run.world.totals["washed_out"]
    return left / entered


def test_as_many_are_held_whatever_the_size_of_a_site():
    fine, shipped, coarse = (washed_out(range(1, 6), tissue_site=site) for site in (8.0, 10.0, 12.5))
    assert abs(fine / shipped - 1.0) < 0.15 and abs(coarse / shipped - 1.0) < 0.2, (fine, shipped, coarse)


def test_as_many_are_held_whatever_the_step():
    # what other cells hold is read anew while a cell passes them, and not once a step
    short, shipped, long = (washed_out(range(1, 4), run_step=step) for step in (0.125, 0.25, 0.5))
    assert abs(short / shipped - 1.0) < 0.08 and abs(long / shipped - 1.0) < 0.08, (short, shipped, long)


BARE = {"cells.tumour.arrest_adhesive": 0.0, "rules.MV32.enabled": False}
IL1 = (add_signal("il1", amount=2.0, at="-4 h", until="0 h"),)


@pytest.mark.parametrize("line", ["b16f1", "mc38"])
def test_adhesion_holds_at_least_half_of_what_is_there_at_a_day_and_il1_before_doubles_it(line):
    seeds = range(1, 4)
    resting = kept_a_day(line, {}, seeds).mean()
    assert resting > 0.15
    assert kept_a_day(line, BARE, seeds).mean() <= 0.5 * resting
    assert kept_a_day(line, {}, seeds, IL1).mean() >= 2.0 * resting


def same_share_however_rich(line: str, died: tuple[str, ...] = ()) -> None:
    """Assert that the shares kept of seedings once, 4 and 20 times as rich as life lie within two standard errors."""
    found = []
    for enrichment, seeds in ((1.0, 48), (4.0, 16), (20.0, 8)):
        shares = kept_a_day(line, {}, range(1, seeds + 1), (), enrichment, died)
        found.append((shares.mean(), shares.std(ddof=1) / np.sqrt(seeds)))
    for (a, sa), (b, sb) in combinations(found, 2):
        assert abs(a - b) < 2.0 * np.hypot(sa, sb), found


# 112 livers of 301-396, once and 20-fold: kept are 0.283 +- 0.012 and 0.271 +- 0.007 of B16F1, 0.178 +- 0.008 and 0.206 +- 0.005 of MC38
@pytest.mark.long
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("b16f1", marks=pytest.mark.xfail(reason="0.30, 0.25 and 0.25 of these seeds, by what founders share")),
        "mc38",
    ],
)  # fmt: skip
def test_how_much_richer_than_life_the_seeding_is_does_not_change_the_share_kept(line):
    same_share_however_rich(line)


@pytest.mark.long
@pytest.mark.parametrize("line", ["b16f1", "mc38"])
def test_but_for_what_founders_share_the_seeding_does_not_change_the_share_kept(line):
    # Kupffer cells whose hands are full let go of MC38 (in the same livers 0.200 and 0.172 die so), blood that plugs turn away
    # shears B16F1 (0.011 and 0.027)
    same_share_however_rich(line, died=("kupffer", "shear"))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_pressure_across_a_plug_is_that_of_a_new_solution(seed):
    world = Engine(load("lobule", {"seeding.dose": 0.0}), seed).world
    network, estimate = world.network, world.sites["plug_drop"].copy()
    inside = np.flatnonzero((world.compartment == SINUSOID) & ((network.outflow != 0).sum(axis=1) == 2))
    ratios = []
    for s in np.random.default_rng(seed).choice(inside, 60, replace=False):
        network.patency[s], before = 1e-6, network.patency[s]
        network.solve()
        beside = world.tissue.neighbours[s][network.outflow[s] != 0.0]
        ratios.append(np.ptp(network.pressure[beside]) * PASCAL / estimate[s])
        network.patency[s] = before
    assert 0.8 < np.median(ratios) < 1.4, np.percentile(ratios, [5, 50, 95])
