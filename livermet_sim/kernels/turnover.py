"""Age cells, move their inner states, let them leave, secrete, arrive and cast traps."""

from __future__ import annotations

import math

from livermet_sim.kernels.codes import RECRUIT, RECRUITED, TUMOUR, TURNOVER
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import child_key, draw4

LEAVES, CASTS, DIVIDES, CONVERTS = 1, 2, 3, 4
# what turn_over needs of the cells' tables and of their rates, in the order in which it is told where that stands
WHOLE, REAL = ("kind", "key", "event"), ("load", "age", "sojourn")
KIND, KEY, EVENT = range(3)
LOAD, AGE, SOJOURN = range(3)
CALLERS = ("kind", "site", "key")
BEHAVIOURS = ("leave", "release_net", "divide", "convert", "digest")
LEAVE, CAST, DIVIDE, CONVERT, DIGEST = range(5)


@inline
def relax(value, up, down, dt):
    """Return a state in [0, 1] after ``dt`` hours of dv/dt = up (1 - v) - down v, exactly."""
    rate = up + down
    if rate <= 0.0:
        return value
    target = up / rate
    return target + (value - target) * math.exp(-rate * dt)


@kernel
def turn_over(n, seed, tick, dt, whole, at_whole, real, at_real, rates, columns, states, has):
    """Advance inner states by one step and decide who leaves, casts a trap, (stroma) divides or becomes another kind.

    Parameters
    ----------
    whole, real : int64[., capacity], float64[., capacity]
        The cells' tables; ``at_whole`` and ``at_real`` say where the columns WHOLE and REAL stand in them. The event is
        written for all but tumour cells: 0, LEAVES, CASTS, DIVIDES or CONVERTS.
    columns : int64[5]
        Columns of BEHAVIOURS in ``rates``.
    states : int64[S, 3]
        Of each inner state the row in ``real`` and the columns of what raises and lowers it.
    has : int64[K, S]
        Whether a kind has a state, 0 or 1.
    """
    kind, key, event = whole[at_whole[KIND]], whole[at_whole[KEY]], whole[at_whole[EVENT]]
    load, age, sojourn = real[at_real[LOAD]], real[at_real[AGE]], real[at_real[SOJOURN]]
    for r in range(n):
        age[r] += dt
        k = kind[r]
        if k == TUMOUR:
            sojourn[r] += dt
            continue
        event[r] = 0
        for s in range(len(states)):
            if has[k, s] == 1:
                row = states[s, 0]
                real[row, r] = relax(real[row, r], rates[r, states[s, 1]], rates[r, states[s, 2]], dt)
        if load[r] > 0.0:
            load[r] *= math.exp(-rates[r, columns[DIGEST]] * dt)
            if load[r] < 1e-3:
                load[r] = 0.0
        leave, cast, divide = rates[r, columns[LEAVE]], rates[r, columns[CAST]], rates[r, columns[DIVIDE]]
        total = leave + cast + divide + rates[r, columns[CONVERT]]
        if total > 0.0:
            u0, u1, _, _ = draw4(seed, TURNOVER, tick, key[r])
            if u0 < total * dt and u0 < 1.0 - math.exp(-total * dt):
                x = u1 * total
                if x < leave:
                    event[r] = LEAVES
                elif x < leave + cast:
                    event[r] = CASTS
                else:
                    event[r] = DIVIDES if x < leave + cast + divide else CONVERTS


@kernel
def secrete(begin, end, n, site, segment, rates, first, share, source):
    """Add what every cell that stands at one site secretes of the signals ``begin`` to ``end`` - 1 to that site.

    ``source`` is int64[sites, F] in units of 2**-20, whole so that the order of cells cannot show; ``first`` the column of
    the first signal's secretion;
    ``share`` how many times denser it is in a site than in one that it is declared for (``Tissue.dilution``).
    """
    for r in range(n):
        if segment[r] >= 0:
            continue
        s = site[r]
        for f in range(begin, end):
            strength = rates[r, first + f]
            if strength > 0.0:
                source[s, f] += int(strength * share * 1048576.0)


@kernel
def secrete_along(begin, end, segments, given, part, at, touched, source):
    """Add the secretion of cells that line stretches of vessel to their sites ``begin`` to ``end`` - 1.

    ``given``, int64[stretches, F], is what each place of a stretch gets, in units of ``source``, and ``part``, float64[stretches],
    of the whole cell's secretion; 0 where nobody lines it.
    ``at``, int32[sites], is the row of a place in ``touched``, float64[places, F], which says what such a cell would
    secrete if it were touched all along as it is there; -1 where what is given holds.
    """
    for s in range(begin, end):
        own = segments[s]
        if own < 0 or part[own] == 0.0:
            continue
        for f in range(source.shape[1]):
            if at[s] < 0:
                source[s, f] += given[own, f]
            elif touched[at[s], f] > 0.0:
                source[s, f] += int(touched[at[s], f] * part[own] * 1048576.0)


@kernel
def recruit(n, seed, tick, dt, lining, whole, at, perfused, rates, first, resting, drawn):
    """Let blood cells leave the stream where the lining calls them; returns their number.

    ``resting[k]`` is the arrivals per LSEC and hour that keep kind k's resting density, 0 for kinds that do
    not come with the blood. ``whole`` is the cells' table, in which ``at`` says where the columns CALLERS stand.
    ``drawn``, int64[3, most], receives each arrival's LSEC, by row, its kind, and its key, which derives from the LSEC's.
    """
    kind, site, key = whole[at[0]], whole[at[1]], whole[at[2]]
    rows, codes, keys = drawn[0], drawn[1], drawn[2]
    kinds, arrivals = len(resting), 0
    for r in range(n):
        if kind[r] != lining or perfused[site[r]] <= 0.0:
            continue
        for block in range(0, kinds, 4):
            wanted = 0.0
            for k in range(block, min(block + 4, kinds)):
                wanted += resting[k]
            if wanted <= 0.0:
                continue
            draws = draw4(seed, RECRUIT + ((block + 1) << 16), tick, key[r])
            for k in range(block, min(block + 4, kinds)):
                rate = resting[k] * rates[r, first + k]
                u = draws[k - block]
                if u < rate * dt and u < 1.0 - math.exp(-rate * dt) and arrivals < len(rows):
                    rows[arrivals] = r
                    codes[arrivals] = k
                    keys[arrivals] = child_key(seed, RECRUITED + (k << 16), tick, key[r])
                    arrivals += 1
    return arrivals
