"""Write a run as one HTML file that plays anywhere: no server, no network, no Python."""

from __future__ import annotations

import base64
import html
import io
import json
import zlib
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib import colormaps
from PIL import Image

from livermet_sim.base.data_url import data_url
from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import write_text
from livermet_sim.cells.registry import LINING, look_of
from livermet_sim.observe.frames import FIELDS, moment, of_result
from livermet_sim.observe.readouts.growth import LESIONS_IN
from livermet_sim.observe.record import Record
from livermet_sim.observe.summary import cause_words, death_shares
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASE_WORDS
from livermet_sim.state.tissue import COMPARTMENTS, OUTSIDE
from livermet_sim.viz import raster, style
from livermet_sim.viz.canvas import FLOW, NO_FLOW, SCHEMATIC, Canvas
from livermet_sim.viz.key import marked_as
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import LAYERS, pixels_per_site
from livermet_sim.viz.tubes import paint_vessels

MOST_BYTES = 15_000_000
BASE_PIXELS, BASE_MOST = 1400, 1_600_000
CURVE_POINTS = 500
SHOWN = tuple(name for name in FIELDS if name != "patency")
_PER_CELL = ("site", "kind", "layer", "state", "phase", "lesion", "activation", "polarisation", "load")


def write_player(result: Record, path: str | Path) -> Path:
    """Write the player of a run and return its file.

    Raises
    ------
    ResultError
        When the run kept neither frames nor snapshots, or the file cannot be written.
    """
    path = Path(path)
    write_text(path, page(result))
    return path


def page(result: Record, most: int = MOST_BYTES) -> str:
    """Return the player as one HTML text of at most ``most`` bytes; where it would be larger, frames are left out.

    Raises
    ------
    ResultError
        When there is nothing to play, or not even two frames fit.
    """
    frames = of_result(result)
    chosen = np.arange(len(frames["time_h"]))
    shots, cells = moment(frames, result.snapshots, 0)
    first = scene(SimpleNamespace(snapshots=shots, cells=cells))
    while True:
        parts, blob = _pack(_arrays(frames, result.snapshots, first, chosen))
        meta = _meta(result, frames, first, chosen) | {"parts": parts}
        text = _fill(result, meta, blob)
        if len(text.encode()) <= most:
            return text
        if len(chosen) <= 2:
            raise ResultError(
                "player", f"one frame of this tissue is larger than a page of {most / 1e6:.3g} MB can hold"
            )
        chosen = np.unique(np.r_[chosen[::2], chosen[-1]])


