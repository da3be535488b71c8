"""Say a user's mistake in one sentence: where, what, why, and the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

LONGEST = 1500  # letters of a line


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name closest to ``name``, or None when nothing is close."""
    close = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.55)
    return close[0] if close else None


def tidy(text: str) -> str:
    """Return a message without letters that would move a terminal's cursor, and its longest lines without their middle."""
    lines: list[str] = []
    for line in text.splitlines():
        line = "".join(letter if letter.isprintable() else "?" for letter in line)
        lines.append(line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 2 :]}")
    return "\n".join(lines)


class LivermetError(Exception):
    """Report a mistake that the user can mend; the command line prints it and exits with 2.

    Parameters
    ----------
    place : str
        Where it is: a file, a key, an option.
    reason : str
        What is wrong and why, naming the value.
    name, valid : str, iterable of str, optional
        An unknown name and the names that would do; the nearest is suggested.
    """

    def __init__(self, place: str, reason: str, *, name: str | None = None, valid: Iterable[str] = ()):
        self.place, self.reason = place, reason
        valid = sorted(set(valid))
        hint = ""
        if name is not None and len(name.splitlines()) > 1:
            # a line is a mistake, so a name stays within one
            place, reason = (text.replace(name, "?".join(name.splitlines())) for text in (place, reason))
        if name is not None and valid:
            close = nearest(name, valid)
            if close:
                hint = f'; did you mean "{close}"?'
            else:
                shown = ", ".join(valid[:12]) + (", ..." if len(valid) > 12 else "")
                hint = f"; valid: {shown}"
        self.sentence = tidy(f"{place}: {reason}{hint}" if place else f"{reason}{hint}")
        super().__init__(self.sentence)

    def reword(self, change: Callable[[str], str]) -> None:
        """Let ``change`` reword each sentence, a line each where there are several."""
        self.sentence = "\n".join(map(change, self.sentence.splitlines()))
        self.args = (self.sentence,)


@contextmanager
def reworded(change: Callable[[str], str]) -> Generator[None]:
    """Let ``change`` reword each sentence of a mistake that is made meanwhile."""
    try:
        yield
    except LivermetError as error:
        error.reword(change)
        raise


class ScenarioError(LivermetError):
    """Report something wrong in a scenario, a parameter or an override."""


class RuleError(LivermetError):
    """Report something wrong in an interaction rule."""


class TissueError(LivermetError):
    """Report a tissue or an image that cannot be simulated."""


class ResultError(LivermetError):
    """Report a results folder that cannot be read or written."""
