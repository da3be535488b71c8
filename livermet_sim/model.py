"""Offer a run as a Mesa model: one step is one tick of the engine, the agents are views of its rows."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

# Mesa comes by way of the agents, which undo what importing it does to multiprocessing
from livermet_sim.agents import Cell, CellsByType, CellSet, choose_classes, mesa
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.progress import shown
from livermet_sim.base.units import convert, with_unit
from livermet_sim.engine import SEED_LIMIT, Engine, check_seed
from livermet_sim.processes.ordering import by_priority
from livermet_sim.scenario.load import load
from livermet_sim.scenario.resume import resume, treated
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.roster import Roster

if TYPE_CHECKING:
    from livermet_sim.result import Result
    from livermet_sim.scenario.draft import Draft
    from livermet_sim.state.world import World

OWN_STEP = 1000  # tells the order of the agents' own steps from other drawn orders


class LiverModel(mesa.Model):
    """Run a scenario, look at its cells, change them.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A scenario, its name or its file.
    seed : int or None
        All luck of the run is a function of it; None draws one.
    rng : int, SeedSequence or Generator, optional
        Mesa's way to give a seed; used instead of ``seed``.
    agents : mapping of kind to class, optional
        Classes derived from a kind's (``{"kupffer": Sleepy}``) whose ``step()`` is called for each such cell
        before every tick, in an order drawn anew each tick.
    datacollector : mesa.DataCollector, optional
        Collects after every step. One that a subclass sets itself does too, unless the subclass has a ``step()``
        of its own, which then collects as in any Mesa model.
    **kwargs
        Values by dotted name; ``cells__kupffer__density=0`` stands for ``cells.kupffer.density``.

    Raises
    ------
    LivermetError
        For an unknown name or an impossible value.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int | None = 1,
        rng: Any = None,
        agents: Mapping[str, type[Cell]] | None = None,
        datacollector: mesa.DataCollector | None = None,
        **kwargs: Any,  # the name by which Mesa's SolaraViz knows that any parameter will do
    ):
        recipe, drawn = _scenario(scenario, kwargs), _seed(seed if rng is None else rng)
        self._begin(Engine(recipe, drawn), agents, datacollector)

    def _begin(
        self,
        engine: Engine,
        agents: Mapping[str, type[Cell]] | None,
        datacollector: mesa.DataCollector | None = None,
    ) -> None:
        """Take up a run where it stands."""
        self.seed = engine.seed
        self._error: BaseException | None = None
        # Mesa wraps the step it finds. What it finds never raises: in Mesa 3.5 an error inside would end all later steps.
        self.step = self._caught
        super().__init__(rng=self.seed)
        self._mesa_step, self.step = self.step, self._step_and_collect
        self._recipe = _own(engine.recipe)  # type: ignore[arg-type]
        self.engine = engine
        self.roster = Roster(self, self.world, choose_classes(engine.recipe.kinds, agents or {}))
        self._by_type = CellsByType(self.roster)
        self._stepping = [i for i, c in enumerate(self.roster.classes) if c.step is not Cell.step]
        self._given, self._torn, self._complete = datacollector, False, True
        if datacollector is not None:
            self.datacollector = datacollector
        self.running = self.hours < self._end

    def __repr__(self) -> str:
        days, cells = float(self._recipe.value("run.days")), self.world.cells.n
        return f"LiverModel({self._recipe.name!r}, seed {self.seed}, day {self.day:.4g} of {days:g}, {cells:,} cells)"

    @property
    def scenario(self) -> Scenario:
        """Return the scenario of this run; it does not change."""
        return self._recipe

    @scenario.setter
    def scenario(self, value: Any) -> None:
        # Mesa 3.5 puts a scenario of its own here when it starts.
        if hasattr(self, "_recipe"):
            raise AttributeError("the scenario of a model does not change; make another model")

    @property
    def world(self) -> World:
        """Return the state of the run, its arrays of record."""
        return self.engine.world

    @property
    def plan(self) -> Any:
        """Return the order of a step; ``print(model.plan.table())`` shows it."""
        return self.engine.plan

    @property
    def hours(self) -> float:
        """Return the simulated time in hours."""
        return self.world.clock.hours

    @property
    def day(self) -> float:
        """Return the simulated time in days."""
        return self.hours / 24.0

    @property
    def agents(self) -> CellSet:
        """Return the living cells, in the order of their keys."""
        return CellSet(self.roster, range(len(self.world.kinds)))

    @agents.setter
    def agents(self, value: Any) -> NoReturn:
        raise AttributeError("the agents of a model are the cells of its run; they cannot be replaced")

    @property
    def agents_by_type(self) -> CellsByType:
        """Return the cells of each class."""
        return self._by_type

    @property
    def agent_types(self) -> list[type[Cell]]:
        """Return the class of each kind."""
        return list(self._by_type)

    def register_agent(self, agent: Any) -> NoReturn:
        """Refuse: an agent of a class of its own has no row in the run."""
        raise LivermetError(
            "agents",
            f"a {type(agent).__name__} cannot be added; add a kind of cell in the scenario (cells.NAME.like) "
            "or derive a class from a kind's and give it as agents={kind: class}",
        )

    def remove_all_agents(self) -> None:
        """Kill every cell."""
        self.agents.do("remove")

    def step(self) -> None:
        """Let the agents of the user's classes do their own step, then advance by one tick."""
        if self._torn:
            raise LivermetError("", "an earlier step was broken off half-way; make a new model to run again")
        if self._stepping:
            rows = by_priority(self.world, self.roster.rows(self._stepping), OWN_STEP)
            for agent in self.roster.look(rows):
                if agent.alive:
                    agent.step()
        self.world.drop_dead()
        self._torn = True
        self.engine.step()
        self._torn = False
        self.running = self.hours < self._end

    def run(
        self, length: str | None = None, progress: Callable[[float, float], None] | bool | None = None
    ) -> Result:
        """Advance and return the result so far.

        Parameters
        ----------
        length : str, time, optional
            ``"3 day"`` or ``"12 h"``; to the end of the scenario where it is not given. What a whole number of steps
            leaves of it is carried over to the next call, so that ten times 0.1 h are 1 h.
        progress : bool or callable, optional
            Whether to show a bar; by default in a notebook only. A function is told the hours done and wanted after
            every step instead.

        Raises
        ------
        LivermetError
            For a length that is no time, or a bare number, which may be hours to one reader and days to another.
        KeyboardInterrupt
            On Ctrl-C, after the step under way; `result` then gives what was computed, marked as not complete.
        """
        dt, ticks = self.world.clock.dt, self.engine.ticks(self._hours(length))
        self._complete = False
        with _held_interrupt() as asked, shown(progress) as tell:
            for done in range(1, ticks + 1):
                self.step()
                tell(done * dt, ticks * dt)
                if asked:
                    raise KeyboardInterrupt
        self._complete = True
        return self.result()

    def result(self) -> Result:
        """Return what the run gave so far; it can go on after it."""
        self.world.drop_dead()
        return self.engine.result(self._complete and not self._torn)

    def save(self, path: str | Path) -> None:
        """Write the whole state of the run into a file from which it goes on, to the bit.

        Parameters
        ----------
        path : str or Path
            The file, such as ``"day14.npz"``; it is replaced where it is there.

        Raises
        ------
        LivermetError
            When a step was broken off, cells remember things of their own, or the file cannot be written.
        """
        self._check_whole("saved")
        self.engine.save(path)

    @classmethod
    def load(cls, path: str | Path, agents: Mapping[str, type[Cell]] | None = None) -> LiverModel:
        """Return the run that `save` wrote, at the step at which it was saved.

        Parameters
        ----------
        path : str or Path
            That file.
        agents : mapping of kind to class, optional
            As for a new model.

        Raises
        ------
        LivermetError
            When the file is not whole, or of another version of the model.
        """
        model = cls.__new__(cls)
        model._begin(resume(path), agents)
        return model

    def fork(
        self, treatments: Iterable[Mapping[str, Any]] = (), agents: Mapping[str, type[Cell]] | None = None
    ) -> LiverModel:
        """Return another run that goes on from here under further interventions; this one is left alone.

        All luck is shared, cell by cell, so that what differs later follows from the treatments.

        Parameters
        ----------
        treatments : list of interventions
            As in a scenario; none may start before now.
        agents : mapping of kind to class, optional
            As for a new model.

        Raises
        ------
        LivermetError
            For a treatment that starts earlier or acts on the whole run.
        """
        self._check_whole("forked")
        given = list(treatments)
        recipe = treated(self._recipe, given, self.hours) if given else None
        model = type(self).__new__(type(self))
        model._begin(self.engine.fork(recipe), agents)
        return model

    def _check_whole(self, done: str) -> None:
        """Refuse a state that World does not hold as a whole."""
        if self._torn:
            raise LivermetError("", f"an earlier step was broken off half-way; the model cannot be {done}")
        kept = self.roster.remembered()
        if kept:
            reason = f'"{kept}" of a cell is remembered by an object of your own, not by the run'
            raise LivermetError("agents", f"{reason}; such a model cannot be {done}")

    @property
    def _end(self) -> float:
        # half a tick less, so that rounding cannot add a step
        return float(self._recipe.value("run.days")) * 24.0 - 0.5 * self.world.clock.dt

    @staticmethod
    def _hours(length: object) -> float | None:
        if length is None:
            return None
        try:
            hours = convert(with_unit(length, "length"), "h")
        except ValueError as error:
            raise LivermetError("run", str(error)) from None
        if not 0.0 <= hours <= 1e7:
            raise LivermetError("run", f"{length!r} is not a time to run; it must be from 0 to 1e7 hours")
        return hours

    def _caught(self) -> None:
        try:
            type(self).step(self)
        except BaseException as error:
            self._error = error

    def _step_and_collect(self) -> None:
        """Do one step as Mesa does it, raise what went wrong in it, let the data collector collect."""
        collector = getattr(self, "datacollector", None)
        before = _collected(collector)
        self._mesa_step()
        error, self._error = self._error, None
        if error is not None:
            raise error
        own = type(self).step is not LiverModel.step
        if (
            collector is not None
            and (collector is self._given or not own)
            and _collected(collector) == before
        ):
            collector.collect(self)


