"""Turn what every cell senses into what it is about to do: multivariate Hill responses, decreases dominant.

For one behaviour with base b0, ceiling bM and floor bm: U = sum (s/h)^p / (1 + sum (s/h)^p) over the raising
terms, D likewise over the lowering ones; raised = b0 + (bM - b0) U; result = raised + (bm - raised) D.
Johnson et al., Cell 2025, doi:10.1016/j.cell.2025.06.048 (the PhysiCell rules grammar).
"""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.due import list_due
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.lining import linings

FIELD, GRADIENT, SITE, OWN, SYSTEMIC, CONTACT, AROUND = range(7)
FELT = AROUND + 1
BLOCK = 32
WHOLE_POWER = 64.0  # up to which powers are multiplied out
# rows of ``layout``: where kind, site and layer stand in the cells' whole numbers, activation in their real ones, how many
# kinds there are, where the stretch stands, and from LINES on which kinds line stretches
KIND, PLACE, LAYER, ACTIVE, KINDS, SEGMENT, LINES = range(7)
# places in ``rules``, which `evaluate` describes
LAYOUT, BASE, SIGNAL_FIRST, SIGNAL_CODE, SIGNAL_DEFICIT = range(5)
RESPONSE_FIRST, RESPONSE_CODE, RESPONSE_VALUE, TERM_CODE, TERM_VALUE, GAIN = range(5, 11)


@inline
def power_of(x, p):
    """Return x**p, below 1e300; by multiplication for whole numbers, which is quick and gives the same bits everywhere."""
    if p == 2.0:
        return x * x
    if 1.0 <= p <= WHOLE_POWER and p == math.floor(p):
        rest, square, result = int(p), x, 1.0
        while rest > 0:
            if rest & 1:
                result *= square
            square *= square
            rest >>= 1
        return min(result, 1e299)
    if x > 1.0 and p * math.log(x) > 690.0:
        return 1e299
    return math.pow(x, p)


@inline
def slope(concentration, neighbours, site, i, axes, length):
    """Return the magnitude of a field's gradient per um; one-sided where a neighbour is missing."""
    squares = 0.0
    for axis in range(axes):
        ahead, behind = neighbours[site, 2 * axis], neighbours[site, 2 * axis + 1]
        difference, steps = 0.0, 0.0
        if ahead >= 0:
            difference += concentration[ahead, i] - concentration[site, i]
            steps += length[2 * axis]
        if behind >= 0:
            difference += concentration[site, i] - concentration[behind, i]
            steps += length[2 * axis]
        if steps > 0.0:
            squares += (difference / steps) * (difference / steps)
    return math.sqrt(squares)


@inline
def _all_around(value, site, contacts):
    """Return the sum of a value over a site and those that a cell there touches."""
    total = float(value[site])
    for k in range(contacts.shape[1]):
        if contacts[site, k] >= 0:
            total += value[contacts[site, k]]
    return total


@inline
def lack(value, deficit):
    """Return a signal, or what it lacks to a level where that is positive; never below 0."""
    if deficit > 0.0:
        value = deficit - value
    return value if value > 0.0 else 0.0


@inline
def _feel(slot, kind, whole, rows, place, liver, rules, out):
    """Write what touches some cells, or lies around them; see `_sense`."""
    cells, sites, lattice, stretches = liver
    cell_real, cell_whole, _ = cells
    _, site_real, count, _ = sites
    contacts = lattice[0]
    segments, segment_row, touching, around = stretches
    layout, deficit = rules[LAYOUT], rules[SIGNAL_DEFICIT][slot]
    code, i = rules[SIGNAL_CODE][slot, 0], rules[SIGNAL_CODE][slot, 1]
    kinds, active, segment = layout[KINDS], cell_real[layout[ACTIVE]], cell_whole[layout[SEGMENT]]
    for j in range(len(rows)):
        row, site = rows[j], place[j]
        stretch = segment[row]
        if whole and stretch >= 0:
            value = float(touching[stretch, i]) if code == CONTACT else around[i, stretch]
        elif code == AROUND:
            value = _all_around(site_real[i], site, contacts)
        elif layout[LINES + i % kinds] == 1:
            value = float(linings(site, stretch, i >= kinds, contacts, segments, segment_row, active))
        else:
            itself = i == kind or (i == kind + kinds and active[row] > 0.5)
            value = _all_around(count[:, i], site, contacts) - (1.0 if itself else 0.0)
        out[j] = lack(value, deficit)


