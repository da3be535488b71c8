"""End a command: with its exit code, and for a mistake with one sentence and never with a traceback."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from livermet_sim.base.errors import LivermetError, tidy
from livermet_sim.base.read import reason, short
from livermet_sim.cli.options import MISTAKE


def ended(command: Callable[..., Any], words: list[str] | None = None) -> int:
    """Carry out a command line, the words given or those of this process, and return its exit code: 0 done, 2 a mistake, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        command(words)
    except LivermetError as error:
        _say(error.sentence)
    except MemoryError:
        _say("there is not enough memory for this; take a smaller tissue or fewer snapshots")
    except OSError as error:
        _say(f"{short(error.filename)}: {reason(error)}" if error.filename else reason(error))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MISTAKE
    return MISTAKE


def _say(sentences: str) -> None:
    for sentence in tidy(sentences).splitlines():
        print(f"livermet: {sentence}", file=sys.stderr)
