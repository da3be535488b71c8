"""Write the reference of the Python side, from its docstrings."""

from __future__ import annotations

import importlib
import inspect
from functools import cached_property
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.site.layout import Entry

FIRST = "api/livermet_sim.html"


def need(*packages: str) -> None:
    """Say before any work what is not installed.

    Raises
    ------
    LivermetError
    """
    for package in packages:
        try:
            importlib.import_module(package)
        except ImportError:
            reason = f'{package} is not installed; pip install "livermet-sim[docs]"'
            raise LivermetError("docs", reason) from None


def write_reference(site: Path) -> list[str]:
    """Write the pages of the reference into ``api`` in the site; returns their paths.

    Raises
    ------
    LivermetError
        Without pdoc.
    """
    need("pdoc")
    import pdoc
    import pdoc.doc
    import pdoc.render

    facade = importlib.import_module("livermet_sim")
    for name in facade.__all__:
        getattr(facade, name)  # pdoc sees what was loaded
    _show_whole(pdoc.doc.Class, facade.__all__)
    look = Path(__file__).with_name("look") / "reference"
    pdoc.render.configure(
        docformat="numpy", show_source=False, footer_text="livermet_sim", template_directory=look
    )
    pdoc.pdoc("livermet_sim", output_directory=site / "api")
    return sorted(path.relative_to(site).as_posix() for path in (site / "api").rglob("*.html"))


def entries() -> list[Entry]:
    """Return what the search has of every public name: page, name, link, first line of its docstring."""
    facade = importlib.import_module("livermet_sim")
    found = []
    for name in facade.__all__:
        value = getattr(facade, name)
        found.append(("Reference", name, f"{FIRST}#{name}", _first_line(value)))
        for inner, method in vars(value).items() if inspect.isclass(value) else ():
            if not inner.startswith("_") and inspect.isfunction(method):
                found.append(("Reference", f"{name}.{inner}", f"{FIRST}#{name}.{inner}", _first_line(method)))
    return found


def _first_line(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


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
