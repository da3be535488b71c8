"""Damage one file, read it as a user would, and say what came of it."""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from harm import harmed, misplaced

from livermet_sim.base.errors import LivermetError

REFUSED, SAME, OTHER = "refused", "same content", "other valid content"
BAD = TRACEBACK, HANG, SILENT, UNCLEAR = "traceback", "hang", "silent change", "no plain sentence"
LONGEST_SENTENCE = 2000
SECONDS = 60.0  # of one case; a case takes some hundredths of one


class Hang(BaseException):
    """Tell that reading did not end."""


@dataclass
class Kind:
    """Hold a kind of file or folder that is damaged and read.

    Attributes
    ----------
    make : callable
        Fills an empty folder with whole files.
    read : callable
        Reads them through a public entry and returns what they hold.
    harms : str
        Pattern of the files that are damaged.
    sealed : bool
        Whether checksums cover all that is read, so that other content must never come back.
    after : callable, optional
        What is done to the folder after the damage, such as new checksums.
    judge : callable, optional
        Where there is no checksum: from folder, content and whole content, why the content is wrong, or "".
    few : int
        How many cases the quick tests have; fewer where a case costs more.
    same : callable
        Whether two contents are the same.
    names : str
        What every line of a refusal must name: the file.
    """

    name: str
    make: Callable[[Path], Any]
    read: Callable[[Path, np.random.Generator], Any]
    harms: str = "*"
    sealed: bool = False
    after: Callable[[Path], Any] = lambda folder: None
    judge: Callable[[Path, Any, Any], str] = lambda folder, content, whole: ""
    few: int = 25
    same: Callable[[Any, Any], bool] = lambda one, other: bool(one == other)
    names: str = ""
    _whole: dict[str, bytes] = field(default_factory=dict)
    _content: Any = None

    def prepare(self) -> None:
        """Make whole files once and remember them."""
        if self._whole:
            return
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            self.make(folder)
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            self._whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
            self._content = self.read(folder, np.random.default_rng(0))

    def case(self, seed: int) -> tuple[str, str]:
        """Return what came of damage number ``seed``, and what to look at."""
        self.prepare()
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            for name, data in self._whole.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            targets = [path for path in sorted(folder.glob(self.harms)) if path.is_file()]
            target = targets[int(rng.integers(len(targets)))]
            if rng.random() < 0.04:
                misplaced(target, rng)
            else:
                target.write_bytes(harmed(target.read_bytes(), target.suffix, rng))
            self.after(folder)
            outcome, note = self._read(folder, rng)
        return outcome, f"{self.name}, seed {seed}, {target.relative_to(folder)}: {note}"

    def _read(self, folder: Path, rng: np.random.Generator) -> tuple[str, str]:
        try:
            with time_limit(SECONDS):
                content = self.read(folder, rng)
        except LivermetError as error:
            return (REFUSED if plain(error.sentence, self.names) else UNCLEAR), error.sentence
        except Hang as error:
            return HANG, "".join(traceback.format_exception(error))[-3000:]
        except Exception as error:
            return TRACEBACK, "".join(traceback.format_exception(error))[-3000:]
        if self.same(content, self._content):
            return SAME, ""
        if self.sealed:
            return SILENT, f"{content}"[:500]
        wrong = self.judge(folder, content, self._content)
        return (SILENT, wrong) if wrong else (OTHER, "")


def plain(sentence: str, names: str = "") -> bool:
    """Say whether a sentence can be shown to a user: a line a mistake, each with ``names``, printable, not too long."""
    lines = sentence.splitlines()
    return bool(lines) and all(
        line.strip() and names in line and line.isprintable() and len(line) <= LONGEST_SENTENCE
        for line in lines
    )


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what takes longer."""

    def end(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def drive(kind: Kind, seeds: range) -> tuple[Counter[str], list[str]]:
    """Return how often each outcome came, and what is to be looked at."""
    counts: Counter[str] = Counter()
    notes = []
    for seed in seeds:
        outcome, note = kind.case(seed)
        counts[outcome] += 1
        if outcome in BAD:
            notes.append(f"[{outcome}] {note}")
    words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    print(f"{kind.name}: {len(seeds)} damaged; {words}", file=sys.stderr)
    return counts, notes
