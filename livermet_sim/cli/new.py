"""Write a scenario to start from: short, commented, and without a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livermet_sim.base.errors import LivermetError


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The file to write; it must not exist.")],
    base: Annotated[
        str, typer.Option("--from", metavar="NAME|PATH", help="The scenario that it extends.")
    ] = "lobule",
) -> None:
    """Write a commented scenario of your own, ready to be changed and run."""
    from livermet_sim.base.write import write_text
    from livermet_sim.scenario.load import load
    from livermet_sim.scenario.starter import starter
    from livermet_sim.validation import schemas

    if file.suffix != ".toml":
        raise LivermetError(str(file), "the name of a scenario's file must end in .toml")
    if file.exists():
        raise LivermetError(str(file), "the file exists already; give another name")
    scenario = load(base)
    if base.endswith(".toml"):  # a file is named as seen from the new one
        base = schemas.beside(Path(base), file.parent)
    write_text(file, f"{schemas.line('scenario', file.parent)}\n{starter(scenario, base, file.stem)}")
    typer.echo(f"{file} is written. Next:  livermet check {file}   then   livermet run {file}")
