"""Read archives of arrays (npz) that are declared: names, types and shapes before anything is unpacked, then values."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from livermet_sim.base.values import Values, shape_of

MAX_ARRAY_BYTES = 8 << 30
MOST_HEADER = 10_000
LEVEL = 4  # of zlib: a third of the time that its usual 6 takes, and a twelfth more bytes
_ENCRYPTED = 0x1
_SIZES = {"f": (4, 8), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "b": (1,)}


def read_npz(
    data: bytes, declared: Mapping[str, Values], lengths: dict[str, int] | None = None,
    optional: tuple[str, ...] = (), most: int = 0,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the arrays of an archive by name; none at all where the archive is empty.

    Parameters
    ----------
    declared : mapping of str to Values
        What each array holds, with its axes; all must be there but the ``optional`` ones.
    lengths : dict of str to int, optional
        Lengths of axes that are known beforehand; the others are added.
    most : int
        Bytes that the arrays may take; `MAX_ARRAY_BYTES` by default.

    Raises
    ------
    ValueError, zipfile.BadZipFile
        Naming the array that is missing or wrong.
    """
    lengths = {} if lengths is None else lengths
    most = most or MAX_ARRAY_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > most:
            raise ValueError(f"the arrays are larger than {most >> 20} MB when unpacked")
        arrays: dict[str, np.ndarray] = {}
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            if name not in declared or name in arrays:
                raise ValueError(
                    f"array {name[:60]!r} {'is there twice' if name in arrays else 'is unknown'}"
                )
            arrays[name] = array(name, member(archive, entry), declared[name], lengths)
    check_arrays(arrays, declared, lengths, optional)
    return arrays


def check_arrays(
    arrays: Mapping[str, np.ndarray], declared: Mapping[str, Values], lengths: dict[str, int],
    optional: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Refuse arrays that are not as declared: see `read_npz`.

    Raises
    ------
    ValueError
        Naming the first array that is missing or wrong.
    """
    for name, own in declared.items() if arrays else ():
        if name in arrays:
            _check_shape(name, arrays[name].shape, own, lengths)
            own.check(f"array {name}", arrays[name])
        elif name not in optional:
            raise ValueError(f"no array {name}")


def _check_shape(name: str, shape: tuple[int, ...], declared: Values, lengths: dict[str, int]) -> None:
    wanted = shape_of(declared.axes, lengths, shape)
    if tuple(shape) != wanted:
        raise ValueError(f"array {name} has shape {tuple(shape)} and not {wanted}")


def write_npz(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name as NumPy reads them, packed; the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                npy.write_array(file, np.asanyarray(values), allow_pickle=False)


def member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return one file of an archive, which may be no longer than it says."""
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{entry.filename[:60]} is packed in a way that no result of ours is")
    with archive.open(entry) as file:
        found = file.read(entry.file_size + 1)
    if len(found) != entry.file_size:
        raise ValueError(f"{entry.filename[:60]} is longer or shorter than it says")
    return found


def array(name: str, data: bytes, declared: Values, lengths: dict[str, int]) -> np.ndarray:
    """Return the array that a file of an archive holds; its values are still to be checked.

    Raises
    ------
    ValueError
        When it is of another type or shape than declared.
    """
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    headers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in headers:
        raise ValueError(f"array {name} is of an unknown version")
    shape, fortran, dtype = headers[version](stream, max_header_size=MOST_HEADER)
    good = dtype.kind == "U" if declared.kind == "word" else dtype.itemsize in _SIZES.get(dtype.kind, ())
    if not good or dtype.hasobject:
        raise ValueError(f"array {name} holds {str(dtype)[:60]} and not {declared.kind}s")
    _check_shape(name, shape, declared, lengths)
    count, body = int(np.prod(shape, dtype=object)), data[stream.tell() :]
    if count * dtype.itemsize != len(body):
        raise ValueError(f"array {name} is longer or shorter than its shape")
    values = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    return values.astype(dtype.newbyteorder("="), order="C")


def shut(array: np.ndarray) -> np.ndarray:
    """Return an array through which nothing can be written."""
    found = np.asarray(array).view()
    found.flags.writeable = False
    return found
