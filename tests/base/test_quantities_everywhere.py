"""A quantity is read by the same rules wherever it is written."""

from __future__ import annotations

import pytest

from livermet_sim.app.choice import Choice
from livermet_sim.base.errors import LivermetError
from livermet_sim.interventions import deplete
from livermet_sim.model import LiverModel
from livermet_sim.scenario.load import from_dict, load
from livermet_sim.sweep.factors import read_factors
from livermet_sim.sweep.sweep import Sweep

DENSITY = "cells.kupffer.density"
DOORS = {
    "override": lambda text: load("strip", {DENSITY: f"{text} /mm3"}),
    "change": lambda text: load("strip").with_({DENSITY: f"{text} /mm3"}),
    "dictionary": lambda text: from_dict({DENSITY: f"{text} /mm3"}),
    "rule's maximum": lambda text: load("strip", {"rules.MV12.maximum": f"{text} /h"}),
    "rule's half maximum": lambda text: load("strip", {"rules.MV12.half_max": text}),
    "rule's fold": lambda text: load("strip", {"rules.MV3.maximum": f"x{text}"}),
    "intervention": lambda text: load("strip").with_(interventions=[deplete("nk", at=f"{text} day")]),
    "range of a study": lambda text: read_factors({DENSITY: (f"{text} /mm3", "90000 /mm3")}, load("strip")),
    "values of a study": lambda text: read_factors({DENSITY: [f"{text} /mm3"]}, load("strip")),
    "rule in a study": lambda text: read_factors(
        {"rules.MV12.maximum": (f"{text} /h", "90 /h")}, load("strip")
    ),
    "live page": lambda text: Choice("strip", more=f"{DENSITY} = {text} /mm3").scenarios(),
    "length of a run": lambda text: LiverModel("strip", seed=1).run(f"{text} min"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", ["5 100", "5\u202f100", "5 * 100", "1,5", "5 1 /1"])
def test_no_door_lets_a_second_number_in(door, text):
    with pytest.raises(LivermetError) as caught:
        DOORS[door](text)
    # a sentence shows what cannot be printed as a question mark
    shown = "".join(letter if letter.isprintable() else "?" for letter in text.strip("x"))
    assert shown in caught.value.sentence


def test_one_value_in_two_spellings_is_one_scenario():
    for plain, written in ((1000, "1000 /mm3"), (500, "500/mm³"), (5100, "5.1e3 mm-3"), (3e-6, "3e-15 /um3")):
        same = [load("strip", {DENSITY: value}).digest for value in (plain, written)]
        assert same[0] == same[1]


def test_one_value_in_two_spellings_is_run_once_by_a_study():
    with pytest.raises(LivermetError, match="a value is given twice"):
        Sweep("strip", {DENSITY: [1000, "1000 /mm3"]}, design="grid", days=1)
