"""Compare a treated liver with an untreated one that shares its luck."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.base.write import whole_file, write_text
from livermet_sim.cli.options import STOPPED, Changes, Days, Name, load_scenario

if TYPE_CHECKING:
    from livermet_sim.sweep.comparison import Comparison

Treated = Annotated[
    str, typer.Argument(metavar="TREATED", help="The treated scenario, e.g. nk_loss; or a TOML file.")
]
Ensemble = Annotated[
    str | None,
    typer.Option(
        metavar="default|FOLDER",
        help="Parameter sets that pairs take in turn: those that ship, or what livermet match left in a folder.",
    ),
]


def compare(
    control: Name,
    treated: Treated,
    changes: Changes = None,
    seeds: Annotated[int, typer.Option(min=1, max=100_000, help="Number of pairs; seeds count from 1.")] = 20,
    days: Days = None,
    ensemble: Ensemble = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes at once; by default one a core.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables, as CSV.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the table.")] = False,
) -> None:
    """Run control and treated in pairs that share their luck, cell by cell, and print their ratios."""
    arms = [load_scenario(name, changes, days) for name in (control, treated)]
    if out is not None:
        from livermet_sim.cli.place import reserve

        out = reserve(out, "compare", 1)
    from livermet_sim.kernels import jit
    from livermet_sim.sweep.comparison import compare

    if not quiet and not jit.compiled():
        typer.echo("compiling the kernels, once, about 20 s", err=True)
    with Bar(quiet) as bar:
        found = compare(*arms, seeds=seeds, ensemble=ensemble, workers=workers, progress=bar)
    typer.echo(str(found))
    if out is not None:
        _save(found, out)
        if not quiet:
            typer.echo(f"\nTables in {out}")
    if not found.complete:
        typer.echo("livermet: stopped; the table holds the pairs that were complete.", err=True)
        raise typer.Exit(STOPPED)


class Bar:
    """Show how many runs are done: a bar on a terminal, elsewhere a line a tenth."""

    def __init__(self, quiet: bool):
        self._quiet, self._bar, self._tenths = quiet, None, 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, done: int, wanted: int | None) -> None:
        if self._quiet or not wanted:
            return
        if not sys.stderr.isatty():
            if 10 * done // wanted > self._tenths:
                self._tenths = 10 * done // wanted
                print(f"{done} of {wanted} runs", file=sys.stderr, flush=True)
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=wanted, unit="run")
        self._bar.update(done - self._bar.n)


def _save(found: Comparison, folder: Path) -> None:
    tables = {
        "runs": found.runs,
        "pairs": found.pairs,
        "summary": found.summary(),
        "timeseries": found.timeseries,
    }
    for name, table in tables.items():
        with whole_file(folder / f"{name}.csv") as part:
            table.to_csv(part, index=False)
    for arm in ("control", "treated"):
        write_text(folder / f"{arm}.toml", getattr(found, arm).to_toml())
