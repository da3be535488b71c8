"""Cut one moment, and if wanted one window, out of a result's snapshots: what a tissue picture is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe import gather
from livermet_sim.observe.columns import STATIC, Frame
from livermet_sim.observe.frames import FIELDS, field, moment
from livermet_sim.observe.readouts import tables
from livermet_sim.observe.readouts.view import Running, Shot
from livermet_sim.observe.recorder import snapshot
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.state.world import World
from livermet_sim.viz.scatter import spread

MARGIN = 10  # sites; more than a portal tract or a central vein is wide
Window = tuple[float, float, float, float]
NEW_VESSEL_UM = (
    5.5,
    13.0,
)  # vessels of tumours are wide here and narrow there; the model gives them no diameter


@dataclass(frozen=True)
class Scene:
    """Hold one moment of a tissue as pictures ``[height, width]``, one value a site.

    Attributes
    ----------
    x0, y0 : float, um
        Place of the window's corner in the tissue.
    arrays : dict of ndarray[height, width]
        Every stack and static array of the snapshots at this moment.
    edges : int64[m, 2]
        Tubes between neighbouring vessel sites, as flat indices in the window.
    seam : int64[k, 2] or None
        Tubes that run on at the opposite side, where the sides of the tissue join and all of it is shown.
    margin : int
        Sites at each side that repeat those of the opposite side, for painting; see ``around``.
    points : float64[n, 2], sites
        Where each site's tube is drawn, (y, x) from the window's corner; see ``tube_points``.
    cells : DataFrame or None
        The cells of this moment in the window, where the result kept them.
    """

    time_h: float
    site: float
    x0: float
    y0: float
    arrays: dict[str, np.ndarray]
    edges: np.ndarray
    points: np.ndarray
    cells: Frame | None
    seam: np.ndarray | None = None
    margin: int = 0

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def shape(self) -> tuple[int, int]:
        """Return height and width in sites."""
        height, width = self.arrays["compartment"].shape
        return height, width

    @property
    def joined(self) -> bool:
        """Say whether what leaves at one side comes in at the opposite one."""
        return self.seam is not None

    def tumour(self, layers: tuple[str, ...] = ("lumen", "tissue")) -> np.ndarray:
        """Return the lesion of each tumour cell in the picture; of each site that one holds where cells were not kept."""
        if self.cells is None:
            stacks = [self["tumour" if layer == "tissue" else "tumour_lumen"] for layer in layers]
            return np.concatenate([stack[stack >= 0] for stack in stacks])
        own = self.cells[(self.cells["kind"] == "tumour") & self.cells["layer"].isin(layers)]
        return own["lesion"].to_numpy()

    def around(self) -> Scene:
        """Return the scene with a margin from the opposite sides, so that painters need not know that they join."""
        if self.seam is None or self.margin:
            return self
        (high, wide), wider = self.shape, self.shape[1] + 2 * MARGIN
        row, column = (np.arange(-MARGIN, size + MARGIN) % size for size in self.shape)
        own = (row[:, None] * wide + column[None, :]).ravel()
        rest = np.stack(np.divmod(np.arange(high * wide), wide), axis=1) + 0.5
        place = np.stack(np.divmod(np.arange(len(own)), wider), axis=1) + 0.5
        lattice = Lattice(wide, high, self.site, wrap=True)
        arrays = {name: array.ravel()[own].reshape(-1, wider) for name, array in self.arrays.items()}
        arrays["hepatocyte"] = self._copies(lattice, own, place)
        edges = []
        every = np.concatenate([self.edges, self.seam])
        (y, x), (dx, dy) = lattice.pixels(every[:, 0]), lattice.steps(every[:, 0], every[:, 1])
        for up in (-high, 0, high):
            for left in (-wide, 0, wide):
                a, b = (y + up + MARGIN, x + left + MARGIN), (y + up + dy + MARGIN, x + left + dx + MARGIN)
                inside = [
                    (v >= 0) & (v < size)
                    for ends in (a, b)
                    for v, size in zip(ends, (len(row), wider), strict=True)
                ]
                edges.append(
                    np.stack([a[0] * wider + a[1], b[0] * wider + b[1]], axis=1)[np.all(inside, axis=0)]
                )
        points = place + (self.points - rest)[own]
        low = (self.x0 - MARGIN * self.site, self.y0 - MARGIN * self.site)
        return replace(self, x0=low[0], y0=low[1], arrays=arrays, edges=np.concatenate(edges), points=points,
                       cells=self._repeated(), margin=MARGIN)  # fmt: skip

    def _copies(self, lattice: Lattice, own: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Return hepatocytes with a number of its own for each copy that the margin holds, int64[h, w]."""
        label = self["hepatocyte"].ravel()
        cell, sites = label[label >= 0], np.flatnonzero(label >= 0)
        middle = (
            np.stack(lattice.middles(cell, sites, int(label.max(initial=0)) + 1)[::-1], axis=1) / self.site
        )
        found, size = label[own], np.array([lattice.height, lattice.width])
        copy = np.rint((place - MARGIN - middle[np.maximum(found, 0)]) / size)
        code = (3 * (copy[:, 0] + 1) + copy[:, 1] + 1) % 9
        number = found * 9 + np.nan_to_num(code).astype(np.int64)
        return np.where(found >= 0, number, -1).reshape(-1, lattice.width + 2 * MARGIN)

    def _repeated(self) -> Frame | None:
        """Return the cells and their copies in the margin."""
        if self.cells is None:
            return None
        import pandas as pd

        (high, wide), site, parts = self.shape, self.site, []
        for up in (-high, 0, high):
            for left in (-wide, 0, wide):
                x, y = self.cells["x_um"] + left * site, self.cells["y_um"] + up * site
                seen = (x > self.x0 - MARGIN * site) & (x < self.x0 + (wide + MARGIN) * site)
                seen &= (y > self.y0 - MARGIN * site) & (y < self.y0 + (high + MARGIN) * site)
                parts.append(self.cells.assign(x_um=x, y_um=y)[seen])
        return pd.concat(parts, ignore_index=True)


