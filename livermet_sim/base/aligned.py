"""Set rows of words in columns, as text that can be searched and read on."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of words as columns, two blanks apart."""
    # rich cuts rows to the width of a terminal, or wraps them: nothing that grep or a spreadsheet could read on
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    padded = ("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in padded)
