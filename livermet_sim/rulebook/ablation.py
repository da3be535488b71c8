"""Take rules out of a liver, or turn them round: what an ablation is called, and what it changes in a scenario.

An ablation is a word: ``AN5`` (a mechanism, all its rules, or one rule such as ``MV6.tnf``), ``MV13 alone`` (the rule of that
id without its variants), several joined by `` + ``, or ``nothing``, the control. In front of a name may stand a mode:

- ``drop``, which may be left out: the rule is switched off.
- ``invert``: it lowers what it raised and raises what it lowered, as many fold.
- ``saturate``: it is at its maximum wherever there is any of its signal.

``swap MV9 with MV12`` lets two rules exchange what they listen to: see ``rulebook.swap``.

A process that a user has registered goes by its name, and can be dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from livermet_sim.base.errors import RuleError
from livermet_sim.rulebook import book
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.swap import swapped

ABLATE = "ablate"  # what a study calls what it takes out
CONTROL = "nothing"
DROP, INVERT, SATURATE, SWAP = MODES = ("drop", "invert", "saturate", "swap")
MECHANISM, RULE = BY = ("mechanism", "rule")
ALONE = "alone"
JOIN, WITH = " + ", " with "
LEAST_HALF_MAX = 1e-9
OWN_PHASE = "own"
PROCESSES = "processes"  # sections of those that a user has registered
PHASE_OF = {
    "PM": "priming", "MV": "microvascular", "PA": "pre-angiogenic", "AN": "angiogenic", "GR": "growth",
}  # fmt: skip
Values = Mapping[str, Mapping[str, Any]]


def family(id: str) -> str:
    """Return the mechanism that a rule belongs to."""
    return id.partition(".")[0]


def ids(word: str) -> list[str]:
    """Return the mechanisms, rules and processes that an ablation names."""
    return [id for part in word.split(JOIN) for id in _parse(part)[1].split(WITH)]


def phase(word: str) -> str:
    """Return the phase of the first mechanism of an ablation; "own" for a user's rule."""
    id = ids(word)[0]
    head = family(id).rstrip("0123456789")
    return PHASE_OF.get(head, OWN_PHASE) if family(id) in book.mechanisms() else OWN_PHASE


def title(word: str) -> str:
    """Return what the mechanisms of an ablation are called; a user's own rule goes by its id."""
    titles = (str(book.mechanisms().get(family(id), {}).get("title", id)) for id in ids(word))
    return "; ".join(dict.fromkeys(titles))


def every(rules: RuleBook, by: str, values: Values) -> list[str]:
    """Return the ablations that switch off, one at a time, all that acts: mechanisms, or rules.

    Parameters
    ----------
    by : str
        "mechanism" or "rule"; what a process carries out is one of each.
    values : mapping of section to values
        Of the scenario: a process whose values are those that switch it off does not act.

    Raises
    ------
    RuleError
        For another word.
    """
    if by not in BY:
        raise RuleError("by", f'"{by}" is not a choice', name=by, valid=BY)
    acting = [rule.id for rule in rules.enabled()]
    if by == MECHANISM:
        found = list(dict.fromkeys(family(id) for id in acting))
    else:
        found = [f"{id} {ALONE}" if _has_variants(id, rules) else id for id in acting]
    found += [id for id, entry in book.by_process().items() if process_acts(entry, values)]
    found += [name for name, runs in _own_processes(values).items() if runs]
    place = {id: i for i, id in enumerate(book.mechanisms())}
    return sorted(found, key=lambda word: place.get(family(_parse(word)[1]), len(place)))


def chosen(patterns: Iterable[str], rules: RuleBook, by: str, values: Values) -> list[str]:
    """Return the ablations that patterns such as ``AN*`` or ``MV12`` name, in the order of the library; all without any.

    A pattern matches an id, or the name of a phase.

    Raises
    ------
    RuleError
        For a pattern that matches nothing, with the nearest id.
    """
    known = every(rules, by, values)
    patterns = [part.strip() for text in patterns for part in text.split(",")]
    if not patterns:
        return known
    wanted: set[str] = set()
    for pattern in patterns:
        found = {word for word in known if _matches(pattern, word)}
        if not found:
            _parts(pattern, rules, values)  # says why
            found = {pattern}
        wanted |= found
    return [word for word in known if word in wanted] + sorted(wanted - set(known))


def _matches(pattern: str, word: str) -> bool:
    id = _parse(word)[1]
    return any(fnmatchcase(name, pattern) for name in (word, id, family(id), phase(word)))


def with_mode(mode: str, word: str) -> str:
    """Return an ablation in a mode; a pair swapped is one of two rules that exchange what they listen to.

    Raises
    ------
    RuleError
        For an unknown mode, or a swap of other than two.
    """
    if mode not in MODES:
        raise RuleError("mode", f'"{mode}" is not a mode', name=mode, valid=MODES)
    if mode == SWAP:
        two = [part.removesuffix(f" {ALONE}") for part in word.split(JOIN)]
        if len(two) != 2:
            raise RuleError("mode", f"swap exchanges two rules, and this names {len(two)}: {word}")
        return f"{SWAP} {WITH.join(two)}"
    return word if mode == DROP else JOIN.join(f"{mode} {part}" for part in word.split(JOIN))


