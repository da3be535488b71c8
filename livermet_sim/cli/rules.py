"""Exchange rules with PhysiCell: judge a file of its grammar, make a scenario of it, write a scenario's rules in it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.errors import LivermetError, tidy
from livermet_sim.cli.options import MISTAKE, Changes, Name, with_plugins

app = typer.Typer(
    help="Exchange rules with PhysiCell (CSV version 3): lint, import, export.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="Rules in the grammar of PhysiCell.")]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Read what PhysiCell 1.14.2 reads, its slips included.")
]


class Layout(StrEnum):
    """Name the layouts that the grammar had."""

    auto = "auto"
    v0 = "v0"
    v1 = "v1"
    v2 = "v2"
    v3 = "v3"


Columns = Annotated[
    Layout, typer.Option("--layout", help="Version of the file; by its columns and words if auto.")
]


@app.command()
@with_plugins
def lint(
    file: File,
    lenient: Lenient = False,
    layout: Columns = Layout.auto,
    most: Annotated[int, typer.Option(min=1, help="How many findings to print.")] = 100,
) -> None:
    """Name every imperfection of a file of rules: line, field, and what PhysiCell 1.14.2 makes of it."""
    from livermet_sim.rulebook.physicell.ruleset import read, sentences

    found = read(file, lenient=lenient, layout=layout.value)
    for sentence in sentences(found.findings, most):
        typer.echo(tidy(sentence))
    wrong = len(found.mistakes)
    rows, notes = len(found.rows), len(found.findings) - wrong
    typer.echo(f"{_count(rows, 'rule')} read, {_count(wrong, 'mistake')}, {_count(notes, 'note')}")
    if any(finding.aborts or not lenient for finding in found.mistakes):
        raise typer.Exit(MISTAKE)


@app.command("import")
@with_plugins
def bring(
    file: File,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="The scenario to write; printed without.")
    ] = None,
    base: Annotated[
        str, typer.Option("--from", metavar="NAME|PATH", help="The scenario that it extends.")
    ] = "lobule",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="THERE=HERE",
            help='A cell type or substrate, e.g. "cancer cell=tumour"; repeatable.',
        ),
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Switch the model's own rules off.")] = False,
    lenient: Lenient = False,
    layout: Columns = Layout.auto,
) -> None:
    """Make a scenario of a file of PhysiCell rules; what has no meaning here is named, and kept for the way back."""
    import os

    from livermet_sim.base.write import write_text
    from livermet_sim.rulebook.physicell import kept
    from livermet_sim.rulebook.physicell.ruleset import sentences
    from livermet_sim.scenario import physicell

    if out is not None and out.suffix != ".toml":
        raise LivermetError("--out", f'"{out}" is not a scenario; its name must end in .toml')
    found = physicell.read_physicell(file, _names(name), scenario=base, lenient=lenient, layout=layout.value)
    if base.endswith(".toml") and out is not None:  # a file is named as seen from the new one
        base = Path(os.path.relpath(base, out.parent)).as_posix()
    text = physicell.text(found, base, (out or file).stem, alone)
    if out is None:
        typer.echo(text, nl=False)
    else:
        kept.refuse_other(out)
        write_text(out, text)
        kept.save(out, found.entries)
    for sentence in sentences(found.findings):
        typer.echo(tidy(sentence), err=True)
    for entry in found.entries:
        if not entry.id:
            typer.echo(
                tidy(f"{found.file}, line {entry.line}: kept without a meaning here: {entry.why}"), err=True
            )
    typer.echo(
        f"{_count(len(found.rules), 'rule')}{f' in {out}' if out else ''}, {_count(len(found.kept), 'row')} without a meaning here",
        err=out is None,
    )


@app.command()
@with_plugins
def export(
    scenario: Name,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="The file to write; printed without.")
    ] = None,
    own: Annotated[
        bool | None, typer.Option("--own/--all", help="Only rules that the scenario adds or changes, or all.")
    ] = None,
    changes: Changes = None,
) -> None:
    """Write the rules of a scenario in the grammar of PhysiCell; beside it what that grammar cannot hold."""
    from livermet_sim.cli.options import load_scenario
    from livermet_sim.rulebook.physicell.ruleset import sentences
    from livermet_sim.scenario import physicell

    if out is not None and out.suffix.lower() != ".csv":
        raise LivermetError("--out", f'"{out}" is not a table; its name must end in .csv')
    found = physicell.to_physicell(load_scenario(scenario, changes) if changes else scenario, out, own=own)
    if out is None:
        typer.echo(found.text(), nl=False)
    for sentence in sentences(found.findings):
        typer.echo(tidy(sentence), err=True)
    typer.echo(f"{_count(len(found.rows), 'rule')}{f' in {out}' if out else ''}", err=out is None)


def _names(given: list[str] | None) -> dict[str, str]:
    names = {}
    for text in given or ():
        there, equals, here = text.rpartition("=")
        if not equals or not there.strip() or not here.strip():
            raise LivermetError(
                "--name", f'"{text}" is not THERE=HERE; write for example "cancer cell=tumour"'
            )
        names[there.strip()] = here.strip()
    return names


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
