"""Grades follow from checks that look; take away what a criterion asks for, and the grade falls."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.base.provenance import stamp
from livermet_sim.documentation import checks, context, credibility, criteria, evidence
from livermet_sim.documentation.criteria import Criterion
from livermet_sim.documentation.subject import Subject
from livermet_sim.validation.catalogue import record, shipped
from livermet_sim.verification.suite import CHECKS

RULES = ("Define context clearly", "Use contextually appropriate data", "Evaluate within context", "List limitations explicitly",
         "Use version control", "Document appropriately", "Disseminate broadly", "Get independent reviews",
         "Test competing implementations", "Conform to standards")  # fmt: skip


def verification(verdict="holds", **of):
    rows = [
        {"name": c.name, "title": c.title, "expected": "", "found": "", "tolerance": "", "verdict": verdict}
        for c in CHECKS
    ]
    return stamp() | of | {"checks": rows}


def verdicts(verdict="reproduced", **of):
    rows = [
        record(own) | {"pairs": 8, "ratio": 1.2, "low": 1.1, "high": 1.3, "verdict": verdict}
        for own in shipped().values()
    ]
    return stamp() | of | {"experiments": [row | {"published": None} for row in rows]}


def grades(tmp_path, **reports):
    for name, report in reports.items():
        file = {"verification": "verification.json", "validation": "verdicts.json"}[name]
        (tmp_path / file).write_text(json.dumps(report))
    return graded(lm.load("strip"), evidence.read(dict.fromkeys(reports, tmp_path)))


def graded(scenario, found=evidence.NOTHING):
    """Return the grade of each of the Ten Rules."""
    rows, _ = criteria.rows(credibility.TEN_RULES, Subject(scenario, "strip", evidence=found))
    return {row["rule"]: row["grade"] for row in rows}


def test_the_ten_rules_stand_in_their_order_and_ask_for_something_at_each_grade():
    assert tuple(rule.title for rule in credibility.TEN_RULES) == RULES
    for rule in credibility.TEN_RULES:
        assert {one.level for one in rule.criteria} == {1, 2, 3, 4}
    assert [rule.title[0] for rule in credibility.CURE] == list("CURE")


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=12))
def test_a_grade_asks_for_all_below_it(given_):
    outcomes = [(Criterion(level, "", checks.reviewed), holds, "") for level, holds in given_]
    reached = criteria.grade(outcomes)
    assert all(holds for level, holds in given_ if level <= reached)
    assert {level for level, _ in given_} >= set(range(1, reached + 1))
    above = [holds for level, holds in given_ if level == reached + 1]
    assert reached == 4 or not above or not all(above)


def test_without_reports_nothing_is_claimed(strip):
    found = {row["rule"]: row["grade"] for row in strip.tables["ten-rules"].records()}
    assert found["Evaluate within context"] == 1 and found["Test competing implementations"] == 1
    assert found["Get independent reviews"] == 0
    assert {row["verdict"] for row in strip.tables["verification"].records()} == {"not run"}
    assert {row["verdict"] for row in strip.tables["baseline"].records()} == {"not run"}


@pytest.mark.parametrize(
    ("reports", "evaluated", "competing"),
    [
        ({"verification": verification()}, 2, 2),
        ({"verification": verification(model="another")}, 1, 1),
        ({"verification": verification(library="another")}, 1, 1),
        ({"verification": verification("fails")}, 1, 1),
        ({"verification": verification(), "validation": verdicts()}, 3, 2),
        ({"verification": verification(), "validation": verdicts("wrong")}, 2, 2),
        ({"verification": verification(), "validation": verdicts(model="another")}, 2, 2),
    ],
    ids=range(7),
)
def test_reports_of_this_very_code_raise_the_grade_and_others_do_not(tmp_path, reports, evaluated, competing):
    found = grades(tmp_path, **reports)
    assert (found["Evaluate within context"], found["Test competing implementations"]) == (
        evaluated,
        competing,
    )


@pytest.mark.parametrize("name", ["purpose", "uses", "never", "influence", "limitations"])
def test_what_is_not_declared_is_not_graded(monkeypatch, name):
    known = {key: value for key, value in context.read().items() if key != name}
    monkeypatch.setattr(
        context,
        "read",
        lambda: (
            known
            | {key: [] for key in ("uses", "never", "limitations") if key not in known}
            | {key: "" for key in ("purpose", "influence") if key not in known}
        ),
    )
    found = graded(lm.load("strip"))
    rule = RULES[3] if name == "limitations" else RULES[0]
    assert found[rule] < 3


def test_a_review_counts_once_it_is_declared(monkeypatch):
    known = context.read() | {"reviews": [{"who": "somebody"}]}
    monkeypatch.setattr(context, "read", lambda: known)
    found = graded(lm.load("strip"))
    assert found["Get independent reviews"] == 1 and found["Define context clearly"] == 4


def test_a_scenario_that_does_not_say_what_it_is_for_is_graded_down():
    assert graded(lm.load("strip").with_(doc=""))["Define context clearly"] == 1


def test_fitted_and_held_out_rows_are_told_apart(tmp_path):
    (tmp_path / "verdicts.json").write_text(json.dumps(verdicts()))
    tables = lm.dossier("strip", validation=tmp_path).tables
    parts = {row["experiment"]: row["part"] for row in tables["experiments"].records()}
    from livermet_sim.validation.catalogue import held_out

    for name, own in shipped().items():
        assert parts[name] == (("held out" if held_out(own) else "fitted") if own.scored else "not scored")
    scored = {row["part"]: row for row in tables["scorecard"].records()}
    assert scored["held out"]["reproduced"] == scored["held out"]["experiments"] > 20


def test_every_trace_element_points_at_evidence_with_its_command(strip):
    tables = [strip.tables[f"trace-{number}"] for number in range(1, 9)]
    assert len([name for name in strip.tables if name.startswith("trace-")]) == 8
    for table in tables:
        assert all(row["evidence"] and str(row["command"]).startswith("livermet ") for row in table.records())
