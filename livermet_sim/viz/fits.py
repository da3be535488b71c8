"""Draw a calibration: how the loss fell, and what the best trials give beside what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.figure import Figure

from livermet_sim.viz import style

BEST, FITTING, OTHER = "#a01d5a", "#56b4e9", "#c9d1d9"


class Fit(Protocol):
    """What is asked of a calibration: targets with values and errors, trials with losses and predictions."""

    @property
    def targets(self) -> Sequence[Any]: ...
    @property
    def trials(self) -> Sequence[Any]: ...
    @property
    def best(self) -> Any: ...
    def fits(self, trial: Any) -> bool: ...


def draw(fit: Fit) -> Figure:
    """Return the loss of every trial, and the deviation of every trial from every target."""
    figure = style.picture(12.0, 0.32 * sum(len(t.values) for t in fit.targets) + 3.6)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.3))
    style.dress(left, "How the fit came about", "trial", "loss (mean square deviation)")
    numbers = np.array([trial.number for trial in fit.trials])
    losses = np.array([max(trial.loss, 1e-3) for trial in fit.trials])
    good = np.array([fit.fits(trial) for trial in fit.trials])
    for those, colour, label in ((~good, OTHER, "misses a target"), (good, FITTING, "meets all targets")):
        left.plot(numbers[those], losses[those], "o", color=colour, markersize=5, label=label)
    left.plot(numbers, np.minimum.accumulate(losses), color=BEST, linewidth=1.8, label="best so far")
    left.set_yscale("log")
    style.legend(left, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)
    _deviations(right, fit)
    return figure


def _deviations(ax, fit: Fit) -> None:
    style.dress(ax, "Every target", "deviation (standard errors)", grid="x")
    ax.axvspan(-2, 2, color="#eef3ee", zorder=0)
    ax.axvline(0, color=style.INK, linewidth=1)
    names, place = [], 0
    for t, target in enumerate(fit.targets):
        off = [
            target.deviations(np.array([np.nan if v is None else v for v in trial.predicted[t]]))
            for trial in fit.trials
        ]
        for i, value in enumerate(target.values):
            for trial, deviation in zip(fit.trials, off, strict=True):
                best = trial is fit.best
                colour = BEST if best else FITTING if fit.fits(trial) else OTHER
                ax.plot(np.clip(deviation[i], -9.7, 9.7), place, "D" if best else "o", color=colour,
                        markersize=7 if best else 4, zorder=4 if best else 2 + fit.fits(trial))  # fmt: skip
            when = f", day {target.days[i]:g}" if target.days else ""
            names.append(f"{target.name}{when}\n{value:.3g} ± {target.errors[i]:.2g}")
            place += 1
    ax.set_yticks(range(place), names, fontsize=style.TICK_SIZE)
    ax.invert_yaxis()
    ax.set_xlim(-10, 10)
