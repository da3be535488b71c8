"""Say which lesions come near to where the tissue ends, where they cannot grow on as they would in a liver."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from livermet_sim.state.lattice import Lattice

NEAR = 100.0  # um; nearer than that a clone grows visibly less than in the middle
OUTSIDE = 0


def near_edge(shots: Mapping[str, np.ndarray], within: float = NEAR) -> np.ndarray | None:
    """Return the lesions with a cell within ``within`` um of the outline at the last snapshot, int64[m].

    None where the tissue has no edge.
    """
    lattice = Lattice.of(shots)
    outside = shots["compartment"][-1] == OUTSIDE
    if lattice.wrap and not outside.any():
        return None
    held = np.stack([shots[name][-1] for name in ("tumour", "tumour_lumen")])
    sites = np.flatnonzero((held >= 0).any(axis=0))
    near = np.zeros(lattice.n, dtype=bool)
    for dx, dy in zip(*lattice.square_around(int(within / lattice.site)), strict=True):
        if np.sqrt(dx * dx + dy * dy) * lattice.site <= within:
            there = lattice.moved(sites, dx, dy)
            near[sites] |= (there >= 0) & outside[there]
    return np.unique(held[(held >= 0) & near]).astype(np.int64)


def edge_words(shots: Mapping[str, np.ndarray]) -> str:
    """Return in a sentence whether the tissue has an edge and which lesions come near to it."""
    near = near_edge(shots)
    if near is None:
        return "none: the tissue goes on at its opposite side"
    if not len(near):
        return f"no lesion within {NEAR:g} um of the tissue's outline"
    lesions = "1 lesion has" if len(near) == 1 else f"{len(near)} lesions have"
    return f"{lesions} cells within {NEAR:g} um of the tissue's outline, which holds growth back; a patch has no edge"
