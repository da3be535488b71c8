"""Write the JSON Schemas of the files that users write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def schema(
    kind: Annotated[
        str, typer.Argument(metavar="[scenario|rules|study]", help="Kind of file; all of them with --out.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write KIND.schema.json there instead of printing.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenarios (with rules and interventions), of rules or of studies, for an editor to complete and check.

    A first line such as `#:schema scenario.schema.json` in a TOML file names it to editors.
    """
    from livermet_sim.base.write import inside, write_text
    from livermet_sim.scenario import json_schema

    kinds = [kind] if kind or out is None else list(json_schema.SCHEMAS)
    for name in kinds:
        text = json.dumps(json_schema.schema(name or "scenario"), indent=1, ensure_ascii=False)
        if out is None:
            typer.echo(text)
        else:
            path = inside(out, f"{name}.schema.json")
            write_text(path, text + "\n")
            typer.echo(f"{path} is written; name it in the first line of a file: #:schema {path.name}")
