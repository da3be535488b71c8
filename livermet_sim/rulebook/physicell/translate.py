"""Turn rows of PhysiCell into records of our rules and back; what cannot be turned is named, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from livermet_sim.base.errors import RuleError, nearest
from livermet_sim.base.units import unit
from livermet_sim.rulebook.physicell import dictionary
from livermet_sim.rulebook.physicell.dictionary import BEHAVIOURS, CUSTOM, SIGNALS, Word
from livermet_sim.rulebook.physicell.row import LOWERS, RAISES, WEAK_RAISES, Row
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import LAYERS, Vocabulary

OXYGEN = "oxygen"  # the one substrate that has a unit here, and the same
Bases = Mapping[str, Mapping[str, Any]]  # of "cells.KIND", by behaviour


class NoMeaning(Exception):
    """Say why a row has no meaning in this model."""


@dataclass(frozen=True)
class Here:
    """Know the words of one run, its base values, and what the user says foreign names stand for.

    Attributes
    ----------
    words : Vocabulary
    bases : mapping
        Values of each section ``cells.KIND``.
    names : mapping
        Cell types and substrates of the file -> kinds and fields of this model.
    lenient : bool
    """

    words: Vocabulary
    bases: Bases
    names: Mapping[str, str]
    lenient: bool = False

    def base(self, actor: str, behaviour: str) -> float:
        """Return the base value of a behaviour."""
        return float(self.bases[f"cells.{actor}"][behaviour])

    def record(self, row: Row, place: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
        """Return id and record of the rule that a row is here, and notes on what its words mean here.

        Raises
        ------
        NoMeaning
            With the reason why there is none.
        """
        actor = self._kind(row.cell)
        signal, half_unit, note = self._signal(row)
        behaviour, own_unit = self._behaviour(row, actor)
        direction = self._direction(row, actor, behaviour, own_unit)
        record = {
            "actor": actor, "signal": signal, "direction": direction, "behaviour": behaviour,
            "maximum": f"{row.maximum!r} {own_unit}".strip(), "half_max": f"{row.half_max!r} {half_unit}".strip(),
            "power": row.power, "source": place, "grade": "assumed",
        }  # fmt: skip
        id = re.sub(r"[^a-z0-9]+", "_", f"{actor} {signal} {direction} {behaviour}".lower())
        try:
            rule = Rule.read(id, record, self.words)
            rule.check(self.base(actor, behaviour), self.words.behaviours[actor][behaviour])
        except RuleError as error:
            why = error.sentence.partition(": ")[2]
            lowers = "; PhysiCell 1.14.2 lowers then, until another row acts on that behaviour"
            raise NoMeaning(why + (lowers if row.raises and "below the base" in why else "")) from None
        notes = [note] if note else []
        if row.dead:
            notes.append("dead cells leave the table here, so the rule acts in live ones alone")
        if row.base is not None and self._bases_differ(row, actor, behaviour, own_unit):
            notes.append(f"its base is {row.base:g} {own_unit} in the file and {self.base(actor, behaviour):g} "
                         f"{self.words.behaviours[actor][behaviour].unit} here")  # fmt: skip
        return id, record, tuple(notes)

    def _bases_differ(self, row: Row, actor: str, behaviour: str, own_unit: str) -> bool:
        here = self.base(actor, behaviour)
        found = (row.base or 0.0) * factor(own_unit, self.words.behaviours[actor][behaviour].unit)
        return abs(found - here) > 1e-9 * max(abs(here), abs(found))

    def _kind(self, name: str) -> str:
        found = dictionary.known_name(name, self.names, "cells", self.words.kinds)
        if found is None:
            raise NoMeaning(_who(name, "no kind of cell", self.words.kinds))
        return found

    def _signal(self, row: Row) -> tuple[str, str, str]:
        """Return our signal, the unit of the half-maximum, and a note."""
        word = dictionary.signal(row.signal)
        entry: Mapping[str, Any] = dictionary.library()[SIGNALS][word.entry] if word else {}
        if word is None or "why" in entry:
            raise NoMeaning(
                f'"{row.signal}" is no signal here: {entry.get("why", "it is not in the dictionary")}'
            )
        if word.entry == CUSTOM:
            if word.name not in self.words.signals:
                raise NoMeaning(
                    f'there is no signal "{word.name}" here{_hint(word.name, self.words.signals)}'
                )
            return word.name, _unit(self.words.signals[word.name].unit), ""
        name = str(entry["here"])
        note = str(entry.get("note", ""))
        if word.entry.startswith(dictionary.SUBSTRATE):
            fields = (*self.words.fields, OXYGEN)
            field = dictionary.known_name(word.name, self.names, "substrates", fields)
            if field is None:
                raise NoMeaning(_who(word.name, "no signal or substrate", fields))
            name, note = name.replace("X", field), "" if field == OXYGEN else note
        elif word.entry == "contact with T":
            name = name.replace("T", self._kind(word.name))
        if name not in self.words.signals:
            raise NoMeaning(f'"{row.signal}" is no signal here: cells do not sense {name}')
        return name, _unit(self.words.signals[name].unit), f"{row.signal}: {note}" if note else ""

    def _behaviour(self, row: Row, actor: str) -> tuple[str, str]:
        """Return our behaviour and the unit of its values in the file."""
        word = dictionary.behaviour(row.behaviour) or Word(row.behaviour)
        entry = dictionary.library()[BEHAVIOURS].get(word.entry, {"why": "it is not in the dictionary"})
        if "why" in entry:
            raise NoMeaning(f'"{row.behaviour}" is no behaviour here: {entry["why"]}')
        known = self.words.behaviours[actor]
        if word.entry == CUSTOM:
            if word.name not in known:
                raise NoMeaning(
                    f'{actor} cells have no behaviour "{word.name}" here{_hint(word.name, known)}'
                )
            return word.name, _unit(known[word.name].unit)
        target = self._kind(word.name) if word.name else ""
        if entry.get("only", target) != target:
            raise NoMeaning(
                f'"{row.behaviour}" is no behaviour here: {actor} cells act on {entry["only"]} cells alone'
            )
        for name in entry["here"]:
            name = name.replace("T", target)
            if name in known:
                return name, _unit(entry["unit"])
        raise NoMeaning(f'"{row.behaviour}" is no behaviour of {actor} cells here')

    def _direction(self, row: Row, actor: str, behaviour: str, own_unit: str) -> str:
        """Return the direction; as PhysiCell takes it where it is lenient."""
        if row.direction in WEAK_RAISES:
            raise NoMeaning(f'"{row.direction}" raises nothing in PhysiCell: the maximum stays at the base')
        if row.direction not in (RAISES, LOWERS):
            return LOWERS
        below = row.maximum * factor(own_unit, self.words.behaviours[actor][behaviour].unit) < self.base(
            actor, behaviour
        )
        # alone on its behaviour it lowers it, as if it said so
        return LOWERS if self.lenient and row.direction == RAISES and below else row.direction


def row_of(rule: Rule, here: Here) -> tuple[Row, tuple[str, ...]]:
    """Return the row of a rule, and notes on what it loses."""
    notes: list[str] = []
    signal = _signal_word(rule.signal, here.words)
    behaviour, unit_there = _behaviour_word(rule, here.words)
    base = here.base(rule.actor, rule.behaviour)
    own = here.words.behaviours[rule.actor][rule.behaviour].unit
    for word in (signal, behaviour):
        if word.startswith(CUSTOM):
            notes.append(f'"{word}" is a variable that the PhysiCell model must keep itself')
    if rule.where != LAYERS:
        notes.append(f"here it holds in the {' and '.join(rule.where)} only, and there anywhere")
    maximum = number_in(rule.target(base), own, unit_there)
    row = Row(rule.actor, signal, rule.direction, behaviour, maximum, rule.half_max, rule.power)
    return row, tuple(notes)


def _signal_word(name: str, words: Vocabulary) -> str:
    if name == OXYGEN or name in words.fields:
        return name
    head, _, last = name.rpartition(".")
    if last == "gradient" and head in words.fields:
        return f"{head} gradient"
    for entry, meaning in dictionary.library()[SIGNALS].items():
        if meaning.get("here") == name:
            return entry
    if head == "contact" and last in words.kinds:
        return f"contact with {last}"
    return f"{CUSTOM}{name}"


def _behaviour_word(rule: Rule, words: Vocabulary) -> tuple[str, str]:
    """Return PhysiCell's word for the behaviour of a rule, and the unit it has there."""
    known = words.behaviours[rule.actor]
    for entry, meaning in dictionary.library()[BEHAVIOURS].items():
        for name in meaning.get("here", ()):
            targets = (meaning["only"],) if "only" in meaning else words.kinds if "T" in name else ("",)
            for target in targets:
                first = next(
                    (n.replace("T", target) for n in meaning["here"] if n.replace("T", target) in known), ""
                )
                if name and first == name.replace("T", target) == rule.behaviour:
                    return Word(entry, target).text, _unit(meaning["unit"])
    return f"{CUSTOM}{rule.behaviour}", _unit(known[rule.behaviour].unit)


