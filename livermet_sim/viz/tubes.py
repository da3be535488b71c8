"""Paint what carries blood: sinusoids as tubes of their own diameter, portal tracts, central veins."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID
from livermet_sim.viz.canvas import FLOW, NO_FLOW, Canvas, spread
from livermet_sim.viz.scene import Scene, bores


def tube_distance(canvas: Canvas, edges: np.ndarray, bore_sites: float = 0.0) -> np.ndarray:
    """Return each pixel's signed distance in pixels to the wall of the nearest tube: negative in the lumen.

    Tubes have their own diameter, or a radius of ``bore_sites`` where that is given.
    """
    scene, scale = canvas.scene, canvas.scale
    height, width = canvas.image.shape[:2]
    field = np.full(height * width, 9.0, dtype=np.float32)
    lumen = scene["compartment"].ravel() == SINUSOID
    bore = bores(scene).ravel() / 2 / scene.site * scale
    bore = np.where(lumen, bore_sites * scale if bore_sites else bore, np.nan)
    run = np.abs(np.diff(scene.points[edges], axis=1)).max(initial=0) * scale
    wide = int(np.ceil(run / 2 + np.nanmax(bore[edges], initial=0) + 1.5))
    offset = np.arange(-wide, wide + 1)
    for block in np.array_split(edges, max(1, len(edges) * len(offset) ** 2 // 2_000_000)):
        _stamp(field, scene.points[block] * scale, bore[block], offset, (height, width))
    return field.reshape(height, width)


def _stamp(
    field: np.ndarray, ends: np.ndarray, radius: np.ndarray, offset: np.ndarray, shape: tuple[int, int]
) -> None:
    """Lower ``field`` to the distance from each tube, in a small square around it.

    Parameters
    ----------
    ends : float64[m, 2, 2], pixels
        Both ends of each tube, (y, x).
    radius : float64[m, 2], pixels
        Radius at both ends; NaN at an end inside a portal tract or central vein.
    """
    end_y, end_x = ends[:, :, 0], ends[:, :, 1]
    radius = np.where(np.isnan(radius), radius[:, ::-1], radius)
    middle_y, middle_x = end_y.mean(axis=1).astype(np.int64), end_x.mean(axis=1).astype(np.int64)
    row = middle_y[:, None, None] + offset[None, :, None]
    column = middle_x[:, None, None] + offset[None, None, :]
    y = (row + 0.5 - end_y[:, :1, None]).astype(np.float32)
    x = (column + 0.5 - end_x[:, :1, None]).astype(np.float32)
    run_y = (end_y[:, 1] - end_y[:, 0]).astype(np.float32)[:, None, None]
    run_x = (end_x[:, 1] - end_x[:, 0]).astype(np.float32)[:, None, None]
    along = np.clip((y * run_y + x * run_x) / np.maximum(run_y**2 + run_x**2, 1e-6), 0, 1)
    wall = radius.astype(np.float32)
    wall = wall[:, :1, None] + along * (wall[:, 1:, None] - wall[:, :1, None])
    distance = np.hypot(y - along * run_y, x - along * run_x) - wall
    ok = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1]) & (distance < 4)
    np.minimum.at(field, (row * shape[1] + column)[ok], distance[ok])


def tube_angles(view: Scene) -> np.ndarray:
    """Return the direction of the tube at each site, float64[n], from x towards y; 0 where there is none."""
    ends = view.points[view.edges]
    step = ends[:, 1] - ends[:, 0]
    # twice the angle, so that opposite directions add up and do not cancel
    turn = 2 * np.arctan2(step[:, 0], step[:, 1])
    size = len(view.points)
    ends = view.edges.ravel()
    sine, cosine = (np.bincount(ends, np.repeat(f(turn), 2), size) for f in (np.sin, np.cos))
    return 0.5 * np.arctan2(sine, cosine)


def paint_tubes(canvas: Canvas) -> None:
    """Paint sinusoids as pale tubes of their own diameter; stasis is grey, vessels that grew have a red wall."""
    scene = canvas.scene
    edges = scene.edges
    lumen = (scene["compartment"] == SINUSOID).ravel()
    flowing = (scene["perfused"] > 0.5).ravel() & lumen
    still = ~flowing[edges].any(axis=1)
    grown = (lumen & (scene["diameter"].ravel() == 0))[edges].any(axis=1)
    thickness = max(0.45, 0.09 * canvas.scale)
    look = canvas.palette
    for chosen, fill, fresh in ((still & ~grown, look.stasis, False), (~still & ~grown, look.lumen, False),
                                (still & grown, look.stasis, True), (~still & grown, look.lumen, True)):  # fmt: skip
        if chosen.any():
            distance = tube_distance(canvas, edges[chosen])
            wide = 1.8 * thickness if fresh else thickness
            wall = look.new_wall if fresh else look.lining
            canvas.blend(wall, np.clip(wide + 0.5 - distance, 0, 1) * (1.0 if fresh else 0.7))
            canvas.blend(fill, np.clip(0.5 - distance, 0, 1))
    _paint_blood(canvas, np.unique(edges[flowing[edges]]))


def _paint_blood(canvas: Canvas, flowing: np.ndarray) -> None:
    """Paint some red cells in the sites where blood flows, and open the tubes into the central veins."""
    number = flowing[spread(flowing, 13) < 0.45]
    if canvas.scale > 3 and len(number):
        distance = tube_distance(canvas, np.stack([number, number], axis=1), canvas.palette.erythrocyte_sites)
        canvas.blend(canvas.palette.erythrocyte, 0.75 * np.clip(0.5 - distance, 0, 1))
    vein = canvas.scene["compartment"] == CENTRAL
    if vein.any():
        canvas.blend(canvas.palette.blank, canvas.edge(canvas.smooth(vein, 0.7), 0.5))


def paint_perfusion(canvas: Canvas) -> None:
    """Paint tubes that carry blood red and the others blue."""
    view = canvas.scene
    flowing = ((view["perfused"] > 0.5) & (view["compartment"] == SINUSOID)).ravel()[view.edges].any(axis=1)
    for chosen, shade in ((~flowing, NO_FLOW), (flowing, FLOW)):
        if chosen.any():
            distance = tube_distance(canvas, view.edges[chosen])
            canvas.blend(shade, np.clip(0.7 - distance, 0, 1))


def paint_vessels(canvas: Canvas) -> None:
    """Paint portal tracts (collagen with a portal vein, an artery and a bile duct) and white central veins.

    The vein, artery and duct inside a tract are a drawing: the model holds the tract as one compartment.
    """
    compartment = canvas.scene["compartment"]
    share = canvas.smooth(compartment == PORTAL, 0.7)
    canvas.blend(canvas.palette.tract, canvas.edge(share, 0.45))
    labels, count = _tracts(compartment)
    tract = canvas.edge(share, 0.5)
    for number in range(1, count + 1):
        rows, columns = np.nonzero(labels == number)
        # both halves of a tract across joined sides get one turn
        inner = [size - 2 * canvas.scene.margin for size in canvas.scene.shape]
        key = (
            int(rows.mean() - canvas.scene.margin) % inner[0] * 7
            + int(columns.mean() - canvas.scene.margin) % inner[1]
        )
        _paint_triad(
            canvas, rows.mean() + 0.5, columns.mean() + 0.5, float(np.sqrt(len(rows) / np.pi)), key, tract
        )
    vein = canvas.smooth(compartment == CENTRAL, 0.7)
    canvas.blend(canvas.palette.vein_wall, canvas.edge(vein, 0.36) * 0.8)
    canvas.blend(canvas.palette.blank, canvas.edge(vein, 0.5))


def _tracts(compartment: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the number of the portal tract at each site, 0 for none, and how many there are."""
    found: tuple[np.ndarray, int] = ndimage.label(compartment == PORTAL, np.ones((3, 3)))
    return found


