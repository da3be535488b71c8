"""Draw the tissue at one time: a section a pathologist can read, or one field of it on a colour scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from scipy import ndimage

from livermet_sim.base.errors import ResultError
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz import raster, style
from livermet_sim.viz.canvas import Canvas, rgb
from livermet_sim.viz.key import (
    mark_cells,
    outline_key,
    perfusion_key,
    ring_small,
    tissue_key,
    tumour_key,
    vessel_key,
)
from livermet_sim.viz.scene import Scene, Window, scene
from livermet_sim.viz.tubes import paint_perfusion, paint_tubes, paint_vessels, tube_distance

HISTOLOGY = "histology"
JOINED = "The sides join: what leaves at one comes in at the opposite one."
MAX_PIXELS, MAX_FIELD_PIXELS = 640_000, 400_000


@dataclass(frozen=True)
class Layer:
    """Say how one site array is shown: which array, label with unit, colours, and the range of the scale."""

    array: str
    label: str
    colours: str
    low: float | None = 0.0
    high: float | None = None

    @property
    def name(self) -> str:
        """Return what is shown, without the unit, as a title says it."""
        words = self.label.split(" (")[0]
        return words[0].upper() + words[1:]


LAYERS = {
    "oxygen": Layer("oxygen", "oxygen (mmHg)", "inferno"),
    "perfusion": Layer("perfused", "perfusion (1 = carries blood)", "RdBu_r", 0.0, 1.0),
    "vegf": Layer("vegf", "VEGF (relative)", "viridis"),
    "collagen": Layer("collagen", "collagen (relative to a capsule)", "Blues", 0.0, 1.0),
    "adhesion": Layer("adhesion", "adhesion molecules (0 to 1)", "magma", 0.0, 1.0),
    "net": Layer("net", "neutrophil traps (traps per site)", "viridis"),
    "debris": Layer("debris", "debris (dead cells per site)", "cividis"),
    "parenchyma": Layer("parenchyma", "live parenchyma (0 to 1)", "cividis", 0.0, 1.0),
    "zone": Layer("zone", "zone (0 portal, 1 central)", "cividis", 0.0, 1.0),
}


def tissue_map(
    source: Any,
    time_h: float | None = None,
    layer: str = HISTOLOGY,
    *,
    window: Window | None = None,
    colour: str = "state",
    cells: bool = True,
    width: float = style.WIDE,
    ax: Axes | None = None,
) -> Figure | Axes:
    """Return a picture of the tissue, or draw it into a panel.

    Parameters
    ----------
    source : Result, LiverModel or dict
        A result, a model as it stands, or arrays laid out as ``Result.snapshots``.
    time_h : float, h, optional
        The moment nearest to this time; the last by default.
    layer : str
        ``histology``, or oxygen, perfusion, vegf, collagen, adhesion, net, debris, parenchyma, zone; of a model any
        signal.
    window : (x0, y0, x1, y1), um, optional
        Part of the tissue to show.
    colour : str
        Tumour cells by ``state`` (cycling, dormant) or by ``phase`` of their lesion.
    cells : bool
        Whether immune and stellate cells are marked.
    width : float, inch
        Width of the figure at most; a tall tissue takes less.
    ax : Axes, optional
        A panel to draw into; it is returned instead of a figure.

    Raises
    ------
    ResultError
        For a layer or colouring that does not exist, or a result without snapshots.
    """
    view = scene(source, time_h, window)
    check(view, layer, colour)
    high, wide = view.shape
    side = 3.4 if layer == HISTOLOGY else 2.6
    own = ax is None
    if ax is None:
        width = min(width, (width * style.HIGH / style.WIDE - 0.8) * wide / high + side)
        ax = style.picture(width, max(3.6, (width - side) * high / wide + 0.8)).add_subplot()
    else:
        width = ax.get_position().width * style.figure_of(ax).get_figwidth() + side
    figure = style.figure_of(ax)
    draw_tissue(ax, view, layer, colour=colour, pixels=int((width - side) * style.DPI))
    if layer == HISTOLOGY:
        shown = mark_cells(ax, view, (width - side) * 72 / (wide * view.site)) if cells else []
        handles = tumour_key(view, colour) + ring_small(ax, view, 0.012) + shown + tissue_key(view)
        style.legend(ax, handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
    else:
        colour_bar(figure, ax, view, layer)
    if own:
        say_joined(figure, view)
    ax.set_title(
        heading(view, layer), fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color=style.INK
    )
    return figure if own else ax


def layer_of(view: Scene, layer: str) -> Layer:
    """Return how a layer of this tissue is shown; every array of the scene can be, a signal of a model too.

    Raises
    ------
    ResultError
        When the tissue has no such layer.
    """
    if layer in LAYERS:
        return LAYERS[layer]
    if layer in view.arrays and view[layer].dtype.kind == "f":
        return Layer(layer, f"{layer.replace('_', ' ')} (relative)", "viridis")
    more = [name for name, array in view.arrays.items() if array.dtype.kind == "f"]
    raise ResultError(
        "tissue map", f'there is no layer "{layer}"', name=layer, valid=[HISTOLOGY, *LAYERS, *more]
    )


def check(view: Scene, layer: str, colour: str = "state") -> None:
    """Refuse a layer or a colouring that does not exist."""
    if layer != HISTOLOGY:
        layer_of(view, layer)
    if colour not in ("state", "phase"):
        valid = ["state", "phase"]
        raise ResultError(
            "tissue map", f'tumour cells cannot be coloured by "{colour}"', name=colour, valid=valid
        )


def draw_tissue(ax: Axes, view: Scene, layer: str = HISTOLOGY, *, colour: str = "state", pixels: int = 1000,
                span: tuple[float, float] | None = None) -> None:  # fmt: skip
    """Draw the section into a panel about ``pixels`` wide, with a scale bar and no axes.

    ``span`` is the range of a field's colour scale; by default that of the tissue shown.
    """
    high, wide = view.shape
    scale = pixels_per_site(view.shape, pixels, MAX_PIXELS if layer == HISTOLOGY else MAX_FIELD_PIXELS)
    image = (
        section(view, scale, colour)
        if layer == HISTOLOGY
        else field_image(view, scale, layer_of(view, layer), span)
    )
    box = (view.x0, view.x0 + wide * view.site, view.y0 + high * view.site, view.y0)
    ax.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
    ax.set_axis_off()
    ax.set_anchor("NW")
    scale_bar(ax, box)


def say_joined(figure: Figure, view: Scene, of: str = "") -> None:
    """Say below a picture of a joined tissue, or of a part ``of`` one, that lesions go on at the opposite side."""
    if view.joined:
        figure.supxlabel(
            f"{of}: {JOINED[0].lower()}{JOINED[1:]}" if of else JOINED,
            fontsize=style.TICK_SIZE,
            color=style.FAINT,
            x=0.01,
            ha="left",
        )


def pixels_per_site(shape: tuple[int, int], pixels: int, most: int) -> int:
    """Return the pixels a site that make a picture about ``pixels`` wide and of no more than ``most`` in all."""
    high, wide = shape
    scale = int(np.clip(round(pixels / wide), 1, 24))
    while scale > 1 and high * wide * scale**2 > most:
        scale -= 1
    return scale


def section(view: Scene, scale: int, colour: str = "state", plates: np.ndarray | None = None) -> np.ndarray:
    """Return the stained section as float32[height * scale, width * scale, 3].

    ``plates`` is what ``raster.paint_plates`` paints of this tissue, where a film has it already.
    """
    canvas = Canvas(view.around(), scale)
    if plates is None:
        raster.paint_plates(canvas)
    else:
        canvas.image[:] = plates
    raster.paint_damage(canvas)
    tissue, lumen = tumour_colours(canvas.scene, colour)
    raster.paint_tumour(canvas, tissue)
    paint_vessels(canvas)
    paint_tubes(canvas)
    raster.paint_traps(canvas)
    raster.paint_outside(canvas)
    raster.paint_lumen_cells(canvas, lumen)
    return canvas.picture()


def tumour_colours(view: Scene, colour: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the colours of tumour cells per site, in the tissue and in the lumen: float32[h, w, 3] each."""
    base = rgb(style.STATE_COLOURS["cycling"])
    both = [np.tile(base, (*view.shape, 1)) for _ in range(2)]
    if view.cells is None:
        return both[0], both[1]
    table = style.STATE_COLOURS if colour == "state" else style.PHASE_COLOURS
    tumour = view.cells[view.cells["kind"] == "tumour"]
    rows = ((tumour["y_um"].to_numpy() - view.y0) / view.site).astype(int)
    columns = ((tumour["x_um"].to_numpy() - view.x0) / view.site).astype(int)
    words, layer = tumour[colour].to_numpy().astype(str), tumour["layer"].to_numpy().astype(str)
    for word, shade in table.items():
        for place, name in ((0, "tissue"), (1, "lumen")):
            chosen = (words == word) & (layer == name)
            both[place][rows[chosen], columns[chosen]] = rgb(shade)
    return both[0], both[1]


