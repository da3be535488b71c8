"""Palette pictures hold the cells where they are, and say the same as slow loops."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from livermet_sim.app import paint
from livermet_sim.app.choice import Choice
from livermet_sim.app.liver import Liver
from livermet_sim.app.overlay import FEW, REACH, Wish
from livermet_sim.base.errors import LivermetError
from livermet_sim.kernels.codes import LUMEN, SINUSOID, TUMOUR
from livermet_sim.viz import style


@pytest.fixture(scope="module")
def liver():
    (scenario,) = Choice("strip").scenarios()
    liver = Liver(scenario, 4, "strip")
    for _ in range(200):
        liver.step()
    return liver


def opened(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))


def test_a_stamp_is_drawn_where_the_cell_is_in_its_colour():
    film = paint.Film(
        (10, 12), 8, [paint.Look("a", "a", "#0072b2", radius=0.5), paint.Look("b", "b", "#d7191c")]
    )
    film.draw(0, np.array([2.5]), np.array([3.5]))
    film.draw(1, np.array([7.5, 0.0]), np.array([9.5, 0.0]))
    seen = opened(film.url())
    assert seen.shape == (80, 96, 4)
    assert tuple(seen[20, 28]) == (0, 0x72, 0xB2, 255) and tuple(seen[60, 76]) == (0xD7, 0x19, 0x1C, 255)
    assert tuple(seen[0, 0]) == (0xD7, 0x19, 0x1C, 255)  # a cell at the corner is cut, not wrapped around
    assert seen[79, 95, 3] == 0 and seen[40, 48, 3] == 0
    inside = np.hypot(*(np.mgrid[0:80, 0:96] - np.array([20, 28])[:, None, None])) < 3.5
    assert (seen[inside][:, 3] == 255).all()
    film.clear()
    assert not opened(film.url())[..., 3].any()


def test_shapes_differ_and_have_about_radius_one():
    y, x = np.mgrid[-2:2:201j, -2:2:201j]
    areas = {}
    for shape in ("disc", *set(paint.SHAPES.values())):
        inside = paint.shape_distance(shape, y, x) < 1
        areas[shape] = inside.sum() * (4 / 200) ** 2
        assert inside[100, 100] and 1.2 < areas[shape] < 3.5, shape
    assert len({round(area, 2) for area in areas.values()}) >= 4


def test_a_field_picture_is_the_field_on_its_scale(liver):
    values = liver.values("oxygen")
    low, high = liver.span("oxygen")
    seen = opened(paint.field_url(values, liver._near, (low, high), "gray"))[..., 0]
    inside = liver.view["compartment"] != 0
    wanted = 255 * np.clip((values - low) / (high - low), 0, 1)
    assert np.abs(seen[inside].astype(float) - wanted[inside]).max() <= 2


def test_all_cells_are_counted_and_drawn_in_the_window(liver):
    rows, y, x = liver.cells.drawn()
    cells = liver.model.world.cells
    tumour = np.flatnonzero(cells["kind"] == TUMOUR)
    assert set(tumour) <= set(rows) and len(tumour) > 3
    assert (y >= 0).all() and (y <= liver.view.shape[0]).all() and (x >= 0).all()
    entries = {entry["words"]: entry["count"] for entry in liver.cells.key(Wish())}
    assert entries["tumour cell, cycling"] + entries["tumour cell, dormant"] == len(tumour)
    by_phase = liver.cells.key(Wish(colour="phase"))
    assert sum(entry["count"] for entry in by_phase if entry["kind"] == "tumour") == len(tumour)
    kupffer = int((cells["kind"] == liver.model.world.code("kupffer")).sum())
    assert entries["Kupffer cell"] == kupffer


def test_a_hidden_kind_is_not_drawn(liver):
    everything = frozenset(liver.model.world.kinds)
    nothing = opened(liver.picture(Wish(hidden=everything))["cells"])
    assert not nothing[..., 3].any()
    only = opened(liver.picture(Wish(hidden=everything - {"kupffer"}))["cells"])
    row = int(liver.model.world.rows("kupffer")[0])
    rows, y, x = liver.cells.drawn()
    at = list(rows).index(row)
    shade = only[int(y[at] * liver.scale), int(x[at] * liver.scale)]
    assert tuple(shade) == (*bytes.fromhex(style.KIND_COLOURS["kupffer"][1:]), 255)


def test_every_layer_can_be_shown(liver):
    for layer in liver.layers:
        picture = liver.picture(Wish(layer))
        urls = [picture.get(name, "") for name in ("base", "field", "veil", "cells")]
        assert bool(urls[0]) != bool(urls[1] and urls[2]) and urls[3], layer
        for url in filter(None, urls):
            assert opened(url).ndim == 3
    assert {"section", "perfusion", "oxygen", "vegf", "collagen", "tgf_beta"} <= set(liver.layers)
    assert liver.picture(Wish("nonsense"))["base"] == liver.picture(Wish())["base"]


def test_the_section_is_painted_again_only_when_it_changed(liver):
    liver.repaint("section")
    assert not liver.stale("section") and liver.stale("perfusion") == ("perfusion" not in liver._base)
    liver.model.world.sites["collagen"][liver.model.world.tissue.inside[:40]] += 0.5
    assert liver.stale("section")
    liver.model.world.sites["collagen"][liver.model.world.tissue.inside[:40]] -= 0.5
    assert not liver.stale("section")


def look_at(liver: Liver, film: paint.Film, x: float, y: float) -> int:
    """Return the number of the look whose colour a pixel of the picture has, -1 for none (a halo is none)."""
    shade = int(film.pixels[film.pixel(y * liver.view.shape[0], x * liver.view.shape[1])])
    return (shade - paint.WHITE) // paint.SHADES - 1 if shade >= paint.WHITE + paint.SHADES else -1


@pytest.mark.parametrize("colour", ["state", "phase"])
@pytest.mark.parametrize("hidden", [frozenset(), frozenset({"kupffer"})])
def test_a_click_takes_what_is_drawn_on_top(liver, colour, hidden):
    wish = Wish(colour=colour, hidden=hidden)
    liver.picture(wish)
    film, groups = liver.cells._film(colour)
    rows, y, x = liver.cells.drawn()
    keys, seen = list(liver.model.world.cells["key"][rows]), 0
    near = np.repeat(np.column_stack([x, y]), 12, axis=0)
    near += np.random.default_rng(5).uniform(-0.7, 0.7, near.shape)
    for place in np.clip(near / liver.view.shape[::-1], 0, 1):
        number = look_at(liver, film, *place)
        found = liver.cells.nearest(*place, wish)
        if number >= 0:
            at = np.array([keys.index(found.key)])
            assert liver.cells._of(groups[number], rows[at], colour)[0], place
            seen += 1
    assert seen > 60


def test_a_tumour_cell_drawn_over_a_kupffer_cell_is_the_one_that_is_read(liver):
    world = liver.model.world
    cells, (rows, _, _) = world.cells, liver.cells.drawn()
    held = np.bincount(cells["site"], minlength=world.tissue.n)
    alone = [r for r in rows if cells["kind"][r] == TUMOUR and cells["lesion_size"][r] <= FEW]
    tumour = next(r for r in alone if held[cells["site"][r]] == 1)
    below = int(world.rows("kupffer")[0])
    before = {name: cells[name][below].copy() for name in ("site", "layer", "key")}
    cells["site"][below], cells["layer"][below] = cells["site"][tumour], cells["layer"][tumour]
    try:
        mine = liver.cells.where(liver.model.roster.look(np.array([tumour]))[0])
        for off in (0.0, 0.3, -0.3):
            place = mine[0] + off / liver.view.shape[1], mine[1]
            assert liver.cells.nearest(*place, Wish()).key == cells["key"][tumour]
        assert liver.cells.nearest(*mine, Wish(hidden=frozenset({"tumour"}))).kind == "kupffer"
    finally:
        for name, value in before.items():
            cells[name][below] = value


def test_a_click_beside_cells_takes_the_nearest_and_one_far_away_none(liver):
    rows, y, x = liver.cells.drawn()
    height, width = liver.view.shape
    film, _ = liver.cells._film("state")
    for place in np.random.default_rng(6).random((200, 2)):
        found = liver.cells.nearest(*place, Wish())
        away = np.hypot(y - place[1] * height, x - place[0] * width)
        if found is None:
            assert away.min() > REACH
        else:
            own = away[list(liver.model.world.cells["key"][rows]).index(found.key)]
            largest = max(look.radius for look in film.looks)
            assert own <= REACH + largest and own <= away.min() + largest
    everything = frozenset(liver.model.world.kinds)
    assert liver.cells.nearest(0.5, 0.5, Wish(hidden=everything)) is None
    for edge in ((0.0, 0.0), (1.0, 1.0)):
        liver.cells.nearest(*edge, Wish())
    with pytest.raises(LivermetError, match="not inside the picture"):
        liver.cells.nearest(1.5, 0.5, Wish())


def test_the_legend_names_what_a_layer_shows(liver):
    names = {
        layer: [words for words, _ in liver.structures(layer)] for layer in ("section", "perfusion", "oxygen")
    }
    assert "carries blood" in names["perfusion"] and not names["oxygen"]
    assert any("sinusoid without flow" in words for words in names["section"]) == bool(
        ((liver.view["perfused"] <= 0.5) & (liver.view["compartment"] == SINUSOID)).any()
    )
    assert any("red blood cells" in words for words in names["section"])
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for _, colour in liver.structures("section"))


def test_looking_changes_nothing():
    (scenario,) = Choice("strip").scenarios()
    watched, alone = Liver(scenario, 3, "a"), Liver(scenario, 3, "b")
    for tick in range(60):
        watched.step()
        alone.step()
        if tick % 20 == 0:
            for layer in ("section", "vegf"):
                watched.picture(Wish(layer))
                watched.repaint(layer)
            watched.cells.key(Wish("oxygen", "phase"))
            watched.cells.nearest(0.5, 0.5, Wish())
    assert watched.model.engine.digest() == alone.model.engine.digest()


def test_cells_in_vessels_and_alone_lie_on_top(liver):
    film, groups = liver.cells._film("state")
    solid = [look for look, group in zip(film.looks, groups, strict=True) if group.solid]
    alone = [look for look, group in zip(film.looks, groups, strict=True) if group.solid is False]
    assert len(solid) == len(alone) == 2 and not any(look.halo for look in solid)
    assert all(look.halo for look in alone) and all(
        look.radius * liver.scale >= paint.LEAST for look in alone
    )
    cells = liver.model.world.cells
    rows, _, _ = liver.cells.drawn()
    chosen = np.zeros(len(rows), dtype=int)
    for group in groups:
        chosen += liver.cells._of(group, rows, "state")
    assert (chosen == 1).all()  # every cell drawn has one look
    crowd = (
        (cells["layer"][rows] != LUMEN) & (cells["lesion_size"][rows] > FEW) & (cells["kind"][rows] == TUMOUR)
    )
    assert sum(int(liver.cells._of(g, rows, "state").sum()) for g in groups if g.solid) == int(crowd.sum())
