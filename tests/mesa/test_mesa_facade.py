"""The public names load what they need when they are used, and nothing before."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import livermet_sim as lm

HEAVY = ("mesa", "numba", "numpy", "pandas", "matplotlib", "scipy")


def run(code):
    """Run Python code in a fresh process and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(lm.__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_importing_the_package_imports_nothing_heavy():
    code = f"import sys, livermet_sim; dir(livermet_sim); livermet_sim.__version__; print(*[m for m in {HEAVY} if m in sys.modules])"
    assert run(code) == []


def test_every_public_name_resolves_and_is_listed():
    assert set(lm.__all__) <= set(dir(lm))
    for name in lm.__all__:
        assert getattr(lm, name) is getattr(lm, name)
    assert (
        lm.LiverModel.__name__ == "LiverModel" and lm.deplete("kupffer", at="18 day")["action"] == "deplete"
    )
    with pytest.raises(AttributeError, match="no attribute 'LiverModle'"):
        lm.LiverModle  # noqa: B018


@pytest.mark.parametrize("method", ["None", "'fork'"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one start method")
def test_importing_mesa_leaves_multiprocessing_alone(method):
    code = (
        f"import multiprocessing as m; m.set_start_method({method}, force=True); import livermet_sim.model; "
        "print(m.get_start_method(allow_none=True))"
    )
    assert run(code) == [method.strip("'")]


def test_nothing_inside_imports_the_facade():
    for path in Path(lm.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "livermet_sim" not in [alias.name for alias in node.names], path
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                # the version alone loads nothing
                assert node.module != "livermet_sim" or [alias.name for alias in node.names] == [
                    "__version__"
                ], path
