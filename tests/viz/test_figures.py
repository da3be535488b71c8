"""Check that the pictures show what is in the result, for odd results too, and leave no global state."""

from __future__ import annotations

import copy
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from synthetic import result

from livermet_sim.base.errors import ResultError
from livermet_sim.state.tissue import PARENCHYMA, SINUSOID
from livermet_sim.viz import figures, key, style
from livermet_sim.viz.canvas import SCHEMATIC, rgb
from livermet_sim.viz.scene import scene
from livermet_sim.viz.tissue_map import LAYERS, field_image, heading, section, tissue_map


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=70)


@pytest.fixture(scope="module")
def bare():
    """A run in which nothing happened and nothing was kept."""
    empty = copy.deepcopy(result(radius=14, count=1))
    empty.snapshots, empty.frames = {}, {}
    for name in ("lesions", "events", "cells"):
        setattr(empty, name, getattr(empty, name).iloc[:0])
    counted = [c for c in empty.timeseries.columns if c.startswith(("n_", "dead_", "lesions_", "tumour_"))]
    empty.timeseries[[*counted, "entered", "born", "washed_out"]] = 0
    return empty


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_every_figure_draws(made_up, name):
    figure = figures.draw(made_up, name)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    assert (pixels[..., :3].min(axis=2) < 200).mean() > 0.01
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize("name", [n for n in figures.FIGURES if n not in figures.OF_TISSUE])
def test_a_run_without_anything_still_draws(bare, name):
    figures.draw(bare, name).canvas.draw()


@pytest.mark.parametrize("layer", list(LAYERS))
def test_every_layer_draws(made_up, layer):
    tissue_map(made_up, layer=layer, width=5).canvas.draw()


def test_save_all_writes_every_figure(made_up, bare, tmp_path, monkeypatch):
    few = {name: figures.FIGURES[name] for name in ("funnel_chart", "tissue_map")}
    monkeypatch.setattr(figures, "FIGURES", few)
    monkeypatch.setattr(figures, "SAVED_LAYERS", ("oxygen",))
    paths = figures.save_all(made_up, tmp_path / "figures")
    assert [p.stem for p in paths] == [*few, "map_oxygen"]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in paths)
    assert [p.stem for p in figures.save_all(bare, tmp_path / "bare")] == ["funnel_chart"]


def test_threads_draw_the_same_picture(made_up):
    alone = figures.funnel_chart(made_up)._repr_png_()
    with ThreadPoolExecutor(2) as pool:
        assert [p._repr_png_() for p in pool.map(figures.funnel_chart, [made_up] * 2)] == [alone, alone]


def test_unknown_layers_and_colours_are_refused(made_up):
    with pytest.raises(ResultError, match='no layer "oxgen"; did you mean "oxygen"'):
        tissue_map(made_up, layer="oxgen")
    with pytest.raises(ResultError, match='coloured by "stat"; did you mean "state"'):
        tissue_map(made_up, colour="stat")


def near(image, colour, tolerance=0.06):
    return (np.abs(image - colour).max(axis=2) < tolerance).sum()


def test_the_section_shows_tubes_tumour_and_sleep(made_up):
    early, late = scene(made_up, 24.0), scene(made_up, 672.0)
    first, last = section(early, 8), section(late, 8)
    assert near(first, SCHEMATIC.lumen) > 500
    for state in style.STATE_COLOURS.values():
        assert near(last, 0.82 * rgb(state)) > near(first, 0.82 * rgb(state)) + 100


def test_a_tumour_cell_in_a_vessel_is_seen(made_up):
    view = scene(made_up, 6.0)
    with_cells = section(view, 8)
    row, column = np.argwhere(view["tumour_lumen"] >= 0)[0]
    none = copy.deepcopy(made_up)
    none.snapshots["tumour_lumen"] = np.full_like(none.snapshots["tumour_lumen"], -1)
    without = section(scene(none, 6.0), 8)
    box = (slice(row * 8 - 8, row * 8 + 16), slice(column * 8 - 8, column * 8 + 16))
    changed = np.abs(with_cells - without).max(axis=2) > 0.1
    assert changed[box].sum() > 20


def test_sections_are_the_same_every_time(made_up):
    view = scene(made_up)
    assert np.array_equal(section(view, 5), section(view, 5))


def test_outside_is_white_and_fields_keep_their_colour(made_up):
    view = scene(made_up, window=(0, 0, 1e5, 1e5))
    image = field_image(view, 4, LAYERS["zone"])
    assert (image[:6, :6] > 0.99).all() and (section(view, 4)[:6, :6] > 0.99).all()


def test_the_title_counts_the_cells_of_the_scene(made_up):
    view = scene(made_up)
    cells = int((view["tumour"] >= 0).sum() + (view["tumour_lumen"] >= 0).sum())
    assert f"{cells:,} tumour cells" in heading(view) and heading(view).startswith("Day 28")


def test_the_key_counts_cells_and_kinds_a_scenario_adds(made_up):
    other = copy.deepcopy(made_up)
    other.cells.loc[other.cells["kind"] == "mdsc", "kind"] = "mast_cell"
    view = scene(other)
    labels = [h.get_label() for h in key.mark_cells(style.picture(4, 4).add_subplot(), view, 0.5)]
    assert "mast cell (5)" in labels and "Kupffer cell (40)" in labels
    assert any(label.startswith("activated stellate cell") for label in labels)
    assert style.colour_of("mast_cell", ["a", "mast_cell"]) == style.SPARE_COLOURS[1]


def test_small_lesions_are_ringed(made_up):
    ax = style.picture(4, 4).add_subplot()
    assert key.ring_small(ax, scene(made_up, 6.0), share=0.2)
    assert len(ax.lines[0].get_xdata()) == 5
    assert key.ring_small(ax, scene(made_up, 6.0), share=0.0) == []


def test_lesion_bars_are_sampled_when_there_are_many(made_up):
    many = result(radius=14, count=300)
    left = int(many.lesions["extravasated_h"].notna().sum())
    upper = figures.phase_timeline(many).axes[0]
    assert "of 300 lesions" in upper.get_ylabel() and left > 60
    assert figures.phase_timeline(made_up).axes[0].get_ylabel() == "60 of 70 lesions"


def test_series_panels_share_one_scale(made_up):
    figure = figures.tissue_series(made_up, "oxygen")
    bar = figure.axes[-1]
    views = [scene(made_up, hour) for hour in made_up.snapshots["time_h"]]
    plate = [np.isin(view["compartment"], (SINUSOID, PARENCHYMA)) for view in views]
    top = max(float(view["oxygen"][own].max()) for view, own in zip(views, plate, strict=True))
    assert bar.get_ylim()[1] == pytest.approx(top)
    assert top > float(views[-1]["oxygen"][plate[-1]].mean())
