"""Say why two lines end a day with different survivors: by what was lost more often, and the traits that bear on it.

Nothing here knows an outcome. The loss that differs most comes from the runs; the traits that bear on it come from the
behaviours of the model (a death by nitric oxide is the behaviour ``die.nitric_oxide``) and from the scenario's own rules
that read a trait; and a trait is named only when it differs in the direction of the loss.
"""

from __future__ import annotations

from collections.abc import Sequence

from livermet_sim.cells import tumour_lines
from livermet_sim.kernels.codes import CAUSES
from livermet_sim.observe.founders import WASHED_OUT
from livermet_sim.observe.summary import cause_words
from livermet_sim.scenario.spec import Scenario
from livermet_sim.validation.line_records import LineRecord

LEAST_DIFFERENCE = 0.02
MOST_TRAITS = 4


def widest(records: Sequence[LineRecord], days: Sequence[int]) -> tuple[int, LineRecord, LineRecord] | None:
    """Return the day on which survivors differ most, the line with most and the line with fewest; None for one line."""
    pairs = []
    for day in days:
        ordered = sorted(records, key=lambda r: (r.alive_share(day)[0], r.line))
        if len(ordered) > 1:
            gap = ordered[-1].alive_share(day)[0] - ordered[0].alive_share(day)[0]
            pairs.append((gap, -day, ordered[-1], ordered[0]))
    if not pairs:
        return None
    _, day, most, fewest = max(pairs, key=lambda p: p[:2])
    return -day, most, fewest


def sentence(scenario: Scenario, day: int, most: LineRecord, fewest: LineRecord) -> str:
    """Return in words why two lines end a day with different survivors."""
    (a, *_), (b, *_) = most.alive_share(day), fewest.alive_share(day)
    text = f"On day {day}, {a:.0%} of the {most.line} founders live and {b:.0%} of {fewest.line}."
    causes = {cause for record in (most, fewest) for cause, _ in record.causes(day)}
    gaps = sorted(((fewest.lost_share(day, c) - most.lost_share(day, c), c) for c in causes), reverse=True)
    gap, cause = gaps[0] if gaps else (0.0, "")
    if gap < LEAST_DIFFERENCE:
        return f"{text} No cause of loss differs by more than {LEAST_DIFFERENCE:.0%} of the founders, so there is nothing to explain."
    text += (
        f" The loss that differs most: {cause_words(cause)}, {fewest.lost_share(day, cause):.0%} of {fewest.line} and "
        f"{most.lost_share(day, cause):.0%} of {most.line}."
    )
    found = bearing(
        scenario, cause, fewest.lost_in_lumen.get((day, cause), 0) * 2 > fewest.lost.get((day, cause), 0)
    )
    reasons = list(_differences(found, most.line, fewest.line))[:MOST_TRAITS]
    if not reasons:
        return f"{text} No trait of these lines that acts on it differs in that direction: it follows from where their cells were and for how long."
    return f"{text} Traits that act on it and differ that way: " + "; ".join(reasons) + "."


def bearing(scenario: Scenario, cause: str, in_vessel: bool) -> dict[str, int]:
    """Return the traits that bear on a cause of loss: +1 where more of it means more loss, -1 where it means less."""
    if cause == WASHED_OUT:
        behaviours: dict[str, int] = {"bridge": -1, "snare": -1}
        found: dict[str, int] = dict.fromkeys(
            ("arrest_adhesive", "selectin_ligand", "diameter", "cortical_tension", "viscosity"), -1
        )
    elif cause in CAUSES:
        behaviours = {f"die.{cause}": 1}
        found = dict(behaviours)
    else:
        own = f"vulnerability.{cause}"
        behaviours = {own if own in scenario.values["cells.tumour"] else "vulnerability.other": 1}
        found = dict(behaviours)
    if in_vessel:
        behaviours |= {"extravasate": -1}
        found |= {"extravasate": -1}
    for rule in scenario.rules.enabled():
        if rule.actor == "tumour" and rule.signal.startswith("trait.") and rule.behaviour in behaviours:
            found[rule.signal] = behaviours[rule.behaviour] * (1 if rule.direction == "increases" else -1)
    return found


def _differences(found: dict[str, int], most: str, fewest: str):
    """Yield in words each trait that differs in the direction of the loss, largest ratio first."""
    rows = {(row.line, row.trait): row for row in tumour_lines.table((most, fewest))}
    differ = []
    for trait, sign in found.items():
        more, less = rows.get((fewest, trait)), rows.get((most, trait))
        if more is None or less is None:
            continue
        high, low = float(more.value), float(less.value)
        if sign * (high - low) > 0:
            size = max(high, low) / max(min(high, low), 1e-9)
            unit = "" if more.unit in ("1", "") else f" {more.unit}"
            sources = dict.fromkeys(row.source for row in (more, less) if row.source != "assumed")
            source = "; ".join(sources) or "assumed"
            differ.append(
                (size, trait, f"{trait} {high:g} in {fewest} and {low:g}{unit} in {most} ({source})")
            )
    for _, _, words in sorted(differ, key=lambda entry: (-entry[0], entry[1])):
        yield words
