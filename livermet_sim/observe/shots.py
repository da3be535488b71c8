"""Find a snapshot of a result, and give all of them as a labelled data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe import columns

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result

UNITS = {"oxygen": "mmHg", "diameter": "um"}


def snapshot_index(result: Result, time_h: float | None) -> int:
    """Return the number of the snapshot nearest to a time, the last one by default.

    Raises
    ------
    ResultError
        When the result has none.
    """
    times = np.asarray(result.snapshots.get("time_h", ()), dtype=float)
    if not len(times):
        raise ResultError("export", "the result has no snapshots; set observe.snapshots to the days to keep")
    return len(times) - 1 if time_h is None else int(np.argmin(np.abs(times - time_h)))


def to_xarray(result: Result) -> Any:
    """Return the tissue at all snapshots as an xarray Dataset.

    Returns
    -------
    Dataset
        Stacks (``oxygen``, ``tumour``, ...) over ``time``, ``y`` and ``x``, static arrays (``zone``, ...) over ``y`` and
        ``x``; the coordinates are ``time`` in h, ``day``, and the middles of sites in um. Scenario, seed and digest are
        attributes. Any other snapshot array of sites is kept by its name.

    Raises
    ------
    ResultError
        When xarray is not installed, or the result has no snapshots.
    """
    snapshot_index(result, None)
    try:
        import xarray
    except ImportError:
        reason = 'xarray is not installed; pip install "livermet-sim[xarray]"'
        raise ResultError("to_xarray", reason) from None
    shots = result.snapshots
    high, wide, site = int(shots["height"]), int(shots["width"]), float(shots["site_um"])
    times = np.asarray(shots["time_h"], dtype=float)
    data: dict[str, Any] = {}
    for name, values in shots.items():
        if np.shape(values) == (len(times), high * wide):
            data[name] = (("time", "y", "x"), values.reshape(-1, high, wide), {"units": UNITS.get(name, "1")})
        elif np.shape(values) == (high * wide,) and name not in columns.SIZES:
            data[name] = (("y", "x"), values.reshape(high, wide), {"units": UNITS.get(name, "1")})
    places = {"time": ("time", times, {"units": "h"}), "day": ("time", times / 24)}
    places |= {
        axis: (axis, (np.arange(n) + 0.5) * site, {"units": "um"}) for axis, n in (("y", high), ("x", wide))
    }
    facts = {"scenario": str(result.scenario.get("name", "")), "seed": result.provenance.get("seed", -1),
             "digest": str(result.provenance.get("digest", "")), "site_um": site}  # fmt: skip
    return xarray.Dataset(data, places, {name: value for name, value in facts.items() if value is not None})
