"""Turn what every cell senses into what it is about to do: multivariate Hill responses, decreases dominant.

For one behaviour with base b0, ceiling bM and floor bm: U = sum (s/h)^p / (1 + sum (s/h)^p) over the raising
terms, D likewise over the lowering ones; raised = b0 + (bM - b0) U; result = raised + (bm - raised) D.
Johnson et al., Cell 2025, doi:10.1016/j.cell.2025.06.048 (the PhysiCell rules grammar).
"""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.lining import linings

FIELD, GRADIENT, SITE, OWN, SYSTEMIC, CONTACT, AROUND = range(7)
FELT = AROUND + 1
BLOCK = 32


@inline
def power_of(x, p):
    """Return x**p, below 1e300; by multiplication for 1, 2 and 4, which gives the same bits everywhere."""
    if p == 2.0:
        return x * x
    if p == 1.0:
        return x
    if p == 4.0:
        return (x * x) * (x * x)
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
def _feel(
    code, i, deficit, kind, whole, rows, place, cell_real, cell_whole, site_real, count, contacts, segments, segment_row, touching,
    around, layout, out,
):  # fmt: skip
    """Write what touches some cells, or lies around them; see `_sense`."""
    kinds, active, segment = layout[4], cell_real[layout[3]], cell_whole[layout[5]]
    for j in range(len(rows)):
        row, site = rows[j], place[j]
        stretch = segment[row]
        if whole and stretch >= 0:
            value = float(touching[stretch, i]) if code == CONTACT else around[i, stretch]
        elif code == AROUND:
            value = _all_around(site_real[i], site, contacts)
        elif layout[6 + i % kinds] == 1:
            value = float(linings(site, stretch, i >= kinds, contacts, segments, segment_row, active))
        else:
            itself = i == kind or (i == kind + kinds and active[row] > 0.5)
            value = _all_around(count[:, i], site, contacts) - (1.0 if itself else 0.0)
        out[j] = lack(value, deficit)


@inline
def _sense(
    code, i, deficit, kind, whole, rows, place, cell_real, cell_whole, concentration, site_real, count, contacts, neighbours,
    systemic, axes, length, segments, segment_row, touching, around, felt, layout, out,
):  # fmt: skip
    """Write one signal of some cells of one kind at the sites ``place``; ``whole`` for contacts along all that a cell lines."""
    if code in (CONTACT, AROUND):
        _feel(
            code, i, deficit, kind, whole, rows, place, cell_real, cell_whole, site_real, count, contacts, segments, segment_row,
            touching, around, layout, out,
        )  # fmt: skip
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
    for j in range(len(out)):
        value = signal[j] * gain
        if value != 0.0 and allowed & state[j]:
            out[j] += power_of(value / half_max, power)


