"""Damaged TOML files: what a sentence says of a key, it says with the key's line."""

from __future__ import annotations

import re

import pytest
from drive import REFUSED
from kinds import KINDS

# about what is not there at the top of a file, or has no name, no line can be told
NOWHERE = (
    "there is nothing to fit",
    "factors: name at least two",
    "held_against: name anchors",
    ", there is no such key",
    ", : there is no such key",
    "this is not a file",
)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "(TOML)" in kind.name], ids=lambda kind: kind.name
)
def test_the_line_of_a_key_is_told(kind):
    told = untold = 0
    for seed in range(25):
        outcome, note = kind.case(seed)
        for sentence in note.splitlines() if outcome == REFUSED else ():
            found = re.search(r"mine\.toml, (line \d+)?(.*)", sentence)
            if found:
                told, untold = told + bool(found[1]), untold + (not found[1])
                absent = re.match(
                    r"[^.\[]*: it is missing", found[2]
                )  # from the top; else its table has a line
                assert found[1] or absent or any(words in found[2] for words in NOWHERE), sentence
    assert told > 3 * untold
