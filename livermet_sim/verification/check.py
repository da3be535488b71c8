"""Say what a check of the model against mathematics is, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from livermet_sim.base.errors import LivermetError

HOLDS, FAILS = "holds", "fails"


@dataclass(frozen=True)
class Knobs:
    """Hold what somebody who does not believe a check may turn.

    Attributes
    ----------
    quick : bool
        Seconds instead of minutes: fewer and smaller cases.
    seed : int
        Of everything that is drawn.
    step : float, h
        The other step to which that of 15 min is held.
    site : float, um
        The other size of a site to which that of 10 um is held.
    turns : int
        Quarter turns of the tissue.
    rows : int
        Seed of the other order of rows.
    threads : int
        The other number of threads.
    """

    quick: bool = False
    seed: int = 1
    step: float = 0.125
    site: float = 12.5
    turns: int = 1
    rows: int = 7
    threads: int = 2

    def __post_init__(self) -> None:
        bounds = {
            "seed": (0, 2**61), "step": (1 / 240, 2.0), "site": (5.0, 20.0), "turns": (1, 3), "rows": (0, 2**31), "threads": (1, 64),
        }  # fmt: skip
        for name, (low, high) in bounds.items():
            if not low <= getattr(self, name) <= high:
                raise LivermetError(
                    name, f"{getattr(self, name):g} is impossible; it must be from {low:g} to {high:g}"
                )

    def pick(self, quick: Any, full: Any) -> Any:
        """Return how much a check does."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Curve:
    """Hold one line or cloud of a figure; ``style`` is of matplotlib, ``expected`` is drawn as a line under what was found."""

    label: str
    x: Any
    y: Any
    style: str = "o"


@dataclass(frozen=True)
class Figure:
    """Hold a figure in numbers.

    Attributes
    ----------
    x, y : str
        Titles of the axes, with units.
    curves : tuple of Curve
    scale : str
        "linear", "log" (both axes) or "logy".
    ticks : tuple of str
        Names of the places 0, 1, ... along x.
    """

    x: str
    y: str
    curves: tuple[Curve, ...]
    scale: str = "linear"
    ticks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Hold what came of one check.

    Attributes
    ----------
    expected, found, tolerance : str
        In words, with numbers.
    holds : bool
    figure : Figure, optional
    numbers : mapping of str to float
        What was compared.
    name, title, what : str
        Of the check.
    seconds : float, s
    """

    expected: str
    found: str
    tolerance: str
    holds: bool
    figure: Figure | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    name: str = ""
    title: str = ""
    what: str = ""
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """Return "holds" or "fails"."""
        return HOLDS if self.holds else FAILS


@dataclass(frozen=True)
class Check:
    """Name one thing that can be computed another way.

    Attributes
    ----------
    name : str
        As ``--only`` takes it.
    title : str
        In a few words.
    run : callable
        From knobs to what came of it; its docstring says what is done.
    """

    name: str
    title: str
    run: Callable[[Knobs], Outcome]

    @property
    def what(self) -> str:
        """Return in a paragraph what is compared with what."""
        text = (self.run.__doc__ or "").strip().split("\n\n")[0]
        return " ".join(text.split())

    def __call__(self, knobs: Knobs) -> Outcome:
        """Return the outcome, named and timed; a check that breaks fails with what broke it."""
        begun = time.perf_counter()
        try:
            outcome = self.run(knobs)
        except (ArithmeticError, AssertionError, LookupError, ValueError, LivermetError) as error:
            outcome = Outcome(
                "a value", f"{type(error).__name__}: {error}"[:300] or type(error).__name__, "", False
            )
        return replace(
            outcome, name=self.name, title=self.title, what=self.what, seconds=time.perf_counter() - begun
        )
