"""Check that the pictures show what is in the result, for odd results too, and leave no global state."""

from __future__ import annotations

import copy
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from matplotlib.text import Text
from synthetic import result

from livermet_sim.base.errors import ResultError
from livermet_sim.observe.frames import of_result
from livermet_sim.observe.summary import death_shares
from livermet_sim.state.lesions import PHASE_WORDS
from livermet_sim.state.tissue import PARENCHYMA, SINUSOID
from livermet_sim.viz import charts, figures, key, lesions, style
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
def test_every_figure_draws(made_up, name, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
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


def test_save_all_writes_a_few_all_or_the_named_figures(made_up, bare, tmp_path, monkeypatch):
    names = ("funnel_chart", "tissue_map", "map_oxygen")
    monkeypatch.setattr(figures, "FIGURES", {name: figures.FIGURES[name] for name in names})
    monkeypatch.setattr(figures, "FEW", names[:2])
    told = []
    paths = figures.save_all(made_up, tmp_path / "all", "all", lambda *words: told.append(words))
    assert [p.stem for p in paths] == list(names)
    assert told == [("funnel_chart", 0, 3), ("tissue_map", 1, 3), ("map_oxygen", 2, 3)]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in paths)
    assert [p.stem for p in figures.save_all(made_up, tmp_path / "few")] == list(names[:2])
    assert [p.stem for p in figures.save_all(made_up, tmp_path / "a", "map_oxygen, funnel_chart")] == [
        *names[::-2]
    ]
    assert [p.stem for p in figures.save_all(bare, tmp_path / "bare", "all")] == ["funnel_chart"]
    with pytest.raises(ResultError, match='no figure "funel_chart"; did you mean "funnel_chart"'):
        figures.chosen("map_oxygen,funel_chart")


def test_a_first_look_takes_a_share_of_the_time_of_all():
    assert set(figures.FEW) < set(figures.FIGURES) and len(figures.FEW) <= 3


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
    assert f"{cells:,} tumour cells" in heading(view) and heading(view).startswith("Tissue, day 28: ")


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
    assert "of 300 lesions" in upper.get_ylabel() and left > lesions.MOST_BARS
    assert figures.phase_timeline(made_up).axes[0].get_ylabel() == f"{lesions.MOST_BARS} of 70 lesions"


def test_series_panels_share_one_scale(made_up):
    figure = figures.tissue_series(made_up, "oxygen")
    bar = figure.axes[-1]
    views = [scene(made_up, hour) for hour in made_up.snapshots["time_h"]]
    plate = [np.isin(view["compartment"], (SINUSOID, PARENCHYMA)) for view in views]
    top = max(float(view["oxygen"][own].max()) for view, own in zip(views, plate, strict=True))
    assert bar.get_ylim()[1] == pytest.approx(top)
    assert top > float(views[-1]["oxygen"][plate[-1]].mean())


def test_titles_say_what_is_shown_and_the_key_what_is_drawn_over_it(made_up):
    for layer, name in (
        ("oxygen", "Oxygen"),
        ("vegf", "VEGF"),
        ("perfusion", "Perfusion"),
        ("net", "Neutrophil traps"),
    ):
        ax = tissue_map(made_up, layer=layer, width=6).axes[0]
        assert ax.get_title("left").startswith(f"{name}, day 28: ")
        words = [text.get_text() for text in ax.get_legend().get_texts()]
        assert {"border of a lesion", "portal tract", "central vein"} <= set(words)


def written(figure, monkeypatch):
    """Return the texts that a figure really draws, with the box of each in pixels."""
    drawn = []
    draw = Text.draw

    def watched(text, renderer):
        draw(text, renderer)
        if text.get_visible() and text.get_text().strip():
            drawn.append((text.get_text(), text.get_fontsize(), text.get_window_extent(renderer)))

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", watched)
        figure.canvas.draw()
    return drawn


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_type_is_readable_on_a_slide_and_within_the_figure(made_up, name, monkeypatch):
    """No text is below 12 points when a figure is shown as large as a slide of 13.3 x 7.5 inches, nor beyond its edge."""
    figure = figures.draw(made_up, name)
    grown = min(style.SLIDE[0] / figure.get_figwidth(), style.SLIDE[1] / figure.get_figheight())
    texts = written(figure, monkeypatch)
    wide, high = figure.bbox.width, figure.bbox.height
    for words, size, box in texts:
        assert size * grown >= 12.0, (words, size * grown)
        assert box.x0 >= -2 and box.y0 >= -2 and box.x1 <= wide + 2 and box.y1 <= high + 2, (words, box)
    assert len(texts) > 3


