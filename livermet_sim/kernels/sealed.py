"""Keep compiled kernels in files with a checksum, and load only whole ones that this user wrote.

numba's own files carry no checksum: an empty or cut one ends every later run, and a strange one is unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SUM_BYTES = 32


def own(found: os.stat_result) -> bool:
    """Say whether a file or folder belongs to this user; where users have no numbers, it does."""
    return not hasattr(os, "geteuid") or found.st_uid == os.geteuid()


def read(path: Path) -> bytes | None:
    """Return what `write` kept, or None: no such file, not whole, a link, or one that another user could have written."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            found = os.fstat(handle)
            loose = os.name == "posix" and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISREG(found.st_mode) or not own(found) or loose:
                return None
            data = file.read()
    except OSError:
        return None
    body = data[SUM_BYTES:]
    return body if hashlib.sha256(body).digest() == data[:SUM_BYTES] else None


def write(path: Path, body: bytes) -> None:
    """Keep bytes with their checksum, whole or not at all, readable by this user alone; do without where it fails."""
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with open(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            os.replace(name, path)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(name)


def cache_of(function: Callable[..., Any], folder: Path) -> Any:
    """Return the cache of one kernel as numba's dispatcher asks for it."""
    from numba.core import caching, compiler
    from numba.core.runtime.nrt import rtsys
    from numba.core.serialize import dumps

    class Sealed(caching._Cache):
        @property
        def cache_path(self) -> str:
            return str(folder)

        def _path(self, sig: Any, codegen: Any) -> Path:
            code = function.__code__
            key = repr(
                (sig, codegen.magic_tuple(), code.co_firstlineno, hashlib.sha256(code.co_code).hexdigest())
            )
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            return folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.nbc"

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            rtsys.initialize(target_context)  # all that compiled code needs; a compilation loads the rest
            body = read(self._path(sig, target_context.codegen()))
            return body and compiler.CompileResult._rebuild(target_context, *pickle.loads(body))

        def save_overload(self, sig: Any, data: Any) -> None:
            if not (any(not lifted.can_cache for lifted in data.lifted) or data.library.has_dynamic_globals):
                write(self._path(sig, data.codegen), dumps(data._reduce()))

        def enable(self) -> None:
            pass

        def disable(self) -> None:
            pass

        def flush(self) -> None:
            pass

    return Sealed()