def _fill(result: Record, meta: dict[str, Any], blob: bytes) -> str:
    """Return the page with its style, script and data in it."""
    files = resources.files("livermet_sim.viz") / "page"
    text, look, script = (
        (files / f"player.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    # what is in a name must not end the script element it stands in
    data = json.dumps(meta, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    filled = {"TITLE": html.escape(meta["title"]), "STYLE": look, "META": data, "SCRIPT": script,
              "DATA": base64.b64encode(blob).decode()}  # fmt: skip
    pieces = text.split("@")
    return "".join(filled.get(piece, piece) for piece in pieces)


def _arrays(
    frames: dict[str, np.ndarray], static: dict[str, np.ndarray], view: Scene, chosen: np.ndarray
) -> dict[str, tuple[np.ndarray, int]]:
    """Return every array of the page, and for stacks the bytes from one frame to the next (0 for others)."""
    lattice, (high, wide) = Lattice.of(static), view.shape
    top, left = round(view.y0 / view.site), round(view.x0 / view.site)
    out: dict[str, tuple[np.ndarray, int]] = {}
    for name in ("compartment", *SHOWN):
        stack = lattice.picture(frames[name][chosen])[:, top : top + high, left : left + wide]
        out[name] = (np.ascontiguousarray(stack).reshape(len(chosen), -1), high * wide)
    start = frames["cell_start"].tolist()
    rows = np.concatenate([np.arange(start[i], start[i + 1]) for i in chosen.tolist()])
    for name in _PER_CELL:
        column = frames[f"cell_{name}"][rows]
        if name == "site":
            y, x = lattice.pixels(column.astype(np.int64))
            column = ((y - top) * wide + x - left).astype(np.uint32)
        out[f"cell_{name}"] = (column, 0)
    out["zone"] = (np.rint(255 * np.clip(view["zone"], 0, 1)).astype(np.uint8).ravel(), 0)
    out["diameter"] = (np.clip(np.rint(10 * view["diameter"]), 0, 255).astype(np.uint8).ravel(), 0)
    out["edges"] = (view.edges.astype(np.uint32).ravel(), 0)
    out["points"] = (view.points.astype(np.float32).ravel(), 0)
    return out


def _pack(arrays: dict[str, tuple[np.ndarray, int]]) -> tuple[dict[str, Any], bytes]:
    """Return where each array lies in one run of deflated bytes, and these bytes."""
    parts, pieces, offset = {}, [], 0
    for name, (array, step) in arrays.items():
        if step:
            array = np.diff(array, axis=0, prepend=np.zeros_like(array[:1]))
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        piece = zlib.compress(little.tobytes(), 6)
        kind = array.dtype.str[1:]
        parts[name] = {"type": kind, "step": step, "offset": offset, "length": len(piece)}
        pieces.append(piece)
        offset += len(piece)
    return parts, b"".join(pieces)


def _meta(result: Record, frames: dict[str, np.ndarray], view: Scene, chosen: np.ndarray) -> dict[str, Any]:
    """Return what the page needs to know besides the arrays: sizes, colours, words, curves."""
    counts = np.diff(frames["cell_start"])[chosen]
    kinds = [str(name) for name in frames["kinds"]]
    own = [{"name": kind, "code": code, "label": marked_as(kind), "colour": style.colour_of(kind, kinds),
            "shape": look_of(kind).marker or "o"}
           for code, kind in enumerate(kinds)]  # fmt: skip
    scales = {name: frames[f"{name}_scale"][chosen].tolist() for name in SHOWN}
    line = result.scenario.get("line") or ""
    title = f"{result.scenario.get('name', 'run')}{f', {line}' if line else ''}, seed {result.provenance.get('seed')}"
    title += " (its sides join)" if view.joined else ""
    tables = {layer.colours for layer in LAYERS.values()}
    return {
        "title": title, "hours": frames["time_h"][chosen].tolist(), "days": result.days, "site": view.site,
        "height": view.shape[0], "width": view.shape[1], "base": _base(view), "kinds": own, "scales": scales,
        "cellStart": np.concatenate([[0], np.cumsum(counts)]).tolist(), "phases": PHASE_WORDS,
        "states": list(style.STATE_COLOURS), "stateColours": style.STATE_COLOURS,
        "phaseColours": style.PHASE_COLOURS, "compartments": list(COMPARTMENTS),
        "layers": _layers(frames, chosen), "colours": {name: _ramp(name) for name in tables},
        "necrosis": _bytes(SCHEMATIC.necrosis), "collagen": _bytes(SCHEMATIC.collagen),
        "newWall": _hex(SCHEMATIC.new_wall), "lining": _hex(SCHEMATIC.lining), "lumen": _hex(SCHEMATIC.lumen),
        "stasis": _hex(SCHEMATIC.stasis), "flow": _hex(FLOW), "noFlow": _hex(NO_FLOW), **_curves(result),
    }  # fmt: skip


def _layers(frames: dict[str, np.ndarray], chosen: np.ndarray) -> list[dict[str, Any]]:
    """Return the fields that can be shown, each on one scale for the whole film."""
    out = []
    for name, layer in LAYERS.items():
        static = layer.array not in SHOWN
        high = layer.high
        if high is None:
            tops = frames[layer.array][chosen].max(axis=1) * frames[f"{layer.array}_scale"][chosen] / 255
            high = float(tops.max(initial=0)) or 1.0
        out.append({"name": name, "array": layer.array, "label": layer.label, "colours": layer.colours,
                    "low": layer.low or 0.0, "high": high, "static": static})  # fmt: skip
    return out


def _curves(result: Record) -> dict[str, Any]:
    """Return the curves that move with the film: tumour cells, lesions by phase, host cells, losses."""
    table = result.timeseries
    keep = np.unique(np.linspace(0, max(0, len(table) - 1), CURVE_POINTS).astype(int)) if len(table) else []
    table = table.iloc[keep]

    def series(column: str, name: str, colour: str, wide: bool = False) -> dict[str, Any]:
        values = [None if v != v else round(float(v), 3) for v in table[column].tolist()]
        return {"name": name, "colour": colour, "values": values, "wide": wide}

    burden = [series("n_tumour", "all", "ink", True)]
    parts = (("dormant", "dormant", style.STATE_COLOURS["dormant"]), ("lumen", "in the vessels", "#8c96a3"),
             ("hypoxic", "hypoxic", "#b2182b"))  # fmt: skip
    burden += [series(f"tumour_{n}", name, colour) for n, name, colour in parts if f"tumour_{n}" in table]
    phases = [series(column, phase, style.PHASE_COLOURS[phase]) for phase, column in LESIONS_IN.items()]
    hosts = [
        str(c)[2:] for c in table.columns if str(c).startswith("n_") and c not in ("n_tumour", f"n_{LINING}")
    ]
    host = [series(f"n_{kind}", style.words_of(kind), style.colour_of(kind, hosts)) for kind in hosts
            if table[f"n_{kind}"].max() > 0]  # fmt: skip
    causes = [str(cause) for cause in death_shares(result).index][:7]
    lost = [series("washed_out" if c == "washed_out" else f"dead_{c}", cause_words(c),
                   style.CAUSE_COLOURS.get(c, style.colour_of(c, causes))) for c in causes]  # fmt: skip
    charts = [("Tumour cells", burden, True, False), ("Lesions in each phase", phases, False, True),
              ("Liver and immune cells", host, True, False), ("Tumour cells lost to", lost, False, True)]  # fmt: skip
    return {
        "seriesDays": [round(day, 4) for day in table["day"].tolist()],
        "charts": [
            {"title": t, "series": s, "log": log, "stacked": up, "bare": s is host}
            for t, s, log, up in charts
            if s
        ],
    }


def _base(view: Scene) -> str:
    """Return the resting tissue, see-through outside, as a PNG in a data URL."""
    canvas = Canvas(view.around(), pixels_per_site(view.shape, BASE_PIXELS, BASE_MOST))
    raster.paint_plates(canvas)
    paint_vessels(canvas)
    outside = canvas.edge(canvas.smooth(canvas.scene["compartment"] == OUTSIDE, 0.6), 0.5)
    picture = canvas.picture(np.dstack([canvas.image, 1 - outside]))
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8), "RGBA")
    with io.BytesIO() as file:
        image.quantize(96, method=Image.Quantize.FASTOCTREE).save(file, format="PNG", optimize=True)
        return data_url(file.getvalue())


def _ramp(name: str) -> list[int]:
    return (colormaps[name](np.arange(256))[:, :3] * 255).astype(int).ravel().tolist()


def _bytes(colour: np.ndarray) -> list[int]:
    return (colour * 255).astype(int).tolist()


def _hex(colour: np.ndarray) -> str:
    return "#" + "".join(f"{value:02x}" for value in _bytes(colour))
