"""Count the parameters of functions: a kernel takes tables and where columns stand in them, and no array for each column."""

from __future__ import annotations

import ast
from pathlib import Path

import livermet_sim

ROOT = Path(livermet_sim.__file__).parent
MOST = 12
# those that still take more; the list may only get shorter
LONGER = {
    ("app/page.py", "Tissue"),
    ("kernels/diffusion.py", "relax"),
    ("kernels/response.py", "_feel"),
    ("kernels/response.py", "_sense"),
    ("kernels/response.py", "answer_at"),
    ("kernels/response.py", "evaluate"),
    ("kernels/response.py", "listen"),
}


def parameters(function: ast.FunctionDef) -> int:
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
            if isinstance(node, ast.FunctionDef) and parameters(node) > MOST:
                found[path.relative_to(root).as_posix(), node.name] = parameters(node)
    return found


def test_no_further_function_takes_many_parameters():
    found = long_calls(ROOT)
    assert {name: number for name, number in found.items() if name not in LONGER} == {}
    assert set(found) >= LONGER, "take what is short now off the list"


def test_the_count_leaves_the_object_out(tmp_path):
    many = ", ".join(f"a{i}" for i in range(MOST))
    (tmp_path / "x.py").write_text(f"class A:\n def f(self, {many}): ...\n def g(self, {many}, *, b): ...\n")
    assert long_calls(tmp_path) == {("x.py", "g"): MOST + 1}
