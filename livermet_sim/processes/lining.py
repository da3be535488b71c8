"""Let each LSEC give its state to the stretch of sinusoid that it lines, its ligands by what touches it at each place."""

from __future__ import annotations

from dataclasses import dataclass

from livermet_sim.kernels.lining import LIGANDS, LINED, REAL, WHOLE, line_vessels
from livermet_sim.processes.along import places
from livermet_sim.processes.deciding import Evaluation
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Counterpart:
    """Hold what a tumour line carries for the lining's E-selectin."""

    selectin_ligand: float


class Line(Process):
    """Write adhesion, ligands and capillarisation of LSEC to their sites."""

    stage = "sense"
    writes = ("sites.adhesion", "sites.tether", "sites.grip", "sites.capillarised", "sites.selectin")

    def __init__(self, setting: Setting):
        self.every = setting.read("decide", Evaluation).interval
        self.code = setting.code(setting.the("lining").name)
        self.ligands = setting.columns(*LIGANDS)
        self.matching = setting.read("cells.tumour", Counterpart).selectin_ligand

    def step(self, world: World) -> None:
        """Copy the lining's state to the sites; the rules are about to be evaluated for it."""
        cells, sites = world.cells, world.sites
        line_vessels(
            cells.n, self.code, cells.whole, cells.at(*WHOLE), cells.real, cells.at(*REAL), world.rates, self.ligands,
            (world.segments, world.segment_row), sites.real, sites.at(*LINED), self.matching,
        )  # fmt: skip
        table, still = places(world)
        for name in ("tether", "grip"):
            sites[name][table["site"][still]] = table[name][still]
