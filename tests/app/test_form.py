"""The form of an intervention follows from its class; what it gives is an intervention of a scenario."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.app import form
from livermet_sim.app.choice import Choice
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import declared
from livermet_sim.interventions import library
from livermet_sim.interventions.intervention import ACTIONS, Intervention, Once, start
from livermet_sim.scenario.load import load

STRIP = load("strip")
WORDS = form.words_of(STRIP)


def kept(action: str, **given: object) -> tuple[str, Intervention]:
    """Return what is said of a filled form, and the intervention that a treated liver gets of it."""
    own = form.table(action, given, WORDS)
    return form.said(own), form.check(own, STRIP, 28.0)


@pytest.mark.parametrize(
    ("action", "filled", "said"),
    [
        ("deplete", {"target": "kupffer", "efficacy": 0.5, "end": "28"}, "take away 50 % of kupffer cells, day 0 to 28"),
        ("block", {"target": "nk", "behaviour": "attack", "start": "1", "end": "3 day", "factor": "0.1"}, "block 90 % of attack of nk cells, day 1 to 3"),
        ("dose", {"drug": "anti_vegf", "start": "7", "doses": "3"}, "give anti vegf (100 % of a dose) on day 7, 3 times, every 14 day"),
        ("boost", {"target": "liver", "behaviour": "inflow", "factor": "1.5"}, "1.5 times as much inflow of the liver, from day 0 on"),
        ("knock_out", {"target": "rule", "behaviour": "MV12"}, "knock out MV12"),
        ("add_cells", {"target": "nk", "density": "500"}, "bring in 500 /mm3 nk cells on day 0"),
        ("add_signal", {"signal": "vegf", "end": " 48 h "}, "raise vegf by 1, day 0 to 2"),
        ("add_matrix", {"matrix": "net", "start": "6 h"}, "lay down 0.5 of net on day 0.25"),
        ("set_state", {"target": "stellate", "share": 0.5}, "set the activation of 50 % of stellate cells to 1 on day 0"),
        ("condition", {"condition": "fibrosis", "strength": "0.5"}, "fibrosis liver (50 %), from day -14 on"),
    ],
)  # fmt: skip
def test_a_filled_form_is_an_intervention_of_a_scenario(action, filled, said):
    assert kept(action, **filled)[0] == said


def test_every_action_has_a_form_whose_choices_all_do():
    assert sorted(form.actions().values()) == sorted(ACTIONS) and all(own.called for own in ACTIONS.values())
    for action, own in ACTIONS.items():
        shown = form.blanks(action, {}, WORDS)
        assert [blank.key for blank in shown] == [k for k in own.keys_known() if k in own.texts()] + [
            k for k in own.keys_known() if k not in own.texts() and k != own.parts
        ]
        more = {"number": "3"} if "number" in own.keys_known() else {}
        for blank in shown:
            assert blank.choices or blank.doc.endswith("."), (action, blank)
            for word in blank.choices:
                made = own.read(form.table(action, {blank.key: word, **more}, WORDS), "form", WORDS)
                assert made[blank.key] == word


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_form_shows_is_what_its_intervention_has(data):
    action = data.draw(st.sampled_from(sorted(ACTIONS)))
    filled = {"number": "2"} if action == "add_cells" else {}
    for _ in range(data.draw(st.integers(0, 3))):
        blank = data.draw(st.sampled_from(form.blanks(action, filled, WORDS)))
        what = (
            st.sampled_from(blank.choices) if blank.choices else st.sampled_from(["0.25", "1", "2", "", " "])
        )
        filled[blank.key] = data.draw(st.floats(0.0, 1.0)) if blank.slides else data.draw(what)
    try:
        made = kept(action, **filled)[1]
    except LivermetError as error:
        assert "\n" not in error.sentence
        return
    for blank in form.blanks(action, filled, WORDS):
        if str(blank.value).strip() and not (blank.key == "behaviour" and blank.value == "recruit"):
            assert str(made[blank.key]) == str(blank.value) or made[blank.key] == pytest.approx(
                float(blank.value)
            )


def test_what_a_scenario_cannot_carry_out_is_refused_and_the_page_begins_with_what_it_can():
    with pytest.raises(LivermetError, match=r"^behaviour: no kupffer cell has any activate"):
        kept("boost", target="kupffer", behaviour="activate")
    assert kept(form.first(STRIP))[0]


def test_numbers_are_shown_as_the_library_has_them():
    shown = {blank.key: blank.value for blank in form.blanks("dose", {"drug": "anti_vegf"}, WORDS)}
    assert (shown["every"], shown["doses"], shown["amount"]) == ("14", "1", "1") and shown[
        "half_life"
    ] != "24"
    first = {blank.key: blank.value for blank in form.blanks("condition", {"condition": "fibrosis"}, WORDS)}
    assert float(first["start"]) < 0 and first["end"] == ""


def test_every_drug_and_condition_can_be_chosen():
    for action in library.FILES:
        (blank, *_) = form.blanks(action, {}, WORDS)
        assert set(blank.choices) == set(library.entries(action)) and len(blank.choices) >= 4
        for name in blank.choices:
            own = form.table(action, {blank.key: name}, WORDS)
            control, treated = Choice("strip", interventions=(own,), compare=True).scenarios()
            assert treated.interventions and not control.interventions and form.said(own)
            before = [float(arm.value("run.before")) for arm in (control, treated)]
            assert before[0] >= before[1]


@pytest.mark.parametrize(
    ("action", "filled", "sentence"),
    [
        ("dose", {"doses": "x"}, 'doses: "x" is not a quantity'),
        ("deplete", {"start": "10", "end": "5"}, "end: the window ends at day 5, not after its start at day 10"),
        ("deplete", {"start": "40"}, "start: day 40 is not before the end of the run, day 28"),
        ("add_cells", {}, "number: say how many cells, by their number or by their density"),
    ],
)  # fmt: skip
def test_mistakes_in_a_form_are_one_sentence(action, filled, sentence):
    with pytest.raises(LivermetError) as mistake:
        form.check(form.table(action, filled, WORDS), STRIP, 28.0)
    assert mistake.value.sentence.startswith(sentence)


def test_a_new_action_has_a_form_at_once():
    @dataclass(frozen=True, eq=False)
    class Rinse(Once):
        """Take a share of the debris away, once."""

        action: ClassVar[str] = "rinse"
        called: ClassVar[str] = "rinse the tissue"
        start: float = start()
        share: float = declared(1.0, "1", "Share that goes.", 0.0, 1.0)

        def said(self):
            return f"rinse {self.share:g} of the debris"

    try:
        assert form.actions()["rinse the tissue"] == "rinse"
        blanks = form.blanks("rinse", {}, WORDS)
        assert [(blank.label, blank.slides) for blank in blanks] == [("start (day)", False), ("share", True)]
        assert kept("rinse", share=0.25, start="2")[0] == "rinse 0.25 of the debris"
    finally:
        del ACTIONS["rinse"]


def test_no_file_of_the_page_names_an_action():
    for path in sorted((Path(lm.__file__).parent / "app").rglob("*.py")):
        words = {
            n.value
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.Constant)
        }
        assert not words & ACTIONS.keys(), path.name
