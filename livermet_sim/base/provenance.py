"""Say with what a result was made: versions of the model and of what it stands on."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

# what shows or organises runs cannot change what one gives
APART = ("app", "bench", "cli", "library", "result.py", "sweep", "validation", "viz")
NUMBERS = ("numpy", "scipy", "numba")
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


@cache
def model() -> str:
    """Return the version of the model and a hash of its sources and of the packages that compute for it.

    The library of rules and lines is left out: what a run takes of it is in its resolved scenario.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if inside.parts[0] not in APART:
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
    for name in NUMBERS:
        with suppress(metadata.PackageNotFoundError):
            digest.update(f"{name} {metadata.version(name)}".encode())
    return f"{model_version()}+{digest.hexdigest()[:12]}"


@cache
def library() -> str:
    """Return a hash of the shipped rules, tumour lines, drugs, conditions and experiments."""
    folder = Path(__file__).resolve().parents[1] / "library"
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".toml", ".csv")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def stamp() -> dict[str, str]:
    """Return of which code and library a result is, by which somebody can say later whether it still holds."""
    return {"model": model(), "library": library()}
