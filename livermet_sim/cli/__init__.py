"""Offer the model on the command line; every mistake ends in one sentence and never in a traceback.

Modules that import numpy, numba or matplotlib are imported inside the commands: ``--help`` stays fast.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from livermet_sim.cli import (
    ablate,
    about,
    again,
    baseline,
    bench,
    calibrate,
    compare,
    design,
    diff,
    docs,
    dossier,
    film,
    fork,
    lines,
    match,
    new,
    rules,
    run,
    schema,
    show,
    study,
    sweep,
    validate,
    verify,
    whatif,
    why,
)
from livermet_sim.cli import app as live
from livermet_sim.cli.ending import ended
from livermet_sim.cli.options import with_plugins

app = typer.Typer(
    name="livermet",
    help="Simulate liver metastasis, cell by cell, from the portal vein to a vascularised metastasis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    run.run, fork.fork, whatif.whatif, why.why, again.replay, again.pack, run.draw, live.app, compare.compare, sweep.sweep, ablate.ablate, calibrate.calibrate, match.match, match.identify, film.film, film.player,
    film.export, show.show, show.explain, show.check, diff.diff, schema.schema, new.new, about.cite, docs.docs, baseline.baseline, verify.verify, validate.validate, lines.lines, bench.bench,
    design.design, dossier.dossier,
)  # fmt: skip
for command in COMMANDS:
    app.command()(with_plugins(command))
app.add_typer(study.app, name="study")
app.add_typer(rules.app, name="rules")


def _version(wanted: bool) -> None:
    if wanted:
        from livermet_sim import __version__

        typer.echo(f"livermet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main(words: list[str] | None = None) -> int:
    """Run the command line, or the words given, and return its exit code; see `ending.ended`."""
    # no kernel uses it, and its threads take a tenth of a short run to start and wait; who sets it has it so
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return ended(app, words)
