"""Paint the lining of vessels that a section shows beside that of sinusoids: vessels grown in the run, central veins.

The model knows where such a vessel runs and that it is lined; the place of each nucleus is a drawing.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from livermet_sim.state.tissue import CENTRAL, SINUSOID
from livermet_sim.viz.canvas import Canvas, spread
from livermet_sim.viz.scene import Scene, bores
from livermet_sim.viz.tubes import tube_angles

NUCLEUS_UM, SPACING_UM = (3.6, 1.2), 13.0
LINED = 0.75  # share of the places along a new vessel at which a nucleus is cut


def grown_walls(view: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y, x (sites) and direction of the endothelial nuclei of vessels grown in the run."""
    grown = ((view["compartment"] == SINUSOID) & (view["diameter"] == 0)).ravel()
    site = np.unique(view.edges[grown[view.edges]])
    angle, radius = tube_angles(view)[site], bores(view).ravel()[site] / 2 / view.site
    parts = []
    for side in (-1.0, 1.0):
        key = 2 * site + (side > 0)
        there = spread(key, 81) < LINED
        along = 0.6 * (spread(key, 82) - 0.5)
        y = view.points[site, 0] + side * radius * np.cos(angle) + along * np.sin(angle)
        x = view.points[site, 1] - side * radius * np.sin(angle) + along * np.cos(angle)
        parts.append(np.stack([y, x, angle])[:, there])
    y, x, angle = np.concatenate(parts, axis=1)
    return y, x, angle


def vein_walls(canvas: Canvas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y, x (sites) and direction of the nuclei that line the central veins, none where a sinusoid opens."""
    view, scale = canvas.scene, canvas.scale
    vein = view["compartment"] == CENTRAL
    share = canvas.smooth(vein, 0.7)
    mouth = canvas.smooth(view["compartment"] == SINUSOID, 0.5) > 0.35
    rim = (share > 0.46) & (share < 0.54) & ~mouth
    labels, count = ndimage.label(vein, np.ones((3, 3)))
    near = ndimage.maximum_filter(labels, 3)[canvas.row, canvas.column]
    found = []
    for number in range(1, count + 1):
        rows, columns = np.nonzero(rim & (near == number))
        middle = np.argwhere(labels == number).mean(axis=0) + 0.5
        turn = np.arctan2((rows + 0.5) / scale - middle[0], (columns + 0.5) / scale - middle[1])
        around = 2 * np.sqrt(np.pi * (labels == number).sum()) * view.site
        bins = np.floor((turn / (2 * np.pi) + 0.5) * max(6, round(around / SPACING_UM))).astype(int)
        for place in np.unique(bins):
            those = np.flatnonzero(bins == place)
            middle_one = those[np.argsort(turn[those], kind="stable")[len(those) // 2]]
            found.append((rows[middle_one] + 0.5, columns[middle_one] + 0.5, turn[middle_one] + np.pi / 2))
    y, x, angle = np.array(found, dtype=float).reshape(-1, 3).T
    return y / scale, x / scale, angle
