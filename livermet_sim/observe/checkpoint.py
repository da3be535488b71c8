"""Write the whole state of a run into one file and read it without trusting it: a zip of plain arrays and JSON.

Every entry has its checksum (that of zip), the state as a whole the digest that the head names. Nothing in it is code. Arrays
are packed by Zstandard, which takes a quarter of zlib's time and makes them smaller; the head says how long each is. Every
array is declared (`state.stored`, `observe.history`), so that one that is missing, too many, of another shape, or that points
beyond what is there is refused. Whole numbers take as few bytes as they need, a table lies by rows or by columns as packs
better, and of arrays with the same bytes one is kept, which the head names for the others.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base import provenance
from livermet_sim.base.arrays import array, member
from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import content, guarded, read_object, short
from livermet_sim.base.values import Values
from livermet_sim.base.write import whole_file
from livermet_sim.observe.archive import check_directory, checked, entry
from livermet_sim.observe.folder import IMAGES
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import OUTSIDE, Tissue

FORMAT, HEAD, PACKED = 2, "checkpoint.json", ".zst"
MOST_BYTES, MOST_UNPACKED = 512 << 20, 2 << 30
MOST_SITES = 10**8
MISSING = "there is no such file"
_HEAD = {
    "format": int, "model": str, "seed": int, "scenario": dict, "scenario_digest": str, "text": str, "lattice": dict,
    "tissue": dict, "numbers": dict, "totals": dict, "levels": list, "film": dict, "digest": str, "same": dict,
    "sizes": dict,
}  # fmt: skip
_NARROW = {"i": (np.int8, np.int16, np.int32, np.int64), "u": (np.uint8, np.uint16, np.uint32, np.uint64)}
_LARGE, _SAMPLE, _ALIKE, _STRIDE = 65_536, 8_192, 4_096, 101
_SITE, _INDEX = ("site",), Values("whole", "1", -1.0, 1e9)
TISSUE: dict[str, tuple[Values, type]] = {
    "compartment": (Values("whole", "code", 0.0, 4.0, axes=_SITE), np.int8),
    "diameter": (Values("number", "um", 0.0, 1e6, axes=_SITE), np.float64),
    "zone": (Values("number", "1", 0.0, 1.0, axes=_SITE), np.float64),
    "lobule": (_INDEX.over("site"), np.int32),
    "hepatocyte": (_INDEX.over("site"), np.int32),
    "edges": (Values("whole", "1", 0.0, axes=("edge", "2")), np.int32),
    "dropped": (Values("whole", "1", 0.0, axes=("dropped",)), np.int32),
}


@dataclass(frozen=True)
class Checkpoint:
    """Hold what a file of `write` holds: the head, and the packed arrays and images by the name of their entry."""

    path: Path
    head: dict[str, Any]
    entries: dict[str, bytes]

    @property
    def images(self) -> dict[str, bytes]:
        """Return the image that the tissue was read from."""
        return {name: self.entries[name] for name in IMAGES if name in self.entries}

    def arrays(
        self, declared: Mapping[str, Values], lengths: dict[str, int], group: str
    ) -> dict[str, np.ndarray]:
        """Return the arrays of a group by name.

        Parameters
        ----------
        lengths : dict of str to int
            Lengths of the axes that are known; the others are added.

        Raises
        ------
        ResultError
            When one is missing, unknown, or not as declared.
        """
        found = {}
        with guarded(self.path):
            there = {name for name in self.entries if name.startswith(f"{group}/")}
            for name in sorted(there - {f"{group}/{own}.npy" for own in declared}):
                raise ValueError(f"array {name[:60]!r} is unknown")
            for name, own in declared.items():
                data = self.entries.get(f"{group}/{name}.npy")
                if data is None:
                    raise ValueError(f"no array {name}")
                found[name] = array(name, data, own, lengths)
                own.check(f"array {name}", found[name])
        return found

    def tissue(self) -> Tissue:
        """Return the tissue that the run is in."""
        with guarded(self.path):
            sizes = self.head["lattice"]
            if not all(0.0 < float(size) <= MOST_SITES for name, size in sizes.items() if name != "wrap"):
                raise ValueError("its lattice is impossible")
            lattice = Lattice.of(sizes)
            if not lattice.n <= MOST_SITES:
                raise ValueError(f"it has more than {MOST_SITES:,} sites")
            own = self.arrays(
                {name: values for name, (values, _) in TISSUE.items()}, {"site": lattice.n}, "tissue"
            )
            found = {name: own[name].astype(kind) for name, (_, kind) in TISSUE.items()}
            for name in ("edges", "dropped"):
                if found[name].size and found[name].max() >= lattice.n:
                    raise ValueError(f"array {name} has a value beyond {lattice.n - 1}")
            neighbours = lattice.neighbours(found["compartment"] != OUTSIDE)
            thickness = float(self.head["tissue"]["thickness"])
        return Tissue(str(self.head["tissue"]["kind"]), lattice, thickness, neighbours=neighbours, **found)


def write(
    path: str | Path, head: Mapping[str, Any], tissue: Tissue, groups: Mapping[str, Mapping[str, np.ndarray]],
    images: Mapping[str, bytes],
) -> None:  # fmt: skip
    """Write a checkpoint, whole or not at all; one state gives the same bytes.

    Parameters
    ----------
    groups : mapping of str to mapping of str to ndarray
        Arrays by group and name.

    Raises
    ------
    ResultError
        When the file cannot be written.
    """
    every = {**groups, "tissue": {name: getattr(tissue, name) for name in TISSUE}}
    narrow = {
        f"{g}/{name}.npy": _narrow(each) for g, arrays in every.items() for name, each in arrays.items()
    }
    same = _same(narrow)
    own = {"format": FORMAT, "model": provenance.model(), "lattice": tissue.lattice.sizes, "same": same}
    own["tissue"] = {"kind": tissue.kind, "thickness": tissue.thickness}
    files = {name: _filed(values) for name, values in narrow.items() if name not in same}
    own["sizes"] = {name: len(data) for name, data in files.items()}
    # keys as they are: the order of kinds, signals and rules is part of a scenario
    plain = {HEAD: json.dumps({**head, **own}, allow_nan=False).encode(), **images}
    with whole_file(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name, data in plain.items():
            archive.writestr(entry(name, zipfile.ZIP_DEFLATED), data, compresslevel=1)
        for name, data in files.items():
            archive.writestr(entry(f"{name}{PACKED}", zipfile.ZIP_STORED), _packed(data))


def _narrow(values: np.ndarray) -> np.ndarray:
    """Return an array with whole numbers in as few bytes as they take."""
    values = np.ascontiguousarray(values)
    if values.dtype.kind in _NARROW and values.itemsize > 1 and values.size:
        low, high = int(values.min()), int(values.max())
        kinds = _NARROW[values.dtype.kind]
        values = values.astype(next(k for k in kinds if np.iinfo(k).min <= low and high <= np.iinfo(k).max))
    return values


def _same(arrays: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Return the larger arrays whose bytes are those of one before, with the name of that one."""
    found: dict[str, str] = {}
    first: dict[tuple[object, ...], list[str]] = {}
    for name, values in arrays.items():
        if values.nbytes > _ALIKE:
            # most that differ do so in a few values, which are quick to compare
            some = first.setdefault((values.dtype, values.shape, values.ravel()[::_STRIDE].tobytes()), [])
            before = next((one for one in some if arrays[one].tobytes() == values.tobytes()), None)
            if before is None:
                some.append(name)
            else:
                found[name] = before
    return found


