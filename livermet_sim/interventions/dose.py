"""Give a drug: its level falls with a half-life, and each of its effects follows the level by Emax and EC50."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Parameter, declared
from livermet_sim.interventions import library
from livermet_sim.interventions.course import NEVER, Amount, Course, Effect
from livermet_sim.interventions.intervention import Intervention, days, start
from livermet_sim.interventions.levers import LIVER, Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.interventions.pull import Pull

ONLY = ("", "cycling", "dormant")
_TEXTS = ("target", "behaviour", "only")
_NUMBERS = {
    "maximum": Parameter("maximum", 0.0, "1", "Factor at saturation.", 0.0, 1e4),
    "amount": Parameter("amount", 1.0, "relative", "What a level of 1 adds to a systemic level.", 0.0, 1000.0),
    "kill": Parameter("kill", 0.0, "/h", "Rate of killing at saturation.", 0.0, 100.0),
    "half_max": Parameter("half_max", 0.2, "1", "Level at half of the effect (EC50), in standard doses.", 1e-6, 1e6),
    "power": Parameter("power", 1.0, "1", "Hill coefficient.", 0.1, 20.0),
}  # fmt: skip
_MODES = ("maximum", "amount", "kill")


def dose(
    drug: str, at: object = 0, every: object = None, doses: int = 1, amount: float = 1.0,
    half_life: object = None, effects: Iterable[Mapping[str, Any]] | None = None,
) -> Table:  # fmt: skip
    """Give a drug of the library, or one of your own with its ``half_life`` and ``effects``.

    Parameters
    ----------
    drug : str
        Its name; a name of your own where ``effects`` are given.
    at, every : str, time
        First dose, and the time between doses; the library's for a drug that it has.
    doses : int
        Number of doses.
    amount : float
        Size of a dose, in the drug's standard doses.
    half_life : str, time
        Half-life of the level in the body, such as ``"20 h"``.
    effects : list of mapping
        Each with a target and one of ``maximum`` (a factor), ``amount`` (of a systemic level), ``kill`` (a rate, /h).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    effects = None if effects is None else list(effects)
    return made(Dose, drug=drug, at=at, doses=doses, amount=amount, every=every, half_life=half_life,
                effects=effects)  # fmt: skip


