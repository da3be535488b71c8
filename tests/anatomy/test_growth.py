"""Growth of the sinusoid network: each step against a slow, obvious twin."""

from __future__ import annotations

import networkx
import numpy as np
from scipy import ndimage

from livermet_sim.anatomy.sinusoids import BORDER, NONE, RING, _flood, _thin
from livermet_sim.anatomy.vessels import carrying, joints
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID


def draw(*rows):
    """Return a picture of compartments: p portal, s sinusoid, # parenchyma, c central, . outside."""
    return np.array([[".ps#c".index(letter) for letter in row] for row in rows], dtype=np.int8)


def slow_flood(free, seeds, angle, along, across, weight):
    """Take the nearest waiting site again and again, from a plain list."""
    width = free.shape[1]
    plate = {}
    waiting = [(0.0, int(at), k) for k, at in enumerate(seeds)]
    while waiting:
        entry = min(waiting)
        waiting.remove(entry)
        _, here, k = entry
        if here in plate:
            continue
        around = [here + 1, here - 1, here + width, here - width]
        if {plate[other] for other in around if plate.get(other, NONE) >= 0} - {k}:
            plate[here] = BORDER
            continue
        plate[here] = k
        seed = int(seeds[k])
        turn, a, b = angle.flat[seed], along.flat[seed], across.flat[seed]
        for other in around:
            if free.flat[other] and other not in plate:
                dx, dy = other % width - seed % width, other // width - seed // width
                ahead, aside = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
                far = ((ahead / a) ** 2 + (aside / b) ** 2) * weight.flat[other]
                waiting.append((round(far, 9), other, k))
    return np.array([plate.get(at, NONE) for at in range(free.size)]).reshape(free.shape)


def field(seed):
    rng = np.random.default_rng(seed)
    free = np.zeros((22, 26), dtype=bool)
    free[1:-1, 1:-1] = True
    seeds = rng.choice(np.flatnonzero(free), 30, replace=False)
    along, across = rng.uniform(4, 6, free.shape), rng.uniform(2, 3, free.shape)
    return free, seeds, rng.uniform(0, np.pi, free.shape), along, across, rng.uniform(0.5, 2, free.shape)


def test_flood_does_what_its_slow_twin_does():
    for seed in (1, 2, 3):
        assert np.array_equal(_flood(*field(seed)), slow_flood(*field(seed)))


def test_plates_never_touch_by_a_side_and_every_border_parts_two():
    plate = _flood(*field(4))
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
        before = border.copy()
        _thin(border, np.zeros_like(border))
        assert not np.any(border & ~before)
        assert ndimage.label(border, whole)[1] == ndimage.label(before, whole)[1]
        assert ndimage.label(~border)[1] == ndimage.label(~before)[1]
        removed += np.count_nonzero(before) - np.count_nonzero(border)
    assert removed > 100
    assert len(RING) == 8


def slow_carrying(compartment):
    """Return sinusoids in one block with the edge between a node for all portals and one for all centrals."""
    flat = compartment.ravel()
    names = {PORTAL: "portal", CENTRAL: "central"}
    graph = networkx.Graph([("portal", "central")])
    for a, b in joints(compartment).tolist():
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
    kept = carrying(picture, joints(picture))
    assert kept.tolist() == slow_carrying(picture)
    assert 0 < len(kept) < np.count_nonzero(picture == SINUSOID)


def test_carrying_does_what_its_slow_twin_does():
    rng = np.random.default_rng(6)
    sizes = []
    for _ in range(15):
        picture = np.zeros((20, 30), dtype=np.int8)
        picture[1:-1, 1:-1] = np.where(rng.random((18, 28)) < 0.4, SINUSOID, 3)
        picture[1:-1, 1], picture[1:-1, -2] = PORTAL, CENTRAL
        kept = carrying(picture, joints(picture)).tolist()
        assert kept == slow_carrying(picture)
        sizes.append(len(kept))
    assert max(sizes) > 20


def test_vessels_that_never_meet_carry_nothing():
    picture = draw("......", ".ps#c.", "......")
    assert len(carrying(picture, joints(picture))) == 0
