"""Write what was decided: a table, tallies of fitted and held-out experiments, mechanisms and phases, and a file for each."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from livermet_sim.base.aligned import aligned
from livermet_sim.base.provenance import stamp
from livermet_sim.base.write import save_picture, write_text
from livermet_sim.validation.catalogue import held_out, not_expressible, record, rows
from livermet_sim.validation.experiment import TESTED
from livermet_sim.validation.verdict import IN_BAND, REPRODUCED, UNDECIDED, WRONG, Score

RIGHT = (REPRODUCED, IN_BAND)
FITTED, HELD = "fitted", "held out"


def records(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Return a flat row for each experiment."""
    return [
        record(s.experiment)
        | {"pairs": s.pairs, "ratio": s.ratio, "low": s.low, "high": s.high, "right_by_point": s.right, "verdict": s.verdict}
        | {"mechanism": s.experiment.mechanism, "phases": ";".join(s.experiment.phases)}
        for s in scores
    ]  # fmt: skip


def table(scores: Sequence[Score]) -> str:
    """Return a line for each experiment: observed beside published."""
    head = ("experiment", "readout", "day", "published", "here", "95 % interval", "pairs", "part", "verdict")
    cells: list[tuple[str, ...]] = [head]
    for s in scores:
        own = s.experiment
        size = f" {own.low:.2g} to {own.high:.2g}" if own.sized else ""
        between = "-" if not math.isfinite(s.low * s.high) else f"{s.low:.2g} to {s.high:.2g}"
        cells.append(
            (own.name, own.readout, f"{own.day:g}", f"{own.expected}{size}", _number(s.ratio), between, str(s.pairs),
             _part(s), s.words.upper() if s.verdict == WRONG else s.words)
        )  # fmt: skip
    return aligned(cells)


def _part(s: Score) -> str:
    own = s.experiment
    return (HELD if held_out(own) else FITTED) if own.scored else "not scored"


def tally(scores: Iterable[Score]) -> dict[str, float]:
    """Return how many experiments there are, how many are right by the point and by the interval, wrong, and open.

    ``sized`` and ``in_band`` count those with a published ratio, and those whose point lies in its band.
    """
    scores = list(scores)
    tried = [s for s in scores if s.pairs]
    sized = [s for s in tried if s.experiment.sized]
    return {
        "experiments": len(scores), "tried": len(tried), "right_by_point": sum(s.right for s in tried),
        "right_by_interval": sum(s.verdict in RIGHT for s in tried), "wrong_by_interval": sum(s.verdict == WRONG for s in tried),
        "undecided": sum(s.verdict == UNDECIDED for s in tried), "sized": len(sized), "in_band": sum(s.in_band for s in sized),
    }  # fmt: skip


def summary(scores: Sequence[Score]) -> str:
    """Return tallies of the scored experiments: fitted and held out, then by phase and by mechanism."""
    scored = [s for s in scores if s.experiment.scored]
    groups = [("scored", scored)]
    groups += [(part, [s for s in scored if _part(s) == part]) for part in (FITTED, HELD)]
    groups += [(phase, [s for s in scored if phase in s.experiment.phases]) for phase in TESTED]
    names = dict.fromkeys(s.experiment.mechanism or "other" for s in scored)
    groups += [(name, [s for s in scored if (s.experiment.mechanism or "other") == name]) for name in names]
    head = (
        "",
        "experiments",
        "right by point",
        "right by interval",
        "wrong by interval",
        "undecided",
        "size in band",
    )
    cells = [head, *(_tallied(title, tally(group)) for title, group in groups if group)]
    shown = len(scores) - len(scored)
    more = f"\n{shown} more are shown and not scored." if shown else ""
    return f"{aligned(cells)}{more}"


def _tallied(title: str, found: dict[str, float]) -> tuple[str, ...]:
    def share(name: str, of: str = "tried") -> str:
        return f"{found[name]:g} ({found[name] / found[of]:.0%})" if found[of] else "-"

    number = f"{found['experiments']:g}" + (
        f", {found['tried']:g} tried" if found["tried"] < found["experiments"] else ""
    )
    band = f"{found['in_band']:g} of {found['sized']:g}" if found["sized"] else "-"
    columns = ("right_by_point", "right_by_interval", "wrong_by_interval", "undecided")
    return title, number, *(share(name) for name in columns), band


def expressible() -> str:
    """Return how many of the published rows can be run, of those that count."""
    absent = not_expressible()
    count = [name for name, row in rows().items() if counts(row)]
    out = [name for name in count if name in absent]
    share = 1.0 - len(out) / len(count)
    return (
        f"{len(count) - len(out)} of {len(count)} published rows that count can be expressed ({share:.0%})."
    )


def counts(row: dict[str, str]) -> bool:
    """Say whether a published row counts: read in its source with some confidence, in the liver, in animals."""
    elsewhere = "off-organ" in row["ref"] + row["perturbation"]
    patients = "HUMAN" in row["perturbation"] or row["id"] == "goddard_human"
    return row["status"] == "found" and row["confidence"] != "low" and not elsewhere and not patients


def save(scores: Sequence[Score], folder: str | Path) -> None:
    """Write table, tallies and the forest plot into a folder."""
    from livermet_sim.viz.studies.forest import Line, forest

    folder = Path(folder)
    found = records(scores)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    write_text(folder / "verdicts.csv", out.getvalue())
    write_text(folder / "verdicts.json", as_json(scores) + "\n")
    write_text(folder / "verdicts.txt", f"{table(scores)}\n\n{summary(scores)}\n{expressible()}\n")
    lines = [
        Line(s.experiment.name, s.ratio, s.low, s.high, s.experiment.expected, s.experiment.published, s.experiment.low,
             s.experiment.high, s.verdict, s.experiment.phases)
        for s in scores
        if s.pairs
    ]  # fmt: skip
    if lines:
        save_picture(forest(lines), folder / "forest.png")


def as_json(scores: Sequence[Score]) -> str:
    """Return all as JSON, with null for what is not known or has no end."""
    plain = [
        {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        for row in records(scores)
    ]
    return json.dumps(
        stamp() | {"experiments": plain, "scored": tally(s for s in scores if s.experiment.scored)}, indent=1
    )


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2g}"
