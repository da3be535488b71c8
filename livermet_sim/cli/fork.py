"""Let one saved liver go on untreated, or under several treatments that share its luck."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.cli import place
from livermet_sim.cli.options import STOPPED
from livermet_sim.cli.progress import Progress

if TYPE_CHECKING:
    from livermet_sim.engine import Engine

UNTREATED = "untreated"


def fork(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="A run's state: see livermet run --save-at.")
    ],
    treatments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|PATH]...", help="Treatments: files with [[interventions]]; none goes on untreated."),
    ] = None,
    days: Annotated[float | None, typer.Option(help="Days to go on; by default to the end of the scenario.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that holds a folder for each; by default results.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:  # fmt: skip
    """Let one saved liver go on under each treatment; all share its past and, cell by cell, its luck."""
    from livermet_sim.scenario.resume import resume, treated

    if days is not None and not 0.0 <= days <= 3650.0:
        raise LivermetError("--days", f"{days:g} is impossible; it must be from 0 to 3650")
    parent = resume(checkpoint)
    arms = {UNTREATED: parent.recipe} if not treatments else {}
    for name in treatments or ():
        title, interventions = read_treatment(name)
        if title in arms:
            raise LivermetError("fork", f'two treatments are called "{title}"')
        arms[title] = treated(parent.recipe, interventions, parent.world.clock.hours)  # type: ignore[arg-type]
    hours = parent.remaining if days is None else 24.0 * days
    said = []
    with Progress(quiet) as progress:
        for number, (title, recipe) in enumerate(arms.items()):
            progress.turn(number, len(arms), f"{title}, " if len(arms) > 1 else "")
            said.append(_one(parent, title, recipe, hours, out, progress))
    if not quiet:
        typer.echo("\n".join(said))


def _one(parent: Engine, title: str, recipe: Any, hours: float, out: Path | None, progress: Progress) -> str:
    """Run one arm, save it, and say in a line how it ended."""
    day = f"{parent.world.clock.hours / 24.0:g}"
    name = f"{parent.recipe.name}-day{day}-{title}"  # type: ignore[attr-defined]
    folder = place.reserve(None if out is None else out / _plain(title), name, parent.seed)
    child = parent.fork(recipe)
    complete = True
    try:
        child.run(hours, progress)
    except KeyboardInterrupt:
        complete = False
    result = child.result(complete)
    result.save(folder, figures=False)
    if not complete:
        typer.echo(f"livermet: stopped; what was computed is in {folder}, marked as incomplete.", err=True)
        raise typer.Exit(STOPPED)
    alive = int(result.timeseries["n_tumour"].iloc[-1])
    return f"{title}: {alive:,} tumour cells alive on day {result.days:.3g}; saved in {folder}"


def _plain(title: str) -> str:
    return re.sub(r"[^\w.-]+", "-", title).strip(".-")[:80] or "fork"


def read_treatment(name: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the name of a treatment and its interventions, as its file has them.

    Raises
    ------
    LivermetError
        When the file has none, or changes anything else.
    """
    from livermet_sim.scenario import files

    path = files.find(name)
    tables, _ = files.read(path)
    others = tables.keys() - {"name", "doc", "extends", "interventions"}
    if others:
        reason = f'"{min(others)}" cannot change in the middle of a run; a fork takes interventions'
        raise LivermetError(files.label(path), reason)
    if not tables.get("interventions"):
        raise LivermetError(files.label(path), "it has no [[interventions]]")
    return str(tables.get("name", path.stem)), tables["interventions"]
