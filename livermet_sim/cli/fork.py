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
    day = f"{parent.world.clock.hours / 24.0:g}"
    stem = f"{parent.recipe.name}-day{day}"  # type: ignore[attr-defined]
    folders: list[Path] = []
    try:
        for title in arms:
            own = None if out is None else out / _plain(title)
            folders.append(place.reserve(own, f"{stem}-{title}", parent.seed))
        with Progress(quiet) as progress:
            end = parent.world.clock.hours + 24.0 * days if days is not None else None
            said = _carry_out(parent, arms, folders, end, progress)
    finally:
        place.drop_empty(folders)
    if not quiet:
        typer.echo("\n".join(said))


def _carry_out(
    parent: Engine, arms: dict[str, Any], folders: list[Path], end: float | None, progress: Progress
) -> list[str]:
    """Run and save all arms; those that come to differ later share the days until then. Say in a line how each ended."""
    from livermet_sim.sweep.parting import part_ways

    titles = list(arms)
    said: dict[int, str] = {}
    under_way: tuple[int, Engine] = (0, parent)

    def carry(number: int, engine: Engine, hours: float) -> None:
        nonlocal under_way
        under_way = (number, engine)
        progress.turn(len(said), len(arms), f"{titles[number]}, " if len(arms) > 1 else "")
        engine.run(hours, progress)

    first = parent.fork(arms[titles[0]])
    try:
        for number, engine, _ in part_ways(list(arms.values()), parent.seed, first, end, carry):
            result = engine.result()
            result.save(folders[number], figures=False)
            alive = int(result.timeseries["n_tumour"].iloc[-1])
            said[number] = (
                f"{titles[number]}: {alive:,} tumour cells alive on day {result.days:.3g}; saved in {folders[number]}"
            )
    except KeyboardInterrupt:
        number, engine = under_way
        kept = f"{len(said)} of {len(arms)} ended, nothing was saved of this one"
        if not progress.at_once:
            engine.result(complete=False).save(folders[number], figures=False)
            kept = f"what was computed is in {folders[number]}, marked as incomplete"
        typer.echo(f"livermet: stopped; {kept}.", err=True)
        raise typer.Exit(STOPPED) from None
    return [said[number] for number in range(len(arms))]


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
