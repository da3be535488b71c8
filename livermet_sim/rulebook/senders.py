"""Collect who acts on whom in a run, through what: how strongly each rule answers, and who makes what rules sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.rulebook import ablation, wording
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.rulebook.reach import LOWEST, PER_DECADE, Reach, Tally
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import Vocabulary

if TYPE_CHECKING:
    from livermet_sim.state.world import World

BLOOD, LINE, ITSELF, DEAD = "blood", "tumour line", "itself", "dead tumour cells"
_BLOOD = ("shear", "speed", "stasis", "oxygen", "hypoxia", "perfused", "blood_oxygen")
_KINDS = {"contact.hepatocyte": "hepatocytes", "contact.debris": DEAD, "crowding": "contact.tumour", "pressure": "contact.tumour",
          "load": "contact.tumour", "capillarised": "lining", "tether": "lining", "selectin": "lining", "grip": "lining", "zone": "place in the lobule"}  # fmt: skip
_MAKES = ("secrete.", "deposit.", "release_net", "cover")


class Network(Reach):
    """Collect the tallies of a run's rules, and how much each kind of cell makes of what rules sense."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[tuple[str, str], float] = {}

    def listen(self, compiled: Compiled, world: World) -> None:
        """Take note of what all cells sense and make now; nothing of the run is changed."""
        super().listen(compiled, world)
        kinds = world.cells["kind"]
        columns = [(c, name) for c, name in enumerate(compiled.behaviours) if name.startswith(_MAKES)]
        for k, kind in enumerate(compiled.kinds):
            rows = np.flatnonzero(kinds == k)
            for column, name in columns:
                total = float(np.nansum(world.rates[rows, column]))
                if total > 0.0:
                    self.made[kind, name] = self.made.get((kind, name), 0.0) + total

    def answer(self, id: str) -> float:
        """Return the mean response of a rule, x^p / (1 + x^p), over its cells and the moments listened to."""
        return mean_response(self.tallies[id], self.rules[id].power)

    def edges(self, words: Vocabulary) -> list[dict[str, Any]]:
        """Return a row for every rule that acted: who, through what, on which behaviour of whom, how strongly, in which phase.

        The keys are ``rule``, ``phase``, ``senders`` (by name the share of what they make), ``signal``, ``through`` (the
        signal in words), ``actor``, ``behaviour``, ``does`` ("raises" or "lowers"), ``response`` (mean, 0 to 1), ``silent``.
        """
        return [self._edge(id, rule, words) for id, rule in self.rules.items()]

    def _edge(self, id: str, rule: Rule, words: Vocabulary) -> dict[str, Any]:
        return {
            "rule": id, "phase": ablation.phase(id), "senders": self.senders(rule), "signal": rule.signal,
            "through": wording.signal(rule.signal, words).name, "actor": rule.actor, "behaviour": rule.behaviour,
            "does": "raises" if rule.direction == "increases" else "lowers", "response": self.answer(id),
            "silent": self.tallies[id].silent,
        }  # fmt: skip

    def senders(self, rule: Rule) -> dict[str, float]:
        """Return who makes what a rule senses, each with its share."""
        name = rule.signal.removeprefix("lack.").removesuffix(".gradient")
        if name.startswith("systemic."):
            return {BLOOD: 1.0}
        if name.startswith("trait."):
            return {LINE: 1.0}
        if name in _BLOOD:
            return {BLOOD: 1.0}
        if name in _KINDS:
            return {_KINDS[name].removeprefix("contact."): 1.0}
        made = "release_net" if name in ("net", "contact.net") else "cover" if name == "cover" else ""
        if name.startswith("contact.") and not made:
            return {name.rpartition(".")[2]: 1.0}
        own = {
            kind: total
            for (kind, what), total in self.made.items()
            if what in (made, f"secrete.{name}", f"deposit.{name}")
        }
        whole = sum(own.values())
        return {kind: total / whole for kind, total in own.items()} if whole else {ITSELF: 1.0}


def mean_response(tally: Tally, power: float) -> float:
    """Return the mean of x^p / (1 + x^p) over all evaluations of a tally; 0 without any."""
    if not tally.evaluations:
        return 0.0
    decades = LOWEST + (np.arange(len(tally.bins)) + 0.5) / PER_DECADE
    answers = 1.0 / (1.0 + np.power(10.0, np.clip(-power * decades, -300.0, 300.0)))
    return float((answers * tally.bins).sum() / tally.evaluations)
