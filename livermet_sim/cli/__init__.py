"""Offer the model on the command line; every mistake ends in one sentence and never in a traceback.

Modules that import numpy, numba or matplotlib are imported inside the commands: ``--help`` stays fast.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from livermet_sim.base.errors import LivermetError, tidy
from livermet_sim.base.read import reason, short
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
from livermet_sim.cli.options import MISTAKE, with_plugins

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
    film.export, show.show, show.explain, show.check, diff.diff, schema.schema, new.new, about.cite, about.docs, baseline.baseline, verify.verify, validate.validate, lines.lines, bench.bench,
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


def main() -> int:
    """Run the command line and return its exit code: 0 done, 2 a mistake, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except LivermetError as error:
        _say(error.sentence)
    except MemoryError:
        _say("there is not enough memory for this; take a smaller tissue or fewer snapshots")
    except OSError as error:
        _say(f"{short(error.filename)}: {reason(error)}" if error.filename else reason(error))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MISTAKE
    return MISTAKE


def _say(sentences: str) -> None:
    for sentence in tidy(sentences).splitlines():
        print(f"livermet: {sentence}", file=sys.stderr)
