"""Draw over time where the tumour of two livers stands that share their luck: in both, or in one of them only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from livermet_sim.viz import style
from livermet_sim.viz.key import ring_sites
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import pixels_per_site, say_joined, scale_bar
from livermet_sim.viz.two_livers import BOTH, FIRST, SECOND, tumour_difference

FEW = 30  # sites that are ringed in a panel


def difference_over_time(
    kept: Any, without: Any, times: Sequence[float], title: str, place: tuple[float, float] | None = None
) -> Figure:
    """Return a panel for each time.

    Where few sites differ they are ringed, as single cells are easily overlooked.

    Parameters
    ----------
    kept, without : Result
        The liver as it was and the one from which something was taken.
    times : sequence of float, h
        Of snapshots that both have.
    title : str
        What was taken out.
    place : (float, float), um, optional
        Where the cell stood, which gets a cross.
    """
    views = [(scene(kept, hours), scene(without, hours)) for hours in times]
    high, wide = views[0][0].shape
    columns = len(times) if wide <= 1.4 * high else -(-len(times) // 2)
    rows = -(-len(times) // columns)
    figure = style.picture(style.WIDE, rows * (style.WIDE / columns * high / wide + 0.5) + 0.8)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, (a, b) in zip(panels, views, strict=False):
        image = tumour_difference(a, b, pixels_per_site(a.shape, 520, 400_000))
        box = (a.x0, a.x0 + wide * a.site, a.y0 + high * a.site, a.y0)
        ax.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
        _ring_few(ax, a, b)
        if place is not None:
            ax.plot(*place, "x", color=style.INK, markersize=8, markeredgewidth=1.6)
        ax.set_axis_off()
        scale_bar(ax, box)
        counts = f"{len(a.tumour()):,} and {len(b.tumour()):,} tumour cells"
        ax.set_title(
            f"day {a.time_h / 24:.3g}: {counts}", fontsize=style.LABEL_SIZE, loc="left", color=style.INK
        )
    for ax in panels[len(views) :]:
        ax.set_visible(False)
    colours = (("only with it", FIRST), ("only without it", SECOND), ("in both", BOTH))
    handles = [Patch(color=colour, label=f"tumour {words}") for words, colour in colours]
    if place is not None:
        handles.append(panels[0].plot([], [], "x", color=style.INK, label="where it stood")[0])
    figure.legend(
        handles=handles, loc="outside lower right", ncols=5, frameon=False, fontsize=style.TICK_SIZE
    )
    figure.suptitle(
        f"Tumour with and without {title}", fontsize=style.TITLE_SIZE, x=0.01, ha="left", color=style.INK
    )
    say_joined(figure, views[0][0])
    return figure


def _ring_few(ax: Axes, a: Scene, b: Scene) -> None:
    """Ring the sites where one has tumour and the other has not, if they are few."""
    own = [(view["tumour"].ravel() >= 0) | (view["tumour_lumen"].ravel() >= 0) for view in (a, b)]
    alone = (own[0] & ~own[1], FIRST), (own[1] & ~own[0], SECOND)
    for sites, colour in alone:
        if 0 < np.count_nonzero(sites) <= FEW:
            ring_sites(ax, a, np.flatnonzero(sites), colour)
