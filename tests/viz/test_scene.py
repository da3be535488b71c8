"""Check the geometry under the pictures against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import lobule, result

from livermet_sim.base.errors import ResultError
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz.canvas import Canvas, nearest_two
from livermet_sim.viz.scene import scene
from livermet_sim.viz.tubes import tube_distance


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=10)


def pairs(compartment):
    """Return the tubes a plain loop finds: sides first, corners only where no side joins the two."""
    height, width = compartment.shape
    vessel = (compartment != OUTSIDE) & (compartment != PARENCHYMA)
    found = set()
    for y in range(height):
        for x in range(width):
            for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
                v, u = y + dy, x + dx
                if not (v < height and 0 <= u < width and vessel[y, x] and vessel[v, u]):
                    continue
                if SINUSOID not in (compartment[y, x], compartment[v, u]):
                    continue
                if dy and dx and (vessel[y, u] or vessel[v, x]):
                    continue
                found.add((y * width + x, v * width + u))
    return found


def test_tubes_join_the_neighbours_a_plain_loop_joins(made_up):
    view = scene(made_up, 6.0)
    found = {tuple(edge) for edge in view.edges.tolist()}
    assert found == pairs(view["compartment"]) and len(found) > 100


def test_known_tubes_are_kept_and_grown_ones_added(made_up):
    shots = dict(made_up.snapshots)
    whole = scene(shots, 6.0, window=(0, 0, 1e5, 1e5))
    own = whole.edges[::2]
    shots["edges"] = own.astype(np.int32)
    assert {tuple(e) for e in scene(shots, 6.0, (0, 0, 1e5, 1e5)).edges.tolist()} == {
        tuple(e) for e in own.tolist()
    }
    grown = np.argwhere(
        (whole["compartment"] == PARENCHYMA) & (np.roll(whole["compartment"], 1, 1) == SINUSOID)
    )[0]
    site = grown[0] * whole.shape[1] + grown[1]
    shots["compartment"] = shots["compartment"].copy()
    shots["compartment"][0, site] = SINUSOID
    assert (scene(shots, 6.0, (0, 0, 1e5, 1e5)).edges == site).any()


def test_a_window_shows_the_same_sites_as_the_whole(made_up):
    whole = scene(made_up, window=(0, 0, 1e5, 1e5))
    part = scene(made_up, window=(50, 70, 160, 200))
    assert np.array_equal(part["oxygen"], whole["oxygen"][7:20, 5:16]) and (part.x0, part.y0) == (50, 70)
    y, x = np.divmod(part.edges, part.shape[1])
    lumen = part["compartment"][y, x] == SINUSOID
    assert lumen.any(axis=1).all() and len(lumen)
    assert part.cells["x_um"].between(50, 160).all() and part.cells["y_um"].between(70, 200).all()
    with pytest.raises(ResultError, match="shows nothing of the tissue"):
        scene(made_up, window=(900, 900, 950, 950))


def test_the_nearest_moment_is_shown(made_up):
    assert scene(made_up, 30.0).time_h == 24.0 and scene(made_up).time_h == 672.0


def test_no_snapshots_is_said():
    with pytest.raises(ResultError, match=r"set observe\.snapshots"):
        scene({})


def test_tubes_are_drawn_within_half_a_site_of_their_own(made_up):
    view = scene(made_up)
    rest = np.stack(np.divmod(np.arange(view["compartment"].size), view.shape[1]), axis=1) + 0.5
    moved = np.abs(view.points - rest).max(axis=1)
    assert moved.max() <= 0.45 + 1e-9 and (moved[(view["compartment"] != SINUSOID).ravel()] == 0).all()
    assert (moved > 0.05).any()


def test_tube_distance_is_the_distance_to_the_nearest_tapered_tube(made_up):
    view = scene(made_up, window=(60, 60, 140, 140))
    canvas = Canvas(view, 5)
    found = tube_distance(canvas, view.edges)
    bore = np.where(view["compartment"] == SINUSOID, view["diameter"], np.nan).ravel() / 2 / view.site * 5
    slow = np.full(found.shape, 9.0)
    for a, b in view.edges:
        (ay, ax), (by, bx) = view.points[a] * 5, view.points[b] * 5
        ra, rb = (bore[a] if bore[a] > 0 else bore[b]), (bore[b] if bore[b] > 0 else bore[a])
        for i in range(found.shape[0]):
            for j in range(found.shape[1]):
                py, px = i + 0.5 - ay, j + 0.5 - ax
                t = np.clip(
                    (py * (by - ay) + px * (bx - ax)) / max((by - ay) ** 2 + (bx - ax) ** 2, 1e-6), 0, 1
                )
                away = np.hypot(py - t * (by - ay), px - t * (bx - ax)) - (ra + t * (rb - ra))
                slow[i, j] = min(slow[i, j], away)
    near = slow < 1.0
    assert near.sum() > 100
    assert np.allclose(found[near], slow[near], atol=1e-3)
    assert (found[~near] > 0.99).all()


def test_nearest_two_are_the_nearest_of_the_sites_around(made_up):
    view = scene(made_up, window=(60, 60, 140, 140))
    canvas = Canvas(view, 3)
    number = np.arange(view["compartment"].size).reshape(view.shape)
    label = np.where(view["compartment"] == PARENCHYMA, number, -1)
    y, x = (axis + 0.5 for axis in np.divmod(number.ravel(), view.shape[1]))
    where = np.ones(canvas.image.shape[:2], dtype=bool)
    best, first, second = nearest_two(canvas, label, y.astype(np.float32), x.astype(np.float32), where)
    for pixel in range(0, where.size, 37):
        row, column = canvas.row.ravel()[pixel], canvas.column.ravel()[pixel]
        around = label[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].ravel()
        away = sorted((float(np.hypot(canvas.warp_y.ravel()[pixel] - y[i], canvas.warp_x.ravel()[pixel] - x[i])), int(i))
                      for i in around[around >= 0])  # fmt: skip
        assert best[pixel] == (away[0][1] if away else -1)
        assert first[pixel] == pytest.approx(away[0][0] if away else 9.0, abs=1e-4)
        assert second[pixel] == pytest.approx(away[1][0] if len(away) > 1 else 9.0, abs=1e-4)


def test_the_made_up_lobule_has_every_compartment():
    assert set(np.unique(lobule(20)["compartment"])) == {0, 1, 2, 3, 4}
