"""Name the columns that cells carry; all kinds share one table, so one kernel serves them all."""

from __future__ import annotations

from collections.abc import Iterable

from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import HasStates, states_of
from livermet_sim.state.table import Column

LUMEN, TISSUE = 0, 1
CYCLING, DORMANT = 0, 1

_SHARED = (
    Column("kind", "code", "Index of the cell's kind in the run's list of kinds.", whole=True, of="kind"),
    Column("site", "code", "Lattice site.", whole=True, of="site"),
    Column("layer", "code", "0 in the vessel lumen, 1 in the tissue part of the site.", whole=True, of="2"),
    Column("key", "code", "Identity: 62 bits derived from the seed or from the mother; the key of every draw.", whole=True),
    Column("alive", "code", "0 once the cell is dead or gone; its row leaves at the end of the step.", whole=True, of="2", default=1),
    Column("born", "ticks", "Tick at which the cell arrived or was born.", whole=True),
    Column("state", "code", "Tumour cells: 0 cycling, 1 dormant.", whole=True, of="2"),
    Column("founder", "code", "Tumour cells: number of the disseminated cell they descend from; -1 for others.", whole=True, of="lesion", default=-1),
    Column("lesion", "code", "Tumour cells: number of the lesion they belong to; -1 for others.", whole=True, of="lesion", default=-1),
    Column("phase", "code", "Tumour cells: phase of their lesion, 1 microvascular to 4 growth; 0 for others.", whole=True, of="5"),
    Column("generation", "divisions", "Divisions since the founder.", whole=True),
    Column("segment", "code", "LSEC: the stretch of sinusoid it lines; -1 for others.", whole=True, of="stretch", default=-1),
    Column("event", "code", "What the cell does in this step; see the events of the plan.", whole=True),
    Column("cause", "code", "Tumour cells: how it dies or makes room in this step.", whole=True, of="cause"),
    Column("trail", "code", "Tumour cells: their last 20 steps through the vessels, three bits each behind a leading 1.", whole=True, default=1),
    Column("bound", "code", "Tumour cells: 1 where bonds hold them to the lining, 2 where firmly.", whole=True, of="3"),
    Column("diameter", "um", "Cell diameter."),
    Column("load", "cells", "Tumour cells engulfed and not yet digested."),
    Column("age", "h", "Time since arrival or birth."),
    Column("sojourn", "h", "Tumour cells: time since arrest, or since extravasation."),
    Column("squeeze", "Pa s", "Tumour cells: pressure times time still to be spent on the narrow place they are in."),
    Column("halted", "s", "Tumour cells: time at the present place in the vessels."),
    Column("lesion_size", "cells", "Tumour cells: live cells of their lesion."),
    Column("apart", "h", "Tumour cells: since when their group stands apart from the rest of its lesion; NaN if not.", default=float("nan")),
    Column("crowding", "1", "Share of the sites a cell touches whose tissue part holds a tumour cell."),
    Column("aptitude", "1", "Tumour cells: uniform number fixed at birth; compared with shares that divide a line in two."),
)  # fmt: skip


def cell_columns(kinds: Iterable[HasStates]) -> tuple[Column, ...]:
    """Return the columns of cells of these kinds: those that all have, and the states of each."""
    return (*_SHARED, *(state.column for state in states_of(kinds)))


CELL_COLUMNS = cell_columns(KINDS)
