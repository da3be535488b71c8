"""An action stands in one file, is known from its definition on, and a scenario holds interventions that were read once."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from treated_livers import liver, scenario

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import declared
from livermet_sim.engine import Engine
from livermet_sim.interventions import library
from livermet_sim.interventions.intervention import ACTIONS, Once, start
from livermet_sim.interventions.made import made
from livermet_sim.scenario.load import from_dict
from livermet_sim.scenario.tables import interventions

ROOT = Path(lm.__file__).parent
ACTION_FILES = ("add_cells", "add_matrix", "add_signal", "block", "condition", "deplete", "dose", "set_state")
# names that mean nothing else in the package
OWN_WORDS = {
    "add_matrix": "AddMatrix",
    "add_signal": "AddSignal",
    "set_state": "SetState",
    "knock_out": "KnockOut",
}


def files_that_name(*words: str) -> list[str]:
    """Return the files in which one of the words is a name or a text."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = (
                getattr(node, "value", None)
                if isinstance(node, ast.Constant)
                else getattr(node, "name", getattr(node, "id", None))
            )
            if said in words:
                found.append(str(path.relative_to(ROOT)))
                break
    return found


@pytest.mark.parametrize("action", OWN_WORDS)
def test_an_action_is_named_in_its_file_and_where_it_is_offered(action):
    found = files_that_name(action, OWN_WORDS[action])
    assert len(found) == 3 and {"__init__.py", "interventions/__init__.py"} < set(found), found


def test_no_other_file_of_the_room_knows_an_action():
    homes = {action.__module__ for action in ACTIONS.values()}
    room = ROOT / "interventions"
    assert homes == {f"livermet_sim.interventions.{name}" for name in ACTION_FILES}
    for path in sorted(room.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)} & homes
        assert not known or path.stem == "__init__", (path.name, known)
        own = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert "reached" not in own or path.stem == "intervention", path.name


@pytest.fixture
def rinse():
    @dataclass(frozen=True, eq=False)
    class Rinse(Once):
        """Take a share of the debris away, once."""

        action: ClassVar[str] = "rinse"
        scales: ClassVar[tuple[str, ...]] = ("share",)
        writes: ClassVar[tuple[str, ...]] = ("sites.debris[rinsed]",)
        start: float = start()
        share: float = declared(1.0, "1", "Share that goes.", 0.0, 1.0)

        def said(self):
            return f"rinse {self.share:g} of the debris"

        def act(self, world, number, setting):
            world.sites["debris"][:] *= 1.0 - self.share

    yield Rinse
    del ACTIONS["rinse"]


def test_a_new_action_is_read_written_listed_and_carried_out(rinse):
    table = made(rinse, at="2 h", share=0.75)
    whole = scenario(lm.add_matrix("debris", 8.0), table)
    assert whole.interventions[1] == {"action": "rinse", "start": 2 / 24, "share": 0.75}
    assert whole.interventions[1].said() == "rinse 0.75 of the debris"
    for again in (from_dict(whole.to_dict()), from_dict(tomllib.loads(whole.to_toml()))):
        assert again == whole and isinstance(again.interventions[1], rinse)
    assert "Take a share of the debris away, once. Keys: start (0 day), share (1)." in " ".join(
        interventions().split()
    )
    full, rinsed = (liver(lm.add_matrix("debris", 8.0), *more, hours=2.25).world.sites["debris"].sum()
                    for more in ((), (table,)))  # fmt: skip
    assert rinsed == pytest.approx(0.25 * full, rel=1e-3) and full > 100


def test_an_action_says_what_its_steps_write_and_how_it_scales(rinse, monkeypatch):
    assert "sites.debris[rinsed]" in Engine(scenario(made(rinse)), 1).plan.table()
    shelf = {"washed": {"doc": "", "start": 0, "changes": [{"action": "rinse", "share": 0.4, "says": ""}]}}
    monkeypatch.setattr(library, "entries", lambda action: shelf)
    (own,) = scenario({"action": "condition", "condition": "washed", "strength": 0.5}).interventions
    assert own.whole()[0]["share"] == 0.2


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"share": 2}, "share: 2 1 is impossible; it must be from 0 to 1"),
        ({"chare": 1}, 'chare: there is no such key for rinse; did you mean "share"?'),
        ({"start": "3 um"}, 'start: "3 um" is a length; a time is needed, for example "1 day"'),
    ],
)
def test_mistakes_in_a_new_action_are_one_sentence(rinse, table, sentence):
    with pytest.raises(LivermetError) as mistake:
        scenario({"action": "rinse"} | table)
    assert mistake.value.sentence == f"change interventions[0].{sentence}"


def test_interventions_are_read_once(monkeypatch):
    own = scenario(lm.deplete("nk", at="-1 day"), lm.dose("anti_vegf"), lm.condition("fibrosis"))
    other = own.with_({"run.days": 3})

    def again(*_):
        raise AssertionError("a table is read again")

    for action in ACTIONS.values():
        monkeypatch.setattr(action, "read", classmethod(again))
    engine = Engine(own, 1)
    engine.run(0.5)
    assert len(engine.world.rows("nk")) <= 2 and engine.fork(other).recipe is other


def test_every_intervention_says_itself():
    tables = [
        lm.block("rule", "MV12"), lm.boost("liver", "inflow", factor=1.5), lm.knock_out("all", "secrete.no"),
        lm.add_cells("nk", density=500), lm.add_signal("vegf", until="2 day"), lm.add_matrix("net", at="6 h"),
        lm.set_state("stellate", "activation", share=0.5), lm.deplete("nk", at="2 day", efficacy=0.5),
        lm.dose("anti_vegf", doses=2, at="1 day"), lm.condition("fibrosis", strength=0.5),
    ]  # fmt: skip
    assert {table["action"] for table in tables} == set(ACTIONS)
    assert [own.said() for own in scenario(*tables).interventions] == [
        "block 100 % of MV12, from day 0 on", "1.5 times as much inflow of the liver, from day 0 on",
        "knock out secrete.no of all cells", "bring in 500 /mm3 nk cells on day 0", "raise vegf by 1, day 0 to 2",
        "lay down 0.5 of net on day 0.25", "set the activation of 50 % of stellate cells to 1 on day 0",
        "take away 50 % of nk cells, from day 2 on", "give anti vegf (100 % of a dose) on day 1, 2 times, every 14 day",
        "fibrosis liver (50 %), from day -14 on",
    ]  # fmt: skip
