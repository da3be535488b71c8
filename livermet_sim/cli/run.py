"""Run one scenario, save what it gave, draw it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base import threads
from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.write import inside, save_picture
from livermet_sim.cli import keep, place
from livermet_sim.cli.keep import EVERY, times
from livermet_sim.cli.options import (
    STOPPED,
    Changes,
    Days,
    Name,
    RunSeed,
    Threads,
    as_saved,
    check_picture,
    load_scenario,
)
from livermet_sim.cli.progress import DRAWING, Progress

if TYPE_CHECKING:
    from livermet_sim.result import Result
    from livermet_sim.scenario.spec import Scenario


def draw(
    folder: Annotated[Path, typer.Argument(help="Folder that a run has left.")],
    figure: Annotated[
        str | None,
        typer.Option(help="One figure instead of all, e.g. histology; an unknown name lists them."),
    ] = None,
    day: Annotated[float | None, typer.Option(help="Of a tissue: this day instead of the last.")] = None,
    layer: Annotated[str | None, typer.Option(help="Of a tissue: a field, e.g. oxygen.")] = None,
    other: Annotated[Path | None, typer.Option(help="A second run, for compare_livers.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Picture of the one figure; by default in the run.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Draw the pictures of a saved run again, or one of them."""
    from livermet_sim.result import Result

    result = Result.load(folder)
    if figure is None:
        if day is not None or layer or other or out:
            raise ResultError("draw", "--day, --layer, --other and --out go with --figure")
        with Progress(quiet, after=1.0) as progress:
            paths = _draw_all(result, folder, "all", progress)
        words = f"{len(paths)} pictures in {folder / 'figures'}"
    else:
        path = out or inside(folder, "figures", f"{figure}.png")
        second = None if other is None else Result.load(other)
        hour = None if day is None else 24.0 * day
        _draw_one(result, figure, path, {"time_h": hour, "layer": layer, "other": second})
        words = f"Picture in {path}"
    if not quiet:
        typer.echo(words)


def _draw_one(result: Result, figure: str, path: Path, options: dict[str, Any]) -> None:
    """Draw one figure into a file."""
    from livermet_sim.viz.figures import options_of

    given = {name: value for name, value in options.items() if value is not None}
    for name in given.keys() - options_of(figure):
        raise ResultError(figure, f"this figure takes no --{'day' if name == 'time_h' else name}")
    check_picture(path)
    drawn = result.plot(figure, **given)
    save_picture(drawn, path)


def run(
    name: Name,
    changes: Changes = None,
    seed: RunSeed = None,
    seeds: Annotated[
        str, typer.Option(metavar="A-B|A,B", help="Several seeds, such as 1-5; a folder for each.")
    ] = "",
    days: Days = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the results, results/NAME-seedSEED by default; with --seeds it holds a folder for each."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
    figures: Annotated[
        str,
        typer.Option(
            metavar="few|all|none|A,B", help="Pictures to draw: a first look, all, none, or by name."
        ),
    ] = "few",
    no_figures: Annotated[bool, typer.Option("--no-figures", help="The same as --figures none.")] = False,
    save_at: Annotated[
        list[str] | None,
        typer.Option(metavar="TIME", help='Save the state at a time, e.g. "14 day", for fork; repeatable.'),
    ] = None,
    autosave: Annotated[
        float,
        typer.Option(min=0.0, help="Seconds between two savings of the state of a run under way; 0: none."),
    ] = EVERY,
    number: Threads = None,
) -> None:
    """Run a scenario and save tables, pictures and a summary in a folder; with --seeds once for each."""
    threads.use(number, "--threads")
    figures = "none" if no_figures else figures
    check_figures(figures)
    if seeds and seed is not None:
        raise LivermetError("--seeds", "give --seed or --seeds, not both")
    hours = times(save_at or ())
    seed, days = as_saved(name, seed, days)
    scenario = load_scenario(name, changes, days)
    end = 24.0 * float(scenario.value("run.days"))
    if hours and hours[-1] > end + 1e-9:
        reason = f"day {hours[-1] / 24.0:g} is after the end of the run, day {end / 24.0:g}"
        raise LivermetError("--save-at", reason)
    chosen = place.seeds(seeds) if seeds else [seed]
    folders: list[Path] = []
    said = []
    try:
        for one in chosen:
            own = out / f"seed{one}" if out and seeds else out
            goes_on = partial(keep.goes_on, scenario=scenario, seed=one)
            folders.append(place.reserve(own, scenario.name, one, overwrite, goes_on))
            if overwrite:
                keep.begin_anew(folders[-1])
        with Progress(quiet, after=DRAWING if figures != "none" else 0.0) as progress:
            for number, (one, folder) in enumerate(zip(chosen, folders, strict=True)):
                progress.turn(number, len(chosen), f"seed {one}, " if seeds else "")
                keeper = keep.Keeper(folder, hours, autosave)
                result = _one(scenario, one, folder, figures, progress, keeper)
                said.append(
                    _line(one, result, folder) if seeds else f"{result.summary()}\n\nSaved in {folder}"
                )
    except _Stopped as end:
        others = f"; {len(said)} of {len(chosen)} runs ended" if seeds else ""
        typer.echo(f"livermet: stopped; {end}{others}.", err=True)
        raise typer.Exit(STOPPED) from None
    finally:
        place.drop_empty(folders)
    if not quiet:
        typer.echo("\n".join(said))