class _Own(Scenario):
    """A scenario that Mesa 3.5 does not take for one of its own: SolaraViz asks whether a model's is true."""

    def __bool__(self) -> bool:
        return False

    @classmethod
    def of(cls, draft: Draft, text: str = "") -> Scenario:
        """Return the scenario that a draft describes, one like any other."""
        return Scenario.of(draft, text)


def _own(scenario: Scenario) -> Scenario:
    return _Own(**{each.name: getattr(scenario, each.name) for each in fields(scenario)})


def _collected(collector: Any) -> int:
    """Return how often a collector has collected, as far as its model variables tell."""
    return max(map(len, collector.model_vars.values()), default=0) if collector is not None else 0


def _scenario(given: Any, overrides: Mapping[str, Any]) -> Scenario:
    changes = {name.replace("__", "."): value for name, value in overrides.items()}
    if isinstance(given, Scenario):
        return given.with_(changes) if changes else given
    if not isinstance(given, str | Path):
        raise LivermetError("scenario", f"{given!r} is neither a scenario nor the name or path of one")
    return load(given, changes)


def _seed(given: Any) -> int:
    """Return the seed that a number or one of numpy's sources of random numbers stands for."""
    if given is None:
        given = np.random.SeedSequence()
    if isinstance(given, np.random.SeedSequence):
        given = given.generate_state(1, np.uint64)[0] % SEED_LIMIT
    elif isinstance(given, np.random.Generator):
        given = given.integers(SEED_LIMIT)
    return check_seed(given)


@contextmanager
def _held_interrupt() -> Iterator[list[bool]]:
    """Hold Ctrl-C back, so that it never breaks a step; pressed again it acts at once.

    Yields a list that is no longer empty once Ctrl-C was pressed. A handler of the caller's is left alone.
    """
    asked: list[bool] = []

    def note(*_: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield asked
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
