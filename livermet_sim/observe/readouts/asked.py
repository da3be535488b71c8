"""Declare what published experiments read and no table keeps: means of signals, of matter and of states."""

from __future__ import annotations

from livermet_sim.observe.readouts.burden import tumour_lumen
from livermet_sim.observe.readouts.host import mean_of
from livermet_sim.observe.readouts.readout import NAN, count, declare
from livermet_sim.observe.readouts.view import View
from livermet_sim.observe.rings import RINGS


@declare(name="{signal}_signal")
def signal_mean(view: View, signal: str) -> float:
    """Mean of the signal over the tissue."""
    return float(view.signals[signal][view.inside].mean())


@declare(name="{matter}_mean")
def matter_mean(view: View, matter: str) -> float:
    """Mean over the tissue of what is bound to sites."""
    return float(view.sites[matter][view.inside].mean())


@declare(name="{matter}_mean_{ring}")
def matter_in_ring(view: View, matter: str, ring: str) -> float:
    """Mean of it inside lesions of the size of a micrometastasis, in their rim, or outside, as sections show it."""
    there = view.rings.ring == RINGS.index(ring)
    return float(view.sites[matter][there].mean()) if there.any() else NAN


@declare(name="{host}_activation_mean")
def activation_mean(view: View, kind: str) -> float:
    """Activation, mean of the cells of the kind."""
    return mean_of(view, kind, "activation")


@declare(values=count())
def tumour_cells_lumen(view: View) -> int:
    """Tumour cells in vessels."""
    return tumour_lumen(view)
