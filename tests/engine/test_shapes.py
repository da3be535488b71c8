"""Every array of the state has, after each step, the axes, the type and the bounds that are declared for it."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import eventful

from livermet_sim.base.arrays import check_arrays
from livermet_sim.state import stored

STEPS = 40


def check(world) -> dict[str, np.dtype]:
    """Refuse a state whose arrays are not as declared; an axis has one length in all of them. Return their types."""
    own, lengths = stored.declared(world), stored.lengths(world)
    found = stored.arrays(world)
    assert found.keys() == own.keys()
    check_arrays(found, {name: each.values for name, each in own.items()}, lengths)
    stored.check_indices(found, own, lengths)
    return {name: values.dtype for name, values in found.items()}


def test_the_state_is_as_declared_after_each_step():
    engine = eventful()
    types = check(engine.world)
    for _ in range(STEPS):
        engine.step()
        assert check(engine.world) == types


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda world: setattr(world.network, "speed", world.network.speed[:-1]), "network.speed has shape"),
        (lambda world: setattr(world.network, "shear", world.network.shear[:, None]), "network.shear has shape"),
        (lambda world: setattr(world, "segments", world.segments + 0.5), "segments"),
        (lambda world: world.compartment.__setitem__(0, 9), "compartment has a value beyond 4"),
        (lambda world: world.cells["site"].__setitem__(0, world.tissue.n), "cells.site has a value beyond"),
    ],
)  # fmt: skip
def test_what_is_not_as_declared_is_found(spoil, sentence):
    world = eventful().world
    spoil(world)
    with pytest.raises(ValueError, match=sentence):
        check(world)
