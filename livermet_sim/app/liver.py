"""Watch one liver: step its model, keep its numbers, paint it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_hex

from livermet_sim.app import paint
from livermet_sim.app.overlay import Overlay, Wish
from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID
from livermet_sim.model import LiverModel
from livermet_sim.observe.columns import STACKS, STATIC
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.lesions import PHASES
from livermet_sim.viz.canvas import SCHEMATIC
from livermet_sim.viz.key import perfusion_key, tissue_key
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import LAYERS, Layer, field_image, section

SECTION, PERFUSION = "section", "perfusion"
PAINTED = (SECTION, PERFUSION)  # layers that are painted when vessels change, not every frame
COLOURS = ("state", "phase")
WIDE, FINEST = 1100, 28  # pixels of a picture, about; most pixels a site
NUCLEUS = "nucleus of a hepatocyte"
BLOOD = "red blood cells, where blood flows"


def layers(fields: tuple[str, ...]) -> dict[str, Layer]:
    """Return the layers that can be shown over a site, by name: the painted ones, site arrays, every signal."""
    found = {SECTION: Layer("", "stained section", ""), PERFUSION: LAYERS[PERFUSION]}
    found |= {name: layer for name, layer in LAYERS.items() if name not in found}
    for name in fields:
        found.setdefault(name, Layer(name, f"{name} (relative)", "viridis"))
    return found


@dataclass(frozen=True)
class Sketch:
    """Hold the state that a picture is painted from."""

    layer: str
    outline: int
    view: Scene


@dataclass(frozen=True)
class Picture:
    """Hold what was painted: the picture, and which of its pixels lie in a tube."""

    sketch: Sketch
    url: str
    window: np.ndarray


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
        self.window = paint.tube_window(self.view, self.scale)
        self.cells = Overlay(self)
        self._phases: list[np.ndarray] = []

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
        if len(self.model.engine.recorder.rows) > len(self._phases):
            self._phases.append(self.cells_by_phase())

    def rows(self) -> list[dict[str, float]]:
        """Return the time series so far, the present moment last."""
        return self.model.engine.series()

    def cells_by_phase(self) -> np.ndarray:
        """Return how many tumour cells are in lesions of each phase now, int64[4]."""
        world = self.model.world
        phase = world.cells["phase"][world.rows("tumour")]
        return np.bincount(np.maximum(phase, 1), minlength=len(PHASES) + 1)[1:]

    def cell_phases(self) -> list[np.ndarray]:
        """Return `cells_by_phase` at each moment of `rows`."""
        return [*self._phases, self.cells_by_phase()][: len(self.rows())]

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
        self.hang(self.paint(self.sketch(layer)))

    def sketch(self, layer: str) -> Sketch:
        """Return copies of what a picture is painted from, which later steps do not touch."""
        return Sketch(layer if layer in PAINTED else "veil", self.outline(), self._scene())

    def paint(self, sketch: Sketch) -> Picture:
        """Return the picture of a sketch; it asks nothing of the model and may be painted in any thread."""
        view = sketch.view
        if sketch.layer == SECTION:
            url = paint.photo_url(section(view, self.scale))
        elif sketch.layer == PERFUSION:
            url = paint.photo_url(field_image(view, self.scale, LAYERS[PERFUSION]))
        else:
            url = paint.veil_url(view, self.scale)
        return Picture(sketch, url, paint.tube_window(view, self.scale))

    def hang(self, picture: Picture) -> None:
        """Show a picture from now on."""
        self.view, self.window = picture.sketch.view, picture.window
        self._base[picture.sketch.layer] = (picture.sketch.outline, picture.url)

    def structures(self, layer: str) -> list[tuple[str, str]]:
        """Return what a painted layer shows besides cells: words and colour of each."""
        if layer == PERFUSION:
            handles = perfusion_key()
        elif layer in self.layers and layer != SECTION:
            return []
        else:
            handles = tissue_key(self.view)
        found = [(str(handle.get_label()), to_hex(handle.get_facecolor())) for handle in handles]
        if layer != PERFUSION:
            found.append((NUCLEUS, to_hex(tuple(SCHEMATIC.nucleus))))
            found.append((BLOOD, to_hex(tuple(SCHEMATIC.erythrocyte))))
        return found

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
        return found | {"cells": self.cells.url(wish)}

    def values(self, layer: str) -> np.ndarray:
        """Return a layer's values in the window shown, float[height, width]."""
        world, array = self.model.world, self.layers[layer].array
        values = world.sites[array] if array in world.sites.columns else world.fields[array]
        left, top = round(self.view.x0 / self.view.site), round(self.view.y0 / self.view.site)
        height, width = self.view.shape
        return world.tissue.lattice.picture(np.asarray(values))[top : top + height, left : left + width]

    def squares(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows and columns of the window shown that stand for some sites."""
        row, column = self.model.world.tissue.lattice.pixels(sites)
        return row - round(self.view.y0 / self.view.site), column - round(self.view.x0 / self.view.site)

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
