"""Damage the content of a file at random: of any file, and of text, tables, archives and pictures in particular."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Harm = Callable[[bytes, np.random.Generator], bytes]
NASTY = ("1", "true", '""', "[]", "{}", "nan", "inf", "-inf", "1e999", "1e300", "-1", "0", "9" * 400, '"\\u0000"', '"\\u001b[31m"',
         '"1 0 /mm3"', '"1e400 h"', '"nan"', '"-5 um"', "1979-05-27", "[[[[1]]]]", '"' + "x" * 5000 + '"', "-0.0", "0x10", "null",
         "'text'", '"../../evil"', '"/dev/zero"', '"a\\nb"', "[1, \"a\"]", "{a = 1}", "1 << 70", "18446744073709551616")  # fmt: skip
FOREIGN = (b"\x89PNG\r\n\x1a\n" + bytes(40), b"PK\x03\x04" + bytes(60), b"PK\x05\x06" + bytes(18), b"PAR1" + bytes(8) + b"PAR1",
           b"{}", b"[]", b"null", b"set = 1\n", b"\x80\x04\x95", b"\x93NUMPY\x01\x00", b"name = 1\n", b"\xff\xfea\x00", bytes(1000),
           b"II*\x00" + bytes(50), b"\xef\xbb\xbf", b"\n" * 5000)  # fmt: skip
NAMES = ("set", "design", "factors", "arms", "targets", "points", "cells", "rules", "tissue", "interventions", "line", "extends",
         "seeding", "run", "observe", "calibration", "scenario", "days", "series", "name", "doc", "resolved", "phases")  # fmt: skip


def flip(data: bytes, rng: np.random.Generator) -> bytes:
    """Flip one to three bits."""
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        out[int(rng.integers(len(out)))] ^= 1 << int(rng.integers(8))
    return bytes(out)


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep the beginning only."""
    return data[: int(rng.integers(len(data)))]


def empty(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep nothing."""
    return b""


def foreign(data: bytes, rng: np.random.Generator) -> bytes:
    """Give the content of a file of another kind."""
    return FOREIGN[int(rng.integers(len(FOREIGN)))]


def shuffle(data: bytes, rng: np.random.Generator) -> bytes:
    """Move, repeat or leave out a stretch, or append to the end."""
    a, b = sorted(int(n) for n in rng.integers(len(data) + 1, size=2))
    ways = (data[b:] + data[a:b], data[:a] + data[b:], data[:b] + data[a:], data + data[a:b])
    return ways[int(rng.integers(4))]


def word(data: bytes, rng: np.random.Generator) -> bytes:
    """Put nonsense in the place of a number or a word of a text."""
    text = data.decode("utf-8", "replace")
    found = list(re.finditer(r"-?\d[\d.e+-]*|\"[^\"\n]*\"|true|false|null", text))
    if not found:
        return data + b"x"
    match = found[int(rng.integers(len(found)))]
    return (text[: match.start()] + NASTY[int(rng.integers(len(NASTY)))] + text[match.end() :]).encode()


def deep(data: bytes, rng: np.random.Generator) -> bytes:
    """Nest more deeply than anybody would."""
    n = int(rng.integers(20, 200_000))
    few = min(n, 20_000)
    return (b"[" * n, b'{"a":' * n, b"a = " + b"[" * n, b"[" + b"a." * few + b"b]\n", b"a = " + b"{b=" * few,
            b'{"a":' * few + b"1" + b"}" * few)[int(rng.integers(6))]  # fmt: skip


def json_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Give one key of an object, at any depth, another type, or leave it out."""
    value = json.loads(data)
    spots = list(_spots(value))
    holder, key = spots[int(rng.integers(len(spots)))]
    odd: list[Any] = [
        None,
        [],
        {},
        "x",
        -1,
        1e300,
        True,
        [[1]],
        1 << 70,
        "",
        float("nan"),
        float("inf"),
        "\ud800",
        "x" * 5000,
        0.5,
    ]
    holder[key] = odd[int(rng.integers(len(odd)))]
    if rng.random() < 0.2 and isinstance(holder, dict):
        del holder[key]
    return json.dumps(value).encode()


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield value, key
        yield from _spots(item)


def toml_key(data: bytes, rng: np.random.Generator) -> bytes:
    """Add, at the top or under a table, a key that should be a table, or a value of another type."""
    line = f"{NAMES[int(rng.integers(len(NAMES)))]} = {NASTY[int(rng.integers(len(NASTY)))]}\n".encode()
    return line + data if rng.random() < 0.7 else data + b"\n" + line


def toml_table(data: bytes, rng: np.random.Generator) -> bytes:
    """Put one value, a number in the place of a table or a key that is no name."""
    text = data.decode()
    heads = list(re.finditer(r"^\[+([\w.\"]+)\]+", text, re.MULTILINE))
    key = ("", '"a b" = 1\n', '"" = 1\n', '"a..b" = 1\n', '"\\u0000" = 1\n', f'"{"x" * 5000}" = 1\n')[
        int(rng.integers(6))
    ]
    if heads and rng.random() < 0.5:
        head = heads[int(rng.integers(len(heads)))]
        name = f"{head[1]} = {NASTY[int(rng.integers(len(NASTY)))]}\n"
        return (
            f"{name}{text}" if rng.random() < 0.5 else text.replace(head[0], f"[[{head[1]}]]", 1)
        ).encode()
    return (key + text + key).encode()


def table_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Change a column of a parquet table: its type, its values, its name, or leave it out; or lose rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(data))
    at, n = int(rng.integers(table.num_columns)), table.num_rows
    name = table.column_names[at]
    wrong = [["x"] * n, [None] * n, [float("nan")] * n, [float("inf")] * n, [-(1 << 62)] * n, [1e300] * n, [True] * n,
             [b"\xff\xfe"] * n, [[1]] * n, [{"a": 1}] * n, ["x" * 20_000] * n, [0.5] * n, [7] * n, [-1] * n, [0] * n]  # fmt: skip
    choice = int(rng.integers(len(wrong) + 5))
    if choice < len(wrong):
        table = table.set_column(at, name, pa.array(wrong[choice]))
    elif choice == len(wrong):
        table = table.drop_columns(name)
    elif choice == len(wrong) + 1:
        table = table.rename_columns(["\0" if i == at else c for i, c in enumerate(table.column_names)])
    elif choice == len(wrong) + 2:
        table = table.append_column(name, table[name])
    elif choice == len(wrong) + 3:
        table = table.slice(0, int(rng.integers(n + 1)))
    else:
        table = table.take(pa.array(rng.permutation(n)))
    return _parquet(table)


