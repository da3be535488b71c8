"""Watch a run: a row of counts every interval, the whole tissue at chosen times; nothing is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from livermet_sim.kernels.codes import LUMEN, TISSUE
from livermet_sim.observe.parameters import Observation, days
from livermet_sim.observe.readouts import tables
from livermet_sim.observe.readouts.view import Running
from livermet_sim.observe.shut import early, opened, shut
from livermet_sim.observe.standing import phase_of_cells
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.clock import Clock, Slept
from livermet_sim.state.world import World

SITE_STACKS = ("oxygen", "perfused", "parenchyma", "collagen", "adhesion", "net", "debris")


class Recorder(Process):
    """Keep the time series and the snapshots.

    Attributes
    ----------
    kept : list of dict
        The snapshots so far, as ``shut`` gives them.
    """

    stage = "observe"
    watches = True

    def __init__(self, setting: Setting):
        own = setting.read("observe", Observation)
        self.every, self.phases = own.interval, setting.read("phases", Thresholds)
        self.hypoxic = setting.cell("tumour", "hypoxia_threshold")
        self.rows: list[dict[str, float]] = []
        self.kept: list[dict[str, Any]] = []
        self.keep_events = own.events
        self._slept = Slept()
        self.times = [24.0 * day for day in days(own.snapshots)]

    @property
    def shots(self) -> list[dict[str, Any]]:
        """Return the snapshots so far."""
        return [opened(shot) for shot in self.kept]

    @shots.setter
    def shots(self, shots: list[dict[str, Any]]) -> None:
        self.kept = [shut(shot) for shot in shots]

    def runs(self, world: World) -> bool:
        """Say whether a row of the time series or a snapshot is to be kept at the end of this step."""
        return self._row_is_due(world.clock) or self._shot_is_due(world.clock)

    def _row_is_due(self, clock: Clock) -> bool:
        return (clock.tick + 1) % max(1, round(self.every / clock.dt)) == 0

    def _shot_is_due(self, clock: Clock) -> bool:
        return bool(self.times) and clock.end_of_step >= self.times[0] - 1e-9

    def step(self, world: World) -> None:
        """Record the state reached at the end of this step."""
        hours = world.clock.end_of_step
        if self._row_is_due(world.clock):
            slept = self._slept.through(world.clock) and not world.lesions.n
            self.rows.append(tables.row(self.view(world, hours), self.rows[-1] if slept else None))
        while self._shot_is_due(world.clock):
            self.times.pop(0)
            each = early(world.tissue.n, len(SITE_STACKS))
            self.kept.append(shut(snapshot(world, hours, each)))

    def observe(self, world: World, hours: float) -> dict[str, float]:
        """Return one row of the time series."""
        return tables.row(self.view(world, hours))

    def view(self, world: World, hours: float) -> Running:
        """Return what readouts are read from."""
        return Running(world, self.phases, self.hypoxic, hours)


def guide_field(world: World) -> np.ndarray:
    """Return the signal that pictures show: VEGF, or the first where a scenario has none of that name."""
    fields = world.fields
    guide = "vegf" if "vegf" in fields.names else fields.names[0]
    return fields.concentration[:, fields.names.index(guide)]


def snapshot(
    world: World, hours: float, each: Callable[[np.ndarray], Any] = lambda values: values
) -> dict[str, Any]:
    """Return copies of the site arrays, each as ``each`` gives it, and of every cell."""
    world.count()
    sites, cells = world.sites, world.cells
    tumour_at = world.census.tumour_at
    lesion = np.append(cells["lesion"], -1)
    shot: dict[str, Any] = {"time_h": hours, "compartment": world.compartment.astype(np.int8)}
    for name in SITE_STACKS:
        shot[name] = each(sites[name].astype(np.float32))
    # for the growth patterns; not kept in results
    shot["patency"] = each(sites["patency"].astype(np.float32))
    shot["vegf"] = each(guide_field(world).astype(np.float32))
    shot["tumour_lumen"], shot["tumour"] = lesion[tumour_at[[LUMEN, TISSUE]]].astype(np.int32)
    order = np.argsort(cells["key"])
    columns = (
        "key",
        "kind",
        "site",
        "layer",
        "state",
        "lesion",
        "activation",
        "polarisation",
        "load",
    )
    shot["cells"] = {name: cells[name][order] for name in columns}
    shot["cells"]["phase"] = phase_of_cells(world)[order]
    shot["cells"]["oxygen_mmHg"] = sites["oxygen"][cells["site"][order]]
    return shot
