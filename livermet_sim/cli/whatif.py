"""Carry one liver on with and without one of its cells, founders, kinds, rules or mechanisms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.cli import place
from livermet_sim.cli.options import STOPPED, Changes, Days, Name, RunSeed, as_saved, load_scenario
from livermet_sim.cli.progress import Progress


def whatif(
    name: Name,
    without: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help='A cell by its key or how that begins ("kupffer 4273"), "founder 12", a kind, a rule or a mechanism; "move kupffer 4273 to 120 85" puts a cell elsewhere (um).',
        ),
    ],
    at: Annotated[str, typer.Option(metavar="TIME", help='When it is taken out, e.g. "6 h".')],
    changes: Changes = None,
    seed: RunSeed = None,
    days: Days = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables and the picture.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Take one thing out of a liver under way; say what differed first, how each founder fares, and where tumour stands."""
    seed, days = as_saved(name, seed, days)
    scenario = load_scenario(name, changes, days)
    folder = place.reserve(out, f"{scenario.name}-without-{without}", seed)
    try:
        with Progress(quiet) as progress:
            from livermet_sim.kernels import jit
            from livermet_sim.sweep.what_if import whatif

            if not jit.compiled():
                progress.say("compiling the kernels, once, about 20 s")
            found = whatif(scenario, without, at, seed=seed, progress=progress)
        found.save(folder)
    except KeyboardInterrupt:
        typer.echo("livermet: stopped; nothing was saved.", err=True)
        raise typer.Exit(STOPPED) from None
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()
    if not quiet:
        typer.echo(f"{found.summary()}\n\nSaved in {folder}")
    if not found.complete:
        typer.echo(f"livermet: stopped; what was computed is in {folder}.", err=True)
        raise typer.Exit(STOPPED)
