"""Let compressed vessels close; declare the numbers of all that changes vessels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID
from livermet_sim.kernels.remodelling import closing
from livermet_sim.processes.along import rates_along
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Vessels:
    """Closing and sprouting of vessels."""

    interval: float = declared(6.0, "h", "Time between two updates; a lumen forms over hours.", 0.01, 24.0)
    guide: str = declared("vegf", "", "Signal that a sprout climbs.")
    crowd: int = declared(4, "sites", "Tubes around a site above which a sprout does not enter it.", 0, 8)
    straight: float = declared(0.5, "1", "Weight of going straight on against the guide in a sprout's way; a tip keeps its polarity.", 0.0, 10.0)  # fmt: skip
    wander: float = declared(0.3, "1", "Weight of chance against the guide in a sprout's way.", 0.0, 10.0)
    follow: float = declared(1.0, "1", "Weight of an empty sleeve against the guide in a sprout's way.", 0.0, 10.0, "assumed as strong as the guide: sprouts grow into empty sleeves (Mancuso 2006 doi:10.1172/JCI24612)", "assumed")  # fmt: skip
    sleeve_loss: float = declared(0.001, "/h", "Loss of the empty sleeves of basement membrane that vessels leave behind.", 0.0, 10.0, "assumed: weeks; there after 7 d (Mancuso 2006 doi:10.1172/JCI24612) and after 30 d (cornea, doi:10.1007/s10456-019-09679-9)", "assumed")  # fmt: skip
    least_drop: float = declared(0.0225, "mmHg", "Difference in pressure between a sprout's root and what it joins, below which it grows on (3 Pa).", 0.0, 10.0, "assumed: of what was tried on networks at rest 0 to 10 Pa are alike, and 40 Pa is too much", "assumed")  # fmt: skip
    settled: float = declared(24.0, "h", "Age from which a new vessel can send out tips itself.", 0.0, 1000.0, "assumed", "assumed")  # fmt: skip
    unopposed: float = declared(5.0, "1", "How many times more readily an LSEC at the open end of a cut vessel becomes a tip than one between others.", 0.0, 1000.0, "between 3 (with half the Dll4 8 cells of 100 become tips, not 3) and 33 (none of them inhibited): Qutub & Popel 2009 PMC2672076; within it fitted to hypoxia before sprouts in MC38 (matching growth: 3-17 is not ruled out)", "fitted")  # fmt: skip
    unperfused: float = declared(36.0, "h", "Time after which a bare new vessel that carries no blood is taken back.", 0.0, 1e5, "A looped vessel of low flow goes after 2-3 d (Owen 2011 Cancer Res 71:2826), one without a loop within 1-3 d (assumed)", "derived")  # fmt: skip
    covered: float = declared(2.0, "1", "How many times longer such a vessel stands where pericytes cover it.", 1.0, 1e3, "assumed: 1.5 and 3 d are about the range of vessels.unperfused; that a covered one goes last is by what lack of VEGF takes (Benjamin 1999 PMC407882)", "assumed")  # fmt: skip
    patience: float = declared(72.0, "h", "Age up to which a tip keeps what it has laid, blood or not.", 0.0, 1e5, "assumed", "assumed")  # fmt: skip


SECTION = section("vessels", Vessels)


CLEARED = (
    "diameter", "speed", "shear", "perfused", "adhesion", "tether", "grip", "selectin", "plug_drop", "capillarised", "vessel_age", "stagnant", "cover",
    "sprout", "severed",
)  # fmt: skip
LEFT = (*CLEARED, "patency", "sleeve")


class Collapse(Process):
    """Close tubes that pushing growth has compressed."""

    stage = "remodel"
    writes = ("sites.severed[open]", *(f"sites.{name}[closed]" for name in LEFT))
    adds = (
        "compartment",
        "network",
        "segments",
        "cells.alive[lining]",
        "cells.alive[evicted]",
        "cells.site[lining]",
        "cells.site[evicted]",
    )

    def __init__(self, setting: Setting):
        self.every = setting.read("vessels", Vessels).interval
        self.column = setting.column("collapse")
        self.on_wall = on_wall(setting)

    def step(self, world: World) -> None:
        """Draw closing tubes and take them out of the network."""
        clock = world.clock
        # cells have moved in this step, and a tube that holds one stays
        world.count()
        out = np.empty(len(world.tissue.inside), dtype=np.int64)
        number = closing(
            world.tissue.inside, world.seed, clock.tick, clock.span(self.every), world.compartment,
            world.sites.full("patency"), rates_along(world, "collapse", self.column), world.census.tumour_at, out,
        )  # fmt: skip
        if number:
            sever(world, out[:number])
            take_away(world, out[:number], self.on_wall)


def on_wall(setting: Setting) -> np.ndarray:
    """Return which kinds live on the vessel wall alone, bool[K]."""
    in_vessels = np.array([kind.habitat == "vessel" for kind in setting.kinds])
    return in_vessels & (setting.per_kind("infiltrate") == 0.0)


def sever(world: World, closing: np.ndarray) -> None:
    """Mark the sites that tubes join to those that are about to close, and these."""
    network = world.network
    world.sites["severed"][network.edges[network.ends_at(closing)]] = 1.0


def take_away(world: World, closed: np.ndarray, on_wall: np.ndarray) -> None:
    """Turn vessel sites into tissue, with their tubes, their LSEC and what lives on the wall alone.

    An empty sleeve of basement membrane stays (Mancuso 2006): new vessels have one down to the tips of sprouts (Baluk 2003
    PMC1892429), sinusoids as far as they are capillarised.
    """
    sites = world.sites
    sites["sleeve"][closed] = np.where(sites["vessel_age"][closed] > 0.0, 1.0, sites["capillarised"][closed])
    world.compartment[closed] = PARENCHYMA
    world.segments[closed] = -1
    for name in CLEARED:
        world.sites[name][closed] = 0.0
    world.sites["patency"][closed] = 1.0
    world.network.remove_nodes(closed)
    lost = np.flatnonzero(
        np.bincount(world.segments[world.segments >= 0], minlength=len(world.segment_row)) == 0
    )
    _evict(world, closed, on_wall)
    cells = world.cells
    rows = world.having("lining")
    gone = rows[np.isin(cells.full("segment")[rows], lost)]
    cells.full("alive")[gone] = 0
    # an LSEC whose own site closed moves to what is left of its stretch
    astray = world.segments[cells.full("site")[rows]] != cells.full("segment")[rows]
    moved, site = np.setdiff1d(rows[astray], gone), np.full(len(world.segment_row), -1, dtype=np.int64)
    lined = np.flatnonzero(world.segments >= 0)[::-1]
    # to the first, which is written last
    site[world.segments[lined]] = lined
    cells.full("site")[moved] = site[cells.full("segment")[moved]]
    world.census.stale = True


def _evict(world: World, closed: np.ndarray, on_wall: np.ndarray) -> None:
    """Let cells that live on the wall alone move to the next open tube, or be lost with theirs.

    Kupffer cells are found around metastases and hardly inside them.
    """
    cells, neighbours = world.cells, world.tissue.neighbours
    shut = np.zeros(world.tissue.n, dtype=np.bool_)
    shut[closed] = True
    rows = np.flatnonzero(shut[cells["site"]] & on_wall[cells["kind"]])
    if not len(rows):
        return
    beside = neighbours[cells["site"][rows]]
    open_ = (beside >= 0) & (world.compartment[beside] == SINUSOID)
    found = open_.any(axis=1)
    cells["site"][rows[found]] = beside[found, open_[found].argmax(axis=1)]
    cells["alive"][rows[~found]] = 0
