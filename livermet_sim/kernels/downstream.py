"""Put tissue behind the vessel nearest to it."""

from __future__ import annotations

from livermet_sim.kernels.jit import kernel


@kernel
def spread(inside, neighbours, sides, owner, queue):
    """Give each site without an ``owner``, int32[n] (-1), that of the nearest site that has one, counted in sides."""
    start = end = 0
    for i in range(len(inside)):
        if owner[inside[i]] >= 0:
            queue[end] = inside[i]
            end += 1
    while start < end:
        s = queue[start]
        start += 1
        for k in range(sides):
            n = neighbours[s, k]
            if n >= 0 and owner[n] < 0:
                owner[n] = owner[s]
                queue[end] = n
                end += 1


@kernel
def line_up(leaders, first, followers, out):
    """Write each of the ``leaders``, int32[k], and behind it its followers; return how many there are in all.

    ``followers[first[i] : first[i + 1]]`` belong to the place i; a leader below 0 stands for the place
    ``len(first) - 1 + leader``.
    """
    end = 0
    for i in range(len(leaders)):
        out[end] = leaders[i]
        end += 1
        place = leaders[i] if leaders[i] >= 0 else len(first) - 1 + leaders[i]
        for k in range(first[place], first[place + 1]):
            out[end] = followers[k]
            end += 1
    return end
