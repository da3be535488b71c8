"""Say on one screen what a dossier holds and how the model stands."""

from __future__ import annotations

from collections import Counter
from typing import Any

from livermet_sim.documentation import criteria
from livermet_sim.documentation.blocks import Part, Table
from livermet_sim.documentation.credibility import CURE, TEN_RULES
from livermet_sim.documentation.evidence import Saved
from livermet_sim.documentation.parameters import SET, grade_rows, lacking
from livermet_sim.documentation.references import references
from livermet_sim.documentation.results import NOT_RUN
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count


def summary(subject: Subject) -> Part:
    """Return a line for each thing that a reviewer asks first."""
    scenario, plan = subject.scenario, subject.engine.plan
    rows = [
        ("What is described", f"{count(len(scenario.kinds), 'kind')} of cells, {count(len(plan.processes), 'process', 'processes')}, {count(len(scenario.fields), 'signal')} that spread, {count(len(scenario.rules.enabled()), 'rule')} switched on of {len(scenario.rules)}", "Model description (ODD)"),
        ("How well the numbers are known", known(subject), "Parameters and rules"),
        ("Whether the code computes what it says", _verdicts(subject.evidence.verification), "Verification"),
        ("Whether published experiments come out", _verdicts(subject.evidence.validation), "Validation"),
        ("Whether the untreated liver looks as published", _verdicts(subject.evidence.baseline), "The untreated liver against published figures"),
        ("Ten Rules, grades from 0 to 4", ", ".join(str(criteria.grade(rule.outcomes(subject))) for rule in TEN_RULES), "Ten Rules rubric"),
        ("CURE, lines met", _met(subject), "CURE checklist"),
        ("Papers with an identifier", str(len(references(scenario))), "References"),
    ]  # fmt: skip
    table = Table("summary", "At a glance", ("asked", "answer", "where"), tuple(rows))
    return Part("summary", "At a glance", (table,))


def known(subject: Subject) -> str:
    """Return how many parameters and rules have each grade, and whether any lacks unit, range or source."""
    rows = grade_rows(subject.scenario)
    shares = ", ".join(
        f"{row['parameters'] + row['rules']} {row['grade']}"
        for row in rows
        if row["grade"] != SET or row["parameters"]
    )
    gaps = len(list(lacking(subject.scenario)))
    return f"{shares}; {gaps or 'none'} without a unit, a range, or a source or the word assumed"


def _verdicts(saved: Saved | None) -> str:
    if saved is None:
        return NOT_RUN
    found: Counter[Any] = Counter(row["verdict"] for row in saved.rows)
    return ", ".join(f"{number} {verdict}" for verdict, number in found.items()) + f"; {saved.words}"


def _met(subject: Subject) -> str:
    held = [holds for rule in CURE for _, holds, _ in rule.outcomes(subject)]
    return f"{sum(held)} of {len(held)}"
