"""Solve L^2 lap(c) - c + s = 0 for many signals at once by multigrid cycles on any outline of tissue.

One cycle sweeps over the lattice line by line, sums the imbalance that is left over blocks of 2 x 2, solves
for the correction there in the same way, on ever coarser levels, adds it, and sweeps back. The solution is
that of the fine lattice, whatever the coarse levels do; they make long waves fade as fast as short ones.
Brandt 1977, doi:10.1090/S0025-5718-1977-0431719-X.

Sites of a line change together, so that inner loops over a line's sites and signals vectorise; places with
fewer than four sides are then done one by one. The fine level works in the site arrays, in place.
"""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel, part

# columns of ``lines``, of ``edges`` and of ``levels``
BASE, FIRST, STOP, WHOLE, BLOCKS, BESIDE, EDGES = range(7)
PLACE, COLUMN, FORM, EAST, WEST, NORTH, SOUTH = range(7)
LINES, STRIDE, SITES = range(3)
SWEEPS = 6


@part
def _imbalance(here, value, load, stride, sites, lines, edges, form, gain, spread, tile, out):
    """Write gain (s - c + L^2 lap c) of one line, ``here``, to ``out``.

    ``tile[0]`` and ``tile[1]`` repeat the gain of a whole place and its product with the spread.
    """
    signals = len(spread)
    line = lines[here]
    begin, end = (line[BASE] + line[FIRST]) * signals, (line[BASE] + line[STOP]) * signals
    step, length = stride * signals, tile.shape[1]
    if line[WHOLE]:
        for start in range(begin, end, length):
            stop = min(start + length, end)
            now, source, target = value[start:stop], load[start:stop], out[start - begin : stop - begin]
            east, west = value[start + signals : stop + signals], value[start - signals : stop - signals]
            north, south = value[start + step : stop + step], value[start - step : stop - step]
            own, lap = tile[0], tile[1]
            for k in range(len(target)):
                c = now[k]
                target[k] = own[k] * (source[k] - sites * c) + lap[k] * (
                    (east[k] + west[k]) + (north[k] + south[k]) - 4.0 * c
                )
    for e in range(line[EDGES], lines[here + 1, EDGES]):
        edge = edges[e]
        shape, factor = form[edge[FORM]], gain[edge[FORM]]
        at, to = edge[PLACE] * signals, (edge[COLUMN] - line[FIRST]) * signals
        east, west, north, south = (
            edge[EAST] * signals,
            edge[WEST] * signals,
            edge[NORTH] * signals,
            edge[SOUTH] * signals,
        )
        for f in range(signals):
            c = value[at + f]
            lap = shape[1] * (value[east + f] - c) + shape[2] * (value[west + f] - c)
            lap += shape[3] * (value[north + f] - c) + shape[4] * (value[south + f] - c)
            out[to + f] = factor[f] * (load[at + f] - shape[0] * c + spread[f] * lap)


@inline
def _add(line, signals, value, change):
    """Add the change of one line."""
    target = value[(line[BASE] + line[FIRST]) * signals : (line[BASE] + line[STOP]) * signals]
    for k in range(len(target)):
        target[k] += change[k]