def scene(source: Any, time_h: float | None = None, window: Window | None = None) -> Scene:
    """Return the moment nearest to ``time_h`` (the last one by default) of a result or a snapshots dict.

    Parameters
    ----------
    source : Result, LiverModel or dict of ndarray
        A result (the frame or snapshot nearest to the time is shown), a model (it is shown as it stands now), or
        arrays laid out as ``Result.snapshots``.
    window : (x0, y0, x1, y1), um, optional
        Part of the tissue to show.

    Raises
    ------
    ResultError
        When there are no snapshots, or the window lies outside the tissue.
    """
    shots, cells = _moment(source, time_h)
    if not shots or len(shots["time_h"]) == 0:
        raise ResultError(
            "tissue map", "the result has no snapshots; set observe.snapshots to the days to keep"
        )
    times = np.asarray(shots["time_h"], dtype=float)
    index = len(times) - 1 if time_h is None else int(np.argmin(np.abs(times - time_h)))
    shape, site = (int(shots["height"]), int(shots["width"])), float(shots["site_um"])
    stacks = [name for name, array in shots.items() if np.shape(array) == (len(times), shape[0] * shape[1])]
    arrays = {name: np.asarray(shots[name])[index].reshape(shape) for name in stacks}
    arrays |= {name: np.asarray(shots[name]).reshape(shape) for name in STATIC}
    arrays |= _from_frame(source, float(times[index]), arrays)
    lattice = Lattice.of(shots)
    edges = _edges(lattice, arrays["compartment"], arrays["diameter"], shots.get("edges"))
    if cells is not None:
        cells = cells[np.abs(cells["time_h"] - times[index]) < 1e-6]
        cells = cells if len(cells) else None
    points = tube_points(edges, arrays["compartment"], lattice)
    y, x = lattice.pixels(edges)
    across = (np.abs(np.diff(y)) > 1).ravel() | (np.abs(np.diff(x)) > 1).ravel()
    seam = edges[across] if lattice.wrap else None
    whole = Scene(float(times[index]), site, 0.0, 0.0, arrays, edges[~across] if lattice.wrap else edges, points, cells,
                  seam)  # fmt: skip
    return _cut(whole, window or filled(arrays["compartment"], site))


def _moment(source: Any, time_h: float | None) -> tuple[Any, Frame | None]:
    """Return the snapshots and the cells among which the moment is found."""
    if isinstance(source, Mapping):
        return source, None
    if hasattr(source, "engine"):
        return _present(source.world)
    frames, shots = getattr(source, "frames", None), source.snapshots
    if frames and shots and time_h is not None:
        away = [np.abs(np.asarray(found["time_h"], dtype=float) - time_h) for found in (frames, shots)]
        if away[0].min() < away[1].min() - 1e-9:
            return moment(frames, shots, int(np.argmin(away[0])))
    return shots, source.cells


