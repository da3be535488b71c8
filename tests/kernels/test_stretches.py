"""The stretches of lining that a cell touches are listed once for each site, anew where vessels came or went."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livermet_sim.engine import Engine
from livermet_sim.rulebook.touch import listed
from livermet_sim.scenario.load import load


def listed_slowly(contacts: np.ndarray, segments: np.ndarray) -> list[list[int]]:
    """Return the stretches at each site and those it touches, each once, in the order in which they are met."""
    met = [[s, *(t for t in contacts[s] if t >= 0)] for s in range(len(segments))]
    return [list(dict.fromkeys(int(segments[t]) for t in near if segments[t] >= 0)) for near in met]


def as_lists(start: np.ndarray, stretch: np.ndarray) -> list[list[int]]:
    return [stretch[start[s] : start[s + 1]].tolist() for s in range(len(start) - 1)]


@given(st.data())
def test_each_stretch_is_listed_once_at_every_site_from_which_it_is_touched(data: st.DataObject):
    n = data.draw(st.integers(1, 12))
    site = st.integers(-1, n - 1)
    rows = data.draw(st.lists(st.lists(site, min_size=4, max_size=4), min_size=n, max_size=n))
    contacts = np.array(rows, dtype=np.int32)
    segments = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)))
    assert as_lists(*listed(contacts, segments)) == listed_slowly(contacts, segments)


def test_vessels_that_come_or_go_are_listed_anew():
    engine = Engine(load("strip"), 1)
    world, touch = engine.world, engine.compiled.touch
    touch.update(world)
    first = touch._lists(world)
    assert touch._lists(world) is first
    lined = np.flatnonzero(world.segments >= 0)
    world.segments[lined[:7]] = -1
    assert as_lists(*touch._lists(world)) == listed_slowly(world.tissue.contacts, world.segments)
