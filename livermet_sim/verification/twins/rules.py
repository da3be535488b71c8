"""Read signals and rates of a cell in the slow and obvious way, from the definitions."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels import response
from livermet_sim.rulebook.vocabulary import LAYERS
from livermet_sim.verification.worlds.rule_worlds import SPACING


def reached(world, sites):
    """Return the sites that a cell at any of these is at or touches."""
    return sorted({int(k) for s in sites for k in [s, *world.tissue.neighbours[s]] if k >= 0})


def touching_slowly(book, world, row, here, kind, activated):
    """Return how many cells of a kind, but for the one in ``row``, are at these sites; those that line one are at all of them."""
    cells, found = world.cells, 0
    for other in np.flatnonzero(cells["kind"] == kind):
        if other == row or (activated and cells["activation"][other] <= 0.5):
            continue
        stretch = cells["segment"][other]
        if stretch >= 0:
            found += bool((world.segments[here] == stretch).any())
        else:
            found += cells["site"][other] in here
    return float(found)


def sense_slowly(book, world, row, signal, place=None):
    """Return one signal of one cell, from the definition of its name; at one place of what it lines, or all along it."""
    s = book.words.signals[signal]
    stretch = world.cells["segment"][row]
    site = world.cells["site"][row] if place is None else place
    lined = np.flatnonzero(world.segments == stretch) if place is None and stretch >= 0 else [site]
    here = reached(world, lined)
    if s.code == response.FIELD:
        value = world.fields.concentration[site, book.words.fields.index(s.source)]
    elif s.code == response.GRADIENT:
        value = slope_slowly(world, site, book.words.fields.index(s.source))
    elif s.code == response.SITE:
        value = world.sites[s.source][site]
    elif s.code == response.AROUND:
        value = sum(world.sites[s.source][k] for k in here)
    elif s.code == response.OWN:
        value = world.cells[s.source][row]
    elif s.code == response.SYSTEMIC:
        value = world.systemic[book.words.systemic.index(s.source)]
    else:
        kind = book.words.kinds.index(s.source)
        column = kind + (len(book.words.kinds) if s.activated else 0)
        if (world.segments >= 0).any():
            value = touching_slowly(book, world, row, here, kind, s.activated)
            return max(0.0, s.deficit - value) if s.deficit else value
        value = float(sum(int(world.census.count[k, column]) for k in here))
        counted = not s.activated or world.cells["activation"][row] > 0.5
        value -= 1.0 if world.cells["kind"][row] == kind and counted else 0.0
    return max(0.0, s.deficit - value) if s.deficit else max(0.0, value)


def slope_slowly(world, site, field):
    east, west, south, north = world.tissue.neighbours[site, :4]
    squares = 0.0
    for ahead, behind in ((east, west), (south, north)):
        ends = [k if k >= 0 else site for k in (ahead, behind)]
        distance = SPACING * sum(k >= 0 for k in (ahead, behind))
        if distance:
            rise = world.fields.concentration[ends[0], field] - world.fields.concentration[ends[1], field]
            squares += (rise / distance) ** 2
    return squares**0.5


def rates_slowly(book, base_values, world, row, place=None):
    """Return the rates of one cell by behaviour: the grammar of PhysiCell, straight from the rules."""
    kind = book.words.kinds[world.cells["kind"][row]]
    layer = LAYERS[world.cells["layer"][row]]
    rates = dict(base_values[kind])
    for behaviour, base in base_values[kind].items():
        rules = [r for r in book if r.enabled and (r.actor, r.behaviour) == (kind, behaviour)]
        ceiling = max([base, *(r.target(base) for r in rules)])
        floor = min([base, *(r.target(base) for r in rules)])
        sums = {"increases": 0.0, "decreases": 0.0}
        for r in rules:
            if layer in r.where:
                sums[r.direction] += (sense_slowly(book, world, row, r.signal, place) / r.half_max) ** r.power
        up, down = (s / (1 + s) for s in sums.values())
        rates[behaviour] = (1 - down) * ((1 - up) * base + up * ceiling) + down * floor
    return rates
