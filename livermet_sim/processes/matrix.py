"""Lay down and wear away what is bound to sites: collagen, fibronectin, traps, debris; mend compressed tubes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.matrix import RATES, REGROWTH, SITES, deposit, lay_down, wear
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Matrix:
    """What is bound to sites."""

    interval: float = declared(1.0, "h", "Time between two updates.", 0.01, 24.0)
    collagen_loss: float = declared(0.00146, "/h", "Loss of collagen and fibronectin.", 0.0, 10.0, "ECM loss 0.035 /d (SPQSP HCC parameter file)", "found")  # fmt: skip
    net_loss: float = declared(0.07, "/h", "Loss of traps; DNase raises it.", 0.0, 100.0, "assumed: hours to a day", "assumed")  # fmt: skip
    debris_loss: float = declared(0.03, "/h", "Clearance of debris.", 0.0, 100.0, "assumed: days", "assumed")
    patency_recovery: float = declared(0.02, "/h", "Recovery of a compressed tube where no tumour presses.", 0.0, 100.0)  # fmt: skip
    hepatocyte_regrowth: float = declared(0.004, "/h", "Return of hepatocytes to empty places beside live ones.", 0.0, 100.0, "assumed: a liver regrows within about 10 d", "assumed")  # fmt: skip
    hepatocyte_death: float = declared(0.05, "/h", "Death of hepatocytes without oxygen.", 0.0, 100.0)
    hepatocyte_crush: float = declared(0.003, "/h", "Loss of hepatocytes wholly surrounded by tumour cells; less pressure, less loss.", 0.0, 100.0)  # fmt: skip
    hepatocyte_limit: float = declared(3.0, "mmHg", "Oxygen tension below which they die.", 0.0, 30.0)


SECTION = section("matrix", Matrix)

# the rates that an intervention can change are the first of those that the kernel takes
LOSSES = tuple(f"matrix.{name}" for name in RATES[: REGROWTH + 1])


class Remodel(Process):
    """Update matrix, traps, debris, parenchyma and the patency of tubes."""

    stage = "remodel"
    writes = ("sites.collagen", "sites.fibronectin")
    adds = ("sites.net", "sites.debris", "sites.parenchyma", "sites.patency", "sites.vessel_age")

    def __init__(self, setting: Setting):
        self.own = own = setting.read("matrix", Matrix)
        self.every = own.interval
        self.columns = setting.columns("deposit.collagen", "deposit.fibronectin")
        self.rates = np.array([getattr(own, name) for name in RATES])
        self._laid: np.ndarray | None = None

    def levels(self) -> dict[str, float]:
        """Return the rates that an intervention can change."""
        return dict(zip(LOSSES, self.rates.tolist(), strict=False))

    def step(self, world: World) -> None:
        """Deposit, then wear, over the hours since the last update."""
        span = world.clock.span(self.every)
        cells, sites = world.cells, world.sites
        if self._laid is None:
            self._laid = np.zeros((2, world.tissue.n), dtype=np.int64)
        deposit(
            cells.n, cells.full("site"), world.rates, self.columns, span * world.tissue.dilution, self._laid
        )
        self.rates[: len(LOSSES)] = world.level(*LOSSES)
        wear(
            span, self.rates, world.tissue.inside, world.compartment, world.tissue.contacts, world.census.tumour_at,
            sites.real, sites.at(*SITES),
        )  # fmt: skip
        matrix = (sites.full("collagen"), sites.full("fibronectin"))
        tissue = world.tissue
        threads.each(
            lambda kind: lay_down(tissue.inside, tissue.contacts, *kind),
            zip(self._laid, matrix, strict=True), threads.number(tissue.n),
        )  # fmt: skip
