"""Solve L^2 lap(c) - c + s = 0 for many signals at once by alternating-direction iterations.

With A = A_x + A_y and A_d = 1/2 - L^2 d2/dd2 (no flux at the tissue's edge), one iteration adds the delta of
(1 + t A_x)(1 + t A_y) delta = omega t (s - A c). Its fixed point is the exact solution whatever t is; t runs
through a few values per signal, so that long and short waves both fade. With a single t it converges on any
outline of tissue; a cycle of several is faster and converges unless the outline is very ragged. Peaceman &
Rachford 1955, doi:10.1137/0103003.

Rows are compact indices of inside sites, signals are contiguous, so inner loops over signals vectorise.
"""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel


@kernel
def exchange(concentration, source, unit, sites, columns, value, load, inwards):
    """Copy the active ``columns`` of all inside ``sites`` into the working arrays, or the values back.

    Parameters
    ----------
    concentration, source : float64[n, F], int64[n, F]
        Site arrays; ``unit`` is the size of one step of the fixed-point source.
    value, load : float64[m + 1, W]
        Filled up to ``len(columns)``; row ``m`` and the padding columns stay 0.
    inwards : bool
        True from the site arrays into the working arrays.
    """
    for i in range(len(sites)):
        site = sites[i]
        for f in range(len(columns)):
            if inwards:
                value[i, f] = concentration[site, columns[f]]
                load[i, f] = source[site, columns[f]] * unit
            else:
                concentration[site, columns[f]] = value[i, f]


@inline
def _eliminate(start, stop, value, load, around, spread, scaled, factor, line):
    """Form the residual of one run of sites and eliminate forwards along it, into ``line``."""
    last = len(factor) // 2
    for i in range(start, stop):
        j = i - start
        here, source = value[i], load[i]
        east, west = value[i + 1 if i + 1 < stop else i], value[i - 1 if i > start else i]
        above, below = value[around[0, i]], value[around[1, i]]
        row = last + j if i + 1 == stop else j
        scale, carry = scaled[row], factor[row]
        before, target = line[j], line[j + 1]
        for f in range(len(target)):
            lap = east[f] + west[f] + above[f] + below[f] - 4.0 * here[f]
            residual = source[f] - here[f] + spread[f] * lap
            target[f] = scale[f] * residual + carry[f] * before[f]


@inline
def _turn(start, stop, line, inverse, factor, row_y, before_y, delta):
    """Substitute backwards along the run and eliminate across runs, into ``delta``."""
    for i in range(stop - 1, start - 1, -1):
        j = i - start
        # row 0 of the line is zero: nothing lies behind the last site
        target, after, carry_x = line[j + 1], line[j + 2 if i + 1 < stop else 0], factor[j]
        scale, carry = inverse[row_y[i]], factor[row_y[i]]
        before, result = delta[before_y[i]], delta[i]
        for f in range(len(result)):
            d = target[f] + carry_x[f] * after[f]
            target[f] = d
            result[f] = scale[f] * d + carry[f] * before[f]


@inline
def _add(value, delta, after_y, row_y, factor, change, peak):
    """Substitute backwards across runs, add the delta, note the largest change and value per signal."""
    for i in range(len(after_y) - 1, -1, -1):
        target, after, carry, here = delta[i], delta[after_y[i]], factor[row_y[i]], value[i]
        for f in range(len(target)):
            d = target[f] + carry[f] * after[f]
            c = here[f] + d
            target[f] = d
            here[f] = c
            change[f] = max(change[f], abs(d))
            peak[f] = max(peak[f], c)


@kernel
def relax(value, load, runs, around, row_y, before_y, after_y, spread, table, tolerance, most, work):
    """Iterate until no signal changes by more than ``tolerance`` of its largest value; return the count.

    Parameters
    ----------
    value, load : float64[m + 1, W]
        Values (start and result) and sources of the inside sites; row m is 0.
    runs : int32[r, 2]
        First and past-the-last site of each run of touching sites along x.
    around : int32[2, m]
        Sites north and south; the site itself where there is none.
    row_y, before_y, after_y : int32[m]
        Row in the coefficient table along y; sites before and after along y, m where there is none.
    spread : float64[W]
        (L / site)^2.
    table : float64[3, T, rows, W]
        Inverse pivots times omega t, inverse pivots, and elimination factors, for each of the T values of t,
        by place in a run; the second half of the rows is for a run's last site. Omega is below 2.
    work : float64[m + longest + 5, W]
        Scratch, zero at first: delta, then one line, then the largest change and value.
    """
    m = len(row_y)
    delta, line = work[: m + 1], work[m + 1 : len(work) - 2]
    change, peak = work[len(work) - 2], work[len(work) - 1]
    for iteration in range(most):
        t = iteration % table.shape[1]
        scaled, inverse, factor = table[0, t], table[1, t], table[2, t]
        for r in range(len(runs)):
            start, stop = runs[r, 0], runs[r, 1]
            _eliminate(start, stop, value, load, around, spread, scaled, factor, line)
            _turn(start, stop, line, inverse, factor, row_y, before_y, delta)
        change[:] = 0.0
        peak[:] = 0.0
        _add(value, delta, after_y, row_y, factor, change, peak)
        worst = 0.0
        for f in range(len(peak)):
            worst = max(worst, change[f] / max(peak[f], 1e-300))
        if worst <= tolerance:
            return iteration + 1
    return most
