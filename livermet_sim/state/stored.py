"""Declare what is state of a world outside its tables, and turn the whole state into plain arrays and back.

What is not here, nor a column of a table, is a parameter, a reading of the state (the census, the graph's tables for the
solvers), or scratch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from livermet_sim.base.values import Values
from livermet_sim.state.log import COLUMNS as LOG
from livermet_sim.state.table import Column, Table, no_rates
from livermet_sim.state.world import World

LARGEST = float(1 << 63)
SIGNALS, SOURCES = "fields.concentration", "fields.source"


@dataclass(frozen=True, slots=True)
class Stored:
    """Declare an array: its axes, unit and meaning, and of which axis its whole numbers are indices."""

    axes: tuple[str, ...]
    unit: str
    doc: str
    kind: str = "number"
    of: str = ""
    least: int = 0

    @property
    def values(self) -> Values:
        """Return what the array may hold; the upper bound of an index is that of its axis."""
        return Values(
            self.kind, self.unit, self.least if self.of else -LARGEST, LARGEST, missing=True, axes=self.axes
        )


# by the way to it from World
ARRAYS: dict[str, Stored] = {
    "compartment": Stored(("site",), "code", "Compartment of each site.", "whole", "5"),
    "segments": Stored(("site",), "code", "Stretch of sinusoid that a site belongs to.", "whole", "stretch", -1),
    "segment_row": Stored(("stretch",), "code", "Row of each stretch's LSEC when it was last lined.", "whole", "cells", -1),
    "rates": Stored(("cells", "behaviour"), "as the behaviour", "What each cell is about to do."),
    "fields.concentration": Stored(("site", "signal"), "relative", "Concentration of each signal."),
    "network.edges": Stored(("tube", "2"), "code", "Sites that a tube joins.", "whole", "site"),
    "network.fluidity": Stored(("tube",), "um4/(mmHg h)", "Fourth power of a tube's diameter over viscosity."),
    "network.conductance": Stored(("tube",), "um3/(mmHg h)", "Conductance of a tube that is open."),
    "network.vessel": Stored(("site",), "1", "Whether a site carries a tube.", "switch"),
    "network.diameter": Stored(("site",), "um", "Diameter of the tube at a site."),
    "network.patency": Stored(("site",), "1", "Share of conductance left when flow was last solved."),
    "network.level": Stored(("site",), "mmHg", "Pressure as it would be at full driving pressure."),
    "network.pressure": Stored(("site",), "mmHg", "Pressure."),
    "network.throughput": Stored(("site",), "um3/h", "Blood that passes a site."),
    "network.speed": Stored(("site",), "um/s", "Speed of the blood."),
    "network.shear": Stored(("site",), "dyn/cm2", "Shear stress on the wall."),
    "network.outflow": Stored(("site", "neighbour"), "um3/h", "Blood that leaves for each neighbour."),
    "network.medians": Stored(("class",), "um3/h", "Healthy median throughput of each class of diameter."),
    "network.port_level": Stored(("port",), "mmHg", "Pressure of each port at full driving pressure."),
    "network.ports.inlets": Stored(("port",), "sites", "Sites at which tubes ended when the tissue was laid out."),
    "network.ports.resting": Stored(("port",), "um3/h", "Blood that passes a port in health."),
    "network.ports.open": Stored(("port",), "1", "Share of that which its vessels can still bring."),
    "network.ports.arterial": Stored(("port",), "1", "Share of what they bring that is arterial."),
    "network.ports.supply": Stored(("port",), "um3/h", "Blood that comes by it."),
}  # fmt: skip
NUMBERS: dict[str, tuple[type, str]] = {
    "clock.tick": (int, "Steps since tumour cells may enter."),
    "clock.first": (int, "The first step."),
    "clock.owed": (float, "Hours that demands for a run have left over."),
    "clock.begun": (bool, "Whether the resting liver has settled."),
    "clock.asleep": (bool, "Whether time is left out, as nothing happens to the liver."),
    "clock.since": (int, "The step from which time was left out last."),
    "clock.calm": (int, "The step since which nothing has changed but by chance."),
    "network.driving": (float, "Pressure difference over the healthy one."),
    "network.solved": (int, "How often flow has been solved."),
    "network.stale": (bool, "Whether tubes came or went since the tissue was told of its flow."),
}


def tables(world: World) -> dict[str, tuple[Table, str]]:
    """Return every table of a world with the axis that its rows are; their order has no meaning where it is the table's own name."""
    found = {
        "cells": (world.cells, "cells"),
        "sites": (world.sites, "site"),
        "lesions": (world.lesions, "lesion"),
    }
    found["levels"] = (world.levels, "level")
    for own in world.declared:
        name = f"carried.{own.name}"
        found[name] = (world.carried[own.name], own.over or name)
    return found


