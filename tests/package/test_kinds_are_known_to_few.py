"""Count the files that name a kind of cell, so that a kind stays closed: its roles, look and states stand in its own file.

A name is a text without blanks that holds a kind's name as a word (``cells.kupffer.density``, ``stellate_h``), outside
``cells/``, where kinds are described. The tumour, which everything is about, does not count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import livermet_sim
from livermet_sim.cells.registry import KINDS, LOOKS, having, look_of
from livermet_sim.state.roles import ROLES, by_role, the

ROOT = Path(livermet_sim.__file__).parent
MOST = 12
NAMES = {kind.name for kind in KINDS} - {"tumour"}


def docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the texts that say what a module, class or function is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def names_a_kind(text: object) -> bool:
    """Say whether a text is a name with the name of a kind in it."""
    if not isinstance(text, str) or " " in text:
        return False
    return not NAMES.isdisjoint(re.split(r"[^a-z0-9]+", text.lower()))


def places(root: Path) -> dict[str, list[int]]:
    """Return the lines of each file that name a kind."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        name = str(path.relative_to(root))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = set(map(id, docstrings(tree)))
        texts = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in said)
        lines = [n.lineno for n in texts if names_a_kind(n.value)]
        if lines and not name.startswith("cells/"):
            found[name] = lines
    return found


def test_kinds_are_named_in_few_files():
    found = places(ROOT)
    assert len(found) <= MOST, found


def test_the_count_sees_names_and_no_sentences(tmp_path):
    (tmp_path / "a.py").write_text(
        '"""kupffer"""\nx = "cells.nk.density", "lsec_at", "bank", "Kupffer cells eat"\n'
    )
    assert places(tmp_path) == {"a.py": [2, 2]}


def test_every_kind_has_a_look_and_known_roles():
    assert set(LOOKS) == {kind.name for kind in KINDS}
    for kind in KINDS:
        assert kind.roles <= set(ROLES) and kind.look.one and kind.called == kind.look.many
    assert all(having(role) for role in ROLES)
    colours = [look.colour for look in LOOKS.values()]
    assert len(set(colours)) == len(colours)


def test_a_kind_like_another_has_its_roles_and_a_look_of_its_own():
    model = next(kind for kind in KINDS if kind.name == having("patrol")[0])
    own = model.named("mast")
    assert own.roles == model.roles and own.look is None
    assert own.called == "mast cells" and look_of("mast").marker != look_of(model.name).marker
    coded = by_role((*KINDS, own))
    assert coded["patrol"] == (KINDS.index(model), len(KINDS)) and the("patrol", coded) == KINDS.index(model)
    assert by_role([replace(own, roles=frozenset())])["patrol"] == ()
