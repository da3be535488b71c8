"""Keep the signals that cells exchange, and relax them to their steady state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.kernels import diffusion
from livermet_sim.state.tissue import Tissue

SOURCE_STEPS = 2**20
# how many values of t, and omega: fastest first; the last converges on any outline
SCHEMES = ((3, 1.8), (3, 1.5), (3, 1.2), (1, 1.8))
TRIAL = 24


class Fields:
    """Hold the signals of a tissue, in relative units (a source of 1 everywhere gives 1 everywhere).

    Signals spread within minutes and cells act over hours, so each obeys L^2 lap(c) - c + s = 0 with no flux
    through the tissue's edge, L being the signal's length.

    Attributes
    ----------
    concentration : float64[n, F]
        Relative concentration; a cell reads one cache line. 0 outside.
    source : int64[n, F]
        Secretion in steps of 2**-20. Whole numbers add up to the same sum in any order of the cells.
    active : bool[F]
        Signals that have had a source; the others are zero everywhere and cost nothing.
    """

    def __init__(self, tissue: Tissue, names: Sequence[str], lengths: Sequence[float] | np.ndarray):
        self.names = tuple(names)
        self.lengths = np.asarray(lengths, dtype=np.float64)
        if len(set(self.names)) != len(self.names):
            raise ScenarioError("fields", f"a signal is named twice in {', '.join(self.names)}")
        if self.lengths.shape != (len(self.names),) or not np.all(self.lengths > 0.0):
            raise ScenarioError("fields", "every signal needs one length, above 0 um")
        self._columns = {name: f for f, name in enumerate(self.names)}
        self.concentration = np.zeros((tissue.n, len(self.names)))
        self.source = np.zeros((tissue.n, len(self.names)), dtype=np.int64)
        self.active = np.zeros(len(self.names), dtype=np.bool_)
        self._spread = (self.lengths / tissue.site) ** 2
        self._lines = Lines(tissue)
        self._plan: dict[str, Any] = {}
        self._planned = np.zeros(0, dtype=np.int64)
        self._scheme: tuple[int, float] | None = None

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def index(self, name: str) -> int:
        """Return the column of a signal.

        Raises
        ------
        ScenarioError
            When there is no such signal.
        """
        if name not in self._columns:
            raise ScenarioError(f"fields.{name}", "there is no such signal", name=name, valid=self.names)
        return self._columns[name]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.concentration[:, self.index(name)]

    def clear_source(self) -> None:
        """Take all secretion away, before the cells secrete anew."""
        self.source.fill(0)

    def relax(self, tolerance: float = 2e-3, most: int = 30) -> int:
        """Bring the active signals to their steady state and return the number of iterations.

        Iterations start from the present concentrations and end when none changes any signal by more than
        ``tolerance`` of its largest value.
        """
        for f in np.flatnonzero(~self.active):
            self.active[f] = self.source[:, f].any() or self.concentration[:, f].any()
        columns = np.flatnonzero(self.active)
        if len(columns) == 0:
            return 0
        if not np.array_equal(columns, self._planned):
            if self._scheme is None:
                self._scheme = self._lines.scheme(self._spread)
            self._plan = _plan(self._spread[columns], self._lines, *self._scheme)
            self._planned = columns
        plan, lines = self._plan, self._lines
        copied = (
            self.concentration, self.source, 1.0 / SOURCE_STEPS,
            self._lines.sites, columns, plan["value"], plan["load"],
        )  # fmt: skip
        diffusion.exchange(*copied, True)
        count = lines.relax(plan, tolerance, most)
        diffusion.exchange(*copied, False)
        return count

    def residual(self) -> np.ndarray:
        """Return max |s - A c| per signal, float64[F]; no error is larger, as A inverse has norm 1."""
        sites, sides = self._lines.sites, self._lines.sides
        c = self.concentration[sites]
        lap = np.zeros_like(c)
        for side in sides:
            lap += np.where((side >= 0)[:, None], self.concentration[side] - c, 0.0)
        source = self.source[sites] / SOURCE_STEPS
        return np.abs(source - c + self._spread * lap).max(axis=0, initial=0.0)


class Lines:
    """Hold the runs of touching inside sites along x and y, by compact index (place in ``tissue.inside``)."""

    def __init__(self, tissue: Tissue):
        self.sites = tissue.inside.astype(np.int64)
        self.sides = tissue.neighbours[self.sites, :4].T
        m = len(self.sites)
        compact = np.full(tissue.n + 1, m, dtype=np.int32)
        compact[self.sites] = np.arange(m, dtype=np.int32)
        # a missing neighbour, -1, reads the extra last entry, m
        east, west, north, south = compact[self.sides]
        own = np.arange(m, dtype=np.int32)
        starts = np.flatnonzero(west == m)
        row_x, row_y = _places(west, east), _places(south, north)
        self.longest = int(max(row_x.max(initial=0), row_y.max(initial=0))) + 1
        self.row_y = np.where(north == m, row_y + self.longest, row_y).astype(np.int32)
        self.runs = np.column_stack([starts, np.append(starts[1:], m)]).astype(np.int32)
        self.around = np.stack([np.where(north == m, own, north), np.where(south == m, own, south)])
        self.before_y = np.ascontiguousarray(south)
        self.after_y = np.ascontiguousarray(north)

    def relax(self, plan: dict[str, Any], tolerance: float, most: int) -> int:
        """Run the kernel on the working arrays of ``plan``."""
        lines = (self.runs, self.around, self.row_y, self.before_y, self.after_y)
        values, numbers = (plan["value"], plan["load"]), (plan["spread"], plan["table"])
        return diffusion.relax(*values, *lines, *numbers, tolerance, most, plan["work"])

    def scheme(self, spread: np.ndarray) -> tuple[int, float]:
        """Return the fastest scheme under which noise without a source fades.

        A cycle of several t can diverge on ragged tissue, because A_x and A_y do not commute there.
        """
        noise = np.random.Generator(np.random.Philox(0)).uniform(-1.0, 1.0, (len(self.sites), 4))
        for scheme in SCHEMES[:-1]:
            plan = _plan(np.linspace(spread.min(), spread.max(), 4), self, *scheme)
            plan["value"][:-1] = noise
            self.relax(plan, 0.0, TRIAL)
            if np.abs(plan["value"]).max() < 0.05:
                return scheme
        return SCHEMES[-1]


def _places(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return each site's place in its run, counted from the run's first site."""
    m = len(before)
    place = np.zeros(m, dtype=np.int32)
    front, count = np.flatnonzero(before == m), 0
    while len(front):
        place[front] = count
        front, count = after[front], count + 1
        front = front[front < m]
    return place


def _plan(spread: np.ndarray, lines: Lines, parameters: int, omega: float) -> dict[str, Any]:
    """Return working arrays and Thomas coefficients, signals padded to whole vector registers."""
    width = -(-len(spread) // 4) * 4
    spread = np.concatenate([spread, np.ones(width - len(spread))])
    low, high = 0.5, 0.5 + 4.0 * spread
    share = (np.arange(parameters) + 0.5) / parameters
    t = 1.0 / (low * (high / low) ** share[:, None])
    m, longest = len(lines.sites), lines.longest
    table = np.zeros((3, parameters, 2 * longest, width))
    side = t * spread
    factor = np.zeros_like(t)
    for place in range(longest):
        sides = 1.0 if place else 0.0
        for row, more in ((place, 1.0), (place + longest, 0.0)):
            inverse = 1.0 / (1.0 + 0.5 * t + (sides + more) * side - side * factor)
            table[:, :, row] = omega * t * inverse, inverse, side * inverse
        factor = table[2, :, place]
    return {
        "value": np.zeros((m + 1, width)),
        "load": np.zeros((m + 1, width)),
        "work": np.zeros((m + longest + 5, width)),
        "spread": spread,
        "table": table,
    }
