"""Make small tissues with known physics."""

from __future__ import annotations

import numpy as np

from livermet_sim.state.fields import SOURCE_STEPS, Fields
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID, Tissue


def tissue_from(
    compartment: np.ndarray, diameter: np.ndarray | None = None, site: float = 10.0, wrap: bool = False
) -> Tissue:
    """Return a tissue whose touching vessel sites (sharing a side) are joined."""
    height, width = compartment.shape
    flat = compartment.ravel().astype(np.int8)
    lattice = Lattice(width, height, site, wrap)
    neighbours = lattice.neighbours(flat != OUTSIDE)
    vessel = np.isin(flat, (PORTAL, SINUSOID, CENTRAL))
    pairs = []
    for k in (0, 2):
        far = neighbours[:, k]
        near = np.flatnonzero(vessel & (far >= 0) & vessel[far])
        pairs.append(np.column_stack([near, far[near]]))
    edges = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0]))].astype(np.int32)
    n = width * height
    wide = np.where(vessel, 8.0, 0.0) if diameter is None else diameter.ravel().astype(np.float64)
    zone = np.where(flat == OUTSIDE, 0.0, (np.arange(n) % width) / max(width - 1, 1))
    lobule = np.where(flat == OUTSIDE, -1, 0).astype(np.int32)
    hepatocyte = np.full(n, -1, dtype=np.int32)
    return Tissue(
        "mask", lattice, 25.0, flat, wide, zone, lobule, hepatocyte, neighbours, edges
    )  # fmt: skip


def turned(tissue: Tissue, turns: int) -> Tissue:
    """Return a tissue turned by so many quarter turns; its vessels are joined where they touch."""
    pictures = (
        np.rot90(tissue.image(values), turns).copy() for values in (tissue.compartment, tissue.diameter)
    )
    return tissue_from(*pictures, site=tissue.site, wrap=tissue.lattice.wrap)


def disc(width: int, height: int, holes: float = 0.0, seed: int = 0) -> Tissue:
    """Return an ellipse of parenchyma, a share of its sites missing at random."""
    y, x = np.mgrid[:height, :width]
    inside = ((x + 0.5) / width - 0.5) ** 2 + ((y + 0.5) / height - 0.5) ** 2 < 0.25
    inside &= np.random.default_rng(seed).random((height, width)) >= holes
    return tissue_from(np.where(inside, PARENCHYMA, OUTSIDE))


def strip(width: int, channels: int, every: int | None = 5, gap: int = 3) -> Tissue:
    """Return parallel channels from a portal (left) to a central column, linked every ``every`` sites."""
    compartment = np.full((gap * (channels - 1) + 1, width), PARENCHYMA)
    compartment[::gap] = SINUSOID
    if every:
        compartment[:, every : width - 1 : every] = SINUSOID
    compartment[::gap, 0], compartment[::gap, -1] = PORTAL, CENTRAL
    return tissue_from(compartment)


def scatter(tissue: Tissue, fields: Fields, count: int, seed: int) -> None:
    """Add sources at random inside sites."""
    rng = np.random.default_rng(seed)
    sites = rng.choice(tissue.inside, count, replace=False)
    amount = rng.random((count, len(fields))) * 20 * SOURCE_STEPS
    fields.source[sites] += amount.astype(np.int64)
