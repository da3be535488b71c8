"""List what a cell can sense: the words that a rule may use as its signal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from livermet_sim.base.plugins import PLUGINS, SIGNAL
from livermet_sim.kernels import response
from livermet_sim.state.sites import SITE_COLUMNS

HYPOXIA_ONSET = 15.0  # mmHg; below it HIF responds (PhysiCell core parameters, oxygen signalling onset)


@dataclass(frozen=True, slots=True)
class Signal:
    """Name one thing a cell senses and where it is read.

    Attributes
    ----------
    code : int
        Kind of look-up; see ``kernels.response``.
    source : str
        The field, site column, cell column, systemic factor or cell kind that is read.
    unit, doc : str
    activated : bool
        Contact counts: only activated cells are counted.
    deficit : float
        Where positive, the signal is what the value lacks to this level: max(0, deficit - value).
    of : callable or None
        The function that gives a signal of a user's own.
    """

    name: str
    code: int
    source: str
    unit: str
    doc: str
    activated: bool = False
    deficit: float = 0.0
    of: Callable[..., Any] | None = None


# signal, cell column, unit, meaning
_OWN = (
    ("load", "load", "cells", "Tumour cells the cell has engulfed and not yet digested."),
    ("age", "age", "h", "Time since the cell arrived or was born."),
    ("sojourn", "sojourn", "h", "Tumour cells: time since arrest, or since extravasation."),
    ("crowding", "crowding", "1", "Share of the sites a cell touches that hold a tumour cell."),
    ("cell_diameter", "diameter", "um", "The cell's own diameter."),
    ("aptitude", "aptitude", "1", "The cell's own uniform number, fixed at birth."),
)
# site columns whose sum over the site and those a cell touches is a signal of its own
_AROUND = (
    ("contact.hepatocyte", "parenchyma", "sites", "Live hepatocyte sites among the nine here and around."),
    ("contact.net", "net", "1", "Neutrophil traps here and on the sites a cell touches."),
    ("contact.debris", "debris", "cells", "Dead tumour cells here and on the sites a cell touches."),
)


class StateLike(Protocol):
    """Say what rules sense of an inner state."""

    @property
    def name(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def moves(self) -> Mapping[str, str]: ...


def signals(
    fields: Sequence[str], systemic: Iterable[str], kinds: Iterable[str], states: Iterable[StateLike] = ()
) -> dict[str, Signal]:
    """Return every signal of a run by its name.

    Parameters
    ----------
    fields, systemic, kinds : names
        The diffusing signals, the factors that are the same for all cells (systemic ones and, as ``trait.X``,
        traits of the tumour line), and the cell kinds of the run.
    states : iterable
        The inner states of these kinds.
    """
    found: list[Signal] = []
    for field in fields:
        found.append(
            Signal(field, response.FIELD, field, "relative", f"Concentration of {field} at the cell's site.")
        )
        found.append(
            Signal(
                f"{field}.gradient",
                response.GRADIENT,
                field,
                "/um",
                f"Steepness of {field} at the cell's site.",
            )
        )
    taken = {signal.name for signal in found}
    for column in SITE_COLUMNS:
        name = f"site.{column.name}" if column.name in ("diameter", *taken) else column.name
        found.append(Signal(name, response.SITE, column.name, column.unit, column.doc))
    states = tuple(states)
    found += [Signal(name, response.OWN, column, unit, doc) for name, column, unit, doc in _OWN]
    found += [Signal(state.name, response.OWN, state.name, "1", state.says) for state in states]
    found += [Signal(name, response.AROUND, column, unit, doc) for name, column, unit, doc in _AROUND]
    found += _lacks()
    found += [_lack_of(state.name) for state in states]
    for factor in systemic:
        found += _factor(factor)
    for kind in kinds:
        found += _contacts(kind)
    return PLUGINS.of(SIGNAL) | {signal.name: signal for signal in found}


def _factor(factor: str) -> list[Signal]:
    """Return the signals of a factor that is the same for all cells: systemic, or a trait of the tumour line."""
    name = factor if factor.startswith("trait.") else f"systemic.{factor}"
    what = f"{factor.removeprefix('trait.')}, {'trait of the line' if name == factor else 'systemic level'}."
    lack = f"What {factor} lacks to its normal level of 1."
    return [
        Signal(name, response.SYSTEMIC, factor, "relative", what),
        Signal(f"lack.{name}", response.SYSTEMIC, factor, "relative", lack, deficit=1.0),
    ]


def _lacks() -> list[Signal]:
    return [
        Signal(
            "hypoxia", response.SITE, "oxygen", "mmHg", "What oxygen lacks to 15 mmHg.", deficit=HYPOXIA_ONSET
        ),
        Signal("stasis", response.SITE, "perfused", "1", "1 where no blood flows.", deficit=1.0),
    ]


def _lack_of(state: str) -> Signal:
    return Signal(f"lack.{state}", response.OWN, state, "1", f"1 minus the cell's {state}.", deficit=1.0)


def _contacts(kind: str) -> list[Signal]:
    """Return the contact counts of one kind: all cells, activated cells, and whether there is none."""
    found: list[Signal] = []
    for prefix, activated, what in (("", False, kind), ("activated.", True, f"activated {kind}")):
        name = f"contact.{prefix}{kind}"
        doc = f"Number of {what} cells at the site and on those it touches, the cell itself left out."
        found.append(Signal(name, response.CONTACT, kind, "cells", doc, activated))
        found.append(
            Signal(
                f"lack.{name}",
                response.CONTACT,
                kind,
                "cells",
                f"1 where no {what} cell is in contact.",
                activated,
                1.0,
            )
        )
    return found
