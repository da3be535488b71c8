"""Copy what an LSEC does to the sites of the stretch it lines."""

from __future__ import annotations

from livermet_sim.kernels.jit import kernel


@kernel
def line_vessels(
    n, lsec, kind, segment, activation, capillarisation, rates, tether_column, grip_column, segments, segment_row,
    adhesion, tether, grip, capillarised,
):  # fmt: skip
    """Write each vessel site's adhesion, ligands and capillarisation from the LSEC that lines it.

    Parameters
    ----------
    segments : int64[sites]
        Number of the stretch at each vessel site, -1 elsewhere.
    segment_row : int64[stretches]
        Written: row of each stretch's LSEC, -1 where it has none (bare wall).
    adhesion, tether, grip, capillarised : float64[sites]
        Written.
    """
    for i in range(len(segment_row)):
        segment_row[i] = -1
    for r in range(n):
        if kind[r] == lsec:
            segment_row[segment[r]] = r
    for s in range(len(segments)):
        if segments[s] >= 0:
            r = segment_row[segments[s]]
            if r >= 0:
                adhesion[s] = activation[r]
                tether[s] = rates[r, tether_column]
                grip[s] = rates[r, grip_column]
                capillarised[s] = capillarisation[r]
            else:
                adhesion[s] = 0.0
                tether[s] = 0.0
                grip[s] = 0.0
                capillarised[s] = 0.0