def arrays(world: World) -> dict[str, np.ndarray]:
    """Return the whole state but the numbers as arrays by name; most are views."""
    world.count()
    found = {
        f"{name}.{column}": table[column]
        for name, (table, _) in tables(world).items()
        for column in table.columns
    }
    found |= {path: attrgetter(path)(world) for path in ARRAYS}
    found["rates"] = world.rates[: world.cells.n]
    log = world.log.array()
    return found | {f"log.{column.name}": log[:, i] for i, column in enumerate(LOG)}


def declared(world: World) -> dict[str, Stored]:
    """Return what each of those arrays holds."""
    found = {
        f"{name}.{own.name}": _of_column(own, axis)
        for name, (table, axis) in tables(world).items()
        for own in table.columns.values()
    }
    return found | ARRAYS | {f"log.{own.name}": _of_column(own, "log") for own in LOG}


def _of_column(own: Column, axis: str) -> Stored:
    least = -1 if own.default == -1 else 0
    return Stored((axis,), own.unit, own.doc, "whole" if own.whole else "number", own.of, least)


def lengths(world: World) -> dict[str, int]:
    """Return the lengths of the axes that a run never changes."""
    return {
        "site": world.tissue.n, "port": world.network.ports.number, "level": len(world.level_names),
        "signal": len(world.fields), "neighbour": world.tissue.neighbours.shape[1], "behaviour": world.rates.shape[1],
        "kind": len(world.kinds), "cause": len(world.log.causes), "event": len(world.log.names), "run": 1,
        "lobule": world.tissue.lobules,
    }  # fmt: skip


def check_indices(
    found: Mapping[str, np.ndarray], own: Mapping[str, Stored], axes: Mapping[str, int]
) -> None:
    """Refuse arrays that point beyond what is there.

    Raises
    ------
    ValueError
        Naming the array.
    """
    for name, stored in own.items():
        if stored.of and found[name].size:
            end = int(stored.of) if stored.of.isdigit() else axes[stored.of]
            if found[name].max() >= end:
                raise ValueError(f"array {name} has a value beyond {end - 1}")


def saved(world: World) -> dict[str, np.ndarray]:
    """Return the arrays that a file needs: of signals that their sources give exactly, which are short, the sources."""
    found = arrays(world)
    if world.fields.exact:
        del found[SIGNALS]
        found[SOURCES] = world.fields.source
    return found


def to_read(world: World) -> dict[str, Stored]:
    """Return what each of the arrays of `saved` holds."""
    found = declared(world)
    if world.fields.exact:
        axes = found.pop(SIGNALS).axes
        found[SOURCES] = Stored(
            axes, "2**-20", "Secretion of each signal when it was last solved.", "whole", str(1 << 52)
        )
    return found


def numbers(world: World) -> dict[str, Any]:
    """Return the numbers of the state by name."""
    return {path: kind(attrgetter(path)(world)) for path, (kind, _) in NUMBERS.items()}


def put(
    world: World, found: Mapping[str, np.ndarray], single: Mapping[str, Any], totals: Mapping[str, int]
) -> None:
    """Give a world, just made, the state that `arrays` and `numbers` have read from another."""
    for name, (table, _) in tables(world).items():
        first = next(iter(table.columns))
        table.refill(
            len(found[f"{name}.{first}"]), {column: found[f"{name}.{column}"] for column in table.columns}
        )
    network = world.network
    for path in ("edges", "fluidity", "vessel", "diameter"):
        setattr(network, path, found[f"network.{path}"].copy())
    network.edges = network.edges.astype(np.int32)
    network.lay_out()
    for path in found.keys() & {*ARRAYS, SOURCES} - {"rates"}:
        _assign(world, path, found[path])
    if SIGNALS not in found:
        world.fields.relax()
    for path, value in single.items():
        parent, _, name = path.rpartition(".")
        setattr(attrgetter(parent)(world), name, value)
    world.rates = no_rates(world.cells.capacity, world.rates.shape[1])
    world.rates[: world.cells.n] = found["rates"]
    world.totals = dict(totals)
    world.log.add(np.column_stack([found[f"log.{own.name}"] for own in LOG]))
    world.census.forget()
    world.count()


def _assign(world: World, path: str, values: np.ndarray) -> None:
    """Write an array in place, or instead of the one there where its length changes in a run."""
    parent, _, name = path.rpartition(".")
    holder = attrgetter(parent)(world) if parent else world
    own = getattr(holder, name)
    if own.shape == values.shape:
        own[...] = values
    else:
        setattr(holder, name, values.astype(own.dtype))
