"""What was chosen on the page becomes the scenarios that the command line would make of it."""

from __future__ import annotations

import pytest

from livermet_sim.app.choice import KNOBS, PASTED, Choice, sliders
from livermet_sim.base.errors import LivermetError
from livermet_sim.scenario.load import load

DEPLETE = {"action": "deplete", "target": "kupffer", "start": "1", "end": "3", "efficacy": 0.5}


def test_a_choice_equals_what_the_command_line_makes():
    choice = Choice("strip", line="b16f1", changes={"cells.nk.density": 0.0}, more="run.days = 3\n\n")
    (made,) = choice.scenarios()
    assert made == load("strip", {"line": "b16f1", "cells.nk.density": 0, "run.days": 3})


def test_only_the_treated_liver_is_treated():
    control, treated = Choice("strip", interventions=(DEPLETE,), compare=True).scenarios()
    assert control == load("strip") and control.interventions == ()
    assert len(treated.interventions) == 1 and treated.interventions[0]["target"] == "kupffer"
    (alone,) = Choice("strip", interventions=(DEPLETE,)).scenarios()
    assert alone == treated


def test_rules_are_switched_off():
    (made,) = Choice("strip", off=("MV13.crawl",)).scenarios()
    assert not made.rules["MV13.crawl"].enabled and load("strip").rules["MV13.crawl"].enabled


def test_a_pasted_scenario_is_read_and_its_mistakes_named_without_the_hidden_file():
    (made,) = Choice(PASTED, text='extends = "strip"\n[cells.nk]\ndensity = 5').scenarios()
    assert made.value("cells.nk.density") == 5 and made.value("tissue.kind") == "strip"
    with pytest.raises(LivermetError) as caught:
        Choice(PASTED, text='extends = "strip"\n[cells.nk]\ndensty = 5').scenarios()
    assert 'did you mean "density"' in caught.value.sentence and "/" not in caught.value.sentence


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice("stripe"), 'did you mean "strip"'),
        (Choice("strip", line="mc39"), "there is no tumour line"),
        (Choice("strip", more="cells.kupfer.density = 3"), 'did you mean "kupffer"'),
        (Choice("strip", more="hello"), '"hello" is not name=value'),
        (Choice("strip", changes={"cells.nk.density": -1.0}), "is impossible"),
        (Choice("strip", interventions=({**DEPLETE, "start": "soon"},)), "is not a quantity"),
        (Choice("strip", interventions=({**DEPLETE, "end": "0"},)), "the window ends"),
        (Choice("strip", more='tissue.kind = "patch"\ntissue.lobules = 100000'), "too many to watch live"),
        (Choice("strip", more="run.days = 3000"), "too long to watch live"),
        (Choice(PASTED), "paste the text"),
        (Choice(PASTED, text="x" * 300_000), "longer than"),
        (Choice(PASTED, text="name = "), "is not TOML"),
    ],
)
def test_mistakes_are_one_sentence(choice, words):
    with pytest.raises(LivermetError) as caught:
        choice.scenarios()
    assert words in caught.value.sentence and "\n" not in caught.value.sentence


@pytest.mark.parametrize("seed", ["", "abc", "1.5", -1, 2**62])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(LivermetError, match=r"^seed: "):
        Choice(seed=seed).seeds()
    assert Choice(seed=" 7 ").seeds() == 7


def test_sliders_lie_within_what_is_declared_and_reach_the_scenario_s_value():
    scenario = load("baseline", {"cells.kupffer.density": 200_000})
    found = {slider.name: slider for slider in sliders(scenario)}
    assert list(found) == [knob.name for knob in KNOBS] and len(found) >= 12
    for name, slider in found.items():
        section, _, key = name.rpartition(".")
        section, key = next((s, name[len(s) + 1 :]) for s in scenario.sections if name.startswith(f"{s}."))
        declared = next(p for p in scenario.sections[section].parameters if p.name == key)
        assert declared.low <= slider.low < slider.high <= declared.high
        assert slider.low <= slider.value <= slider.high and slider.doc == declared.doc
        assert 20 <= (slider.high - slider.low) / slider.step <= 1100
        assert not slider.differs(slider.value)
    assert found["cells.kupffer.density"].words(18000.0) == "18,000 /mm3"
