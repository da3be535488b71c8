"""Carry tumour cells with the blood: squeezed through narrow tubes, tethered and let go, each on its own clock."""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.codes import (
    ADHESIVE,
    ARREST,
    BLOCKED,
    CENTRAL,
    DETACH,
    FLOW,
    MECHANICAL,
    NONE,
    PORTAL,
    SINUSOID,
    WASH_OUT,
)
from livermet_sim.kernels.hold import (
    loosening,
    pull,
    rear_radius,
    step_on,
    stiffness,
    threshold,
    work_of_entry,
)
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.queue import first, make, put
from livermet_sim.kernels.rng import draw4

MOST_EVENTS = 60_000
RETRY = 1.0  # s
# what a cell may do next, and how it is bound
REST, MOVE, TETHER, LOOSEN, STOP, FIRM = 0, 1, 2, 3, 4, 5
FREE, TETHERED, FIRMLY = 0, 1, 2
# what ``law`` holds: tension (Pa um), viscosity (Pa s), their spread, tethering rate (/s), force held by full ligand (pN),
# seconds at a site that count as arrest, the line's adhesion, rate at which bonds become firm (/s), how many times more
# these hold, tumour cells that a vessel site has room for
LAWS = (
    "tension", "viscosity", "spread", "tethering", "force", "arrested_after", "adhesion", "firming", "firm_gain", "room",
)  # fmt: skip
TENSION, VISCOSITY, SPREAD, TETHERING, FORCE, ARRESTED_AFTER, ADHESION, FIRMING, FIRM_GAIN, ROOM = range(
    len(LAWS)
)
# columns of cells that `carry` takes
CELLS = ("key", "site", "diameter", "trail", "squeeze", "halted", "bound")


@inline
def next_site(here, neighbours, outflow, crowd, room, u):
    """Pick a slot downstream by its share of the outflow, full sites left out; -1 if there is none."""
    total = 0.0
    for k in range(neighbours.shape[1]):
        other = neighbours[here, k]
        if other >= 0 and outflow[here, k] > 0.0 and crowd[other] < room:
            total += outflow[here, k]
    x, found = u * total, -1
    for k in range(neighbours.shape[1]):
        other = neighbours[here, k]
        if other >= 0 and outflow[here, k] > 0.0 and crowd[other] < room:
            found = k
            x -= outflow[here, k]
            if x <= 0.0:
                break
    return found


@inline
def sooner(what, when, other, time):
    """Return the earlier of two things to do, and when."""
    return (other, time) if time < when else (what, when)


@inline
def plan(here, waiting, body, stand, vessels, paths, ligands, law, u):
    """Return (what a cell does next, seconds until then, spending of work per second).

    ``body`` is radius and tension; ``stand`` what it has still to spend, how long it has stood, how it is bound, its trail;
    the first two of ``u`` time the bonds and the tether; ``ligands`` are those for tethering and for holding.
    """
    (cell, tension), (work, halted, bound, trail), (u0, u1, _, _) = body, stand, u
    tube, drop, shear, speed = vessels[0][here], vessels[1][here], vessels[2][here], vessels[3][here]
    neighbours, _, back, length, compartment = paths
    what, when, excess = REST, math.inf, 0.0
    rear = rear_radius(here, trail, cell, vessels[0], neighbours, back, length, compartment)
    limit = threshold(tension, 0.5 * tube, rear) if work > 0.0 else 0.0
    if bound != FREE:
        hold = law[FORCE] * ligands[1] * (law[FIRM_GAIN] if bound == FIRMLY else 1.0)
        what, when = LOOSEN, -math.log(u0) / loosening(pull(drop, limit, cell, tube, shear), hold)
        if bound == TETHERED and law[FIRMING] > 0.0:
            what, when = sooner(what, when, FIRM, -math.log(u1) / law[FIRMING])
    else:
        excess = max(0.0, drop - limit)
        if not waiting and work > 0.0:
            what, when = MOVE, work / excess if excess > 0.0 else math.inf
        elif not waiting:
            what, when = MOVE, length[0] / speed if speed > 0.0 else math.inf
        tether = law[TETHERING] * ligands[0]
        if tether > 0.0:
            what, when = sooner(what, when, TETHER, -math.log(u1) / tether)
    if halted < law[ARRESTED_AFTER] and law[ARRESTED_AFTER] - halted <= when:
        what, when = STOP, law[ARRESTED_AFTER] - halted
    return what, when, excess


