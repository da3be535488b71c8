"""Check that marks that appear together differ in colour for readers without red or green cones, by more than shape."""

from __future__ import annotations

import pytest
from colour_vision import closest, difference, lab

from livermet_sim.viz import style

LEAST = 18.0  # CIELAB; about 2.3 is just seen side by side, small marks apart need several times as much
TUMOUR = {f"tumour, {state}": colour for state, colour in style.STATE_COLOURS.items()}
HOST = {kind: colour for kind, colour in style.KIND_COLOURS.items() if kind != "tumour"}
PHASES = style.PHASE_COLOURS | {"lost": style.LOST_COLOUR}
CAUSES = {c: colour for c, colour in style.CAUSE_COLOURS.items() if c not in (*style.KIND_COLOURS, "none")}
KILLERS = {kind: style.KIND_COLOURS[kind] for kind in ("kupffer", "nk", "cd8", "neutrophil", "monocyte")}
TOGETHER = {
    "marks on a section": TUMOUR | HOST,
    "phases and lost lesions": PHASES,
    "growth patterns beside phases": style.PATTERN_COLOURS | PHASES,
    "what tumour cells were lost to": CAUSES | KILLERS,
}  # fmt: skip


def test_the_measure_knows_black_white_and_red_green_confusion():
    assert lab("#ffffff", "normal") == pytest.approx([100, 0, 0], abs=0.1)
    assert difference("#000000", "#ffffff") == pytest.approx(100, abs=0.5)
    assert lab("#ff0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.1)
    # a red and a green of one lightness, which people without green cones take for one another
    assert difference("#c2642c", "#848429") < 12 < 40 < closest({"a": "#0000ff", "b": "#ffff00"})[0]


@pytest.mark.parametrize("where", list(TOGETHER))
def test_colours_that_appear_together_differ_for_everybody(where):
    apart, one, other = closest(TOGETHER[where])
    assert apart >= LEAST, f"{one} and {other} are only {apart:.1f} apart"


def test_no_phase_has_the_colour_of_a_growth_pattern():
    assert not set(style.PATTERN_COLOURS.values()) & set(style.PHASE_COLOURS.values())
