"""Fill a resting liver with its resident and marginated cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from livermet_sim.base.specs import Value
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.placement import keys_at, scatter, stretches
from livermet_sim.kernels.codes import APTITUDE, LUMEN, PLACE
from livermet_sim.kernels.rng import draws
from livermet_sim.state.world import World


def populate(world: World, kinds: Sequence[Kind], values: Mapping[str, Mapping[str, Value]]) -> None:
    """Place every kind at its density, and line every sinusoid with LSEC; parenchyma is whole."""
    tissue = world.tissue
    tissue_sites = tissue.hepatocyte >= 0
    world.sites["parenchyma"][tissue_sites] = 1.0
    for code, kind in enumerate(kinds):
        p = values[f"cells.{kind.name}"]
        if kind.habitat == "segment":
            line(world, code, float(p["stretch"]), float(p["diameter"]))
        elif kind.habitat in ("vessel", "disse"):
            shares = (float(p["share_periportal"]), float(p["share_midzonal"]))
            at, keys, layer = scatter(tissue, world.seed, code, float(p["density"]), shares, kind.habitat)
            world.add_cells(
                len(at), kind=code, site=at, layer=layer, key=keys, aptitude=aptitudes(world.seed, keys),
                diameter=float(p["diameter"]),
            )  # fmt: skip


def line(world: World, code: int, stretch: float, diameter: float) -> None:
    """Give every stretch of sinusoid its LSEC, which stands in the middle of it."""
    segment = stretches(world.tissue, stretch)
    world.segments[:] = segment
    lined = np.flatnonzero(segment >= 0)
    order = lined[np.argsort(segment[lined], kind="stable")]
    number = int(segment.max(initial=-1)) + 1
    starts = np.searchsorted(segment[order], np.arange(number))
    ends = np.searchsorted(segment[order], np.arange(number), side="right")
    middle = order[(starts + ends) // 2]
    keys = keys_at(middle, world.seed, PLACE + code * 64)
    rows = world.add_cells(
        number, kind=code, site=middle, layer=LUMEN, key=keys, segment=np.arange(number),
        aptitude=aptitudes(world.seed, keys), diameter=diameter,
    )  # fmt: skip
    world.segment_row = rows.astype(np.int64)
    world.totals["lined_at_start"] = number


def aptitudes(seed: int, keys: np.ndarray) -> np.ndarray:
    """Return the number in (0, 1) that each cell keeps for life."""
    return draws(seed, APTITUDE, 0, keys)
