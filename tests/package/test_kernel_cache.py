"""Check that compiled kernels are cached, and that an edited source never meets an old cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from livermet_sim.kernels import jit

PACKAGE = Path(jit.__file__).parents[1]
SCRIPT = """
import numpy as np
from livermet_sim.kernels import jit
from livermet_sim.kernels.vessels import sprouting
n, likely = 1000, np.full((1000, 1), 0.7)
number = sprouting(n, 1, 0, 1.0, 2, np.full(n, 2), np.arange(n), likely, 0, np.empty(n, dtype=np.int64))
print(number, jit.cache_folder().name, len(list(jit.cache_folder().rglob("*.nbi"))))
"""


@pytest.fixture
def copy(tmp_path):
    """Return a folder with a copy of the kernels, and a function that runs one of them in a new process."""
    package = tmp_path / "livermet_sim"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copytree(PACKAGE / "kernels", package / "kernels", ignore=shutil.ignore_patterns("__pycache__"))

    def run(**environment: str) -> list[str]:
        env = {
            **os.environ,
            "LIVERMET_CACHE_DIR": str(tmp_path / "cache"),
            "PYTHONPATH": str(tmp_path),
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    return package, run


@pytest.mark.skipif(not jit.enabled(), reason="there is no cache without numba")
def test_an_edited_callee_is_compiled_anew(copy):
    package, run = copy
    value, folder, _ = run()
    assert run() == [value, folder, "1"]
    plain, _, _ = run(LIVERMET_NOJIT="1")
    assert plain == value
    source = package / "kernels" / "rng.py"
    text = source.read_text(encoding="utf-8")
    assert "scale = 2.3283064365386963e-10" in text
    source.write_text(text.replace("scale = 2.3283064365386963e-10", "scale = 1e-10"), encoding="utf-8")
    edited, other, _ = run()
    # half of the LSEC sprout, and all of them once no draw exceeds 0.43
    assert 400 < int(value) < 600 and int(edited) == 1000 and other != folder


def test_old_caches_are_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("LIVERMET_CACHE_DIR", str(tmp_path))
    for i in range(20):
        (tmp_path / f"kernels-{i:016x}").mkdir()
    jit.cache_folder.cache_clear()
    try:
        current = jit.cache_folder()
    finally:
        jit.cache_folder.cache_clear()
    assert current.is_dir() and len(list(tmp_path.glob("kernels-*"))) == jit.KEPT_CACHES


def test_a_cache_that_cannot_be_written_is_kept_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LIVERMET_CACHE_DIR", str(tmp_path / "file"))
    jit.cache_folder.cache_clear()
    try:
        assert jit.cache_folder().is_dir()
    finally:
        jit.cache_folder.cache_clear()
