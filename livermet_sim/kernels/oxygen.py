"""Carry oxygen with the blood, exchange it across vessel walls, let it diffuse and be used.

With tensions P in tissue and Pb in blood (mmHg), contents C (mL/mL), flows Q (um3/s) and the inflows of a place i:

    blood in a tube     sum_i Q_i C_i - Q C(Pb) - K (Pb - P) = V_blood dC/dt,  Q = sum_i Q_i
    tissue of a site    E sum_sides (P_n - P) + K (Pb - P) - U P / (P + Km) = alpha V dP/dt
    tract or vein       sum_i Q_i C_i - Q C(P) - E sum_walls (P - P_n) = V_blood dC/dt

C(P) = capacity P^n / (P50^n + P^n) + alpha P. Blood flows down the pressure, so there are no loops, and a sweep in
that order carries a change all the way down. In the steady limit there is no store, and blood that stands takes the
tension of the tissue.
"""

from __future__ import annotations

import math

from livermet_sim.kernels.jit import inline, kernel

OMEGA = 1.8
# blood is told of less than tissue, since what tubes one after the other neglect adds up along the way
BLOOD_FRACTION = 0.1


@inline
def content(tension, law):
    """Return the oxygen in blood, mL/mL; ``law`` holds P50, the Hill exponent, capacity and solubility."""
    if tension <= 0.0:
        return 0.0
    bound = (tension / law[0]) ** law[1]
    return law[2] * bound / (1.0 + bound) + law[3] * tension


@kernel
def contents(tension, law, out):
    """Fill ``out`` with the content of blood of each tension."""
    for i in range(len(tension)):
        out[i] = content(tension[i], law)


@inline
def _tension(source, flow, slope, law, start, held, near):
    """Return P >= 0 where source = flow C(P) + slope P, to within ``near``, and C(P).

    ``start`` and what it ``held`` come back where there is neither flow nor slope, or where they are near enough:
    which takes no power to see.
    """
    steep = flow * law[3] + slope
    if steep <= 0.0:
        return start, held
    if source <= 0.0:
        return 0.0, 0.0
    low, high = 0.0, source / steep
    p, c = start, held
    if not 0.0 < p <= high:
        p = high if p > high else 0.5 * high
        c = content(p, law)
    for _ in range(80):
        rest, rate = source - slope * p - flow * c, steep
        if p > 0.0 and law[2] > 0.0:
            full = (c - law[3] * p) / law[2]
            rate += flow * law[2] * law[1] * full * (1.0 - full) / p
        if rest > 0.0:
            low = p
        else:
            high = p
        step = rest / rate
        if abs(step) < near or high - low < near:
            return p, c
        following = p + step
        # a step out of what is known to hold the root, as from the flat parts of the curve
        p = following if low < following < high else 0.5 * (low + high)
        c = content(p, law)
    return p, c


@inline
def _in_tissue(source, slope, uptake, km, start):
    """Return P >= 0 where source = slope P + uptake P / (P + km)."""
    if slope <= 0.0:
        return 0.0 if uptake > 0.0 else start
    b = slope * km + uptake - source
    root = math.sqrt(b * b + 4.0 * slope * source * km)
    # the form that does not subtract like numbers
    return 2.0 * source * km / (b + root) if b > 0.0 else (root - b) / (2.0 * slope)


@inline
def _wake_sides(s, sides, neighbours, turn, waiting):
    for k in range(sides):
        n = neighbours[s, k]
        if n >= 0:
            waiting[turn[n]] = True


@inline
def _wake_downstream(s, neighbours, outflow, turn, waiting):
    for k in range(neighbours.shape[1]):
        n = neighbours[s, k]
        if n >= 0 and outflow[s, k] > 0.0:
            waiting[turn[n]] = True


@inline
def _visit_site(i, s, sides, values, law, lists, state, needs, net):
    """Bring one site, tube and tissue, into balance with what is around it; say whether it moved."""
    edge, km, omega, tolerance, hurry, store = values
    _, turn, waiting, start, source, inflow = lists
    oxygen, blood, held, former = state
    uptake, exchange, tube, volume = needs
    outflow, neighbours, _ = net
    around, pull = 0.0, store
    if hurry > 0.0:
        around = store * former[0, s]
    for k in range(sides):
        n = neighbours[s, k]
        if n >= 0:
            around += edge * oxygen[n]
            pull += edge
    was, moved = oxygen[s], False
    if tube[s]:
        brought, through = 0.0, 0.0
        if hurry > 0.0:
            brought, through = hurry * volume[s] * former[1, s], hurry * volume[s]
        for k in range(start[i], start[i + 1]):
            brought += inflow[k] * held[source[k]]
            through += inflow[k]
        wall = exchange[s]
        # uptake at its last tension makes the tissue linear, so that it can be eliminated
        rest = pull + (uptake[s] / (was + km) if uptake[s] > 0.0 else 0.0)
        total = rest + wall
        alone, share = (around / total, wall / total) if total > 0.0 else (was, 0.0)
        slope = wall * rest / total if total > 0.0 else 0.0
        near = BLOOD_FRACTION * tolerance
        p, full = _tension(brought + wall * alone, through, slope, law, blood[s], held[s], near)
        if p != blood[s]:
            blood[s], held[s] = p, full
            moved = True
            _wake_downstream(s, neighbours, outflow, turn, waiting)
        now = alone + share * p
    else:
        now = _in_tissue(around, pull, uptake[s], km, was)
    if abs(now - was) > tolerance:
        oxygen[s] = max(was + omega * (now - was), 0.0)
        moved = waiting[i] = True
        _wake_sides(s, sides, neighbours, turn, waiting)
    return moved


