"""Declare how many cells of the host there are, where they are, what they have become, and what they leave."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.plugins import KIND, PLUGINS
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS, LOOKS
from livermet_sim.observe.readouts.readout import MEASURES, NAN, REGISTRY, SERIES, count, declare
from livermet_sim.observe.readouts.view import View
from livermet_sim.observe.rings import RINGS

FINE = 2.0**20
SHOWN = tuple(kind for kind, look in LOOKS.items() if look.first)


@declare("cells", MEASURES, name="{host}_cells", values=count(), headline=SHOWN)
def host_cells(view: View, kind: str) -> int:
    """Cells of the kind."""
    return int(view.number[view.code(kind)])


@declare("cells/mm2", MEASURES, name="{immune}_{ring}_per_mm2")
def density(view: View, kind: str, ring: str) -> float:
    """Density of the kind inside lesions of the size of a micrometastasis, in their rim, or outside."""
    (counts, areas), place = view.in_rings, RINGS.index(ring)
    return counts[view.code(kind), place] / areas[place] if areas[place] else NAN


def mean_of(view: View, kind: str, column: str) -> float:
    """Return the mean of a column over the cells of a kind; over none it is not 0."""
    rows = view.rows(kind)
    # sums of whole numbers are exact, so that the order of rows cannot show
    total = np.rint(view.cells[column][rows] * FINE).sum()
    return float(total / FINE / len(rows)) if len(rows) else NAN


def _mean(kind: str, column: str) -> Callable[[View], float]:
    return lambda view: mean_of(view, kind, column)


def follow(kind: Kind) -> None:
    """Declare what is followed of a kind."""
    for own in kind.followed:
        declare(
            own.unit, SERIES, *((MEASURES,) if own.at_end else ()), name=f"{kind.name}_{own.column}",
            words=own.words, doc=own.doc, kind="" if kind in KINDS else kind.name,
        )(_mean(kind.name, own.column))  # fmt: skip


def leave(kind: Kind) -> None:
    """Take back what is followed of a kind."""
    for own in kind.followed:
        if (held := REGISTRY.find(f"{kind.name}_{own.column}")) is not None:
            REGISTRY.remove(held)


for _kind in KINDS:
    follow(_kind)
PLUGINS.tell(KIND, follow, leave)


@declare("1", SERIES)
def net_total(view: View) -> float:
    """Extracellular traps of neutrophils, summed over the sites."""
    return float(view.sites["net"].sum())


@declare("1", SERIES)
def collagen_total(view: View) -> float:
    """Collagen, summed over the sites."""
    return float(view.sites["collagen"].sum())