def _parquet(table: Any) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def encrypted(data: bytes, rng: np.random.Generator) -> bytes:
    """Mark every member of a zip as encrypted, in both places where that stands, or in one."""
    out = bytearray(data)
    places = ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8))
    for mark, at in places[: int(rng.integers(1, 3))]:
        for found in re.finditer(re.escape(mark), data):
            out[min(found.start() + at, len(out) - 1)] |= 1
    return bytes(out)


def archive_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Change an array of an archive: its type, shape or values, or leave it out."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    name = str(rng.choice(list(arrays)))
    kind = int(rng.integers(16))
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[str(rng.choice(["../evil", "x" * 5000, "extra", "a\0b"]))] = np.zeros(3)
    else:
        arrays[name] = _strange(arrays[name], kind - 2)
    sink = io.BytesIO()
    np.savez_compressed(sink, **arrays)
    return sink.getvalue()


def _strange(own: np.ndarray, kind: int) -> np.ndarray:
    if own.dtype.kind == "U":
        return (np.zeros(3), np.array(["\0" * 9]), own[:0], np.array(["x" * 20_000]))[kind % 4]
    ways = (lambda: own.astype("U8"), lambda: own.astype(float) * np.nan, lambda: np.full(own.shape, np.inf),
            lambda: np.full(own.shape, -5), lambda: np.full(own.shape, 1 << 62), lambda: own.reshape(-1)[:-1], lambda: own[None],
            lambda: own.astype(complex), lambda: own.astype(">f8"), lambda: np.array([{"a": 1}], dtype=object),
            lambda: np.zeros(0), lambda: np.full(own.shape, 1e300), lambda: own * 0, lambda: own.reshape(-1)[::-1].reshape(own.shape))  # fmt: skip
    with np.errstate(all="ignore"):
        return ways[kind]()


