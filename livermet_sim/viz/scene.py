"""Cut one moment, and if wanted one window, out of a result's snapshots: what a tissue picture is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe import gather
from livermet_sim.observe.columns import STATIC, Frame
from livermet_sim.observe.frames import FIELDS, field, moment
from livermet_sim.observe.recorder import snapshot
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.state.world import World
from livermet_sim.viz.scatter import spread

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

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def shape(self) -> tuple[int, int]:
        """Return height and width in sites."""
        height, width = self.arrays["compartment"].shape
        return height, width


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
    edges = _edges(arrays["compartment"], arrays["diameter"], shots.get("edges"))
    if cells is not None:
        cells = cells[np.abs(cells["time_h"] - times[index]) < 1e-6]
        cells = cells if len(cells) else None
    points = tube_points(edges, arrays["compartment"])
    whole = Scene(float(times[index]), site, 0.0, 0.0, arrays, edges, points, cells)
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
    return shots, gather.cells(world, [shot])


def filled(compartment: np.ndarray, site: float) -> Window:
    """Return the window that holds the tissue and nothing else."""
    rows, columns = np.nonzero(compartment != OUTSIDE)
    if not len(rows):
        return (0.0, 0.0, compartment.shape[1] * site, compartment.shape[0] * site)
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
    return (*(float(v) for v in (low - 1) * site), *(float(v) for v in (high + 1) * site))  # type: ignore[return-value]


def tube_points(edges: np.ndarray, compartment: np.ndarray, rounds: int = 3) -> np.ndarray:
    """Return where tubes are drawn: sites moved by under half a site, so that steps of the lattice look smooth.

    Each sinusoid site moves towards the middle of its neighbours along the tubes; vessels' sites stay.

    Parameters
    ----------
    edges : int64[m, 2]
    compartment : int8[height, width]
    """
    rest = np.stack(np.divmod(np.arange(compartment.size), compartment.shape[1]), axis=1) + 0.5
    free = (compartment == SINUSOID).ravel()
    both = np.concatenate([edges, edges[:, ::-1]])
    degree = np.bincount(both[:, 0], minlength=len(rest))
    points = rest.copy()
    for _ in range(rounds):
        total = np.stack([np.bincount(both[:, 0], points[both[:, 1], k], len(rest)) for k in (0, 1)], axis=1)
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
    return Scene(whole.time_h, site, left, top, arrays, edges, points, cells)


def bores(view: Scene) -> np.ndarray:
    """Return the diameter with which the tube of each site is drawn in um; that of a grown vessel differs by site."""
    row, column = np.indices(view.shape) + np.round([view.y0 / view.site, view.x0 / view.site])[:, None, None]
    narrow, wide = NEW_VESSEL_UM
    grown = narrow + (wide - narrow) * spread((row * 65_536 + column).astype(np.int64), 17) ** 1.5
    return np.where(view["diameter"] > 0, view["diameter"], grown)


def _edges(compartment: np.ndarray, diameter: np.ndarray, own: np.ndarray | None) -> np.ndarray:
    """Return the tubes of this moment: the liver's own that still stand, and those of vessels that grew.

    Without a list of the liver's own, neighbours are joined, over a corner only where no side joins them.
    """
    vessel = (compartment != OUTSIDE) & (compartment != PARENCHYMA)
    lumen = compartment == SINUSOID
    grown = vessel & (diameter == 0) if own is not None else vessel
    number = np.arange(vessel.size).reshape(vessel.shape)
    found = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here, there = _shifted(dy, dx)
        joined = vessel[here] & vessel[there] & (lumen[here] | lumen[there]) & (grown[here] | grown[there])
        if dy and dx:
            # The two sites that share a side with both: across in the upper row, below in the lower one.
            across, below = (there[1], here[1])
            joined &= ~vessel[here[0], across] & ~vessel[there[0], below]
        found.append(np.stack([number[here][joined], number[there][joined]], axis=1))
    if own is not None:
        flat, tube = vessel.ravel(), lumen.ravel()
        own = np.asarray(own, dtype=np.int64)
        found.append(own[flat[own].all(axis=1) & tube[own].any(axis=1)])
    return np.concatenate(found).astype(np.int64)


def _shifted(dy: int, dx: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the slices that pair every site with its neighbour at (dy, dx)."""
    rows = (slice(None, -1), slice(1, None)) if dy else (slice(None), slice(None))
    left, right = slice(None, -1), slice(1, None)
    columns = (slice(None), slice(None)) if dx == 0 else (left, right) if dx > 0 else (right, left)
    return (rows[0], columns[0]), (rows[1], columns[1])
