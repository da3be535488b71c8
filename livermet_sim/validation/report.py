"""Write scores as an aligned table, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import textwrap
from collections.abc import Sequence
from typing import Any

from livermet_sim.base.aligned import aligned
from livermet_sim.base.provenance import stamp
from livermet_sim.validation.score import INSIDE, NOT_APPLICABLE, OUTSIDE, SHOWN, Score


def records(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Return one flat record a figure, numbers that are not known as None."""
    return [
        {
            "anchor": s.anchor.name, "line": s.case.line, "case": s.case.label, "quantity": s.anchor.quantity,
            "unit": s.anchor.unit, "value": _known(s.value), "interval_low": _known(s.low), "interval_high": _known(s.high),
            "number": s.number, "seeds": s.seeds, "published": s.anchor.published, "band_low": s.anchor.low,
            "band_high": s.anchor.high, "verdict": s.verdict, "source": s.anchor.source, "grade": s.anchor.grade,
            "why": s.anchor.why,
        }
        for s in scores
    ]  # fmt: skip


def as_json(scores: Sequence[Score], seeding: str) -> str:
    """Return the scores as JSON, with the declared enrichment."""
    return json.dumps(stamp() | {"seeding": seeding, "figures": records(scores)}, indent=1, allow_nan=False)


def as_csv(scores: Sequence[Score]) -> str:
    """Return the scores as CSV, an empty cell for what is not known."""
    rows = records(scores)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["anchor"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def table(scores: Sequence[Score], reasons: bool = False) -> str:
    """Return the scores as text: a line a figure, and under it what is published; with ``reasons`` why the band."""
    head = ("", "figure", "here", "95 % interval", "of", "band", "verdict")
    lines = aligned([head, *(_row(s) for s in scores)]).splitlines()
    width = 2 + max(len(s.case.label) for s in scores) if scores else 2
    found = [lines[0]]
    for s, line in zip(scores, lines[1:], strict=True):
        found += [line, f"{'':<{width}}  published {s.anchor.published}: {s.anchor.source}"]
        if reasons:
            found.append(
                textwrap.fill(
                    f"band: {s.anchor.why}",
                    130,
                    initial_indent=" " * (width + 2),
                    subsequent_indent=" " * (width + 2),
                )
            )
    return "\n".join(found)


def _row(s: Score) -> tuple[str, ...]:
    unit = "" if s.anchor.unit in ("1", "share") else f", {s.anchor.unit}"
    between = f"{_word(s.low)} to {_word(s.high)}" if s.number else "-"
    verdict = s.verdict.upper() if s.verdict == OUTSIDE else s.verdict
    band = f"{s.anchor.low:g} to {s.anchor.high:g}"
    return s.case.label, f"{s.anchor.quantity}{unit}", _word(s.value), between, str(s.number), band, verdict


def verdict(scores: Sequence[Score]) -> str:
    """Return one sentence on all figures."""
    number = {
        name: sum(s.verdict == name for s in scores) for name in (INSIDE, OUTSIDE, NOT_APPLICABLE, SHOWN)
    }
    parts = [f"{n} {name}" for name, n in number.items() if n]
    return f"{len(scores)} figures: " + ", ".join(parts) + "."


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _word(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"
