"""Charts say the numbers they are given."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest

from livermet_sim.app import charts, html
from livermet_sim.app.charts import Line


def svg(text: str) -> ET.Element:
    return ET.fromstring(re.search(r"<svg.*?</svg>", text, re.S)[0])


def test_a_curve_goes_through_its_points():
    picture = svg(charts.curves([Line("a", "#123456", [0, 1, 2], [0, 5, 10])], 2.0, "cells"))
    (path,) = [p for p in picture.iter("path") if p.get("stroke") == "#123456"]
    points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", path.get("d")) if pair]
    x, y = zip(*points, strict=True)
    assert x[1] - x[0] == pytest.approx(x[2] - x[1]) and y[0] - y[1] == pytest.approx(y[1] - y[2], abs=0.2)
    assert y[0] == charts.HEIGHT - charts.BOTTOM and x[2] == charts.WIDTH - charts.RIGHT


def test_a_logarithmic_axis_leaves_gaps_at_zero_and_at_no_number():
    text = charts.curves([Line("a", "#123456", [0, 1, 2, 3], [5, 0, math.nan, 50])], 3.0, "cells", log=True)
    (path,) = [p for p in svg(text).iter("path") if p.get("stroke") == "#123456"]
    assert path.get("d").count("M") == 2 and "nan" not in text


def test_bars_are_as_long_as_their_values():
    rows = [("all", (100.0, 50.0), ""), ("few <b>", (25.0, 0.0), "")]
    picture = svg(charts.bars(rows, ("#111111", "#222222"), ("a", "b")))
    wide = [float(r.get("width")) for r in picture.iter("rect")]
    assert wide[0] == pytest.approx(2 * wide[1], abs=0.2) and wide[0] == pytest.approx(4 * wide[2], abs=0.2)
    assert wide[3] == 0.5 and "few <b>" in [t.text for t in picture.iter("text")]


def test_boxes_show_the_lesions_and_cells_of_now():
    text = charts.boxes([1, 2, 0, 1], [1, 40, 0, 12_000], "treated <b>")
    assert re.findall(r"<b>(\d+)</b>", text) == ["1", "2", "0", "1"] and "treated &lt;b&gt;" in text
    assert re.findall(r"<span>([^<]+)</span>", text) == ["1 cell", "40 cells", "0 cells", "12,000 cells"]


def test_a_strip_stacks_its_phases_up_to_the_highest_sum():
    picture = svg(charts.strip([0.0, 1.0], [[3, 1], [0, 2], [0, 0], [0, 1]], 1.0))
    areas = [
        [tuple(map(float, p.split(","))) for p in a.get("points").split()] for a in picture.iter("polygon")
    ]
    assert [area[1] for area in areas] == [(charts.WIDTH, charts.STRIP * (1 - n / 4)) for n in (1, 3, 3, 4)]
    assert not list(svg(charts.strip([], [[], [], [], []], 1.0)).iter("polygon"))


def test_what_is_not_known_yet_is_a_dash_and_no_bar():
    text = charts.bars([("a", (4.0,), ""), ("b", (math.nan,), ""), ("c", (0.0,), "")], ("#111111",), log=True)
    picture = svg(text)
    assert [t.text for t in picture.iter("text") if t.get("class") == "tick"] == ["4", "-", "0"]
    assert len(list(picture.iter("rect"))) == 2 and "nan" not in text


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (0.25, "0.25"), (1234, "1,234"), (12345, "12.3k"), (2.5e6, "2.5M"), (math.nan, "-")])  # fmt: skip
def test_numbers_are_short(value, words):
    assert charts.number(value) == words


@pytest.mark.parametrize("high", [0.003, 0.9, 1, 7, 28, 365, 1e6, 0, math.inf])
def test_ticks_are_round_and_few(high):
    found = charts.ticks(high)
    assert found[0] == 0 and len(found) <= 11 and found[-1] <= max(high, 0) * 1.001


def test_what_a_scenario_names_is_escaped():
    told = {
        "title": "<i>",
        "facts": "<u>",
        "rules": [],
        "senses": [{"name": "<s>", "value": "1", "doc": '"<'}],
    }
    assert not re.search(r"<[ius]>", html.cell(told))
    entry = {"words": "<i>", "colour": "#111111", "shape": "disc", "kind": "x", "count": 2, "hidden": False}
    assert "<i>" not in html.legend([{"key": [entry]}]) and "(2)" in html.legend([{"key": [entry]}])
    two = [{"key": [entry], "structures": [("sinusoid <u>", "#fffaf5")]}] * 2
    assert html.legend(two).count("sinusoid &lt;u&gt;") == 1 and "(2 / 2)" in html.legend(two)
    assert "62.1" in html.scale(("oxygen (mmHg)", 0.0, 62.1, "inferno")) and html.scale(None) == ""
