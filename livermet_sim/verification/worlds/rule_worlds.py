"""Build small worlds in which rules are evaluated."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.registry import KINDS, having
from livermet_sim.cells.tumour import factor_names
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import compile_rules
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
        rates=np.full((table.capacity, len(compiled_rules.behaviours)), np.nan, order="F"),
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
    lining = np.flatnonzero(cell["kind"] == book.words.kinds.index(having("lining")[0]))
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
