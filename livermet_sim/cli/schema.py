"""Write the JSON Schemas of the files that users write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def schema(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]",
            help="scenario, rules, intervention, study, calibration, matching or experiment; all of them with --out.",
        ),
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write KIND.schema.json there instead of printing.")
    ] = None,
    into: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Name the schema in the first line of this file, as it lies on this machine; repeatable.",
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for an editor to complete and check; a scenario's holds rules and interventions.

    A first line such as `#:schema scenario.schema.json` in a TOML file names it to editors. The schemas ship with the model
    as well, in livermet_sim/library/schemas; the first lines of the scenarios that ship lead there in a copy of the
    repository. In a file of your own, or a copy of one of these, --into writes the line that leads there from where it lies.
    """
    from livermet_sim.base.write import inside, write_text
    from livermet_sim.validation import schemas

    for file in into or ():
        schemas.name_in(file, kind or "scenario")
        typer.echo(
            f"{file} names the schema of a {kind or 'scenario'}: {schemas.shipped(kind or 'scenario')}"
        )
    if into and out is None:
        return
    kinds = [kind] if kind or out is None else list(schemas.SCHEMAS)
    for name in kinds:
        text = schemas.written(name or "scenario")
        if out is None:
            typer.echo(text, nl=False)
        else:
            path = inside(out, f"{name}{schemas.ENDING}")
            write_text(path, text)
            typer.echo(f"{path} is written; name it in the first line of a file: #:schema {path.name}")
