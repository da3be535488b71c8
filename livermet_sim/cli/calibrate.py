"""Fit parameters to observations."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from livermet_sim.base.write import inside, save_picture
from livermet_sim.cli.options import STOPPED
from livermet_sim.cli.sweep import Scheduler, Workers


def calibrate(
    file: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A calibration file, or one that ships with the model.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the calibration; by default results/NAME.")
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Fit chosen parameters to targets. Whatever ends it, the same command goes on where it stood."""
    from livermet_sim.sweep.calibrate import Calibration

    calibration = Calibration.load(file)
    folder = out or inside(Path("results"), calibration.name)
    connection: Any = nullcontext((None, workers))
    if scheduler:
        from livermet_sim.sweep.cluster import connect

        connection = connect(scheduler, workers)
    try:
        with connection as (executor, number):
            fit = calibration.run(folder, workers=number, executor=executor, progress=not quiet)
    except KeyboardInterrupt:
        typer.echo(
            f"livermet: stopped; what ended is kept in {folder}, and the same command goes on from there.",
            err=True,
        )
        raise typer.Exit(STOPPED) from None
    from livermet_sim.viz.fits import draw

    save_picture(draw(fit), folder / "fit.png")
    if not quiet:
        typer.echo(f"{fit.report()}\n\nSaved in {folder}; best.toml there is a scenario with the best values")