def as_written(row: Row, rule: Rule, before: Row, record: Mapping[str, Any]) -> Row:
    """Return the row of a changed rule with the spellings of the row it came from, for all that did not change."""
    same = {name: getattr(rule, name) == record.get(name) for name in ("actor", "signal", "behaviour")}
    return replace(
        row,
        cell=before.cell if same["actor"] else row.cell,
        signal=before.signal if same["signal"] else row.signal,
        behaviour=before.behaviour if same["behaviour"] and same["actor"] else row.behaviour,
        dead=before.dead,
    )


def factor(there: str, here: str) -> float:
    """Return how many of the unit here one of the unit there is."""
    return float(unit(there)[0] / unit(here)[0])


def number_in(value: float, here: str, there: str) -> float:
    """Return a value in another unit: the shortest decimal from which the same value is read back."""
    if unit(here)[0] == unit(there)[0] or value == 0.0:
        return value
    exact = Fraction(value) * unit(here)[0] / unit(there)[0]
    with localcontext() as context:
        context.prec = 40
        decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    for digits in range(1, 18):
        text = f"{decimal:.{digits}g}"
        if float(Fraction(repr(float(text))) * unit(there)[0] / unit(here)[0]) == value:
            return float(text)
    return float(decimal)


def _unit(name: str) -> str:
    return "" if name == "1" else name


def _who(name: str, what: str, valid: Any) -> str:
    close = nearest(dictionary.plain(name), valid)
    hint = f'did you mean "{close}"? ' if close else ""
    return f'{what} is called "{name}" here; {hint}--name "{name}=..." says which it is of {", ".join(valid)}'


def _hint(name: str, valid: Any) -> str:
    close = nearest(name, valid)
    return f'; did you mean "{close}"?' if close else ""