@inline
def _visit_port(p, sides, values, law, lists, state, volume, net, ports):
    """Bring one portal tract or central vein into balance; say whether it moved."""
    first, member, supply, brought = ports
    _, turn, waiting, _, _, _ = lists
    oxygen, blood, held, former = state
    outflow, neighbours, port = net
    edge, tolerance, hurry = values[0], values[3], values[4]
    through = max(supply[p], 0.0) / 3600.0
    source, slope = through * brought[p], 0.0
    for i in range(first[p], first[p + 1]):
        s = member[i]
        source += hurry * volume[s] * former[1, s]
        through += hurry * volume[s]
        for k in range(neighbours.shape[1]):
            n, q = neighbours[s, k], outflow[s, k]
            if q < 0.0:
                source -= q / 3600.0 * held[n]
                through -= q / 3600.0
            if k < sides and n >= 0 and port[n] != p:
                source += edge * oxygen[n]
                slope += edge
    was, had = blood[member[first[p]]], held[member[first[p]]]
    now, full = _tension(source, through, slope, law, was, had, BLOOD_FRACTION * tolerance)
    if now == was:
        return False
    for i in range(first[p], first[p + 1]):
        s = member[i]
        oxygen[s], blood[s], held[s] = now, now, full
        _wake_sides(s, sides, neighbours, turn, waiting)
        _wake_downstream(s, neighbours, outflow, turn, waiting)
    waiting[turn[member[first[p]]]] = False
    return True


@kernel
def take_turns(order, ports, turn):
    """Write the place in the order of every site, those of a port at the port's: ``turn``, int32[n]."""
    first, member, _, _ = ports
    for i in range(len(order)):
        s = order[i]
        if s >= 0:
            turn[s] = i
        else:
            for k in range(first[-1 - s], first[-s]):
                turn[member[k]] = i


@kernel
def count_inflows(first, stop, order, tube, outflow, number):
    """Write from how many tubes blood comes to each of the places ``first`` to ``stop`` - 1 in the order: ``number``, int32[m]."""
    for i in range(first, stop):
        s, number[i] = order[i], 0
        if s >= 0 and tube[s]:
            for k in range(outflow.shape[1]):
                if outflow[s, k] < 0.0:
                    number[i] += 1


@kernel
def list_inflows(first, stop, order, tube, outflow, neighbours, start, source, inflow):
    """List the tubes that blood comes from, and how much, um3/s, for the places ``first`` to ``stop`` - 1 in the order.

    Parameters
    ----------
    start : int32[m + 1]
        Where the list of each place begins: what `count_inflows` finds, added up.
    source, inflow : int32[k], float64[k]
        Written.
    """
    for i in range(first, stop):
        s, end = order[i], start[i]
        if s >= 0 and tube[s]:
            for k in range(neighbours.shape[1]):
                if outflow[s, k] < 0.0:
                    source[end], inflow[end] = neighbours[s, k], -outflow[s, k] / 3600.0
                    end += 1


@kernel
def sweep(begin, end, most, sides, values, law, lists, state, needs, net, ports):
    """Sweep over the places ``begin`` to ``end`` - 1 that are awake until all of them sleep; return the sweeps done.

    A place that moves by more than the tolerance wakes those that feel it, also beyond the range, and one that does not is
    left as it is: so settling twice gives the same bits as once, and a change of uptake or flow costs what it upsets.

    Parameters
    ----------
    sides : int
        How many of a site's neighbours, the first, share a side with it.
    values : six float64
        D alpha thickness (um3/s/mmHg), Km (mmHg), over-relaxation of tissue, tolerance (mmHg), 1 / time step (1/s;
        0 for the steady limit), alpha V / time step (um3/s/mmHg).
    law : float64[4]
        P50 (mmHg), Hill exponent, capacity (mL/mL), solubility (mL/mL/mmHg).
    lists : tuple
        ``order``, int32[m]: sites, and -1 - p for port p, down the pressure; ``turn``, int32[n]; ``waiting``, bool[m]: places
        to be looked at, all False in the range at the end if ``most`` sweeps sufficed; the three of `list_inflows`.
    state : tuple
        Start and result: tension of tissue and blood, mmHg, content of blood, mL/mL, float64[n]; tension of tissue and
        content of blood one time step ago, float64[2, n].
    needs : tuple
        Uptake, um3/s, exchange, um3/s/mmHg, float64[n]; sites with a tube, bool[n]; blood in it, float64[n] um3.
    net : tuple
        Outflow, float64[n, 8] um3/h; neighbours, int32[n, 8], -1 for none; port of a site, int32[n], or -1.
    ports : tuple
        ``first``, ``member`` (int32[P + 1], int32[k]) list the sites of each port; ``supply``, ``brought``
        (float64[P]) are the blood from outside (um3/h) and its content.
    """
    order, waiting, volume = lists[0], lists[2], needs[3]
    done, moved = 0, True
    while moved and done < most:
        moved = False
        done += 1
        for i in range(begin, end):
            if not waiting[i]:
                continue
            waiting[i] = False
            s = order[i]
            if s >= 0:
                moved |= _visit_site(i, s, sides, values, law, lists, state, needs, net)
            else:
                moved |= _visit_port(-1 - s, sides, values, law, lists, state, volume, net, ports)
    return done
