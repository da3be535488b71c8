"""Show what verification, validation and the baseline gave, or that they were not run; fitted and held-out rows are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from livermet_sim.documentation import evidence
from livermet_sim.documentation.blocks import Block, Part, Picture, Table, texts
from livermet_sim.documentation.evidence import Saved
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count
from livermet_sim.validation.anchors import read as anchors
from livermet_sim.validation.catalogue import not_expressible, record, shipped
from livermet_sim.validation.scorecard import FITTED, HELD, expressible
from livermet_sim.verification.suite import CHECKS

NOT_RUN = "not run"
NOT_SCORED = "not scored"
MOST_PICTURES = 30


def verification(subject: Subject) -> Part:
    """Return every check of the model against mathematics, with its verdict where a report was named."""
    saved = subject.evidence.verification
    given = {row["name"]: row for row in saved.rows} if saved else {}
    rows = [
        {"check": c.name, "title": c.title, "verdict": given.get(c.name, {}).get("verdict", NOT_RUN), "what is compared": c.what,
         **{key: str(given.get(c.name, {}).get(key, "")) for key in ("expected", "found", "tolerance")}}
        for c in CHECKS
    ]  # fmt: skip
    said = _said(saved, "verify", f"{count(len(CHECKS), 'check')} can be made", rows)
    table = Table.of("verification", "Checks against mathematics, slow twins and invariants", rows)
    return Part("verification", "Verification", (*texts(*said), table, *_pictures(saved, [c.name for c in CHECKS])))  # fmt: skip


def _said(saved: Saved | None, command: str, known: str, rows: list[dict[str, Any]]) -> list[str]:
    """Return that a report is missing, or what it says and by what it was made."""
    if saved is None:
        return [
            f"{NOT_RUN.capitalize()} for this dossier: {known} with `livermet {command}`; name its folder to show the results."
        ]
    found = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{number} {verdict}" for verdict, number in found.items())
    return [f"The report was {saved.words}: {told}."]


def _pictures(saved: Saved | None, names: list[str]) -> Iterator[Block]:
    for name in names[:MOST_PICTURES] if saved else ():
        if saved is not None and (png := evidence.picture(saved, name)) is not None:
            yield Picture(name, png)


def validation(subject: Subject) -> Part:
    """Return the scorecard of published experiments, fitted and held-out rows apart, and the untreated liver."""
    saved = subject.evidence.validation
    given = {row["experiment"]: row for row in saved.rows} if saved else {}
    rows = [_experiment(record(own), given.get(name, {})) for name, own in shipped().items()]
    absent = [{"published row": name, "reason": reason} for name, reason in not_expressible().items()]
    said = _said(saved, "validate", f"{count(len(rows), 'experiment')} can be tried", rows)
    stale = (
        ""
        if saved is None or saved.fresh
        else f" Made by model {saved.of.get('model')}, {'older than' if saved.ships else 'not'} this one."
    )
    note = "here: geometric mean of treated over control, with an interval that holds at all looks together. held out: kept from every fit by a hash of the paper's name."
    blocks: tuple[Block, ...] = (
        *texts(*said, expressible()),
        Table.of("scorecard", "Scorecard, fitted and held out", tally(rows), note=stale.strip()),
        Table.of("experiments", "Published experiments", rows, note=note + stale),
        *_pictures(saved, ["forest"]),
        Table.of("not-expressible", "Published rows that the model cannot express", absent),
    )  # fmt: skip
    return Part("validation", "Validation", blocks, (baseline(subject),))


def _experiment(own: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    part = (HELD if own["held_out"] else FITTED) if own["scored"] else NOT_SCORED
    numbers = {
        "pairs": found.get("pairs"),
        "here": found.get("ratio"),
        "from": found.get("low"),
        "to": found.get("high"),
    }
    return {
        "experiment": own["experiment"], "part": part, "what": own["what"], "line": own["line"], "readout": own["readout"], "day": own["day"],
        "expected": own["expected"], "published ratio": own["published"], **{k: v if isinstance(v, int | float) else None for k, v in numbers.items()},
        "verdict": str(found.get("verdict", NOT_RUN)), "how": own["how"], "reference": own["reference"], "source": own["source"],
    }  # fmt: skip


def tally(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how many experiments have each verdict, by part."""
    verdicts = list(dict.fromkeys(row["verdict"] for row in rows))
    return [
        {
            "part": part,
            "experiments": len(own),
            **{v: sum(row["verdict"] == v for row in own) for v in verdicts},
        }
        for part in (FITTED, HELD, NOT_SCORED)
        if (own := [row for row in rows if row["part"] == part])
    ]


def baseline(subject: Subject) -> Part:
    """Return the figures of an untreated liver beside their bands."""
    saved = subject.evidence.baseline
    cases, figures = anchors()
    given = {row["anchor"]: row for row in saved.rows} if saved else {}
    rows = [
        {"figure": f.name, "line": cases[f.case].label, "quantity": f.quantity, "unit": f.unit, "published": f.published,
         "band from": f.low, "band to": f.high, **_value(given.get(f.name, {})), "why this band": f.why, "source": f.source, "grade": f.grade}
        for f in figures
    ]  # fmt: skip
    said = _said(saved, "baseline", f"{count(len(rows), 'figure')} can be compared", rows)
    return Part("baseline", "The untreated liver against published figures", (*texts(*said), Table.of("baseline", "Untreated liver", rows)))  # fmt: skip


def _value(found: dict[str, Any]) -> dict[str, Any]:
    value = found.get("value")
    return {
        "here": value if isinstance(value, int | float) else None,
        "verdict": str(found.get("verdict", NOT_RUN)),
    }
