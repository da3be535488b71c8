"""Declare what is told of each cell at a snapshot: the columns of the table of cells, in their order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.values import Values
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.observe.columns import INDEX
from livermet_sim.observe.readouts.readout import CELL, declare
from livermet_sim.observe.readouts.view import View
from livermet_sim.state.lesions import PHASE_WORDS

KEYS = float(1 << 63)
LAYERS, STATES = ("lumen", "tissue"), ("cycling", "dormant")


def cell(name: str, values: Values, doc: str) -> Callable[[Callable[[View], np.ndarray]], object]:
    """Declare a column of the table of cells."""
    return declare(name=name, values=values, doc=doc, scope=CELL)


def _column(name: str) -> Callable[[View], np.ndarray]:
    return lambda view: view.cells[name]


def _tumour(view: View, words: tuple[str, ...], column: str) -> np.ndarray:
    """Return words of tumour cells by the codes in a column; others have none."""
    return np.where(view.cells["kind"] == TUMOUR, np.array(words)[view.cells[column]], "")


cell("key", Values("whole", "1", -KEYS, KEYS), "Its name, which it keeps.")(_column("key"))
cell("kind", Values("word"), "Kind of cell.")(lambda view: np.array(view.kinds)[view.cells["kind"]])
cell("x_um", Values("number", "um", missing=True), "Middle of its site.")(
    lambda view: view.lattice.xy(view.cells["site"])[0]
)
cell("y_um", Values("number", "um", missing=True), "Middle of its site.")(
    lambda view: view.lattice.xy(view.cells["site"])[1]
)
cell("site", Values("whole", "1", 0.0), "Number of its site.")(_column("site"))
cell("layer", Values("word", words=LAYERS), "In a vessel (lumen) or outside (tissue).")(
    lambda view: np.array(LAYERS)[view.cells["layer"]]
)
cell("state", Values("word", words=("", *STATES)), "Of a tumour cell: cycling or dormant.")(
    lambda view: _tumour(view, STATES, "state")
)
cell("lesion", INDEX, "Lesion that a tumour cell belongs to; -1 for others.")(_column("lesion"))
cell("phase", Values("word", words=PHASE_WORDS), "Phase in which its lesion stands.")(
    lambda view: _tumour(view, PHASE_WORDS, "phase")
)
cell("activation", Values(), "0 at rest, 1 fully activated.")(_column("activation"))
cell("polarisation", Values(), "0 kills tumour, 1 feeds it.")(_column("polarisation"))
cell("load", Values("number", "cells"), "Tumour cells engulfed and not yet digested.")(_column("load"))
cell("oxygen_mmHg", Values("number", "mmHg"), "Oxygen at its site.")(_column("oxygen_mmHg"))
