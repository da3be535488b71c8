"""Read parquet tables whose columns are declared: types and sizes before anything is unpacked, then every value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from livermet_sim.base.values import Values, check_columns

MAX_TABLE_BYTES = 8 << 30
MOST_COLUMNS = 20_000
_LARGEST = float(np.finfo(np.float64).max)
_NAME = re.compile(r"[^\x00-\x1f]{1,300}")


def anything(name: str) -> Values | None:
    """Declare nothing of a column but that it holds numbers, switches or words."""
    return None


@dataclass(frozen=True)
class Table:
    """Declare a table.

    Attributes
    ----------
    columns : mapping of str to Values
        The columns that must be there.
    others : callable
        Gives what a further column may hold; by default any finite numbers, switches and words.
    """

    columns: Mapping[str, Values] = field(default_factory=dict[str, Values])
    others: Callable[[str], Values | None] = anything

    def declared(self, name: str) -> Values | None:
        """Return what a column may hold, None where that is not declared."""
        return self.columns.get(name) or self.others(name)


def read_parquet(data: bytes, declared: Table, wanted: list[str] | None = None, most: int = 0) -> Any:
    """Return a parquet table (arrow), checked.

    Parameters
    ----------
    wanted : list of str, optional
        Only these columns.
    most : int
        Bytes that it may take when unpacked; `MAX_TABLE_BYTES` by default.

    Raises
    ------
    ValueError, pyarrow.ArrowException
        Naming the column that is missing or wrong.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    most = most or MAX_TABLE_BYTES
    reader: Any = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
    with reader as file:
        meta = file.metadata
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_columns > MOST_COLUMNS or max(size, meta.num_rows * meta.num_columns) > most:
            raise ValueError(f"the table is larger than {most >> 20} MB when unpacked")
        names = list(file.schema_arrow.names)
        check_columns(tuple(declared.columns), names)
        for part in file.schema_arrow:
            _check_type(part.name, part.type)
        table: pa.Table = file.read(columns=wanted)
    table.validate(full=True)
    for place, name in enumerate(table.column_names):
        own = declared.declared(name)
        _check_column(name, table[name], own)
        if pa.types.is_null(table[name].type) and len(table):
            kind = pa.string() if own is not None and own.kind == "word" else pa.float64()
            table = table.set_column(place, name, table[name].cast(kind))
    return table


def to_frame(table: Any) -> Any:
    """Return a checked table for pandas; what pandas itself wrote into the file is not believed."""
    return table.replace_schema_metadata(None).to_pandas(ignore_metadata=True)


def _check_type(name: str, kind: Any) -> None:
    import pyarrow.types as types

    inner = kind.value_type if types.is_dictionary(kind) else kind
    good = (
        types.is_integer,
        types.is_floating,
        types.is_boolean,
        types.is_null,
        types.is_string,
        types.is_large_string,
    )
    if not _NAME.fullmatch(name) or not any(test(inner) for test in good):
        raise ValueError(f"column {name[:60]!r} holds {str(kind)[:60]}, which no table of ours does")


def _check_column(name: str, column: Any, declared: Values | None) -> None:
    import pyarrow.types as types

    place, kind = f"column {name}", column.type
    if types.is_null(kind):
        if declared is not None and len(column) and not declared.missing:
            raise ValueError(f"{place} is empty")
        return
    if types.is_dictionary(kind) or types.is_string(kind) or types.is_large_string(kind):
        words = column.unique().to_numpy(zero_copy_only=False).astype(object)
        (declared or Values("word", missing=True)).check(place, words)
        return
    if types.is_boolean(kind):
        if declared is not None and (declared.kind != "switch" or column.null_count):
            raise ValueError(f"{place} holds switches and not {declared.kind}s")
        return
    (declared or Values(low=-_LARGEST, high=_LARGEST, missing=True)).check(place, column.to_numpy())
