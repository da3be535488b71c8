"""Hold an untreated liver against published figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.write import check_place, write_text
from livermet_sim.cli.options import STOPPED

FAILED = 1
SEEDS, QUICK_SEEDS = 20, 2


def baseline(
    seeds: Annotated[
        int | None, typer.Option(min=1, max=10000, help="How many seeds; 20, or 2 with --quick.")
    ] = None,
    first_seed: Annotated[int, typer.Option(min=0, max=2**61, help="The first of them.")] = 1,
    lines: Annotated[str, typer.Option(metavar="A,B", help="Only figures of these tumour lines.")] = "",
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; one a core by default.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="One lobule and few seeds: a first look, not the check.")
    ] = False,
    second_look: Annotated[
        bool, typer.Option("--second-look", help="Growth law, dose, latency and efficiency instead.")
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="Say why each band is what it is.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the figures to a CSV file too.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Hold the untreated liver against published figures: value, interval, band, source, verdict.

    A figure is inside when its point estimate (a share pooled over founders, a median pooled over runs) lies in the
    band. Exit code 0 when every figure that can be measured is inside, 1 when one is outside, 2 for a mistake, 130 when
    stopped by Ctrl-C; the runs done by then are shown.
    """
    from livermet_sim.kernels import jit
    from livermet_sim.validation import report
    from livermet_sim.validation.anchors import FIRST, SECOND
    from livermet_sim.validation.baseline import FULL, QUICK, Baseline
    from livermet_sim.validation.score import OUTSIDE

    if csv is not None:
        check_place(csv)
    number = seeds or (QUICK_SEEDS if quick else SEEDS)
    file = SECOND if second_look else FIRST
    names = tuple(name.strip() for name in lines.split(",") if name.strip())
    check = Baseline(names, range(first_seed, first_seed + number), QUICK if quick else FULL, file)
    if not quiet and not jit.compiled():
        typer.echo("compiling the kernels, once, about 20 s", err=True)
    stopped = False
    try:
        check.run(workers, None if quiet else tell)
    except KeyboardInterrupt:
        stopped = True
    scores = check.scores()
    if csv is not None:
        write_text(csv, report.as_csv(scores))
    if json:
        typer.echo(report.as_json(scores, check.enrichment()))
    else:
        typer.echo(f"{check.enrichment()}\n\n{report.table(scores, why)}\n\n{report.verdict(scores)}")
    if stopped:
        typer.echo(
            f"livermet: stopped; {len(check.done)} of {len(check.tasks)} runs are in these figures.", err=True
        )
        raise typer.Exit(STOPPED)
    if any(score.verdict == OUTSIDE for score in scores):
        raise typer.Exit(FAILED)


def tell(done: int, total: int | None) -> None:
    """Say how many runs are done, on one line of a terminal, elsewhere now and then."""
    total = total or done
    if sys.stderr.isatty():
        print(f"\r{done} of {total} runs", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total or done % max(1, total // 10) == 0:
        print(f"{done} of {total} runs", file=sys.stderr, flush=True)
