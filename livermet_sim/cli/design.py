"""Plan an experiment with animals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.cli.compare import Bar, Treated
from livermet_sim.cli.options import STOPPED, Changes, Days, Name, load_scenario

if TYPE_CHECKING:
    from livermet_sim.validation.planning import PlannedExperiment


def design(
    control: Name,
    treated: Treated,
    changes: Changes = None,
    days: Days = None,
    on: Annotated[
        str, typer.Option(metavar="DAY,...", help="Days of the readout; six up to the end by default.")
    ] = "",
    readouts: Annotated[
        str, typer.Option(metavar="NAME,...", help="Readouts to choose from; the usual measures by default.")
    ] = "",
    livers: Annotated[int, typer.Option(min=3, max=10_000, help="Livers to simulate of each arm.")] = 12,
    power: Annotated[float, typer.Option(min=0.05, max=0.999, help="Power wanted.")] = 0.8,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Level of the two-sided t-test.")] = 0.05,
    spread: Annotated[
        float,
        typer.Option(
            min=0.0, max=5.0, help="Spread of the logarithm between animals, besides what is simulated."
        ),
    ] = 0.3,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the table and the picture.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the table.")] = False,
) -> None:
    """Say how many animals of each arm an experiment needs, on which day and by which readout, from simulated livers."""
    from livermet_sim.base.errors import LivermetError

    first, second = (load_scenario(name, changes, days) for name in (control, treated))
    try:
        chosen = [float(day) for day in on.split(",") if day.strip()]
    except ValueError:
        raise LivermetError("--on", f'"{on}" are not days; write for example 7,14,21') from None
    if out is not None:
        from livermet_sim.cli.place import reserve

        out = reserve(out, "design", 1)
    from livermet_sim.kernels import jit
    from livermet_sim.validation.planning import plan

    if not quiet and not jit.compiled():
        typer.echo("compiling the kernels, once, about 20 s", err=True)
    names = [name.strip() for name in readouts.split(",") if name.strip()]
    try:
        with Bar(quiet) as bar:
            found = plan(first, second, chosen or None, names, livers=livers, wanted=power, alpha=alpha, spread=spread, workers=workers, progress=bar)  # fmt: skip
    except KeyboardInterrupt:
        typer.echo("livermet: stopped; nothing was saved.", err=True)
        raise typer.Exit(STOPPED) from None
    typer.echo(found.summary())
    if out is not None:
        _save(found, out)
        if not quiet:
            typer.echo(f"\nSaved in {out}: options.csv and animals.png")


def _save(found: PlannedExperiment, folder: Path) -> None:
    from livermet_sim.base.write import save_picture, whole_file
    from livermet_sim.viz.studies.animals import PALETTE, animals_needed

    table = found.table()
    with whole_file(folder / "options.csv") as part:
        table.to_csv(part, index=False)
    best = found.options[0]
    names = list(dict.fromkeys(option.readout for option in found.options))[: len(PALETTE)]
    by_day = {}
    for name in names:
        own = sorted((option for option in found.options if option.readout == name), key=lambda o: o.day)
        by_day[name] = [option.day for option in own], [option.cautious for option in own]
    words = f"{best.readout.replace('_', ' ')}, day {best.day:g}"
    save_picture(animals_needed(by_day, *found.curve(best), found.power, words), folder / "animals.png")
