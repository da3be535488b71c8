"""Read a labelled picture from a file: its labels, and how wide the file says a pixel is."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base.errors import TissueError, nearest
from livermet_sim.base.read import reason, short

FORMATS = (".png", ".tif", ".tiff", ".npy")
NAMES = ("outside", "portal", "sinusoid", "parenchyma", "central")
LABELS = ", ".join(f"{number} {name}" for number, name in enumerate(NAMES))
MOST_PIXELS = 80_000_000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MICROMETRES = {"nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "\\u00B5m": 1.0, "micron": 1.0, "microns": 1.0,
                "mm": 1e3, "cm": 1e4}  # fmt: skip
_LONGEST_METADATA = 10_000_000


@dataclass(frozen=True)
class Picture:
    """Hold labels, int8[height, width], the width of a pixel that the file states (um, NaN for none), a digest of the labels."""

    labels: np.ndarray
    pixel: float
    digest: str


def read(name: str, colours: str = "") -> Picture:
    """Return the labels that a file holds.

    Parameters
    ----------
    name : str
        Path of a PNG, TIFF or NPY file.
    colours : str
        For a picture in colours: what each stands for, as ``colour_table`` reads it.

    Raises
    ------
    TissueError
        When the file cannot be read, is too large, or holds anything but labels.
    """
    path = Path(name)
    if path.suffix.lower() not in FORMATS:
        raise TissueError(
            short(name), f'"{short(path.suffix)}" is not a format of label images; use PNG, TIFF or NPY'
        )
    try:
        facts = os.stat(path)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise TissueError(short(name), "there is no such file" if missing else reason(error)) from None
    if not stat.S_ISREG(facts.st_mode):
        raise TissueError(name, "this is not an ordinary file")
    return _read(name, colours, facts.st_mtime_ns, facts.st_size, facts.st_ino)


@lru_cache(maxsize=2)
def _read(name: str, colours: str, *_version: int) -> Picture:
    path = Path(name)
    reader = {".npy": _npy, ".png": _png}.get(path.suffix.lower(), _tiff)
    try:
        values, palette, pixel = reader(path)
    except TissueError:
        raise
    except Exception as error:
        raise TissueError(name, f"the image cannot be read ({error})") from None
    labels = _labels(name, values, palette, colours)
    labels.setflags(write=False)
    digest = hashlib.sha256(f"{labels.shape}".encode() + labels.tobytes()).hexdigest()
    return Picture(labels, pixel, digest)


def colour_table(text: str) -> dict[int, int]:
    """Return label by colour (0xRRGGBB) of a table such as ``"portal #0000ff, sinusoid #ff0000"``.

    Raises
    ------
    ValueError
        For anything else than pairs of a label's name and a colour, and for a colour given twice.
    """
    table: dict[int, int] = {}
    words = text.replace(",", " ").replace("=", " ").split()
    for name, colour in zip(words[::2], [*words[1::2], ""], strict=False):
        if name not in NAMES:
            close = nearest(name, NAMES)
            hint = f'did you mean "{close}"?' if close else f"labels: {', '.join(NAMES)}"
            raise ValueError(f'"{name}" is not a label; {hint}')
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f'"{colour}" is not a colour of {name}; write for example "{name} #ff0000"')
        if (code := int(colour[1:], 16)) in table:
            raise ValueError(f"the colour {colour} is given twice")
        table[code] = NAMES.index(name)
    return table


def _npy(path: Path) -> tuple[np.ndarray, None, float]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    _check_pixels(path, array.size)
    return np.array(array), None, math.nan


def _png(path: Path) -> tuple[np.ndarray, np.ndarray | None, float]:
    from PIL import Image

    with Image.open(path, formats=("PNG",)) as image:
        image.verify()  # the checksums, at which nobody looks when pixels are read
    with Image.open(path, formats=("PNG",)) as image:
        _check_pixels(path, image.width * image.height)
        palette = None
        if image.mode == "P":
            palette = np.array(image.getpalette("RGB"), dtype=np.int64).reshape(-1, 3)
        values = np.asarray(image)
    if palette is not None and values.max() >= len(palette):
        raise TissueError(str(path), f"the image is damaged (it has no colour number {values.max()})")
    return values, palette, math.nan


def _tiff(path: Path) -> tuple[np.ndarray, np.ndarray | None, float]:
    try:
        import tifffile
    except ImportError:
        raise TissueError(
            str(path), "reading TIFF needs the package tifffile (pip install tifffile)"
        ) from None
    with _heard(path), tifffile.TiffFile(path) as image:
        series = image.series[0]
        _check_pixels(path, series.size)
        page: Any = series.keyframe
        palette = None
        if int(page.photometric) == 3 and page.colormap is not None:
            palette = (np.asarray(page.colormap, dtype=np.int64) >> 8).T
        values, pixel = np.asarray(series.asarray()), _pixel_of_tiff(path, image, page)
    return values, palette, pixel


class _Complaints(logging.Handler):
    """Keep what tifffile would print of a file and then read on as well as it can."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take note, but of a description in another alphabet."""
        if "coercing invalid ASCII" not in (words := record.getMessage()):
            self.found.append(words)


