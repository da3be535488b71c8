"""Hold what several commands share: options, loading a scenario, the exit codes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError

if TYPE_CHECKING:
    from livermet_sim.cli.progress import Progress
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.spec import Scenario

MISTAKE, STOPPED = 2, 130
PICTURES = (".png", ".pdf", ".svg")

Name = Annotated[
    str, typer.Argument(metavar="NAME|PATH", help="A scenario by name, a TOML file, or a run's folder.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change one value, e.g. cells.kupffer.density=0; repeatable."
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**62 - 1, help="Seed of all random numbers.")]
RunSeed = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**62 - 1, help="Seed of all random numbers; 1, or that of the run whose folder is given."
    ),
]
Days = Annotated[float | None, typer.Option(help="Simulated days, instead of the scenario's.")]

Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        help="Threads that work on one tissue; the result is the same. By default LIVERMET_THREADS, else all cores for a wide tissue.",
        show_default=False,
    ),
]


def _load_plugins(names: list[str] | None) -> list[str] | None:
    if names:
        from livermet_sim.base.load_plugin import load_plugin

        for name in names:
            load_plugin(name)
    return names


Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        metavar="FILE|MODULE",
        envvar="LIVERMET_PLUGINS",
        callback=_load_plugins,
        is_eager=True,
        help="A plug-in to load first: a file (mine.py), a module, or an installed one; repeatable.",
    ),
]


def with_plugins(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that can be told to load plug-ins before it does anything else."""

    @wraps(command)
    def loaded(*args: Any, plugin: list[str] | None = None, **options: Any) -> Any:
        return command(*args, **options)

    own = inspect.signature(command, eval_str=True)
    more = inspect.Parameter("plugin", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Plugins)
    loaded.__signature__ = own.replace(parameters=[*own.parameters.values(), more])  # type: ignore[attr-defined]
    loaded.__annotations__ = {**command.__annotations__, more.name: Plugins}
    return loaded


def check_picture(path: Path) -> None:
    """Refuse a file whose ending is not that of a picture."""
    if path.suffix.lower() not in PICTURES:
        reason = f'"{path}" is not a picture; its name must end in {", ".join(PICTURES)}'
        raise LivermetError("--out", reason)


def prepare(scenario: Scenario, seed: int, progress: Progress) -> Engine:
    """Return a run at its first step: what it needs is read and built, and refused where it cannot be."""
    from livermet_sim.kernels import jit

    if not jit.compiled():
        progress.say("compiling the kernels, once, about 20 s")
    from livermet_sim.engine import Engine

    return Engine(scenario, seed)


def as_saved(name: str, seed: int | None, days: float | None) -> tuple[int, float | None]:
    """Return seed and days of a run: as given, else as in the run whose folder or scenario file is named, else 1 and None."""
    from livermet_sim.observe.folder import SCENARIO
    from livermet_sim.observe.origin import is_run, origin

    place = Path(name).parent if Path(name).name in (SCENARIO, "scenario.json") else Path(name)
    if (seed is not None and days is not None) or not is_run(place):
        return 1 if seed is None else seed, days
    found = origin(place)
    own = found.hours / 24.0 if found.complete and found.hours >= 0 else None
    return found.seed if seed is None else seed, own if days is None else days


def load_scenario(name: str, changes: list[str] | None, days: float | None = None) -> Scenario:
    """Return a scenario with the changes that the command line made to it."""
    from livermet_sim.scenario.draft import split
    from livermet_sim.scenario.load import load

    overrides: dict[str, Any] = dict(split(change) for change in changes or ())
    if days is not None:
        overrides["run.days"] = days
    return load(name, overrides, option="--set")
