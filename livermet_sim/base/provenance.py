"""Say with what a result was made: versions of the model and of what it stands on."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

STANDS_ON = ("mesa", "numpy", "scipy", "numba", "pandas", "pyarrow")


def model_version() -> str:
    """Return the version of the package, or "unknown" when it runs from a folder that is not installed."""
    return _version("livermet-sim") or "unknown"


@cache
def versions(kernels: str) -> dict[str, str]:
    """Return versions of the model, its kernels (a hash), Python and the packages that results depend on."""
    found = {"livermet_sim": model_version(), "kernels": kernels, "python": platform.python_version()}
    return found | {name: version for name in STANDS_ON if (version := _version(name))}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
