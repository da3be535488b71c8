"""Check the maps that compare: borders by growth pattern, two livers, and who killed whom."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pandas as pd
import pytest
from synthetic import result

from livermet_sim.base.errors import ResultError
from livermet_sim.model import LiverModel
from livermet_sim.observe.frames import moment
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.viz import border, figures, immune, style, two_livers
from livermet_sim.viz.canvas import rgb
from livermet_sim.viz.scene import scene
from livermet_sim.viz.tissue_map import tissue_map


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=60)


def disc(view, **changes):
    """Return the tissue with one round lesion in it and nothing else, some arrays changed in a ring."""
    y, x = np.mgrid[: view.shape[0], : view.shape[1]] - np.array(view.shape).reshape(2, 1, 1) / 2
    away = np.hypot(y, x + 6)
    tissue = np.isin(view["compartment"], (2, 3))
    arrays = dict(view.arrays) | {
        "tumour": np.where((away < 4) & tissue, 7, -1).astype(np.int32), "collagen": np.zeros(view.shape),
        "parenchyma": ((away >= 4) & tissue) * 1.0, "patency": np.ones(view.shape),
    }  # fmt: skip
    for name, (inner, outer, value) in changes.items():
        arrays[name] = np.where((away >= inner) & (away < outer) & tissue, value, arrays[name])
    cells = view.cells[view.cells["kind"] == "stellate"].iloc[:0]
    if "collagen" in changes:
        rows, columns = np.nonzero((away >= 4) & (away < 6))
        cells = pd.DataFrame({"kind": "stellate", "activation": 0.9, "x_um": view.x0 + (columns + 0.5) * view.site,
                              "y_um": view.y0 + (rows + 0.5) * view.site})  # fmt: skip
    return dataclasses.replace(view, arrays=arrays, cells=cells)


@pytest.mark.parametrize(
    ("changes", "pattern"),
    [
        ({}, "replacement"),
        ({"collagen": (3, 7, 0.9)}, "desmoplastic"),
        ({"patency": (3, 7, 0.2)}, "pushing"),
        ({"compartment": (3.5, 7, 3)}, "pushing"),  # sinusoids closed
        ({"parenchyma": (3, 7, 0.0)}, None),
    ],
)
def test_a_border_has_the_pattern_of_what_lies_around_it(made_up, changes, pattern):
    view = disc(scene(made_up), **changes)
    shares = border.border_shares(view, border.stretches(view, border.thresholds_of({})))
    if pattern is None:
        assert shares == {}
        return
    assert list(shares) == [7]
    assert shares[7][border.PATTERNS.index(pattern)] > 0.6, shares
    assert shares[7].sum() == pytest.approx(1)


def test_thresholds_of_the_run_count(made_up):
    view = disc(scene(made_up), patency=(3, 7, 0.2))
    other = copy.copy(made_up)
    other.scenario = made_up.scenario | {"phases": {"compressed": 0.1, "angiogenic_cells": 5}}
    assert border.thresholds_of(other) == Thresholds(compressed=0.1)
    found = border.stretches(view, border.thresholds_of(other))
    assert border.border_shares(view, found)[7][border.PATTERNS.index("pushing")] < 0.1


def test_the_map_marks_liver_beside_the_tumour(made_up):
    view = scene(made_up)
    pattern = border.border_patterns(view, border.stretches(view, border.thresholds_of(made_up)))
    assert (pattern >= 0).sum() > 10
    for row, column in np.argwhere(pattern >= 0):
        beside = [view["tumour"][row + dy, column + dx] for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0))]
        assert view["tumour"][row, column] < 0 and max(beside) >= 0


def test_shares_are_those_of_the_run_itself():
    model = LiverModel("strip", seed=2)
    result = model.run("5 day")
    for source in (model, result):
        view = scene(source)
        shares = border.border_shares(view, border.stretches(view, border.thresholds_of(source)))
        assert shares
        table = result.lesions.set_index("lesion")
        for number, share in shares.items():
            told = [table.loc[number, f"{name}_share"] for name in border.PATTERNS]
            assert share == pytest.approx(told, abs=1e-9), source


def test_the_difference_map_shows_what_only_one_liver_has(made_up):
    early, late = scene(made_up, 24.0 * 7), scene(made_up, 672.0)
    image = two_livers.tumour_difference(early, late, 6)
    middle = image[3::6, 3::6]
    only = (late["tumour"] >= 0) & ~(early["tumour"] >= 0)
    both = (late["tumour"] >= 0) & (early["tumour"] >= 0)
    for mask, colour in ((only, two_livers.SECOND), (both, two_livers.BOTH)):
        shown = np.abs(middle - rgb(colour)).max(axis=2) < 0.1
        assert shown[mask].mean() > 0.7 and not shown[(early["tumour"] < 0) & (late["tumour"] < 0)].all()
    same = two_livers.tumour_difference(late, late, 6)
    assert not (np.abs(same - rgb(two_livers.FIRST)).max(axis=2) < 0.02).any()


def test_the_difference_of_a_field_is_second_minus_first(made_up):
    early, late = scene(made_up, 24.0), scene(made_up, 672.0)
    _, most = two_livers.field_difference(early, late, "oxygen", 4)
    inside = np.isin(early["compartment"], (2, 3))
    assert most == pytest.approx(np.abs(late["oxygen"] - early["oxygen"])[inside].max())
    image, zero = two_livers.field_difference(late, late, "oxygen", 4)
    assert zero == 1.0 and image.min() >= 0


def test_livers_that_cannot_be_compared_are_refused(made_up):
    with pytest.raises(ResultError, match="a second run is needed"):
        figures.draw(made_up, "compare_livers")
    with pytest.raises(ResultError, match="the tissues differ in size"):
        figures.draw(made_up, "compare_livers", other=result(radius=16, count=3))
    figure = figures.draw(made_up, "compare_livers", other=made_up, layer="vegf", time_h=24)
    assert "(first)" in figure.axes[0].get_title(loc="left") and "day 1," in figure.axes[1].get_title(
        loc="left"
    )


def test_the_table_of_kills_counts_every_death(made_up):
    figure = figures.kills(made_up)
    deaths = made_up.events[made_up.events["event"] == "die"]
    counts = [int(t.get_text().replace(",", "")) for t in figure.axes[1].texts if t.get_text() != "·"]
    assert sum(counts) == len(deaths) > 0
    days = made_up.days
    bars = sum(p.get_height() * p.get_width() for p in figure.axes[0].patches)
    assert bars == pytest.approx(len(deaths)) and figure.axes[0].get_xlim() == (0, days)


def test_means_of_the_frames_are_those_of_the_cells(made_up):
    days, found = immune.means(made_up, "polarisation", ("kupffer", "neutrophil", "nobody"))
    assert set(found) == {"kupffer", "neutrophil"}
    for index, day in enumerate(days):
        _, cells = moment(made_up.frames, made_up.snapshots, index)
        mean = cells.loc[cells["kind"] == "kupffer", "polarisation"].mean()
        assert found["kupffer"][index] == pytest.approx(mean, abs=1e-6), day


def test_a_time_between_snapshots_shows_the_frame(made_up):
    other = copy.copy(made_up)
    other.snapshots = {
        k: v[[0, 5]] if np.ndim(v) == 2 and k != "edges" else v for k, v in made_up.snapshots.items()
    }
    other.snapshots["time_h"] = made_up.snapshots["time_h"][[0, 5]]
    assert scene(other, 170.0).time_h == 168.0 and scene(other, 10.0).time_h == 6.0
    assert np.array_equal(scene(other, 170.0)["tumour"], scene(made_up, 168.0)["tumour"])
    assert scene(other).time_h == 672.0


def test_figures_take_a_running_model(made_up):
    model = LiverModel("strip", seed=1)
    model.run("3 h")
    digest = model.engine.digest()
    view = scene(model)
    assert view.time_h == 3.0 and "tgf_beta" in view.arrays and len(view.cells) == len(model.agents)
    figure = figures.draw(model, "tissue_map", layer="tgf_beta")
    assert figure.axes[0].child_axes[-1].get_ylabel() == "tgf beta (relative)"
    for name in ("histology", "funnel_chart", "growth_pattern"):
        figures.draw(model, name).canvas.draw()
    assert model.engine.digest() == digest
    with pytest.raises(ResultError, match='no layer "tgf_bta"; did you mean "tgf_beta"'):
        figures.draw(model, "tissue_map", layer="tgf_bta")


def test_figures_draw_into_a_panel_that_is_given(made_up):
    figure = style.picture(12, 4)
    left, middle, right = figure.subplots(1, 3)
    assert figures.draw(made_up, "funnel_chart", ax=left) is left and left.patches
    assert figures.draw(made_up, "growth_curves", ax=middle) is middle and middle.lines
    assert tissue_map(made_up, ax=right) is right and right.images
    figure.canvas.draw()


def test_unknown_figures_and_options_are_refused(made_up):
    with pytest.raises(ResultError, match='no figure "histolgy"; did you mean "histology"'):
        made_up.plot("histolgy")
    with pytest.raises(
        ResultError, match='tissue_map: the figure has no option "laier"; did you mean "layer"'
    ):
        made_up.plot("tissue_map", laier="oxygen")
