"""Watch a run: a row of counts every interval, the whole tissue at chosen times; nothing is ever changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.kernels.codes import DORMANT, LUMEN, SINUSOID, TISSUE, TUMOUR
from livermet_sim.observe.columns import LESIONS_IN
from livermet_sim.observe.parameters import days
from livermet_sim.observe.standing import phase_of_cells, standing
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SITE_STACKS = ("oxygen", "perfused", "parenchyma", "collagen", "adhesion", "net", "debris")

FINE = 2.0**20


class Recorder(Process):
    """Keep the time series and the snapshots."""

    stage = "observe"

    def __init__(self, setting: Setting):
        own = setting.section("observe")
        self.every = own.interval
        self.hypoxic = setting.section("cells.tumour").hypoxia_threshold
        self.rows: list[dict[str, float]] = []
        self.shots: list[dict[str, Any]] = []
        self.keep_events = own.events
        self.times = [24.0 * day for day in days(own.snapshots)]

    def step(self, world: World) -> None:
        """Record the state reached at the end of this step."""
        hours = world.clock.end_of_step
        if (world.clock.tick + 1) % max(1, round(self.every / world.clock.dt)) == 0:
            self.rows.append(self.observe(world, hours))
        while self.times and hours >= self.times[0] - 1e-9:
            self.times.pop(0)
            self.shots.append(snapshot(world, hours))

    def observe(self, world: World, hours: float) -> dict[str, float]:
        """Return one row of the time series."""
        cells, sites = world.cells, world.sites
        kind = cells["kind"]
        row: dict[str, float] = {"time_h": hours, "day": hours / 24.0}
        number = np.bincount(kind, minlength=len(world.kinds))
        row |= {f"n_{name}": int(n) for name, n in zip(world.kinds, number, strict=True)}
        self._tumour(world, np.flatnonzero(kind == TUMOUR), row)
        for name in ("entered", "born", "washed_out"):
            row[name] = world.totals.get(name, 0)
        row |= {f"dead_{cause}": world.totals.get(f"dead_{cause}", 0) for cause in world.log.deadly}
        phases = standing(world).by_phase()
        row |= {name: int(count) for name, count in zip(LESIONS_IN.values(), phases, strict=True)}
        inside, compartment = world.tissue.inside, world.compartment
        vessels = np.flatnonzero(compartment == SINUSOID)
        row["perfused_share"] = float(sites["perfused"][vessels].mean()) if len(vessels) else float("nan")
        row["oxygen_mmHg"] = float(sites["oxygen"][inside].mean())
        length = world.tissue.site * 1e-3
        row["vessel_length_mm"] = len(vessels) * length
        row["new_vessel_length_mm"] = int(np.count_nonzero(sites["vessel_age"][vessels])) * length
        for name, of, column in (
            ("kupffer_load", "kupffer", "load"), ("kupffer_polarisation", "kupffer", "polarisation"),
            ("stellate_activation", "stellate", "activation"), ("lsec_activation", "lsec", "activation"),
        ):  # fmt: skip
            # sums of whole numbers are exact, so that the order of rows cannot show
            total = np.bincount(kind, weights=np.rint(cells[column] * FINE), minlength=len(number))
            code = world.code(of)
            # a mean over no cells is not 0
            row[name] = float(total[code] / FINE / number[code]) if number[code] else float("nan")
        row["net_total"] = float(sites["net"].sum())
        row["collagen_total"] = float(sites["collagen"].sum())
        return row

    def _tumour(self, world: World, rows: np.ndarray, row: dict[str, float]) -> None:
        cells, sites = world.cells, world.sites
        layer, state = cells.full("layer")[rows], cells.full("state")[rows]
        oxygen = np.sort(sites.full("oxygen")[cells.full("site")[rows]])
        in_tissue, dormant = int((layer == TISSUE).sum()), int((state == DORMANT).sum())
        row["tumour_lumen"], row["tumour_tissue"] = len(rows) - in_tissue, in_tissue
        row["tumour_cycling"], row["tumour_dormant"] = len(rows) - dormant, dormant
        row["tumour_hypoxic"] = int(np.searchsorted(oxygen, self.hypoxic))
        row["tumour_oxygen_mmHg"] = float(oxygen.mean()) if len(rows) else float("nan")


def guide_field(world: World) -> np.ndarray:
    """Return the signal that pictures show: VEGF, or the first where a scenario has none of that name."""
    fields = world.fields
    guide = "vegf" if "vegf" in fields.names else fields.names[0]
    return fields.concentration[:, fields.names.index(guide)]


def snapshot(world: World, hours: float) -> dict[str, Any]:
    """Return copies of the site arrays and of every cell."""
    world.count()
    sites, cells = world.sites, world.cells
    tumour_at = world.census.tumour_at
    lesion = np.append(cells["lesion"], -1)
    shot: dict[str, Any] = {"time_h": hours, "compartment": world.compartment.astype(np.int8)}
    for name in SITE_STACKS:
        shot[name] = sites[name].astype(np.float32)
    shot["patency"] = sites["patency"].astype(np.float32)  # for the growth patterns; not kept in results
    shot["vegf"] = guide_field(world).astype(np.float32)
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
