"""Count who stands where, site by site from the definitions: slowly and plainly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from livermet_sim.kernels.codes import LUMEN, TISSUE, TUMOUR
from livermet_sim.verification.worlds.crowds import KINDS


def slow_census(cells: Mapping[str, np.ndarray], neighbours: np.ndarray) -> dict[str, np.ndarray]:
    """Count site by site from the definitions."""
    n = len(neighbours)
    found = {
        "count": np.zeros((n, 2 * KINDS)), "tumour_at": np.full((2, n), -1), "pressure": np.zeros(n),
        "near": np.zeros((2, n)),
    }  # fmt: skip
    kind, site, layer = cells["kind"], cells["site"], cells["layer"]
    for s in range(n):
        around = [p for p in neighbours[s] if p >= 0]
        for k in range(KINDS):
            here = (site == s) & (kind == k)
            found["count"][s, k] = here.sum()
            found["count"][s, KINDS + k] = (here & (cells["activation"] > 0.5)).sum()
        for part in (LUMEN, TISSUE):
            tumour = (kind == TUMOUR) & (layer == part)
            standing = np.flatnonzero(tumour & (site == s))
            found["tumour_at"][part, s] = standing[0] if len(standing) else -1
            found["near"][part, s] = (tumour & np.isin(site, [*around, s])).sum()
        in_tissue = (kind == TUMOUR) & (layer == TISSUE)
        found["pressure"][s] = (in_tissue & np.isin(site, around)).sum() / 8
    return found