def field_image(view: Scene, scale: int, layer: Layer, span: tuple[float, float] | None = None) -> np.ndarray:
    """Return one field on its colour scale, tubes in pale lines and lesions outlined, float32[h, w, 3]."""
    low, high = span or limits(view, layer)
    canvas = Canvas(view.around(), scale)
    view = canvas.scene
    inside = view["compartment"] != OUTSIDE
    if layer.array == "perfused":
        canvas.image[:] = rgb("#f1ece6")
        paint_perfusion(canvas)
    else:
        # Outside takes the value of the nearest tissue, so that the border does not fade.
        near = np.asarray(
            ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
        )
        values = view[layer.array][near[0], near[1]].astype(np.float32)
        fine = np.asarray(ndimage.zoom(values, scale, order=1, mode="nearest", grid_mode=True))
        canvas.image[:] = colormaps[layer.colours](np.clip((fine - low) / (high - low), 0, 1))[..., :3]
        distance = tube_distance(canvas, view.edges)
        canvas.blend(np.ones(3, np.float32), 0.3 * np.clip(0.5 - distance, 0, 1))
    lesion = canvas.smooth((view["tumour"] >= 0) | (view["tumour_lumen"] >= 0), 0.45)
    for width, shade in ((3.0, np.ones(3, np.float32)), (1.6, rgb("#111111"))):
        canvas.blend(shade, np.clip(min(width, 0.8 * scale) - np.abs(lesion - 0.4) * 2.2 * scale, 0, 1))
    paint_vessels(canvas)
    raster.paint_outside(canvas)
    return canvas.picture()


