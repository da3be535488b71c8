"""Run a study: many runs over a design, resumable, on this machine or many."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import inside
from livermet_sim.cli.options import STOPPED

if TYPE_CHECKING:
    from livermet_sim.sweep.study import Study
    from livermet_sim.sweep.sweep import Sweep

SOME_FAILED = 1
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes on this machine; one a core by default, 1 for this process."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="local|FILE|ADDRESS", help="A Dask cluster: local, a scheduler file, or tcp://HOST:PORT."
    ),
]


def sweep(
    file: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A study file, or one that ships with the model.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder of the study; by default results/NAME.")] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Annotated[str, typer.Option(metavar="K/N", help="Only part K of N, for job arrays.")] = "1/1",
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed runs again.")] = False,
    new_version: Annotated[
        bool, typer.Option("--new-version", help="Compute again what another model version computed.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be run.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Run a study. Whatever ends it, the same command goes on where it stood.

    On this machine:

        livermet sweep kupffer --workers 2

    With Dask, on this machine:

        livermet sweep kupffer --scheduler local --workers 2

    As a SLURM job array, with nothing but files in common (after  #SBATCH --array=1-50):

        livermet sweep kupffer --workers 1 --shard $SLURM_ARRAY_TASK_ID/50

    With Dask under SLURM, inside one job of many tasks:

        dask scheduler --scheduler-file scheduler.json &

        srun dask worker --scheduler-file scheduler.json --nthreads 1 &

        livermet sweep kupffer --scheduler scheduler.json
    """
    from livermet_sim.sweep.sweep import Sweep

    study_file = Sweep.load(file)
    folder = out or inside(Path("results"), study_file.name)
    if plan:
        typer.echo(_planned(study_file, folder))
        return
    study = _run(study_file, folder, workers, scheduler, _shard(shard), retry_failed, new_version, quiet)
    _finish(study, file, quiet)


def _run(
    sweep: Sweep, folder: Path, workers: int | None, scheduler: str | None, shard: tuple[int, int],
    retry: bool, new_version: bool, quiet: bool,
) -> Study:  # fmt: skip
    """Run the study; on Ctrl-C say what is kept and leave."""
    executor: Any = nullcontext((None, workers))
    if scheduler:
        from livermet_sim.sweep.cluster import connect

        executor = connect(scheduler, workers)
    try:
        with executor as (pool, number):
            return sweep.run(
                folder, workers=number, executor=pool, shard=shard, retry=retry, new_version=new_version,
                progress=not quiet,
            )  # fmt: skip
    except KeyboardInterrupt:
        words = f"livermet: stopped; what ended is kept in {folder}, and the same command goes on from there."
        typer.echo(words, err=True)
        raise typer.Exit(STOPPED) from None


def _finish(study: Study, file: str, quiet: bool) -> None:
    """Say what there is now; a study in which runs failed ends in an error."""
    failed = study.failures
    if not quiet:
        typer.echo(f"{study.summary()}\n\nSaved in {study.folder}")
    if len(failed):
        first = failed.iloc[0]
        share = "all" if len(failed) == len(study.runs) else f"{len(failed):,} of"
        typer.echo(
            f"livermet: {share} {len(study.runs):,} runs failed; run {first['run']}: {first['error']}",
            err=True,
        )
        if not quiet:
            typer.echo(f"See  livermet study failures {study.folder};  try them again with --retry-failed")
        raise typer.Exit(SOME_FAILED)


def _planned(sweep: Sweep, folder: Path) -> str:
    table = sweep.plan()
    shown = table.head(10).to_string(index=False, max_colwidth=24)
    more = f"\n... {len(table) - 10:,} more" if len(table) > 10 else ""
    return f"{sweep.name}: {sweep.design}, {len(sweep.points):,} points, {len(table):,} runs, into {folder}\n\n{shown}{more}"


def _shard(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if not slash or not part.isdigit() or not parts.isdigit() or not 1 <= int(part) <= int(parts):
        raise LivermetError("--shard", f'"{text}" is not part K of N; write for example 3/50')
    return int(part), int(parts)