@contextmanager
def _heard(path: Path) -> Iterator[None]:
    """Refuse a file of which tifffile says that something is wrong, as missing parts would be read as 0."""
    logger, complaints = logging.getLogger("tifffile"), _Complaints()
    before = logger.propagate
    logger.addHandler(complaints)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(complaints)
        logger.propagate = before
    if complaints.found:
        raise TissueError(str(path), f"the image is damaged ({complaints.found[0][:160]})")


def _pixel_of_tiff(path: Path, image: Any, page: Any) -> float:
    """Return the width of a pixel by OME or ImageJ metadata, or by a resolution in centimetres; NaN without.

    A resolution in inches is that of a printer (72, 96 or 300 dots), not of a microscope, and says nothing.
    """
    if image.ome_metadata:
        sides = _ome_sides(image.ome_metadata[:_LONGEST_METADATA])
    else:
        across, down = (n[1] / n[0] if n[0] else math.nan for n in _resolution(page))
        unit = str((image.imagej_metadata or {}).get("unit", "")).strip()
        if not unit and int(page.tags["ResolutionUnit"].value if "ResolutionUnit" in page.tags else 0) == 3:
            unit = "cm"
        sides = [side * _MICROMETRES.get(unit, math.nan) for side in (across, down)]
    if len(sides) < 2 or not all(math.isfinite(side) and side > 0 for side in sides):
        return math.nan
    if abs(sides[0] / sides[1] - 1) > 0.01:
        raise TissueError(str(path), f"its pixels are {sides[0]:g} x {sides[1]:g} um; square ones are needed")
    return sides[0]


def _resolution(page: Any) -> list[tuple[int, int]]:
    tags = [page.tags[name].value if name in page.tags else (0, 1) for name in ("XResolution", "YResolution")]
    return [tag if isinstance(tag, tuple) else (0, 1) for tag in tags]


def _ome_sides(xml: str) -> list[float]:
    """Return PhysicalSizeX and PhysicalSizeY in um; NaN where the file does not state them."""
    found = re.search(r"<(?:\w+:)?Pixels\b[^>]*>", xml)
    facts = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', found[0])) if found else {}
    sides = []
    for side in ("PhysicalSizeX", "PhysicalSizeY"):
        unit = facts.get(f"{side}Unit", "um").replace("&#181;", "µ").replace("&#xB5;", "µ")
        try:
            sides.append(float(facts.get(side, "nan")) * _MICROMETRES.get(unit, math.nan))
        except ValueError:
            sides.append(math.nan)
    return sides


def _check_pixels(path: Path, pixels: int) -> None:
    if not 0 < pixels <= MOST_PIXELS:
        raise TissueError(str(path), f"{pixels} pixels cannot be used; from 1 to {MOST_PIXELS} can")


def _labels(name: str, values: np.ndarray, palette: np.ndarray | None, colours: str) -> np.ndarray:
    """Return labels as int8: the values themselves, or what the colours stand for."""
    if values.dtype.kind not in "buif":
        raise TissueError(name, f"values of type {values.dtype} are not labels; labels: {LABELS}")
    in_colours = palette is not None or (
        values.ndim == 3 and values.shape[2] in (3, 4) and values.dtype == np.uint8
    )
    if in_colours:
        return _by_colour(name, values, palette, colours)
    if colours:
        raise TissueError(
            name, "the image has no colours, so tissue.image_colours does nothing; leave it out"
        )
    if values.ndim != 2:
        shape = " x ".join(str(n) for n in values.shape)
        raise TissueError(name, f"one label a pixel is needed, but the image is {shape}; labels: {LABELS}")
    found = np.unique(values)
    strange = found[~np.isin(found, range(len(NAMES)))]
    if len(strange):
        raise TissueError(name, f"the value {strange[0]:g} is not a label; labels: {LABELS}")
    return values.astype(np.int8)


def _by_colour(name: str, values: np.ndarray, palette: np.ndarray | None, colours: str) -> np.ndarray:
    if palette is not None:
        if values.ndim != 2:
            raise TissueError(name, "one picture is needed, and the file holds several")
        code = _code(palette)[values]
    elif values.shape[2] == 4 and np.any(values[..., 3] < 255):
        raise TissueError(name, "the image is transparent in places; make it opaque, or save labels")
    else:
        code = _code(values)
    found, count = np.unique(code, return_counts=True)
    if not colours:
        common = [f"#{found[i]:06x}" for i in np.argsort(-count, kind="stable")[:5]]
        reason = (
            f"the image is in colours ({', '.join(common)}{', ...' if len(found) > 5 else ''}); say what they stand "
            f'for, for example tissue.image_colours = "parenchyma {common[0]}, portal #..."'
        )
        raise TissueError(name, reason)
    table = colour_table(colours)
    for colour, number in zip(found.tolist(), count.tolist(), strict=True):
        if colour not in table:
            reason = f"the colour #{colour:06x} ({number} pixels) is not in tissue.image_colours"
            raise TissueError(name, reason)
    label = np.array([table[colour] for colour in found.tolist()], dtype=np.int8)
    return label[np.searchsorted(found, code)]


def _code(rgb: np.ndarray) -> np.ndarray:
    """Return colours as 0xRRGGBB."""
    return (rgb[..., 0].astype(np.int32) << 16) | (rgb[..., 1].astype(np.int32) << 8) | rgb[..., 2]