@inline
def _sense(slot, kind, whole, rows, place, liver, rules, out):
    """Write one signal of some cells of one kind at the sites ``place``; ``whole`` for contacts along all that a cell lines."""
    cells, sites, lattice, _ = liver
    cell_real, _, felt = cells
    concentration, site_real, _, systemic = sites
    _, neighbours, axes, length = lattice
    code, i, deficit = rules[SIGNAL_CODE][slot, 0], rules[SIGNAL_CODE][slot, 1], rules[SIGNAL_DEFICIT][slot]
    if code in (CONTACT, AROUND):
        _feel(slot, kind, whole, rows, place, liver, rules, out)
        return
    for j in range(len(rows)):
        row, site = rows[j], place[j]
        if code == FIELD:
            value = concentration[site, i]
        elif code == SITE:
            value = site_real[i, site]
        elif code == OWN:
            value = cell_real[i, row]
        elif code == FELT:
            value = felt[i, row]
        elif code == SYSTEMIC:
            value = systemic[i]
        else:
            value = slope(concentration, neighbours, site, i, axes, length)
        out[j] = lack(value, deficit)


@inline
def _add_strength(signal, gain, half_max, power, allowed, state, out):
    """Add (signal / half-maximum)^power of each cell, where the rule holds in its layer."""
    if power == 2.0:
        # apart, so that it vectorises; a signal that does not count is nothing, and adds nothing
        for j in range(len(out)):
            x = (signal[j] * gain if allowed & state[j] else 0.0) / half_max
            out[j] += x * x
        return
    if power == 4.0:
        for j in range(len(out)):
            x = (signal[j] * gain if allowed & state[j] else 0.0) / half_max
            out[j] += (x * x) * (x * x)
        return
    for j in range(len(out)):
        value = signal[j] * gain
        if value != 0.0 and allowed & state[j]:
            out[j] += power_of(value / half_max, power)


@inline
def _respond(response, base, rules, senses, state, up, down, value):
    """Write what one response makes of what some cells sense."""
    response_code, response_value = rules[RESPONSE_CODE], rules[RESPONSE_VALUE]
    term_code, term_value, gain = rules[TERM_CODE], rules[TERM_VALUE], rules[GAIN]
    for j in range(len(value)):
        up[j], down[j] = 0.0, 0.0
    for term in range(response_code[response, 1], response_code[response, 2]):
        _add_strength(
            senses[term_code[term, 0]], gain[term], term_value[term, 0], term_value[term, 1],
            term_code[term, 2], state, up if term_code[term, 1] else down,
        )  # fmt: skip
    ceiling, floor = response_value[response, 0], response_value[response, 1]
    for j in range(len(value)):
        value[j] = base + (ceiling - base) * (up[j] / (1.0 + up[j]))
        value[j] += (floor - value[j]) * (down[j] / (1.0 + down[j]))


