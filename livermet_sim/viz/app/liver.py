"""Watch one liver: step its model, paint it, find the cell that somebody clicked."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, SINUSOID, TUMOUR
from livermet_sim.model import LiverModel
from livermet_sim.observe.columns import STACKS, STATIC
from livermet_sim.scenario.spec import Scenario
from livermet_sim.viz.app import paint
from livermet_sim.viz.app.paint import Film
from livermet_sim.viz.key import UNSEEN
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import LAYERS, Layer, field_image, section

SECTION, PERFUSION = "section", "perfusion"
PAINTED = (SECTION, PERFUSION)  # layers that are painted when vessels change, not every frame
COLOURS = ("state", "phase")
WIDE, FINEST = 1100, 28  # pixels of a picture, about; most pixels a site
FEW = 3  # cells of a lesion that are drawn one by one, over all else
REACH = 2.5  # how far from a cell a click may be, in sites


@dataclass(frozen=True)
class Wish:
    """Hold what somebody wants to see: the layer, how tumour cells are coloured, which kinds are hidden."""

    layer: str = SECTION
    colour: str = "state"
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Group:
    """Say which cells one look stands for: a kind; of tumour cells a state or phase, in a solid lesion or alone."""

    kind: int
    code: int | None = None
    solid: bool | None = None


def layers(fields: tuple[str, ...]) -> dict[str, Layer]:
    """Return the layers that can be shown over a site, by name: the painted ones, site arrays, every signal."""
    found = {SECTION: Layer("", "stained section", ""), PERFUSION: LAYERS[PERFUSION]}
    found |= {name: layer for name, layer in LAYERS.items() if name not in found}
    for name in fields:
        found.setdefault(name, Layer(name, f"{name} (relative)", "viridis"))
    return found


class Liver:
    """Hold a model under watch.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    title : str
        What the page calls it.
    """

    def __init__(self, scenario: Scenario, seed: int, title: str):
        self.title, self.scenario = title, scenario
        self.model = LiverModel(scenario, seed=seed)
        world = self.model.world
        self.layers = layers(world.fields.names)
        self._static = {name: np.asarray(getattr(world.tissue, name)) for name in STATIC}
        self.view = self._scene()
        self.scale = int(np.clip(WIDE // max(self.view.shape), 1, FINEST))
        self._near = paint.nearest_tissue(self.view["compartment"])
        self._top: dict[str, float] = {}
        self._base: dict[str, tuple[int, str]] = {}
        self._films: dict[str, tuple[Film, list[Group]]] = {}
        self._window = paint.tube_window(self.view, self.scale)

    @property
    def hours(self) -> float:
        """Return the simulated time in hours."""
        return self.model.hours

    @property
    def running(self) -> bool:
        """Say whether the scenario's time is not over yet."""
        return bool(self.model.running)

    def step(self) -> None:
        """Advance by one tick."""
        self.model.step()

    def _scene(self) -> Scene:
        """Return the present tissue without its cells."""
        world = self.model.world
        tissue, sites, fields = world.tissue, world.sites, world.fields
        shots: dict[str, Any] = {
            "time_h": np.array([world.clock.hours]),
            "edges": tissue.edges,
            **self._static,
        }
        shots |= tissue.lattice.sizes
        for name in STACKS:
            if name == "compartment":
                array = world.compartment
            elif name.startswith("tumour"):
                array = np.full(tissue.n, -1, dtype=np.int32)
            elif name in sites.columns:
                array = sites[name]
            else:
                array = fields[name] if name in fields else np.zeros(tissue.n)
            shots[name] = np.array(array)[None]
        return scene(shots)

    def outline(self) -> int:
        """Return a number that changes when what is painted into the section does, the cells apart."""
        world, found = self.model.world, 0
        for array in (world.compartment, world.sites["perfused"] > 0.5):
            found = zlib.crc32(array.tobytes(), found)
        for name in ("parenchyma", "collagen", "net", "debris"):
            coarse = np.clip(8 * world.sites[name], 0, 255).astype(np.uint8)
            found = zlib.crc32(coarse.tobytes(), found)
        return found

    def stale(self, layer: str) -> bool:
        """Say whether the painted picture of a layer no longer shows the present state."""
        name = layer if layer in PAINTED else "veil"
        return name not in self._base or self._base[name][0] != self.outline()

    def repaint(self, layer: str) -> None:
        """Paint what changes slowly: the section, the perfusion map, or the veil over a field."""
        self.view = self._scene()
        if layer == SECTION:
            url = paint.photo_url(section(self.view, self.scale))
        elif layer == PERFUSION:
            url = paint.photo_url(field_image(self.view, self.scale, LAYERS[PERFUSION]))
        else:
            layer, url = "veil", paint.veil_url(self.view, self.scale)
        self._base[layer] = (self.outline(), url)
        self._window = paint.tube_window(self.view, self.scale)

    def picture(self, wish: Wish, span: tuple[float, float] | None = None) -> dict[str, Any]:
        """Return the pictures of this moment, from below: ``base`` or ``field`` and ``veil``, then ``cells``.

        Parameters
        ----------
        span : (low, high), optional
            Ends of the colour scale of a field; by default those of this liver.
        """
        layer = wish.layer if wish.layer in self.layers else SECTION
        name = layer if layer in PAINTED else "veil"
        if name not in self._base:
            self.repaint(layer)
        height, width = self.view.shape
        found: dict[str, Any] = {"width": width * self.scale, "height": height * self.scale, "field": ""}
        found["um_per_pixel"] = self.view.site / self.scale
        found["base" if name != "veil" else "veil"] = self._base[name][1]
        if name == "veil":
            low, high = span or self.span(layer)
            colours = self.layers[layer].colours
            found["field"] = paint.field_url(self.values(layer), self._near, (low, high), colours)
        film, groups = self._film(wish.colour)
        self._draw(film, groups, wish)
        return found | {"cells": film.url()}

    def values(self, layer: str) -> np.ndarray:
        """Return a layer's values in the window shown, float[height, width]."""
        world, array = self.model.world, self.layers[layer].array
        values = world.sites[array] if array in world.sites.columns else world.fields[array]
        left, top = round(self.view.x0 / self.view.site), round(self.view.y0 / self.view.site)
        height, width = self.view.shape
        return world.tissue.lattice.picture(np.asarray(values))[top : top + height, left : left + width]

    def span(self, layer: str) -> tuple[float, float]:
        """Return the ends of a layer's colour scale; an open end is the highest so far, so that colours stay."""
        chosen = self.layers[layer]
        inside = np.isin(self.view["compartment"], (PARENCHYMA, SINUSOID))
        values = self.values(layer)[inside]
        low = chosen.low if chosen.low is not None else float(values.min(initial=0.0))
        top = max(self._top.get(layer, 0.0), float(values.max(initial=0.0)))
        self._top[layer] = top
        high = chosen.high if chosen.high is not None else top
        return low, high if high > low else low + 1e-6

    def _film(self, colour: str) -> tuple[Film, list[Group]]:
        """Return the picture for the cells, and what each of its looks stands for."""
        if colour not in self._films:
            kinds = self.model.world.kinds
            looks = list(paint.tumour_looks(colour, self.scale))
            first, half = int(colour == "phase"), len(looks) // 2
            groups = [Group(TUMOUR, first + i % half, i < half) for i in range(len(looks))]
            for code, kind in enumerate(kinds):
                if kind not in UNSEEN:
                    looks.append(paint.host_look(kind, kinds))
                    groups.append(Group(code))
            self._films[colour] = Film(self.view.shape, self.scale, looks), groups
        return self._films[colour]

    def _draw(self, film: Film, groups: list[Group], wish: Wish) -> None:
        """Draw solid lesions, open the tubes over them, then hosts, then tumour cells in vessels or on their own."""
        film.clear()
        rows, y, x = self.drawn()
        shown = [(i, g) for i, g in enumerate(groups) if self.model.world.kinds[g.kind] not in wish.hidden]
        for place, solid in enumerate((True, None, False)):
            for number, group in ((i, g) for i, g in shown if g.solid is solid):
                those = self._of(group, rows, wish.colour)
                film.draw(number, y[those], x[those])
            if place == 0:
                film.cut(self._window)

    def _of(self, group: Group, rows: np.ndarray, colour: str) -> np.ndarray:
        """Return which of some rows a look stands for."""
        cells = self.model.world.cells
        those = cells["kind"][rows] == group.kind
        if group.code is not None:
            those &= cells["state" if colour == "state" else "phase"][rows] == group.code
        if group.solid is not None:
            solid = (cells["layer"][rows] != LUMEN) & (cells["lesion_size"][rows] > FEW)
            those &= solid == group.solid
        return those

    def drawn(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows of the cells that are drawn, and where: y and x in sites of the window."""
        world = self.model.world
        cells, kinds = world.cells, list(world.kinds)
        seen = ~np.isin(
            cells["kind"], [kinds.index(name) for name in UNSEEN if name != "tumour" and name in kinds]
        )
        if "stellate" in kinds:
            seen &= (cells["kind"] != kinds.index("stellate")) | (cells["activation"] > 0.5)
        rows = np.flatnonzero(seen & (cells["alive"] == 1))
        row, column = self._window_places(cells["site"][rows])
        height, width = self.view.shape
        ok = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        rows, row, column = rows[ok], row[ok], column[ok]
        y, x = paint.places(self.view, row, column, cells["layer"][rows], cells["key"][rows])
        return rows, y, x

    def _window_places(self, site: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        row, column = self.model.world.tissue.lattice.pixels(site)
        return row - round(self.view.y0 / self.view.site), column - round(self.view.x0 / self.view.site)

    def key(self, wish: Wish) -> list[dict[str, Any]]:
        """Return the legend: what is drawn, with how many there are now."""
        film, groups = self._film(wish.colour)
        kinds, (rows, _, _) = self.model.world.kinds, self.drawn()
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
        """Return the cell drawn nearest to a place, as an agent, or None where no cell is near.

        Parameters
        ----------
        x, y : float
            Place as a share of the picture's width and height.
        """
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            raise LivermetError("click", f"({x:g}, {y:g}) is not inside the picture")
        rows, cy, cx = self.drawn()
        kinds, kind = self.model.world.kinds, self.model.world.cells["kind"][rows]
        shown = np.array([name not in wish.hidden for name in kinds], dtype=bool)[kind]
        rows, cy, cx = rows[shown], cy[shown], cx[shown]
        if not len(rows):
            return None
        away = np.hypot(cy - y * self.view.shape[0], cx - x * self.view.shape[1])
        best = int(np.argmin(away))
        return self.model.roster.look(rows[best : best + 1])[0] if away[best] <= REACH else None

    def where(self, agent: Any) -> tuple[float, float] | None:
        """Return where a cell is drawn, x and y as shares of the picture, or None when it is gone or not drawn."""
        if agent is None or not agent.alive:
            return None
        rows, y, x = self.drawn()
        found = np.flatnonzero(self.model.world.cells["key"][rows] == agent.key)
        if not len(found):
            return None
        height, width = self.view.shape
        return float(x[found[0]] / width), float(y[found[0]] / height)
