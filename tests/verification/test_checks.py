"""Each check of `livermet verify` holds, and each fails where what it looks at is broken."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from livermet_sim.cells.state import states_of
from livermet_sim.kernels import clusters, fate, motility, rng
from livermet_sim.state.fields import Fields
from livermet_sim.state.network import Network
from livermet_sim.verification import invariants
from livermet_sim.verification.check import Knobs
from livermet_sim.verification.checks import (
    blood,
    branching,
    counting,
    livers,
    oxygenation,
    randomness,
    responses,
    signals,
    walks,
)
from livermet_sim.verification.suite import CHECKS
from livermet_sim.verification.worlds.bodies import Body
from livermet_sim.verification.worlds.crowds import Counted
from livermet_sim.verification.worlds.livers import liver, shuffle_rows

QUICK = Knobs(quick=True)


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_each_check_holds(check):
    outcome = check(QUICK)
    assert outcome.holds, outcome
    assert outcome.expected and outcome.found and outcome.what.endswith(".") and len(outcome.what) > 60


@pytest.mark.parametrize("turns", [2, 3])
@pytest.mark.parametrize("check", [signals.rotation, blood.rotation])
def test_other_turns_hold_too(check, turns):
    assert check(Knobs(quick=True, turns=turns)).holds


class Longer(Fields):
    """Reach a tenth too far."""

    def __init__(self, tissue, names, lengths, *direct):
        super().__init__(tissue, names, [1.1 * length for length in lengths], *direct)


class Leaning(Fields):
    """Be a thousandth higher at later sites."""

    def relax(self, *options):
        number = super().relax(*options)
        self.concentration *= 1.0 + 1e-3 * np.arange(len(self.concentration))[:, None] / len(
            self.concentration
        )
        return number


class Leaking(Network):
    """Lose blood at a joint, and pressure with it."""

    def solve(self, *options):
        number = super().solve(*options)
        first = np.flatnonzero(self.vessel & (self.ports.of < 0))[0]
        self.outflow[first] *= 1.01
        self.pressure[first] += 1e-3
        return number


def thicker(tissue, plasma):
    """Return a network of blood that is too viscous by a hundredth."""
    return Network(tissue, 1.01 * plasma)


def hungry(tissue, **own):
    """Return a body that uses a twentieth more."""
    return Body(tissue, **own | {"uptake": 1.05 * own["uptake"]})


class Short(Body):
    """Bring a little less oxygen to the far half."""

    def settle(self, flow=True):
        super().settle(flow)
        far = slice(len(self.blood) // 2, None)
        self.blood[far] *= 0.95
        self.oxygen[far] *= 0.95
        return self


def crawling(**changed):
    """Return the kernel of crawling with some of its arguments changed, each by its place."""

    def crawl(*given):
        given = list(given)
        for place, change in changed.items():
            given[int(place[1:])] = change(given[int(place[1:])])
        return motility.crawl(*given)

    return SimpleNamespace(crawl=crawl)


def lopsided(ground):
    """Return a ground on which one neighbour of each site is the opposite of what it should be."""
    found = ground.neighbours.copy()
    found[:, 1] = found[:, 0]
    return ground._replace(neighbours=found)


STRIDE, RATES, GROUND = "a5", "a7", "a10"
FASTER = SimpleNamespace(
    decide=lambda first, stop, seed, tick, dt, *others: fate.decide(
        first, stop, seed, tick, 1.15 * dt, *others
    ),
)


def deaf(seed, purpose, tick, keys):
    """Draw the same for every purpose."""
    return rng.draws(seed, 5, tick, keys)


def coarse(seed, purpose, tick, keys):
    """Draw what goes round."""
    return ((keys + 7 * purpose + 13 * tick + seed) % 1009 + 0.5) / 1009


def off(rules, world):
    """Evaluate with an error in the ninth digit."""
    rules.evaluate(world)
    world.rates *= 1.0 + 1e-9


def one_group(rows, sites, near, claimed, parent):
    """Call everything one lesion."""
    parent[:] = 0


class Forgetful(Counted):
    """Count one tumour cell too few."""

    def take(self, cells):
        super().take(cells)
        self.near[0, np.argmax(self.near[0])] -= 1
        return self


def careless(engine, seed):
    """Put rows into another order, and touch one."""
    shuffle_rows(engine, seed)
    engine.world.cells["age"][0] += 1e-9


def hasty(seed, tissue, **changes):
    """Return a liver in which cells leave the vessel faster at short steps."""
    return liver(
        seed, tissue, **changes | ({"cells__tumour__extravasate": 5.0} if changes["run__step"] < 0.25 else {})
    )


def thin(seed, tissue, **changes):
    """Return a liver whose blood holds less on large sites."""
    return liver(
        seed, tissue, **changes | ({"oxygen__capacity": 0.1} if changes["tissue__site"] > 10 else {})
    )


BROKEN = [
    (signals.profile, {"fields": Longer}), (signals.order, {"fields": Longer}), (signals.twin, {"fields": Leaning}),
    (signals.rotation, {"fields": Leaning}), (blood.poiseuille, {"network": thicker}), (blood.balance, {"network": Leaking}),
    (blood.rotation, {"network": Leaking}), (oxygenation.along, {"body": hungry}), (oxygenation.order, {"body": Short}),
    (oxygenation.krogh, {"body": hungry}), (oxygenation.twin, {"body": Short}), (branching.competing, {"module": FASTER}),
    (branching.extinction, {"module": FASTER}), (walks.spread, {"module": crawling(**{STRIDE: lambda stride: 1.2 * stride})}),
    (walks.isotropy, {"module": crawling(**{GROUND: lopsided})}),
    (walks.first_passage, {"module": crawling(**{RATES: lambda rates: rates * [1.0, 0.5, 1.0, 1.0, 1.0]})}),
    (responses.hill, {"evaluate": off}), (responses.twin, {"evaluate": off}), (counting.lesions, {"module": SimpleNamespace(label=one_group)}),
    (counting.census, {"counted": Forgetful}), (randomness.vectors, {"philox": lambda *given: rng.philox(*given)[::-1]}),
    (randomness.battery, {"draws": coarse}), (randomness.purposes, {"draws": deaf}), (livers.rows, {"shuffle": careless}),
    (livers.threads, {"call": lambda call, **environment: environment.get("OMP_NUM_THREADS", "")}), (livers.step, {"make": hasty}),
    (livers.site, {"make": thin}), (livers.invariants, {"judge": lambda engine: ["a cell is lost"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "subject"),
    BROKEN,
    ids=[f"{check.__module__.split('.')[-1]}.{check.__name__}" for check, _ in BROKEN],
)
def test_each_check_fails_where_its_subject_is_broken(check, subject):
    assert not check(QUICK, **subject).holds


def test_no_check_is_left_out():
    assert {check for check, _ in BROKEN} == {check.run for check in CHECKS}


def spoil_key(world):
    world.cells["key"][1] = world.cells["key"][0]


def spoil_books(world):
    world.totals["entered"] += 1


def spoil_share(world):
    world.cells["activation"][0] = 1.5


def spoil_signal(world):
    world.fields.concentration[0, 0] = np.nan


def spoil_oxygen(world):
    world.sites["oxygen"][0] = -1.0


def spoil_lining(world):
    world.segments[world.segments >= 0] = -1


def spoil_place(world):
    world.compartment[world.cells["site"][world.cells["kind"] == 0]] = 1


def spoil_flow(world):
    inner = np.flatnonzero(
        world.network.vessel & (world.network.ports.of < 0) & (world.network.throughput > 0)
    )
    flow = world.network.outflow[inner[0]]
    flow[flow > 0] *= 3.0


def spoil_tube(world):
    world.sites["diameter"][world.network.vessel] = 0.0


def spoil_perfused(world):
    world.sites["perfused"][~world.network.vessel] = 1.0


SPOILT = {
    spoil_key: "share a key", spoil_books: "accounted", spoil_share: "activation is from", spoil_signal: "a signal is",
    spoil_oxygen: "oxygen is", spoil_lining: "lacks its lining", spoil_place: "stands where", spoil_flow: "loses blood",
    spoil_tube: "has no diameter", spoil_perfused: "no vessel",
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "sentence"), SPOILT.items(), ids=[spoil.__name__ for spoil in SPOILT])
def test_each_invariant_is_seen_when_broken(spoil, sentence):
    engine = liver(1, "strip")
    engine.run(4)
    assert invariants.broken(engine) == []
    spoil(engine.world)
    assert any(sentence in found for found in invariants.broken(engine)), invariants.broken(engine)


def test_rounding_in_a_blocked_tissue_is_no_loss_of_blood():
    engine = liver(1, "strip")
    network, draw = engine.world.network, np.random.default_rng(1)
    network.outflow[:] = 1e-6 * draw.normal(size=network.outflow.shape)
    network.throughput[:] = 1e-6 * network.vessel
    assert not any("loses blood" in found for found in invariants.broken(engine))


def test_every_state_that_a_kind_declares_is_held_to_a_share():
    engine = liver(1, "strip")
    for state in states_of(engine.recipe.kinds):
        column = engine.world.cells[state.name]
        before, column[0] = column[0], 1.5
        assert any(found.startswith(f"{state.name} is from") for found in invariants.broken(engine)), (
            state.name
        )
        column[0] = before


def test_random_scenarios_differ_and_are_far_from_the_default():
    found = [livers.random_scenario(np.random.default_rng(seed)) for seed in range(3)]
    assert len({scenario.digest for scenario in found}) == 3
    assert all(
        len(scenario.given) > 25 and len(scenario.rules.enabled()) < len(scenario.rules) for scenario in found
    )


def test_kernels_are_called_with_the_places_that_the_mutants_change():
    names = (
        motility.crawl.py_func.__code__.co_varnames
        if hasattr(motility.crawl, "py_func")
        else motility.crawl.__code__.co_varnames
    )
    assert [names[int(place[1:])] for place in (STRIDE, RATES, GROUND)] == ["stride", "rates", "ground"]
    assert clusters.label is not one_group
