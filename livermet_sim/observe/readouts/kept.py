"""Show the end of a saved run to readouts: what its folder keeps; what it does not is missing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from livermet_sim.base.arrays import shut
from livermet_sim.kernels.codes import EVENTS
from livermet_sim.observe.columns import PATTERNS, Frame
from livermet_sim.observe.founders import Events, Founders, FromLesions
from livermet_sim.observe.infiltrate import cell_area
from livermet_sim.observe.readouts.cells import LAYERS, STATES
from livermet_sim.observe.readouts.lesions import MILESTONES, NICHE, PROGENY
from livermet_sim.observe.readouts.view import Columns, Given, NotKept, View
from livermet_sim.observe.record import Record
from livermet_sim.observe.recorder import SITE_STACKS
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASE_WORDS

# columns of the state that the table of lesions calls otherwise than NAME or NAME_h
_CALLED = {"x": "x_um", "y": "y_um", "pre_angiogenic": "extravasated_h", "peak": "peak_cells"}
_SAME = ("founder", "zone", "lobule", "merged_into", "cells")
_HOURS = (*MILESTONES[2:], *PROGENY, *(name for name in NICHE if name.endswith("_h")))


class Kept(View):
    """Show the end of a run by its tables and its last snapshot.

    Parameters
    ----------
    result : Record
    """

    def __init__(self, result: Record):
        self._result, self.hours = result, result.hours
        last = result.timeseries.iloc[-1] if len(result.timeseries) else {}
        names = [str(name) for name in result.timeseries.columns]
        self.kinds = tuple(name.removeprefix("n_") for name in names if name.startswith("n_"))
        self.deadly = tuple(name.removeprefix("dead_") for name in names if name.startswith("dead_"))
        totals = ("entered", "born", "washed_out", *(f"dead_{cause}" for cause in self.deadly))
        self.totals = {name: int(last[name]) for name in totals if name in names and last[name] == last[name]}
        self.phases, self._shown = Given(**result.scenario.get("phases", {})), True

    @property
    def to_come(self) -> int:
        """Return how many founders have not entered yet."""
        return int(self._result.provenance.get("founders_to_come") or 0)

    @cached_property
    def lesions(self) -> Columns:
        """Return the lesions by number, blank where none of that number was seen."""
        table = self._result.lesions
        called = {name: name for name in _SAME} | {v.removesuffix("_h"): v for v in _HOURS}
        called |= {"arrested": "arrested_h"} | {name: name for name in (*PATTERNS, "phase")} | _CALLED
        return _Lesions(table, {own: column for own, column in called.items() if column in table})

    @cached_property
    def events(self) -> Events:
        """Return what happened to tumour cells."""
        table = self._result.events
        causes, cause = np.unique(table["cause"].astype(str), return_inverse=True)
        return Events(
            table["time_h"].to_numpy(dtype=float), _codes(table["event"], EVENTS), cause,
            table["founder"].to_numpy(dtype=np.int64), table["lesion"].to_numpy(dtype=np.int64), _codes(table["layer"], LAYERS),
            causes.tolist(),
        )  # fmt: skip

    @cached_property
    def founder_names(self) -> np.ndarray:
        """Return the founders that events tell of; without events, those whose lesions were seen."""
        source = self._result.events if len(self._result.events) else self._result.lesions
        found = np.unique(source["founder"].to_numpy(dtype=np.int64))
        return found[found >= 0]

    @cached_property
    def founders(self) -> Founders:
        """Return how far the line of each founder has come."""
        return (Founders if len(self._result.events) else FromLesions)(self)

    @cached_property
    def cells(self) -> Columns:
        """Return the cells of the last snapshot."""
        table = self._result.cells
        now = table[table["time_h"] == self.hours]
        if not len(now):
            raise NotKept("cells")
        words = {"kind": self.kinds, "layer": LAYERS, "state": STATES, "phase": PHASE_WORDS}
        coded = {name: np.maximum(_codes(now[name], known), 0) for name, known in words.items()}
        whole = {name: now[name].to_numpy() for name in now.columns if name not in coded}
        return Columns(coded | whole | {"alive": np.ones(len(now), dtype=np.int64)}, len(now))

    @cached_property
    def _shots(self) -> dict[str, np.ndarray]:
        shots = self._result.snapshots
        if not shots or shots["time_h"][-1] != self.hours:
            raise NotKept("snapshots")
        return shots

    @cached_property
    def sites(self) -> Columns:
        """Return the sites of the last snapshot."""
        found = {name: self._shots[name][-1].astype(float) for name in SITE_STACKS}
        return Columns(found, len(self.compartment))

    @property
    def signals(self) -> Columns:
        """Return no signals: a snapshot keeps but one, for pictures."""
        return Columns({}, 0)

    @cached_property
    def compartment(self) -> np.ndarray:
        """Return the compartments at the end."""
        return shut(self._shots["compartment"][-1])

    @cached_property
    def inside(self) -> np.ndarray:
        """Return the sites of the tissue."""
        return np.flatnonzero(self.compartment != 0)

    @cached_property
    def lattice(self) -> Lattice:
        """Return where sites lie."""
        return Lattice.of(self._shots)

    @property
    def cell_area(self) -> float:
        """Return the area of the slab in um2 that a tumour cell takes."""
        return cell_area(self._result)

    @property
    def cell_volume(self) -> float:
        """Return the volume of a tumour cell in um3."""
        return self.cell_area * float(self._shots["thickness_um"])

    @property
    def hypoxic_below(self) -> float:
        """Return the oxygen in mmHg below which a tumour cell is hypoxic."""
        own = self._result.scenario.get("cells", {}).get("tumour", {})
        if "hypoxia_threshold" not in own:
            raise NotKept("hypoxia_threshold")
        return float(own["hypoxia_threshold"])

    @cached_property
    def held(self) -> np.ndarray:
        """Return the lesion of the tumour cell in the tissue part of each site, -1 for none."""
        return shut(self._shots["tumour"][-1].astype(np.int64))

    @cached_property
    def patterns(self) -> dict[str, np.ndarray]:
        """Return how each lesion grew at the end and what it held."""
        return {name: self.lesions[name] for name in PATTERNS}


class _Lesions(Columns):
    """Spread the columns of a table of lesions over their numbers, each when it is asked for: numbers may be large."""

    def __init__(self, table: Frame, called: dict[str, str]):
        self._at = table["lesion"].to_numpy(dtype=np.int64)
        super().__init__(called, int(self._at.max(initial=-1)) + 1)
        self._rows = table

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._table:
            raise NotKept(name)
        column = self._rows[self._table[name]]
        values = np.maximum(_codes(column, PHASE_WORDS), 0) if name == "phase" else column.to_numpy()
        blank = -1 if values.dtype.kind in "iu" else np.nan
        found = np.full(self.n, 0 if name == "phase" else blank, dtype=np.result_type(values, type(blank)))
        found[self._at] = values
        return shut(found)


def _codes(words: Frame, known: Any) -> np.ndarray:
    """Return the place of each word among those known, -1 for another."""
    import pandas as pd

    return pd.Index(list(known), dtype=object).get_indexer(words.astype(str).astype(object)).astype(np.int64)
