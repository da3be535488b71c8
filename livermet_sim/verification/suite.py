"""List the checks in the order in which they are made, and make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from livermet_sim.base.errors import LivermetError
from livermet_sim.verification.check import Check, Knobs, Outcome
from livermet_sim.verification.checks import (
    blood,
    branching,
    counting,
    livers,
    oxygenation,
    randomness,
    responses,
    signals,
    walks,
)

CHECKS: tuple[Check, ...] = (
    Check("signal-profile", "A signal falls off with the distance", signals.profile),
    Check("signal-order", "Signals: order of accuracy", signals.order),
    Check("signal-twin", "Signals against their slow twin", signals.twin),
    Check("signal-rotation", "Signals know no direction", signals.rotation),
    Check("flow-poiseuille", "Blood flow of single tubes", blood.poiseuille),
    Check("flow-balance", "Blood flow in random networks", blood.balance),
    Check("flow-rotation", "Blood flow knows no direction", blood.rotation),
    Check("oxygen-sinusoid", "Oxygen along a sinusoid", oxygenation.along),
    Check("oxygen-order", "Oxygen: order of accuracy", oxygenation.order),
    Check("oxygen-krogh", "Oxygen across a slab of tissue", oxygenation.krogh),
    Check("oxygen-twin", "Oxygen against its slow twin", oxygenation.twin),
    Check("fate-shares", "Competing fates", branching.competing),
    Check("branching", "Growth and extinction of clones", branching.extinction),
    Check("walk-spread", "Crawling: how far", walks.spread),
    Check("walk-isotropy", "Crawling knows no direction", walks.isotropy),
    Check("walk-passage", "First passage of a biased walk", walks.first_passage),
    Check("rules-hill", "Hill responses of PhysiCell", responses.hill),
    Check("rules-twin", "Rules against their slow twin", responses.twin),
    Check("census-twin", "Who stands where against plain counting", counting.census),
    Check("lesions-twin", "Lesions against connected parts", counting.lesions),
    Check("random-vectors", "Random numbers: published vectors", randomness.vectors),
    Check("random-battery", "Random numbers: a battery of tests", randomness.battery),
    Check("random-purposes", "Random numbers: independence of purposes", randomness.purposes),
    Check("same-rows", "The order of rows does not matter", livers.rows),
    Check("same-threads", "Threads and processes do not matter", livers.threads),
    Check("step", "Whole livers: the length of a step", livers.step),
    Check("site", "Whole livers: the size of a site", livers.site),
    Check("invariants", "Random valid scenarios", livers.invariants),
)


def chosen(names: Sequence[str]) -> list[Check]:
    """Return the checks that names or patterns such as ``flow-*`` name; all without any.

    Raises
    ------
    LivermetError
        For a name of nothing, with the nearest.
    """
    wanted = [part.strip() for name in names for part in name.split(",") if part.strip()]
    for name in wanted:
        if not any(fnmatchcase(check.name, name) for check in CHECKS):
            known = [check.name for check in CHECKS]
            raise LivermetError("--only", f'there is no check "{name[:60]}"', name=name, valid=known)
    return [c for c in CHECKS if not wanted or any(fnmatchcase(c.name, name) for name in wanted)]


def verify(
    names: Sequence[str] = (), knobs: Knobs | None = None, tell: Callable[[Check], None] | None = None
) -> Iterator[Outcome]:
    """Give the outcome of each check.

    Parameters
    ----------
    names : sequence of str
        Names or patterns; all checks without any.
    knobs : Knobs, optional
    tell : callable, optional
        Is told each check before it is made.

    Raises
    ------
    LivermetError
        For a name of nothing.
    """
    for check in chosen(names):
        if tell is not None:
            tell(check)
        yield check(knobs or Knobs())
