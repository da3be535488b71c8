"""Put together what a run is made of: its world, before anybody is in it, and the processes of a step, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.plugins import PLUGINS, SIGNAL
from livermet_sim.base.units import convert
from livermet_sim.cells.columns import cell_columns
from livermet_sim.cells.tumour import factor_names
from livermet_sim.engine.recipe import Recipe
from livermet_sim.interventions.intervene import Intervene, pulls
from livermet_sim.interventions.pull import Modify
from livermet_sim.interventions.read import flat, hours_before
from livermet_sim.processes import (
    collapse,
    diffusion,
    matrix,
    oxygenation,
    perfusion,
    priming,
    seeding,
    systemic,
)
from livermet_sim.processes.angiogenesis import Angiogenesis
from livermet_sim.processes.crawling import Crawl
from livermet_sim.processes.deciding import Decide, Sense
from livermet_sim.processes.fate import Divide, Extravasate, Fate, Intravasate
from livermet_sim.processes.fusing import Fuse
from livermet_sim.processes.lining import Line
from livermet_sim.processes.own import with_own
from livermet_sim.processes.passing import Pass
from livermet_sim.processes.recruitment import Recruit
from livermet_sim.processes.regression import Regress
from livermet_sim.processes.resting import Rest
from livermet_sim.processes.setting import Setting
from livermet_sim.processes.settling import Settle
from livermet_sim.processes.staging.stage import Stage
from livermet_sim.processes.turnover import TurnOver
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.census import Census
from livermet_sim.state.clock import Clock, Run
from livermet_sim.state.fields import Fields
from livermet_sim.state.lesions import LESION_COLUMNS
from livermet_sim.state.log import EventLog
from livermet_sim.state.network import Network
from livermet_sim.state.places import places
from livermet_sim.state.roles import by_role
from livermet_sim.state.sites import SITE_COLUMNS
from livermet_sim.state.table import Table, no_rates
from livermet_sim.state.tissue import Tissue
from livermet_sim.state.world import World

MOST_CELLS = 5_000_000  # about 1 kB each


def make_world(recipe: Recipe, setting: Setting, seed: int, behaviours: int, tissue: Tissue) -> World:
    """Lay vessels and fields into a tissue; nobody is in it yet."""
    _check_cells(recipe, tissue.volume)
    sites = Table(SITE_COLUMNS, tissue.n)
    sites.append(tissue.n)
    for name in ("diameter", "zone"):
        sites[name][:] = getattr(tissue, name)
    flow, came = setting.read("flow", perfusion.Flow), setting.read("seeding", seeding.Seeding)
    sites["oxygen"][tissue.inside] = setting.read("oxygen", oxygenation.Oxygen).portal_tension
    sites["patency"][:] = 1.0
    network = Network(
        tissue, convert(f"{flow.plasma_viscosity} mPa s", "mmHg h"), flow.haematocrit,
        inlet_pressure=flow.portal_pressure, outlet_pressure=flow.central_pressure,
        upstream=flow.upstream, downstream=flow.downstream,
    )  # fmt: skip
    network.solve()
    network.set_reference()
    lengths = np.array([float(recipe.values[f"fields.{name}"]["length"]) for name in recipe.fields])
    cells, lesions = Table(cell_columns(recipe.kinds), 1024), Table(LESION_COLUMNS)
    founders = round(came.dose * came.enrichment * tissue.volume)
    lesions.append(founders, founder=np.arange(founders))
    kinds, span = tuple(kind.name for kind in recipe.kinds), setting.read("run", Run)
    before = round(hours_before(recipe.interventions, span.before) / span.step)
    world = World(
        tissue=tissue, kinds=kinds, clock=Clock(span.step, first=-before), seed=seed, sites=sites, cells=cells,
        lesions=lesions, fields=Fields(tissue, recipe.fields, lengths), network=network, log=EventLog(kinds),
        compartment=tissue.compartment.copy(), rates=no_rates(cells.capacity, behaviours),
        census=Census(tissue, len(kinds), places(tissue, setting.cell("tumour", "volume"))), segments=np.full(tissue.n, -1, dtype=np.int64),
        segment_row=np.zeros(0, dtype=np.int64), systemic_names=factor_names(),
        roles=by_role(recipe.kinds),
    )  # fmt: skip
    world.begin(factors(recipe), ())
    return world


def _check_cells(recipe: Recipe, volume: float) -> None:
    """Refuse more cells than a computer holds.

    Raises
    ------
    ScenarioError
        Naming the density or the dose that asks for them.
    """
    seeding = recipe.values["seeding"]
    wanted = {"seeding.dose x seeding.enrichment": float(seeding["dose"]) * float(seeding["enrichment"])}
    wanted |= {
        f"cells.{kind.name}.density": float(recipe.values[f"cells.{kind.name}"].get("density", 0.0))
        for kind in recipe.kinds
    }
    for name, density in wanted.items():
        if density * volume > MOST_CELLS:
            reason = f"{density:g} /mm3 are {density * volume:.3g} cells in this tissue of {volume:.3g} mm3"
            raise ScenarioError(name, f"{reason}; at most {MOST_CELLS:,} of a kind can be simulated")


def factors(recipe: Recipe) -> dict[str, float]:
    """Return what is the same for all cells, by name of level: systemic levels, then the traits of the tumour line."""
    own = {**recipe.values["cells.tumour"], **recipe.values["systemic"]}
    return {f"systemic.{name}": float(own[name]) for name in factor_names()}


def processes(
    recipe: Recipe, setting: Setting, world: World, compiled: Compiled, *watchers: Any
) -> Sequence[Any]:
    """Return the plan of a step, in order."""
    n, lattice = world.tissue.n, world.tissue.lattice
    interventions = flat(recipe.interventions)
    seed = seeding.Seed(setting)
    fate, decide, crawl = (
        Fate(setting, n),
        Decide(setting, compiled),
        Crawl(setting, lattice, world.census.places),
    )
    rest = Rest(setting, [own.begins() for own in interventions], seed)
    ours = (
        rest, Intervene(interventions, setting, compiled, crawl.heed), systemic.Respond(setting), perfusion.Perfuse(setting),
        oxygenation.Oxygenate(setting, n), diffusion.Diffuse(setting), seed, Pass(setting, seed, compiled), Recruit(setting), Sense(setting), Line(setting),
        decide, Modify(setting, pulls(interventions), decide.due), fate, Extravasate(fate), Intravasate(fate),
        Divide(setting, fate, world.tissue), crawl, TurnOver(setting), priming.Prime(setting), collapse.Collapse(setting),
        Angiogenesis(setting, lattice.site), Regress(setting), Fuse(setting), matrix.Remodel(setting), Settle(), Stage(setting), *watchers,
    )  # fmt: skip
    found = with_own(ours, recipe.processes, setting) if recipe.processes else ours
    # what a user's own process or signal does at rest is not known; it may tell the hour
    if not recipe.processes and not any(rule.signal in PLUGINS.of(SIGNAL) for rule in recipe.rules.enabled()):
        rest.pace(found, world.clock.dt)
    return found
