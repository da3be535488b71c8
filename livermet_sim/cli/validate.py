"""Hold the model against published experiments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.base.write import inside
from livermet_sim.cli.compare import Ensemble
from livermet_sim.cli.options import STOPPED

if TYPE_CHECKING:
    from livermet_sim.validation.trial import Trial

FAILED = 1
QUICK_LOBULES, QUICK_PAIRS = 2, 6


def validate(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FILE]...",
            help='Experiments by name or pattern ("wen_*"), or TOML files of your own; all that ship by default.',
        ),
    ] = None,
    lobules: Annotated[
        int | None, typer.Option(min=1, help="Lobules of each liver; 4, or 2 with --quick.")
    ] = None,
    pairs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            help="Most pairs of an experiment; 24, or 6 with --quick. Looked at after 6, 12, 24, ...",
        ),
    ] = None,
    first_seed: Annotated[int, typer.Option("--first-seed", min=0, help="Seeds count from here.")] = 1,
    ensemble: Ensemble = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; one a core by default.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0.0, metavar="MIN", help="Begin nothing more after so many minutes.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="Experiments read within a day, small livers: a first look, not the check."
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder; results/validation by default.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Run published experiments in pairs of livers that share their luck, until each is reproduced, wrong, or open.

    Pairs are added until an interval that allows for all looks decides. Whatever ends the work, the same command goes
    on where it stood. Exit code 0 when no scored experiment is wrong, 1 when one is, 2 for a mistake, 130 when stopped by
    Ctrl-C.
    """
    from livermet_sim.validation import catalogue
    from livermet_sim.validation.trial import LOBULES, MOST, Plan, Trial

    chosen = catalogue.quick() if quick and not words else catalogue.chosen(words or ())
    most = pairs or (QUICK_PAIRS if quick else MOST)
    plan = Plan(
        lobules=lobules or (QUICK_LOBULES if quick else LOBULES), most=most, first_seed=first_seed, budget=None if budget is None else 60.0 * budget,
    )  # fmt: skip
    folder = out or inside(Path("results"), "validation")
    trial = Trial(chosen, folder, plan, ensemble)
    _compile(quiet)
    stopped = False
    try:
        trial.run(workers, None if quiet else tell)
    except KeyboardInterrupt:
        stopped = True
    _finish(trial, folder, json, quiet)
    if stopped:
        words_ = (
            f"livermet: stopped; what ended is kept in {folder}, and the same command goes on from there."
        )
        typer.echo(words_, err=True)
        raise typer.Exit(STOPPED)


def _compile(quiet: bool) -> None:
    from livermet_sim.kernels import jit

    if not quiet and not jit.compiled():
        typer.echo("compiling the kernels, once, about 20 s", err=True)


def _finish(trial: Trial, folder: Path, json: bool, quiet: bool) -> None:
    from livermet_sim.validation import scorecard
    from livermet_sim.validation.verdict import WRONG

    scores = trial.scores()
    scorecard.save(scores, folder)
    if json:
        typer.echo(scorecard.as_json(scores))
    else:
        typer.echo(f"{scorecard.table(scores)}\n\n{scorecard.summary(scores)}")
    if trial.stopped:
        typer.echo(f"livermet: {trial.stopped}; the same command goes on from there.", err=True)
    if trial.failures:
        number = len(trial.failures)
        typer.echo(f"livermet: {number} tasks failed; the first: {trial.failures[0]}", err=True)
    if not json and not quiet:
        typer.echo(f"\nSaved in {folder}: verdicts.csv, verdicts.txt and forest.png")
    if any(score.verdict == WRONG and score.experiment.scored for score in scores):
        raise typer.Exit(FAILED)


def tell(done: int, total: int, words: str) -> None:
    """Say how far the pairs under way are, on one line of a terminal, elsewhere now and then."""
    if sys.stderr.isatty():
        print(
            f"\r{done} of {total} tasks ({words})",
            end="\n" if done == total else "",
            file=sys.stderr,
            flush=True,
        )
    elif done == total or done % max(1, total // 10) == 0:
        print(f"{done} of {total} tasks ({words})", file=sys.stderr, flush=True)
