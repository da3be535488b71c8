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
def clear_direction(here, neighbours, compartment, occupied, reach, u):
    """Return (direction, distance in sites) of the shortest way to a free site, or (-1, 0).

    Directions are scanned from a drawn start, so ties are broken at random.
    """
    start = int(u * 8.0)
    best, distance = -1, reach + 1
    for j in range(neighbours.shape[1]):
        k = (start + j) % 8
        place = here
        for d in range(1, distance):
            place = neighbours[place, k]
            if place < 0 or not habitable(compartment[place]):
                break
            if occupied[place] == -1:
                best, distance = k, d
                break
    if best < 0:
        return -1, 0
    return best, distance
