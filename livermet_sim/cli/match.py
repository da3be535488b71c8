"""Find the parameter sets that published results do not rule out, and say what they leave open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.write import inside
from livermet_sim.cli.options import STOPPED
from livermet_sim.cli.sweep import Workers


def match(
    file: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A matching file, or one that ships with the model.")
    ] = "default",
    out: Annotated[Path | None, typer.Option(help="Folder; by default results/NAME.")] = None,
    workers: Workers = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Find the parameter sets that published results do not rule out, in waves.

    Whatever ends the work, the same command goes on where it stood. The sets that are left are in ensemble.csv.
    """
    from livermet_sim.cli.validate import tell
    from livermet_sim.matching.file import read
    from livermet_sim.matching.match import match as carry_out

    matching = read(file)
    folder = out or inside(Path("results"), f"matching-{matching.name}")
    try:
        found = carry_out(matching, folder, workers=workers, tell=None if quiet else tell)
    except KeyboardInterrupt:
        typer.echo(
            f"livermet: stopped; what ended is kept in {folder}, and the same command goes on from there.",
            err=True,
        )
        raise typer.Exit(STOPPED) from None
    if not quiet:
        typer.echo(f"{found.report()}\n\nSaved in {folder}: found.json, ensemble.csv and report.txt")


def identify(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", help="Of a matching; by default the ensemble that ships with the model."
        ),
    ] = None,
) -> None:
    """Say which parameters published results pin down, which only together, and which results would pin down more."""
    from livermet_sim.matching.ensemble import shipped
    from livermet_sim.matching.found import Found
    from livermet_sim.matching.identify import identify as say

    found = shipped() if folder is None else Found.read(folder / Found.FILE)
    typer.echo(str(say(found)))