@kernel
def evaluate(first, stop, due, liver, rules, senses, rates):
    """Write the rate of every behaviour of the cells in rows ``first`` to ``stop`` - 1.

    Cells of one kind are done in blocks: their signals one after the other, then their behaviours, so that what
    a signal or a rule is has to be looked up once a block.

    Parameters
    ----------
    due : int64[K]
        0 for kinds whose rates stay as they are this time, 2 where those of cells in tissue do.
    liver : tuple
        Four of them: cells, sites, lattice, stretches.
        *Cells*: the two tables, float64[columns, capacity] and int64[columns, capacity]; what users' own functions have
        worked out for each, float64[m, capacity].
        *Sites*: relative concentration, float64[n_sites, F]; the table, float64[columns, n_sites]; cells of each kind there
        and then the activated ones of each, int32[n_sites, 2 K]; and what is the same at all of them, float64[G].
        *Lattice*: sites that a cell touches and sites beside, int32[n_sites, m], -1 for none; how many axes there are,
        whose pairs of opposites come first among the sites beside; distance of each of these, float64[m] um.
        *Stretches* of lining: the one at a site, int64[n_sites], and the row of the cell that lines it, int64[stretches],
        -1 for none; cells and tables as for sites, but of all that touches a stretch, int32[stretches, 2 K] and
        float64[columns, stretches].
    rules : tuple
        ``layout``, int64[LINES + K]: rows and kinds as above.
        ``base``, float64[K, B].
        ``signal_first``, int64[K + 1]; ``signal_code``, int64[S, 2] (code, index); ``signal_deficit``, float64[S]: signals per
        kind. Where the deficit d is positive, the signal is max(0, d - value).
        ``response_first``, int64[K + 1]; ``response_code``, int64[R, 3] (column, first and last term + 1);
        ``response_value``, float64[R, 2] (ceiling, floor).
        ``term_code``, int64[T, 3] (signal within its kind, raises, layer bits); ``term_value``, float64[T, 2] (half-maximum,
        power); ``gain``, float64[T], the share of the signal that gets through to the rule: 1, unless a receptor is blocked.
    senses : float64[most signals of a kind, BLOCK]
        Work space; holds the signals of the last block afterwards.
    rates : float64[capacity, B]
        Written.
    """
    cell_whole, layout, base = liver[0][1], rules[LAYOUT], rules[BASE]
    signal_first, response_first, response_code = (
        rules[SIGNAL_FIRST],
        rules[RESPONSE_FIRST],
        rules[RESPONSE_CODE],
    )
    site_row, layer_row = layout[PLACE], layout[LAYER]
    block = senses.shape[1]
    sites, states = np.empty(block, np.int64), np.empty(block, np.int64)
    up, down, value = np.empty(block), np.empty(block), np.empty(block)
    of_kind, rows = np.zeros(len(due) + 1, np.int64), np.empty(stop - first, np.int64)
    list_due(first, stop, due, cell_whole[layout[KIND]], cell_whole[layer_row], of_kind, rows)
    for kind in range(len(due)):
        for begin in range(of_kind[kind], of_kind[kind + 1], block):
            own = rows[begin : min(begin + block, of_kind[kind + 1])]
            size = len(own)
            for j in range(size):
                sites[j], states[j] = cell_whole[site_row, own[j]], 1 << cell_whole[layer_row, own[j]]
            place, state = sites[:size], states[:size]
            start = signal_first[kind]
            for slot in range(start, signal_first[kind + 1]):
                _sense(slot, kind, True, own, place, liver, rules, senses[slot - start])
            for column in range(rates.shape[1]):
                for j in range(size):
                    rates[own[j], column] = base[kind, column]
            for response in range(response_first[kind], response_first[kind + 1]):
                column = response_code[response, 0]
                _respond(
                    response, base[kind, column], rules, senses, state, up[:size], down[:size], value[:size]
                )  # fmt: skip
                for j in range(size):
                    rates[own[j], column] = value[j]


@kernel
def answer_at(kind, wanted, slots, rows, places, liver, rules, senses, out):
    """Write what cells of one kind do at each of several places by what they sense there.

    Parameters
    ----------
    wanted : int64[m]
        Responses.
    slots : int64[s]
        Signals of the kind that they read.
    rows, places : int64[n]
        Cells and sites, one each for every row of ``out``; the other arguments are those of `evaluate`.
    out : float64[n, m]
        Written.
    """
    cell_whole, layer_row, base = liver[0][1], rules[LAYOUT][LAYER], rules[BASE]
    signal_first, response_code, block = rules[SIGNAL_FIRST], rules[RESPONSE_CODE], senses.shape[1]
    state, up, down, value = np.empty(block, np.int64), np.empty(block), np.empty(block), np.empty(block)
    for start in range(0, len(rows), block):
        own, place = rows[start : start + block], places[start : start + block]
        size = len(own)
        for j in range(size):
            state[j] = 1 << cell_whole[layer_row, own[j]]
        for slot in slots:
            _sense(signal_first[kind] + slot, kind, False, own, place, liver, rules, senses[slot])
        for m in range(len(wanted)):
            _respond(
                wanted[m], base[kind, response_code[wanted[m], 0]], rules, senses, state[:size], up[:size],
                down[:size], value[:size],
            )  # fmt: skip
            for j in range(size):
                out[start + j, m] = value[j]


@kernel
def listen(kind, rows, liver, rules, out):
    """Write all that cells of one kind sense of the signals of its rules, as `evaluate` reads it; touches nothing else.

    Parameters
    ----------
    rows : int64[n]
        Cells, all of kind ``kind``; the other arguments are those of `evaluate`.
    out : float64[signals of the kind, n]
        Written.
    """
    cell_whole, site_row, signal_first = liver[0][1], rules[LAYOUT][PLACE], rules[SIGNAL_FIRST]
    place = np.empty(len(rows), np.int64)
    for j in range(len(rows)):
        place[j] = cell_whole[site_row, rows[j]]
    start = signal_first[kind]
    for slot in range(start, signal_first[kind + 1]):
        _sense(slot, kind, True, rows, place, liver, rules, out[slot - start])
