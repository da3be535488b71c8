"""Say in words in what two scenarios differ."""

from __future__ import annotations

from typing import Annotated

import typer

from livermet_sim.cli.options import Name, load_scenario


def diff(
    first: Name,
    second: Annotated[str, typer.Argument(metavar="NAME|PATH", help="Another scenario.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change a value of the second; repeatable."),
    ] = None,
) -> None:
    """Say in words in what a second scenario differs from a first: values, rules, interventions."""
    from livermet_sim.base.errors import tidy
    from livermet_sim.scenario.differences import differences

    a, b = load_scenario(first, None), load_scenario(second, changes)
    found = differences(a, b)
    for words in found:
        typer.echo(tidy(words))
    typer.echo(
        f"{b.name} differs from {a.name} in {len(found)} thing{'' if len(found) == 1 else 's'}"
        if found
        else f"{b.name} is {a.name}, but for words"
    )
