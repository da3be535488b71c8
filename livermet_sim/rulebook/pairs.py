"""Choose which two ablations of many are taken out together, or exchanged."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

from livermet_sim.base.errors import LivermetError
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.ablation import ALONE, JOIN, MECHANISM
from livermet_sim.rulebook.book import RuleBook

ALIKE = "alike"
MOST_IN_PAIRS = 40


def every_two(words: Sequence[str]) -> list[str]:
    """Return every two of some ablations, joined.

    Raises
    ------
    LivermetError
        For fewer than two, or so many that nobody would wait for their pairs.
    """
    if len(words) < 2:
        named = ", ".join(words)
        raise LivermetError("pairs", f'"{named}" names {named or "nothing"} alone; a pair needs two')
    if len(words) > MOST_IN_PAIRS:
        raise LivermetError("pairs", f"{len(words)} mechanisms; at most {MOST_IN_PAIRS} can be paired")
    return [JOIN.join(pair) for pair in itertools.combinations(words, 2)]


def alike(words: Sequence[str], rules: RuleBook, by: str) -> list[str]:
    """Return every two ablations that could stand in for each other: both move one behaviour of one kind the same way.

    Parameters
    ----------
    words : sequence of str
        Ablations, of which those of processes have no rules and so no pair.
    by : str
        "mechanism" or "rule", as the words are.

    Raises
    ------
    LivermetError
        Where no two are alike.
    """
    groups: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    place = {word.removesuffix(f" {ALONE}"): word for word in words}
    for rule in rules.enabled():
        name = ablation.family(rule.id) if by == MECHANISM else rule.id
        if name in place:
            groups[rule.actor, rule.behaviour, rule.direction][place[name]] = None
    order = {word: i for i, word in enumerate(words)}
    found = {
        pair
        for group in groups.values()
        for pair in itertools.combinations(sorted(group, key=order.__getitem__), 2)
    }
    if not found:
        raise LivermetError("pairs", "no two of these move one behaviour of one kind of cell the same way")
    return [JOIN.join(pair) for pair in sorted(found, key=lambda pair: (order[pair[0]], order[pair[1]]))]
