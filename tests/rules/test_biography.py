"""Check that the life of a tumour cell tells what happened to it, by the very rates that made it happen."""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.kernels.codes import EXTRAVASATE
from livermet_sim.rulebook.biography import Listener
from livermet_sim.scenario.life import life


@pytest.fixture(scope="module")
def strip():
    return lm.load("strip", {"run.days": 0.75})


@pytest.fixture(scope="module")
def events(strip):
    """Return what happened to tumour cells in that run."""
    return lm.LiverModel(strip, seed=1).run().events


@pytest.fixture(scope="module")
def killed(events) -> int:
    """Return the first tumour cell that a Kupffer cell killed after an hour."""
    by_kupffer = (events["event"] == "die") & (events["cause"] == "kupffer") & (events["time_h"] > 1.0)
    return int(events.loc[by_kupffer, "key"].iloc[0])


def rate(model: lm.LiverModel, key: int, behaviour: str) -> float:
    """Return what a cell was about to do in the step just done."""
    world = model.world
    [row] = np.flatnonzero(world.cells["key"] == key)
    return float(world.rates[row, model.engine.compiled.column(behaviour)])


def loads(model: lm.LiverModel) -> dict[int, float]:
    """Return the load of each Kupffer cell by its key."""
    cells = model.world.cells
    rows = cells["kind"] == model.world.code("kupffer")
    return dict(zip(cells["key"][rows].tolist(), cells["load"][rows].tolist(), strict=True))


def test_a_killed_cell_is_told_by_whom_and_by_which_rules(strip, events, killed):
    told = life(strip, 1, str(killed))
    own = events[events["key"] == killed]
    assert [c.hours for c in told.chapters] == own["time_h"].tolist()
    assert [c.what.split()[0] for c in told.chapters] == own["event"].tolist()
    [(kupffer, engulf)] = [
        (int(who.split()[1]), reason)
        for who, reason in told.chapters[-1].spoken
        if who.startswith("kupffer ") and reason.behaviour == "engulf"
    ]
    hours, model = told.chapters[-1].hours, lm.LiverModel(strip, seed=1)
    model.run(f"{hours - 0.25} h")
    before = loads(model)
    model.step()
    assert loads(model)[kupffer] > before[kupffer]
    assert engulf.value == rate(model, kupffer, "engulf") > engulf.base
    assert {"MV12", "MV18"} <= {term.rule for term in engulf.terms}
    assert "MV12: contact.tumour = " in str(told) and f"{hours:g} h  die (kupffer)" in str(told)


def test_what_is_heard_is_what_the_step_went_by(strip):
    whole = lm.LiverModel(strip, seed=1)
    whole.run()
    log = whole.world.log.array()
    events = [tuple(event) for event in log[log[:, 1] == EXTRAVASATE].tolist()]
    ear, model, went_by = Listener(events, 4), lm.LiverModel(strip, seed=1), {}
    model.engine.compiled.watch = ear
    for tick in range(whole.world.clock.tick):
        model.step()
        went_by |= {e: rate(model, e[3], "extravasate") for e in events if e[0] == tick}
    assert model.engine.digest() == whole.engine.digest() and len(events) >= 5
    heard = {event: own for event, (own, _) in ear.heard.items()}
    assert heard.keys() == set(events)
    assert {event: own[0][1].value for event, own in heard.items()} == went_by


def test_a_line_is_told_cell_by_cell():
    told = life(lm.load("strip", {"run.days": 2}), 1, "founder 0")
    assert told.title == "founder 0" and len({c.key for c in told.chapters}) > 1
    assert [c.hours for c in told.chapters] == sorted(c.hours for c in told.chapters)
    divided = [c for c in told.chapters if c.what.startswith("divide")]
    assert divided and all([r.behaviour for _, r in c.spoken] == ["divide", "coopt"] for c in divided)


def test_a_cell_of_a_model_has_its_biography_up_to_now(strip, killed):
    model = lm.LiverModel(strip, seed=1)
    model.run("1 h")
    before, cell = model.engine.digest(), next(c for c in model.agents_by_type[lm.Tumour] if c.key == killed)
    told = cell.biography()
    assert told.chapters[-1].hours <= 1.0 and str(told) == str(life(strip, 1, str(killed), 1.0))
    assert model.engine.digest() == before
    model.agents_by_type[lm.Kupffer].now()[0].die()
    with pytest.raises(lm.LivermetError, match="changed by hand"):
        cell.biography()


MISTAKES = {
    "{other}": 'nothing happened to a tumour cell "{other}"; did you mean "{killed}"?',
    "{digit}": "tumour cells have a key that begins with {digit}: ",
    "founder 9999": 'there is no founder "9999"; founders 0 to 47 have entered',
    "founder": 'there is no founder ""',
    "": 'nothing happened to a tumour cell ""',
}


@pytest.mark.parametrize("cell", MISTAKES)
def test_mistakes_get_a_sentence(cell, events, killed, capsys, monkeypatch):
    [(digit, _)] = Counter(str(key)[0] for key in events["key"].unique()).most_common(1)
    named = {"other": killed + 1, "killed": killed, "digit": digit}
    words = ["livermet", "why", "strip", "--days", "0.75", "--cell", cell.format(**named)]
    monkeypatch.setattr(sys, "argv", words)
    assert cli.main() == 2
    assert "--cell: " in (said := capsys.readouterr().err) and MISTAKES[cell].format(**named) in said


def test_the_command_tells_a_life(killed):
    words = ["why", "strip", "--days", "0.75", "--cell", str(killed)[:8], "-q"]
    said = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert said.exit_code == 0 and said.output.startswith(f"tumour {killed}, founder ")
