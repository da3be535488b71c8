"""Hold what several commands share: options, loading a scenario, the exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from livermet_sim.scenario.spec import Scenario

MISTAKE, STOPPED = 2, 130

Name = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A scenario by name, or a TOML file.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change one value, e.g. cells.kupffer.density=0; repeatable."
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**62 - 1, help="Seed of all random numbers.")]
Days = Annotated[float | None, typer.Option(help="Simulated days, instead of the scenario's.")]


def load_scenario(name: str, changes: list[str] | None, days: float | None = None) -> Scenario:
    """Return a scenario with the changes that the command line made to it."""
    from livermet_sim.scenario.draft import split
    from livermet_sim.scenario.load import load

    overrides: dict[str, Any] = dict(split(change) for change in changes or ())
    if days is not None:
        overrides["run.days"] = days
    return load(name, overrides, option="--set")
