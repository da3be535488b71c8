"""Hold our own and an example's processes, kinds, readouts, signals and responses to their contract; show that each check can fail."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.cells.registry import KINDS
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.observe.readouts.readout import FOUNDER, LESION, REGISTRY, RUN
from livermet_sim.rulebook.own import HILL, Shape
from livermet_sim.verification.contract import (
    KindContract,
    ProcessContract,
    ReadoutContract,
    ResponseContract,
    SignalContract,
    looks,
    runs,
    truth,
)
from livermet_sim.verification.worlds.livers import liver

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_worlds import EVENTFUL, EVENTS, eventful

MAST = Path(__file__).with_name("mast_cells.py")
BUSY = {"seeding.enrichment": 60, "tissue.length": 250.0, "tissue.width": 150.0}
RULE = {"actor": "mast", "signal": "contact.tumour", "direction": "increases", "behaviour": "release", "maximum": "5 /h", "half_max": 0.5}  # fmt: skip
DEEP = {"actor": "tumour", "signal": "depth", "response": "threshold", "direction": "increases", "behaviour": "die.anoikis", "maximum": "1 /h", "half_max": "150 um"}  # fmt: skip


@pytest.fixture(autouse=True)
def loaded():
    lm.load_plugin(MAST)


def with_mast() -> lm.Scenario:
    changes = BUSY | {"cells.mast.density": 20_000, "processes.burst.chance": "0.5 /h"}
    return lm.load("strip", changes).with_(rules={"degranulate": RULE, "deep": DEEP})


class TestBurst(ProcessContract):
    name = "burst"
    steps = 40

    def scenario(self):
        return with_mast()


class TestMast(KindContract):
    name = "mast"
    steps = 40

    def scenario(self):
        return with_mast()


class TestDepth(SignalContract):
    name = "depth"
    steps = 20

    def scenario(self):
        return with_mast()


class TestThreshold(ResponseContract):
    name = "threshold"


class TestFullGranules(ReadoutContract):
    name = "full_granules"
    steps = 20

    def scenario(self):
        return with_mast()


class TestOurs(ProcessContract):
    """All of our processes and kinds, in a liver to which nearly everything happens."""

    def scenario(self):
        return lm.load("strip", EVENTFUL).with_(interventions=EVENTS)

    def test_it_tells_what_it_changes_and_when(self):
        pass  # tests/processes/test_truth.py, twice as long

    def test_all_that_it_carries_stands_in_the_world(self):
        pass  # tests/engine/test_world_is_state.py


@pytest.fixture(scope="module")
def ours():
    engine = eventful()
    for _ in range(60):
        engine.step()
    return engine


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_our_kinds_keep_the_contract(ours, kind):
    names = tuple(own.name for own in ours.recipe.kinds)
    found = looks.declared(kind, ours.recipe.fields, names) + looks.kind(ours, kind)
    assert [sentence for sentence in found if not sentence.startswith("there is no")] == []


def test_our_readouts_keep_the_contract(ours):
    for name, _, _ in REGISTRY.named(ours.view()):
        assert looks.readout(ours, name) == []
    for scope in (LESION, FOUNDER):
        for each in REGISTRY.of(scope):
            assert looks.readout(ours, each.name, scope) == []


def test_the_hill_curve_keeps_the_contract():
    hill = Shape(
        HILL, "The kernel's.", lambda x, p: 1.0 / (1.0 + np.where(x > 0, x, np.nan) ** -p), with_power=True
    )
    with np.errstate(all="ignore"):
        found = looks.response(Shape(HILL, "", lambda x, p: np.nan_to_num(hill.of(x, p)), with_power=True))
    assert found == []


# one broken process for each check; a name, what it declares, what it does
counter = itertools.count()
memory: dict[int, float] = {}


def writes_untold(world, hours, own):
    """Change what it does not tell."""
    world.cells["polarisation"][world.rows("kupffer")] *= 0.5


def by_row(world, hours, own):
    """Give by the place in the table."""
    rows = world.rows("kupffer")
    world.cells["activation"][rows] = np.linspace(0.0, 1.0, len(rows))


def kills_untold(world, hours, own):
    """Take tumour cells away without a word."""
    world.cells["alive"][np.flatnonzero(world.cells["kind"] == TUMOUR)[:1]] = 0


def hides(world, hours, own):
    """Keep something beside the state."""
    world.hidden = getattr(world, "hidden", 0.0) + 0.01
    world.cells["activation"][world.rows("kupffer")] = min(1.0, world.hidden)


class Remembers(lm.Process):
    """Keep something to itself."""

    adds = ("cells.activation",)

    def __init__(self):
        self.so_far = 0.0

    def step(self, world):
        self.so_far = min(1.0, self.so_far + 0.01)
        world.cells["activation"][world.rows("kupffer")] = self.so_far


class Untimely(lm.Process):
    """Run when it likes."""

    adds = ("cells.activation",)
    every = 1.0

    def runs(self, world):
        return True

    def step(self, world):
        world.cells["activation"][world.rows("kupffer")] = 0.5 * (world.clock.tick % 2)


def on_activation(step: Callable) -> lm.Scenario:
    lm.register_process(step, adds=("cells.activation",), every=0.0)
    name = step.__name__ if not isinstance(step, type) else step.__name__.lower()
    return lm.load("strip", BUSY | {f"processes.{name}.enabled": True})


BROKEN = {
    writes_untold: (lambda s: truth.lies(_engine(s), 8), "writes_untold changes cells.polarisation and does not say so"),
    Untimely: (lambda s: truth.lies(_engine(s), 8), "untimely changes cells.activation at times at which it does not run"),
    by_row: (lambda s: runs.shuffled(s, 1, 20), "the order of rows shows: the runs differ after 10 steps, in the end in"),
    kills_untold: (lambda s: runs.unaccounted(s, 1, 20), "tumour cells are not accounted for"),
    hides: (lambda s: runs.restored(s, 1, 20), "a run that was saved goes on otherwise, in cells.activation"),
    Remembers: (lambda s: runs.renewed(s, 1, 20), "a process keeps something to itself: the runs differ"),
}  # fmt: skip


def _engine(scenario):
    from livermet_sim.engine import Engine

    return Engine(scenario, 1)


@pytest.mark.parametrize("step", BROKEN, ids=lambda step: step.__name__)
def test_a_broken_process_is_found(step):
    check, sentence = BROKEN[step]
    found = check(on_activation(step))
    assert any(sentence in said for said in found), found


def test_a_process_that_writes_what_is_anothers_is_refused():
    lm.register_process(by_row, writes=("cells.activation",))
    scenario = lm.load("strip", BUSY | {"processes.by_row.enabled": True})
    with pytest.raises(
        lm.LivermetError, match=r'process "by_row": by_row and TurnOver both write cells.activation; one must'
    ):
        _engine(scenario)


SIGNALS = {
    "ranks": (lambda sight, rows: np.arange(len(rows), dtype=float), "when it is asked for that cell alone"),
    "counts_on": (lambda sight, rows: np.full(len(rows), float(next(counter))), "gives another value when asked again"),
    "by_place": (lambda sight, rows: rows.astype(float), "hangs on the order of rows"),
    "below": (lambda sight, rows: -np.ones(len(rows)), "it gives -1, and a signal is 0 or more"),
    "writes": (lambda sight, rows: sight.cells["load"].__setitem__(0, 9.0), "it tries to change the run"),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNALS)
def test_a_broken_signal_is_found(name):
    of, sentence = SIGNALS[name]
    lm.register_signal(of, name=name, doc="Broken.")
    engine = liver(1, "strip")
    engine.run(6.0)
    found = looks.signal(engine, lm.load("strip").rules.words.signals[name], engine.world.rows("kupffer"))
    assert any(sentence in said for said in found), found


RESPONSES = {
    "beside": (lambda x: x / (1.0 + x.max()), "gives a signal another share beside others"),
    "again": (lambda x: np.where(x > 0, 1.0 / (2.0 + next(counter)), 0.0), "gives another share when asked again"),
    "more": (lambda x: np.where((x > 3.0) & (x < 4.0), 2.0, 0.0), "a share of the full response is from 0 to 1"),
    "nothing": (lambda x: 0.5 * np.ones(len(x)), "gives 0.5 without a signal"),
    "writes": (lambda x: x.fill(0.0), "tries to change the run"),
}  # fmt: skip


@pytest.mark.parametrize("name", RESPONSES)
def test_a_broken_response_is_found(name):
    of, sentence = RESPONSES[name]
    found = looks.response(Shape(name, "Broken.", of))
    assert any(sentence in said for said in found), found


READOUTS = {
    "first": (lambda view: float(view.cells["key"][0] % 1000), "hangs on the order of rows"),
    "again": (lambda view: float(next(counter)), "gives another value when it is read again"),
    "writes": (lambda view: view.cells["load"].fill(1.0), "it tries to change the run"),
    "words": (lambda view: "many", "not a number"),
}  # fmt: skip


@pytest.mark.parametrize("name", READOUTS)
def test_a_broken_readout_is_found(ours, name):
    of, sentence = READOUTS[name]
    lm.register_readout(of, name=f"own_{name}", doc="Broken.")
    found = looks.readout(ours, f"own_{name}", RUN)
    assert any(sentence in said for said in found), found


def test_a_broken_kind_is_found():
    engine = _engine(with_mast())
    rows = engine.world.rows("mast")
    engine.world.cells["granules"][rows[0]] = 2.0
    (kind,) = (own for own in engine.recipe.kinds if own.name == "mast")
    assert "granules of mast cells is from" in looks.kind(engine, kind)[0]
    assert looks.kind(_engine(lm.load("strip", BUSY | {"cells.mast.density": 0})), kind) == [
        "there is no mast cell in this run"
    ]
    odd = lm.Parameter("itch", 0.5, "1", "Itch", 0.0, 1.0, grade="found")
    told = looks.declared(lm.register_kind("odd", like="nk", doc="Odd.", behaviours=[odd]), (), ("odd",))
    assert told == [
        "itch of odd cells does not say what it is in a sentence",
        "itch of odd cells is found, and no source is named",
    ]
