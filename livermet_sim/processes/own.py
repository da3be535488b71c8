"""Make processes of what users have registered: a class like ours, or a function of the world and the hours since it last ran."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import PLUGINS, PROCESS
from livermet_sim.base.specs import Parameter, Section, namespace
from livermet_sim.processes.plan import check
from livermet_sim.processes.process import STAGES, Process
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.ablation import PROCESSES
from livermet_sim.state.world import World

ENABLED, EVERY, DRAW = "enabled", "every", "draw"
Step = Callable[[World, float, SimpleNamespace], None]


@dataclass(frozen=True, slots=True)
class Added:
    """Describe a process of a user's own: its class, and the section of values that a scenario sets for it."""

    name: str
    made: type[Process]
    section: Section

    def build(self, setting: Setting) -> Process | None:
        """Return the process for a run; None where the scenario switches it off."""
        own = namespace(setting.values[self.section.name])
        if not own.enabled:
            return None
        process = self.made(setting) if _takes_setting(self.made) else self.made()  # type: ignore[call-arg]
        process.own, process.every, process.called = own, float(own.every), self.name
        return process


def _takes_setting(made: type[Process]) -> bool:
    return made.__init__ is not object.__init__ and len(inspect.signature(made.__init__).parameters) > 1


def section_of(name: str, doc: str, parameters: Sequence[Parameter], every: float) -> Section:
    """Return the section of a process: whether it runs, how often, and its own parameters."""
    head = (
        Parameter(ENABLED, True, "", "Whether it runs."),
        Parameter(EVERY, every, "h", "Time between two of its steps; 0 for each step.", 0.0, 8760.0),
    )
    return Section(f"{PROCESSES}.{name}", doc, (*head, *parameters))


def of_function(
    step: Step, name: str, doc: str, stage: str, writes: Sequence[str], adds: Sequence[str]
) -> type[Process]:
    """Return the class of a process that calls a function in each of its steps."""

    def carried_out(self: Process, world: World) -> None:
        own = SimpleNamespace(**vars(self.own), **{DRAW: partial(self.draw, world)})
        step(world, world.clock.span(self.every), own)

    body = {"__doc__": doc, "stage": stage, "writes": tuple(writes), "adds": tuple(adds), "step": carried_out}
    return type("".join(part.capitalize() for part in name.split("_")), (Process,), body)


def counting(made: type[Process]) -> type[Process]:
    """Return a class like another that says in a sentence when a step fails, and after it has cells counted anew."""

    def step(self: Process, world: World) -> None:
        try:
            made.step(self, world)
        except LivermetError:
            raise
        except Exception as error:
            reason = f"it fails ({type(error).__name__}: {error})"
            raise LivermetError(f'{PROCESS} "{self.name}"', reason) from error
        world.census.stale = True

    body = {"__doc__": made.__doc__, "__module__": made.__module__, "step": step}
    return type(made.__name__, (made,), body)


def added() -> dict[str, Added]:
    """Return the processes that users have registered, by name."""
    return PLUGINS.of(PROCESS)


def with_own(ours: Sequence[Any], own: Sequence[Added], setting: Setting) -> tuple[Any, ...]:
    """Return a plan's processes, each of a user's own after ours of its stage.

    Raises
    ------
    LivermetError
        When one writes or carries what is another's.
    """
    made = [process for each in own if (process := each.build(setting)) is not None]
    found = tuple(sorted((*ours, *made), key=lambda process: STAGES.index(process.stage)))
    place = f"{PROCESS} " + ", ".join(f'"{process.name}"' for process in made)
    try:
        check(found)
    except ValueError as error:
        raise LivermetError(place, f"{error}; it may add to it (adds=) where both change it") from None
    carried = [table.name for process in found for table in process.carries]
    for name in carried:
        if carried.count(name) > 1:
            raise LivermetError(
                place, f'the table "{name}" is carried by another process; choose another name'
            )
    return found
