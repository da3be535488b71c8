"""Draw the animals that an experiment needs: by day for each readout, and the power that numbers of animals give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from livermet_sim.viz import style

PALETTE = ("#4a2391", "#e69f00", "#1b9e57", "#d7191c", "#0072b2", "#8c510a")
MOST = 1000.0
Days = tuple[Sequence[float], Sequence[float]]


def animals_needed(
    by_day: Mapping[str, Days], number: np.ndarray, power: np.ndarray, wanted: float, best: str
) -> Figure:
    """Return two panels.

    Parameters
    ----------
    by_day : dict of str to (days, animals)
        For each readout, what is needed if the effect is weak; infinite numbers are left out.
    number, power : arrays
        Animals of each arm, and the power of the best option with so many.
    wanted : float
        The power wanted.
    best : str
        The best option in words.
    """
    figure = style.picture(11.0, 4.8)
    left, right = figure.subplots(1, 2)
    style.dress(left, "Animals of each arm", "day of the readout", "animals, if the effect is weak")
    for (name, (days, animals)), colour in zip(by_day.items(), PALETTE, strict=False):
        days, animals = np.asarray(days, dtype=float), np.asarray(animals, dtype=float)
        known = np.isfinite(animals)
        left.plot(days[known], animals[known], "o-", color=colour, markersize=5, label=name.replace("_", " "))
    left.set_yscale("log")
    left.set_ylim(1.5, MOST * 1.3)
    left.set_yticks(
        [2, 5, 10, 20, 50, 100, 200, 500, 1000], ["2", "5", "10", "20", "50", "100", "200", "500", "1000"]
    )
    left.minorticks_off()
    if left.lines:
        style.legend(left, loc="best")
    style.dress(right, f"Power by {best}", "animals of each arm", "power")
    right.plot(number, power, color=PALETTE[0], linewidth=2)
    right.axhline(wanted, color=style.FAINT, linewidth=1, linestyle="--")
    right.set_ylim(0.0, 1.03)
    right.set_xlim(2, number[-1])
    return figure