@inline
def _respond(
    response, base, response_code, response_value, term_code, term_value, gain, senses, state, up, down, value
):
    """Write what one response makes of what some cells sense."""
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
def evaluate(
    first, stop, due, cell_real, cell_whole, concentration, site_real, count, contacts, neighbours, systemic, axes, length,
    segments, segment_row, touching, around, felt, layout, base, signal_first, signal_code, signal_deficit, response_first, response_code, response_value,
    term_code, term_value, gain, senses, rates,
):  # fmt: skip
    """Write the rate of every behaviour of the cells in rows ``first`` to ``stop`` - 1.

    Cells of one kind are done in blocks: their signals one after the other, then their behaviours, so that what
    a signal or a rule is has to be looked up once a block.

    Parameters
    ----------
    due : int64[K]
        0 for kinds whose rates stay as they are this time, 2 where those of cells in tissue do.
    cell_real, cell_whole : float64[columns, capacity], int64[columns, capacity]
    concentration : float64[n_sites, F], relative
    site_real : float64[columns, n_sites]
    count : int32[n_sites, 2 K]
        Cells of each kind at a site, then the activated ones of each kind.
    contacts, neighbours : int32[n_sites, m]
        Sites that a cell touches, and sites beside; of the latter
        pairs of opposites along the axes come first; -1 for none.
    systemic : float64[G]
    axes, length : int, float64[m] (um)
        The first ``2 axes`` neighbours are pairs of opposites; distance of each neighbour.
    segments, segment_row : int64[n_sites], int64[stretches]
        Stretch of lining at a site, and the row of the cell that lines it; -1 for none.
    touching, around : int32[stretches, 2 K], float64[columns, stretches]
        As ``count`` and ``site_real``, but of all that touches a stretch.
    felt : float64[m, capacity]
        What users' own functions have worked out for each cell.
    layout : int64[6 + K]
        Rows of kind, site, layer in ``cell_whole``; of activation in ``cell_real``; K; row of segment in ``cell_whole``; 1 for
        kinds that line stretches.
    base : float64[K, B]
    signal_first : int64[K + 1]; signal_code : int64[S, 2] (code, index); signal_deficit : float64[S]
        Signals per kind. Where the deficit d is positive, the signal is max(0, d - value).
    response_first : int64[K + 1]; response_code : int64[R, 3] (column, first and last term + 1);
    response_value : float64[R, 2] (ceiling, floor)
    term_code : int64[T, 3] (signal within its kind, raises, layer bits)
    term_value : float64[T, 2] (half-maximum, power)
    gain : float64[T]
        Share of the signal that gets through to the rule: 1, unless an intervention blocks a receptor.
    senses : float64[most signals of a kind, BLOCK]
        Work space; holds the signals of the last block afterwards.
    rates : float64[capacity, B]
        Written.
    """
    kind_row, site_row, layer_row = layout[0], layout[1], layout[2]
    block = senses.shape[1]
    rows, sites, states = np.empty(block, np.int64), np.empty(block, np.int64), np.empty(block, np.int64)
    up, down, value = np.empty(block), np.empty(block), np.empty(block)
    for kind in range(len(due)):
        row = first
        while due[kind] > 0 and row < stop:
            size = 0
            while row < stop and size < block:
                layer = cell_whole[layer_row, row]
                if cell_whole[kind_row, row] == kind and (due[kind] == 1 or layer == LUMEN):
                    rows[size], sites[size] = row, cell_whole[site_row, row]
                    states[size] = 1 << layer
                    size += 1
                row += 1
            own, place, state = rows[:size], sites[:size], states[:size]
            start = signal_first[kind]
            for slot in range(start, signal_first[kind + 1]):
                _sense(
                    signal_code[slot, 0], signal_code[slot, 1], signal_deficit[slot], kind, True, own, place, cell_real, cell_whole,
                    concentration, site_real, count, contacts, neighbours, systemic, axes, length, segments, segment_row, touching,
                    around, felt, layout, senses[slot - start],
                )  # fmt: skip
            for j in range(size):
                for column in range(rates.shape[1]):
                    rates[own[j], column] = base[kind, column]
            for response in range(response_first[kind], response_first[kind + 1]):
                column = response_code[response, 0]
                _respond(
                    response, base[kind, column], response_code, response_value, term_code, term_value, gain, senses,
                    state, up[:size], down[:size], value[:size],
                )  # fmt: skip
                for j in range(size):
                    rates[own[j], column] = value[j]


@kernel
def answer_at(
    kind, wanted, slots, rows, places, cell_real, cell_whole, concentration, site_real, count, contacts, neighbours, systemic, axes,
    length, segments, segment_row, touching, around, felt, layout, base, signal_first, signal_code, signal_deficit, response_first,
    response_code, response_value, term_code, term_value, gain, senses, out,
):  # fmt: skip
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
    block = senses.shape[1]
    state, up, down, value = np.empty(block, np.int64), np.empty(block), np.empty(block), np.empty(block)
    for start in range(0, len(rows), block):
        own, place = rows[start : start + block], places[start : start + block]
        size = len(own)
        for j in range(size):
            state[j] = 1 << cell_whole[layout[2], own[j]]
        for slot in slots:
            at = signal_first[kind] + slot
            _sense(
                signal_code[at, 0], signal_code[at, 1], signal_deficit[at], kind, False, own, place, cell_real, cell_whole,
                concentration, site_real, count, contacts, neighbours, systemic, axes, length, segments, segment_row, touching,
                around, felt, layout, senses[slot],
            )  # fmt: skip
        for m in range(len(wanted)):
            _respond(
                wanted[m], base[kind, response_code[wanted[m], 0]], response_code, response_value, term_code, term_value, gain,
                senses, state[:size], up[:size], down[:size], value[:size],
            )  # fmt: skip
            for j in range(size):
                out[start + j, m] = value[j]


@kernel
def listen(
    kind, rows, cell_real, cell_whole, concentration, site_real, count, contacts, neighbours, systemic, axes, length,
    segments, segment_row, touching, around, felt, layout, signal_first, signal_code, signal_deficit, out,
):  # fmt: skip
    """Write all that cells of one kind sense of the signals of its rules, as `evaluate` reads it; touches nothing else.

    Parameters
    ----------
    rows : int64[n]
        Cells, all of kind ``kind``; the other arguments are those of `evaluate`.
    out : float64[signals of the kind, n]
        Written.
    """
    place = np.empty(len(rows), np.int64)
    for j in range(len(rows)):
        place[j] = cell_whole[layout[1], rows[j]]
    start = signal_first[kind]
    for slot in range(start, signal_first[kind + 1]):
        _sense(
            signal_code[slot, 0], signal_code[slot, 1], signal_deficit[slot], kind, True, rows, place, cell_real, cell_whole,
            concentration, site_real, count, contacts, neighbours, systemic, axes, length, segments, segment_row, touching, around,
            felt, layout, out[slot - start],
        )  # fmt: skip
