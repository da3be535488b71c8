"""Draw who acts on whom in a run: senders at the left, what they act through in the middle, cells that answer at the right."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from livermet_sim.rulebook.ablation import OWN_PHASE, PHASE_OF
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording

RAISES, LOWERS, MAKES = "#0072b2", "#d55e00", "#8c8c8c"
PANELS = (*PHASE_OF.values(), OWN_PHASE)
FAINTEST, WIDEST = 1e-3, 5.5  # a mean response drawn as a hair, and points for a full one
ROW, LEAST_ROWS = 0.27, 7
LEFT, MIDDLE, RIGHT = 0.0, 1.0, 2.0
BESIDE = 0.03
WIDE_STEP = 0.02  # of a panel's height, between two lines at most
FAN = 0.85  # of a row's height, between the outermost lines
LETTERS = 27  # of a line between the curves
Rows = Sequence[Mapping[str, Any]]
Answer: TypeAlias = tuple[str, str, str]


def draw(edges: Rows, called: Mapping[str, str], title: str) -> Figure:
    """Return the network of rules as small multiples, one for each phase with a rule that spoke.

    Parameters
    ----------
    edges : sequence of mapping
        See `rulebook.senders.Network.edges`.
    called : mapping
        What a reader calls the kinds of cells; their order is that of the picture.
    title : str
    """
    spoke = [edge for edge in edges if not edge["silent"]]
    phases = [phase for phase in PANELS if any(edge["phase"] == phase for edge in spoke)]
    across = 2 if len(phases) > 1 else 1
    lines = [phases[i : i + across] for i in range(0, len(phases), across)] or [[]]
    heights = [max([LEAST_ROWS, *(_rows(spoke, phase) for phase in line)]) for line in lines]
    figure = style.picture(7.4 * across, ROW * sum(heights) + 0.75 * len(lines) + 1.1)
    panels = figure.subplots(len(lines), across, squeeze=False, height_ratios=heights)
    for ax in panels.ravel():
        ax.axis("off")
    for line, row in zip(lines, panels, strict=True):
        for phase, ax in zip(line, row, strict=False):
            _panel(ax, [edge for edge in spoke if edge["phase"] == phase], called, phase)
    _key(figure, title)
    silent = len(edges) - len(spoke)
    wording.footnote(
        figure, f"{len(spoke)} rules that spoke; {silent} were silent in this run and are not drawn. Phases are those of the "
        "mechanisms in the literature.\nWidth: mean response of the answering cells, 0 to 1, on a logarithmic scale; grey: "
        "by share of what is made.",
    )  # fmt: skip
    return figure


def _rows(edges: Rows, phase: str) -> int:
    own = [edge for edge in edges if edge["phase"] == phase]
    return max(
        len({e["through"] for e in own}),
        len({s for e in own for s in e["senders"]}),
        len({e["actor"] for e in own}),
    )


def width(response: float) -> float:
    """Return how wide a response is drawn, in points."""
    share = np.log(max(response, FAINTEST) / FAINTEST) / np.log(1.0 / FAINTEST)
    return 0.6 + (WIDEST - 0.6) * float(share)


def _panel(ax: Axes, edges: Rows, called: Mapping[str, str], phase: str) -> None:
    """Draw the rules of one phase."""
    order = {kind: i for i, kind in enumerate(called)}
    senders = sorted({s for e in edges for s in e["senders"]}, key=lambda s: (order.get(s, len(order)), s))
    actors = sorted({e["actor"] for e in edges}, key=lambda a: order.get(a, len(order)))
    left, right = _spread(senders), _spread(actors)
    middle = _spread(_by_ends(edges, left, right))
    for pair, share in _made(edges).items():
        _curve(ax, (LEFT, left[pair[0]]), (MIDDLE - 0.46, middle[pair[1]]), MAKES, 0.5 + 3.0 * share, 0.5)
    answers = _answers(edges)
    leave = _fanned(answers, 0, middle, lambda key: (right[key[1]], key[2] == "lowers"))
    arrive = _fanned(answers, 1, right, lambda key: (middle[key[0]], key[2] == "lowers"))
    for key, response in sorted(answers.items(), key=lambda item: -item[1]):
        colour = RAISES if key[2] == "raises" else LOWERS
        _curve(ax, (MIDDLE + 0.46, leave[key]), (RIGHT, arrive[key]), colour, width(response), 0.75)
    for name, y in left.items():
        _name(ax, LEFT - BESIDE, y, name, called, "right")
    for name, y in right.items():
        _name(ax, RIGHT + BESIDE, y, name, called, "left")
    for name, y in middle.items():
        ax.text(
            MIDDLE,
            y,
            textwrap.fill(_short(name), LETTERS),
            ha="center",
            va="center",
            linespacing=0.95,
            fontsize=style.TICK_SIZE - 1.5,
            color=style.INK,
        )
    ax.set_xlim(LEFT - 0.62, RIGHT + 0.62)
    ax.set_ylim(1.04, -0.04)
    ax.set_title(f"{phase[0].upper()}{phase[1:]} mechanisms" if phase != OWN_PHASE else "Rules of your own", loc="left",
                 fontsize=style.LABEL_SIZE + 1, fontweight="bold", color=style.INK)  # fmt: skip


def _spread(names: Sequence[str]) -> dict[str, float]:
    """Return places from top to bottom."""
    return {name: (i + 0.5) / len(names) for i, name in enumerate(names)}


def _fanned(
    answers: Mapping[Answer, float], end: int, places: Mapping[str, float], turn: Callable[[Answer], Any]
) -> dict[Answer, float]:
    """Return where each line starts or ends: those of one name side by side, in the order in which they come."""
    found: dict[Answer, float] = {}
    for name, y in places.items():
        own = sorted((key for key in answers if key[end] == name), key=turn)
        step = min(WIDE_STEP, FAN / len(places) / max(1, len(own)))
        found |= {key: y + (i - (len(own) - 1) / 2.0) * step for i, key in enumerate(own)}
    return found


def _by_ends(edges: Rows, left: Mapping[str, float], right: Mapping[str, float]) -> list[str]:
    """Return what is acted through, ordered by where its senders and actors stand, so that few lines cross."""
    places: dict[str, list[float]] = {}
    for edge in edges:
        own = [left[s] for s in edge["senders"]]
        places.setdefault(edge["through"], []).extend([float(np.mean(own)), right[edge["actor"]]])
    return sorted(places, key=lambda name: (float(np.mean(places[name])), name))


def _made(edges: Rows) -> dict[tuple[str, str], float]:
    return {(sender, e["through"]): share for e in edges for sender, share in e["senders"].items()}


def _answers(edges: Rows) -> dict[Answer, float]:
    """Return the strongest response of an actor to a signal, either way."""
    found: dict[Answer, float] = {}
    for e in edges:
        key = (e["through"], e["actor"], e["does"])
        found[key] = max(found.get(key, 0.0), e["response"])
    return found


def _curve(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, points: float, alpha: float
) -> None:
    """Draw a smooth line that leaves and arrives level."""
    bend = (start[0] + end[0]) / 2.0
    path = Path(
        [start, (bend, start[1]), (bend, end[1]), end], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    )
    ax.add_patch(
        PathPatch(path, facecolor="none", edgecolor=colour, linewidth=points, alpha=alpha, capstyle="butt")
    )


def _name(ax: Axes, x: float, y: float, name: str, called: Mapping[str, str], side: str) -> None:
    if name in called:
        ax.plot(x, y, "o", color=style.colour_of(name, called), markersize=8, clip_on=False)
    words_at = x + (0.04 if side == "left" else -0.04)
    ax.text(
        words_at,
        y,
        called.get(name, name),
        ha=side,
        va="center",
        fontsize=style.TICK_SIZE,
        color=style.INK if name in called else style.FAINT,
    )


def _short(name: str) -> str:
    """Return a signal in as few words as its place in the picture allows."""
    for long, short in (("the cell's own ", "own "), (" towards feeding the tumour", ""), ("the blood's ", ""), (" on the wall", ""),
                        (" of the tumour line", ""), (" in the matrix", ""), ("the ", ""), ("number and function of platelets", "platelets"), (" in the blood", "")):  # fmt: skip
        name = name.replace(long, short)
    return name


def _key(figure: Figure, title: str) -> None:
    handles = [
        Line2D([], [], color=MAKES, linewidth=2.5, alpha=0.6, label="makes it, or is it"),
        Line2D([], [], color=RAISES, linewidth=3, label="raises what the cells do"),
        Line2D([], [], color=LOWERS, linewidth=3, label="lowers it"),
        *(
            Line2D([], [], color=style.INK, linewidth=width(r), label=f"response {r:g}")
            for r in (0.001, 0.03, 1.0)
        ),
    ]
    key = figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), frameon=False, title=title, alignment="left",
                        fontsize=style.TICK_SIZE, labelcolor=style.INK)  # fmt: skip
    key.get_title().set(fontsize=style.TITLE_SIZE, fontweight="bold", color=style.INK)
