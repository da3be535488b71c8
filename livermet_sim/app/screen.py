"""Make frames: what the page shows at one moment of one or two livers, each part no oftener than it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from livermet_sim.app import panels
from livermet_sim.app.answers import Answer
from livermet_sim.app.choice import Choice
from livermet_sim.app.inquiry import questions
from livermet_sim.app.liver import PAINTED, Liver
from livermet_sim.app.overlay import Wish
from livermet_sim.app.reading import reading

COUNT_EVERY, REPAINT_EVERY = 0.4, 1.5  # s
LEISURE = 5.0  # times what a part costs have to pass before its next turn


@dataclass(frozen=True)
class Frame:
    """Hold what the page shows at one moment.

    Attributes
    ----------
    number : int
        Rises by one a frame.
    state : str
        building, paused, running, done or failed.
    message : str
        One sentence: what is wrong, or what is being waited for.
    hours, end : float, h
        Simulated time, and that of the whole scenario.
    counted : float, h
        The moment that every number on the page is of; pictures move on faster while time runs.
    livers : tuple of dict
        For each liver its title, hours, pictures, legend and the place of the clicked cell.
    charts : dict of str to str
        SVG by panel: strip, cascade, curves.
    reading : dict or None
        What the clicked cell senses, and which rules fire.
    scale : tuple or None
        (label, low, high, colour map) of the field that is shown.
    choice : Choice or None
        What the livers were built from.
    answer : Answer or None
        To what was asked about the clicked cell.
    """

    number: int = 0
    state: str = "building"
    message: str = ""
    hours: float = 0.0
    end: float = 0.0
    counted: float = 0.0
    livers: tuple[dict[str, Any], ...] = ()
    charts: dict[str, str] = field(default_factory=dict)
    reading: dict[str, Any] | None = None
    scale: tuple[str, float, float, str] | None = None
    choice: Choice | None = None
    answer: Answer | None = None


class Screen:
    """Hold what somebody wants to see, and when each part was drawn last.

    Parameters
    ----------
    clock : callable
        Seconds, ever rising.
    paint : callable, optional
        Has a layer of a liver painted; by default it is done at once.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, paint: Callable[[Liver, str], None] | None = None
    ):
        self.panel, self.strip = next(iter(panels.PANELS)), panels.STRIPS[0]
        self._wish = Wish()
        self._picked: tuple[int, Any] | None = None
        self._clock, self._last = clock, dict[str, float]()
        self._paint = paint or Liver.repaint
        self._numbers: dict[str, Any] = {}
        self._cost = 0.0

    def clear(self) -> None:
        """Forget all that was drawn, for other livers."""
        self._picked = None
        self._numbers, self._last = {}, {}

    @property
    def wish(self) -> Wish:
        """Return what is shown of the tissue."""
        return self._wish

    @wish.setter
    def wish(self, wish: Wish) -> None:
        self._wish, self._last = wish, {}

    @property
    def picked(self) -> tuple[int, Any] | None:
        """Return the number of a liver and the cell of it that is read."""
        return self._picked

    @picked.setter
    def picked(self, picked: tuple[int, Any] | None) -> None:
        self._picked, self._last = picked, {}

    def choose(self, panel: str) -> None:
        """Set which curves are shown; an unknown name changes nothing."""
        self.panel, self._last = panel if panel in panels.PANELS else self.panel, {}

    def choose_strip(self, name: str) -> None:
        """Set what the phase strip shows; an unknown name changes nothing."""
        self.strip, self._last = name if name in panels.STRIPS else self.strip, {}

    def pick(self, livers: Sequence[Liver], number: int, x: float, y: float) -> None:
        """Take the cell at a place of a liver's picture for the one that is read, or none where no cell is."""
        if 0 <= number < len(livers):
            agent = livers[number].cells.nearest(x, y, self.wish)
            self.picked = (number, agent) if agent is not None else None

    def parts(self, livers: Sequence[Liver], hurry: bool) -> dict[str, Any]:
        """Return all of a frame but its number, state and message.

        Parameters
        ----------
        hurry : bool
            Whether time runs, so that slow parts wait their turn; otherwise all is drawn anew.
        """
        if not livers:
            return {}
        if not hurry:
            self._last = {}
        if self._due("numbers", max(COUNT_EVERY, LEISURE * self._cost)):
            began = self._clock()
            self._numbers = self._count(livers)
            self._cost = self._clock() - began
        pictures, scale = self._pictures(livers)
        told = zip(pictures, self._numbers["livers"], strict=True)
        end = 24.0 * float(livers[0].scenario.value("run.days"))
        return {"hours": livers[0].hours, "end": end, "counted": self._numbers["hours"], "scale": scale,
                "livers": tuple(picture | numbers for picture, numbers in told),
                "charts": self._numbers["charts"], "reading": self._numbers["reading"]}  # fmt: skip

    def _count(self, livers: Sequence[Liver]) -> dict[str, Any]:
        """Return every number that the page shows, all of this moment."""
        charts = {
            "strip": panels.phases(livers, self.strip),
            "cascade": panels.cascade(livers),
            "curves": panels.PANELS[self.panel](livers),
        }
        told = None
        if self.picked is not None:
            number, agent = self.picked
            told = reading(livers[number].model, agent)
            told |= {"liver": livers[number].title, "asks": questions(livers[number], agent)}
        numbers = [
            {"tumour": len(liver.model.world.rows("tumour")), "entered": liver.model.world.totals.get("entered", 0),
             "key": liver.cells.key(self.wish)}
            for liver in livers
        ]  # fmt: skip
        return {"hours": livers[0].hours, "charts": charts, "reading": told, "livers": numbers}

    def _due(self, part: str, seconds: float) -> bool:
        now = self._clock()
        if now - self._last.get(part, float("-inf")) < seconds:
            return False
        self._last[part] = now
        return True

    def _pictures(
        self, livers: Sequence[Liver]
    ) -> tuple[tuple[dict[str, Any], ...], tuple[str, float, float, str] | None]:
        """Return what is shown of each liver, and the colour scale that both share."""
        layer, span, scale = self.wish.layer, None, None
        chosen = livers[0].layers.get(layer)
        if chosen is not None and layer not in PAINTED:
            ends = [liver.span(layer) for liver in livers]
            span = min(low for low, _ in ends), max(high for _, high in ends)
            scale = (chosen.label, *span, chosen.colours)
        self._repaint(livers)
        return tuple(self._tell(liver, place, span) for place, liver in enumerate(livers)), scale

    def _tell(self, liver: Liver, place: int, span: tuple[float, float] | None) -> dict[str, Any]:
        """Return pictures and legend of one liver."""
        mark = liver.cells.where(self.picked[1]) if self.picked and self.picked[0] == place else None
        return liver.picture(self.wish, span) | {
            "title": liver.title, "mark": list(mark) if mark else None, "layers": tuple(liver.layers),
            "structures": liver.structures(self.wish.layer),
        }  # fmt: skip

    def _repaint(self, livers: Sequence[Liver]) -> None:
        """Have painted anew what changes slowly, where it has; never for more than about a fifth of the time."""
        cost = float(getattr(self._paint, "cost", 0.0))
        if self._due("section", max(REPAINT_EVERY, LEISURE * cost)):
            for liver in livers:
                if liver.stale(self.wish.layer):
                    self._paint(liver, self.wish.layer)