def test_funnel_bars_begin_at_zero_and_are_as_long_as_their_share(made_up):
    figure = figures.funnel_chart(made_up)
    ax, table = figure.axes[0], made_up.funnel()
    assert ax.get_xscale() == "linear" and ax.get_xlim() == (0, 100)
    bars = [bar for bar in ax.patches if bar.get_hatch() is None]
    assert [bar.get_x() for bar in bars] == [0] * len(table)
    assert [bar.get_width() for bar in bars] == pytest.approx((100 * table["of_entered"]).tolist())
    hatched = [bar.get_width() for bar in ax.patches if bar.get_hatch()]
    entered = table["count"].iloc[0]
    assert hatched == pytest.approx([100 * n / entered for n in table["still_possible"] if n])
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == (["open: alive at the end"] if hatched else []) + ["95 % interval"]


def test_what_happened_is_never_nought_per_cent(made_up):
    assert [style.percent(x) for x in (0.0, 1e-6, 0.004, 0.006, 0.5, 0.9999, 1.0)] == [
        "0 %", "< 1 %", "< 1 %", "1 %", "50 %", "> 99 %", "100 %"]  # fmt: skip
    rare = copy.deepcopy(made_up)
    rare.timeseries["dead_shear"], rare.timeseries["dead_nk"] = 1, 1000
    words = [t.get_text() for t in figures.death_causes(rare).axes[0].get_legend().get_texts()]
    assert "shear stress: 1 (< 1 %)" in words and not any("(0 %)" in word for word in words)


def test_rare_causes_are_gathered_and_nothing_gets_lost(made_up):
    many = copy.deepcopy(made_up)
    for number, cause in enumerate(("shear", "nk", "cd8", "apoptosis", "kupffer")):
        many.timeseries[f"dead_{cause}"] = 10 + number
    ax = style.picture(8, 4).add_subplot()
    charts.draw_losses(ax, many, most=3)
    numbers = [
        int(t.get_text().split(": ")[1].split(" ")[0].replace(",", "")) for t in ax.get_legend().get_texts()
    ]
    assert len(numbers) == 3 and sum(numbers) == int(death_shares(many).sum())


def test_timeline_and_growth_curves_show_one_set_of_lesions_in_the_phase_in_which_they_stood(made_up):
    """A lesion that falls back to an earlier phase is drawn so, as the counts below it have it."""
    fallen = copy.deepcopy(made_up)
    frames = dict(of_result(fallen))
    number = int(frames["cell_lesion"][frames["cell_start"][-2] :].max())
    place = fallen.lesions.index[fallen.lesions["lesion"] == number][0]
    entered = {
        "arrested_h": 0.5,
        "extravasated_h": 2.0,
        "angiogenic_h": 100.0,
        "growth_h": 300.0,
        "lost_h": np.nan,
    }
    fallen.lesions.loc[place, list(entered)] = list(entered.values())
    grown = fallen.lesions.loc[place]
    frames["cell_phase"] = frames["cell_phase"].copy()
    last = np.arange(len(frames["cell_lesion"])) >= frames["cell_start"][-2]
    frames["cell_phase"][last & (frames["cell_lesion"] == grown["lesion"])] = PHASE_WORDS.index("angiogenic")
    fallen.frames = frames
    seen = lesions.course(fallen)
    before = lesions.stretches(grown, lesions.course(made_up), made_up.hours)
    after = lesions.stretches(grown, seen, fallen.hours)
    assert before[-1][2] == "growth" and after[-1][2] == "angiogenic" and after[:-1] != after
    assert after[0][0] == before[0][0] and after[-1][1] == before[-1][1]
    for one, following in itertools.pairwise(after):
        assert one[1] == following[0]
    known = len(lesions.counted(fallen.lesions))
    assert f"{known} lesions" in figures.phase_timeline(fallen).axes[0].get_ylabel()
    assert f"{known} lesions" in figures.growth_curves(fallen).axes[0].get_legend().get_title().get_text()
