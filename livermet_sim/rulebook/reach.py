"""Measure whether rules can speak: how a rule's signal among its actors lies against its half-maximum.

A rule speaks in one evaluation (one cell at one time) when its own response x^p / (1 + x^p), x = signal /
half-maximum, is between `QUIET` and `FULL`; above that it is full. A rule whose response reaches `QUIET` in less than
`RARE` of its evaluations is silent: as far as this run goes it could be struck out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.rulebook.arrays import layer_bits
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.rulebook.own import Shape
from livermet_sim.rulebook.rule import Rule

if TYPE_CHECKING:
    from livermet_sim.state.world import World

QUIET, FULL = 0.05, 0.95
RARE = 1e-4  # rules on contacts that happen to few cells speak ten times as often
LOWEST, HIGHEST, PER_DECADE = -9.0, 9.0, 100  # of the logarithm of signal / half-maximum
QUANTILES = (0.05, 0.5, 0.95)
ABSENT, NOTHING, FAINT = "no such cell", "no signal", "faint signal"


@dataclass
class Tally:
    """Hold how often one rule's signal had which size; tallies of several runs add up.

    Attributes
    ----------
    half_max : float
        Of the rule, in the signal's unit.
    evaluations, none, speaking, full : int
        Cells times moments; of them without any signal, with the rule speaking, with it full.
    maximum : float
        Largest signal, in its unit.
    bins : int64[n]
        Evaluations by the logarithm of signal / half-maximum, `PER_DECADE` bins a decade.
    """

    half_max: float
    evaluations: int = 0
    none: int = 0
    speaking: int = 0
    full: int = 0
    maximum: float = 0.0
    bins: np.ndarray = field(
        default_factory=lambda: np.zeros(round((HIGHEST - LOWEST) * PER_DECADE), dtype=np.int64)
    )

    def add(self, signal: np.ndarray, power: float, shape: Shape | None = None) -> None:
        """Take note of the signal of some cells, in its unit, and of the answer to it: by the Hill curve, or another shape."""
        heard = signal[signal > 0.0]
        decades = np.log10(heard / self.half_max)
        if shape is None:
            answer = 1.0 / (1.0 + np.power(10.0, np.clip(-power * decades, -300.0, 300.0)))
        else:
            answer = shape.share(heard / self.half_max, power)
        self.evaluations += len(signal)
        self.none += len(signal) - len(heard)
        self.speaking += int(np.count_nonzero((answer >= QUIET) & (answer <= FULL)))
        self.full += int(np.count_nonzero(answer > FULL))
        self.maximum = max(self.maximum, float(heard.max(initial=0.0)))
        place = np.clip((decades - LOWEST) * PER_DECADE, 0, len(self.bins) - 1).astype(np.int64)
        self.bins += np.bincount(place, minlength=len(self.bins))

    def merge(self, other: Tally) -> None:
        """Add the tally of another run."""
        for name in ("evaluations", "none", "speaking", "full", "bins"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.maximum = max(self.maximum, other.maximum)

    def quantile(self, share: float) -> float:
        """Return the signal that a share of the evaluations do not exceed, within a hundredth of a decade; nan without any."""
        if self.evaluations == 0:
            return float("nan")
        rank = share * self.evaluations
        if rank <= self.none:
            return 0.0
        place = int(np.searchsorted(self.none + np.cumsum(self.bins), rank))
        middle = self.half_max * 10.0 ** (LOWEST + (place + 0.5) / PER_DECADE)
        return min(middle, self.maximum)

    @property
    def silent(self) -> bool:
        """Return whether the rule said next to nothing."""
        return self.speaking + self.full <= RARE * self.evaluations

    @property
    def cause(self) -> str:
        """Return why a silent rule is silent: none of its cells, no signal at them, or too faint a one; else nothing."""
        if not self.silent:
            return ""
        return ABSENT if self.evaluations == 0 else NOTHING if self.maximum == 0.0 else FAINT


class Reach:
    """Collect the tallies of all acting rules of one run or of several."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.tallies: dict[str, Tally] = {}

    def listen(self, compiled: Compiled, world: World) -> None:
        """Take note of what all cells sense now; the census must be up to date, and nothing of the run is changed."""
        gain = {rule.id: float(g) for rule, g in zip(compiled.acting, compiled.gain, strict=True)}
        for kind in compiled.kinds:
            rows, heard = compiled.listen(world, kind)
            slot = {signal.name: i for i, signal in enumerate(compiled.senses[kind])}
            state = 1 << world.cells["layer"][rows]
            for rule in (rule for rule in compiled.acting if rule.actor == kind):
                here = layer_bits(rule) & state != 0
                own = heard[slot[rule.signal]][here] * gain[rule.id]
                self._tally(rule).add(own, rule.power, compiled.words.shapes[rule.response])

    def _tally(self, rule: Rule) -> Tally:
        self.rules[rule.id] = rule
        return self.tallies.setdefault(rule.id, Tally(rule.half_max))

    def merge(self, other: Reach) -> None:
        """Add what another run gave; of a rule that differs between runs, responses count and not the numbers."""
        for id, tally in other.tallies.items():
            self._tally(other.rules[id]).merge(tally)

    def silent(self) -> list[str]:
        """Return the ids of the rules that said next to nothing."""
        return [id for id, tally in self.tallies.items() if tally.silent]

    def fates(self) -> dict[tuple[str, str], list[str]]:
        """Return the silent rules by their fate: why they are silent, and by which signal (or for want of which cells)."""
        found: dict[tuple[str, str], list[str]] = {}
        for id in self.silent():
            rule, cause = self.rules[id], self.tallies[id].cause
            found.setdefault((cause, rule.actor if cause == ABSENT else rule.signal), []).append(id)
        return found

    def rows(self, reasons: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return a row for every rule; see `validation.reach.reach` for the columns."""
        fate = {id: ids for ids in self.fates().values() for id in ids}
        return [self._row(id, fate.get(id, ()), reasons.get(id, "")) for id in self.tallies]

    def _row(self, id: str, fate: Iterable[str], reason: str) -> dict[str, Any]:
        rule, tally = self.rules[id], self.tallies[id]
        number = max(tally.evaluations, 1)
        low, middle, high = (tally.quantile(share) for share in QUANTILES)
        return {
            "rule": id, "actor": rule.actor, "signal": rule.signal, "behaviour": rule.behaviour,
            "half_max": rule.half_max, "p5": low, "median": middle, "p95": high, "maximum": tally.maximum,
            "evaluations": tally.evaluations, "speaks": tally.speaking / number, "full": tally.full / number,
            "silent": tally.silent, "cause": tally.cause, "fate": ", ".join(other for other in fate if other != id),
            "reason": reason if tally.silent else "",
        }  # fmt: skip
