"""Write a TRACE document (Grimm et al. 2014, doi:10.1016/j.ecolmodel.2014.01.018): eight elements, each pointing at its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livermet_sim.documentation import checks, context
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.criteria import Found
from livermet_sim.documentation.subject import Subject

Look = Callable[[Subject], Found]


@dataclass(frozen=True)
class Element:
    """Hold an element: its title, what it is about, and evidence: where it stands, the command, and what is seen there."""

    title: str
    says: str
    evidence: tuple[tuple[str, str, Look], ...]


TRACE: tuple[Element, ...] = (
    Element("Problem formulation", "The decision or question that the model serves, and the limits of its use.", (
        ("part Context of use", "livermet dossier {word} --table uses", checks.declared("purpose", "uses")),
        ("part Context of use", "livermet dossier {word} --table never", checks.declared("never")),
        ("the scenario's doc", "livermet show scenario {word}", checks.scenario_says),
    )),
    Element("Model description", "The model, so that it could be built again.", (
        ("part Model description (ODD)", "livermet dossier {word}", checks.described),
        ("reference of the Python side", "livermet docs", checks.documented),
        ("rules as sentences", "livermet explain {word}", checks.rules_in_words),
    )),
    Element("Data evaluation", "How good the numbers are that went in.", (
        ("table Parameters", "livermet dossier {word} --table parameters", checks.complete),
        ("table How well they are known", "livermet dossier {word} --table grades", checks.supported),
        ("part References", "livermet dossier {word} --table references", checks.identified),
    )),
    Element("Conceptual model evaluation", "Which simplifications were made, and why.", (
        ("table Published mechanisms", "livermet explain {word} --missing", checks.gaps_listed),
        ("table Limitations", "livermet dossier {word} --table limitations", checks.declared("limitations")),
        ("table Published experiments", "livermet show experiments", checks.proxies_said),
    )),
    Element("Implementation verification", "Whether the code does what the description says.", (
        ("part Verification", "livermet verify --out results/verification", checks.verified),
        ("slow twins of kernels", "livermet verify --only '*-twin'", checks.twins_hold),
        ("keyed luck", "livermet verify --only 'same-*'", checks.deterministic),
    )),
    Element("Model output verification", "Whether the untreated liver looks as published, and what was fitted to make it so.", (
        ("part The untreated liver", "livermet baseline", checks.line_compared),
        ("held-out papers", "livermet dossier {word} --table scorecard", checks.has_checks),
    )),
    Element("Model analysis", "What in the model makes its results, and how sure they are.", (
        ("ablation of every mechanism", "livermet ablate {word}", checks.switchable),
        ("sensitivity and intervals", "livermet sweep, livermet study", checks.uncertain),
    )),
    Element("Model output corroboration", "Whether the model foretells what it was not built from.", (
        ("part Validation, held-out rows", "livermet validate --out results/validation", checks.validated),
    )),
)  # fmt: skip


def trace(subject: Subject) -> Part:
    """Return the TRACE document."""
    parts = tuple(_part(number, element, subject) for number, element in enumerate(TRACE, 1))
    text = "TRACE says, in eight elements, by what evidence the model is thought fit for its purpose. A line with no says what is still open."
    return Part("trace", "TRACE document", texts(text), parts)


def _part(number: int, element: Element, subject: Subject) -> Part:
    rows: list[dict[str, Any]] = []
    for where, command, look in element.evidence:
        there, seen = look(subject)
        rows.append(
            {
                "evidence": where,
                "command": command.format(word=subject.shown),
                "shown": there,
                "what is seen": seen,
            }
        )
    return Part(f"trace-{number}", f"{number}. {element.title}", (*texts(element.says), Table.of(f"trace-{number}", element.title, rows)))  # fmt: skip


def limitations(subject: Subject) -> Part:
    """Return what the model cannot do, as declared and as counted."""
    known = context.read()["limitations"]
    rows = [{"limitation": one["title"], "what it means": one["says"]} for one in known]
    counted = [{"limitation": name, "what it means": check(subject)[1]} for name, check in (
        ("Numbers without a source", checks.supported), ("Mechanisms and experiments that are missing", checks.gaps_listed), ("Experiments by a proxy", checks.proxies_said),
    )]  # fmt: skip
    return Part("limitations", "Limitations", (Table.of("limitations", "Limitations", rows + counted),))
