"""Build small worlds for the tests of rules, and read signals from them in the slow and obvious way."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.tumour import factor_names
from livermet_sim.kernels import response
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.rulebook.vocabulary import LAYERS
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.signals import FIELDS
from livermet_sim.state.sites import SITE_COLUMNS
from livermet_sim.state.table import Table

SPACING = 10.0
COMMON = {"signal": "vegf", "direction": "increases", "half_max": 1}


def load(changes=None, **options):
    return RuleBook.load(changes or {}, KINDS, FIELDS, factor_names(), **options)


def compiled(book):
    return compile_rules(book, book.words.base_values(), CELL_COLUMNS)


def make_world(book, compiled_rules, cells, width=5, height=5):
    """Return an empty world of ``cells`` rows at the middle site; a namespace with what the rules read."""
    n = width * height
    words = book.words
    table, sites = Table(CELL_COLUMNS, max(4, cells)), Table(SITE_COLUMNS, n)
    table.append(cells, site=n // 2, layer=1)
    sites.append(n)
    sites["oxygen"][:] = 40.0
    sites["perfused"][:] = 1.0
    lattice = Lattice(width, height, SPACING)
    return SimpleNamespace(
        cells=table, sites=sites, systemic=np.ones(len(words.systemic)),
        fields=SimpleNamespace(concentration=np.zeros((n, len(words.fields)))),
        census=SimpleNamespace(count=np.zeros((n, 2 * len(words.kinds)), dtype=np.int32)),
        tissue=SimpleNamespace(neighbours=lattice.around, contacts=lattice.around, lattice=lattice, site=SPACING),
        segments=np.full(n, -1), segment_row=np.zeros(0, dtype=np.int64),
        rates=np.full((table.capacity, len(compiled_rules.behaviours)), np.nan),
    )  # fmt: skip


def random_world(book, compiled_rules, cells, seed, width=12, height=9):
    """Return a world with everything at random, some signals 0 and some below 0."""
    random = np.random.default_rng(seed)
    world = make_world(book, compiled_rules, cells, width, height)
    n, kinds = width * height, len(book.words.kinds)
    for name, high in (("kind", kinds), ("site", n), ("layer", 2)):
        world.cells[name][:] = random.integers(0, high, cells)
    world.cells.real[:, :cells] = random.choice([-1.0, 0.0, 0.3, 1.0, 2.7], (len(world.cells.real), cells))
    world.sites.real[:] = random.choice([-1.0, 0.0, 0.4, 0.9, 12.0], world.sites.real.shape)
    world.fields.concentration[:] = random.choice([0.0, 0.02, 0.5, 1.5], world.fields.concentration.shape)
    world.census.count[:] = random.integers(0, 3, world.census.count.shape)
    world.systemic[:] = random.choice([0.0, 0.5, 1.0, 2.0], world.systemic.shape)
    return world


def lined_world(book, compiled_rules, cells, seed):
    """Return a random world in which LSEC line stretches of up to eight sites, and who is where is counted."""
    random = np.random.default_rng(seed)
    world = random_world(book, compiled_rules, cells, seed)
    n, kinds, cell = len(world.segments), len(book.words.kinds), world.cells
    lining = np.flatnonzero(cell["kind"] == book.words.kinds.index("lsec"))
    world.segment_row = np.append(lining, -1)  # the last stretch is bare
    world.segments[:] = random.integers(-1, len(world.segment_row), n)
    world.segments[random.random(n) < 0.4] = -1
    for stretch, row in enumerate(lining):
        places = np.flatnonzero(world.segments == stretch)
        cell["segment"][row], cell["site"][row] = stretch, places[0] if len(places) else 0
    cell["segment"][np.setdiff1d(np.arange(cell.n), lining)] = -1
    world.sites.real[:] = np.abs(world.sites.real)
    world.census.count[:] = 0
    np.add.at(world.census.count, (cell["site"], cell["kind"]), 1)
    active = cell["activation"] > 0.5
    np.add.at(world.census.count, (cell["site"][active], kinds + cell["kind"][active]), 1)
    return world


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
