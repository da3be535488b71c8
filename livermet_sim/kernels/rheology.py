"""Say how viscous blood is in a narrow vessel."""

from __future__ import annotations

import numpy as np

NARROWEST = (
    2.7  # um; a red cell passes no narrower tube (Chien 1987 for man), so the law is not carried on below
)


def relative_viscosity(diameter: np.ndarray, haematocrit: float) -> np.ndarray:
    """Return the apparent viscosity of blood over that of plasma, as measured in living microvessels.

    Above that of glass tubes, up to fourfold, as the surface layer of the endothelium narrows the way.

    Parameters
    ----------
    diameter : float64[n], um
    haematocrit : float
        Discharge haematocrit, 0 to below 1.

    References
    ----------
    Pries et al. 1994, Circ Res 75:904, doi:10.1161/01.RES.75.5.904.
    """
    d = np.maximum(diameter, NARROWEST)
    at_45 = 6.0 * np.exp(-0.085 * d) + 3.2 - 2.44 * np.exp(-0.06 * d**0.645)
    wide = 1.0 / (1.0 + 1e-11 * d**12)
    power = (0.8 + np.exp(-0.075 * d)) * (wide - 1.0) + wide
    cells = ((1.0 - haematocrit) ** power - 1.0) / (0.55**power - 1.0)
    layer = (d / (d - 1.1)) ** 2
    return (1.0 + (at_45 - 1.0) * cells * layer) * layer
