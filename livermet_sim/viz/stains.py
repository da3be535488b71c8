"""Know the dyes: haematoxylin and eosin by their optical densities, fluorescent markers by their colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.cells.look import plain
from livermet_sim.cells.registry import LOOKS
from livermet_sim.viz.canvas import Palette, rgb

# Optical densities (red, green, blue) of one unit of dye, after the vectors of Ruifrok and Johnston 2001
# (PMID 11531144), eosin moved towards the salmon of routine liver sections; "blood" is eosin in red cells.
OPTICAL_DENSITY = np.array(
    [[0.62, 0.72, 0.33], [0.07, 0.47, 0.34], [0.08, 0.55, 0.52]], dtype=np.float32
)  # haematoxylin, eosin, blood
LAMP = np.array([0.985, 0.975, 0.985], dtype=np.float32)

# Channels of the fluorescence picture: marker, what it shows, colour.
CHANNELS = {
    "DAPI": ("nuclei", "#3a5bff"),
    "tumour": ("EpCAM", "#ff4fd8"),
    "CD31": ("vessels", "#f2f2f2"),
    "aSMA": ("activated HSC", "#19c37d"),
    "F4/80": ("macrophages", "#ff9b1a"),
    "Ly6G": ("neutrophils", "#21d4fd"),
    "NKp46": ("NK cells", "#fff24a"),
    "CD8": ("CD8 T cells", "#ff3b30"),
}


@dataclass(frozen=True)
class Stain:
    """Hold what one staining shows: the structures of the tissue and the bodies and nuclei of cells.

    Attributes
    ----------
    palette : Palette
        Amount of each dye in the structures of the tissue.
    tumour, tumour_edge, tumour_nucleus : float32[dyes]
        Body, border and nucleus of a tumour cell.
    bodies : dict of float32[dyes]
        Body of a cell of each kind; kinds that are not listed have the body of ``other``.
    nuclei : dict of float32[dyes]
        Nucleus of a cell of each kind, the same way.
    """

    palette: Palette
    tumour: np.ndarray
    tumour_edge: np.ndarray
    tumour_nucleus: np.ndarray
    bodies: dict[str, np.ndarray]
    nuclei: dict[str, np.ndarray]


def _dyes(*amounts: float) -> np.ndarray:
    return np.array(amounts, dtype=np.float32)


def haematoxylin_eosin() -> Stain:
    """Return the routine stain: nuclei blue, cytoplasm and fibres pink, red cells orange-red."""
    palette = Palette(
        blank=_dyes(0.0, 0.01, 0.0), hepatocyte=_dyes(0.07, 0.37, 0.0), membrane=_dyes(0.09, 0.52, 0.0),
        nucleus=_dyes(0.46, 0.26, 0.0), gap=_dyes(0.0, 0.05, 0.0), lumen=_dyes(0.0, 0.03, 0.0),
        stasis=_dyes(0.03, 0.1, 0.18), lining=_dyes(0.16, 0.36, 0.0), new_wall=_dyes(0.22, 0.60, 0.0),
        erythrocyte=_dyes(0.0, 0.0, 0.62), vein_wall=_dyes(0.24, 0.62, 0.0), tract=_dyes(0.05, 0.24, 0.0),
        duct=_dyes(0.58, 0.3, 0.0), artery=_dyes(0.3, 0.5, 0.0), necrosis=_dyes(0.06, 0.55, 0.0),
        debris=_dyes(0.85, 0.3, 0.0), collagen=_dyes(0.03, 0.30, 0.0), trap=_dyes(0.4, 0.1, 0.0), grain=0.30,
        erythrocyte_sites=0.29,
    )  # fmt: skip
    looks = LOOKS | {"other": plain("other")}
    bodies = {kind: _dyes(*look.cytoplasm) for kind, look in looks.items()}
    nuclei = {kind: _dyes(*look.chromatin) for kind, look in looks.items()}
    return Stain(
        palette, _dyes(0.24, 0.26, 0.0), _dyes(0.12, 0.16, 0.0), _dyes(0.78, 0.22, 0.0), bodies, nuclei
    )


def fluorescence() -> Stain:
    """Return the multiplex stain: a channel a marker, nothing where no marker binds."""
    names = list(CHANNELS)

    def mark(**amounts: float) -> np.ndarray:
        found = np.zeros(len(names), dtype=np.float32)
        for name, amount in amounts.items():
            found[names.index(name.replace("_", "/"))] = amount
        return found

    dark, nucleus, wall = mark(), mark(DAPI=0.55), mark(CD31=0.75)
    palette = Palette(
        blank=dark, hepatocyte=mark(DAPI=0.045), membrane=mark(DAPI=0.06), nucleus=nucleus, gap=dark, lumen=dark,
        stasis=dark, lining=mark(CD31=0.55), new_wall=mark(CD31=1.0), erythrocyte=dark, vein_wall=wall,
        tract=mark(DAPI=0.05), duct=mark(DAPI=0.5), artery=mark(aSMA=0.8), necrosis=mark(DAPI=0.02),
        debris=mark(DAPI=0.5), collagen=mark(DAPI=0.03), trap=mark(DAPI=0.6), grain=0.3,
    )  # fmt: skip
    bodies = {kind: mark(**{name.replace("/", "_"): amount for name, amount in look.markers.items()})
              for kind, look in (LOOKS | {"other": plain("other")}).items()}  # fmt: skip
    nuclei = {"other": mark(DAPI=0.9)}
    return Stain(
        palette, mark(tumour=0.3, DAPI=0.03), mark(tumour=0.75), mark(DAPI=0.9, tumour=0.05), bodies, nuclei
    )


def through_microscope(dyes: np.ndarray) -> np.ndarray:
    """Return the colour of the light that haematoxylin, eosin and blood let through, float32[h, w, 3] in 0 to 1.

    Parameters
    ----------
    dyes : float32[h, w, 3]
        Amount of each dye; absorbances add (Beer and Lambert).
    """
    return LAMP * np.exp(-np.log(np.float32(10.0)) * (dyes @ OPTICAL_DENSITY))


def glow(dyes: np.ndarray, gain: float = 1.0) -> np.ndarray:
    """Return the composite of fluorescence channels, float32[h, w, 3]; light adds until the camera is full."""
    colours = np.array([rgb(colour) for _, colour in CHANNELS.values()], dtype=np.float32)
    return 1.0 - np.exp(-1.6 * gain * (dyes @ colours))
