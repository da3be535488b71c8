"""Growth of the sinusoid network: each step against a slow, obvious twin."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from scipy import ndimage

from livermet_sim.anatomy.joints import carrying, joints
from livermet_sim.anatomy.sinusoids import BORDER, NONE, _flood, _thin
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID


def draw(*rows):
    """Return a picture of compartments: p portal, s sinusoid, # parenchyma, c central, . outside."""
    return np.array([[".ps#c".index(letter) for letter in row] for row in rows], dtype=np.int8)


def tubes(picture):
    """Return the compartments of a picture, flat, and its tubes."""
    height, width = picture.shape
    return picture.ravel(), joints(Lattice(width, height, 10.0), picture.ravel())


def slow_flood(lattice, free, seeds, angle, along, across, weight):
    """Take the nearest waiting site again and again, from a plain list."""
    plate = {}
    waiting = [(0.0, int(at), k) for k, at in enumerate(seeds)]
    while waiting:
        entry = min(waiting)
        waiting.remove(entry)
        _, here, k = entry
        if here in plate:
            continue
        around = lattice.around[here, :4].tolist()
        if {plate[other] for other in around if plate.get(other, NONE) >= 0} - {k}:
            plate[here] = BORDER
            continue
        plate[here] = k
        seed = int(seeds[k])
        turn, a, b = angle.flat[seed], along.flat[seed], across.flat[seed]
        for other in around:
            if free.flat[other] and other not in plate:
                dx, dy = (int(step) for step in lattice.steps(seed, other))
                ahead, aside = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
                far = ((ahead / a) ** 2 + (aside / b) ** 2) * weight.flat[other]
                waiting.append((round(far, 9), other, k))
    return np.array([plate.get(at, NONE) for at in range(free.size)])


def field(seed, wrap=False):
    rng = np.random.default_rng(seed)
    free = np.full((22, 26), wrap)
    free[1:-1, 1:-1] = True
    lattice, free = Lattice(26, 22, 10.0, wrap), free.ravel()
    seeds = rng.choice(np.flatnonzero(free), 30, replace=False)
    along, across = rng.uniform(4, 6, free.shape), rng.uniform(2, 3, free.shape)
    return (
        lattice,
        free,
        seeds,
        rng.uniform(0, np.pi, free.shape),
        along,
        across,
        rng.uniform(0.5, 2, free.shape),
    )


@pytest.mark.parametrize("wrap", [False, True])
def test_flood_does_what_its_slow_twin_does(wrap):
    for seed in (1, 2, 3):
        assert np.array_equal(_flood(*field(seed, wrap)), slow_flood(*field(seed, wrap)))


def test_plates_never_touch_by_a_side_and_every_border_parts_two():
    plate = _flood(*field(4)).reshape(22, 26)
    for a, b in ((plate[1:], plate[:-1]), (plate[:, 1:], plate[:, :-1])):
        assert not np.any((a != b) & (a >= 0) & (b >= 0))
    for y, x in np.argwhere(plate == BORDER):
        around = {plate[y + dy, x + dx] for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0))}
        assert len({k for k in around if k >= 0}) >= 2


def test_thinning_keeps_pieces_and_holes():
    rng = np.random.default_rng(5)
    whole = np.ones((3, 3))
    removed = 0
    for _ in range(20):
        border = np.zeros((24, 24), dtype=bool)
        border[1:-1, 1:-1] = rng.random((22, 22)) < 0.55
        before, flat = border.copy(), border.ravel().copy()
        _thin(Lattice(24, 24, 10.0), flat, np.zeros_like(flat))
        border = flat.reshape(24, 24)
        assert not np.any(border & ~before)
        assert ndimage.label(border, whole)[1] == ndimage.label(before, whole)[1]
        assert ndimage.label(~border)[1] == ndimage.label(~before)[1]
        removed += np.count_nonzero(before) - np.count_nonzero(border)
    assert removed > 100


def slow_carrying(flat, edges):
    """Return sinusoids in one block with the edge between a node for all portals and one for all centrals."""
    names = {PORTAL: "portal", CENTRAL: "central"}
    graph = networkx.Graph([("portal", "central")])
    for a, b in edges.tolist():
        graph.add_edge(names.get(flat[a], a), names.get(flat[b], b))
    for block in networkx.biconnected_components(graph):
        if {"portal", "central"} <= block:
            return sorted(block - {"portal", "central"})
    return []


def test_dead_ends_and_hanging_loops_carry_nothing():
    picture = draw(
        "..........",
        ".psss####.",
        ".p##s#sss.",
        ".p##ssssc.",
        ".p#s####c.",
        ".p#sss##c.",
        ".p#s#s##c.",
        ".p#sss##c.",
        ".psss####.",
        ".p##s####.",
        "..........",
    )
    # the upper way reaches the vein; the lower one only runs back into the portal tract
    kept = carrying(*tubes(picture))
    assert kept.tolist() == slow_carrying(*tubes(picture))
    assert 0 < len(kept) < np.count_nonzero(picture == SINUSOID)


def test_carrying_does_what_its_slow_twin_does():
    rng = np.random.default_rng(6)
    sizes = []
    for _ in range(15):
        picture = np.zeros((20, 30), dtype=np.int8)
        picture[1:-1, 1:-1] = np.where(rng.random((18, 28)) < 0.4, SINUSOID, 3)
        picture[1:-1, 1], picture[1:-1, -2] = PORTAL, CENTRAL
        kept = carrying(*tubes(picture)).tolist()
        assert kept == slow_carrying(*tubes(picture))
        sizes.append(len(kept))
    assert max(sizes) > 20


def test_vessels_that_never_meet_carry_nothing():
    picture = draw("......", ".ps#c.", "......")
    assert len(carrying(*tubes(picture))) == 0
