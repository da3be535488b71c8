"""Name a part of every lobule, from one place between portal tract (0) and central vein (1) to another."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import declared
from livermet_sim.state.world import World

Zone = tuple[float, float]
WHOLE: Zone = (0.0, 1.0)


def zone_from() -> Any:
    """Return the field of where a zone begins."""
    return declared(0.0, "1", "Nearest to the portal tract (0) that it reaches.", 0.0, 1.0)


def zone_to() -> Any:
    """Return the field of where a zone ends."""
    return declared(1.0, "1", "Nearest to the central vein (1) that it reaches.", 0.0, 1.0)


def check_zone(zone: Zone, place: str) -> None:
    """Refuse a zone that ends before it begins."""
    if zone[1] <= zone[0]:
        raise ScenarioError(f"{place}.zone_to", f"{zone[1]:g} is not beyond {zone[0]:g}")


def keys_of(zone: Zone) -> dict[str, float]:
    """Return a zone as keys of a table; the whole is left out."""
    return {} if tuple(zone) == WHOLE else {"zone_from": zone[0], "zone_to": zone[1]}


def sites_of(world: World, zone: Zone) -> np.ndarray:
    """Return the sites of the tissue in a zone, int64."""
    inside = world.tissue.inside
    at = world.tissue.zone[inside]
    return inside[(at >= zone[0]) & (at <= zone[1])]