@inline
def reason(bound, waiting):
    """Return how a cell that does not move is held."""
    if bound != FREE:
        return ADHESIVE
    return BLOCKED if waiting else MECHANICAL


@inline
def note(happened, done, row, event, cause, site):
    """Write down an event; return how many there are."""
    happened[done, 0], happened[done, 1], happened[done, 2], happened[done, 3] = row, event, cause, site
    return done + 1


@inline
def note_passage(happened, done, row, left, here, stood, compartment):
    """Write down that a cell left the place of its arrest, and that it left the liver; return how many events there are."""
    if stood and compartment[left] == SINUSOID:
        done = note(happened, done, row, DETACH, NONE, left)
    if compartment[here] == CENTRAL:
        done = note(happened, done, row, WASH_OUT, NONE, here)
    return done


@inline
def wake(left, now, rows, key, site, bound, neighbours, clock, queue):
    """Let the cells that waited for a place try to take it."""
    _, _, todo, waiting = clock
    for w in range(len(rows)):
        if not waiting[w] or bound[rows[w]] != FREE:
            continue
        for k in range(neighbours.shape[1]):
            if neighbours[left, k] == site[rows[w]]:
                waiting[w], todo[w] = False, MOVE
                put(queue, w, now, key[rows[w]])
                break


@inline
def pass_time(r, i, now, clock, states):
    """Bring a cell's own time up to ``now``: what it spent of its work, and how long it has stood."""
    last, spending, _, _ = clock
    _, work, halted, bound = states
    passed = max(0.0, now - last[i])
    last[i] = now
    halted[r] += passed
    if bound[r] == FREE:
        work[r] = max(0.0, work[r] - spending[i] * passed)


@inline
def move(r, slot, site, viscosity, radius, crowd, states, vessels, paths):
    """Put a cell into the next site and squeeze it."""
    trail, work, halted, _ = states
    neighbours, _, back, length, compartment = paths
    here = site[r]
    if compartment[here] == SINUSOID:
        crowd[here] -= 1
    here = np.int64(neighbours[here, slot])
    site[r], trail[r], halted[r], work[r] = here, step_on(trail[r], slot), 0.0, 0.0
    if compartment[here] == SINUSOID:
        crowd[here] += 1
        front = 0.5 * vessels[0][here]
        rear = rear_radius(here, trail[r], radius, vessels[0], neighbours, back, length, compartment)
        if front < rear:
            work[r] = work_of_entry(viscosity, front, rear, length[slot])


@inline
def act(r, i, body, streets, states, clock, law, u, happened, done):
    """Let a cell do what was due; return how many events are written down."""
    _, site, diameter, bodies = body
    vessels, paths, crowd, inlets, share = streets
    neighbours, outflow, _, _, compartment = paths
    _, work, halted, bound = states
    _, spending, todo, waiting = clock
    what, here = todo[i], site[r]
    todo[i], spending[i] = REST, 0.0
    if what == STOP:
        halted[r] = max(halted[r], law[ARRESTED_AFTER])
        return note(happened, done, r, ARREST, reason(bound[r], waiting[i]), here)
    if what == TETHER:
        bound[r] = TETHERED
    elif what == FIRM:
        bound[r] = FIRMLY
    elif what == LOOSEN:
        bound[r], waiting[i] = FREE, False
    elif what == MOVE or compartment[here] == PORTAL:
        work[r] = 0.0
        slot = next_site(here, neighbours, outflow, crowd, law[ROOM], u[2])
        waiting[i] = slot < 0
        if slot >= 0:
            stood = halted[r]
            move(r, slot, site, bodies[i, 1], 0.5 * diameter[r], crowd, states, vessels, paths)
            return note_passage(happened, done, r, here, site[r], stood >= law[ARRESTED_AFTER], compartment)
        if compartment[here] == PORTAL:
            # an entrance that is blocked: the blood goes in elsewhere
            site[r] = inlets[min(np.searchsorted(share, u[3]), len(inlets) - 1)]
    return done


