"""Compute what PhysiCell 1.14.2 computes from rows: the slow, plain form, its slips included.

Johnson et al., Cell 2025, doi:10.1016/j.cell.2025.06.048.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from livermet_sim.rulebook.physicell.lint import ALWAYS_ZERO, words
from livermet_sim.rulebook.physicell.row import RAISES, Row

FURTHEST = 9e99


def hill(signals: Sequence[float], half_max: Sequence[float], power: Sequence[float]) -> float:
    """Return the multivariate Hill response: the sum stands inside."""
    total = sum(_strength(s, h, p) for s, h, p in zip(signals, half_max, power, strict=True))
    return total / (1.0 + total)


def _strength(signal: float, half_max: float, power: float) -> float:
    if half_max == 0.0:
        return math.nan
    ratio = signal / half_max
    if ratio < 0.0 and power != int(power):
        return math.nan
    try:
        return ratio**power
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return math.inf


def span(rows: Iterable[Row], base: float) -> tuple[float, float]:
    """Return floor and ceiling of a behaviour: each row proposes both, and only widens what there is."""
    floor, ceiling = FURTHEST, -FURTHEST
    for row in rows:
        low, high = (base, row.maximum) if row.direction == RAISES else (row.maximum, base)
        floor, ceiling = min(floor, low), max(ceiling, high)
    return floor, ceiling


def acting(rows: Sequence[Row], cell: str, behaviour: str) -> list[Row]:
    """Return the rows that act on a behaviour of a cell type: those in its spelling that came last."""
    own = [row for row in rows if row.cell == cell and words(row)[1] == behaviour]
    last: dict[str, None] = {}
    for row in own:
        last.setdefault(row.behaviour)
    return [row for row in own if row.behaviour == list(last)[-1]] if last else []


def respond(
    rows: Sequence[Row],
    base: float,
    signals: Mapping[str, float],
    *,
    dead: bool = False,
    present: float | None = None,
) -> float:
    """Return the value of one behaviour.

    Parameters
    ----------
    rows : sequence of Row
        Those that act on it.
    base : float
    signals : mapping
        By the spelling of the rows; 0 where left out.
    dead : bool
        Whether the cell is dead: then only rows with the flag count, and without any the present value stays.
    present : float, optional
        The value before; the base where left out.
    """
    if not rows:
        return base
    if dead and not any(row.dead for row in rows):
        return base if present is None else present
    floor, ceiling = span(rows, base)
    shares: list[float] = []
    for raises in (True, False):
        of = [row for row in rows if row.raises == raises]
        felt = [
            0.0 if (dead and not row.dead) or words(row)[0] in ALWAYS_ZERO else signals.get(row.signal, 0.0)
            for row in of
        ]
        shares.append(hill(felt, [row.half_max for row in of], [row.power for row in of]) if of else 0.0)
    raised = base + (ceiling - base) * shares[0]
    return raised + (floor - raised) * shares[1]
