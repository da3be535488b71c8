"""Say which lesion each group of touching tumour cells is: identity follows the largest part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.world import World


def identify(world: World, thresholds: Thresholds, rows: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the lesion of each tumour cell, and write down what merged and what broke away.

    A group is led by the lesion most of its cells come from. A lesion whose largest part is led by another has merged into
    it. Of the groups that one lesion leads the largest goes on as that lesion; another is part of it until it has stood
    ``apart`` um from it for ``apart_time``: then it is a lesion of its own.

    Parameters
    ----------
    rows, group : int64[m]
        Tumour rows and the group of each.

    Returns
    -------
    int64[m]
    """
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    groups = int(group.max()) + 1
    former = world.cells.full("lesion")[rows].copy()
    owner = _owners(world, former, group, groups)
    ids = owner[group]
    size = np.bincount(group, minlength=groups)
    # by lesion, the largest first
    order = np.lexsort((np.arange(groups), -size, owner))
    main = np.zeros(groups, dtype=bool)
    main[order[np.unique(owner[order], return_index=True)[1]]] = True
    apart = world.cells.full("apart")
    apart[rows[main[group]]] = np.nan
    at = world.cells.full("site")
    gaps_to: dict[int, Callable[[np.ndarray], np.ndarray]] = {}
    for part in np.flatnonzero(~main):
        mine, whole = group == part, int(owner[part])
        if whole not in gaps_to:
            # its largest group, which stays what it is
            gaps_to[whole] = world.tissue.lattice.gaps_to(at[rows[(ids == whole) & main[group]]])
        if _stands_apart(world, thresholds, rows[mine], gaps_to[whole]):
            ids[mine] = _own_lesion(world, rows[mine], owner[part], ids)
            apart[rows[mine]] = np.nan
    _carry_sizes(world, former, ids)
    return ids


def _owners(world: World, former: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the lesion that each group goes on as or belongs to; lesions that merged are marked."""
    lesions = world.lesions
    pairs, number = np.unique(former * groups + group, return_counts=True)
    lesion, where = np.divmod(pairs, groups)
    order = np.lexsort((lesion, -number, where))
    leader = lesion[order[np.unique(where[order], return_index=True)[1]]]
    order = np.lexsort((where, -number, lesion))
    first = order[np.unique(lesion[order], return_index=True)[1]]
    into = np.arange(lesions.n)
    # parts grow along a chain of mergers and numbers fall where they are equal, so that no chain is a ring
    into[lesion[first]] = leader[where[first]]
    while True:
        further = into[into]
        if np.array_equal(further, into):
            break
        into = further
    for old in lesion[first][into[lesion[first]] != lesion[first]]:
        lesions["merged_into"][old] = into[old]
        lesions["lost"][old] = world.clock.end_of_step
    return into[leader]


def _stands_apart(
    world: World,
    thresholds: Thresholds,
    part: np.ndarray,
    gaps: Callable[[np.ndarray], np.ndarray],
) -> bool:
    """Say whether a part has stood apart from the rest of its lesion for long enough to be a lesion; keep since when."""
    cells, now = world.cells, world.clock.end_of_step
    since, site = cells.full("apart"), cells.full("site")
    if gaps(site[part]).min() < thresholds.apart:
        since[part] = np.nan
        return False
    known = since[part][~np.isnan(since[part])]
    since[part] = known.min(initial=now)
    return bool(now - since[part[0]] >= thresholds.apart_time - 1e-9)


def _own_lesion(world: World, part: np.ndarray, source: int, ids: np.ndarray) -> int:
    """Return the lesion that a part becomes: that of the founder most of it descends from, if it is free, or a new one."""
    lesions, founders = world.lesions, world.cells.full("founder")[part]
    numbers, many = np.unique(founders, return_counts=True)
    founder = int(numbers[np.argmax(many)])
    if founder >= 0 and lesions["merged_into"][founder] >= 0 and not (ids == founder).any():
        return founder
    return lesions.append(1, founder=founder, parent=source).start


def _carry_sizes(world: World, former: np.ndarray, ids: np.ndarray) -> None:
    """Let remembered sizes go with the cells, so that what merges has not grown and what breaks has not shrunk."""
    lesions = world.lesions
    share = 1.0 / np.maximum(np.bincount(former, minlength=lesions.n), 1)
    for name in ("window_cells", "earlier_cells"):
        lesions[name][:] = np.rint(np.bincount(ids, (lesions[name] * share)[former], lesions.n))
