"""Check that virtual slides obey optics and show what is in the tissue."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from synthetic import result

from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz import endothelium, slides, stains, style
from livermet_sim.viz.canvas import Canvas
from livermet_sim.viz.microscopy import stained, stamp, tube_angles
from livermet_sim.viz.scene import bores, scene

CHANNEL = {name: number for number, name in enumerate(stains.CHANNELS)}


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=10)


@pytest.fixture(scope="module")
def view(made_up):
    return scene(made_up)


@pytest.fixture(scope="module")
def glowing(view):
    """Return the fluorescence channels at eight pixels a site."""
    return stained(view, 8, stains.fluorescence())


def at_sites(image: np.ndarray, scale: int = 8) -> np.ndarray:
    """Return the largest value of each site and the eight around: what is drawn may stand beside its site."""
    from scipy import ndimage

    high, wide = image.shape[0] // scale, image.shape[1] // scale
    blocks = image.reshape(high, scale, wide, scale).max(axis=(1, 3))
    return np.asarray(ndimage.maximum_filter(blocks, 3))


def test_light_is_absorbed_by_each_dye_in_turn():
    none, both = np.zeros((1, 1, 3), np.float32), np.array([[[0.4, 0.3, 0.0]]], np.float32)
    assert np.allclose(stains.through_microscope(none), stains.LAMP)
    expected = stains.LAMP * 10.0 ** -(0.4 * stains.OPTICAL_DENSITY[0] + 0.3 * stains.OPTICAL_DENSITY[1])
    assert np.allclose(stains.through_microscope(both)[0, 0], expected, rtol=1e-5)
    nucleus = stains.through_microscope(np.array([[[0.9, 0.2, 0.0]]], np.float32))[0, 0]
    assert nucleus[2] > nucleus[0] > nucleus[1]  # blue-violet
    cytoplasm = stains.through_microscope(np.array([[[0.05, 0.4, 0.0]]], np.float32))[0, 0]
    assert cytoplasm[0] > cytoplasm[2] > cytoplasm[1]  # pink


def test_stamped_ovals_have_their_size_place_and_direction(view):
    canvas = Canvas(view, 10)
    share = stamp(canvas, *(np.array([v]) for v in (9.0, 12.0, 1.5, 0.5, np.pi / 2)))
    rows, columns = np.nonzero(share > 0.5)
    assert share.sum() == pytest.approx(np.pi * 15 * 5, rel=0.03)
    assert (rows.mean() + 0.5, columns.mean() + 0.5) == pytest.approx((90, 120), abs=0.6)
    assert np.ptp(rows) == pytest.approx(29, abs=1.5) and np.ptp(columns) == pytest.approx(9, abs=1.5)
    off = stamp(canvas, *(np.array([v]) for v in (-0.4, 0.0, 1.0, 1.0, 0.0)))
    assert off[0].any() and not off[20:].any()


def test_directions_follow_the_tubes(view):
    angle = tube_angles(view)
    a, b = view.edges.T
    step = view.points[b] - view.points[a]
    degree = np.bincount(view.edges.ravel(), minlength=len(view.points))
    along = (degree[a] == 1) | (degree[b] == 1)
    end = np.where(degree[a] == 1, a, b)
    turn = np.abs(np.sin(angle[end] - np.arctan2(step[:, 0], step[:, 1])))[along]
    assert along.any() and turn.max() < 1e-9


def test_each_marker_shines_on_its_own_cells(view, glowing):
    kinds = {
        "Ly6G": ("neutrophil", "mdsc"),
        "NKp46": ("nk",),
        "CD8": ("cd8",),
        "F4/80": ("kupffer", "monocyte"),
    }
    for marker, names in kinds.items():
        shine = at_sites(glowing[..., CHANNEL[marker]]) > 0.15
        cells = view.cells[view.cells["kind"].isin(names)]
        rows = ((cells["y_um"] - view.y0) / view.site).astype(int)
        columns = ((cells["x_um"] - view.x0) / view.site).astype(int)
        there = np.zeros(view.shape)
        there[rows, columns] = 1
        found = at_sites(np.kron(there, np.ones((8, 8)))) > 0
        assert shine[rows, columns].mean() > 0.9, marker
        assert (shine & ~at_sites(np.kron(found, np.ones((8, 8)))).astype(bool)).sum() == 0, marker


def test_tumour_shines_where_tumour_is(view, glowing):
    high, wide = view.shape
    shine = glowing[..., CHANNEL["tumour"]].reshape(high, 8, wide, 8).max(axis=(1, 3)) > 0.1
    own = view["tumour"] >= 0
    core = own & (view["compartment"] != SINUSOID)
    assert shine[core].mean() > 0.9
    # in the vessels beside tumour, round cells shine too: look away from both
    both = own | (view["tumour_lumen"] >= 0)
    near = at_sites(np.kron(at_sites(np.kron(both, np.ones((8, 8)))), np.ones((8, 8)))) > 0
    assert not shine[~near].any()


def test_lumina_and_glass_let_the_light_through(view):
    image = slides.brightfield(view, 8)
    assert image.shape == (view.shape[0] * 8, view.shape[1] * 8, 3) and image.min() >= 0 and image.max() <= 1
    bright = image.mean(axis=2)[4::8, 4::8]
    from scipy import ndimage

    deep = ndimage.binary_erosion(view["compartment"] == OUTSIDE, iterations=2)
    assert (bright[deep] > 0.9).all()
    assert bright[ndimage.binary_erosion(view["compartment"] == CENTRAL, iterations=2)].min() > 0.9
    own = ndimage.binary_erosion(view["tumour"] >= 0)
    assert bright[own].mean() < 0.75


def test_slides_are_the_same_every_time(view):
    assert np.array_equal(slides.brightfield(view, 4), slides.brightfield(view, 4))


def test_the_field_of_view_lies_on_the_largest_lesion_and_inside_the_tissue(made_up, view):
    x0, y0, x1, y1 = slides.field_of_view(view, 120.0)
    assert (x1 - x0, y1 - y0) == (120.0, 120.0)
    part = scene(made_up, window=(x0, y0, x1, y1))
    numbers, counts = np.unique(view["tumour"][view["tumour"] >= 0], return_counts=True)
    assert numbers[counts.argmax()] in part["tumour"]
    free = copy.deepcopy(view)
    free.arrays["tumour"] = np.full(view.shape, -1)
    x0, y0, x1, y1 = slides.field_of_view(free, 120.0)
    middle = (view.y0 + view.shape[0] * 5, view.x0 + view.shape[1] * 5)
    assert ((y0 + y1) / 2, (x0 + x1) / 2) == pytest.approx(middle, abs=20)


def test_a_slide_can_show_the_whole_tissue_or_any_window(made_up):
    for options in ({"field_um": float("inf")}, {"window": (50, 50, 170, 150)}, {"time_h": 6.0}):
        figure = slides.histology(made_up, **options)
        assert "Virtual H&E" in figure.axes[0].get_title(loc="left")
    assert "day 0.25" in figure.axes[0].get_title(loc="left")
    figure = slides.immunofluorescence(made_up, window=(50, 50, 170, 150))
    assert len(figure.axes) == 1 + len(stains.CHANNELS) and figure.dpi == style.DPI


def test_new_vessels_have_endothelium_and_change_their_calibre(view):
    """Nuclei lie along both walls of a vessel grown in the run, which is wide here and narrow there."""
    grown = copy.deepcopy(view)
    row = view.shape[0] // 2
    compartment = np.full(view.shape, PARENCHYMA, dtype=view["compartment"].dtype)
    compartment[row, 3:-3] = SINUSOID
    sites = np.flatnonzero(compartment.ravel() == SINUSOID)
    own = replace(grown, edges=np.stack([sites[:-1], sites[1:]], axis=1), points=np.stack(
        np.divmod(np.arange(compartment.size), view.shape[1]), axis=1) + 0.5, cells=None,
        arrays=grown.arrays | {"compartment": compartment, "diameter": np.zeros(view.shape), "perfused": (compartment == SINUSOID).astype(float)})  # fmt: skip
    y, x, angle = endothelium.grown_walls(own)
    bore = bores(own)[row, 3:-3]
    assert bore.max() > 1.4 * bore.min()
    assert np.allclose(np.sin(angle), 0, atol=1e-6) and len(y) > len(sites)
    for side in (-1, 1):
        far = side * (y - row - 0.5)[side * (y - row - 0.5) > 0] * view.site
        assert len(far) > 0.4 * len(sites) and far.min() > 2 and far.max() < 8
    dyes = stained(own, 8, stains.haematoxylin_eosin())
    dark = ndimage.maximum_filter(dyes[..., 0], 7) > 0.6  # the picture is bent by about two pixels
    at = [dark[int(v * 8), int(u * 8)] for v, u in zip(y, x, strict=True) if 0 < u < view.shape[1]]
    assert np.mean(at) > 0.8 > 0.5 > dark.mean()


def test_central_veins_have_a_lining(view):
    canvas = Canvas(view, 8)
    y, x, _ = endothelium.vein_walls(canvas)
    rows, columns = np.nonzero(view["compartment"] == CENTRAL)
    radius = np.hypot(y - rows.mean() - 0.5, x - columns.mean() - 0.5)
    assert len(y) >= 4 and abs(np.median(radius) - np.sqrt(len(rows) / np.pi)) < 0.7
    dyes = stained(view, 8, stains.haematoxylin_eosin())
    assert dyes[int(rows.mean() * 8), int(columns.mean() * 8)].max() < 0.1
