"""What is wrong with something that is registered is said in a sentence, when it is registered or in the run that meets it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.base.plugins import PLUGINS
from livermet_sim.engine import Engine

STATE = lm.State("granules", "refill", "release", "Full granules.", "The cell's full granules.")
GOOD = {"doc": "Mine."}
MAST = {"like": "nk", "doc": "Mast cells."}


def two(a, b):
    """Return nothing of use."""
    return np.zeros(len(b))


def three(world, hours, own):
    """Do nothing."""


SENTENCES = [
    (lambda: lm.register_signal(7), "signal: '7' is not a function of what there is and of the rows of cells"),
    (lambda: lm.register_signal(lambda a: a), 'signal "<lambda>": it takes 1 argument; it needs 2: what there is'),
    (lambda: lm.register_signal(lambda a, b: b, doc="Mine."), '"<lambda>" is not a name'),
    (lambda: lm.register_signal(two, name="vegf"), 'signal "vegf": the name is taken by the model; choose another'),
    (lambda: lm.register_signal(two, name="activation"), 'signal "activation": the name is taken by the model'),
    (lambda: lm.register_signal(two, name="Depth"), '"Depth" is not a name; it needs small letters'),
    (lambda: lm.register_signal(two, unit="furlong"), 'signal "two": unit: "furlong" is not a unit'),
    (lambda: lm.register_signal(lambda a, b: b, name="mine"), 'signal "mine": it says not what it is; give it a docstring'),
    (lambda: lm.register_response(lambda x: x, name="line", **GOOD), "at 2 times the half-maximum it gives 2; a share"),
    (lambda: lm.register_response(lambda x: x * 0 + 0.5, name="flat", **GOOD), "without a signal it gives more than 0"),
    (lambda: lm.register_response(lambda x: 0.5, name="one", **GOOD), "it gives '0.5' and not an array of"),
    (lambda: lm.register_response(lambda x: 1 / 0, name="bad", **GOOD), 'response "bad": it fails (ZeroDivisionError'),
    (lambda: lm.register_response(lambda x: x, name="hill", **GOOD), 'response "hill": the name is taken by the model'),
    (lambda: lm.register_process(two), 'process "two": it takes 2 arguments; it needs 3: the world, the hours and its values'),
    (lambda: lm.register_process(three, stage="act2"), 'process "three": "act2" is no stage; did you mean "act"?'),
    (lambda: lm.register_process(three, every="3 um"), 'process "three": "3 um" is a length; a time is needed'),
    (lambda: lm.register_process(three, every=2), 'every = 2 has no unit; write "2 day" or "2 h"'),
    (lambda: lm.register_process(dict), "process: dict is not derived from livermet_sim.Process"),
    (lambda: lm.register_process(three, parameters=[3]), "process \"three\", parameter: 3 is not a name"),
    (lambda: lm.register_process(three, parameters=[lm.Parameter("every", 1.0, "h", "Mine.")]), 'parameter "every": the name is taken'),
    (lambda: lm.register_process(three, parameters=[lm.Parameter("rate", 1.0, "/fortnite", "Mine.")]), '"fortnite" is not a unit'),
    (lambda: lm.register_kind("mast", like="nkk", doc="Mine."), 'kind "mast": like: there is no kind of cell "nkk"; did you mean "nk"?'),
    (lambda: lm.register_kind("kupffer", **MAST), 'kind "kupffer": the name is taken by the model'),
    (lambda: lm.register_kind("mast", like="nk"), 'kind "mast": it says not what it is'),
    (lambda: lm.register_kind("mast", like="lsec", doc="Mine."), 'its habitat "segment" belongs to the model'),
    (lambda: lm.register_kind("mast", **MAST, defaults={"densty": 3}), 'it has no parameter "densty"; did you mean "density"?'),
    (lambda: lm.register_kind("mast", **MAST, defaults={"density": "3 um"}), 'kind "mast", density: "3 um" is a length'),
    (lambda: lm.register_kind("mast", **MAST, defaults={"attack": -1}), "-1 /h is impossible; it must be from 0 to 100"),
    (lambda: lm.register_kind("mast", **MAST, states=[STATE]), "the state granules is moved by refill, which is no behaviour of it"),
    (lambda: lm.register_kind("mast", **MAST, behaviours=[lm.Parameter("refill", 0.1, "/ho", "Mine.")]), '"ho" is not a unit'),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "sentence"), SENTENCES, ids=[str(i) for i in range(len(SENTENCES))])
def test_a_mistake_is_said_when_it_is_registered(wrong, sentence):
    with pytest.raises(lm.LivermetError) as told:
        wrong()
    assert sentence in told.value.sentence
    assert not PLUGINS.all()


def test_registering_again_takes_the_place_of_what_was_there():
    lm.register_process(three)
    lm.register_process(lambda world, hours, own: 1 / 0, name="three", doc="Fail.")
    assert list(PLUGINS.of("process")) == ["three"]
    with pytest.raises(lm.LivermetError, match=r'process "three": it fails \(ZeroDivisionError'):
        Engine(lm.load("strip", {"processes.three.every": 0}), 1).step()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"processes.thre.every": 1}, 'there is no such process; one of your own is registered first'),
        ({"processes.three.evry": 1}, 'processes.three has no such parameter; did you mean "every"?'),
        ({"processes.three.every": "3 um"}, '"3 um" is a length'),
        ({"cells.mst.density": 1}, 'there is no such kind of cell (a new one says what it is like, as in mst.like = "nk"); did you mean "mast"?'),
        ({"cells.mast.like": "nk"}, '"mast" is registered and needs no "like"'),
        ({"plugins": "mast"}, "'mast' is not a list of names"),
    ],
)  # fmt: skip
def test_a_scenario_that_names_it_wrongly_is_told_the_nearest(changes, sentence):
    lm.register_process(three)
    lm.register_kind("mast", **MAST)
    with pytest.raises(lm.LivermetError) as told:
        lm.load("strip", changes)
    assert sentence in told.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n", "it registers nothing; see livermet_sim.register_kind"),
        ("1 / 0\n", "it fails (ZeroDivisionError: division by zero)"),
        (
            "import livermet_sim as lm\nlm.register_kind('mast', like='nk')\n",
            'kind "mast": it says not what it is',
        ),
        ("def\n", "it fails (SyntaxError"),
    ],
)
def test_a_file_that_is_no_plugin_is_said_to_be_none(text, sentence, tmp_path):
    file = Path(tmp_path / "own_plugin.py")
    file.write_text(text)
    with pytest.raises(lm.LivermetError) as told:
        lm.load_plugin(file)
    assert sentence in told.value.sentence and not PLUGINS.all()
