"""Hold the forest plot to what it may say of experiments that are decided, open, and not readable."""

import math

from livermet_sim.viz.studies.forest import Line, forest

NAN = math.nan


def test_what_bounds_nothing_is_no_line_and_what_cannot_be_read_is_no_point():
    lines = [
        Line("decided", 0.4, 0.3, 0.5, "down", 0.5, 0.4, 0.6, "reproduced"),
        Line("one pair", 2.0, 0.0, math.inf, "up", NAN, NAN, NAN, "undecided"),
        Line("unread", NAN, NAN, NAN, "up", NAN, NAN, NAN, "undecided"),
    ]
    ax = forest(lines).axes[0]
    drawn = [(line.get_marker(), [float(x) for x in line.get_xdata()]) for line in ax.lines]
    assert ("None", [0.3, 0.5]) in drawn and ("o", [0.4]) in drawn and ("d", [2.0]) in drawn
    assert len(drawn) == 4  # and the line at 1
    assert [text.get_text() for text in ax.texts] == ["not readable"]