def changes(word: str, rules: RuleBook, values: Values) -> dict[str, Any]:
    """Return what an ablation changes in a scenario, by dotted name.

    Parameters
    ----------
    word : str
        See the head of this module.
    rules, values
        Of the scenario.

    Raises
    ------
    RuleError
        For an unknown rule or mode, a rule that is off already, or one that cannot be turned round.
    """
    found: dict[str, Any] = {}
    if word == CONTROL:
        return found
    for mode, id, own in _parts(word, rules, values):
        if mode == SWAP:
            first, second = own
            found |= swapped(first, second, rules.words)
            continue
        if mode == DROP:
            for rule in own:
                # what another part of the word takes out stays out
                found = {f"rules.{v.id}.enabled": v.enabled for v in _variants(rule.id, rules)} | found
            of = PROCESSES if not own and id in _own_processes(values) else "rules"
            found |= {f"{of}.{name}.enabled": False for name in ([r.id for r in own] or [id])}
        for rule in own:
            if mode == INVERT:
                found |= _inverted(rule, rules, values)
            elif mode == SATURATE:
                found[f"rules.{rule.id}.half_max"] = LEAST_HALF_MAX
    return found


def _parts(word: str, rules: RuleBook, values: Values) -> list[tuple[str, str, Sequence[Rule]]]:
    """Return mode, id and acting rules of each part of an ablation; a process has no rules."""
    found: list[tuple[str, str, Sequence[Rule]]] = []
    for part in word.split(JOIN):
        mode, id, alone = _parse(part)
        if mode == SWAP:
            found.append((mode, id, _two(id, rules, values)))
            continue
        entry, processes = book.by_process().get(id), _own_processes(values)
        if (entry is not None or id in processes) and id not in rules.rules:
            if mode != DROP or alone:
                process = entry["process"] if entry else id
                raise RuleError(
                    "ablate", f"the process {process} carries out {id}, which can only be dropped"
                )
            own: Sequence[Rule] = ()
            acts = process_acts(entry, values) if entry else processes[id]
        else:
            own = [rule for rule in _named(id, alone, rules, values) if rule.enabled]
            acts = bool(own)
        if not acts:
            raise RuleError("ablate", f"{id} is switched off already")
        found.append((mode, id, own))
    return found


def _two(names: str, rules: RuleBook, values: Values) -> list[Rule]:
    """Return the two rules that a swap names, each by the id of one rule."""
    two = names.split(WITH)
    if len(two) != 2:
        raise RuleError("ablate", f'"{SWAP} {names}" does not name two rules; write "{SWAP} MV9{WITH}MV12"')
    found: list[Rule] = []
    for id in two:
        if id not in rules.rules and id in {**book.by_process(), **_own_processes(values)}:
            raise RuleError("ablate", f"a process carries out {id}, which can only be dropped")
        own = _named(id, id in rules.rules, rules, values)
        if len(own) > 1:
            raise RuleError(
                "ablate", f"{id} has {len(own)} rules; swap one of {', '.join(r.id for r in own)}"
            )
        if not own[0].enabled:
            raise RuleError("ablate", f"{id} is switched off already")
        found += own
    return found


def _named(id: str, alone: bool, rules: RuleBook, values: Values) -> list[Rule]:
    """Return the rules of an id; where there are none, say so with the nearest, or why the model lacks it."""
    if alone and id in rules.rules:
        return [rules.rules[id]]
    found = [] if alone else [rule for rule in rules if rule.id == id or rule.id.startswith(f"{id}.")]
    if found:
        return found
    if id in book.missing():
        raise RuleError("ablate", f"{id} is not in the model: {book.missing()[id]}")
    valid = {*rules.rules, *map(family, rules.rules), *book.by_process(), *_own_processes(values)}
    raise RuleError("ablate", f'there is no rule or mechanism "{id}"', name=id, valid=valid)


def _parse(part: str) -> tuple[str, str, bool]:
    """Return the mode, the id, and whether the rule of that id is meant without its variants."""
    words = part.split()
    mode = words.pop(0) if len(words) > 1 and words[0] in MODES else DROP
    alone = len(words) > 1 and words[-1] == ALONE
    return mode, " ".join(words[:-1] if alone else words), alone


def _has_variants(id: str, rules: RuleBook) -> bool:
    return bool(_variants(id, rules))


def _variants(id: str, rules: RuleBook) -> list[Rule]:
    """Return the other rules that switch with a rule."""
    return [rule for rule in rules if rule.id.startswith(f"{id}.")]


def process_acts(entry: Mapping[str, Any], values: Values) -> bool:
    """Say whether a process carries out its mechanism: some of its values are not those that switch it off."""
    for name, off in entry["off"].items():
        section, _, key = name.rpartition(".")
        while section and section not in values:
            section, _, first = section.rpartition(".")
            key = f"{first}.{key}"
        if values[section][key] != off:
            return True
    return False


def _own_processes(values: Values) -> dict[str, bool]:
    """Return the registered processes of a scenario, and whether each runs."""
    head = f"{PROCESSES}."
    return {
        name.removeprefix(head): bool(own["enabled"]) for name, own in values.items() if name.startswith(head)
    }


def _inverted(rule: Rule, rules: RuleBook, values: Values) -> dict[str, Any]:
    """Return a rule turned round: as many fold the other way, or as far where its maximum is 0."""
    behaviour = rules.words.behaviours[rule.actor][rule.behaviour]
    base = float(values[f"cells.{rule.actor}"][rule.behaviour])
    target = rule.target(base)
    if base == 0.0:
        raise RuleError(
            "ablate", f"{rule.id} cannot be inverted: {rule.behaviour} of {rule.actor} cells is 0 without it"
        )
    mirror = base * base / target if target > 0.0 else 2.0 * base - target
    mirror = min(max(mirror, behaviour.low), behaviour.high)
    direction = "decreases" if rule.direction == "increases" else "increases"
    return {
        f"rules.{rule.id}.direction": direction,
        f"rules.{rule.id}.maximum": f"{mirror!r} {behaviour.unit}".strip(),
    }
