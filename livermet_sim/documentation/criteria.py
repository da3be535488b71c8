"""Grade the model against published rubrics: each criterion is a check that runs, with what it found as evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from livermet_sim.documentation.subject import Subject

Found = tuple[bool, str]
LEVELS = ("insufficient", "partial", "adequate", "extensive", "comprehensive")


@dataclass(frozen=True)
class Criterion:
    """Name something that holds or not.

    Attributes
    ----------
    level : int
        The grade that asks for it, 1 to 4; a grade asks for all criteria up to it.
    says : str
        What must hold.
    check : callable
        From the subject to whether it holds, and by what one sees it.
    """

    level: int
    says: str
    check: Callable[[Subject], Found]


@dataclass(frozen=True)
class Rule:
    """Name a rule of a rubric and its criteria."""

    title: str
    criteria: tuple[Criterion, ...]

    def outcomes(self, subject: Subject) -> list[tuple[Criterion, bool, str]]:
        """Return each criterion with whether it holds and the evidence."""
        return [(one, *one.check(subject)) for one in self.criteria]


def grade(outcomes: Sequence[tuple[Criterion, bool, str]]) -> int:
    """Return the highest level of which, and of all below, every criterion holds; a level without criteria is not reached."""
    reached = 0
    for level in range(1, len(LEVELS)):
        own = [holds for one, holds, _ in outcomes if one.level == level]
        if not own or not all(own):
            return reached
        reached = level
    return reached


def rows(rules: Sequence[Rule], subject: Subject) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a row for each rule with its grade, and a row for each criterion with its evidence."""
    grades, details = [], []
    for number, rule in enumerate(rules, 1):
        outcomes = rule.outcomes(subject)
        reached = grade(outcomes)
        wanting = next((one.says for one, holds, _ in outcomes if not holds and one.level == reached + 1), "")
        grades.append({"number": number, "rule": rule.title, "grade": reached, "word": LEVELS[reached], "what the next grade lacks": wanting})  # fmt: skip
        details += [
            {"rule": number, "for grade": one.level, "criterion": one.says, "holds": holds, "evidence": seen} for one, holds, seen in outcomes
        ]  # fmt: skip
    return grades, details
