"""Declare what has become of vessels, blood and oxygen."""

from __future__ import annotations

import numpy as np

from livermet_sim.observe.readouts.burden import tumour_area_mm2
from livermet_sim.observe.readouts.readout import MEASURES, NAN, SERIES, declare
from livermet_sim.observe.readouts.view import View


@declare("1", SERIES, words="sinusoids that carry blood")
def perfused_share(view: View) -> float:
    """Share of the sinusoids that carry blood."""
    vessels = view.vessels
    return float(view.sites["perfused"][vessels].mean()) if len(vessels) else NAN


@declare("mmHg", SERIES)
def oxygen_mmHg(view: View) -> float:
    """Mean oxygen of the tissue."""
    return float(view.sites["oxygen"][view.inside].mean())


@declare("mm", SERIES)
def vessel_length_mm(view: View) -> float:
    """Length of the sinusoids."""
    return len(view.vessels) * _side(view)


@declare("mm", SERIES)
def new_vessel_length_mm(view: View) -> float:
    """Length of the vessels that sprouted and stand."""
    return int(np.count_nonzero(view.sites["vessel_age"][view.vessels])) * _side(view)


@declare("mm", MEASURES)
def new_vessel_mm(view: View) -> float:
    """Length of the vessels that sprouted and stand."""
    return new_vessel_length_mm(view)


@declare("mm", MEASURES, headline=True, phase="angiogenic")
def new_vessel_perfused_mm(view: View) -> float:
    """Length of the vessels that sprouted and carry blood."""
    new = view.sites["vessel_age"][view.vessels] > 0
    return int(np.count_nonzero(new & (view.sites["perfused"][view.vessels] > 0))) * _side(view)


@declare("mm/mm2", MEASURES, phase="angiogenic", leads=True, words="new vessels with blood in the tumour")
def new_vessel_density_mm_mm2(view: View) -> float:
    """Length of the vessels that sprouted and carry blood over the area of the tumour."""
    area = tumour_area_mm2(view)
    return new_vessel_perfused_mm(view) / area if area else NAN


def _side(view: View) -> float:
    return view.lattice.site * 1e-3
