"""Decide what each tumour cell does in a step: competing hazards, its own and those of its attackers."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from livermet_sim.kernels.codes import (
    ANOIKIS,
    APOPTOSIS,
    CYCLING,
    DIE,
    DIVIDE,
    DORMANT,
    EXTRAVASATE,
    FATE,
    FIRST_KILLER,
    INTRAVASATE,
    LUMEN,
    NECROSIS,
    NITRIC_OXIDE,
    NONE,
    NOTHING,
    RACE,
    SHEAR,
    SLEEP,
    TISSUE,
    TUMOUR,
    WAKE,
)
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import draw, draw4

# behaviours that are a tumour cell's own fates, and where each stands among them
OWN_FATES = (
    "extravasate", "divide", "sleep", "wake", "die.shear", "die.nitric_oxide", "die.anoikis", "die.apoptosis",
    "die.necrosis", "intravasate",
)  # fmt: skip
CROSSING, DIVIDING, SLEEPING, WAKING, SHEARED, POISONED, LOOSE, SPENT, STARVED, ENTERING = range(
    len(OWN_FATES)
)
# columns of cells that fates are decided by, and that are written
CELLS = ("kind", "site", "layer", "key", "state", "event", "cause")


class Killers(NamedTuple):
    """Hold who can attack, and how.

    Attributes
    ----------
    attack, engulf : int
        Columns of those behaviours.
    vulnerability : int64[K]
        For each killer kind, the tumour behaviour that multiplies its attack.
    across : float64[K]
        Share of a vessel cell's attack that reaches a tumour cell behind the wall.
    head, following : int32[sites], int32[capacity]
        Chains of attackers by site; see ``kernels.neighbours.list_attackers``.
    contacts : int32[sites, m]
        Sites that a cell can touch.
    touched : int32[2, sites]
        Tumour cells in lumen and tissue parts at a site and around it, among which an attacker divides its attack.
    """

    attack: int
    engulf: int
    vulnerability: np.ndarray
    across: np.ndarray
    head: np.ndarray
    following: np.ndarray
    contacts: np.ndarray
    touched: np.ndarray


@inline
def with_daughters(rate, dt):
    """Return the hazard under which a step makes as many cells as it would if daughters, too, divided within it.

    Cells that divide at a rate become exp(rate dt) times as many; here each divides at most once, so 1 + p has to be that, and
    the hazard is -log(2 - exp(x)) / dt with x = rate dt: the first terms of its series, to 2 in 1,000 up to x = 0.2.
    """
    x = rate * dt
    return rate * (1.0 + x * (1.0 + x * (1.0 + 13.0 / 12.0 * x)))


@inline
def own_hazards(rates, r, columns, layer, state, dt):
    """Return the hazards of a cell's own fates as it is now, in the order of OWN_FATES."""
    in_lumen = layer == LUMEN
    cycling = state == CYCLING
    return (
        rates[r, columns[CROSSING]] if in_lumen else 0.0,
        with_daughters(rates[r, columns[DIVIDING]], dt) if cycling else 0.0,
        rates[r, columns[SLEEPING]] if cycling else 0.0,
        0.0 if cycling else rates[r, columns[WAKING]],
        rates[r, columns[SHEARED]] if in_lumen else 0.0,
        rates[r, columns[POISONED]] if in_lumen else 0.0,
        rates[r, columns[LOOSE]] if in_lumen else 0.0,
        0.0 if in_lumen else rates[r, columns[SPENT]],
        rates[r, columns[STARVED]],
        0.0 if in_lumen else rates[r, columns[ENTERING]],
    )


@inline
def total_of(hazards):
    """Return the sum of a cell's own hazards."""
    cross, divide, sleep, wake, shear, nitric_oxide, anoikis, apoptosis, necrosis, enter = hazards
    return cross + divide + sleep + wake + shear + nitric_oxide + anoikis + apoptosis + necrosis + enter


