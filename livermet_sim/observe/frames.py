"""Keep frames for films: the tissue and every cell at short intervals, packed into bytes, in bounded memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.parameters import Observation
from livermet_sim.observe.readouts.cells import LAYERS, STATES
from livermet_sim.observe.record import Record
from livermet_sim.observe.recorder import SITE_STACKS, guide_field
from livermet_sim.observe.shut import opened, shut, size
from livermet_sim.observe.standing import phase_of_cells
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.clock import Slept
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASE_WORDS
from livermet_sim.state.world import World

FIELDS = (*SITE_STACKS, "patency", "vegf")
CELLS = ("site", "kind", "layer", "state", "phase", "lesion", "activation", "polarisation", "load")
SHARES = ("activation", "polarisation", "load")
LOAD_STEP = 1 / 16  # engulfed cells a unit of the packed load
FINE_HOURS, FINER = 24.0, 6  # arrest and crossing take hours: the first day has six times as many frames
BUDGET_BYTES = 192 << 20


class Film(Process):
    """Keep frames for films; where they would take too much, every second one is dropped and the interval doubled.

    Attributes
    ----------
    kept : list of dict
        The frames so far, as ``shut`` gives them.
    """

    stage = "observe"
    watches = True

    def __init__(self, setting: Setting, budget: int = BUDGET_BYTES):
        self.interval = setting.read("observe", Observation).frames
        self.budget, self.size, self.next = budget, 0, 0.0
        self.kept: list[dict[str, Any]] = []
        self._slept = Slept()

    @property
    def frames(self) -> list[dict[str, Any]]:
        """Return the frames so far."""
        return [opened(frame) for frame in self.kept]

    @frames.setter
    def frames(self, frames: list[dict[str, Any]]) -> None:
        self.kept = [shut(frame) for frame in frames]

    def runs(self, world: World) -> bool:
        """Say whether it is time for a frame at the end of this step."""
        return self.interval > 0.0 and world.clock.end_of_step >= self.next - 1e-9

    def step(self, world: World) -> None:
        """Keep the state reached at the end of this step."""
        hours = world.clock.end_of_step
        while self.next <= hours + 1e-9:
            self.next += self.interval / FINER if self.next < FINE_HOURS - 1e-9 else self.interval
        same = self._slept.through(world.clock)
        self.kept.append(self.kept[-1] | {"time_h": hours} if same else shut(pack(world, hours)))
        self.size += size(self.kept[-1])
        while self.size > self.budget and len(self.kept) > 2:
            self.kept = self.kept[::2]
            self.weigh()
            self.interval *= 2.0

    def weigh(self) -> None:
        """Find how much memory the frames take together when they are handed out."""
        self.size = sum(map(size, self.kept))

    def arrays(self, world: World) -> dict[str, np.ndarray]:
        """Return the frames so far and one of the present state as arrays; nothing where no frames are kept.

        Returns
        -------
        dict of ndarray
            ``time_h[F]``; ``compartment`` and each field uint8[F, n] with ``<field>_scale[F]``, the value of 255;
            ``cell_<column>[N]`` of all frames in a row, those of frame i from ``cell_start[i]`` on; ``kinds[K]``.
        """
        if self.interval <= 0.0:
            return {}
        now = world.clock.hours
        frames = [*(frame for frame in self.kept if frame["time_h"] < now - 1e-9), pack(world, now)]
        stacked = {
            name: np.stack([opened(frame[name]) for frame in frames]) for name in ("compartment", *FIELDS)
        }
        scales = {f"{name}_scale": np.array([frame[f"{name}_scale"] for frame in frames]) for name in FIELDS}
        cells = {
            f"cell_{name}": np.concatenate([opened(frame[f"cell_{name}"]) for frame in frames])
            for name in CELLS
        }
        counts = [frame["cell_site"].shape[0] for frame in frames]
        return {
            "time_h": np.array([frame["time_h"] for frame in frames]), **stacked, **scales, **cells,
            "cell_start": np.concatenate([[0], np.cumsum(counts)]), "kinds": np.array(world.kinds),
        }  # fmt: skip


def pack(world: World, hours: float) -> dict[str, Any]:
    """Return the present state in bytes: every field on a scale of its own, every cell in the order of keys."""
    frame: dict[str, Any] = {"time_h": hours, "compartment": world.compartment.astype(np.uint8)}
    for name in FIELDS:
        values = guide_field(world) if name == "vegf" else world.sites[name]
        frame[name], frame[f"{name}_scale"] = _quantised(values)
    cells, phase = world.cells, phase_of_cells(world)
    order = np.argsort(cells["key"])
    for name in CELLS:
        frame[f"cell_{name}"] = _packed(name, (phase if name == "phase" else cells[name])[order])
    return frame


def of_result(result: Record) -> dict[str, np.ndarray]:
    """Return the frames of a result, or its snapshots packed the same way where it kept no frames.

    Raises
    ------
    ResultError
        When it has neither.
    """
    if result.frames:
        return result.frames
    shots = result.snapshots
    if not shots or not len(shots["time_h"]):
        raise ResultError("film", "the run kept no frames; set observe.frames to the hours between two")
    table = result.cells
    kinds = list(dict.fromkeys(["tumour", *table["kind"].astype(str)]))
    words = {"kind": kinds, "layer": LAYERS, "state": STATES, "phase": PHASE_WORDS}
    out = {
        "time_h": shots["time_h"],
        "kinds": np.array(kinds),
        "compartment": shots["compartment"].astype(np.uint8),
    }
    for name in FIELDS:
        # snapshots do without patency; a tube with flow is taken for open
        packed = [_quantised(values) for values in shots["perfused" if name == "patency" else name]]
        out[name], out[f"{name}_scale"] = (np.array(part) for part in zip(*packed, strict=True))
    for name in CELLS:
        column = table[name]
        if name in words:
            codes = {word: code for code, word in enumerate(words[name])}
            column = column.map(codes).fillna(0)
        out[f"cell_{name}"] = _packed(name, column.to_numpy())
    hours = np.append(shots["time_h"], np.inf)
    out["cell_start"] = np.searchsorted(table["time_h"].to_numpy(), hours - 1e-6)
    return out


def _quantised(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Return a field in bytes and the value of 255."""
    # a power of two stays the same over many frames, so that they differ little and pack well
    scale = float(2.0 ** np.ceil(np.log2(max(float(values.max(initial=0.0)), 1.0))))
    return np.rint(values * (255.0 / scale)).astype(np.uint8), scale


