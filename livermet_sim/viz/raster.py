"""Paint a tissue as a stained section, pixel by pixel in numpy: plates, damage, tumour."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, PORTAL, SINUSOID
from livermet_sim.viz.canvas import Canvas, nearest_two, spread
from livermet_sim.viz.scene import Scene


def paint_plates(canvas: Canvas) -> None:
    """Paint hepatocytes: eosin-pink polygons with a membrane and one nucleus, sometimes two."""
    scene, look = canvas.scene, canvas.palette
    plate = (scene["compartment"] == PARENCHYMA) | (scene["compartment"] == SINUSOID)
    canvas.image[canvas.at_sites(scene["compartment"] == PORTAL)] = look.tract
    label = np.where(plate, scene["hepatocyte"], -1)
    if label.max() < 0:
        label = np.where(plate, np.arange(plate.size).reshape(plate.shape), -1)
    y, x, size = _centres(label, scene["compartment"] == PARENCHYMA)
    where = canvas.at_sites(plate)
    best, first, second = nearest_two(canvas, label, y, x, where)
    tint = 1 + 0.07 * (spread(np.maximum(best, 0), 3) - 0.5)
    colour = look.hepatocyte[None, :] * tint[:, None]
    if look.grain:
        colour *= 1 + look.grain * (spread(np.arange(len(best)), 4) - 0.5)[:, None]
    membrane = np.clip(1.4 - (second - first) * canvas.scale / 1.1, 0, 1) * (
        0.75 if canvas.scale > 3 else 0.4
    )
    colour += membrane[:, None] * (look.membrane - colour)
    if canvas.scale > 2:
        distance = _to_nucleus(canvas, where, best, y, x)
        inside = np.clip((0.33 - distance) * canvas.scale + 0.5, 0, 1) * (size[best] > 1)
        colour += inside[:, None] * (look.nucleus - colour)
    colour[best < 0] = look.gap
    canvas.image[where] = colour


def _centres(label: np.ndarray, preferred: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middle of each label in sites, over preferred sites where it has any, and its size."""
    rows, columns = np.nonzero(label >= 0)
    ids = label[rows, columns]
    count = int(ids.max()) + 1 if len(ids) else 1
    weight = np.where(preferred[rows, columns], 1.0, 1e-3)
    total = np.maximum(np.bincount(ids, weight, count), 1e-9)
    y = np.bincount(ids, weight * (rows + 0.5), count) / total
    x = np.bincount(ids, weight * (columns + 0.5), count) / total
    return y.astype(np.float32), x.astype(np.float32), total


