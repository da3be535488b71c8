"""Write the dossier of a scenario, one of its tables, or say whether a written one is still true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.cli.options import Changes, Name, load_scenario

if TYPE_CHECKING:
    from livermet_sim.documentation.dossier import Dossier
    from livermet_sim.documentation.evidence import Evidence

DRIFTED = 1


def dossier(
    name: Name = "baseline",
    changes: Changes = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder, results/dossier-NAME by default; with --table a CSV file instead of the screen."
        ),
    ] = None,
    table: Annotated[str, typer.Option(metavar="TABLE", help="Only this table; --list names them.")] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="Name the tables and how many rows each has.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Say whether a written dossier is still true of code and scenario."
        ),
    ] = None,
    verification: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What livermet verify --out wrote.")
    ] = None,
    validation: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What livermet validate --out wrote.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What livermet baseline --json printed.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make the quick checks now instead of reading a report.")
    ] = False,
) -> None:
    """Write all that a reviewer asks for, from code and scenario alone: ODD, parameters and rules with sources, references,
    verification, validation, TRACE, Ten Rules, CURE.

    One page (dossier.html), Markdown, JSON, BibTeX and CSL. Exit code 1 when --check finds that a written one is not true any more.
    """
    from livermet_sim.documentation import dossier as made

    if verify and verification is not None:
        raise LivermetError("--verify", "it makes the checks that --verification reads; give one of them")
    if sum((bool(table), listed, check is not None)) > 1:
        raise LivermetError("--table, --list, --check", "they exclude each other")
    if out is not None and (listed or check is not None):
        raise LivermetError("--out", "--list and --check write nothing")
    given = {"verification": verification, "validation": validation, "baseline": baseline}
    scenario = load_scenario(name, changes)
    found = made.Dossier(made.Subject(scenario, name, tuple(changes or ()), _evidence(given, verify)))
    if listed:
        from livermet_sim.base.aligned import aligned

        typer.echo(aligned([(t.name, str(len(t.rows)), t.title) for t in found.tables.values()]))
    elif table:
        _table(found, table, out)
    elif check is not None:
        _check(found, check)
    else:
        _save(found, out)


def _evidence(given: dict[str, Path | None], verify: bool) -> Evidence:
    from livermet_sim.documentation import evidence

    found = evidence.read(given)
    if not verify:
        return found

    def tell(title: str) -> None:
        typer.echo(f"checking: {title}", err=True)

    return evidence.verified_now(found, tell)


def _save(found: Dossier, out: Path | None) -> None:
    from livermet_sim.base.write import inside

    folder = out or inside(Path("results"), f"dossier-{found.subject.named}")
    page = found.save(folder)
    rows = sum(len(table.rows) for table in found.tables.values())
    typer.echo(f"{len(found.tables)} tables of {rows} rows in {page}")
    typer.echo(
        f"beside it: {', '.join(sorted(path.name for path in folder.iterdir() if path != page and path.is_file()))}"
    )


def _table(found: Dossier, name: str, out: Path | None) -> None:
    from livermet_sim.documentation.blocks import find, number

    if out is not None and out.suffix.lower() != ".csv":
        raise LivermetError("--out", f'"{out}" is not a table; its name must end in .csv')
    if out is not None:
        from livermet_sim.base.write import whole_file

        frame = found.table(name)
        with whole_file(out) as part:
            frame.to_csv(part, index=False)
        typer.echo(f"{len(frame)} rows in {out}")
        return
    from livermet_sim.base.aligned import aligned

    one = find(found.tables.values(), name)
    typer.echo(
        aligned([one.columns, *(tuple(" ".join(number(cell).split()) for cell in row) for row in one.rows)])
    )


def _check(found: Dossier, folder: Path) -> None:
    from livermet_sim.documentation import dossier as made

    drifted = made.drift(made.written(folder), found)
    for words in drifted:
        typer.echo(words)
    typer.echo("it is not true any more" if drifted else "it is true of this code and scenario")
    if drifted:
        raise typer.Exit(DRIFTED)
