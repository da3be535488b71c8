"""Reports that strangers made are read, or refused in a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.provenance import stamp
from livermet_sim.documentation import dossier, evidence
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
