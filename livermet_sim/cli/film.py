"""Show a saved run elsewhere: films, a page that plays by itself, files for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.write import inside
from livermet_sim.cli.progress import Progress

Run = Annotated[Path, typer.Argument(metavar="RUN", help="Folder that a run has left.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")]


def film(
    folder: Run,
    out: Annotated[
        Path | None,
        typer.Option(help="An .mp4 or .gif file; by default film.mp4 in RUN, film.gif without ffmpeg."),
    ] = None,
    layer: Annotated[
        str, typer.Option(help="histology, oxygen, vegf, perfusion, collagen, ...")
    ] = "histology",
    colour: Annotated[str, typer.Option(help="Tumour cells by state or by phase.")] = "state",
    fps: Annotated[float, typer.Option(help="Pictures a second.")] = 12.0,
    quiet: Quiet = False,
) -> None:
    """Make a film of a saved run: the tissue beside its curves."""
    from livermet_sim.result import Result
    from livermet_sim.viz.encoding import encoder
    from livermet_sim.viz.film import Film

    made = Film(Result.load(folder), layer, colour)
    path = out or inside(folder, "film.mp4" if encoder() else "film.gif")
    with Progress(quiet) as progress:
        made.save(path, fps, lambda done, of: progress(made.hours[done - 1], made.hours[-1]))
    if not quiet:
        typer.echo(f"{len(made)} pictures, {len(made) / fps:.0f} s, in {path}")


def player(
    folder: Run,
    out: Annotated[Path | None, typer.Option(help="The HTML file; by default player.html in RUN.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a saved run as one HTML file that plays in any browser, without network or Python."""
    from livermet_sim.result import Result
    from livermet_sim.viz.player import write_player

    path = write_player(Result.load(folder), out or inside(folder, "player.html"))
    if not quiet:
        typer.echo(f"{path.stat().st_size / 1e6:.1f} MB in {path}")


class Format(StrEnum):
    """Name what ``livermet export`` can write."""

    anndata = "anndata"
    ome_tiff = "ome-tiff"
    png = "png"
    geojson = "geojson"
    csv = "csv"


def export(
    folder: Run,
    to: Annotated[Format, typer.Option(help="What to write.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the files; by default export in RUN.")] = None,
    day: Annotated[
        float | None, typer.Option(help="The snapshot nearest to this day; the last by default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a saved run for other programs: squidpy, QuPath, napari, a spreadsheet."""
    from livermet_sim.result import Result

    paths = Result.load(folder).export(
        to.value, out or inside(folder, "export"), None if day is None else 24 * day
    )
    if not quiet:
        for path in paths:
            typer.echo(f"{path.stat().st_size / 1e6:.2f} MB in {path}")