def npy_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Save an array of labels with another type, shape or values, or with a header that lies."""
    own = np.load(io.BytesIO(data))
    if rng.random() < 0.3:
        lies = (
            b"(9999999, 9999999)",
            b"(-1, -1)",
            b"(1" + b"0" * 30 + b", 2)",
            b"'|O'",
            b"()",
            b"__import__('os')",
        )
        return re.sub(rb"\(\d+, \d+\)", lies[int(rng.integers(len(lies)))], data, count=1)
    sink = io.BytesIO()
    np.save(sink, _strange(own, int(rng.integers(14))), allow_pickle=True)
    return sink.getvalue()


def picture_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Draw the labels with another type, shape, mode or values."""
    from PIL import Image

    own = np.asarray(Image.open(io.BytesIO(data)))
    own = own if own.ndim == 2 else own[..., 0]
    kinds = [own * 50, own.astype(np.uint16) * 9000, np.stack([own] * 3, -1), own[:1], np.zeros_like(own), own > 1,
             np.stack([own] * 4, -1), np.stack([own] * 2, -1), own.astype(np.float32) * np.nan, own[:, :1]]  # fmt: skip
    image = Image.fromarray(kinds[int(rng.integers(len(kinds)))])
    sink = io.BytesIO()
    image.save(sink, "TIFF" if data[:2] in (b"II", b"MM") or image.mode == "F" else "PNG")
    return sink.getvalue()


def picture_size(data: bytes, rng: np.random.Generator) -> bytes:
    """Let the head of a PNG promise another size, depth or colour type, with a checksum that fits."""
    import struct
    import zlib

    at = data.find(b"IHDR")
    if at < 0:
        return cut(data, rng)
    head = list(struct.unpack(">II5B", data[at + 4 : at + 17]))
    spot = int(rng.integers(len(head)))
    head[spot] = (
        int(rng.choice([0, 1, 3, 4, 6, 16, 255]))
        if spot > 1
        else int(rng.choice([0, 1, 39, 41, 100_000, 2**31 - 1]))
    )
    new = b"IHDR" + struct.pack(">II5B", *head)
    return data[:at] + new + struct.pack(">I", zlib.crc32(new)) + data[at + 21 :]


def member(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage one file inside a zip, which is then packed anew; or let its name lead elsewhere, or be there twice."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(sink, "w") as new:
        names = old.namelist()
        hit, way = names[int(rng.integers(len(names)))], rng.random()
        for name in names:
            content = old.read(name)
            if name == hit and content and way < 0.7:
                content = harmed(content, Path(name).suffix, rng)
            if name == hit and way > 0.9:
                continue
            odd = (
                ("../", "/", "a/", "C:\\", "\u202e")[int(rng.integers(5))]
                if name == hit and way > 0.8
                else ""
            )
            new.writestr(f"{odd}{name}", content)
        if way < 0.05:
            new.writestr("evil.txt", "x")
    return sink.getvalue()


ANY: tuple[Harm, ...] = (flip, flip, flip, cut, empty, foreign, shuffle)
WAYS: dict[str, tuple[Harm, ...]] = {
    ".toml": (*ANY, word, word, word, toml_key, toml_key, toml_table, deep),
    ".json": (*ANY, word, json_part, json_part, deep),
    ".parquet": (*ANY, table_part, table_part, table_part),
    ".npz": (*ANY, archive_part, archive_part, archive_part, encrypted),
    ".png": (*ANY, flip, flip, picture_part, picture_size),
    ".tif": (*ANY, flip, flip, picture_part),
    ".npy": (*ANY, npy_part, npy_part, npy_part),
    ".zip": (*ANY, flip, flip, encrypted, member, member, member, member),
}  # fmt: skip


def harmed(data: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return the content of a file after one mishap, one time in eight two."""
    ways = WAYS.get(suffix, ANY)
    out = ways[int(rng.integers(len(ways)))](data, rng)
    if rng.random() < 0.125 and out:
        out = ANY[int(rng.integers(len(ANY)))](out, rng)
    return out


def misplaced(path: Path, rng: np.random.Generator) -> None:
    """Put something that is no file, or nothing, in the place of a file."""
    import os

    path.unlink()
    ways: tuple[Callable[[], Any], ...] = (
        lambda: None,
        path.mkdir,
        lambda: path.symlink_to(path.name),
        lambda: path.symlink_to("nowhere"),
        lambda: path.symlink_to("/dev/zero"),
        lambda: path.symlink_to(path.parent),
        lambda: os.mkfifo(path),
        lambda: path.symlink_to("x" * 250 + "/" + "y" * 250),
    )
    ways[int(rng.integers(len(ways)))]()
