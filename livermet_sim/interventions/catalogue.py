"""List in words what can be done to a liver: actions and their keys, targets, and what the libraries hold."""

from __future__ import annotations

from livermet_sim.interventions import levers
from livermet_sim.interventions.intervention import ACTIONS


def sections() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return headings, each with names and what is said of them."""
    actions = [(own.action, own.entry()) for own in ACTIONS.values()]
    return [
        ("actions of [[interventions]]: keys (values where left out)", actions),
        ("targets and behaviours of block, boost and knock_out", list(levers.TARGETS.items())),
        *(shelf for own in ACTIONS.values() if (shelf := own.shelf())),
    ]
