"""Keep what cells that line a stretch of vessel do at its single places, wherever something touches the stretch."""

from __future__ import annotations

import numpy as np

from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.carried import Carried
from livermet_sim.state.table import Column, Table
from livermet_sim.state.world import World

TOUCHED = "touched"


def touched(setting: Setting) -> Carried:
    """Return the table of those places; elsewhere along a stretch its cell does what its row of the rates says."""
    names = dict.fromkeys(name for kind in setting.kinds for name in kind.local(setting.fields))
    return Carried(
        TOUCHED,
        "A site of a stretch of lining that is touched, when the rules were last evaluated, and what its cell does there.",
        (
            Column("site", "code", "Lattice site.", whole=True, of="site"),
            Column("stretch", "code", "Stretch of sinusoid that it belonged to.", whole=True, of="stretch"),
            *(Column(name, "as the behaviour", f"What {name} is at the site.") for name in names),
        ),
    )


def fill(world: World, compiled: Compiled) -> None:
    """Evaluate those places anew; where a behaviour asks about no touch it is that of the whole cell."""
    table = world.carried[TOUCHED]
    table.refill(0, {})
    for sites, names, values in compiled.along(world):
        stretch = world.segments[sites]
        lined = world.segment_row[stretch]
        rows = table.append(len(sites), site=sites, stretch=stretch)
        for name in table.columns:
            if name in names:
                table[name][rows] = values[:, names.index(name)]
            elif not table.columns[name].whole:
                table[name][rows] = world.rates[lined, compiled.column(name)]


def places(world: World) -> tuple[Table, np.ndarray]:
    """Return the table and which of its rows still hold: the site has been lined by the same cell since."""
    table = world.carried[TOUCHED]
    still = world.segments[table["site"]] == table["stretch"]
    return table, np.flatnonzero(still & (world.segment_row[table["stretch"]] >= 0))


def rates_along(world: World, name: str, column: int) -> np.ndarray:
    """Return a behaviour of the cells that line vessels at every site, float64[n]; 0 where the wall is bare."""
    rate, lined = np.zeros(world.tissue.n), np.flatnonzero(world.segments >= 0)
    row = world.segment_row[world.segments[lined]]
    rate[lined] = np.where(row >= 0, world.rates[row, column], 0.0)
    table, still = places(world)
    rate[table["site"][still]] = table[name][still]
    return rate