def _paint_triad(canvas: Canvas, y: float, x: float, radius: float, number: int, tract: np.ndarray) -> None:
    """Paint the three tubes of one portal tract of ``radius`` sites, inside the mask ``tract``."""
    turn = 2 * np.pi * float(spread(np.array([number]), 11)[0])
    look = canvas.palette
    parts = [(0.0, 0.0, 0.46, look.vein_wall, look.blank)]
    if radius > 2.2:
        parts += [
            (0.70, turn, 0.13, look.duct, look.lumen),
            (0.70, turn + 1.1, 0.10, look.artery, look.lumen),
        ]
    reach = int(np.ceil((radius + 1) * canvas.scale))
    cy, cx = int(y * canvas.scale), int(x * canvas.scale)
    box = (slice(max(0, cy - reach), cy + reach), slice(max(0, cx - reach), cx + reach))
    part_y, part_x, view, within = canvas.y[box], canvas.x[box], canvas.image[box], tract[box][..., None]
    for far, angle, size, wall, fill in parts:
        middle_y, middle_x = y + far * radius * np.sin(angle), x + far * radius * np.cos(angle)
        away = (np.hypot(part_y - middle_y, part_x - middle_x) - size * radius) * canvas.scale
        band = max(0.8, (0.28 if size < 0.3 else 0.14) * canvas.scale)
        view += within * np.clip(band + 0.5 - away, 0, 1)[..., None] * (wall - view)
        view += within * np.clip(0.5 - away, 0, 1)[..., None] * (fill - view)
