"""Say which model computed a run, so that runs of different models are never taken for each other."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from livermet_sim.base.provenance import model_version

# what stands above the engine shows or organises runs, and cannot change what one gives
ABOVE = ("app", "cli", "viz", "validation", "sweep", "library")
NUMBERS = ("numpy", "scipy", "numba")


@cache
def model() -> str:
    """Return the version of the model and a hash of its sources and of the packages that compute for it.

    The library of rules and lines is left out: what a run takes of it is in its resolved scenario.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if inside.parts[0] not in ABOVE:
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
    for name in NUMBERS:
        with suppress(metadata.PackageNotFoundError):
            digest.update(f"{name} {metadata.version(name)}".encode())
    return f"{model_version()}+{digest.hexdigest()[:12]}"


def address(scenario_digest: str, seed: int, series: bool) -> str:
    """Return the name of a run: a hash of its resolved scenario, its seed, the model, and whether its series is kept."""
    text = f"{scenario_digest} {seed} {model()} {'series' if series else ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]
