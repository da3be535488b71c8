"""Carry out what users have written for rules: signals that cells sense, and shapes by which a rule responds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import PLUGINS, RESPONSE
from livermet_sim.rulebook.signals import Signal
from livermet_sim.state.shown import Sight

HILL = "hill"  # the response that rules have by default
CEILING = 1.0 - 1e-12  # a full response is a strength of 1e12, as an infinite one would be no number
PROBE = np.array([0.0, 1e-300, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.0, 10.0, 1e3, 1e9, 1e300])
_WROTE = ("read-only", "changes nothing", "does not support item assignment")


@dataclass(frozen=True, slots=True)
class Shape:
    """Describe a response: a function of signal / half-maximum, and of the rule's power where it takes two arguments."""

    name: str
    doc: str
    of: Callable[..., Any]
    with_power: bool = False

    def share(self, x: np.ndarray, power: float) -> np.ndarray:
        """Return the share of the full response, from 0 to 1.

        Raises
        ------
        LivermetError
            When the function fails, or gives something else.
        """
        place = f'response "{self.name}"'
        found = called(place, self.of, (x, power) if self.with_power else (x,), x.shape)
        if len(found) and not (found.min() >= 0.0 and found.max() <= 1.0):
            at = int(np.argmax((found < 0.0) | (found > 1.0)))
            reason = f"at {x[at]:g} times the half-maximum it gives {found[at]:g}; a share of the full response is from 0 to 1"
            raise LivermetError(place, reason)
        return found

    def strength(self, x: np.ndarray, power: float) -> np.ndarray:
        """Return what stands in the grammar for (signal / half-maximum)^power: share / (1 - share)."""
        share = np.minimum(self.share(x, power), CEILING)
        return share / (1.0 - share)


def called(
    place: str, function: Callable[..., Any], given: tuple[Any, ...], shape: tuple[int, ...]
) -> np.ndarray:
    """Return what a user's function gives, one finite number for each.

    Raises
    ------
    LivermetError
        When it fails, tries to change what it looks at, or gives something else.
    """
    for each in given:
        if isinstance(each, np.ndarray):
            each.flags.writeable = False
    try:
        found = np.asarray(function(*given))
    except Exception as error:
        wrote = any(words in str(error) for words in _WROTE)
        why = f"{type(error).__name__}: {error}"
        raise LivermetError(
            place, "it tries to change the run; it may only look" if wrote else f"it fails ({why})"
        ) from error
    if found.shape != shape or found.dtype.kind not in "bifu":
        raise LivermetError(
            place, f"it gives {_said(found)} and not an array of {shape[0]} numbers, one for each"
        )
    found = found.astype(np.float64)
    if not np.isfinite(found).all():
        raise LivermetError(place, "it gives what is no finite number")
    return found


def _said(found: np.ndarray) -> str:
    return f"an array of shape {found.shape}" if found.shape else f"{str(found)[:40]!r}"


def sensed(signal: Signal, sight: Sight, rows: np.ndarray) -> np.ndarray:
    """Return what the cells in some rows sense of a signal of a user's own.

    Raises
    ------
    LivermetError
        When its function fails, or gives anything but one number of 0 or more for each.
    """
    place = f'signal "{signal.name}"'
    found = called(place, signal.of, (sight, rows), rows.shape)  # type: ignore[arg-type]
    if len(found) and found.min() < 0.0:
        raise LivermetError(place, f"it gives {found.min():g}, and a signal is 0 or more")
    return found


def shapes() -> dict[str, Shape | None]:
    """Return the responses that a rule can name."""
    return {HILL: None, **PLUGINS.of(RESPONSE)}
