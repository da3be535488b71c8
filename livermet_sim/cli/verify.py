"""Hold the model to mathematics: analytic solutions, slow twins, invariants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.cli.options import STOPPED

FAILED = 1


def verify(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="One check, or a pattern such as flow-*; repeatable."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Seconds instead of minutes: fewer and smaller cases.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write a page, Markdown, JSON and pictures into a folder."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Say what each check does, and make none.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**61, help="Seed of all that is drawn.")] = 1,
    step: Annotated[str, typer.Option(help="Length of a step to which that of 15 min is held.")] = "7.5 min",
    site: Annotated[str, typer.Option(help="Size of a site to which that of 10 um is held.")] = "12.5 um",
    turns: Annotated[int, typer.Option(min=1, max=3, help="Quarter turns of the tissue.")] = 1,
    rows: Annotated[int, typer.Option(min=0, max=2**31, help="Seed of the other order of rows.")] = 7,
    threads: Annotated[int, typer.Option(min=1, max=64, help="The other number of threads.")] = 2,
) -> None:
    """Compare what the model computes with mathematics: name, expected, found, tolerance, verdict.

    Exit code 0 when all checks hold, 1 when one fails, 2 for a mistake, 130 when stopped by Ctrl-C; what was checked by
    then is kept.
    """
    from livermet_sim import __version__
    from livermet_sim.verification import report, suite
    from livermet_sim.verification.check import Knobs, Outcome

    knobs = Knobs(quick, seed, _in("--step", step, "h"), _in("--site", site, "um"), turns, rows, threads)
    if listed:
        for check in suite.chosen(only or ()):
            typer.echo(f"{check.name:16} {check.title}. {check.what}")
        return
    outcomes: list[Outcome] = []
    stopped = False
    try:
        for outcome in suite.verify(only or (), knobs):
            outcomes.append(outcome)
            if not json:
                typer.echo(report.line(outcome))
                if not outcome.holds:
                    typer.echo(report.details(outcome))
    except KeyboardInterrupt:
        stopped = True
    if json:
        typer.echo(report.as_json(outcomes, knobs))
    if out is not None and outcomes:
        page = report.save(outcomes, knobs, out, __version__)
        typer.echo(f"all of it is in {page}", err=json)
    typer.echo(report.verdict(outcomes), err=json)
    if stopped:
        raise typer.Exit(STOPPED)
    if not all(outcome.holds for outcome in outcomes):
        raise typer.Exit(FAILED)


def _in(option: str, text: str, unit: str) -> float:
    """Return a quantity in a unit."""
    from livermet_sim.base.errors import LivermetError
    from livermet_sim.base.units import convert

    try:
        return convert(text, unit)
    except ValueError as error:
        raise LivermetError(option, str(error)) from None
