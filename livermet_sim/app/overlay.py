"""Draw the cells of a liver over its section, say what they are, and find the one that somebody clicked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from livermet_sim.app import paint
from livermet_sim.app.paint import Film
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.registry import look_of
from livermet_sim.kernels.codes import LUMEN, TUMOUR
from livermet_sim.model import LiverModel
from livermet_sim.viz.key import ACTIVE
from livermet_sim.viz.scene import Scene

ORDER = (
    True,
    None,
    False,
)  # solid lesions, which tubes cut; then hosts; then tumour cells in vessels or alone
FEW = 3  # cells of a lesion that are drawn one by one, over all else
REACH = 2.0  # how far from the rim of a cell a click may be, in sites


@dataclass(frozen=True)
class Wish:
    """Hold what somebody wants to see: the layer, how tumour cells are coloured, which kinds are hidden."""

    layer: str = "section"
    colour: str = "state"
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Group:
    """Say which cells one look stands for: a kind; of tumour cells a state or phase, in a solid lesion or alone."""

    kind: int
    code: int | None = None
    solid: bool | None = None


class Watched(Protocol):
    """Say what is asked of the liver whose cells are drawn."""

    model: LiverModel
    view: Scene
    scale: int
    window: np.ndarray

    def squares(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...


class Overlay:
    """Hold the pictures of the cells of one liver, as it stands.

    Parameters
    ----------
    liver : Watched
    """

    def __init__(self, liver: Watched):
        self._liver, self._model = liver, liver.model
        self._films: dict[str, tuple[Film, list[Group]]] = {}

    def url(self, wish: Wish) -> str:
        """Return the picture of the cells as a data URL."""
        film, groups = self._film(wish.colour)
        self._draw(film, groups, wish)
        return film.url()

    def _film(self, colour: str) -> tuple[Film, list[Group]]:
        """Return the picture for the cells, and what each of its looks stands for."""
        if colour not in self._films:
            kinds = self._model.world.kinds
            looks = list(paint.tumour_looks(colour, self._liver.scale))
            first, half = int(colour == "phase"), len(looks) // 2
            groups = [Group(TUMOUR, first + i % half, i < half) for i in range(len(looks))]
            for code, kind in enumerate(kinds):
                if look_of(kind).marker:
                    looks.append(paint.host_look(kind, kinds))
                    groups.append(Group(code))
            self._films[colour] = Film(self._liver.view.shape, self._liver.scale, looks), groups
        return self._films[colour]

    def _draw(self, film: Film, groups: list[Group], wish: Wish) -> None:
        """Draw solid lesions, open the tubes over them, then hosts, then tumour cells in vessels or on their own."""
        film.clear()
        rows, y, x = self.drawn()
        for solid in ORDER:
            for number in self._shown(groups, wish, solid):
                those = self._of(groups[number], rows, wish.colour)
                film.draw(number, y[those], x[those])
            if solid:
                film.cut(self._liver.window)

    def _shown(self, groups: list[Group], wish: Wish, solid: bool | None) -> list[int]:
        """Return the numbers of the looks that are drawn in one turn of ORDER."""
        kinds = self._model.world.kinds
        return [i for i, g in enumerate(groups) if g.solid is solid and kinds[g.kind] not in wish.hidden]

    def _of(self, group: Group, rows: np.ndarray, colour: str) -> np.ndarray:
        """Return which of some rows a look stands for."""
        cells = self._model.world.cells
        those = cells["kind"][rows] == group.kind
        if group.code is not None:
            those &= cells["state" if colour == "state" else "phase"][rows] == group.code
        if group.solid is not None:
            solid = (cells["layer"][rows] != LUMEN) & (cells["lesion_size"][rows] > FEW)
            those &= solid == group.solid
        return those

    def drawn(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows of the cells that are drawn, and where: y and x in sites of the window."""
        world = self._model.world
        cells, kinds = world.cells, list(world.kinds)
        looks = [look_of(name) for name in kinds]
        shown = np.array([code == TUMOUR or bool(look.marker) for code, look in enumerate(looks)])
        always = np.array([not look.active for look in looks])
        seen = shown[cells["kind"]] & (always[cells["kind"]] | (cells["activation"] > ACTIVE))
        rows = np.flatnonzero(seen & (cells["alive"] == 1))
        row, column = self._liver.squares(cells["site"][rows])
        height, width = self._liver.view.shape
        ok = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        rows, row, column = rows[ok], row[ok], column[ok]
        y, x = paint.places(self._liver.view, row, column, cells["layer"][rows], cells["key"][rows])
        return rows, y, x

    def key(self, wish: Wish) -> list[dict[str, Any]]:
        """Return the legend: what is drawn, with how many there are now."""
        film, groups = self._film(wish.colour)
        kinds, (rows, _, _) = self._model.world.kinds, self.drawn()
        found: dict[str, dict[str, Any]] = {}
        for look, group in zip(film.looks, groups, strict=True):
            kind = kinds[group.kind]
            entry = {
                "words": look.words,
                "colour": look.colour,
                "shape": look.shape,
                "kind": kind,
                "count": 0,
            }
            entry = found.setdefault(look.name, entry | {"hidden": kind in wish.hidden})
            entry["count"] += int(self._of(group, rows, wish.colour).sum())
        return list(found.values())

    def nearest(self, x: float, y: float, wish: Wish) -> Any | None:
        """Return the cell that is seen at a place, as an agent: the one drawn on top, or else the nearest within reach.

        Parameters
        ----------
        x, y : float
            Place as a share of the picture's width and height.
        """
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            raise LivermetError("click", f"({x:g}, {y:g}) is not inside the picture")
        film, groups = self._film(wish.colour)
        rows, cy, cx = self.drawn()
        at_y, at_x = y * self._liver.view.shape[0], x * self._liver.view.shape[1]
        cut = self._liver.window[film.pixel(at_y, at_x)]
        top, near, least = None, None, REACH
        for solid in ORDER:
            for number in self._shown(groups, wish, solid):
                those = np.flatnonzero(self._of(groups[number], rows, wish.colour))
                if not len(those):
                    continue
                away = np.hypot(cy[those] - at_y, cx[those] - at_x)
                gap = float(away.min()) - film.looks[number].radius
                if gap < least:
                    least, near = gap, int(those[away.argmin()])
                hit = film.covers(number, cy[those], cx[those], at_y, at_x)
                if hit.any() and not (solid and cut):
                    top = int(those[np.where(hit, away, np.inf).argmin()])
        found = near if top is None else top
        return None if found is None else self._model.roster.look(rows[found : found + 1])[0]

    def where(self, agent: Any) -> tuple[float, float] | None:
        """Return where a cell is drawn, x and y as shares of the picture, or None when it is gone or not drawn."""
        if agent is None or not agent.alive:
            return None
        rows, y, x = self.drawn()
        found = np.flatnonzero(self._model.world.cells["key"][rows] == agent.key)
        if not len(found):
            return None
        height, width = self._liver.view.shape
        return float(x[found[0]] / width), float(y[found[0]] / height)
