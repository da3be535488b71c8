"""Draw and read label images: somebody's own section."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import livermet_sim as lm


def labels() -> np.ndarray:
    """Return a drawing of two portal tracts, two central veins and the sinusoids between them."""
    picture = np.full((30, 40), 3, dtype=np.uint8)
    picture[:, :3], picture[:, -3:] = 1, 4
    picture[::5, 3:-3] = 2
    return picture


COLOURS = {1: (0, 0, 255), 2: (255, 0, 0), 3: (200, 180, 160), 4: (0, 0, 90)}
COLOUR_TABLE = "portal #0000ff, sinusoid #ff0000, parenchyma #c8b4a0, central #00005a"


def save_labels(path: Path) -> None:
    """Save the drawing in the form that the ending names."""
    import tifffile

    if path.suffix == ".npy":
        np.save(path, labels())
    elif path.suffix == ".tif":
        tifffile.imwrite(
            path, labels(), resolution=(1000, 1000), resolutionunit="CENTIMETER", compression="zlib"
        )
    else:
        Image.fromarray(labels()).save(path)


def save_palette(path: Path) -> None:
    """Save the drawing as a picture with a palette."""
    image = Image.fromarray(labels(), "P")
    image.putpalette([part for i in range(5) for part in COLOURS.get(i, (255, 255, 255))])
    image.save(path)


def picture(name: str, colours: str = "") -> Callable[[Path, np.random.Generator], Any]:
    """Return a reader of a section that somebody drew, as a tissue."""
    from livermet_sim.anatomy import build, mask

    changes = {
        "tissue.kind": "mask",
        "tissue.image_pixel": "10 um",
        "tissue.site": "10 um",
        "tissue.image_dropped": 1.0,
    }
    if colours:
        changes["tissue.image_colours"] = colours

    def read(folder: Path, rng: np.random.Generator) -> Any:
        own = lm.load("strip").with_(changes | {"tissue.image": str(folder / name)})
        settings = own.values["tissue"]
        build.build(settings, 1)
        return mask._picture(settings).digest

    return read


def png_is_whole(folder: Path, content: Any, whole: Any) -> str:
    """Say whether a picture that was read has a checksum that does not fit: a change that should have been noticed."""
    data, at = (folder / "a.png").read_bytes(), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 8 + length
        if zlib.crc32(data[at + 4 : end]).to_bytes(4, "big") != data[end : end + 4]:
            return f"the checksum of {data[at + 4 : at + 8]!r} does not fit"
        if data[at + 4 : at + 8] == b"IEND":
            return ""
        at = end + 4
    return "it has no end"
