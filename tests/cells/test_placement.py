"""Residents of a resting liver are as many whatever the size of a site."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.scenario.load import load

SMALL = {"tissue.lobules": 2, "seeding.dose": 0.0}


@pytest.fixture(scope="module")
def livers():
    return {
        site: Engine(load("baseline", SMALL | {"tissue.site": site}), 1).world for site in (8.0, 10.0, 12.5)
    }


def test_an_lsec_lines_as_much_sinusoid_whatever_the_site(livers):
    stated = float(load("baseline").values["cells.lsec"]["stretch"])
    for site, world in livers.items():
        wall = world.network.wall[world.compartment == SINUSOID].sum()
        assert wall / len(world.rows("lsec")) == pytest.approx(stated, rel=0.1), site
        assert (world.segments[world.compartment == SINUSOID] >= 0).all()


def test_residents_have_their_density_whatever_the_site(livers):
    for kind in ("kupffer", "stellate"):
        density = [len(world.rows(kind)) / world.tissue.volume for world in livers.values()]
        assert np.ptp(density) < 0.05 * np.mean(density), kind