@inline
def ask(r, i, body, streets, states, clock, ligands, law, u):
    """Set what a cell does next; return the seconds until then."""
    _, site, diameter, bodies = body
    vessels, paths, _, _, _ = streets
    trail, work, halted, bound = states
    _, spending, todo, waiting = clock
    here, compartment = site[r], paths[4]
    if compartment[here] == PORTAL:
        return RETRY if waiting[i] else 0.0
    if compartment[here] != SINUSOID:
        return math.inf
    own, stand = (0.5 * diameter[r], bodies[i, 0]), (work[r], halted[r], bound[r], trail[r])
    todo[i], wait, spending[i] = plan(here, waiting[i], own, stand, vessels, paths, ligands, law, u)
    return wait


@kernel
def carry(rows, since, seconds, seed, tick, cells, streets, ligands, law, happened):
    """Move cells through a step, each on its own clock, in the order of what happens first.

    Parameters
    ----------
    rows : int64[m]
        Tumour cells in vessels; their ``site`` is where they are, a portal site for those that enter.
    since : float64[m], s
        When each enters; 0 for those that are there.
    seconds : float
        Length of the step.
    cells : the columns CELLS, int64[capacity]; diameter, squeeze and halted float64
        Updated: ``site``, ``trail`` (the last steps through the vessels), ``squeeze`` (Pa s still to be spent on the present
        narrowing), ``halted`` (s at the present site), ``bound`` (1 where bonds hold the cell, 2 where firmly).
    streets : vessels, paths, crowd, inlets, share
        Diameters (um), pressure drops over a plug (Pa), shear (dyn/cm2), speed (um/s), float64[sites]; neighbours, outflow
        (float64[sites, 8], um3/h), the way back of each slot and its length (int32[8], float64[8] um), what each site is;
        tumour cells in each vessel site, int64[sites], those of ``rows`` among them, updated; portal sites and the running
        share of the blood that enters by each, int64[k], float64[k].
    ligands : tether, selectin, grip, bridge
        Ligands of the lining for tethering any line, for tethering this one, and for holding, float64[sites]; of other
        cells that touch the cell, for both, float64[capacity].
    law : float64[10]
        See LAWS.
    happened : int64[:, 4]
        Written: row, event, cause, site, in the order of time; the number of entries is returned. A cell that is
        washed out leaves, ``site`` being a central one; one that never found a way in leaves too.
    """
    m, done = len(rows), 0
    queue, bodies = make(m), np.empty((m, 2))
    key, site, diameter, trail, work, halted, bound = cells
    _, paths, crowd, _, _ = streets
    neighbours, states = paths[0], (trail, work, halted, bound)
    tether, selectin, grip, bridge = ligands
    # since when, at what spending of work, what comes next, and who waits for a place
    clock = (since.copy(), np.zeros(m), np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.bool_))
    body = (key, site, diameter, bodies)
    events = np.zeros(m, dtype=np.int64)
    for i in range(m):
        bodies[i, 0], bodies[i, 1] = stiffness(seed, key[rows[i]], law[TENSION], law[VISCOSITY], law[SPREAD])
        put(queue, i, since[i], key[rows[i]])
    while True:
        i, now = first(queue)
        if i < 0 or now >= seconds:
            break
        r = rows[i]
        pass_time(r, i, now, clock, states)
        events[i] += 1
        u = draw4(seed, FLOW + (events[i] << 16), tick, key[r])
        left = site[r]
        done = act(r, i, body, streets, states, clock, law, u, happened, done)
        if site[r] != left and crowd[left] == law[ROOM] - 1:
            wake(left, now, rows, key, site, bound, neighbours, clock, queue)
        at = site[r]
        held = law[ADHESION] * tether[at] + selectin[at] + bridge[r], law[ADHESION] * grip[at] + bridge[r]
        wait = ask(r, i, body, streets, states, clock, held, law, u)
        put(queue, i, now + wait if events[i] < MOST_EVENTS else math.inf, key[r])
    for i in range(m):
        pass_time(rows[i], i, seconds, clock, states)
    return done
