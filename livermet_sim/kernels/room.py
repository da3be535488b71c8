"""Find room for a tumour cell: free sites beside it, or behind the cells that it can push."""

from __future__ import annotations

from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID
from livermet_sim.kernels.jit import inline


@inline
def habitable(compartment):
    """Say whether a compartment has a tissue part that tumour cells can take."""
    return compartment in (SINUSOID, PARENCHYMA)


@inline
def free_beside(here, neighbours, compartment, occupied, lumen, u):
    """Return a free neighbouring site drawn uniformly by ``u``, or -1; ``occupied`` is -1 at free sites."""
    free = 0
    for k in range(neighbours.shape[1]):
        place = neighbours[here, k]
        if place >= 0 and occupied[place] == -1:
            c = compartment[place]
            if c == SINUSOID or (not lumen and habitable(c)):
                free += 1
    if free == 0:
        return -1
    pick = int(u * free)
    found = -1
    for k in range(neighbours.shape[1]):
        place = neighbours[here, k]
        if place >= 0 and occupied[place] == -1:
            c = compartment[place]
            if c == SINUSOID or (not lumen and habitable(c)):
                if pick == 0:
                    found = place
                    break
                pick -= 1
    return found


@inline
def nearest_free(here, neighbours, compartment, occupied, parent, slot, length, places, u):
    """Return the place on the rays from ``here`` (``state.lattice.Rays``) that is free and nearest, or -1.

    Ways lead straight through habitable sites only. ``places`` is written: the site of each place so far, -1 where no
    way leads. Of several that are equally near one is drawn by ``u``.
    """
    places[0] = here
    free, reached = 0, 1
    for j in range(1, len(parent)):
        if free > 0 and length[j] > length[reached] + 1e-9:
            break
        before = places[parent[j]]
        place = neighbours[before, slot[j]] if before >= 0 else -1
        if place >= 0 and not habitable(compartment[place]):
            place = -1
        places[j] = place
        if place >= 0 and occupied[place] == -1:
            free += 1
            reached = j
    if free == 0:
        return -1
    pick = int(u * free)
    for j in range(reached, 0, -1):
        if places[j] >= 0 and occupied[places[j]] == -1:
            if pick == 0:
                reached = j
                break
            pick -= 1
    return reached
