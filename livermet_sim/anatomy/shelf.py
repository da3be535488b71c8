"""Keep the last tissues beside the compiled kernels, so that building one again takes no time."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from livermet_sim.base.specs import Value
from livermet_sim.kernels import jit, sealed
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import OUTSIDE, Tissue

MOST_BYTES = 256 << 20  # of all that are kept; 450 lobules take 45 MB, sixteen 1 MB
# type and length of each array: of sites, or free where None
ARRAYS = {
    "compartment": (np.int8, True), "diameter": (np.float64, True), "zone": (np.float64, True), "lobule": (np.int32, True),
    "hepatocyte": (np.int32, True), "edges": (np.int32, False), "dropped": (np.int32, False),
}  # fmt: skip


@cache
def _made_by() -> bytes:
    """Return a digest of the code that builds tissues."""
    found, package = hashlib.sha256(np.__version__.encode()), Path(__file__).parents[1]
    paths = [*sorted((package / "anatomy").glob("*.py")), *sorted((package / "state").glob("*.py"))]
    for path in [*paths, *(package / "kernels" / name for name in ("flooding.py", "meshes.py"))]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.digest()


def _place(settings: Mapping[str, Value], seed: int) -> Path | None:
    """Return where the tissue of these settings lies, if it is kept; an image is read each time, as it may be edited."""
    folder = None if settings["kind"] == "mask" else jit.side_folder("tissues")
    if folder is None:
        return None
    words = json.dumps([dict(sorted(settings.items())), seed], default=str)
    return folder / f"{hashlib.sha256(_made_by() + words.encode()).hexdigest()[:32]}.tissue"


def kept(settings: Mapping[str, Value], seed: int) -> Tissue | None:
    """Return the tissue that was built from these settings before, or None: there is none, or it is not whole."""
    place = _place(settings, seed)
    body = None
    if place is not None and place.is_file() and place.stat().st_size <= MOST_BYTES:
        body = sealed.read(place)
    if place is None or body is None:
        return None
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        tissue = _read(body)
        place.touch()
        return tissue
    return None


def _read(body: bytes) -> Tissue:
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        sizes = json.loads(str(found["lattice"]))
        lattice = Lattice.of(sizes)
        arrays = {name: found[name] for name in ARRAYS}
        kind, thickness = str(sizes["kind"]), float(sizes["thickness"])
    for name, (dtype, whole) in ARRAYS.items():
        if arrays[name].dtype != dtype or (whole and arrays[name].shape != (lattice.n,)):
            raise ValueError(f"{name} is not what a tissue has")
    arrays["neighbours"] = lattice.neighbours(arrays["compartment"] != OUTSIDE)
    return Tissue(kind, lattice, thickness, **arrays)


def keep(tissue: Tissue, settings: Mapping[str, Value], seed: int) -> None:
    """Keep a tissue, and of the others as many of the last as there is room for."""
    place = _place(settings, seed)
    if place is None:
        return
    sizes = tissue.lattice.sizes | {"kind": tissue.kind, "thickness": tissue.thickness}
    file = io.BytesIO()
    np.savez(file, lattice=np.array(json.dumps(sizes)), **{name: getattr(tissue, name) for name in ARRAYS})
    if file.tell() > MOST_BYTES:
        return
    sealed.write(place, file.getvalue())
    with contextlib.suppress(OSError):
        _make_room(place.parent)


def _make_room(folder: Path) -> None:
    """Remove the oldest tissues that are too much."""
    found = [(path.lstat(), path) for path in folder.glob("*.tissue")]
    room = MOST_BYTES
    for about, path in sorted(found, key=lambda each: each[0].st_mtime, reverse=True):
        room -= about.st_size
        if room < 0:
            path.unlink(missing_ok=True)
