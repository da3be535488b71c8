"""Show tumour lines side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import check_place, save_picture
from livermet_sim.cli.options import STOPPED

if TYPE_CHECKING:
    from livermet_sim.validation.line_records import Lines

PICTURES = (".png", ".pdf", ".svg")


def lines(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LINE]...", help="Tumour lines; all by default.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=10000, help="Runs of each line; seeds count from 1.")] = 3,
    scenario: Annotated[
        str,
        typer.Option(
            help="Shipped scenario that gives tissue and seeding; baseline is a patch of many lobules."
        ),
    ] = "lobule",
    days: Annotated[float, typer.Option(help="Simulated days.")] = 28.0,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; one a core by default.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Picture of the lines, PNG, PDF or SVG.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Show tumour lines side by side: traits and their sources, survivors, losses, growth pattern, and why they differ."""
    if figure is not None and figure.suffix.lower() not in PICTURES:
        reason = f'"{figure}" is not a picture; its name must end in {", ".join(PICTURES)}'
        raise LivermetError("--figure", reason)
    if figure is not None:
        check_place(figure)
    from livermet_sim.cli.baseline import tell
    from livermet_sim.validation.line_records import Lines

    found = Lines(names or (), range(1, seeds + 1), scenario, days)
    stopped = False
    try:
        found.run(workers, None if quiet else tell)
    except KeyboardInterrupt:
        stopped = True
    typer.echo(_report(found))
    if figure is not None and found.shown():
        from livermet_sim.viz.line_losses import draw

        save_picture(draw(found), figure)
        typer.echo(f"\nPicture in {figure}")
    if stopped:
        typer.echo(
            f"livermet: stopped; {found.done} of {len(found.tasks)} runs are in these figures.", err=True
        )
        raise typer.Exit(STOPPED)


def _report(found: Lines) -> str:
    """Return traits, outcomes and the reason for the widest difference as text."""
    from livermet_sim.scenario.load import load
    from livermet_sim.validation import reason
    from livermet_sim.validation.line_records import days_of

    parts = ["Traits in which the lines differ", _traits(found), "", _heading(found), _outcomes(found)]
    pair = reason.widest(found.shown(), days_of(found.days))
    if pair is not None:
        parts += ["", "Why they differ", reason.sentence(load(found.scenario), *pair)]
    return "\n".join(parts)


def _heading(found: Lines) -> str:
    from livermet_sim.scenario.load import load

    seeding = load(found.scenario).section("seeding")
    return (
        f"Outcome in {found.scenario}, {found.days:g} days; shares of founders, seeded {seeding.enrichment:g}-fold more "
        "densely than in the experiment"
    )


def _traits(found: Lines) -> str:
    """Return one line a trait with the value of each tumour line, then the sources."""
    from livermet_sim.base.aligned import aligned
    from livermet_sim.cells import tumour_lines

    rows = found.traits()
    table = [("trait", "unit", *found.names)]
    for trait in dict.fromkeys(row.trait for row in rows):
        mine = {row.line: row for row in rows if row.trait == trait}
        values = [
            f"{mine[n].value:g}" if isinstance(mine[n].value, float | int) else str(mine[n].value)
            for n in found.names
        ]
        table.append((trait, mine[found.names[0]].unit, *values))
    own = [row for row in rows if row.source != "assumed" and row.why != tumour_lines.DEFAULT]
    sources = [f"  {row.line}, {row.trait}: {row.source}" for row in sorted(own, key=lambda row: row.line)]
    return "\n".join(
        [
            aligned(table),
            "sources of what a line sets (the rest are defaults or assumed; see livermet show parameters):",
            *dict.fromkeys(sources),
        ]
    )


def _outcomes(found: Lines) -> str:
    """Return one line a tumour line with its survivors, losses and growth pattern."""
    from livermet_sim.base.aligned import aligned
    from livermet_sim.observe.summary import cause_words
    from livermet_sim.validation.line_records import days_of

    days = days_of(found.days)
    alive = [f"alive day {day}" for day in days]
    table = [
        (
            "line",
            "founders",
            *alive,
            "extravasated",
            "lost mostly to",
            "cells at end",
            "replacement / desmoplastic / pushing",
        )
    ]
    for r in found.shown():
        causes = r.causes(days[-1])
        mostly = f"{cause_words(causes[0][0])} ({causes[0][1]:.0%})" if causes else "-"
        pattern = " / ".join(f"{v:.0%}" if v == v else "-" for v in r.pattern().values())
        shares = ["{:.0%} ({:.0%}-{:.0%})".format(*r.alive_share(day)) for day in days]
        cells = f"{sorted(r.cells)[len(r.cells) // 2]}"
        crossed = f"{r.extravasated / max(1, r.entered):.0%}"
        table.append((r.line, str(r.entered), *shares, crossed, mostly, cells, pattern))
    return aligned(table)
