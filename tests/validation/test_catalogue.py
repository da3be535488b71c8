"""The library's experiments are the published rows, each once, as they were published, or a reason why not."""

from __future__ import annotations

import math
import re

import pytest

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.validation import catalogue, scorecard
from livermet_sim.validation.livers import livers
from livermet_sim.validation.trial import Plan, Trial

ROWS, SHIPPED, ABSENT = catalogue.rows(), catalogue.shipped(), catalogue.not_expressible()
READINGS = {name for name, own in SHIPPED.items() if own.reading_of}


def test_every_published_row_is_an_experiment_or_has_a_reason_and_none_is_both():
    own = set(SHIPPED) - READINGS
    assert len(ROWS) == 174
    assert own | set(ABSENT) == set(ROWS)
    assert not own & set(ABSENT)
    assert len(own) + len(ABSENT) == 174
    assert all(SHIPPED[name].reading_of in own for name in READINGS)
    assert all(len(reason.split()) >= 4 for reason in ABSENT.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_an_experiment_says_what_its_row_says(name):
    own, row = SHIPPED[name], ROWS[SHIPPED[name].reading_of or name]
    assert own.reference == " ".join(row["ref"].split())
    assert (own.expected, own.status, own.confidence) == (row["direction"], row["status"], row["confidence"])
    assert own.outcome == row["outcome"]
    assert own.phases == tuple(row["phase"].split(";"))
    if row["source"]:
        assert own.source == row["source"]
    if row["ratio_best"] and not own.reading_of:
        # a size is compared, or the file says why it is not
        said = any("is not compared" in words for words in own.assumed)
        assert own.sized != said
        assert not own.sized or own.published == float(row["ratio_best"])
    else:
        assert not own.sized
    low, high = row["ratio_low"], row["ratio_high"]
    if own.sized and low and high and float(low) < float(high):
        assert (own.low, own.high) == (float(low), float(high))
    if row["timepoint_day"] and float(row["timepoint_day"]) <= 28:
        assert own.day == float(row["timepoint_day"]) or "window" in own.what or own.day == 28
    if "assumed" in row["perturbation"]:
        assert own.assumed


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_scored_is_what_was_read_with_some_confidence_in_the_liver_of_an_animal(name):
    own = SHIPPED[name]
    assert own.scored == (name not in READINGS and scorecard.counts(ROWS[own.reading_of or name]))


def test_both_livers_of_every_experiment_can_be_made():
    for own in SHIPPED.values():
        pair = livers(own, 2)
        assert pair.control.digest != pair.treated.digest, own.name
        assert pair.control.value("run.before") == pair.treated.value("run.before")


def test_at_least_nine_in_ten_of_the_rows_that_count_can_be_expressed():
    count = [name for name, row in ROWS.items() if scorecard.counts(row)]
    assert len(count) == 153
    assert sum(name in ABSENT for name in count) <= 0.1 * len(count)


def test_a_third_of_the_papers_is_held_out_and_a_paper_is_never_split():
    scored = [own for own in SHIPPED.values() if own.scored]
    share = sum(map(catalogue.held_out, scored)) / len(scored)
    assert 0.28 < share < 0.38
    parts: dict[str, set[bool]] = {}
    for own in SHIPPED.values():
        parts.setdefault(catalogue.paper(own), set()).add(catalogue.held_out(own))
    assert all(len(found) == 1 for found in parts.values())


def test_no_rule_parameter_or_scenario_of_the_model_names_an_experiment():
    from pathlib import Path

    package = Path(catalogue.__file__).parents[1]
    for path in [
        *package.glob("library/*.toml"),
        *package.glob("library/rules/*.toml"),
        *package.glob("library/lines/*.toml"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not [name for name in ROWS if re.search(rf"\b{re.escape(name)}\b", text)], path


def test_the_table_has_a_row_for_each():
    table = lm.experiments()
    assert len(table) == len(SHIPPED) + len(ABSENT)
    assert set(table["how"]) == {"direct", "proxy", "not expressible"}
    assert (table["why_not"] != "").sum() == len(ABSENT)


def test_a_row_that_cannot_be_expressed_says_why_when_it_is_asked_for():
    with pytest.raises(
        LivermetError, match="ruf_mait: the model cannot express it: MAIT cells are not in the model"
    ):
        catalogue.chosen(["ruf_mait"])


def test_the_quick_ones_run_in_small_livers_and_get_a_card(tmp_path):
    chosen = [SHIPPED[name] for name in ("scherbarth_il1a_24h", "gul11_kc_surgery", "mcdonald_lps")]
    assert set(own.name for own in chosen) <= {own.name for own in catalogue.quick()}
    scores = Trial(chosen, tmp_path, Plan(lobules=2, most=3)).run(workers=1).scores()
    assert [score.pairs for score in scores] == [3, 3, 3]
    assert all(math.isfinite(score.ratio) and score.low < score.ratio < score.high for score in scores)
    scorecard.save(scores, tmp_path)
    found = scorecard.tally(scores)
    assert found["tried"] == 3
    assert found["right_by_interval"] + found["wrong_by_interval"] + found["undecided"] == 3
    text = (tmp_path / "verdicts.txt").read_text()
    assert all(own.name in text for own in chosen)
    assert "140 of 153" in text
