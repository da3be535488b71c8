"""Check that a tissue whose sides join is drawn as a rectangle in which nothing ends at a side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from livermet_sim.observe.columns import STACKS
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID
from livermet_sim.viz import border, key, style
from livermet_sim.viz.scene import MARGIN, scene
from livermet_sim.viz.slides import brightfield, field_of_view, histology, immunofluorescence
from livermet_sim.viz.tissue_map import JOINED, LAYERS, field_image, section, tissue_map
from livermet_sim.viz.two_livers import compare_livers

HIGH, WIDE, SCALE = 36, 48, 6
LATTICE = Lattice(WIDE, HIGH, 10.0, wrap=True)


def tissue(dx: int = 0, dy: int = 0) -> dict[str, np.ndarray]:
    """Return a joined tissue moved around: a lesion and a tract across the corner, a vein across one side."""
    corner, side, middle = (
        LATTICE.distance(place, np.arange(LATTICE.n)) for place in (0, 20, HIGH // 2 * WIDE + 30)
    )
    y, x = LATTICE.pixels(np.arange(LATTICE.n))
    compartment = np.where((x % 6 == 3) | (y % 9 == 5), SINUSOID, PARENCHYMA).astype(np.int8)
    compartment[corner < 35], compartment[side < 25] = PORTAL, CENTRAL
    plate = (compartment == SINUSOID) | (compartment == PARENCHYMA)
    stacks = {name: np.zeros(LATTICE.n, np.float32) for name in STACKS} | {"compartment": compartment}
    stacks["tumour"] = np.where((corner < 90) & plate, 0, np.where(middle < 15, 1, -1)).astype(np.int32)
    stacks["tumour_lumen"] = np.full(LATTICE.n, -1, np.int32)
    stacks["oxygen"] = (60 * np.exp(-corner / 100)).astype(np.float32)
    stacks["perfused"] = (compartment == SINUSOID).astype(np.float32)
    stacks["parenchyma"] = (compartment == PARENCHYMA).astype(np.float32)
    static = {"zone": np.zeros(LATTICE.n), "lobule": np.zeros(LATTICE.n, np.int32), "diameter": 7.0 * (compartment == SINUSOID),
              "hepatocyte": np.where(plate, (y + 1) // 2 % (HIGH // 2) * 99 + (x + 1) // 2 % (WIDE // 2), -1)}  # fmt: skip
    moved = {name: LATTICE.rolled(values, dx, dy) for name, values in (stacks | static).items()}
    sizes = {name: np.array(value) for name, value in (LATTICE.sizes | {"thickness_um": 25.0}).items()}
    return {name: moved[name][None] if name in stacks else moved[name] for name in moved} | sizes | {
        "time_h": np.array([24.0])}  # fmt: skip


@pytest.mark.parametrize("layer", ["oxygen", "perfusion", "collagen"])
def test_a_map_does_not_depend_on_where_the_sides_lie(layer):
    """The picture of a tissue moved around is the picture moved around: no line, gap or shade at the sides."""
    own = field_image(scene(tissue()), SCALE, LAYERS[layer])
    moved = field_image(scene(tissue(WIDE // 2, HIGH // 2)), SCALE, LAYERS[layer])
    back = np.roll(moved, (-HIGH // 2 * SCALE, -WIDE // 2 * SCALE), axis=(0, 1))
    assert own.shape == (HIGH * SCALE, WIDE * SCALE, 3)
    away = np.abs(own - back).max(axis=2)
    strips = [away[:9], away[-9:], away[:, :9], away[:, -9:]]
    assert away.mean() < 0.02 and max(strip.mean() for strip in strips) < 0.04


def test_tubes_run_on_across_the_sides_and_none_runs_through_the_picture():
    view = scene(tissue())
    around = view.around()
    assert view.joined and len(view.seam) and around.margin == MARGIN and around.around() is around
    for one in (view, around):
        length = np.abs(np.diff(one.points[one.edges], axis=1)).max()
        assert length < 2.0
    y = around.points[around.edges][:, :, 0]
    assert (
        ((y.min(axis=1) < MARGIN) & (y.max(axis=1) > MARGIN)).sum()
        == ((y.min(axis=1) < MARGIN + HIGH) & (y.max(axis=1) > MARGIN + HIGH)).sum()
        > 5
    )
    assert np.array_equal(around["tumour"][MARGIN:-MARGIN, MARGIN:-MARGIN], view["tumour"])
    assert np.array_equal(around["tumour"][:MARGIN, MARGIN:-MARGIN], view["tumour"][-MARGIN:])


def test_hepatocytes_across_a_side_keep_their_middle_there():
    around = scene(tissue()).around()
    label = around["hepatocyte"]
    rows, columns = np.indices(label.shape)
    cells = pd.DataFrame({"label": label.ravel(), "row": rows.ravel(), "column": columns.ravel()})
    spread = cells[cells["label"] >= 0].groupby("label")[["row", "column"]].agg(np.ptp)
    assert spread.to_numpy().max() <= 2


def test_sections_and_slides_show_the_whole_rectangle():
    view = scene(tissue())
    assert section(view, SCALE).shape == brightfield(view, SCALE).shape == (HIGH * SCALE, WIDE * SCALE, 3)


def test_a_lesion_across_the_corner_has_its_ring_and_its_field_of_view_there():
    shots = tissue()
    shots["tumour"][:] = np.where(LATTICE.distance(0, np.arange(LATTICE.n)) < 15, 0, -1)
    view, ax = scene(shots), style.picture(4, 4).add_subplot()
    assert key.ring_small(ax, view, share=0.5)
    x, y = (float(v[0]) for v in ax.lines[0].get_data())
    near = LATTICE.distance(0, int(LATTICE.at(np.array(x), np.array(y))))
    assert near < 15
    x0, y0, x1, y1 = field_of_view(view, 100.0)
    assert x1 - x0 == y1 - y0 == 100.0 and min(x0, y0) >= 0


PICTURES = {
    "growth_pattern": border.growth_pattern,
    "tissue_map": tissue_map,
    "histology": lambda shots: histology(shots, field_um=np.inf),
    "immunofluorescence": lambda shots: immunofluorescence(shots, field_um=np.inf),
    "compare_livers": lambda shots: compare_livers(shots, other=shots, labels=("a", "b")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_that_sides_join(name):
    words = {text.get_text() for text in PICTURES[name](tissue()).findobj(Text)}
    assert JOINED in words
    edged = {key: array for key, array in tissue().items() if key != "wrap"}
    assert JOINED not in {text.get_text() for text in PICTURES[name](edged).findobj(Text)}


def test_a_field_that_ends_inside_the_tissue_speaks_of_the_whole_or_says_nothing_of_sides():
    words = {t.get_text() for t in histology(tissue(), field_um=100.0).findobj(Text)}
    assert f"The whole tissue: {JOINED[0].lower()}{JOINED[1:]}" in words
    assert JOINED not in {t.get_text() for t in immunofluorescence(tissue(), field_um=100.0).findobj(Text)}


def test_borders_do_not_depend_on_where_the_sides_lie():
    """No stretch of a border ends at a side, and each is of the pattern that it is of elsewhere."""
    limits = border.thresholds_of({})
    found = []
    for shift in ((0, 0), (WIDE // 2, HIGH // 2), (3, 5)):
        view = scene(tissue(*shift))
        stretches = border.stretches(view, limits)
        pattern = border.border_patterns(view, stretches).ravel()
        found.append((len(stretches["lesion"]), LATTICE.rolled(pattern, -shift[0], -shift[1])))
    for number, pattern in found[1:]:
        assert number == found[0][0] > 0
        assert np.array_equal(pattern, found[0][1])
