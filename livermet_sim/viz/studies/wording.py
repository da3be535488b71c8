"""Hold what the plots of a study share: names, numbers and units as a reader says them, colours, footnotes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from livermet_sim.base.errors import LivermetError
from livermet_sim.viz import style
from livermet_sim.viz.studies.asked import Factor, Study

POINT, MEAN, LOW, HIGH = "#7b98b5", "#a01d5a", "#56b4e9", "#e69f00"
COLOURS = "viridis"
MOST_PANELS, MOST_BARS, MOST_WORDS = 12, 20, 8


def factors(study: Study) -> list[Factor]:
    return list(study.ranges)


def known(name: str, factors: dict[str, Factor]) -> str:
    if name not in factors:
        raise LivermetError("plot", f'"{name}" is not a factor of the study', name=name, valid=factors)
    return name


def value_ticks(ax: Axes, factor: Factor) -> None:
    ax.set_xticks(
        range(len(factor.values)), [value_words(v) for v in factor.values], fontsize=style.TICK_SIZE
    )


def value_words(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    return value if isinstance(value, str) else number(float(value))


def number(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def unit_of(study: Study, path: str) -> str:
    unit = next(f["unit"] for f in study.manifest["factors"] if f["path"] == path)
    return "" if unit == "1" else unit


def label(study: Study, path: str) -> str:
    unit = unit_of(study, path)
    return f"{short(path)} ({unit})" if unit else short(path)


def short(path: str) -> str:
    """Return a path without what its reader knows anyway."""
    return path.removeprefix("cells.").removesuffix(".enabled")


def dot(n: int) -> float:
    return float(np.clip(60 / math.sqrt(max(1, n)), 1.5, 7))


def footnote(figure: Figure, words: str) -> None:
    figure.supxlabel(words, fontsize=style.TICK_SIZE, color=style.FAINT, x=0.01, ha="left")