def _packed(name: str, column: np.ndarray) -> np.ndarray:
    """Return a column of the cells as frames keep it."""
    if name in SHARES:
        column = np.minimum(np.rint(column * (1 / LOAD_STEP if name == "load" else 255.0)), 255.0)
    return column.astype({"site": np.uint32, "lesion": np.int32}.get(name, np.uint8))


def field(frames: dict[str, np.ndarray], name: str, index: int) -> np.ndarray:
    """Return a field of one frame in its own unit, float32[n]."""
    if name == "compartment":
        return frames[name][index].astype(np.int8)
    return frames[name][index] * np.float32(frames[f"{name}_scale"][index] / 255.0)


def columns_of(frames: dict[str, np.ndarray], index: int) -> dict[str, np.ndarray]:
    """Return the columns of the cells of one frame, shares and load as numbers again."""
    part = slice(int(frames["cell_start"][index]), int(frames["cell_start"][index + 1]))
    cells = {name: frames[f"cell_{name}"][part] for name in CELLS}
    cells["site"] = cells["site"].astype(np.int64)
    for name in SHARES:
        cells[name] = cells[name] * np.float32(LOAD_STEP if name == "load" else 1 / 255.0)
    return cells


def moment(
    frames: dict[str, np.ndarray], static: dict[str, np.ndarray], index: int
) -> tuple[dict[str, np.ndarray], Frame]:
    """Return one frame as a snapshots dict with a single time, and its cells as a table.

    Parameters
    ----------
    frames, static : dict of ndarray
        ``Result.frames``; ``Result.snapshots``, from which come sizes and static site arrays.
    """
    import pandas as pd

    shots = {name: static[name] for name in static if np.ndim(static[name]) < 2 or name == "edges"}
    shots["time_h"] = frames["time_h"][index : index + 1]
    for name in ("compartment", *FIELDS):
        shots[name] = field(frames, name, index)[None]
    own = columns_of(frames, index)
    x, y = Lattice.of(static).xy(own["site"])
    tumour = own["kind"] == TUMOUR
    for layer, name in enumerate(("tumour_lumen", "tumour")):
        shots[name] = np.full((1, len(shots["zone"])), -1, dtype=np.int32)
        chosen = tumour & (own["layer"] == layer)
        shots[name][0, own["site"][chosen]] = own["lesion"][chosen]
    table = pd.DataFrame({
        "time_h": float(frames["time_h"][index]), "key": part_keys(own["site"]),
        "kind": frames["kinds"][own["kind"]], "x_um": x, "y_um": y, "site": own["site"],
        "layer": np.array(LAYERS)[own["layer"]],
        "state": np.where(tumour, np.array(STATES)[own["state"]], ""), "lesion": own["lesion"],
        "phase": np.array(PHASE_WORDS)[own["phase"]], "oxygen_mmHg": shots["oxygen"][0][own["site"]],
        **{name: own[name] for name in SHARES},
    })  # fmt: skip
    return shots, table


def part_keys(sites: np.ndarray) -> np.ndarray:
    """Return numbers that stand for the cells' keys, which frames leave out: a cell that stays keeps its number."""
    order = np.argsort(sites, kind="stable")
    first = np.r_[True, np.diff(sites[order]) != 0]
    rank = np.arange(len(sites)) - np.maximum.accumulate(np.where(first, np.arange(len(sites)), 0))
    keys = np.empty(len(sites), dtype=np.int64)
    keys[order] = sites[order] * 16 + rank
    return keys
