"""Declare what came and went since the start: running totals."""

from __future__ import annotations

from livermet_sim.observe.readouts.readout import MEASURES, SERIES, count, declare
from livermet_sim.observe.readouts.view import View


@declare("cells", SERIES, values=count())
def entered(view: View) -> int:
    """Tumour cells that came with the blood so far."""
    return view.totals.get("entered", 0)


@declare("cells", SERIES, values=count())
def born(view: View) -> int:
    """Tumour cells born by division so far."""
    return view.totals.get("born", 0)


@declare("cells", SERIES, MEASURES, values=count())
def washed_out(view: View) -> int:
    """Tumour cells washed out of the liver so far."""
    return view.totals.get("washed_out", 0)


@declare("cells", SERIES, MEASURES, name="dead_{cause}", values=count())
def dead_of(view: View, cause: str) -> int:
    """Tumour cells dead of the cause so far; a cause that has not struck is 0."""
    return view.totals.get(f"dead_{cause}", 0)


@declare("cells", MEASURES, values=count())
def dead(view: View) -> int:
    """Tumour cells dead so far, of whatever cause."""
    return sum(dead_of(view, cause) for cause in view.deadly)