class _Stopped(Exception):
    """Tell what is kept of a run that Ctrl-C ended."""


def _one(
    scenario: Scenario, seed: int, folder: Path, figures: str, progress: Progress, keeper: keep.Keeper
) -> Result:
    """Run one seed, save and draw it."""
    result, complete = _simulate(scenario, seed, progress, keeper)
    if result is None:
        raise _Stopped("nothing was saved")
    result.save(folder, figures=False)  # first, so that no mishap in a picture can lose a long run
    if not complete:
        raise _Stopped(f"what was computed is in {folder}, marked as incomplete")
    if figures != "none":
        _draw_all(result, folder, figures, progress)
    return result


def _line(seed: int, result: Result, folder: Path) -> str:
    alive = int(result.timeseries["n_tumour"].iloc[-1])
    return f"seed {seed}: {alive:,} tumour cells alive on day {result.days:.3g}; saved in {folder}"


def _simulate(
    scenario: Scenario, seed: int, progress: Progress, keeper: keep.Keeper
) -> tuple[Result | None, bool]:
    """Return the result and whether the run came to its end; Ctrl-C ends it after the step under way."""
    engine = None
    try:
        engine = keeper.begin(scenario, seed, progress)

        def told(hours: float, total: float) -> None:
            keeper.look(engine)
            progress(hours, total)

        engine.run(progress=told)
        return engine.result(), True
    except KeyboardInterrupt:
        if engine is None or progress.at_once:
            return None, False
        return engine.result(complete=False), False


def _draw_all(result: Result, folder: Path, figures: str, progress: Progress) -> list[Path]:
    """Draw pictures of a saved run, and say which one is under way."""

    def told(name: str, done: int, of: int) -> None:
        progress.part(f"drawing {name} ({done + 1} of {of})", done, of)

    try:
        paths = result.figures(inside(folder, "figures"), figures, told)
        progress.part("drawn", len(paths), len(paths))
        return paths
    except KeyboardInterrupt:
        typer.echo(f"livermet: stopped; all tables are in {folder}, some pictures are missing.", err=True)
        raise typer.Exit(STOPPED) from None
    except OSError as error:
        reason = f"the tables are saved, but the pictures cannot be written ({(error.strerror or str(error)).lower()})"
        raise ResultError(str(folder), reason) from error


def check_figures(words: str) -> None:
    """Refuse names of figures that do not exist before anything is computed."""
    if words not in ("few", "all", "none"):
        from livermet_sim.viz.figures import chosen

        chosen(words)
