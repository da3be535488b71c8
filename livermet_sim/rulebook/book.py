"""Keep the rules of one run: the library's, with a scenario's changes to them and its own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import RuleError
from livermet_sim.base.read import is_table
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import KindLike, Vocabulary

LIBRARY = Path(__file__).parent.parent / "library" / "rules"
FILES = ("priming", "microvascular", "pre_angiogenic", "angiogenic", "growth")
Record = dict[str, Any]


@dataclass(frozen=True, repr=False)
class RuleBook:
    """Hold the rules of one run by id, and the words they are written in."""

    rules: dict[str, Rule]
    words: Vocabulary

    @classmethod
    def load(
        cls,
        changes: Mapping[str, Mapping[str, Any]],
        kinds: Iterable[KindLike],
        fields: Iterable[str],
        systemic: Iterable[str],
        *,
        library: bool = True,
        bases: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> RuleBook:
        """Return the library's rules with the changes made and the new rules added.

        Parameters
        ----------
        changes : mapping
            Per rule id the keys to change, or a full record for a new rule. A mechanism's id ("MV6") may
            switch ``enabled`` for all its variants ("MV6.tnf", "MV6.il1") at once.
        kinds, fields, systemic
            The cell kinds, the names of the diffusing signals and of the systemic factors.
        library : bool
            Whether to start from the rules that ship with the model; a resolved scenario holds all its rules.
        bases : mapping, optional
            By kind the values of its behaviours without rules; see `Rule.read`.

        Raises
        ------
        RuleError
            For an unknown rule without a full record, and for anything wrong in a rule.
        """
        words = Vocabulary.of(kinds, fields, systemic)
        records = {id: dict(record) for id, record in library_records().items()} if library else {}
        known = dict.fromkeys(records)
        flat = _flat(changes, "")
        for id, change in flat.items():
            _switch_variants(records, id, change)
        for id, change in flat.items():
            _merge(records, id, change, known)
        return cls({id: Rule.read(id, record, words, bases) for id, record in records.items()}, words)

    def __repr__(self) -> str:
        off = sum(not rule.enabled for rule in self)
        return f"RuleBook({len(self)} rules{f', {off} of them off' if off else ''})"

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, id: str) -> Rule:
        if id not in self.rules:
            if variants := _variants(self.rules, id):
                raise RuleError(f"rules.{id}", f"it has variants; name one of {', '.join(variants)}")
            raise RuleError(f"rules.{id}", "there is no such rule", name=id, valid=self.rules)
        return self.rules[id]

    def find(self, id: str) -> list[Rule]:
        """Return the rule of this id, or all variants of a mechanism."""
        ids = [other for other in self.rules if other == id] + _variants(self.rules, id)
        return [self.rules[other] for other in ids] or [self[id]]

    def enabled(self) -> list[Rule]:
        """Return the rules that are switched on, in the order of the library."""
        return [rule for rule in self if rule.enabled]

    def to_dict(self) -> dict[str, Record]:
        """Return the full record of every rule; ``load(..., library=False)`` gives the same book back."""
        return {rule.id: rule.to_dict(self.words) for rule in self}


def _switch_variants(records: dict[str, Record], id: str, change: Record) -> None:
    """Switch all variants of a mechanism with it; what a variant's own change says comes later and wins."""
    if "enabled" in change:
        for variant in _variants(records, id):
            records[variant]["enabled"] = change["enabled"]


def _merge(records: dict[str, Record], id: str, change: Record, known: Mapping[str, Any]) -> None:
    """Put one change, or one new rule, into the records."""
    if id in records:
        records[id].update(change)
    elif {"actor", "signal", "behaviour"} & set(change):
        records[id] = dict(change)
    elif variants := _variants(records, id):
        if set(change) != {"enabled"}:
            raise RuleError(f"rules.{id}", f"it has variants; change one of {', '.join(variants)}")
    elif instead := former_rules().get(id):
        raise RuleError(f"rules.{id}", f"there is no such rule any more; {instead}")
    else:
        raise RuleError(
            f"rules.{id}", "there is no such rule, and this is not a full record", name=id, valid=known
        )


def _variants(ids: Iterable[str], id: str) -> list[str]:
    return [other for other in ids if other.startswith(f"{id}.")]


def _flat(tables: Mapping[str, Any], prefix: str) -> dict[str, Record]:
    """Return records by full id: a table inside a rule's table is a variant of it."""
    flat: dict[str, Record] = {}
    for key, table in tables.items():
        if not is_table(table):
            raise RuleError(f"rules.{prefix}{key}", f"{table!r} is not a rule; a rule is a table of keys")
        own = {name: value for name, value in table.items() if not is_table(value)}
        inner = {name: value for name, value in table.items() if is_table(value)}
        if own or not inner:
            flat[prefix + key] = own
        flat |= _flat(inner, f"{prefix}{key}.")
    return flat


@cache
def library_records() -> dict[str, Record]:
    """Return the records of all rules that ship with the model, in the order of the phases."""
    records: dict[str, Record] = {}
    for name in FILES:
        records |= _flat(tomllib.loads((LIBRARY / f"{name}.toml").read_text(encoding="utf-8")), "")
    return records


@cache
def mechanisms() -> dict[str, dict[str, Any]]:
    """Return all mechanism ids of the literature sheet: title, and for those without a rule what stands for it.

    That is either the ``process`` that carries it out, with ``says``, ``source``, ``grade``, its ``parameters``
    and the values that switch it ``off``, or the ``reason`` why the model lacks it. ``silent`` gives by rule the reason
    why it says nothing in the situations of the library, where that is no defect; ``former`` what stands in the place of
    rules that are no more.
    """
    return tomllib.loads((LIBRARY / "mechanisms.toml").read_text(encoding="utf-8"))


def reasons_for_silence() -> dict[str, str]:
    """Return by rule the reason why it is silent in the situations of the library, where that is no defect."""
    return {id: why for entry in mechanisms().values() for id, why in entry.get("silent", {}).items()}


def former_rules() -> dict[str, str]:
    """Return the rules that are no more, each with what stands in its place."""
    return {id: instead for entry in mechanisms().values() for id, instead in entry.get("former", {}).items()}


def by_process() -> dict[str, dict[str, Any]]:
    """Return the mechanisms that a process carries out instead of a rule."""
    return {id: entry for id, entry in mechanisms().items() if "process" in entry}


def missing() -> dict[str, str]:
    """Return the mechanisms that the model lacks, each with the reason."""
    return {id: entry["reason"] for id, entry in mechanisms().items() if "reason" in entry}


def covered() -> set[str]:
    """Return the ids of the mechanisms that the library holds, as rules or by a process."""
    return {id.split(".")[0] for id in library_records()} | set(by_process())
