"""Turn a run into a film: the tissue beside the curves, frame by frame, as mp4 or gif."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from html import escape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import whole_file
from livermet_sim.cells.registry import look_of
from livermet_sim.observe.frames import field, moment, of_result
from livermet_sim.observe.record import Record
from livermet_sim.viz import charts, encoding, lesions, raster, style
from livermet_sim.viz.canvas import Canvas, spread
from livermet_sim.viz.key import marked, marked_as, perfusion_key, tissue_key, tumour_key
from livermet_sim.viz.player import page
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import (
    HISTOLOGY,
    JOINED,
    LAYERS,
    check,
    field_image,
    limits,
    pixels_per_site,
    section,
)

WIDTH, HEIGHT, HEAD = 1280, 720, 64
TISSUE = (700, HEIGHT - HEAD - 16)
ENDINGS = (".mp4", ".gif")
FPS = 12
Told = Callable[[int, int], None]


class Film:
    """Hold the film of a run; a notebook shows it by itself.

    Parameters
    ----------
    result : Record
    layer : str
        ``histology`` or one of the fields of a tissue map.
    colour : str
        Tumour cells by ``state`` or by ``phase``.

    Raises
    ------
    ResultError
        For an unknown layer or colouring, or a run that kept neither frames nor snapshots.
    """

    def __init__(self, result: Record, layer: str = HISTOLOGY, colour: str = "state"):
        self.result, self.layer, self.colour = result, layer, colour
        self.frames = of_result(result)
        self.hours = np.asarray(self.frames["time_h"], dtype=float)
        view = self._view(0)
        check(view, layer, colour)
        high, wide = view.shape
        self.scale = pixels_per_site(
            view.shape, min(TISSUE[0], int(TISSUE[1] * wide / high)), TISSUE[0] * TISSUE[1]
        )
        self._font = findfont("DejaVu Sans")

    def __len__(self) -> int:
        return len(self.hours)

    def __getitem__(self, index: int) -> np.ndarray:
        """Return one picture of the film, uint8[720, 1280, 3]."""
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._compose(index % len(self))

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[index] for index in range(len(self)))

    def save(self, path: str | Path, fps: float = FPS, progress: Told | None = None) -> Path:
        """Write the film, whole or not at all, and return its file.

        Parameters
        ----------
        path : str or Path
            Ends in ``.mp4`` (needs ffmpeg, or the extra ``film``) or ``.gif``.
        progress : callable, optional
            Told the pictures done and wanted.

        Raises
        ------
        ResultError
            For another ending, where ffmpeg is missing, or when the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in ENDINGS:
            raise ResultError(str(path), f"a film's name ends in {' or '.join(ENDINGS)}")
        if not 0.1 <= fps <= 60:
            raise ResultError("fps", f"{fps:g} pictures a second cannot be shown; give 0.1 to 60")
        encode = encoding.mp4 if path.suffix.lower() == ".mp4" else encoding.gif
        with whole_file(path) as part:
            encode(self._told(progress), part, fps)
        return path

    def _told(self, progress: Told | None) -> Iterator[np.ndarray]:
        for done, picture in enumerate(self, 1):
            yield picture
            if progress is not None:
                progress(done, len(self))

    def _repr_html_(self) -> str:
        """Return a video where ffmpeg is at hand, else the player."""
        if encoding.encoder() is None:
            return f'<iframe width="100%" height="720" style="border:0" srcdoc="{escape(page(self.result))}"></iframe>'
        with tempfile.TemporaryDirectory() as folder:
            data = base64.b64encode(self.save(Path(folder) / "film.mp4").read_bytes()).decode()
        return f'<video controls loop width="100%" src="data:video/mp4;base64,{data}"></video>'

    def _view(self, index: int) -> Scene:
        shots, cells = moment(self.frames, self.result.snapshots, index)
        return scene(SimpleNamespace(snapshots=shots, cells=cells))

    @cached_property
    def _plates(self) -> np.ndarray:
        canvas = Canvas(self._view(0).around(), self.scale)
        raster.paint_plates(canvas)
        return canvas.image

    @cached_property
    def _span(self) -> tuple[float, float] | None:
        """Return the range of a field over the whole film."""
        if self.layer == HISTOLOGY:
            return None
        layer = LAYERS[self.layer]
        low, high = limits(self._view(len(self) - 1), layer)
        if layer.high is None and layer.array in self.frames:
            high = max(float(field(self.frames, layer.array, i).max()) for i in range(len(self)))
        return (layer.low if layer.low is not None else low), max(high, 1e-6)

    def _compose(self, index: int) -> np.ndarray:
        """Put tissue, curves and words of one frame together."""
        view = self._view(index)
        if self.layer == HISTOLOGY:
            image = section(view, self.scale, self.colour, self._plates)
        else:
            image = field_image(view, self.scale, LAYERS[self.layer], self._span)
        sheet = Image.fromarray(np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8))
        drawn = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
        if self.layer == HISTOLOGY:
            _mark(drawn, view, self.scale)
        corner = (12 + (TISSUE[0] - drawn.width) // 2, HEAD + (TISSUE[1] - drawn.height) // 2)
        sheet.paste(drawn, corner)
        self._words(ImageDraw.Draw(sheet), view, corner, drawn.size)
        panel, axes = self._panel
        left = WIDTH - panel.shape[1]
        sheet.paste(Image.fromarray(_so_far(panel, axes, view.time_h / 24)), (left, HEAD))
        return np.asarray(sheet)

    def _words(
        self, pen: ImageDraw.ImageDraw, view: Scene, corner: tuple[int, int], size: tuple[int, int]
    ) -> None:
        """Write title, day and scale bar."""
        name = f"{self.result.scenario.get('name', 'run')}, seed {self.result.provenance.get('seed')}"
        words = f"{name}: {LAYERS[self.layer].label}" if self.layer in LAYERS else name
        pen.text((16, 20), words, fill=style.INK, font=ImageFont.truetype(self._font, 24))
        hours = view.time_h
        day = f"{hours:.3g} h" if hours < 48 else f"day {hours / 24:.1f}"
        pen.text(
            (TISSUE[0] + 12, 14), day, fill=style.INK, font=ImageFont.truetype(self._font, 34), anchor="ra"
        )
        length = next(
            (n for n in (20, 50, 100, 200, 500, 1000, 2000) if n / view.site * self.scale > 60), 5000
        )
        long = length / view.site * self.scale
        right, low = corner[0] + size[0], min(corner[1] + size[1] - 6, HEIGHT - 34)
        if view.joined:
            pen.text((corner[0], low + 8), JOINED, fill=style.FAINT, font=ImageFont.truetype(self._font, 16))
        pen.rectangle((right - long, low, right, low + 5), fill=style.INK)
        pen.text((right - long / 2, low + 8), f"{length} µm", fill=style.INK, anchor="ma",
                 font=ImageFont.truetype(self._font, 16))  # fmt: skip

    @cached_property
    def _panel(self) -> tuple[np.ndarray, list[tuple[int, int, float, float]]]:
        """Return the curves as a picture, and of each panel its top, bottom, and the x of day 0 and of a day."""
        figure = style.picture((WIDTH - TISSUE[0] - 24) / 100, (HEIGHT - HEAD) / 100)
        figure.set_dpi(100)
        upper, lower = figure.subplots(2, 1)
        charts.draw_tumour(upper, self.result)
        lesions.draw_phase_counts(lower, self.result)
        style.legend(upper, loc="lower right", ncols=2)
        style.legend(lower, loc="upper right")
        view = self._view(len(self) - 1)
        handles = [h for h in _key(view, self.layer, self.colour) if h is not None]
        if handles:
            figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=9)
        figure.canvas.draw()
        image = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]
        boxes = []
        for ax in (upper, lower):
            frame = ax.get_window_extent()
            zero, one = (float(ax.transData.transform((day, 1.0))[0]) for day in (0.0, 1.0))
            boxes.append(
                (round(image.shape[0] - frame.y1), round(image.shape[0] - frame.y0), zero, one - zero)
            )
        return image, boxes


