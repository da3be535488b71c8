"""Tell the life of one tumour cell, and which rules spoke."""

from __future__ import annotations

from typing import Annotated

import typer

from livermet_sim.cli.options import STOPPED, Changes, Days, Name, RunSeed, as_saved, load_scenario
from livermet_sim.cli.progress import Progress


def why(
    name: Name,
    cell: Annotated[
        str,
        typer.Option(
            metavar="KEY", help='Key of a tumour cell, or how it begins; or "founder 12", the whole line.'
        ),
    ],
    changes: Changes = None,
    seed: RunSeed = None,
    days: Days = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the life.")] = False,
) -> None:
    """Tell what happened to a tumour cell, and at each event which rules spoke, how strongly, and what they sensed."""
    seed, days = as_saved(name, seed, days)
    scenario = load_scenario(name, changes, days)
    try:
        with Progress(quiet) as progress:
            from livermet_sim.kernels import jit
            from livermet_sim.scenario.life import life

            if not jit.compiled():
                progress.say("compiling the kernels, once, about 20 s")
            found = life(scenario, seed, cell, progress=progress)
    except KeyboardInterrupt:
        typer.echo("livermet: stopped before the life was known.", err=True)
        raise typer.Exit(STOPPED) from None
    typer.echo(str(found))
