"""Turn what every cell senses into what it is about to do: multivariate Hill responses, decreases dominant.

For one behaviour with base b0, ceiling bM and floor bm: U = sum (s/h)^p / (1 + sum (s/h)^p) over the raising
terms, D likewise over the lowering ones; raised = b0 + (bM - b0) U; result = raised + (bm - raised) D.
Johnson et al., Cell 2025, doi:10.1016/j.cell.2025.06.048 (the PhysiCell rules grammar).
"""

from __future__ import annotations

import math

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.kernels.jit import inline, kernel

FIELD, GRADIENT, SITE, OWN, SYSTEMIC, CONTACT, AROUND = range(7)


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
def slope(concentration, neighbours, site, i, spacing):
    """Return the magnitude of a field's gradient per um; one-sided where a neighbour is missing."""
    squares = 0.0
    for axis in range(2):
        ahead, behind = neighbours[site, 2 * axis], neighbours[site, 2 * axis + 1]
        difference, steps = 0.0, 0.0
        if ahead >= 0:
            difference += concentration[ahead, i] - concentration[site, i]
            steps += spacing
        if behind >= 0:
            difference += concentration[site, i] - concentration[behind, i]
            steps += spacing
        if steps > 0.0:
            squares += (difference / steps) * (difference / steps)
    return math.sqrt(squares)


@kernel
def evaluate(  # noqa: C901
    first, stop, due, cell_real, cell_whole, concentration, site_real, count, neighbours, systemic, spacing,
    layout, base, signal_first, signal_code, signal_deficit, response_first, response_code, response_value,
    term_code, term_value, gain, senses, rates,
):  # fmt: skip
    """Write the rate of every behaviour of the cells in rows ``first`` to ``stop`` - 1.

    Long, because handing arrays to a callee for each signal costs three times what the look-up does.

    Parameters
    ----------
    due : int64[K]
        0 for kinds whose rates stay as they are this time, 2 where those of cells in tissue do.
    cell_real, cell_whole : float64[columns, capacity], int64[columns, capacity]
    concentration : float64[n_sites, F], relative
    site_real : float64[columns, n_sites]
    count : int32[n_sites, 2 K]
        Cells of each kind at a site, then the activated ones of each kind.
    neighbours : int32[n_sites, 8]
        The four that share a side (E, W, S, N), then the corners; -1 for none.
    systemic : float64[G]
    spacing : float, um
        Distance of two sites.
    layout : int64[6]
        Rows of kind, site, layer, phase in ``cell_whole``; of activation in ``cell_real``; K.
    base : float64[K, B]
    signal_first : int64[K + 1]; signal_code : int64[S, 2] (code, index); signal_deficit : float64[S]
        Signals per kind. Where the deficit d is positive, the signal is max(0, d - value).
    response_first : int64[K + 1]; response_code : int64[R, 3] (column, first and last term + 1);
    response_value : float64[R, 2] (ceiling, floor)
    term_code : int64[T, 4] (signal within its kind, raises, layer bits, phase bits)
    term_value : float64[T, 2] (half-maximum, power)
    gain : float64[T]
        Share of the signal that gets through to the rule: 1, unless an intervention blocks a receptor.
    senses : float64[most signals of a kind]
        Work space; holds the signals of the last row afterwards.
    rates : float64[capacity, B]
        Written.
    """
    kind_row, site_row, layer_row, phase_row = layout[0], layout[1], layout[2], layout[3]
    activation_row, kinds = layout[4], layout[5]
    for row in range(first, stop):
        kind = cell_whole[kind_row, row]
        if due[kind] == 0 or (due[kind] == 2 and cell_whole[layer_row, row] != LUMEN):
            continue
        site = cell_whole[site_row, row]
        start = signal_first[kind]
        for slot in range(start, signal_first[kind + 1]):
            code, i = signal_code[slot, 0], signal_code[slot, 1]
            value = 0.0
            if code == FIELD:
                value = concentration[site, i]
            elif code == SITE:
                value = site_real[i, site]
            elif code == OWN:
                value = cell_real[i, row]
            elif code == CONTACT:
                total = -1 if i == kind or (i == kind + kinds and cell_real[activation_row, row] > 0.5) else 0
                total += count[site, i]
                for k in range(8):
                    if neighbours[site, k] >= 0:
                        total += count[neighbours[site, k], i]
                value = float(total)
            elif code == AROUND:
                value = site_real[i, site]
                for k in range(8):
                    if neighbours[site, k] >= 0:
                        value += site_real[i, neighbours[site, k]]
            elif code == SYSTEMIC:
                value = systemic[i]
            else:
                value = slope(concentration, neighbours, site, i, spacing)
            if signal_deficit[slot] > 0.0:
                value = signal_deficit[slot] - value
            senses[slot - start] = value if value > 0.0 else 0.0

        for column in range(rates.shape[1]):
            rates[row, column] = base[kind, column]
        layer_bit = 1 << cell_whole[layer_row, row]
        phase_bit = 1 << cell_whole[phase_row, row]
        for response in range(response_first[kind], response_first[kind + 1]):
            up, down = 0.0, 0.0
            for term in range(response_code[response, 1], response_code[response, 2]):
                value = senses[term_code[term, 0]] * gain[term]
                if value == 0.0 or not term_code[term, 2] & layer_bit or not term_code[term, 3] & phase_bit:
                    continue
                strength = power_of(value / term_value[term, 0], term_value[term, 1])
                if term_code[term, 1]:
                    up += strength
                else:
                    down += strength
            column = response_code[response, 0]
            value = base[kind, column]
            value += (response_value[response, 0] - value) * (up / (1.0 + up))
            value += (response_value[response, 1] - value) * (down / (1.0 + down))
            rates[row, column] = value
