"""Reports that strangers made are read, or refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.provenance import stamp
from livermet_sim.documentation import checks, dossier, evidence
from livermet_sim.validation import shipped
from livermet_sim.verification import report
from livermet_sim.verification.check import Knobs
from livermet_sim.verification.suite import verify

PLAIN = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("checks", "experiments", "figures", "name", "verdict", "pairs", "x")), inner, max_size=3), max_leaves=8)  # fmt: skip


@pytest.fixture(scope="module")
def verified(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verified")
    outcomes = list(verify(["rules-hill", "fate-shares"], Knobs(quick=True)))
    report.save(outcomes, Knobs(quick=True), folder, "1")
    return folder


def test_a_report_of_verify_is_read_with_its_pictures(verified):
    saved = evidence.report("verification", verified)
    assert saved.fresh and [row["name"] for row in saved.rows] == ["fate-shares", "rules-hill"]
    made = lm.dossier("strip", verification=verified)
    found = {row["check"]: row["verdict"] for row in made.tables["verification"].records()}
    assert found["rules-hill"] == "holds" and found["step"] == "not run"
    assert made.html().count("data:image/png;base64,") == 2
    assert f"--verification {verified}" in made.head["command"]


def test_a_report_without_a_version_is_not_of_this_code(verified, tmp_path):
    told = json.loads((verified / "verification.json").read_text())
    del told["model"]
    (tmp_path / "verification.json").write_text(json.dumps(told))
    assert not evidence.report("verification", tmp_path).fresh
    assert "another code or library" in lm.dossier("strip", verification=tmp_path).markdown()


def test_every_writer_says_of_which_code_it_is(verified):
    from livermet_sim.validation import report as figures
    from livermet_sim.validation import scorecard

    for text in (
        (verified / "verification.json").read_text(),
        figures.as_json([], ""),
        scorecard.as_json([]),
    ):
        assert {name: json.loads(text)[name] for name in stamp()} == stamp()


@pytest.mark.parametrize("kind", list(evidence.REPORTS))
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "null", '{"checks": 1}', '{"checks": [1], "experiments": [1], "figures": [1]}', '{"checks": [{}], "experiments": [{}], "figures": [{}]}', "\x00", '{"a":1,"a":2}', "[" * 5000],
)  # fmt: skip
def test_a_damaged_report_is_refused_in_a_sentence(tmp_path, kind, text):
    (tmp_path / evidence.REPORTS[kind][0]).write_text(text)
    with pytest.raises(LivermetError, match=r"\.json: "):
        evidence.report(kind, tmp_path)


@given(PLAIN, st.sampled_from(list(evidence.REPORTS)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_is_in_a_report_it_is_read_or_refused(tmp_path, value, kind):
    file = tmp_path / "any.json"
    file.write_text(json.dumps(value))
    try:
        evidence.report(kind, file)
    except LivermetError as error:
        assert "\n" not in error.sentence


@given(PLAIN)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_is_in_a_written_dossier_it_is_compared_or_refused(tmp_path, strip, value):
    (tmp_path / "dossier.json").write_text(
        json.dumps({"parts": [value]} if isinstance(value, dict) else value)
    )
    try:
        assert dossier.drift(dossier.written(tmp_path), strip)
    except LivermetError as error:
        assert "dossier.json" in error.sentence


def test_a_picture_that_is_a_link_or_no_picture_stays_out(verified, tmp_path):
    (tmp_path / "verification.json").write_text((verified / "verification.json").read_text())
    (tmp_path / "rules-hill.png").symlink_to(verified / "rules-hill.png")
    (tmp_path / "fate-shares.png").write_bytes(b"<script>")
    saved = evidence.report("verification", tmp_path)
    assert evidence.picture(saved, "rules-hill") is None and evidence.picture(saved, "fate-shares") is None


def test_without_a_report_of_its_own_a_dossier_has_the_verdicts_that_ship_and_says_of_which_model(strip):
    saved = strip.subject.evidence.validation
    assert saved.ships and saved.of["model"] and saved.more["command"].startswith("livermet validate")
    given_ = {row["experiment"]: row["verdict"] for row in saved.rows}
    for row in strip.tables["experiments"].records():
        assert row["verdict"] == given_.get(row["experiment"], "not run")
    assert "--validation" not in strip.head["command"]
    text = strip.markdown()
    assert saved.of["model"] in text
    assert ("older than this model" in text) == (saved.of != stamp())


def test_verdicts_that_ship_are_taken_from_a_folder_of_validate_and_say_when_they_are_of_this_model(
    tmp_path, monkeypatch, capsys
):
    rows = evidence.read({}).validation.rows[:3]
    made = {"experiments": [{**row, "what": "more than ships", "ratio": 1.23456789} for row in rows]}
    (tmp_path / "verdicts.json").write_text(json.dumps(stamp() | made))
    words = ["shipped", str(tmp_path), "--commit", "abc", "--file", str(tmp_path / "kept.json")]
    monkeypatch.setattr("sys.argv", words)
    shipped.main()
    monkeypatch.setattr(shipped, "FILE", tmp_path / "kept.json")
    found = evidence.read({}).validation
    assert found.fresh and found.more["commit"] == "abc" and found.rows[0]["ratio"] == 1.235
    assert set(found.rows[0]) == set(shipped.KEPT)
    assert "older than this model" not in lm.dossier("strip").markdown()


def test_a_verdict_of_another_model_supports_no_claim():
    old = evidence.read({})
    rows = [{**row, "verdict": "reproduced", "pairs": 4} for row in old.validation.rows]
    stale = replace(old.validation, rows=tuple(rows), of={"model": "older", "library": ""})
    subject = dossier.Subject(lm.load("strip"), "strip", (), replace(old, validation=stale))
    holds, why = checks.validated(subject)
    assert not holds and "older than this model" in why
