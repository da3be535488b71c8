"""Raise a signal from outside: a systemic level everywhere, a diffusing one by a source in the tissue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import declared
from livermet_sim.interventions.course import Window
from livermet_sim.interventions.intervention import Intervention, choice, days, end, start
from livermet_sim.interventions.levers import LIVER, Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.interventions.pull import Pull
from livermet_sim.interventions.sources import Source
from livermet_sim.interventions.zone import WHOLE, Zone, check_zone, keys_of, zone_from, zone_to
from livermet_sim.state.signals import SYSTEMIC

_LEVEL = "systemic."


def add_signal(
    signal: str, amount: float = 1.0, at: object = 0, until: object = None, zone: Zone = WHOLE
) -> Table:
    """Raise a systemic level (``systemic.X``), or put a source of a diffusing signal into a zone of the tissue.

    Parameters
    ----------
    signal : str
        A diffusing signal such as ``"vegf"``, or ``"systemic.il6"``.
    amount : float, relative
        How much; a source of 1 everywhere gives a concentration of 1.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    zone : pair of float
        Where, from the portal tract (0) to the central vein (1).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(AddSignal, signal=signal, amount=amount, at=at, until=until, **keys_of(zone))


@dataclass(frozen=True, eq=False)
class AddSignal(Intervention):
    """Raise a signal: a systemic level everywhere, a diffusing one by a source in the tissue."""

    action: ClassVar[str] = "add_signal"
    called: ClassVar[str] = "raise a signal"
    scales: ClassVar[tuple[str, ...]] = ("amount",)
    signal: str
    start: float = start()
    end: float = end()
    amount: float = declared(1.0, "relative", "How much; a source of 1 everywhere gives a concentration of 1.", 0.0, 1000.0)  # fmt: skip
    zone_from: float = zone_from()
    zone_to: float = zone_to()

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"raise {self.signal} by {self.amount:g}, {days(self.start, self.end)}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the signals that diffuse, then the systemic levels."""
        return (*words.fields, *(f"{_LEVEL}{factor}" for factor in SYSTEMIC.names()))

    def checked(self, place: str, words: Words) -> Self:
        """Return it; the signal must be one of the run's, and a level is the same everywhere."""
        choice(self.signal, self.choices("signal", {}, words), f"{place}.signal")
        zone = self.zone_from, self.zone_to
        if self._systemic and zone != WHOLE:
            raise ScenarioError(f"{place}.zone_from", "a systemic level is the same in all zones")
        check_zone(zone, place)
        return self

    @property
    def _systemic(self) -> bool:
        return self.signal.startswith(_LEVEL)

    def _window(self) -> Window:
        return Window(self.start, self.end, self.amount, 0.0)

    def pulls(self) -> Sequence[Pull]:
        """Return the level that it raises."""
        return (Pull("amount", LIVER, self.signal, self._window()),) if self._systemic else ()

    def sources(self) -> Sequence[Source]:
        """Return the source that it keeps in the tissue."""
        zone = self.zone_from, self.zone_to
        return () if self._systemic else (Source(self.signal, zone, self._window()),)
