"""See colours as readers without red or green cones do, and measure how far apart two of them are."""

from __future__ import annotations

import numpy as np

from livermet_sim.viz.canvas import rgb

# Machado, Oliveira and Fernandes 2009 (doi 10.1109/TVCG.2009.113), severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
}  # fmt: skip
# sRGB to CIE XYZ under D65 (IEC 61966-2-1)
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(colour: str, vision: str) -> np.ndarray:
    """Return CIELAB coordinates of a ``#rrggbb`` colour as seen with this vision."""
    value = rgb(colour).astype(float)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0, 1)
    share = (XYZ @ seen) / XYZ.sum(axis=1)
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str) -> float:
    """Return the least CIELAB difference of two colours over all kinds of vision."""
    return min(float(np.linalg.norm(lab(one, v) - lab(other, v))) for v in VISION)


def closest(colours: dict[str, str]) -> tuple[float, str, str]:
    """Return the least difference among named colours, and which two they are."""
    names = list(colours)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return min((difference(colours[a], colours[b]), a, b) for a, b in pairs)
