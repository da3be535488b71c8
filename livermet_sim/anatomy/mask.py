"""Read a labelled picture of somebody's own section as a tissue layout."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from livermet_sim.anatomy.layout import Layout, nearest_vein
from livermet_sim.anatomy.picture import Picture, read
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PORTAL, SINUSOID

MOST_SITES = 4_000_000
SAME_PIXEL, NARROWEST, WIDEST = 0.01, 0.05, 100.0
# a line one pixel wide that steps aside within a site of 2 x 2 pixels fills a quarter of it and of the next
SINUSOID_SHARE = 0.25


def mask(settings: Mapping[str, Value]) -> Layout:
    """Lay out the label image that ``image`` names, its pixels gathered into lattice sites.

    A site takes the commonest label of its pixels; a sinusoid needs 1 pixel in 4.

    Raises
    ------
    TissueError
        When the file cannot be read, has other values than the labels, is too large, or lacks a vessel.
    """
    name, found = str(settings["image"]), _picture(settings)
    picture = _gather(found.labels, pixel_width(settings, found) / float(settings["site"]), name)
    for label, what in ((PORTAL, "portal (1)"), (CENTRAL, "central (4)")):
        if not np.any(picture == label):
            raise TissueError(name, f"no site is labelled {what}; blood could not flow")
    return nearest_vein(np.pad(picture, 1, constant_values=OUTSIDE), float(settings["site"]))


def _picture(settings: Mapping[str, Value]) -> Picture:
    if not settings["image"]:
        reason = 'a tissue of kind "mask" needs the path of a label image (PNG, TIFF or NPY)'
        raise TissueError("tissue.image", reason)
    return read(str(settings["image"]), str(settings["image_colours"]))


def pixel_width(settings: Mapping[str, Value], picture: Picture) -> float:
    """Return how wide a pixel is (um): as the scenario says, as the file says, or as both do.

    Raises
    ------
    TissueError
        When neither says it, or the two differ by more than 1 %.
    """
    given, name = float(settings["image_pixel"]), str(settings["image"])
    stated = picture.pixel
    if given == 0 and math.isnan(stated):
        reason = 'the file does not say how wide a pixel is; say it, for example tissue.image_pixel = "5 um"'
        raise TissueError(name, reason)
    if given > 0 and abs(stated / given - 1) > SAME_PIXEL:
        reason = f"the file says that a pixel is {stated:g} um wide, and tissue.image_pixel is {given:g} um"
        raise TissueError(name, f"{reason}; leave that out, or mend the file")
    width = given or stated
    if not NARROWEST <= width <= WIDEST:
        reason = f"a pixel {width:g} um wide cannot be used; from {NARROWEST:g} to {WIDEST:g} um can"
        raise TissueError(name, reason)
    return width


def content(settings: Mapping[str, Value]) -> dict[str, Value]:
    """Return the settings with what the image holds in place of its path: the same picture elsewhere gives the same.

    Raises
    ------
    TissueError
        When the image cannot be read.
    """
    picture = _picture(settings)
    own = {"image": picture.digest, "image_pixel": pixel_width(settings, picture), "image_colours": ""}
    return dict(settings) | own


def check_dropped(settings: Mapping[str, Value], drawn: int, dropped: int) -> None:
    """Refuse a drawing of which too many sinusoid sites carry no blood.

    Raises
    ------
    TissueError
        When their share is above ``image_dropped``.
    """
    most = float(settings["image_dropped"])
    if dropped > most * drawn:
        reason = (
            f"{dropped} of {drawn} drawn sinusoid sites ({dropped / drawn:.0%}) lie on no way from a portal tract to a "
            f"central vein; at most {most:.0%} may (tissue.image_dropped). livermet show tissue draws them in place "
            "with --set tissue.image_dropped=1"
        )
        raise TissueError(str(settings["image"]), reason)


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
