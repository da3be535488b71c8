"""Say how to cite the model, and write its reference of the Python side."""

from __future__ import annotations

import importlib
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError


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


def docs(
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("results") / "api",
) -> None:
    """Write the reference of the Python side, from its docstrings, as web pages."""
    try:
        import pdoc
        import pdoc.doc
        import pdoc.render
    except ImportError:
        reason = 'pdoc is not installed; pip install "livermet-sim[docs]"'
        raise LivermetError("docs", reason) from None
    facade = importlib.import_module("livermet_sim")
    for name in facade.__all__:
        getattr(facade, name)  # pdoc sees what was loaded
    _show_whole(pdoc.doc.Class, facade.__all__)
    pdoc.render.configure(docformat="numpy", show_source=False, footer_text="livermet_sim")
    pdoc.pdoc("livermet_sim", output_directory=out)
    typer.echo(f"Reference in {out / 'livermet_sim.html'}")


def _show_whole(documented: Any, public: list[str]) -> None:
    """Let the page of a public class show what it has from classes that have no page of their own."""
    declarations = documented._declarations.func

    def whole(self: Any) -> dict[str, tuple[str, str]]:
        return {
            name: (self.modulename, f"{self.qualname}.{name}")
            if module.startswith("livermet_sim.") and place.split(".")[0] not in public
            else (module, place)
            for name, (module, place) in declarations(self).items()
        }

    documented._declarations = cached_property(whole)
    documented._declarations.__set_name__(documented, "_declarations")
