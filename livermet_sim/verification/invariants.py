"""Say which of the things that are true at every step of every liver are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livermet_sim.cells.state import states_of
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, SINUSOID, TISSUE, TUMOUR
from livermet_sim.verification.worlds.livers import accounts, logged

SITE_SHARES = ("patency", "perfused", "adhesion", "collagen", "parenchyma", "pressure")


def broken(engine: Engine) -> list[str]:
    """Return a sentence for each invariant that does not hold.

    Every tumour cell is accounted for; cells stand where they may, each with a key of its own; shares are from 0 to 1;
    signals and oxygen are finite and not negative; lining, tubes and network agree; no joint of a tube loses blood.
    """
    return [*_books(engine), *_places(engine), *_values(engine), *_vessels(engine)]


def _books(engine: Engine) -> Iterator[str]:
    books = accounts(engine)
    if books["entered"] + books["born"] != books["alive"] + books["dead"] + books["washed_out"]:
        yield f"tumour cells are not accounted for: {books}"
    if engine.recipe.values["observe"]["events"] and books != logged(engine):
        yield f"the log says {logged(engine)} and the totals {books}"


def _places(engine: Engine) -> Iterator[str]:
    world, cells = engine.world, engine.world.cells
    site, layer, tumour = cells["site"], cells["layer"], cells["kind"] == TUMOUR
    where = world.compartment[site]
    if not np.isin(where[tumour & (layer == TISSUE)], (SINUSOID, PARENCHYMA)).all():
        yield "a tumour cell in tissue stands where there is none"
    inside = tumour & (layer == LUMEN)
    if not (where[inside] == SINUSOID).all():
        yield "a tumour cell in a vessel stands where there is none"
    if inside.any() and np.bincount(site[inside]).max() > engine.recipe.values["seeding"]["enrichment"]:
        yield "more tumour cells share a lumen than stand for one"
    if len(np.unique(cells["key"])) != cells.n:
        yield "two cells share a key"
    if not cells["alive"].all():
        yield "a dead cell is still there"


def _values(engine: Engine) -> Iterator[str]:
    world = engine.world
    states = [state.name for state in states_of(engine.recipe.kinds)]
    for table, names in ((world.cells, [*states, "crowding"]), (world.sites, SITE_SHARES)):
        for name in names:
            values = table[name]
            # it may have been counted while one who died in this step stood there with whom was born in its place
            most = 1.125 if name == "pressure" else 1.0
            if len(values) and not (values.min() >= 0.0 and values.max() <= most):
                yield f"{name} is from {values.min():g} to {values.max():g}, and a share is from 0 to 1"
    top = (
        max(float(engine.recipe.values["oxygen"][name]) for name in ("arterial_tension", "portal_tension"))
        + 1e-6
    )
    for name, values, high in (
        ("a signal", world.fields.concentration, np.inf), ("oxygen", world.sites["oxygen"], top), ("load", world.cells["load"], np.inf),
    ):  # fmt: skip
        if not (
            np.isfinite(values).all() and (not values.size or (values.min() >= 0.0 and values.max() <= high))
        ):
            yield f"{name} is negative, too high or no number"


def _vessels(engine: Engine) -> Iterator[str]:
    world, network = engine.world, engine.world.network
    sinusoid = world.compartment == SINUSOID
    if not np.array_equal(world.segments >= 0, sinusoid):
        yield "a sinusoid lacks its lining, or a lining its sinusoid"
    tubes = network.vessel & np.isin(world.tissue.compartment, (SINUSOID, PARENCHYMA))
    if not np.array_equal(tubes, sinusoid):
        yield "the network of tubes is not that of the sinusoids"
    if not ((world.sites["diameter"] > 0) == network.vessel).all():
        yield "a vessel has no diameter, or something else has one"
    if world.sites["perfused"][~network.vessel].any():
        yield "blood flows where there is no vessel"
    rows = world.having("lining")
    if len(np.unique(world.cells["segment"][rows])) != len(rows):
        yield "two lining cells share a stretch"
    through = network.throughput[network.throughput > 0]
    inner = network.vessel & (network.ports.of < 0)
    # where a tissue is blocked what flows is rounding, far below 1 um3/h (a tube carries some 1e7)
    if len(through) and np.abs(network.outflow[inner].sum(axis=1)).max() > max(1e-2 * through.mean(), 1.0):
        yield "a joint of a tube loses blood"