def _filed(values: np.ndarray) -> bytes:
    """Return an array as a file of NumPy has it."""
    head = io.BytesIO()
    values = np.asfortranarray(values) if _by_columns(values) else values
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(values))
    return b"".join((head.getvalue(), (values if values.flags.c_contiguous else values.T).data))


@cache
def _codec() -> Any:
    import pyarrow as pa

    return pa.Codec("zstd", compression_level=1)


def _packed(data: Any) -> bytes:
    return _codec().compress(data, asbytes=True)


def _unpacked(entries: Mapping[str, bytes], sizes: Mapping[str, Any]) -> dict[str, bytes]:
    """Return entries with those that are packed unpacked, to the length that the head says."""
    found = {name: data for name, data in entries.items() if not name.endswith(PACKED)}
    left = MOST_UNPACKED
    for name in entries.keys() - found.keys():
        bare = name.removesuffix(PACKED)
        size = sizes.get(bare)
        if bare in found or type(size) is not int or size < 1:
            raise ValueError(f"array {bare[:60]!r} is there twice or of no length")
        left -= size
        if left < 0:
            raise ValueError(f"it is larger than {MOST_UNPACKED >> 20} MB when unpacked")
        found[bare] = _codec().decompress(entries[name], decompressed_size=size, asbytes=True)
    return found


def _by_columns(values: np.ndarray) -> bool:
    """Say whether a table packs better column by column, as a part of it does."""
    if values.ndim != 2 or min(values.shape) < 2 or values.nbytes < _LARGE:
        return False
    long = values if len(values) >= values.shape[1] else values.T
    middle, size = len(long) // 2, max(1, _SAMPLE * len(long) // values.nbytes)
    some = long[middle : middle + size]
    some = some if long is values else some.T
    rows, columns = (len(_packed(each.tobytes())) for each in (some, some.T))
    return columns < rows


def read(path: str | Path) -> Checkpoint:
    """Return what a checkpoint holds.

    Raises
    ------
    ResultError
        When it is not whole, not what was written, or of another version of the model.
    """
    path = Path(path)
    data = content(path, MOST_BYTES, missing=MISSING)
    with guarded(path):
        check_directory(path)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = checked(path, archive.infolist(), folders=True)
            if sum(each.file_size for each in found.values()) > MOST_UNPACKED:
                raise ValueError(f"it is larger than {MOST_UNPACKED >> 20} MB when unpacked")
            entries = {name: member(archive, each) for name, each in found.items()}
        if HEAD not in entries:
            raise ValueError("this is not a checkpoint of a run")
        head = read_object(entries.pop(HEAD), _HEAD)
        now = {"format": FORMAT, "model": provenance.model()}
        if any(head.get(name, own) != own for name, own in now.items()):
            reason = f"it was saved by model {head.get('model', '')[:60]} and this is model {now['model']}"
            raise ResultError(short(path), f"{reason}; a state goes on only in the model that made it")
        if missing := _HEAD.keys() - head.keys():
            raise ValueError(f'"{min(missing)}" is missing')
        entries = _unpacked(entries, head["sizes"])
        _add_same(entries, head["same"])
    return Checkpoint(path, head, entries)


def _add_same(entries: dict[str, bytes], same: Mapping[str, Any]) -> None:
    """Give the names of arrays that are not there the bytes of the one that the head says they equal."""
    own = dict(entries)
    for name, one in same.items():
        if name in own or not isinstance(one, str) or one not in own:
            raise ValueError(
                f"array {name[:60]!r} is said to equal one that is not there, or is there itself"
            )
        entries[name] = own[one]
    if sum(map(len, entries.values())) > MOST_UNPACKED:
        raise ValueError(f"it is larger than {MOST_UNPACKED >> 20} MB when unpacked")
