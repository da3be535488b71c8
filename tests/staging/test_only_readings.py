"""Check that nothing in the dynamics reads a phase, a lesion or a threshold of the section ``phases``."""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import EVENTS
from livermet_sim.processes.staging.thresholds import SECTION
from livermet_sim.scenario.load import load
from livermet_sim.state.log import COLUMNS

GROWING = {
    "seeding.enrichment": 60, "cells.tumour.dormant_share": 0.0, "cells.tumour.divide": 0.3, "cells.tumour.intravasate": 0.02,
    "rules.GR16.enabled": False, "phases.micrometastasis": 2, "phases.enclosed": 0.2, "phases.persistence": 0.0, "phases.persistence_back": 0.0,
    "phases.reach": 1.0,
}  # fmt: skip
READINGS = {"lesion", "phase", "lesion_size", "apart"}


def other(parameter) -> float:
    """Return a value of a threshold that differs from its default, and from what GROWING says."""
    ends = [parameter.low, parameter.high, 0.5 * (parameter.low + parameter.default)]
    value = max(ends, key=lambda v: abs(v - parameter.default) if v != parameter.default else -1)
    return int(value) if isinstance(parameter.default, int) else value


def test_all_thresholds_leave_the_run_as_it_is_but_for_readings():
    changed = {f"phases.{p.name}": other(p) for p in SECTION.parameters} | {"phases.interval": 1.0}
    livers = [Engine(load("strip", GROWING | more), 1) for more in ({}, changed)]
    for liver in livers:
        liver.run(100.0)
    a, b = (liver.world for liver in livers)
    assert a.cells.n == b.cells.n
    for name in set(a.cells.columns) - READINGS:
        assert np.array_equal(a.cells[name], b.cells[name], equal_nan=a.cells[name].dtype == float), name
    for name in a.sites.columns:
        assert np.array_equal(a.sites[name], b.sites[name], equal_nan=True), name
    assert np.array_equal(a.fields.concentration, b.fields.concentration)
    assert np.array_equal(a.compartment, b.compartment)
    kept = [i for i, column in enumerate(COLUMNS) if column.name not in READINGS]
    assert np.array_equal(a.log.array()[:, kept], b.log.array()[:, kept])
    # something was there to read, and was read otherwise; cells left their lesions, too
    assert np.isfinite(a.lesions["angiogenic"]).any() and not np.isfinite(b.lesions["angiogenic"]).any()
    assert (a.log.array()[:, 1] == EVENTS.index("intravasate")).any()
