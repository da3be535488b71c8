"""Read what each lesion has met: lack of oxygen, activated stellate cells, vessels; and when for the first time."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import TISSUE
from livermet_sim.state.roles import Role
from livermet_sim.state.world import World


def read_niche(
    world: World,
    hypoxic_below: float,
    rows: np.ndarray,
    ids: np.ndarray,
    enclosed: np.ndarray,
    sprouted: np.ndarray,
) -> None:
    """Write the hour at which each lesion first met something, and its size when it first held a vessel or a sprout.

    Parameters
    ----------
    hypoxic_below : float, mmHg
        Oxygen tension below which a cell counts as hypoxic.
    rows, ids : int64[m]
        Tumour rows and the lesion of each.
    enclosed, sprouted : int64[lesions]
        Perfused tube sites that each lesion encloses, and sites of sprouts inside.
    """
    lesions, now = world.lesions, world.clock.end_of_step
    oxygen = world.sites.full("oxygen")[world.cells.full("site")[rows]]
    hypoxic, stellate = np.zeros(lesions.n, dtype=bool), np.zeros(lesions.n, dtype=bool)
    hypoxic[ids[oxygen < hypoxic_below]] = True
    stellate[touched_by(world, "stroma")] = True
    vessel, sprout = (enclosed > 0) | (sprouted > 0), sprouted > 0
    for name, yes in (("hypoxic", hypoxic), ("stellate", stellate), ("vessel", vessel), ("sprout", sprout)):
        first = lesions[name]
        new = yes & np.isnan(first)
        first[new] = now
        if name in ("vessel", "sprout"):
            lesions[f"{name}_cells"][new] = lesions["cells"][new]


def touched_by(world: World, role: Role) -> np.ndarray:
    """Return the lesions (with repeats) that have an activated cell of a role inside or beside them."""
    census, kinds = world.census, len(world.kinds)
    activated = census.count[:, [kinds + code for code in world.roles[role]]]
    at = np.flatnonzero(activated.any(axis=1))
    holders = census.tumour_at[TISSUE, at]
    around = world.tissue.contacts[at]
    beside = np.where(around >= 0, census.tumour_at[TISSUE, around], -1)
    found = np.concatenate([holders, beside.ravel()])
    return world.cells.full("lesion")[found[found >= 0]]
