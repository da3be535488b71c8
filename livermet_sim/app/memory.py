"""Keep the memory of a server with many pages near what they hold: glibc would keep what threads let go of."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

ARENAS, LARGE = 2, 262_144
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # M_ARENA_MAX, M_MMAP_THRESHOLD of malloc.h


def thrift() -> None:
    """Let all threads share two heaps, and give large arrays back to the system as soon as they are gone."""
    allocator = _glibc()
    if allocator is not None:
        allocator.mallopt(_ARENA_MAX, ARENAS)
        allocator.mallopt(_MMAP_THRESHOLD, LARGE)


def release() -> None:
    """Give back what closed pages held."""
    gc.collect()
    allocator = _glibc()
    if allocator is not None:
        allocator.malloc_trim(0)


def _glibc() -> Any | None:
    """Return the C library where it is glibc; elsewhere the system's own ways do."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
