"""Know PhysiCell's dictionaries of signals and behaviours, with their synonyms, and what each word means here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import nearest

FILE = Path(__file__).parents[2] / "library" / "physicell.toml"
SIGNALS, BEHAVIOURS = "signals", "behaviours"
CUSTOM = "custom:"
SUBSTRATE, CELL = "X", "T"
GONE = {
    "phagocytose dead cell": tuple(
        f"phagocytose {kind} cell" for kind in ("apoptotic", "necrotic", "other dead")
    )
}
GONE["phagocytosis of dead cell"] = GONE["phagocytose dead cell"]
RENAMED = {"damage rate": "attack damage rate"}  # in version 3, which gave the old name a new meaning
ALIKE = 0.84  # from here on a word is taken for a slip of the pen and not for a substrate


@dataclass(frozen=True, slots=True)
class Word:
    """Hold a signal or behaviour as the dictionary has it: the entry, and the substrate, type of cell or name in it."""

    entry: str
    name: str = ""

    @property
    def text(self) -> str:
        """Return it in PhysiCell's first spelling."""
        if self.entry == CUSTOM:
            return f"{CUSTOM}{self.name}"
        return re.sub(rf"\b[{SUBSTRATE}{CELL}]\b", lambda _: self.name, self.entry)


@cache
def library() -> dict[str, Any]:
    """Return what the words of the grammar mean in this model."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=8192)
def signal(text: str) -> Word | None:
    """Return what PhysiCell would take a text for as a signal; None for what looks like a slip of the pen.

    Any text may be the name of a substrate, which only the model's settings list.
    """
    found = _find(text, SIGNALS)
    if found is not None:
        return found
    if custom := re.fullmatch(r"custom:? ?(.+)", text):
        return Word(CUSTOM, custom[1])
    return None if slip(text, SIGNALS) else Word(SUBSTRATE, text)


@lru_cache(maxsize=8192)
def behaviour(text: str) -> Word | None:
    """Return what PhysiCell would take a text for as a behaviour; None where its dictionary has none."""
    if phase := re.fullmatch(r"exit from cycle phase ([1-5])", text):
        return Word("exit from cycle phase", phase[1])
    if custom := re.fullmatch(r"custom:? ?(.+)", text):
        return Word(CUSTOM, custom[1])
    return _find(text, BEHAVIOURS)


def slip(text: str, group: str) -> str | None:
    """Return the fixed word of a dictionary of which a text is a slip of the pen."""
    fixed = [name for name in _entries(group) if not _slots(name) and name != CUSTOM]
    for word in fixed:
        if word.lower() == text.lower().replace("_", " ").strip():
            return word
    close = nearest(text, fixed)
    return close if close is not None and _likeness(text, close) >= ALIKE else None


def near(text: str, group: str) -> list[str]:
    """Return the words to choose from in a hint; entries with the substrate or type of cell that the text seems to name."""
    last = text.split(" ")[-1]
    first = text.split(" ")[0]
    words: list[str] = []
    for entry in _entries(group):
        for name in dict.fromkeys((first, last)):
            words.append(re.sub(rf"\b[{SUBSTRATE}{CELL}]\b", lambda _, name=name: name, entry))
    return [word for word in words if word not in (*_slot_names(), CUSTOM)]


def _slot_names() -> tuple[str, str]:
    return SUBSTRATE, CELL


def _likeness(a: str, b: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, a, b).ratio()


@cache
def _entries(group: str) -> dict[str, str]:
    """Return the spellings of a dictionary, each with the entry that it stands for."""
    own = {name: name for name in library()[group]}
    return own | library()["synonyms"][group]


def _slots(entry: str) -> bool:
    return re.search(rf"\b[{SUBSTRATE}{CELL}]\b", entry) is not None


@cache
def _patterns(group: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the entries with a slot as patterns, the longest first, so that none hides a narrower one."""
    found: list[tuple[re.Pattern[str], str]] = []
    for spelling, entry in _entries(group).items():
        if _slots(spelling) and spelling != SUBSTRATE:
            parts = re.split(rf"\b[{SUBSTRATE}{CELL}]\b", spelling)
            found.append((re.compile("(.+)".join(map(re.escape, parts))), entry))
    return sorted(found, key=lambda pair: -len(pair[0].pattern))


def _find(text: str, group: str) -> Word | None:
    entry = _entries(group).get(text)
    if entry is not None and not _slots(text) and text != CUSTOM:
        return Word(entry)
    for pattern, entry in _patterns(group):
        if match := pattern.fullmatch(text):
            return Word(entry, match[1])
    return None


def plain(name: str) -> str:
    """Return a name of a cell type or substrate for comparison: small letters, single blanks, no plural."""
    words = " ".join(name.lower().replace("_", " ").split())
    return words[:-1] if words.endswith("cells") else words


def known_name(
    name: str, chosen: Mapping[str, str], group: str, valid: Mapping[str, Any] | tuple[str, ...]
) -> str | None:
    """Return the kind of cell or field that a foreign name stands for, or None.

    Parameters
    ----------
    chosen : mapping
        The user's own, which come first.
    group : str
        "cells" or "substrates".
    valid : names
        Those of this model.
    """
    if name in chosen:
        return chosen[name] if chosen[name] in valid else None
    if name in valid:
        return name
    for own in (plain(name), plain(name).replace(" ", "_")):
        if own in valid:
            return own
    aliases = library()[group]
    found = aliases.get(plain(name)) or aliases.get(name.lower())
    return found if found in valid else None
