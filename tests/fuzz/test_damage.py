"""Damaged files of every kind are refused in a sentence or read as they were: no traceback, no hang, no silent change."""

from __future__ import annotations

import os

import pytest
from drive import BAD, drive
from kinds import KINDS

ALL = 10_000
NAMES = [kind.name for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_few_damaged_files(kind):
    counts, notes = drive(kind, range(kind.few))
    assert not notes, "\n\n".join(notes)
    assert sum(counts.values()) == kind.few


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_many_damaged_files(kind):
    number = int(os.environ.get("LIVERMET_FUZZ", ALL)) // len(KINDS) + 1
    counts, notes = drive(kind, range(1000, 1000 + number))
    assert not notes, "\n\n".join(notes[:40])
    assert not any(counts[outcome] for outcome in BAD)