def _from_frame(source: Any, hour: float, known: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what only the frame of this hour holds, where there is one: snapshots do without some arrays."""
    frames = getattr(source, "frames", None) or {}
    at = np.flatnonzero(np.abs(np.asarray(frames.get("time_h", ()), dtype=float) - hour) < 1e-6)
    missing = [name for name in FIELDS if name not in known] if len(at) else []
    return {name: field(frames, name, int(at[0])).reshape(known["compartment"].shape) for name in missing}


def _present(world: World) -> tuple[dict[str, np.ndarray], Frame]:
    """Return a running model's present as snapshots of one time, with every signal under its name, and its cells."""
    world.drop_dead()
    shot = snapshot(world, world.clock.hours)
    shots = gather.snapshots(world, [shot])
    for column, name in enumerate(world.fields.names):
        shots.setdefault(name, world.fields.concentration[None, :, column].astype(np.float32))
    shots.setdefault("patency", world.sites["patency"][None].astype(np.float32))
    return shots, tables.cells(Shot(Running(world), shot))


def filled(compartment: np.ndarray, site: float) -> Window:
    """Return the window that holds the tissue and nothing else."""
    rows, columns = np.nonzero(compartment != OUTSIDE)
    if not len(rows):
        return (0.0, 0.0, compartment.shape[1] * site, compartment.shape[0] * site)
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
    return (*(float(v) for v in (low - 1) * site), *(float(v) for v in (high + 1) * site))  # type: ignore[return-value]


def tube_points(
    edges: np.ndarray, compartment: np.ndarray, lattice: Lattice | None = None, rounds: int = 3
) -> np.ndarray:
    """Return where tubes are drawn: sites moved by under half a site, so that steps of the lattice look smooth.

    Each sinusoid site moves towards the middle of its neighbours along the tubes; vessels' sites stay.

    Parameters
    ----------
    edges : int64[m, 2]
    compartment : int8[height, width]
    """
    high, wide = compartment.shape
    lattice = lattice or Lattice(wide, high, 1.0)
    rest = np.stack(np.divmod(np.arange(compartment.size), wide), axis=1) + 0.5
    free = (compartment == SINUSOID).ravel()
    both = np.concatenate([edges, edges[:, ::-1]])
    degree = np.bincount(both[:, 0], minlength=len(rest))
    # where the neighbour lies from here, across the sides where they join
    step = np.stack(lattice.steps(both[:, 0], both[:, 1])[::-1], axis=1)
    points = rest.copy()
    for _ in range(rounds):
        there = rest[both[:, 0]] + step + (points - rest)[both[:, 1]]
        total = np.stack([np.bincount(both[:, 0], there[:, k], len(rest)) for k in (0, 1)], axis=1)
        moved = 0.4 * points + 0.6 * total / np.maximum(degree, 1)[:, None]
        points = np.where((free & (degree > 1))[:, None], rest + np.clip(moved - rest, -0.45, 0.45), rest)
    return points


def _cut(whole: Scene, window: Window) -> Scene:
    """Return the part of a scene inside a window, in whole sites."""
    height, width = whole.shape
    x0, y0, x1, y1 = (round(value / whole.site) for value in window)
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    if x1 - x0 < 2 or y1 - y0 < 2:
        raise ResultError("tissue map", f"the window {tuple(window)} um shows nothing of the tissue")
    arrays = {name: array[y0:y1, x0:x1] for name, array in whole.arrays.items()}
    y, x = np.divmod(whole.edges, width)
    kept = ((x >= x0) & (x < x1) & (y >= y0) & (y < y1)).all(axis=1)
    edges = ((y - y0) * (x1 - x0) + x - x0)[kept]
    points = whole.points.reshape(height, width, 2)[y0:y1, x0:x1].reshape(-1, 2) - (y0, x0)
    left, top, site = x0 * whole.site, y0 * whole.site, whole.site
    cells = whole.cells
    if cells is not None:
        inside_x = (cells["x_um"] >= left) & (cells["x_um"] < x1 * site)
        cells = cells[inside_x & (cells["y_um"] >= top) & (cells["y_um"] < y1 * site)]
    seam = whole.seam if (y1 - y0, x1 - x0) == whole.shape else None
    return Scene(whole.time_h, site, left, top, arrays, edges, points, cells, seam)


def bores(view: Scene) -> np.ndarray:
    """Return the diameter with which the tube of each site is drawn in um; that of a grown vessel differs by site."""
    row, column = np.indices(view.shape) + np.round([view.y0 / view.site, view.x0 / view.site])[:, None, None]
    narrow, wide = NEW_VESSEL_UM
    grown = narrow + (wide - narrow) * spread((row * 65_536 + column).astype(np.int64), 17) ** 1.5
    return np.where(view["diameter"] > 0, view["diameter"], grown)


def _edges(
    lattice: Lattice, compartment: np.ndarray, diameter: np.ndarray, own: np.ndarray | None
) -> np.ndarray:
    """Return the tubes of this moment: the liver's own that still stand, and those of vessels that grew.

    Without a list of the liver's own, neighbours are joined, over a corner only where no side joins them.
    """
    vessel = ((compartment != OUTSIDE) & (compartment != PARENCHYMA)).ravel()
    lumen = (compartment == SINUSOID).ravel()
    grown = vessel & (diameter.ravel() == 0) if own is not None else vessel
    around, site, found = lattice.around, np.arange(lattice.n), []
    for slot, over in enumerate(lattice.detours):
        there = around[:, slot]
        joined = (there > site) & vessel & vessel[there] & (lumen | lumen[there]) & (grown | grown[there])
        for side in over:
            joined &= ~vessel[around[:, side]]
        found.append(np.stack([site[joined], there[joined]], axis=1))
    if own is not None:
        own = np.asarray(own, dtype=np.int64)
        found.append(own[vessel[own].all(axis=1) & lumen[own].any(axis=1)])
    return np.concatenate(found).astype(np.int64)
