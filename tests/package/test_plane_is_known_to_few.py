"""Count the files that know that the tissue is a plane, so that a lattice in space stays a later builder, solver and camera.

A line knows the plane where it makes pictures of site arrays or sites of pictures (rows and columns, arithmetic with
the width, reshaping), works on pictures of sites (ndimage, grids, shifts), or counts on four or eight neighbours.
What draws on a picture that the camera has made knows the picture alone, and does not count; nor do the worlds with an
analytic answer on which the model is verified, of which a lattice in space would have its own.
"""

from __future__ import annotations

import ast
from pathlib import Path

import livermet_sim

ROOT = Path(livermet_sim.__file__).parent
MOST = 12
OF_LATTICE = {"tissue", "lattice", "t", "level", "mass"}
SIZES = {"width", "height"}
SIDES = {"width", "height", "wide", "high", "shape", "whole"}
GRIDS = {"north", "ndimage", "mgrid", "gradient", "roll", "distance_transform_edt", "binary_dilation"}
PICTURES = {"picture", "image", "pixels"}


def last_name(node: ast.AST) -> str:
    """Return the last word of ``a.b.c``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def constant(node: ast.AST | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def converts(node: ast.AST) -> bool:
    """Say whether a node turns sites into rows and columns or back."""
    if isinstance(node, ast.Attribute):
        return node.attr in SIZES and last_name(node.value) in OF_LATTICE
    if isinstance(node, ast.Subscript):
        of_section = last_name(node.value) in {"tissue", "settings", "values", "style", "found"}
        return constant(node.slice) in SIZES and not of_section
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.FloorDiv) and last_name(node.right) in {"width", "wide"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in PICTURES and last_name(node.func.value) in OF_LATTICE
    return False


def counts_on_a_plane(node: ast.AST) -> bool:
    """Say whether a node works on a grid of rows and columns or counts on a number of neighbours."""
    if isinstance(node, ast.Attribute | ast.Name):
        return last_name(node) in GRIDS
    if isinstance(node, ast.Call):
        if last_name(node.func) == "reshape":
            return any(last_name(n) in SIDES for a in node.args for n in ast.walk(a))
        if last_name(node.func) == "range":
            return len(node.args) == 1 and constant(node.args[0]) in (4, 8, 9)
        return last_name(node.func) == "sqrt" and constant(node.args[0]) in (2, 2.0)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return any(
            isinstance(e, ast.Slice) and {constant(e.lower), constant(e.upper)} & {4, 8}
            for e in node.slice.elts
        )
    return False


def lines_that_know(root: Path) -> dict[str, list[int]]:
    """Return the lines of each file that know the plane."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        name = str(path.relative_to(root))
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        # files of arrays have shapes of their own
        drawn = name.startswith(("app", "viz", "base"))
        lines = {
            n.lineno
            for n in nodes
            if isinstance(n, ast.expr) and (converts(n) or (not drawn and counts_on_a_plane(n)))
        }
        if lines and not name.startswith("verification/"):
            found[name] = sorted(lines)
    return found


def test_the_plane_is_known_to_few_files():
    found = lines_that_know(ROOT)
    assert len(found) <= MOST, found
