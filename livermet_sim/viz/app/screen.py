"""Make frames: what the page shows at one moment of one or two livers, each part no oftener than it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from livermet_sim.viz.app import panels
from livermet_sim.viz.app.liver import PAINTED, Liver, Wish
from livermet_sim.viz.app.reading import reading

CHARTS_EVERY, FUNNEL_EVERY, REPAINT_EVERY, READ_EVERY = 0.4, 1.5, 1.5, 0.4  # s


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
    livers : tuple of dict
        For each liver its title, hours, pictures, legend and the place of the clicked cell.
    charts : dict of str to str
        SVG by panel: strip, cascade, curves.
    reading : dict or None
        What the clicked cell senses, and which rules fire.
    scale : tuple or None
        (label, low, high, colour map) of the field that is shown.
    """

    number: int = 0
    state: str = "building"
    message: str = ""
    hours: float = 0.0
    end: float = 0.0
    livers: tuple[dict[str, Any], ...] = ()
    charts: dict[str, str] = field(default_factory=dict)
    reading: dict[str, Any] | None = None
    scale: tuple[str, float, float, str] | None = None


class Screen:
    """Hold what somebody wants to see, and when each part was drawn last.

    Parameters
    ----------
    clock : callable
        Seconds, ever rising.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.wish, self.panel = Wish(), next(iter(panels.PANELS))
        self.picked: tuple[int, Any] | None = None
        self._clock, self._last = clock, dict[str, float]()
        self._charts: dict[str, str] = {}
        self._reading: dict[str, Any] | None = None
        self._cost = 0.0

    def clear(self) -> None:
        """Forget all that was drawn, for other livers."""
        self.picked = self._reading = None
        self._charts, self._last = {}, {}

    def choose(self, panel: str) -> None:
        """Set which curves are shown; an unknown name changes nothing."""
        self.panel = panel if panel in panels.PANELS else self.panel

    def pick(self, livers: Sequence[Liver], number: int, x: float, y: float) -> None:
        """Take the cell at a place of a liver's picture for the one that is read, or none where no cell is."""
        if 0 <= number < len(livers):
            agent = livers[number].nearest(x, y, self.wish)
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
        pictures, scale = self._pictures(livers)
        if self._due("charts", CHARTS_EVERY):
            self._charts["strip"] = panels.strip(livers)
            self._charts["curves"] = panels.PANELS[self.panel](livers)
        if self._due("funnel", FUNNEL_EVERY):
            self._charts["cascade"] = panels.cascade(livers)
        if self.picked is None:
            self._reading = None
        elif self._due("reading", READ_EVERY):
            number, agent = self.picked
            self._reading = reading(livers[number].model, agent) | {"liver": livers[number].title}
        end = 24.0 * float(livers[0].scenario.value("run.days"))
        return {"hours": livers[0].hours, "end": end, "livers": pictures, "charts": dict(self._charts),
                "reading": self._reading, "scale": scale}  # fmt: skip

    def _due(self, part: str, seconds: float) -> bool:
        now = self._clock()
        if now - self._last.get(part, float("-inf")) < seconds:
            return False
        self._last[part] = now
        return True

    def _pictures(
        self, livers: Sequence[Liver]
    ) -> tuple[tuple[dict[str, Any], ...], tuple[str, float, float, str] | None]:
        """Return what is told of each liver, and the colour scale that both share."""
        layer, span, scale = self.wish.layer, None, None
        chosen = livers[0].layers.get(layer)
        if chosen is not None and layer not in PAINTED:
            ends = [liver.span(layer) for liver in livers]
            span = min(low for low, _ in ends), max(high for _, high in ends)
            scale = (chosen.label, *span, chosen.colours)
        self._repaint(livers)
        return tuple(self._tell(liver, place, span) for place, liver in enumerate(livers)), scale

    def _tell(self, liver: Liver, place: int, span: tuple[float, float] | None) -> dict[str, Any]:
        """Return pictures, numbers and legend of one liver."""
        world = liver.model.world
        mark = liver.where(self.picked[1]) if self.picked and self.picked[0] == place else None
        return liver.picture(self.wish, span) | {
            "title": liver.title, "hours": liver.hours, "tumour": len(world.rows("tumour")),
            "entered": world.totals.get("entered", 0), "mark": list(mark) if mark else None,
            "key": liver.key(self.wish), "layers": tuple(liver.layers),
        }  # fmt: skip

    def _repaint(self, livers: Sequence[Liver]) -> None:
        """Paint anew what changes slowly, where it has; never for more than about a fifth of the time."""
        if self._due("section", max(REPAINT_EVERY, 5 * self._cost)):
            began = self._clock()
            for liver in livers:
                if liver.stale(self.wish.layer):
                    liver.repaint(self.wish.layer)
            self._cost = self._clock() - began
