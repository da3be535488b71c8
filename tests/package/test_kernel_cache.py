"""Check that compiled kernels are cached, and that an edited source never meets an old cache."""

from __future__ import annotations

import ast
import gc
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from livermet_sim.kernels import jit, sealed

PACKAGE = Path(jit.__file__).parents[1]
SCRIPT = """
import numpy as np
from livermet_sim.kernels import jit
from livermet_sim.kernels.remodelling import sprouting
n, likely = 1000, np.full((1000, 1), 0.7)
number = sprouting(n, 1, 0, 1.0, 2, np.full(n, 2), np.arange(n), likely, 0, np.empty(n, dtype=np.int64))
folder = jit.cache_folder()
print(number, folder and folder.name, folder and len(list(folder.glob("*sprouting*.nbc") or ())))
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


def folder_of(monkeypatch, place):
    monkeypatch.setenv("LIVERMET_CACHE_DIR", str(place))
    monkeypatch.delenv(jit.SAID, raising=False)
    jit.cache_folder.cache_clear()
    try:
        return jit.cache_folder()
    finally:
        jit.cache_folder.cache_clear()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    assert folder_of(monkeypatch, tmp_path / "file") is None
    assert capsys.readouterr().err.count("livermet: kernels are compiled anew each time") == 1
    assert folder_of(monkeypatch, "/" + "x" * 5000) is None


def test_a_cache_is_private_and_never_a_link(tmp_path, monkeypatch, capsys):
    folder = folder_of(monkeypatch, tmp_path / "cache")
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    assert folder_of(monkeypatch, tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert folder_of(monkeypatch, tmp_path / "cache") is None
    assert "belongs to somebody else" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_cache_of_another_user_is_not_used(tmp_path, monkeypatch):
    folder = folder_of(monkeypatch, tmp_path)
    os.chown(folder, 12345, 12345)
    assert folder_of(monkeypatch, tmp_path) is None


@pytest.mark.parametrize("harm", ["loose", "link", "pipe", "given"])
def test_a_file_that_another_user_could_have_written_is_never_loaded(tmp_path, harm):
    path = tmp_path / "kernel.nbc"
    sealed.write(path, b"body")
    assert sealed.read(path) == b"body" and path.stat().st_mode & 0o777 == 0o600
    if harm == "loose":
        path.chmod(0o666)
    elif harm == "given":
        if os.geteuid() != 0:
            pytest.skip("only root can give files away")
        os.chown(path, 12345, 12345)
    else:
        path.rename(tmp_path / "other")
        path.symlink_to(tmp_path / "other") if harm == "link" else os.mkfifo(path)
    assert sealed.read(path) is None


def test_a_file_that_is_not_whole_is_not_there(tmp_path):
    path = tmp_path / "kernel.nbc"
    sealed.write(path, bytes(range(200)))
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        assert sealed.read(path) is None
        path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :])
        assert sealed.read(path) is None
    sealed.write(tmp_path / "nowhere" / "kernel.nbc", b"a disk that takes nothing ends no run")


@pytest.mark.skipif(not jit.enabled(), reason="there is no cache without numba")
def test_a_damaged_cache_heals(copy, tmp_path):
    _, run = copy
    first = run()
    (path,) = (tmp_path / "cache").rglob("*sprouting*.nbc")
    whole = path.read_bytes()
    for harm in (b"", whole[:500], b"\x80\x04." + whole):
        path.write_bytes(harm)
        assert run() == first
        assert path.read_bytes() != harm and sealed.read(path)
    before = path.stat().st_mtime_ns
    assert run() == first and path.stat().st_mtime_ns == before


@pytest.mark.skipif(not jit.enabled(), reason="there is no cache without numba")
def test_four_processes_can_compile_at_once_from_a_damaged_cache(copy, tmp_path):
    _, run = copy
    first = run()
    (path,) = (tmp_path / "cache").rglob("*sprouting*.nbc")
    path.write_bytes(b"")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: run(), range(4))) == [first] * 4
    assert sealed.read(path) and not list(path.parent.glob(".*.tmp"))


@pytest.mark.skipif(not jit.enabled(), reason="nothing is compiled without numba")
def test_garbage_is_looked_for_less_often_while_a_kernel_is_compiled_and_not_after(tmp_path, monkeypatch):
    from numba.core import event

    # a cache of an earlier run of the tests would have the kernel
    monkeypatch.setattr(jit, "cache_folder", lambda: tmp_path)

    class Seen(event.Listener):
        def __init__(self):
            self.found = []

        def on_start(self, event):
            self.found.append(gc.get_threshold())

        def on_end(self, event):
            pass

    before, seen = gc.get_threshold(), Seen()
    made = jit.kernel(lambda values: values[0] + 1.0)
    with event.install_listener("numba:compile", seen):
        assert made(np.zeros(1)) == 1.0
    assert jit.SELDOM in seen.found and gc.get_threshold() == before


def test_kernels_put_no_array_into_a_slice():
    """Numba compiles two seconds of text handling for the message that such an array does not fit."""
    for path in sorted((PACKAGE / "kernels").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
                sliced = [
                    part
                    for target in node.targets
                    if isinstance(target, ast.Subscript)
                    for part in ast.walk(target.slice)
                    if isinstance(part, ast.Slice)
                ]
                assert not sliced, f"{path.name}:{node.lineno}"
