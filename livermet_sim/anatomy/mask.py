"""Read a labelled picture of somebody's own section as a tissue layout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from livermet_sim.anatomy.layout import Layout, nearest_vein
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PORTAL, SINUSOID

FORMATS = (".png", ".tif", ".tiff", ".npy")
LABELS = "0 outside, 1 portal, 2 sinusoid, 3 parenchyma, 4 central"
MOST_SITES = 4_000_000
MOST_PIXELS = 80_000_000
SINUSOID_SHARE = 0.3


def mask(settings: Mapping[str, Value]) -> Layout:
    """Lay out the label image that ``image`` names, its pixels gathered into lattice sites.

    A site takes the commonest label of its pixels; a sinusoid needs 3 pixels in 10.

    Raises
    ------
    TissueError
        When the file cannot be read, has other values than the labels, is too large, or lacks a vessel.
    """
    name = str(settings["image"])
    if not name:
        raise TissueError(
            "tissue.image", 'a tissue of kind "mask" needs the path of a label image (PNG, TIFF or NPY)'
        )
    picture = _checked(name, _read(name))
    picture = _gather(picture, float(settings["image_pixel"]) / float(settings["site"]), name)
    for label, what in ((PORTAL, "portal (1)"), (CENTRAL, "central (4)")):
        if not np.any(picture == label):
            raise TissueError(name, f"no site is labelled {what}; blood could not flow")
    return nearest_vein(np.pad(picture, 1, constant_values=OUTSIDE), float(settings["site"]))


def _read(name: str) -> np.ndarray:
    path = Path(name)
    if path.suffix.lower() not in FORMATS:
        raise TissueError(name, f'"{path.suffix}" is not a format of label images; use PNG, TIFF or NPY')
    if not path.is_file():
        raise TissueError(name, "there is no such file")
    reader = {".npy": _read_npy, ".png": _read_png}.get(path.suffix.lower(), _read_tiff)
    try:
        return reader(path)
    except TissueError:
        raise
    except Exception as error:
        raise TissueError(name, f"the image cannot be read ({error})") from None


def _read_npy(path: Path) -> np.ndarray:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    _check_pixels(path, array.size)
    return np.array(array)


def _read_png(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path, formats=("PNG",)) as image:
        _check_pixels(path, image.width * image.height)
        return np.asarray(image)


def _read_tiff(path: Path) -> np.ndarray:
    try:
        import tifffile
    except ImportError:
        raise TissueError(
            str(path), "reading TIFF needs the package tifffile (pip install tifffile)"
        ) from None
    with tifffile.TiffFile(path) as image:
        _check_pixels(path, image.series[0].size)
        return np.asarray(image.series[0].asarray())


def _check_pixels(path: Path, pixels: int) -> None:
    if not 0 < pixels <= MOST_PIXELS:
        raise TissueError(str(path), f"{pixels} pixels cannot be used; from 1 to {MOST_PIXELS} can")


def _checked(name: str, picture: np.ndarray) -> np.ndarray:
    """Return the labels as int8, or refuse a picture that does not hold labels."""
    if picture.ndim != 2:
        shape = " x ".join(str(n) for n in picture.shape)
        raise TissueError(
            name, f"one label a pixel is needed, but the image is {shape} (colours?); labels: {LABELS}"
        )
    if picture.dtype.kind not in "buif":
        raise TissueError(name, f"values of type {picture.dtype} are not labels; labels: {LABELS}")
    values = np.unique(picture)
    strange = values[~np.isin(values, range(5))]
    if len(strange):
        raise TissueError(name, f"the value {strange[0]:g} is not a label; labels: {LABELS}")
    return picture.astype(np.int8)


def _gather(picture: np.ndarray, scale: float, name: str) -> np.ndarray:
    """Return labels by site; ``scale`` is the width of a pixel in sites."""
    height, width = (max(1, round(n * scale)) for n in picture.shape)
    if height * width > MOST_SITES:
        raise TissueError(name, f"{height * width} sites are too many; at most {MOST_SITES} can be built")
    if height >= picture.shape[0] or width >= picture.shape[1]:
        y, x = (np.minimum((np.arange(n) + 0.5) / scale, m - 1).astype(int)
                for n, m in zip((height, width), picture.shape, strict=True))  # fmt: skip
        return picture[np.ix_(y, x)]
    y, x = (np.minimum(np.arange(m) * scale, n - 1).astype(int)
            for n, m in zip((height, width), picture.shape, strict=True))  # fmt: skip
    place = (y[:, None] * width + x).ravel()
    count = np.stack([np.bincount(place[picture.ravel() == k], minlength=height * width) for k in range(5)])
    label = count.argmax(axis=0).astype(np.int8)
    inner = np.isin(label, (OUTSIDE, PORTAL, CENTRAL))
    label[~inner & (count[SINUSOID] >= SINUSOID_SHARE * count.sum(axis=0))] = SINUSOID
    return label.reshape(height, width)
