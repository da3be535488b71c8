"""Solve the steady state of signals with a sparse direct solver."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from livermet_sim.state.fields import SOURCE_STEPS, Fields
from livermet_sim.state.tissue import Tissue


def exact(tissue: Tissue, fields: Fields) -> np.ndarray:
    """Solve the same equation with a sparse direct solver, float64[m, F]."""
    inside = tissue.inside
    compact = np.full(tissue.n, -1)
    compact[inside] = np.arange(len(inside))
    sides = tissue.neighbours[inside, :4]
    row, k = np.nonzero(sides >= 0)
    lap = sp.csr_matrix((np.ones(len(row)), (row, compact[sides[row, k]])), shape=(len(inside), len(inside)))
    lap = lap - sp.diags(np.asarray(lap.sum(axis=1)).ravel())
    source = fields.source[inside] / SOURCE_STEPS
    columns = [
        np.asarray(spsolve((sp.eye(len(inside)) - (length / tissue.site) ** 2 * lap).tocsc(), source[:, f]))
        for f, length in enumerate(fields.lengths)
    ]
    return np.column_stack(columns)
