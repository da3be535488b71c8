"""Measure how fast the model is on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.write import check_place
from livermet_sim.cli.options import STOPPED

SLOWER = 1


def bench(
    which: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="baseline, rest, parts, growth, start, wide, studies; all by default."
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Compare with an earlier run; the one kept in the package by default."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Fail where a figure is more than a tenth worse than kept.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the figures as JSON.")] = None,
    on_paper: Annotated[
        bool,
        typer.Option(
            "--estimate",
            help="Measure nothing: say what a liver slice, a lobule and a lobe in space would take, from the figures kept.",
        ),
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Small sizes, in a minute: shows that all works, not how fast it is."),
    ] = False,
) -> None:
    """Time whole runs, processes, rules, signals, start-up, memory and a growth model beside Mesa and NumPy.

    Times are the processor's, each benchmark in a process of its own. A yardstick that the model never changes sets
    a slower or busier machine alike when a run is compared with another.
    """
    from livermet_sim.bench import suite

    if on_paper:
        from livermet_sim.bench import estimate

        typer.echo(estimate.table(estimate.constants(suite.load(against or suite.KEPT).figures)))
        return
    chosen = suite.names(which or ())
    if out is not None:
        check_place(out)
    kept = None
    if against is not None or (not quick and suite.KEPT.is_file()):
        kept = suite.load(against or suite.KEPT)
    found, stopped = None, False
    try:
        for name, report in zip(chosen, suite.measure(chosen, quick), strict=True):
            found = report
            typer.echo(f"{name}: done", err=True)
    except KeyboardInterrupt:
        stopped = True
    if found is not None:
        typer.echo(suite.table(found, kept))
        if out is not None:
            found.save(out)
    if stopped:
        typer.echo("livermet: stopped; the table holds what was measured by then.", err=True)
        raise typer.Exit(STOPPED)
    worse = suite.regressions(found, kept) if check and found and kept else []
    for name in worse:
        typer.echo(f"livermet: {name}: more than a tenth worse than kept", err=True)
    if worse:
        raise typer.Exit(SLOWER)