def _key(view: Scene, layer: str, colour: str) -> list:
    """Return what explains the colours of the tissue."""
    from matplotlib.lines import Line2D

    if layer != HISTOLOGY:
        return perfusion_key() if LAYERS[layer].array == "perfused" else []
    tumour = tumour_key(view, colour, counts=False)
    for handle in tumour:
        handle.set_label(str(handle.get_label()).replace("tumour cell, ", "tumour, "))
    kinds = sorted(view.cells["kind"].astype(str).unique()) if view.cells is not None else []
    marks = [Line2D([], [], linestyle="", marker=look_of(kind).marker, color=style.colour_of(kind, kinds), markersize=6,
                    label=marked_as(kind))
             for kind in kinds if look_of(kind).marker]  # fmt: skip
    return tumour + marks + tissue_key(view)


def _so_far(panel: np.ndarray, boxes: list[tuple[int, int, float, float]], day: float) -> np.ndarray:
    """Return the curves with what is still to come faded, and a line at the present."""
    out = panel.copy()
    for top, bottom, zero, per_day in boxes:
        x = int(np.clip(round(zero + day * per_day), 0, out.shape[1] - 2))
        part = out[top:bottom, x:]
        part[:] = 255 - (255 - part.astype(np.int16)) * 3 // 10
        out[top:bottom, x : x + 2] = 34
    return out


def _mark(image: Image.Image, view: Scene, scale: int) -> None:
    """Mark the cells that are not tumour."""
    if view.cells is None:
        return
    pen = ImageDraw.Draw(image)
    kinds = sorted(view.cells["kind"].astype(str).unique())
    size = max(2.0, 0.42 * scale)  # smaller ones would not be seen
    edge = "white" if scale > 6 else None
    for kind in kinds:
        those = marked(view, kind)
        if not look_of(kind).marker or not len(those):
            continue
        key = those["key"].to_numpy().astype(np.int64)
        x = ((those["x_um"].to_numpy() - view.x0) / view.site + 0.6 * (spread(key, 21) - 0.5)) * scale
        y = ((those["y_um"].to_numpy() - view.y0) / view.site + 0.6 * (spread(key, 22) - 0.5)) * scale
        colour, shape = style.colour_of(kind, kinds), look_of(kind).marker
        sides, turn = {"D": (4, 0), "s": (4, 45), "^": (3, 0), "v": (3, 180), "p": (5, 0), "X": (4, 45)}.get(
            shape, (0, 0)
        )
        for px, py in zip(x.tolist(), y.tolist(), strict=True):
            if sides:
                pen.regular_polygon((px, py, 1.25 * size), sides, turn, fill=colour, outline=edge)
            else:
                pen.ellipse((px - size, py - size, px + size, py + size), fill=colour, outline=edge)
