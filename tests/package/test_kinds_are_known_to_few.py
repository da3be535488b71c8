"""Count the files that name a kind of cell, so that a kind stays closed: its roles, look and states stand in its own file.

A name is a text without blanks that holds a kind's name as a word (``cells.kupffer.density``, ``stellate_h``), outside
``cells/``, where kinds are described. The tumour, which everything is about, does not count.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import livermet_sim
from livermet_sim.cells.registry import KINDS, LOOKS, having, look_of
from livermet_sim.state.roles import ROLES, by_role, the

ROOT = Path(livermet_sim.__file__).parent
MOST, MOST_OF_ONE = 12, 3  # files outside cells that name kinds; files that a kind takes
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


MAST = '''
"""Describe mast cells, which fill and empty."""

from dataclasses import replace

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.look import Look
from livermet_sim.cells.nk import NK
from livermet_sim.cells.state import State

MAST = replace(
    NK, name="mast", doc="Mast cells.", look=Look("mast cell", "mast cells", "#117733", "P"),
    states=(*NK.states, State("granules", "refill", "release", "Share of its granules that are full.", "The cell's own granules, 0 to 1.")),
    behaviours=(*NK.behaviours, Parameter("refill", 0.1, "/h", "", 0.0, 100.0), Parameter("release", 0.0, "/h", "", 0.0, 100.0)),
)
'''
TRIED = """
import sys
import livermet_sim as lm
liver = lm.LiverModel(lm.load(sys.argv[1], {"cells.mast.density": 20000}), seed=1)
series = liver.run("1 h").timeseries
mast = next(iter(liver.agents_by_type[lm.Mast]))
print(mast.kind, mast.granules > 0.05, series["n_mast"].iloc[-1] > 0)
"""


def test_a_kind_with_a_state_of_its_own_is_added_in_three_files(tmp_path):
    root = tmp_path / "livermet_sim"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    edits = {
        "cells/registry.py": {
            "import MONOCYTE\n": "import MONOCYTE\nfrom livermet_sim.cells.mast import MAST\n",
            "    TREG,\n": "    TREG,\n    MAST,\n",
        },
        "__init__.py": {
            "    class Treg(Cell): ...\n": "    class Treg(Cell): ...\n\n    class Mast(Cell): ...\n",
            '"Treg",': '"Treg", "Mast",',
        },
    }
    (root / "cells" / "mast.py").write_text(MAST)
    for name, changes in edits.items():
        text = (root / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        (root / name).write_text(text, encoding="utf-8")
    assert len(edits) + 1 <= MOST_OF_ONE
    told = subprocess.run(
        [sys.executable, "-c", TRIED, str(ROOT.parent / "scenarios" / "strip.toml")], check=False, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout == "mast True True\n", told.stderr


def test_the_last_kind_stands_in_three_files():
    """Regulatory T cells, which no process asks for by name; the host's pool of them is a systemic level of that name."""
    levels = {"rulebook/wording.py", "state/signals.py"}
    found = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if re.search(r"\btreg\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    found = [name for name in found if name not in levels]
    assert len(found) <= MOST_OF_ONE, found
