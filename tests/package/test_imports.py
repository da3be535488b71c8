"""Read every import of the package, inside functions and for types alone too, and hold them to one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import livermet_sim

PACKAGE = Path(livermet_sim.__file__).parent
TOP = PACKAGE.name


def modules(package: Path) -> dict[str, Path]:
    """Return the file of each module of a package."""
    found = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield every name that a file imports, as (module, name); of a plain import, and of one by a text, the name is ''."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "say where from in whole"
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
            "import_module",
            "__import__",
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value), ""


def graph(package: Path) -> dict[str, set[str]]:
    """Return what each module of a package imports of it."""
    files = modules(package)
    found: dict[str, set[str]] = {}
    for module, path in files.items():
        names = {
            f"{source}.{name}" if f"{source}.{name}" in files else source
            for source, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        }
        found[module] = names & files.keys() - {module}
    return found


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return one circle, or nothing where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(graph(PACKAGE)) == []


def test_no_rooms_import_each_other_in_a_circle():
    rooms: dict[str, set[str]] = {}
    for module, others in graph(PACKAGE).items():
        if module != TOP:
            room = module.split(".")[1]
            rooms.setdefault(room, set()).update({other.split(".")[1] for other in others - {TOP}} - {room})
    assert len(rooms) > 10
    assert circle(rooms) == []


@pytest.mark.parametrize(
    "line",
    [
        "from {0}.b import y",
        "import {0}.b",
        "from {0} import b",
        "def f():\n    from {0}.b import y",
        "if TYPE_CHECKING:\n    from {0}.b import y",
        "def f():\n    return importlib.import_module('{0}.b').y",
    ],
)
def test_a_circle_is_found_however_it_is_written(tmp_path, line):
    package = tmp_path / "small"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text(line.format("small") + "\n")
    (package / "b.py").write_text("def y(): ...\n")
    assert circle(graph(package)) == []
    (package / "b.py").write_text("from small.a import x\n")
    assert set(circle(graph(package))) == {"small.a", "small.b"}


def test_each_word_of_the_phases_stands_once():
    named = [
        (path.relative_to(PACKAGE).as_posix(), target.id)
        for path in PACKAGE.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == "PHASES"
    ]
    assert named == [("state/lesions.py", "PHASES")]


def test_files_of_one_name_are_few():
    """What the same command, study or table does at several heights may share a name; more than three files say too little."""
    named: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        if path.stem != "__init__":
            named.setdefault(path.stem, []).append(path.relative_to(PACKAGE).as_posix())
    assert not {name: paths for name, paths in named.items() if len(paths) > 3}
    assert all(len(named[name]) == 1 for name in ("lines", "vessels", "compare") if name in named)


@cache
def names_of(path):
    """Return what a module defines at its top level, in branches of it too, or gets from others."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def missing(package):
    """Return what modules of a package want of each other and do not find, also inside of functions."""
    lost = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package.name):
                continue
            home = package.parent.joinpath(*node.module.split("."))
            file = home / "__init__.py" if home.is_dir() else home.with_suffix(".py")
            known = names_of(file) if file.is_file() else set()
            known |= {each.stem for each in home.iterdir()} if home.is_dir() else set()
            lazy = "__getattr__" in known
            lost += [
                f"{path.relative_to(package)}: {node.module}.{alias.name}"
                for alias in node.names
                if alias.name not in known and not lazy
            ]
    return lost


def test_what_a_module_wants_of_another_is_there():
    assert missing(PACKAGE) == []


def test_what_is_gone_is_missed_also_where_it_is_wanted_late(tmp_path):
    package = tmp_path / "small"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("def f():\n    from small.b import y, z\n\n\nfrom small.c import x\n")
    (package / "b.py").write_text("y = 1\n")
    assert set(missing(package)) == {"a.py: small.c.x", "a.py: small.b.z"}
