"""What is asked about a clicked cell is answered beside the run, as the commands answer it, and changes nothing."""

from __future__ import annotations

import queue
import re
from itertools import pairwise

import numpy as np
import pytest

from livermet_sim.agents import Tumour
from livermet_sim.app import inquiry as module
from livermet_sim.app.inquiry import WHY, WITHOUT, Inquiry, questions
from livermet_sim.app.liver import Liver
from livermet_sim.kernels.codes import DIE
from livermet_sim.scenario.life import life
from livermet_sim.scenario.load import load
from livermet_sim.sweep.what_if import whatif

SCENARIO = load("strip", {"run.days": 0.5})


@pytest.fixture(scope="module")
def liver() -> Liver:
    made = Liver(SCENARIO, 1, "strip")
    for _ in range(24):
        made.step()
    return made


@pytest.fixture
def asked():
    """Return a way to ask, and the words on how far it was."""
    works: queue.SimpleQueue = queue.SimpleQueue()
    inquiry = Inquiry(works.put)

    def ask(question: str, liver: Liver, agent) -> list:
        inquiry(question, (liver,), (0, agent))
        shown = [inquiry.answer]
        while not shown[-1].done:
            works.get(timeout=120)()
            shown.append(inquiry.answer)
        return shown

    ask.inquiry, ask.works = inquiry, works
    return ask


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


def test_the_life_is_that_of_the_command(liver, asked, monkeypatch):
    monkeypatch.setattr(module, "EVERY", 0.0)
    digest = liver.model.engine.digest()
    log = liver.model.world.log.array()
    keys, counts = np.unique(log[:, 3], return_counts=True)
    agent = next(each for each in liver.model.agents_by_type[Tumour] if each.key in keys[counts > 1])
    shown = asked(WHY, liver, agent)
    found = life(SCENARIO, 1, str(agent.key), 6.0)
    said = plain(shown[-1].html)
    assert len(found.chapters) > 1
    for chapter in found.chapters:
        assert f"{chapter.hours:g} h: {chapter.what}" in said.replace("&#x27;", "'")
    spoken = {
        term.rule
        for chapter in found.chapters
        for _, reason in chapter.spoken
        for term in reason.terms
        if term.strength > 0.5
    }
    assert spoken and all(rule in said for rule in spoken)
    assert len(shown) > 5 and all(a.share <= b.share for a, b in pairwise(shown))
    assert liver.model.engine.digest() == digest


def test_what_follows_without_a_cell_is_what_the_command_says(liver, asked):
    digest = liver.model.engine.digest()
    agent = max(liver.model.agents_by_type["kupffer"], key=lambda cell: cell.load)
    (*_, answer) = asked(WITHOUT, liver, agent)
    found = whatif(SCENARIO, f"kupffer {agent.key}", "6 h")
    assert len(found.first)
    said = plain(answer.html)
    for row in found.first.to_dict("records"):
        assert row["name"] in said and row["where"].split()[-1][-5:] in said
    changed = int(found.founders["changed"].sum())
    assert f"{changed:,} of {len(found.founders):,} founders fare otherwise" in said
    assert 'src="data:image/png;base64,' in answer.html
    assert liver.model.engine.digest() == digest


def test_what_can_be_asked_follows_from_the_cell_and_the_time(liver):
    tumour = next(iter(liver.model.agents_by_type[Tumour]))
    kupffer = next(iter(liver.model.agents_by_type["kupffer"]))
    assert questions(liver, tumour) == (WHY, WITHOUT) and questions(liver, kupffer) == (WITHOUT,)
    ended = Liver(load("strip", {"run.days": 0.125}), 1, "strip")
    some = list(ended.model.agents_by_type[Tumour])
    while ended.running:
        ended.step()
        some = [*some, *ended.model.agents_by_type[Tumour]]
    log = ended.model.world.log.array()
    dead = next(cell for cell in some if cell.key in log[log[:, 1] == DIE, 3])
    assert questions(ended, dead) == (WHY,)


def test_an_answer_nobody_waits_for_any_more_is_not_given(liver, asked):
    agent = next(iter(liver.model.agents_by_type[Tumour]))
    inquiry = asked.inquiry
    inquiry(WITHOUT, (liver,), (0, agent))
    inquiry("", (liver,), (0, agent))
    assert inquiry.answer is None
    shown = asked(WHY, liver, agent)
    assert {answer.question for answer in shown} == {WHY}


@pytest.mark.parametrize("question", ["", "What is this?", WHY])
def test_what_cannot_be_asked_is_not_answered(liver, asked, question):
    agent = next(iter(liver.model.agents_by_type["kupffer"]))
    asked.inquiry(question, (liver,), (0, agent))
    assert asked.inquiry.answer is None


def test_a_mistake_is_a_sentence(liver, asked, monkeypatch):
    def wrong(*_):
        raise RuntimeError("so it is")

    monkeypatch.setattr(module, "go_on", wrong)
    agent = next(iter(liver.model.agents_by_type["kupffer"]))
    (*_, answer) = asked(WITHOUT, liver, agent)
    assert answer.wrong == "This could not be found out (RuntimeError: so it is)."