@dataclass(frozen=True)
class DrugEffect:
    """Hold one effect of a drug on a lever, or (``kill``) the rate at which it kills cells of a kind.

    Attributes
    ----------
    mode : str
        ``maximum``, ``amount`` or ``kill``.
    size : float
        Factor on the lever at saturation; for ``amount``, what one unit of the level adds to a systemic level;
        for ``kill``, the rate (per h) at saturation.
    """

    mode: str
    target: str
    behaviour: str
    size: float
    half_max: float
    power: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as a scenario file would give it."""
        table: dict[str, Any] = {"target": self.target, self.mode: self.size}
        table["only" if self.mode == "kill" else "behaviour"] = self.behaviour
        return table if self.mode == "amount" else table | {"half_max": self.half_max, "power": self.power}

    def pull(self, course: Course) -> Pull:
        """Return the lever that it pulls, as the level of the drug goes."""
        if self.mode == "amount":
            return Pull("amount", self.target, self.behaviour, Amount(course, self.size))
        mode, rest = ("kill", 0.0) if self.mode == "kill" else ("factor", 1.0)
        strength = Effect(course, self.size, self.half_max, self.power, rest)
        return Pull(mode, self.target, self.behaviour, strength)

    @classmethod
    def read(cls, table: Mapping[str, Any], place: str, words: Words) -> DrugEffect:
        """Return one effect of a drug, checked."""
        for key in table:
            if key not in _TEXTS and key not in _NUMBERS:
                valid = (*_TEXTS, *_NUMBERS)
                raise ScenarioError(f"{place}.{key}", "there is no such key", name=key, valid=valid)
        modes = [mode for mode in _MODES if mode in table]
        if len(modes) != 1:
            reason = "an effect has one of maximum (a factor), amount (of a systemic level) and kill (a rate)"
            raise ScenarioError(place, reason)
        number = {
            key: float(p.read(table[key], f"{place}.{key}") if key in table else p.default)
            for key, p in _NUMBERS.items()
        }
        mode = modes[0]
        target, behaviour = _lever(table, mode, place, words)
        scale = (1.0, 1.0) if mode == "amount" else (number["half_max"], number["power"])
        return cls(mode, target, behaviour, number[mode], *scale)


def _lever(table: Mapping[str, Any], mode: str, place: str, words: Words) -> tuple[str, str]:
    """Return what an effect acts on: target and behaviour, or kind and the state in which its cells are killed."""
    target = str(table.get("target", LIVER if mode == "amount" else ""))
    behaviour = str(table.get("only" if mode == "kill" else "behaviour", ""))
    if mode != "kill":
        target, behaviour = words.lever(target, behaviour, place)
        if mode == "amount" and not behaviour.startswith("systemic."):
            reason = f"an amount is added to a systemic level, not to {behaviour}"
            raise ScenarioError(f"{place}.behaviour", reason)
        return target, behaviour
    words.kind(target, f"{place}.target")
    if behaviour not in ONLY or (behaviour and target != "tumour"):
        reason = f'"{behaviour}" is not a state of {target} cells; tumour cells are cycling or dormant'
        raise ScenarioError(f"{place}.only", reason)
    return target, behaviour


@dataclass(frozen=True, eq=False)
class Dose(Intervention):
    """Give a drug, once or again and again; its level falls with a half-life and acts by Emax and EC50."""

    action: ClassVar[str] = "dose"
    called: ClassVar[str] = "give a drug"
    scales: ClassVar[tuple[str, ...]] = ("amount",)
    parts: ClassVar[str] = "effects"
    drug: str
    start: float = start()
    every: float = declared(0.0, "day", "Time between doses.", 0.0, NEVER)
    doses: int = declared(1, "1", "Number of doses.", 1, 10_000)
    amount: float = declared(1.0, "1", "Size of a dose, in the drug's standard doses.", 0.0, 1000.0)
    half_life: float = declared(24.0, "h", "Half-life of the drug's level.", 0.01, 1e5)
    effects: tuple[DrugEffect, ...] = ()

    def said(self) -> str:
        """Return it as a reader would say it."""
        again = f", {self.doses} times, every {self.every:g} day" if self.doses > 1 else ""
        share = f"{100 * self.amount:.0f} % of a dose"
        return f"give {self.drug.replace('_', ' ')} ({share}) {days(self.start)}{again}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the drugs of the library."""
        return sorted(library.entries(cls.action))

    @classmethod
    def completed(cls, table: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
        """Return a table with the course and the effects of the library's drug; what was written stays."""
        if cls.parts in table:
            return table
        entry = library.entry(cls.action, name, place, "drug", cls.parts)
        effects = [library.bare(effect) for effect in entry["effects"]]
        return {key: entry[key] for key in ("every", "half_life")} | dict(table) | {"effects": effects}

    @classmethod
    def part(cls, table: Mapping[str, Any], place: str, words: Words, origin: float) -> DrugEffect:
        """Return one of its effects, checked."""
        return DrugEffect.read(table, place, words)

    def pulls(self) -> Sequence[Pull]:
        """Return a lever for each effect."""
        course = Course(self.start, self.every, int(self.doses), self.amount, self.half_life)
        return [effect.pull(course) for effect in self.effects]

    @classmethod
    def shelf(cls) -> tuple[str, list[tuple[str, str]]]:
        """Return the drugs of the library."""
        return "drugs of dose", [
            (name, f"{one['doc']} Half-life {one['half_life']}, every {one['every']}. Source: {one['source']} ({one['grade']}).")
            for name, one in library.entries(cls.action).items()
        ]  # fmt: skip
