"""Count the parameters of functions: a kernel takes tables and where columns stand in them, and no array for each column."""

from __future__ import annotations

import ast
from pathlib import Path

import livermet_sim

ROOT = Path(livermet_sim.__file__).parent
MOST = 12


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many parameters a function has, the object itself left out."""
    own = function.args
    names = [arg.arg for arg in (*own.posonlyargs, *own.args, *own.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"])) + bool(own.vararg) + bool(own.kwarg)


def long_calls(root: Path) -> dict[tuple[str, str], int]:
    """Return the functions that take more than MOST parameters."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        # a command has a parameter for each of its options
        if path.relative_to(root).parts[0] == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and parameters(node) > MOST:
                found[path.relative_to(root).as_posix(), node.name] = parameters(node)
    return found


def test_no_function_takes_many_parameters():
    assert long_calls(ROOT) == {}


def test_the_count_leaves_the_object_out(tmp_path):
    many = ", ".join(f"a{i}" for i in range(MOST))
    (tmp_path / "x.py").write_text(f"class A:\n def f(self, {many}): ...\n def g(self, {many}, *, b): ...\n")
    assert long_calls(tmp_path) == {("x.py", "g"): MOST + 1}
