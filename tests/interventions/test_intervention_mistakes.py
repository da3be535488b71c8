"""Check that every mistake in an intervention gives its exact sentence, and that resolved scenarios read back equal."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from treated_livers import scenario

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.interventions.intervention import ACTIONS
from livermet_sim.scenario.load import from_dict, load

TEXT = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
MISTAKES = [part.partition("\n")[::2] for part in re.split(r"^=== ", TEXT, flags=re.MULTILINE)[1:]]
TREATMENTS = sorted(Path(__file__).parents[2].glob("scenarios/treatments/*.toml"))
EVERYTHING = [
    lm.deplete("kupffer", at="-1 day", until="12 h", efficacy=0.5, recovery="5 day"),
    lm.block("all", "sense.cxcl", at="12 h", factor=0.1), lm.boost("nk", "attack", until="3 day"),
    lm.knock_out("neutrophil", "recruit"), lm.block("rule", "MV12", at="1 day"), lm.block("liver", "systemic.igf1"),
    lm.add_cells("nk", 50, at="6 h", where="portal"), lm.add_signal("vegf", 0.5, zone=(0.0, 0.4)),
    lm.add_signal("systemic.il6", until="2 day"), lm.add_matrix("collagen", at="-0.5 day"),
    lm.set_state("stellate", "activation", 0.8, share=0.5), lm.dose("anti_vegf", doses=2),
    lm.dose("mine", half_life="3 h", every="1 day", doses=3, effects=[
        {"target": "tumour", "kill": "1 /day", "only": "cycling"}, {"behaviour": "systemic.il6", "amount": 2},
        {"target": "all", "behaviour": "secrete.no", "maximum": 3, "half_max": 0.1, "power": 2},
    ]),
    lm.condition("fibrosis", strength=0.5), lm.condition("mine", at="-2 day", changes=[lm.deplete("nk", at="-1 day")]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "table"), MISTAKES, ids=[sentence for sentence, _ in MISTAKES])
def test_a_mistake_is_one_sentence(sentence, table):
    with pytest.raises(LivermetError) as mistake:
        scenario(tomllib.loads(table))
    assert mistake.value.sentence == f"change {sentence}"


def test_the_corpus_tries_every_action():
    tried = {tomllib.loads(table).get("action") for _, table in MISTAKES}
    assert set(ACTIONS) <= tried


def test_a_file_is_named_in_front(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[[interventions]]\naction = "deplete"\ntarget = "kupfer"\n')
    with pytest.raises(
        LivermetError, match=r'mine.toml, line \d+, interventions\[0\].target: "kupfer" is not a kind of cell'
    ):
        load(path)


def test_a_scenario_with_every_action_reads_back_equal():
    whole = scenario(*EVERYTHING)
    assert {table["action"] for table in whole.interventions} == set(ACTIONS)
    for again in (from_dict(whole.to_dict()), from_dict(tomllib.loads(whole.to_toml())), whole.with_()):
        assert again == whole and again.digest == whole.digest
    assert scenario(*EVERYTHING[:-1]).digest != whole.digest


def test_what_is_resolved_no_longer_asks_the_library():
    table = scenario(lm.dose("dnase")).interventions[0]
    other = dict(table) | {"drug": "something new"}
    assert scenario(other).interventions[0]["effects"] == table["effects"]


def test_arrival_of_a_kind_is_the_lining_that_calls_it():
    assert (
        scenario(lm.block("nk", "recruit")).interventions
        == scenario(lm.block("lsec", "recruit.nk")).interventions
    )


@pytest.mark.parametrize("path", TREATMENTS, ids=[path.stem for path in TREATMENTS])
def test_every_treatment_can_be_called_by_its_name(path):
    found = load(path.stem)
    assert found.name == path.stem and found.doc and found.interventions
    control = load("baseline")
    assert found.with_(interventions=[], name=control.name, doc=control.doc).digest == control.digest
