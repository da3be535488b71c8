"""Say how to cite the model."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Form(StrEnum):
    """Name the forms of a citation."""

    text = "text"
    bibtex = "bibtex"
    csl = "csl"


def cite(
    form: Annotated[Form, typer.Option("--as", help="A sentence, BibTeX, or CSL-JSON.")] = Form.text,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the citation alone.")] = False,
) -> None:
    """Say how to cite the model."""
    from livermet_sim import __version__
    from livermet_sim.base.citation import citation

    typer.echo(citation(form.value, __version__))
    if form is Form.text and not quiet:
        words = "Name the scenario, its digest and the seeds too (provenance.json of a run), and the papers behind what you changed"
        typer.echo(f"\n{words} (livermet show rules --out rules.csv).\nAlso: --as bibtex, --as csl")
