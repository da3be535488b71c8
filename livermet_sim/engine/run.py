"""Build a run from a scenario and carry it through its plan, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.anatomy.build import build
from livermet_sim.base.plugins import READOUT, made_by
from livermet_sim.base.provenance import versions
from livermet_sim.base.read import guarded
from livermet_sim.cells.columns import cell_columns
from livermet_sim.cells.populate import populate
from livermet_sim.engine.assembly import make_world, processes
from livermet_sim.engine.recipe import Recipe, base_values, check_seed, images_of
from livermet_sim.kernels.jit import source_hash
from livermet_sim.observe import checkpoint, gather, history
from livermet_sim.observe.founders import to_come
from livermet_sim.observe.frames import Film
from livermet_sim.observe.readouts import tables
from livermet_sim.observe.readouts.view import Running, Shot
from livermet_sim.observe.recorder import Recorder
from livermet_sim.processes import seeding
from livermet_sim.processes.plan import Plan
from livermet_sim.processes.setting import Setting
from livermet_sim.processes.turnover import settle_states
from livermet_sim.result import Result
from livermet_sim.rulebook.compile import Watch, compile_rules
from livermet_sim.rulebook.explain import in_words
from livermet_sim.state import stored
from livermet_sim.state.digest import digest
from livermet_sim.state.tissue import Tissue

RESTING = ("Intervene", "Perfuse", "Oxygenate", "Sense", "Decide", "Modify", "Line", "Diffuse")
REST_ROUNDS = 4


@dataclass(frozen=True)
class Start:
    """Hold what a run that goes on from another's state need not make anew: the tissue, the scenario's digest, its image."""

    tissue: Tissue
    scenario_digest: str
    images: Mapping[str, bytes]


class Engine:
    """Hold one run: its world, its compiled rules and its plan.

    Parameters
    ----------
    recipe : Scenario
        Resolved values, kinds, signals, rules and interventions.
    seed : int
        All luck of the run is a function of it.
    watch : callable, optional
        Told of each evaluation of the rules, from the first while the liver settles; must change nothing.
    start : Start, optional
        Of a run whose state this one is about to be given; nobody is in its liver yet.
    """

    def __init__(self, recipe: Recipe, seed: int = 1, watch: Watch | None = None, start: Start | None = None):
        self.recipe, self.seed = recipe, check_seed(seed)
        # before anything is read, as an image may be edited meanwhile
        self.scenario_digest = recipe.digest if start is None else start.scenario_digest
        self.images = images_of(recipe) if start is None else dict(start.images)
        self.compiled = compile_rules(recipe.rules, base_values(recipe), cell_columns(recipe.kinds))
        self.compiled.watch = watch
        self.setting = setting = Setting(recipe.values, recipe.kinds, recipe.fields, self.compiled.column)
        tissue = build(recipe.values["tissue"], self.seed) if start is None else start.tissue
        self.world = make_world(recipe, setting, self.seed, len(self.compiled.behaviours), tissue)
        self.recorder, self.film = Recorder(setting), Film(setting)
        self.plan = Plan(processes(recipe, setting, self.world, self.compiled, self.recorder, self.film))
        for process in self.plan.processes:
            self.world.begin(process.levels(), process.carries)
        self.world.clock.tick = self.world.clock.first
        if start is None:
            populate(self.world, recipe.kinds, recipe.values)
            self._rest()
            self.world.clock.begun = True

    def save(self, path: str | Path) -> None:
        """Write the whole state and all that was watched into a file from which the run can go on: see `checkpoint`."""
        self.world.drop_dead()
        recipe, world = self.recipe, self.world
        head = {
            "seed": self.seed, "scenario": recipe.to_dict(), "scenario_digest": self.scenario_digest, "text": recipe.text,
            "numbers": stored.numbers(world), "totals": world.totals, "levels": world.level_names,
            "film": history.numbers(self.film), "digest": self.digest(),
        }  # fmt: skip
        groups = {"state": stored.saved(world), "seen": history.arrays(world, self.recorder, self.film)}
        checkpoint.write(path, head, world.tissue, groups, self.images)

    def restore(self, found: checkpoint.Checkpoint) -> None:
        """Take up the state that a checkpoint holds; this run was just made for it.

        Raises
        ------
        ResultError
            When the state does not fit this run.
        """
        world, head, own = self.world, found.head, stored.to_read(self.world)
        lengths = stored.lengths(world)
        arrays = found.arrays({name: each.values for name, each in own.items()}, lengths, "state")
        seen = found.arrays(
            history.declared(world, self.recorder), {"site": world.tissue.n} | lengths, "seen"
        )
        with guarded(found.path):
            stored.check_indices(arrays, own, lengths)
            if head["levels"] != world.level_names:
                raise ValueError("its levels are not those of its scenario")
            stored.put(world, arrays, head["numbers"], head["totals"])
            history.put(world, self.recorder, self.film, seen, head["film"])
            if self.digest() != head["digest"]:
                raise ValueError("its state is not the one that was saved")

    def fork(self, recipe: Recipe | None = None) -> Engine:
        """Return another run in the same state, under a recipe that differs in later interventions and length alone."""
        self.world.drop_dead()
        digest = self.scenario_digest if recipe is None else recipe.digest
        start = Start(self.world.tissue, digest, self.images)
        # "or" would not do: a model's scenario says that it is false
        child = Engine(self.recipe if recipe is None else recipe, self.seed, start=start)
        stored.put(child.world, stored.arrays(self.world), stored.numbers(self.world), self.world.totals)
        history.copy(child.world, (self.recorder, self.film), (child.recorder, child.film))
        return child

    def _rest(self) -> None:
        """Let the resting liver settle before anything is done to it: flow, oxygen, rates, states, lining, signals."""
        process: dict[str, Any] = {each.name: each for each in self.plan.processes}
        # states follow signals, which follow states; each round leaves a small part of what the one before left
        for _ in range(REST_ROUNDS):
            for name in RESTING:
                if name not in ("Intervene", "Modify"):
                    process[name].step(self.world)
            settle_states(self.world, process["TurnOver"])
        for name in RESTING:
            process[name].step(self.world)

    def step(self) -> None:
        """Advance by one tick."""
        self.plan.step(self.world)
        self.world.clock.tick += 1

    @property
    def remaining(self) -> float:
        """Return the hours from now to the end of the scenario; they include what comes before tumour cells enter."""
        return max(0.0, float(self.recipe.values["run"]["days"]) * 24.0 - self.world.clock.hours)

    def ticks(self, hours: float | None = None) -> int:
        """Return the steps that bring the run nearest to ``hours`` from where earlier demands left it.

        What a whole number of steps leaves of a time asked for, at most half a step too little or too much, is carried
        over to the next demand: many short pieces end where one long piece does. None asks for the end of the scenario.
        """
        step = self.world.clock.dt
        wanted = self.remaining if hours is None else self.world.clock.owed + hours
        # half a step counts as one, whatever rounding the sum of the pieces has met
        ticks = max(0, math.floor(wanted / step + 0.5 + 1e-9))
        self.world.clock.owed = 0.0 if hours is None else wanted - ticks * step
        return ticks

    def run(self, hours: float | None = None, progress: Callable[[float, float], None] | None = None) -> None:
        """Advance by ``hours``, or to the end of the scenario.

        Parameters
        ----------
        hours : float, h, optional
            See `ticks` for a time that is no whole number of steps.
        progress : callable, optional
            Told the hours done and wanted after every step.
        """
        clock, ticks = self.world.clock, self.ticks(hours)
        for i in range(ticks):
            self.step()
            if progress is not None:
                progress((i + 1) * clock.dt, ticks * clock.dt)

    def series(self) -> list[dict[str, float]]:
        """Return the rows of the time series so far, the last of them of this moment."""
        return gather.rows_to_now(self.world, self.recorder)

    def result(self, complete: bool = True) -> Result:
        """Return what the run gave so far; the run can go on after it."""
        world, recipe = self.world, self.recipe
        shots, view = gather.shots_to_now(world, self.recorder), self.view()
        seen = [Shot(view, shot) for shot in shots]
        own = self.setting.read("seeding", seeding.Seeding)
        provenance = {
            "seed": self.seed, "digest": self.digest(), "scenario_digest": self.scenario_digest, "complete": complete,
            "hours": world.clock.hours, "founders_to_come": to_come(world), "versions": versions(source_hash()),
            "enrichment": {
                "factor": own.enrichment, "cells_entered": world.totals.get("entered", 0),
                "reason": f"{own.dose:g} cells/mm3 in the experiment; more are simulated so that rare fates are seen",
            },
            "drawing": world.tissue.note, **({"plugins": made} if (made := {**recipe.plugins, **made_by((READOUT,))}) else {}),
            "seconds": {"in all": sum(self.plan.seconds), **self.plan.timings()},
        }  # fmt: skip
        return Result(
            scenario=recipe.to_dict(), provenance=provenance, rules=in_words(recipe.rules, base_values(recipe)),
            plan=self.plan.table(), timeseries=gather.timeseries(self.series()), lesions=tables.lesions(view),
            events=gather.events(world, self.recorder.keep_events), cells=gather.cells(seen), snapshots=gather.snapshots(world, shots), toml=recipe.to_toml(next(iter(self.images), None)), source=recipe.text, images=self.images,
            patterns=gather.patterns(seen), frames=self.film.arrays(world),
        )  # fmt: skip

    def view(self) -> Running:
        """Return what readouts are read from now; nothing can be changed through it."""
        return self.recorder.view(self.world, self.world.clock.hours)

    def measures(self) -> dict[str, float]:
        """Return the numbers by which studies compare runs, without building any table."""
        return tables.measures(self.view())

    def digest(self, leave: Collection[str] = ()) -> str:
        """Return a hash of the whole state, some arrays left out, that does not depend on the order of rows."""
        return digest(self.world, leave)
