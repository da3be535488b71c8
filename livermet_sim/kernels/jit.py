"""Compile kernels with numba when it is there, into a cache that an edited source can never meet again.

numba's own cache checks only the file of the outermost function, so a change in a callee of another file
would go unseen (numba issue 8396). The cache folder is therefore named by a hash of every kernel source.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

KEPT_CACHES = 6


def _settings() -> Any:
    """Return numba's settings; its attributes are made at run time, which type checkers cannot see."""
    return importlib.import_module("numba.core.config")


def enabled() -> bool:
    """Say whether kernels are compiled: numba is installed and LIVERMET_NOJIT is not set."""
    if os.environ.get("LIVERMET_NOJIT", "") not in ("", "0"):
        return False
    try:
        return not _settings().DISABLE_JIT
    except ImportError:
        return False


@cache
def source_hash() -> str:
    """Return a short hash of all kernel sources and of what compiles them."""
    digest = hashlib.sha256(sys.version.encode())
    try:
        import numba

        digest.update(numba.__version__.encode())
    except ImportError:
        pass
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """Return the folder that holds the compiled kernels of exactly these sources."""
    if os.environ.get("LIVERMET_CACHE_DIR"):
        root = Path(os.environ["LIVERMET_CACHE_DIR"])
    elif os.environ.get("XDG_CACHE_HOME"):
        root = Path(os.environ["XDG_CACHE_HOME"]) / "livermet_sim"
    else:
        root = Path.home() / ".cache" / "livermet_sim"
    folder = root / f"kernels-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # only to see whether the folder can be written
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"livermet_sim-{os.getuid() if hasattr(os, 'getuid') else 0}"
        folder = folder / f"kernels-{source_hash()}"
        folder.mkdir(parents=True, exist_ok=True)
    _prune(folder)
    return folder


def _prune(current: Path) -> None:
    """Remove all but the newest caches, so that editing kernels does not fill the disk."""
    others = [p for p in current.parent.glob("kernels-*") if p != current]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[KEPT_CACHES - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def compiled() -> bool:
    """Say whether an earlier process left compiled kernels for these sources."""
    return not enabled() or any(cache_folder().rglob("*.nbc"))


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel, or return it as it is where numba is absent or switched off.

    No fastmath, no parallel: the compiled and the plain function give the same bits.
    """
    if not enabled():
        return function
    import numba

    settings = _settings()
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(cache_folder())
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        settings.CACHE_DIR = before


def inline(function: Callable[..., Any]) -> Any:
    """Compile a small function that kernels call; its machine code lives inside theirs.

    Forced, because an array handed to a call that is not inlined costs a count of references each time.
    """
    if not enabled():
        return function
    import numba

    return numba.njit(error_model="numpy", forceinline=True)(function)
