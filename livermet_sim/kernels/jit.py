"""Compile kernels with numba when it is there, into a cache that an edited source can never meet again.

numba's own cache checks only the file of the outermost function, so a change in a callee of another file
would go unseen (numba issue 8396). The cache folder is therefore named by a hash of every kernel source.
"""

from __future__ import annotations

import contextlib
import gc
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

from livermet_sim.kernels import sealed

KEPT_CACHES = 12  # a few checkouts side by side, each edited now and then
PRIVATE = 0o700
SELDOM = 50_000, 20, 100  # of gc.set_threshold; its own 700, 10, 10 take a tenth of the time to compile
SAID = "LIVERMET_SAID_NO_CACHE"
# nobody hands a kernel on as a function
KERNEL: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}
# for what only kernels call; the switch for counts of references has no public name
INNER: dict[str, Any] = {
    "error_model": "numpy", "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip


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
def cache_folder() -> Path | None:
    """Return the folder that holds the compiled kernels of exactly these sources; None where there is no private one.

    What lies there is unpickled, so it must be this user's own: never a symbolic link, never a shared temporary folder.
    """
    if os.environ.get("LIVERMET_CACHE_DIR"):
        root = Path(os.environ["LIVERMET_CACHE_DIR"])
    elif os.environ.get("XDG_CACHE_HOME"):
        root = Path(os.environ["XDG_CACHE_HOME"]) / "livermet_sim"
    else:
        root = Path(os.path.expanduser("~")) / ".cache" / "livermet_sim"
    folder = root / f"kernels-{source_hash()}"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=PRIVATE)
        if not sealed.own(folder.lstat()) or folder.is_symlink():
            raise OSError("it belongs to somebody else")
        folder.chmod(PRIVATE)
        with tempfile.TemporaryFile(dir=folder):
            pass  # only to see whether the folder can be written
    except (OSError, ValueError, RuntimeError) as error:
        _say_without(folder, getattr(error, "strerror", None) or str(error))
        return None
    _prune(folder)
    return folder


@cache
def side_folder(name: str) -> Path | None:
    """Return a private folder beside those of the kernels, for what else is worth keeping; None where there is none."""
    kernels = cache_folder()
    if kernels is None:
        return None
    folder = kernels.parent / name
    try:
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        if folder.is_symlink() or not sealed.own(folder.lstat()):
            return None
        folder.chmod(PRIVATE)
    except OSError:
        return None
    return folder


def _say_without(folder: Path, why: str) -> None:
    """Say once, in this process and those that it starts, that nothing is kept."""
    if not os.environ.get(SAID):
        os.environ[SAID] = "1"
        words = f"livermet: kernels are compiled anew each time, as {str(folder)[:300]} cannot keep them"
        print(f"{words} ({why.lower()}); LIVERMET_CACHE_DIR names another folder", file=sys.stderr)


def _prune(current: Path) -> None:
    """Remove all but the newest caches, so that editing kernels does not fill the disk."""
    with contextlib.suppress(OSError):
        others = [p for p in current.parent.glob("kernels-*") if p != current and sealed.own(p.lstat())]
        others.sort(key=lambda p: p.lstat().st_mtime, reverse=True)
        for old in others[KEPT_CACHES - 1 :]:
            shutil.rmtree(old, ignore_errors=True)


def compiled() -> bool:
    """Say whether an earlier process left compiled kernels for these sources."""
    folder = cache_folder() if enabled() else None
    return not enabled() or (folder is not None and any(folder.glob("*.nbc")))


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel, or return it as it is where numba is absent or switched off.

    No fastmath, no parallel: the compiled and the plain function give the same bits.
    """
    if not enabled():
        return function
    import numba

    _collect_seldom()
    made: Any = numba.njit(**KERNEL)(function)
    folder = cache_folder()
    if folder is not None:
        made._cache = sealed.cache_of(function, folder)
    return made


@cache
def _collect_seldom() -> None:
    """Let Python look for garbage less often while numba compiles, which makes much that lives until its end."""
    from numba.core import event

    before: list[tuple[int, int, int]] = []

    class Seldom(event.Listener):
        def on_start(self, event: Any) -> None:
            before.append(gc.get_threshold())
            gc.set_threshold(*SELDOM)

        def on_end(self, event: Any) -> None:
            gc.set_threshold(*before.pop())

    event.register("numba:compile", Seldom())


def part(function: Callable[..., Any]) -> Any:
    """Compile a function that kernels call and that is too large to live inside theirs; arrays as with ``inline``."""
    return _inner(function) if enabled() else function


def inline(function: Callable[..., Any]) -> Any:
    """Compile a small function that kernels call; its machine code lives inside theirs.

    Forced, and without the counts of references that numba else keeps of every array handed over, which cost
    several times what such a function computes. So it may make views of its arrays, but neither new ones nor return any.
    """
    return _inner(function, forceinline=True) if enabled() else function


def _inner(function: Callable[..., Any], **options: bool) -> Any:
    """Compile a function for kernels alone, once for all constants that it is called with; called from Python it runs plainly.

    What would let Python call it takes a third of the time that it takes to compile, and such a copy for each constant
    gains nothing, as the optimiser sees the constant where the code stands.
    """
    import numba

    compiler: Any = numba.njit
    made: Any = compiler(**INNER, **options)(function)
    made.__class__ = _inner_type(type(made))
    return made


@cache
def _inner_type(dispatcher: Any) -> Any:
    from numba import types

    class Inner(dispatcher):
        def __call__(self, *values: Any, **named: Any) -> Any:
            return self.py_func(*values, **named)

        def get_call_template(self, args: Any, kws: Any) -> Any:
            named = {name: types.unliteral(each) for name, each in kws.items()}
            return super().get_call_template(tuple(types.unliteral(each) for each in args), named)

    return Inner