@inline
def own_event(hazards, u):
    """Return (event, cause) of the own fate that ``u`` in (0, 1) picks by its share."""
    cross, divide, sleep, wake, shear, nitric_oxide, anoikis, apoptosis, _, enter = hazards
    total = total_of(hazards)
    x = u * total
    if x < cross:
        return EXTRAVASATE, NONE
    if x < cross + divide:
        return DIVIDE, NONE
    if x < cross + divide + sleep:
        return SLEEP, NONE
    if x < cross + divide + sleep + wake:
        return WAKE, NONE
    if x < cross + divide + sleep + wake + shear:
        return DIE, SHEAR
    if x < cross + divide + sleep + wake + shear + nitric_oxide:
        return DIE, NITRIC_OXIDE
    if x < cross + divide + sleep + wake + shear + nitric_oxide + anoikis:
        return DIE, ANOIKIS
    if x < cross + divide + sleep + wake + shear + nitric_oxide + anoikis + apoptosis:
        return DIE, APOPTOSIS
    if x >= total - enter:
        return INTRAVASATE, NONE
    return DIE, NECROSIS


@inline
def share_of_attack(a, site, rates, killers):
    """Return the rate at which a killer attacks each of the tumour cells it touches: it deals with one at a time."""
    touched = killers.touched
    return rates[a, killers.attack] / max(1, touched[LUMEN, site[a]] + touched[TISSUE, site[a]])


@inline
def first_attacker(r, limit, seed, tick, cells, rates, killers):
    """Return (time, row) of the first attacker in contact to strike before ``limit``; row -1 if none does."""
    kind, site, layer, key, _, _, _ = cells
    contacts, head = killers.contacts, killers.head
    best, by = limit, -1
    for k in range(contacts.shape[1] + 1):
        place = site[r] if k == contacts.shape[1] else contacts[site[r], k]
        a = head[place] if place >= 0 else -1
        while a >= 0:
            rate = share_of_attack(a, site, rates, killers) + rates[a, killers.engulf]
            rate *= rates[r, killers.vulnerability[kind[a]]]
            if layer[r] == TISSUE and layer[a] == LUMEN:
                rate *= killers.across[kind[a]]
            if rate > 0.0:
                # the pair's draw: keys mixed so that (a, r) and (r, a) differ
                time = -math.log(draw(seed, RACE, tick, key[a] ^ (key[r] >> 1))) / rate
                if time < best or (time == best and by >= 0 and key[a] < key[by]):
                    best, by = time, a
            a = killers.following[a]
    return best, by


@kernel
def decide(first, stop, seed, tick, dt, cells, rates, columns, killers, happened, eater):
    """Let the fates of each tumour cell in rows ``first`` to ``stop`` - 1 race through one step; the first to come within ``dt`` happens.

    A hazard's time is exponential; own hazards race as one and the winner is drawn by its share, every
    attacker in contact races apart. So probabilities are 1 - exp(-rate dt) whatever the step, division's a little more
    (``with_daughters``), and neither row order nor list order matters.

    Parameters
    ----------
    cells : the columns CELLS, int64[capacity]
        Written for tumour rows: event, what happens (NOTHING where nothing does), cause, how, and state.
    columns : int64[10]
        Behaviour columns of OWN_FATES.
    killers : Killers
    happened, eater : int32[capacity]
        Written from ``first`` on: rows to which something happens, and for each the killer that engulfs it, -1 for none;
        their number is returned.
    """
    kind, site, layer, key, state, event, cause = cells
    number = 0
    for r in range(first, stop):
        if kind[r] != TUMOUR:
            continue
        event[r] = NOTHING
        u0, u1, _, _ = draw4(seed, FATE, tick, key[r])
        hazards = own_hazards(rates, r, columns, layer[r], state[r], dt)
        total, best, by = total_of(hazards), dt, -1
        # -log(u) is never below 1 - u, so most cells need no logarithm
        if total * dt > 1.0 - u0:
            best = min(dt, -math.log(u0) / total)
        own = best < dt
        best, by = first_attacker(r, best, seed, tick, cells, rates, killers)
        if by < 0 and not own:
            continue
        happened[first + number], eater[first + number] = r, -1
        if by < 0:
            event[r], cause[r] = own_event(hazards, u1)
        else:
            event[r], cause[r] = DIE, FIRST_KILLER + kind[by]
            u = draw(seed, RACE, tick, key[r])
            share = share_of_attack(by, site, rates, killers)
            if u * (share + rates[by, killers.engulf]) >= share:
                eater[first + number] = by
        number += 1
        if event[r] == SLEEP:
            state[r] = DORMANT
        elif event[r] == WAKE:
            state[r] = CYCLING
    return number
