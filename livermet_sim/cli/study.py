"""Look at a study that was run: summary, plots, failures, tables for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import inside, save_picture
from livermet_sim.cli.options import with_plugins

app = typer.Typer(
    help="Look at a study: summary, plots, sensitivity, failures, export.", no_args_is_help=True
)
Folder = Annotated[Path, typer.Argument(help="Folder of the study.")]


class Format(StrEnum):
    """Name what a study can be exported as."""

    csv = "csv"
    parquet = "parquet"
    netcdf = "netcdf"


@app.command()
@with_plugins
def summary(folder: Folder) -> None:
    """Say how many runs there are, what was varied, and how the measures spread."""
    from livermet_sim.sweep.study import Study

    typer.echo(Study(folder).summary())


@app.command()
@with_plugins
def plot(
    folder: Folder,
    kind: Annotated[
        str | None,
        typer.Option(
            help="response, heatmap, tornado, sensitivity, parallel, series or ablation; all that fit by default."
        ),
    ] = None,
    measure: Annotated[str | None, typer.Option(help="The measure, e.g. tumour_cells.")] = None,
    out: Annotated[Path | None, typer.Option(help="File (with --kind) or folder of the pictures.")] = None,
) -> None:
    """Draw a study."""
    from livermet_sim.sweep.study import Study

    study = Study(folder)
    if kind is None:
        pictures = study.figures(out)
        if not pictures:
            raise LivermetError(str(folder), "no run has ended yet, so there is nothing to draw")
        typer.echo(f"{len(pictures)} pictures in {pictures[0].parent}")
        return
    path = out or inside(folder, "figures", f"{kind}{'-' + measure if measure else ''}.png")
    if path.suffix.lower() not in (".png", ".pdf", ".svg"):
        raise LivermetError("--out", f'"{path}" is not a picture; its name must end in .png, .pdf, .svg')
    figure = study.plot(kind, measure)
    save_picture(figure, path)
    typer.echo(f"Picture in {path}")


@app.command()
@with_plugins
def sensitivity(
    folder: Folder,
    measure: Annotated[str, typer.Argument(help="The measure, e.g. tumour_cells.")],
    statistic: Annotated[str, typer.Option(help="mean or std over the replicates of a point.")] = "mean",
) -> None:
    """Say how much each factor matters for a measure."""
    from livermet_sim.sweep.study import Study

    typer.echo(str(Study(folder).sensitivity(measure, statistic)))


@app.command()
@with_plugins
def failures(
    folder: Folder, trace: Annotated[bool, typer.Option(help="Show where each was raised.")] = False
) -> None:
    """List the runs that failed, and why."""
    from livermet_sim.sweep.study import Study

    study = Study(folder)
    found = study.failures
    typer.echo(f"{len(found):,} of {len(study.runs):,} runs failed")
    for _, row in found.iterrows():
        values = ", ".join(f"{path} = {row[path]}" for path in study.factors)
        typer.echo(
            f"run {row['run']}, seed {row['seed']} ({values}), tried {row['tried']}: {row['kind']}: {row['error']}"
        )
        if trace and row["trace"]:
            typer.echo(row["trace"])


@app.command()
@with_plugins
def export(
    folder: Folder,
    to: Annotated[Format, typer.Option(help="csv, parquet, or netcdf (needs xarray).")] = Format.csv,
    out: Annotated[Path | None, typer.Option(help="Folder of the tables; FOLDER/export by default.")] = None,
) -> None:
    """Write the runs, and the time series where they were kept, as tables for other tools."""
    from livermet_sim.sweep.export import export as write
    from livermet_sim.sweep.study import Study

    for path in write(Study(folder), out or inside(folder, "export"), to.value):
        typer.echo(str(path))
