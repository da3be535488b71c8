"""Every public name says what it takes, in which units; the reference holds them all and no link that leads nowhere."""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.site.links import Seen, faults
from livermet_sim.site.reference import FIRST

# names of what has a dimension, and the words one of which must say which unit it is in
DIMENSIONED = re.compile(
    r"(^|_)(h|um|hours?|days?|at|until|every|recovery|half_life|length|density|rim|step_h)$"
)
UNITS = re.compile(r"\b(h|hours?|days?|um|mm|mm3|s|time)\b|/mm3|/h|/day")


def methods(cls):
    """Return what a public class holds, what it has from classes of ours that are not public themselves included."""
    shown = {
        getattr(lm, name)
        for name in lm.__all__
        if name != cls.__name__ and inspect.isclass(getattr(lm, name))
    }
    found = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("livermet_sim") and base not in shown:
            found |= vars(base)
    return found


def public():
    """Give every public callable: its name, what has the signature, its docstring; methods that are ours included."""
    for name in lm.__all__:
        found = getattr(lm, name)
        if not inspect.isclass(found):
            if callable(found):
                yield name, type(found).__call__ if inspect.ismodule(found) else found, found.__doc__
            continue
        yield name, found.__init__ if "__init__" in vars(found) else None, found.__doc__
        for method, value in methods(found).items():
            inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if inspect.isfunction(inner) and not method.startswith("_"):
                yield f"{name}.{method}", inner, inner.__doc__


PUBLIC = {name: (function, doc) for name, function, doc in public()}


def entries(doc: str) -> dict[str, str]:
    """Return what the section Parameters (or Attributes) says of each name: its line and those below it."""
    found, names = {}, []
    for line in inspect.cleandoc(doc).splitlines():
        head = re.match(r"^([\w*]+(?:, [\w*]+)*) : ", line)
        if head:
            names = head[1].replace("*", "").split(", ")
        elif line and not line.startswith(" "):
            names = []
        found |= {name: f"{found.get(name, '')} {line}" for name in names}
    return found


@pytest.mark.parametrize("name", PUBLIC)
def test_help_tells_every_parameter_and_its_unit(name):
    function, doc = PUBLIC[name]
    assert doc and len(doc) > 15
    known = entries(doc)
    parameters = inspect.signature(function).parameters if function else ()
    for parameter in parameters:
        if parameter in ("self", "cls"):
            continue
        said = known.get(parameter) or (doc if re.search(rf"``{parameter}\b|\b{parameter}\b", doc) else "")
        assert said, f"the docstring of {name} does not mention {parameter}"
        if DIMENSIONED.search(parameter):
            assert UNITS.search(said), f"the docstring of {name} gives no unit for {parameter}"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the pages of the reference, as the command writes them."""
    pytest.importorskip("pdoc", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = CliRunner().invoke(cli.app, ["docs", str(folder), "--only", "reference"])
    assert done.exit_code == 0 and "Reference in" in done.output, done.output
    (folder / "index.html").touch()  # the page that they lead back to
    return folder, [path.relative_to(folder).as_posix() for path in folder.rglob("api/**/*.html")]


def test_the_reference_holds_every_public_name(pages):
    held = Seen((pages[0] / FIRST).read_text(encoding="utf-8")).ids
    missing = {name for name in PUBLIC if name not in held}
    assert not missing


def test_no_link_leads_nowhere_and_nothing_is_fetched(pages):
    assert len(pages[1]) > 1 and faults(*pages) == []


def inner(place: object, name: str) -> object:
    """Return what goes by a name in a module or a class, or None; fields of a data class are there without a value."""
    if name in getattr(place, "__dataclass_fields__", {}):
        return name
    if inspect.ismodule(place) and hasattr(place, "__path__") and find_spec(f"{place.__name__}.{name}"):
        return import_module(f"{place.__name__}.{name}")
    return getattr(place, name, None)


def test_every_name_in_backticks_exists():
    """A single backtick is a promise that one can look there: `load`, `Result.funnel`, `sweep.paired`."""
    seen = 0
    for name, (_, doc) in PUBLIC.items():
        owner = getattr(lm, name.split(".")[0])
        for reference in re.findall(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)", doc):
            first, *rest = reference.split(".")
            found = next((it for it in (inner(lm, first), inner(owner, first)) if it is not None), None)
            for part in rest:
                found = inner(found, part)
            assert found is not None, f"the docstring of {name} names `{reference}`"
            seen += 1
    assert seen > 10


@pytest.mark.parametrize("package", ["pdoc", "markdown_it", "pygments"])
def test_without_a_package_the_way_to_it_is_said(monkeypatch, tmp_path, package):
    monkeypatch.setitem(sys.modules, package, None)
    done = CliRunner().invoke(cli.app, ["docs", str(tmp_path)])
    assert isinstance(done.exception, LivermetError) and "livermet-sim[docs]" in done.exception.sentence
    assert package in done.exception.sentence and not list(tmp_path.iterdir())
