"""Paint a section as a microscope would show it: dyes in plates, vessels, tumour and single cells."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from livermet_sim.cells.look import Body
from livermet_sim.cells.registry import LINING, look_of
from livermet_sim.state.tissue import SINUSOID
from livermet_sim.viz import endothelium, raster
from livermet_sim.viz.canvas import Canvas, nearest_two, spread
from livermet_sim.viz.scene import Scene, bores
from livermet_sim.viz.stains import Stain
from livermet_sim.viz.tubes import paint_tubes, paint_vessels, tube_angles

FREE = Body((5.6, 5.2), (4.0, 3.4))  # a tumour cell in a vessel
WAVE_UM, BEND_UM = 11.0, 2.2  # how far apart and how strong the bends of a real section are drawn
SPINDLE_FROM = 0.5  # cells that turn into spindles when activated do so from here on


def stained(view: Scene, scale: int, stain: Stain) -> np.ndarray:
    """Return how much of each dye a section holds, float32[height * scale, width * scale, dyes]."""
    canvas = Canvas(view.around(), scale, stain.palette)
    raster.paint_plates(canvas)
    raster.paint_damage(canvas)
    _paint_tumour(canvas, stain)
    paint_vessels(canvas)
    paint_tubes(canvas)
    _paint_stasis(canvas)
    raster.paint_traps(canvas)
    _paint_lining(canvas, stain)
    _paint_cells(canvas, stain)
    raster.paint_outside(canvas)
    return _organic(canvas)


def _organic(canvas: Canvas) -> np.ndarray:
    """Return the picture bent by under two um at a time, so that neither lattice nor tubes look ruled."""
    height, width = canvas.image.shape[:2]
    cell = max(2, round(WAVE_UM / canvas.scene.site * canvas.scale))
    coarse = (height // cell + 3, width // cell + 3)
    bent = []
    for axis, size in enumerate((height, width)):
        noise = spread(np.arange(coarse[0] * coarse[1]), 51 + axis).reshape(coarse) - 0.5
        smooth = np.asarray(ndimage.zoom(noise, cell, order=2))[:height, :width]
        place = np.arange(size)[:, None] if axis == 0 else np.arange(size)[None, :]
        move = 2 * BEND_UM / canvas.scene.site * canvas.scale * smooth
        bent.append(np.clip(np.rint(place + move), 0, size - 1).astype(np.int32))
    return canvas.picture(canvas.image[bent[0], bent[1]])


def _paint_tumour(canvas: Canvas, stain: Stain) -> None:
    """Paint tumour cells of the tissue part: crowded, with large and uneven nuclei and little cytoplasm."""
    mask = canvas.scene["tumour"] >= 0
    if not mask.any():
        return
    number = np.arange(mask.size).reshape(mask.shape)
    y, x = raster.tumour_centres(canvas.scene, number)
    where = canvas.at_sites(ndimage.binary_dilation(mask, np.ones((3, 3), dtype=bool)))
    best, first, second = nearest_two(canvas, np.where(mask, number, -1), y, x, where)
    share = np.clip((0.8 - first) * canvas.scale + 0.5, 0, 1) * (best >= 0)
    grain = 1 + 0.3 * (spread(np.arange(len(best)), 6) - 0.5)
    tint = 1 + 0.3 * (spread(np.maximum(best, 0), 10) - 0.5)
    cell = stain.tumour[None, :] * (tint * grain)[:, None]
    border = np.clip(1.3 - (second - first) * canvas.scale / 1.2, 0, 1)
    cell += 0.8 * border[:, None] * (stain.tumour_edge - cell)
    under = canvas.image[where]
    canvas.image[where] = under + share[:, None] * (cell - under)
    sites = np.flatnonzero(mask)
    size = (2.9 + 1.5 * spread(sites, 9)) / canvas.scene.site
    _nuclei(canvas, sites, y[sites], x[sites], size, stain.tumour_nucleus)


def _nuclei(
    canvas: Canvas, key: np.ndarray, y: np.ndarray, x: np.ndarray, size: np.ndarray, dye: np.ndarray
) -> None:
    """Paint nuclei of tumour cells: ovals that differ in size and depth of colour, with a nucleolus."""
    ratio, angle = 0.62 + 0.34 * spread(key, 31), np.pi * spread(key, 32)
    depth = 0.72 + 0.5 * spread(key, 33)
    share = stamp(canvas, y, x, size, size * ratio, angle, depth)
    grain = 1 + 0.35 * (spread(np.arange(share.size), 34).reshape(share.shape) - 0.5)
    _deposit(canvas, dye, share, grain)
    spot = np.full(len(key), 0.09 if canvas.scale > 10 else 0.0)
    if canvas.scale > 10:
        dot = stamp(canvas, y + 0.1 * np.sin(9 * angle), x + 0.1 * np.cos(9 * angle), spot, spot, angle)
        canvas.blend(1.35 * dye, 0.8 * dot)


def _deposit(canvas: Canvas, dye: np.ndarray, share: np.ndarray, grain: np.ndarray | None = None) -> None:
    """Lay a dye where ``share`` says so; a share above 1 means more dye than usual."""
    hit = share > 0
    if not hit.any():
        return
    cover, amount = np.minimum(share[hit], 1.0)[:, None], np.maximum(share[hit], 0.6)
    if grain is not None:
        amount = amount * grain[hit]
    under = canvas.image[hit]
    canvas.image[hit] = under + cover * (dye[None, :] * amount[:, None] - under)


def stamp(canvas: Canvas, y: np.ndarray, x: np.ndarray, along: np.ndarray, across: np.ndarray, angle: np.ndarray,
          depth: np.ndarray | None = None) -> np.ndarray:  # fmt: skip
    """Return ovals as a share per pixel, float32[h, w]: ``depth`` (1 by default) inside, smooth at the edge.

    Parameters
    ----------
    y, x, along, across : float[m], sites
        Middle and half axes.
    angle : float[m]
        Direction of the long axis, from x towards y.
    """
    height, width = canvas.image.shape[:2]
    out = np.zeros(height * width, dtype=np.float32)
    if not len(y):
        return out.reshape(height, width)
    scale = canvas.scale
    reach = int(np.ceil(float(np.max(along)) * scale + 1))
    offset = np.arange(-reach, reach + 1)
    depth = np.ones(len(y)) if depth is None else depth
    for part in np.array_split(np.arange(len(y)), max(1, len(y) * len(offset) ** 2 // 2_000_000)):
        row = (y[part] * scale).astype(np.int64)[:, None, None] + offset[None, :, None]
        column = (x[part] * scale).astype(np.int64)[:, None, None] + offset[None, None, :]
        dy = (row + 0.5 - (y[part] * scale)[:, None, None]).astype(np.float32)
        dx = (column + 0.5 - (x[part] * scale)[:, None, None]).astype(np.float32)
        cosine, sine = (f(angle[part]).astype(np.float32)[:, None, None] for f in (np.cos, np.sin))
        long = np.maximum(along[part] * scale, 0.3).astype(np.float32)[:, None, None]
        short = np.maximum(across[part] * scale, 0.3).astype(np.float32)[:, None, None]
        far = np.hypot((dx * cosine + dy * sine) / long, (dy * cosine - dx * sine) / short)
        share = np.clip((1.0 - far) * short + 0.5, 0, 1) * depth[part].astype(np.float32)[:, None, None]
        ok = (share > 0) & (row >= 0) & (row < height) & (column >= 0) & (column < width)
        np.maximum.at(out, (row * width + column)[ok], share[ok])
    return out.reshape(height, width)


def _paint_stasis(canvas: Canvas) -> None:
    """Fill tubes without flow with packed red cells."""
    view = canvas.scene
    still = np.flatnonzero(((view["compartment"] == SINUSOID) & (view["perfused"] <= 0.5)).ravel())
    if len(still) and canvas.palette.erythrocyte.any():
        for part in range(3):
            y, x = (
                view.points[still].T
                + 0.45 * np.stack([spread(still, 61 + part), spread(still, 71 + part)])
                - 0.22
            )
            size = np.full(len(still), 2.6 / view.site)
            canvas.blend(canvas.palette.erythrocyte, 0.75 * stamp(canvas, y, x, size, 0.85 * size, 3.0 * x))


def _paint_lining(canvas: Canvas, stain: Stain) -> None:
    """Paint the flat nuclei of the endothelium of new vessels and central veins."""
    for y, x, angle in (endothelium.grown_walls(canvas.scene), endothelium.vein_walls(canvas)):
        along, across = (np.full(len(y), axis / canvas.scene.site) for axis in endothelium.NUCLEUS_UM)
        _deposit(
            canvas, stain.nuclei.get(LINING, stain.nuclei["other"]), stamp(canvas, y, x, along, across, angle)
        )


def _paint_cells(canvas: Canvas, stain: Stain) -> None:
    """Paint every cell that is not tumour in the tissue: lining, macrophages, stellate cells, leukocytes, CTC."""
    view = canvas.scene
    if view.cells is None or not len(view.cells):
        return
    cells = view.cells[~((view.cells["kind"] == "tumour") & (view.cells["layer"] == "tissue"))]
    kinds = cells["kind"].astype(str).to_numpy()
    row = ((cells["y_um"].to_numpy() - view.y0) / view.site).astype(int)
    column = ((cells["x_um"].to_numpy() - view.x0) / view.site).astype(int)
    site = row * view.shape[1] + column
    key = cells["key"].to_numpy().astype(np.int64)
    y, x = _places(view, kinds, site, key)
    tube = (view["compartment"] == SINUSOID).ravel()[site]
    angles = np.where(tube, tube_angles(view)[site], np.pi * spread(key, 27))
    activation = cells["activation"].to_numpy()
    # flat lining cells first, so that what sits in the vessels lies over them
    for kind in sorted(set(kinds), key=lambda name: (look_of(name).rank, name)):
        those, look = kinds == kind, look_of(kind)
        groups = [(those, FREE if kind == "tumour" else look.body)]
        if look.active_body is not None:
            active = activation > SPINDLE_FROM
            groups = [(those & ~active, look.body), (those & active, look.active_body)]
        for chosen, shape in groups:
            if chosen.any():
                strength = activation[chosen] if look.active else np.ones(int(chosen.sum()))
                _paint_kind(
                    canvas, stain, kind, shape, (y[chosen], x[chosen], angles[chosen], key[chosen], strength)
                )


def _places(
    view: Scene, kinds: np.ndarray, site: np.ndarray, key: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return where cells are drawn, in sites: in their tube, lining cells at its wall, others anywhere in the site."""
    tube = (view["compartment"] == SINUSOID).ravel()[site]
    loose = 0.6 * np.stack([spread(key, 21) - 0.5, spread(key, 22) - 0.5])
    middle = np.stack([site // view.shape[1] + 0.5, site % view.shape[1] + 0.5])
    place = np.where(tube, view.points[site].T + 0.35 * loose, middle + loose)
    angle = tube_angles(view)[site]
    side = np.where(spread(key, 23) < 0.5, 1.0, -1.0)
    bore = np.maximum(bores(view).ravel()[site], 6.0) / 2 / view.site
    for kind in set(kinds):
        those = (kinds == kind) & tube
        shift = (side * bore * look_of(kind).aside)[those]
        place[0, those] += shift * np.cos(angle[those])
        place[1, those] -= shift * np.sin(angle[those])
    return place[0], place[1]


def _paint_kind(canvas: Canvas, stain: Stain, kind: str, shape: Body, cells: tuple[np.ndarray, ...]) -> None:
    """Paint body and nucleus of the cells of one kind."""
    y, x, angle, key, strength = cells
    site = canvas.scene.site
    angle = angle + (0.5 * (spread(key, 24) - 0.5) if shape.along_vessel else 2 * np.pi * spread(key, 24))
    swell = 0.88 + 0.24 * spread(key, 25)
    along, across = (swell * axis / site for axis in shape.body)
    body = stain.tumour if kind == "tumour" else stain.bodies.get(kind, stain.bodies["other"])
    share = stamp(canvas, y, x, along, across, angle, np.clip(0.25 + 0.75 * strength, 0, 1))
    canvas.blend(body, share)
    nucleus = stain.tumour_nucleus if kind == "tumour" else stain.nuclei.get(kind, stain.nuclei["other"])
    along, across = (swell * axis / site for axis in shape.nucleus)
    for lobe in range(shape.lobes):
        turn = angle + 2 * np.pi * lobe / shape.lobes
        far = 0.0 if shape.lobes == 1 else 1.7 / site
        _deposit(canvas, nucleus, stamp(canvas, y + far * np.sin(turn), x + far * np.cos(turn), along, across, turn,
                                        0.85 + 0.3 * spread(key, 26)))  # fmt: skip