def _to_nucleus(
    canvas: Canvas, where: np.ndarray, best: np.ndarray, y: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """Return the distance of each pixel to the nearest nucleus of its hepatocyte; a fifth have two."""
    angle = 2 * np.pi * spread(np.arange(len(y)), 1)
    apart = np.where(spread(np.arange(len(y)), 2) < 0.2, 0.42, 0.0).astype(np.float32)
    near = [
        np.hypot(
            canvas.y[where] - (y + s * apart * np.sin(angle))[best],
            canvas.x[where] - (x + s * apart * np.cos(angle))[best],
        )
        for s in (-1, 1)
    ]
    return np.minimum(near[0], near[1])


def paint_damage(canvas: Canvas) -> None:
    """Paint lost parenchyma pale, debris as dark specks and collagen blue."""
    scene = canvas.scene
    plate = scene["compartment"] == PARENCHYMA
    near = ndimage.uniform_filter((plate * scene["parenchyma"]).astype(np.float32), 3)
    share = near / np.maximum(ndimage.uniform_filter(plate.astype(np.float32), 3), 1e-6)
    tube = scene["compartment"] == SINUSOID
    gone = np.where(
        plate, 1 - scene["parenchyma"], np.where(tube, 1 - np.maximum(share, scene["parenchyma"]), 0)
    )
    if gone.max() > 0:
        canvas.blend(
            canvas.palette.necrosis, canvas.smooth(np.clip(gone, 0, 1), 0.4) * canvas.at_sites(plate | tube)
        )
    if scene["debris"].max() > 0:
        fine = (np.floor(canvas.warp_y * 3.5) * 9973 + np.floor(canvas.warp_x * 3.5)).astype(np.int64)
        speck = spread(fine + 100_000, 5)
        amount = canvas.at_sites(np.clip(scene["debris"], 0, 1).astype(np.float32))
        canvas.blend(canvas.palette.debris, 0.75 * (speck < 0.3 * amount))
    if scene["collagen"].max() > 0:
        fibre = 0.72 + 0.28 * np.sin(9 * canvas.warp_y + 6 * np.sin(1.3 * canvas.warp_x))
        amount = canvas.smooth(np.clip(scene["collagen"], 0, 1) * (plate | tube), 0.4)
        canvas.blend(canvas.palette.collagen, np.clip(0.85 * amount * fibre, 0, 0.8))


def paint_tumour(canvas: Canvas, colour_of_site: np.ndarray) -> None:
    """Paint tumour cells of the tissue part: crowded, dark, large nuclei.

    Parameters
    ----------
    colour_of_site : float32[height, width, 3]
        Colour of the tumour cell of each site.
    """
    mask = canvas.scene["tumour"] >= 0
    if not mask.any():
        return
    number = np.arange(mask.size).reshape(mask.shape)
    label = np.where(mask, number, -1)
    y, x = tumour_centres(canvas.scene, number)
    where = canvas.at_sites(ndimage.binary_dilation(mask, np.ones((3, 3), dtype=bool)))
    best, first, second = nearest_two(canvas, label, y, x, where)
    colour = colour_of_site.reshape(-1, 3)[best]
    pale = colour + 0.45 * (1 - colour)
    wide = 0.30 + 0.08 * spread(np.maximum(best, 0), 9)
    nucleus = np.clip((wide - first) * canvas.scale + 0.5, 0, 1) if canvas.scale > 2 else np.ones_like(first)
    cell = pale + nucleus[:, None] * (0.82 * colour - pale)
    rim = np.clip(1.2 - (second - first) * canvas.scale, 0, 1) * (0.55 if canvas.scale > 3 else 0.0)
    cell += rim[:, None] * (1 - cell) * 0.8
    share = np.clip((0.74 - first) * canvas.scale + 0.5, 0, 1) * (best >= 0)
    canvas.image[where] += share[:, None] * (cell - canvas.image[where])


def tumour_centres(scene: Scene, number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where tumour cells of the tissue part are drawn: off the middle, and beside a tube, not under it."""
    rows, columns = np.divmod(number.ravel(), number.shape[1])
    y = rows + 0.5 + 0.64 * (spread(number.ravel(), 7) - 0.5)
    x = columns + 0.5 + 0.64 * (spread(number.ravel(), 8) - 0.5)
    tube = scene["compartment"] == SINUSOID
    free = (scene["compartment"] == PARENCHYMA).astype(np.float32)
    side = [np.asarray(ndimage.sobel(free, axis, mode="nearest")).ravel() for axis in (0, 1)]
    turn = 2 * np.pi * spread(number.ravel(), 15)
    lost = np.hypot(*side) < 0.5
    side = [np.where(lost, np.sin(turn), side[0]), np.where(lost, np.cos(turn), side[1])]
    away = np.where(tube.ravel(), 0.5 / np.maximum(np.hypot(*side), 1e-6), 0.0)
    return (y + away * side[0]).astype(np.float32), (x + away * side[1]).astype(np.float32)


def paint_lumen_cells(canvas: Canvas, colours: np.ndarray) -> None:
    """Paint tumour cells inside vessels as round cells with a white halo.

    Parameters
    ----------
    colours : float32[height, width, 3]
        Colour of the tumour cell in the lumen of each site.
    """
    sites = np.argwhere(canvas.scene["tumour_lumen"] >= 0)
    reach, scale = int(np.ceil(0.9 * canvas.scale)), canvas.scale
    for row, column in sites:
        y, x = canvas.scene.points[row * canvas.scene.shape[1] + column]
        top, left = max(0, int(y * scale) - reach), max(0, int(x * scale) - reach)
        box = (slice(top, top + 2 * reach + 1), slice(left, left + 2 * reach + 1))
        away = np.hypot(canvas.y[box] - y, canvas.x[box] - x) * scale
        view = canvas.image[box]
        view += np.clip(0.62 * scale + 1.0 - away, 0, 1)[..., None] * (1 - view)
        view += np.clip(0.5 * scale + 0.6 - away, 0, 1)[..., None] * (colours[row, column] - view)
        view += 0.5 * np.clip(0.22 * scale - away, 0, 1)[..., None] * (0 - view)


def paint_traps(canvas: Canvas) -> None:
    """Paint extracellular traps as fine threads."""
    net = canvas.scene["net"]
    if net.max() > 0.02:
        thread = np.abs(np.sin(7 * canvas.warp_y + 3 * np.sin(2.1 * canvas.warp_x))) < 0.28
        canvas.blend(
            canvas.palette.trap, np.clip(canvas.smooth(np.clip(net, 0, 1), 0.5), 0, 1) * thread * 0.85
        )


def paint_outside(canvas: Canvas) -> None:
    """Leave what is not tissue white."""
    outside = canvas.scene["compartment"] == OUTSIDE
    if outside.any():
        canvas.blend(canvas.palette.blank, canvas.edge(canvas.smooth(outside, 0.6), 0.5))
