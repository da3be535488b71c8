"""Solve L^2 lap(c) - c + s = 0 for many signals at once by multigrid cycles on any outline of tissue.

One cycle sweeps over the sites (Gauss-Seidel), sums the imbalance that is left over blocks of 2 x 2, solves
for the correction there in the same way, on ever coarser levels, adds it, and sweeps again. The solution is
that of the fine lattice, whatever the coarse levels do; they only make long waves fade as fast as short ones.
Brandt 1977, doi:10.1090/S0025-5718-1977-0431719-X.

Signals are contiguous, so inner loops over them vectorise; the fine level works in the site arrays in place.
"""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel

# columns of ``links``; EAST and NORTH lie after a place in the order of a sweep, WEST and SOUTH before it
ROW, EAST, WEST, NORTH, SOUTH, FORM, AHEAD, PARENT, WEST_PARENT, SOUTH_PARENT, SIDE_X, SIDE_Y = range(12)
SWEEPS = 6


@inline
def _sweep_down(first, stop, value, load, unit, links, form, inverse, spread, coarse, line):
    """Sweep once and sum up what it leaves unbalanced over the blocks of the next level, into ``coarse``."""
    for i in range(first, stop):
        link, shape = links[i], form[links[i, FORM]]
        mass, g_east, g_west, g_north, g_south = shape[0], shape[1], shape[2], shape[3], shape[4]
        sides = g_east + g_west + g_north + g_south
        here, source, pivot = value[link[ROW]], load[link[ROW]], inverse[link[FORM]]
        east, west, north, south = (
            value[link[EAST]],
            value[link[WEST]],
            value[link[NORTH]],
            value[link[SOUTH]],
        )
        west_block, south_block = coarse[link[WEST_PARENT]], coarse[link[SOUTH_PARENT]]
        for f in range(len(line)):
            c = here[f]
            lap = g_east * east[f] + g_west * west[f] + g_north * north[f] + g_south * south[f] - sides * c
            line[f] = (source[f] * unit - mass * c + spread[f] * lap) * pivot[f]
        for f in range(len(line)):
            here[f] += line[f]
        # this place is balanced now; the change upsets those passed before
        for f in range(len(line)):
            west_block[f] += g_west * spread[f] * line[f]
        for f in range(len(line)):
            south_block[f] += g_south * spread[f] * line[f]


@inline
def _sweep_up(first, stop, value, load, unit, links, form, inverse, spread, coarse, line):
    """Add the interpolated correction ``coarse`` and sweep once more; note largest value and change."""
    corrected = first
    for i in range(first, stop):
        # the correction runs one line ahead of the sweep, so that both pass through memory once
        while corrected <= links[i, AHEAD]:
            link = links[corrected]
            target, own = value[link[ROW]], coarse[link[PARENT]]
            side_x, side_y = coarse[link[SIDE_X]], coarse[link[SIDE_Y]]
            for f in range(len(spread)):
                add = 0.5 * own[f] + 0.25 * (side_x[f] + side_y[f])
                target[f] += add
            corrected += 1
        link, shape = links[i], form[links[i, FORM]]
        mass, g_east, g_west, g_north, g_south = shape[0], shape[1], shape[2], shape[3], shape[4]
        sides = g_east + g_west + g_north + g_south
        here, source, pivot = value[link[ROW]], load[link[ROW]], inverse[link[FORM]]
        east, west, north, south = (
            value[link[EAST]],
            value[link[WEST]],
            value[link[NORTH]],
            value[link[SOUTH]],
        )
        for f in range(len(line)):
            c = here[f]
            lap = g_east * east[f] + g_west * west[f] + g_north * north[f] + g_south * south[f] - sides * c
            line[f] = (source[f] * unit - mass * c + spread[f] * lap) * pivot[f]
        for f in range(len(line)):
            here[f] += line[f]


@kernel
def relax(concentration, source, unit, starts, links, form, inverse, spread, value, load, tolerance, most):
    """Run cycles until none moves a signal by more than ``tolerance`` of its largest value; return their number.

    Parameters
    ----------
    concentration, source : float64[n, F], int64[n, F]
        Start and result; secretion in steps of ``unit``.
    starts : int64[levels + 1]
        Where in ``links`` each level begins.
    links : int32[places, 12]
        For each place of each level, in the order of the columns above: its row in the level's arrays; rows
        of the four places that share a side (its own where there is none); its row in ``form``; the last
        place that a sweep over this one reads; rows of its block and of the blocks of its west and south
        places; rows of the nearest blocks beside its own along x and y. Blocks are rows of ``value``.
    form, inverse : float64[forms, 5], float64[forms, F]
        Sites in a place and its ties to the east, west, north, south; 1 / (sites + spread ties).
    spread : float64[F]
        (L / site)^2.
    value, load : float64[blocks + 4, F]
        Scratch for the coarse levels; the last level's blocks are the row after the last.
    """
    last, fine = len(starts) - 2, starts[1]
    rest = len(value) - 3
    peak, moved, line = load[rest], load[rest + 1], load[rest + 2]
    for cycle in range(most):
        value[:] = 0.0
        load[:] = 0.0
        _sweep_down(0, fine, concentration, source, unit, links, form, inverse, spread, load, line)
        for level in range(1, last + 1):
            # a block of the last level is as wide as the longest reach: a few sweeps solve it
            for _ in range(SWEEPS if level == last else 1):
                _sweep_down(
                    starts[level], starts[level + 1], value, load, 1.0, links, form, inverse, spread, load, line
                )  # fmt: skip
        for level in range(last - 1, 0, -1):
            _sweep_up(
                starts[level], starts[level + 1], value, load, 1.0, links, form, inverse, spread, value,
                line,
            )  # fmt: skip
        _sweep_up(0, fine, concentration, source, unit, links, form, inverse, spread, value, line)
        worst = 0.0
        for f in range(len(spread)):
            worst = max(worst, moved[f] / max(peak[f], 1e-300))
        if worst <= tolerance:
            return cycle + 1
    return most
