"""Let two rules exchange what they listen to: does it matter which signal drives which behaviour?

Each takes the other's signal with all that belongs to it: half-maximum, power and shape of the response. Actor, behaviour,
direction, maximum and place stay. Amplitudes are not exchanged: they carry the unit of a behaviour, and two behaviours rarely
share one.
"""

from __future__ import annotations

from typing import Any

from livermet_sim.base.errors import RuleError
from livermet_sim.kernels import response
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import Vocabulary

ANSWER = ("actor", "behaviour", "direction", "where")
CARRIED = ("signal", "half_max", "power", "response")


def swapped(first: Rule, second: Rule, words: Vocabulary) -> dict[str, Any]:
    """Return what changes in a scenario where two rules listen to each other's signal, by dotted name.

    Raises
    ------
    RuleError
        Where an exchange says nothing: both listen to the same in the same way, both move one behaviour the same way (such
        rules share their maximum), or one listens to a state of its own cells that those of the other kind lack.
    """
    names = f"{first.id} and {second.id} cannot be swapped"
    if first.id == second.id:
        raise RuleError("ablate", f"{names}: a rule needs another to exchange with")
    if all(getattr(first, name) == getattr(second, name) for name in CARRIED):
        raise RuleError("ablate", f"{names}: both answer to {first.signal} in the same way")
    if all(getattr(first, name) == getattr(second, name) for name in ANSWER):
        does = f"{first.direction[:-1]} {first.behaviour} of {first.actor} cells"
        raise RuleError("ablate", f"{names}: both {does} up to one maximum, so that nothing would change")
    if first.actor != second.actor:
        for rule, other in ((first, second), (second, first)):
            if words.signals[rule.signal].code == response.OWN:
                raise RuleError(
                    "ablate",
                    f"{names}: {rule.signal} is a state of the {rule.actor} cell itself, "
                    f"and {other.id} is a rule of {other.actor} cells",
                )
    return _listens(first, second, words) | _listens(second, first, words)


def _listens(rule: Rule, other: Rule, words: Vocabulary) -> dict[str, Any]:
    """Return the changes by which a rule takes over what another listens to."""
    unit = words.signals[other.signal].unit
    found = {
        "signal": other.signal,
        "half_max": other.half_max if unit in ("1", "relative") else f"{other.half_max!r} {unit}",
        "power": other.power,
    }
    if rule.response != other.response:
        found["response"] = other.response
    return {f"rules.{rule.id}.{name}": value for name, value in found.items()}
