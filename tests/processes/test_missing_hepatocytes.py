"""Check the share of hepatocytes that are missing, and that a whole liver is not counted for it."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID
from livermet_sim.processes.systemic import missing
from livermet_sim.verification.worlds.livers import liver


def test_nobody_is_counted_while_no_hepatocyte_is_missing():
    world = liver(1).world
    world.census.stale = True
    assert missing(world) == 0.0 and world.census.stale


def test_what_is_missing_is_a_share_of_all_plates():
    world = liver(1).world
    plates = np.flatnonzero(np.isin(world.compartment, (SINUSOID, PARENCHYMA)))
    world.sites["parenchyma"][plates[:30]] = 0.25
    world.census.stale = True
    assert np.isclose(missing(world), 30 * 0.75 / len(plates)) and not world.census.stale