@inline
def _gather(line, signals, left, coarse):
    """Add what one line leaves unbalanced to its blocks."""
    for x in range(line[FIRST], line[STOP]):
        block = (line[BLOCKS] + x // 2) * signals
        at = (x - line[FIRST]) * signals
        for f in range(signals):
            coarse[block + f] += left[at + f]


@inline
def _correct(line, signals, value, coarse, mixed):
    """Add the blocks' corrections, interpolated, to one line; ``mixed`` is scratch."""
    begin, end = line[FIRST] // 2, (line[STOP] + 1) // 2
    size = (end - begin) * signals
    at, beside = (line[BLOCKS] + begin) * signals, (line[BESIDE] + begin) * signals
    own, across, target = coarse[at : at + size], coarse[beside : beside + size], mixed[:size]
    for k in range(size):
        target[k] = 0.5 * own[k] + 0.25 * across[k]
    for x in range(line[FIRST], line[STOP]):
        block = (x // 2 - begin) * signals
        next_to = at + block + (signals if x % 2 else -signals)
        to = (line[BASE] + x) * signals
        for f in range(signals):
            value[to + f] += mixed[block + f] + 0.25 * coarse[next_to + f]


@part
def _down(level, value, load, lines, edges, form, gains, spread, tiles, out, coarse, hand_on):
    """Sweep over the lines and, if wanted, hand what stays unbalanced to the blocks."""
    first, stop, stride, sites = level[LINES], level[3 + LINES], level[STRIDE], level[SITES]
    signals = len(spread)
    for y in range(first, stop):
        _imbalance(y, value, load, stride, sites, lines, edges, form, gains[0], spread, tiles[0], out)
        _add(lines[y], signals, value, out)
        if hand_on:
            # the line before has seen both its neighbours change
            for before in range(max(y - 1, first), y + 1 if y + 1 == stop else y):
                _imbalance(
                    before, value, load, stride, sites, lines, edges, form, gains[1], spread, tiles[1], out
                )  # fmt: skip
                _gather(lines[before], signals, out, coarse)


@part
def _up(level, value, load, lines, edges, form, gains, spread, tiles, out, coarse):
    """Add the correction and sweep back."""
    first, stop, stride, sites = level[LINES], level[3 + LINES], level[STRIDE], level[SITES]
    signals = len(spread)
    _correct(lines[stop - 1], signals, value, coarse, out)
    for y in range(stop - 1, first - 1, -1):
        # correction runs one line ahead, so that it and the sweep pass through memory together
        if y > first:
            _correct(lines[y - 1], signals, value, coarse, out)
        _imbalance(y, value, load, stride, sites, lines, edges, form, gains[0], spread, tiles[0], out)
        _add(lines[y], signals, value, out)


@inline
def _lend(ghosts, signals, value):
    """Give empty blocks beside the tissue a correction, so that interpolation needs no exception there."""
    for g in range(len(ghosts)):
        to, of = ghosts[g, 0] * signals, ghosts[g, 1] * signals
        for f in range(signals):
            value[to + f] = value[of + f]


@inline
def _largest(lines, first, stop, signals, value, out):
    """Note the largest size of each signal on some lines."""
    for y in range(first, stop):
        for place in range(lines[y, BASE] + lines[y, FIRST], lines[y, BASE] + lines[y, STOP]):
            for f in range(signals):
                out[f] = max(out[f], abs(value[place * signals + f]))


@kernel
def relax(concentration, source, unit, places, weights, scratch, tolerance, most):
    """Run cycles until none moves a signal by more than ``tolerance`` of its largest value; return their number.

    Parameters
    ----------
    concentration, source : float64[n F], int64[n F]
        Start and result; secretion in steps of ``unit``; sites in order, the signals of a site together.
    places : tuple
        ``levels``, int64[levels + 1, 3]: first line, rows from one line to the next, sites in a whole place.
        ``lines``, int32[lines + 1, 7]: row of the line's place 0; first place inside and the one after the last; whether
        places with four sides are done together; row of the line's first block, and of the nearest block on the other
        side; first of its edges.
        ``edges``, int32[k, 7], places done one by one: row, place in the line, form, rows of its neighbours.
        ``ghosts``, int64[k, 2]: empty blocks beside the tissue, and a block inside whose correction they take.
        ``form``, float64[forms, 5]: sites in a place and its ties to the east, west, north and south.
    weights : tuple
        ``gains``, float64[2, forms, F], for a sweep and for what it leaves: factor of the imbalance.
        ``spread``, float64[F]: (L / site)^2.
        ``tiles``, float64[levels, 2, 2, 16 F]: gains of a whole place, alone and times the spread, repeated.
    scratch : tuple
        For the secretion, float64[n F]; for value and load of the coarse levels, float64[blocks F] each; for one line,
        float64[(longest + 4) F].
    """
    levels, lines, edges, ghosts, form = places
    gains, spread, tiles = weights
    fine, value, load, out = scratch
    last, signals = len(levels) - 2, len(spread)
    for i in range(len(source)):
        fine[i] = source[i] * unit
    flat = levels.ravel()
    for cycle in range(most):
        for y in range(levels[1, LINES], levels[last + 1, LINES]):
            begin, end = (
                (lines[y, BASE] + lines[y, FIRST]) * signals,
                (lines[y, BASE] + lines[y, STOP]) * signals,
            )
            for i in range(begin, end):
                value[i] = 0.0
                load[i] = 0.0
        _down(flat, concentration, fine, lines, edges, form, gains, spread, tiles[0], out, load, True)
        for level in range(1, last + 1):
            # a block of the last level is as wide as the longest reach: a few sweeps solve it
            for _ in range(SWEEPS if level == last else 1):
                _down(
                    flat[3 * level :], value, load, lines, edges, form, gains, spread, tiles[level], out, load,
                    level < last,
                )  # fmt: skip
        for level in range(last - 1, 0, -1):
            _lend(ghosts, signals, value)
            _up(
                flat[3 * level :], value, load, lines, edges, form, gains, spread, tiles[level], out, value
            )  # fmt: skip
        _lend(ghosts, signals, value)
        _up(flat, concentration, fine, lines, edges, form, gains, spread, tiles[0], out, value)
        # the correction on the first coarse level is most of what the cycle has changed
        if cycle + 1 < most:
            for i in range(len(out)):
                out[i] = 0.0
            _largest(lines, levels[1, LINES], levels[2, LINES], signals, value, out[:signals])
            _largest(lines, 0, levels[1, LINES], signals, concentration, out[signals:])
            worst = 0.0
            for f in range(signals):
                worst = max(worst, out[f] / max(out[signals + f], 1e-300))
            if worst <= tolerance:
                return cycle + 1
    return most
