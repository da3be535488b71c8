"""What is wrong with an intervention is said where it is written, not when the scenario is run."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim import interventions
from livermet_sim.base.errors import LivermetError
from livermet_sim.interventions.intervention import ACTIONS

GOOD = {
    "deplete": {"target": "kupffer"},
    "block": {"target": "nk", "behaviour": "attack"},
    "boost": {"target": "nk", "behaviour": "attack"},
    "knock_out": {"target": "nk", "behaviour": "attack"},
    "add_cells": {"target": "nk", "number": 5},
    "add_signal": {"signal": "vegf"},
    "add_matrix": {"matrix": "collagen"},
    "set_state": {"target": "stellate", "state": "activation"},
    "dose": {"drug": "anti_vegf"},
    "condition": {"condition": "fibrosis"},
}
TIMES = ("at", "until", "every", "recovery", "half_life")
NUMBERS = [
    (name, key) for name in GOOD for key in inspect.signature(getattr(lm, name)).parameters if key in TIMES
]


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("cut", [1, 3, -1])
def test_an_unknown_name_is_refused_with_the_nearest(name, cut):
    for key, word in GOOD[name].items():
        if isinstance(word, str):
            misspelt = f"{word[:cut]}x{word[cut:]}"
            with pytest.raises(LivermetError, match=r'did you mean "|; valid: ') as mistake:
                getattr(lm, name)(**GOOD[name] | {key: misspelt})
            assert mistake.value.sentence.startswith(f"{name}.{key}:") and misspelt in mistake.value.sentence


def test_the_sentence_names_what_was_meant():
    with pytest.raises(LivermetError) as mistake:
        lm.deplete("kupfer")
    assert mistake.value.sentence == (
        'deplete.target: "kupfer" is not a kind of cell; did you mean "kupffer"?'
    )
    with pytest.raises(LivermetError, match='"MV122" is not a rule of this scenario; did you mean "MV12"'):
        lm.knock_out("rule", "MV122")


@pytest.mark.parametrize(("name", "key"), NUMBERS)
@given(st.floats(-300, 3000).filter(bool) | st.integers(1, 3000), st.booleans())
def test_a_time_says_whether_it_is_hours_or_days(name, key, number, text):
    number = str(number) if text else number
    with pytest.raises(LivermetError) as mistake:
        getattr(lm, name)(**GOOD[name], **{key: number})
    assert mistake.value.sentence == (
        f'{name}: {key} = {number} has no unit; write "{number} day" or "{number} h"'
    )


@pytest.mark.parametrize(("name", "key"), NUMBERS)
def test_both_units_and_nothing_are_read(name, key):
    base = {"at": "-20 day"} if key == "until" else {}
    for good in ("12 h", "0.5 day", *((0,) if key not in ("until", "half_life") else ())):
        assert getattr(lm, name)(**GOOD[name], **base, **{key: good})["action"] == name


def test_arguments_are_called_as_in_python():
    with pytest.raises(LivermetError, match=r"^deplete\.until: the window ends at day 1"):
        lm.deplete("nk", at="3 day", until="1 day")
    with pytest.raises(LivermetError, match=r'^block\.at: "3 um" is a length'):
        lm.block("nk", "attack", at="3 um")
    with pytest.raises(LivermetError, match=r"^add_matrix\.zone: "):
        lm.add_matrix("collagen", zone=(0.4, 0.1))


def test_names_of_ones_own_are_known_once_their_scenario_is():
    with pytest.raises(LivermetError, match=r"deplete\.target.*own are known once their scenario is loaded"):
        lm.deplete("platypus")
    own = lm.load("strip", {"cells.platypus.like": "kupffer"})
    assert own.with_(interventions=[lm.deplete("platypus")]).interventions[0]["target"] == "platypus"
    with pytest.raises(LivermetError, match='"platypus" is not a kind of cell'):
        lm.load("strip").with_(interventions=[lm.deplete("platypus")])


def test_every_function_that_makes_one_is_tried():
    named = {name: getattr(interventions, name) for name in interventions.__all__}
    made = {name for name, one in named.items() if inspect.isfunction(one)} - {"read"}
    assert made == set(GOOD) == set(ACTIONS)