def limits(view: Scene, layer: Layer) -> tuple[float, float]:
    """Return the range of a layer's colour scale; an open end is that of the tissue shown."""
    values = view[layer.array][np.isin(view["compartment"], (PARENCHYMA, SINUSOID))]
    low = layer.low if layer.low is not None else float(values.min(initial=0))
    high = layer.high if layer.high is not None else float(values.max(initial=0))
    return low, high if high > low else low + 1


def colour_bar(figure: Figure, ax: Axes, view: Scene, layer: str) -> None:
    """Add the scale of a field, and the key of what is drawn over it."""
    style.legend(
        ax, handles=field_key(view, layer), loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0
    )
    chosen = layer_of(view, layer)
    if chosen.array != "perfused":
        mappable = ScalarMappable(Normalize(*limits(view, chosen)), chosen.colours)
        inside = ax.inset_axes((1.04, 0.06, 0.035, 0.56))
        bar = figure.colorbar(mappable, cax=inside)
        bar.set_label(chosen.label, fontsize=style.LABEL_SIZE)
        bar.ax.tick_params(labelsize=style.TICK_SIZE)


def field_key(view: Scene, layer: str) -> list[Any]:
    """Return the legend entries of a field map: what its lines and white spots are."""
    if layer_of(view, layer).array == "perfused":
        return perfusion_key() + outline_key(view) + vessel_key(view)
    tube = [Line2D([], [], color="#b9b9c4", linewidth=3, label="sinusoid (pale line)")]
    return outline_key(view) + tube + vessel_key(view)


def layer_name(view: Scene, layer: str) -> str:
    """Return what a tissue picture shows, as its title says it."""
    return "Tissue" if layer == HISTOLOGY else layer_of(view, layer).name


def scale_bar(ax: Axes, box: tuple[float, float, float, float], colour: str = style.INK) -> None:
    """Draw a bar of a round length, 100 um on most tissues, below the tissue's right corner."""
    left, right, bottom, top = box
    length = next((n for n in (20, 50, 100, 200, 500, 1000, 2000, 5000) if n >= 0.05 * (right - left)), 10000)
    length = 100 if 250 <= right - left <= 2500 else length
    thick = 0.008 * (bottom - top)
    start, level = right - length - 0.02 * (right - left), bottom + 1.2 * thick
    ax.add_patch(Rectangle((start, level), length, thick, color=colour, clip_on=False))
    ax.text(start + length / 2, level + 1.8 * thick, f"{length} µm", ha="center", va="top", fontsize=style.TICK_SIZE,
            color=colour, clip_on=False)  # fmt: skip
    ax.set_ylim(bottom + 7 * thick, top)


def heading(view: Scene, layer: str = HISTOLOGY) -> str:
    """Return the title: what is shown, the day, tumour cells and lesions in the picture."""
    numbers = view.tumour()
    lesions = len(np.unique(numbers[numbers >= 0]))
    cells = f"{len(numbers):,} tumour cell{'' if len(numbers) == 1 else 's'}"
    name = layer_name(view, layer)
    return f"{name}, day {view.time_h / 24:.3g}: {cells}, {lesions} lesion{'' if lesions == 1 else 's'}"
