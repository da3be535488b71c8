"""Say what an intervention is: one action, with its keys, their reading, what it pulls and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from typing import Any, ClassVar, Self

from livermet_sim.base.errors import ScenarioError, nearest
from livermet_sim.base.specs import Parameter, Section, declared, parameters_of, section
from livermet_sim.interventions.course import NEVER
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.pull import Pull
from livermet_sim.interventions.sources import Source
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.world import World

EARLIEST = -365.0
MOST = 1000
RELATIVE = "relative"  # marks parts whose times count from the start of the whole
ACTIONS: dict[str, type[Intervention]] = {}


def start(doc: str = "When it begins; before 0 is before the tumour cells enter.") -> Any:
    """Return the field of a beginning."""
    return declared(0.0, "day", doc, EARLIEST, NEVER)


def end() -> Any:
    """Return the field of an end."""
    return declared(NEVER, "day", "When it ends.", EARLIEST, NEVER)


@dataclass(frozen=True, eq=False)
class Intervention(Mapping[str, Any]):
    """Hold one checked change from outside; times in days from the moment the first tumour cells may enter.

    An action is a subclass with a name: it is known by it from its definition on. Its fields are the keys of its table:
    texts, parameters (`declared`) and, under ``parts``, what it is made of. It reads as its table does: ``own["target"]``.
    """

    action: ClassVar[str] = ""
    # by which words somebody chooses it from a list
    called: ClassVar[str] = ""
    parts: ClassVar[str] = ""
    # whether a condition can be made of it, and which of its numbers grow with the condition's strength
    nests: ClassVar[bool] = True
    scales: ClassVar[tuple[str, ...]] = ()
    # what its steps write and add to, as a process declares it, and what it carries from one to the next
    writes: ClassVar[tuple[str, ...]] = ()
    adds: ClassVar[tuple[str, ...]] = ()
    carries: ClassVar[tuple[Carried, ...]] = ()

    def __init_subclass__(cls) -> None:
        if cls.action:
            ACTIONS[cls.action] = cls

    def __getitem__(self, key: str) -> Any:
        return self.to_dict()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("action", *(own.name for own in fields(self))))

    def __len__(self) -> int:
        return 1 + len(fields(self))

    def to_dict(self) -> dict[str, Any]:
        """Return it as a scenario file would give it, with every value resolved."""
        table: dict[str, Any] = {"action": self.action}
        table |= {own.name: getattr(self, own.name) for own in fields(self)}
        if self.parts:
            table[self.parts] = [part.to_dict() for part in table[self.parts]]
        return table

    # what an action may say and do

    def said(self) -> str:
        """Return it as a reader would say it."""
        raise TypeError(f"{self.action} does not say what it does")

    def checked(self, place: str, words: Words) -> Self:
        """Return it with its names checked, and what its numbers ask of each other."""
        return self

    def begins(self) -> float | None:
        """Return the day on which it begins; None for what acts on a run from its beginning."""
        return getattr(self, "start", None)

    def whole(self) -> Sequence[Intervention]:
        """Return what it comes to: itself, or the changes that make it up."""
        return (self,)

    def pulls(self) -> Sequence[Pull]:
        """Return the levers that it pulls."""
        return ()

    def sources(self) -> Sequence[Source]:
        """Return the sources of signals that it keeps in the tissue."""
        return ()

    def step(self, world: World, number: int, setting: Setting) -> None:
        """Do its part at the beginning of a step; ``number`` is its place among those of the run."""

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return what one of its texts can be, the likeliest first; ``texts`` are those before it."""
        return words.aims() if key == "target" else ()

    @classmethod
    def rewritten(cls, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        """Return a table with what can be given in another way as its keys have it."""
        return table

    @classmethod
    def completed(cls, table: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
        """Return a table with what a library knows under its name."""
        return table

    @classmethod
    def scaled(cls, table: Mapping[str, Any], strength: float) -> dict[str, Any]:
        """Return a table of it, as one change of a condition, at another strength."""
        return {key: value * strength if key in cls.scales else value for key, value in table.items()}

    @classmethod
    def part(cls, table: Mapping[str, Any], place: str, words: Words, origin: float) -> Any:
        """Return one of its parts, checked; times count from ``origin`` (day)."""
        raise TypeError(f"{cls.action} has no parts")

    # reading

    @classmethod
    def texts(cls) -> dict[str, str | None]:
        """Return the keys that are texts, each with its value where it is left out, None where it must not be."""
        own = (f for f in fields(cls) if "parameter" not in f.metadata and f.name != cls.parts)
        return {f.name: None if f.default is MISSING else f.default for f in own}

    @classmethod
    def keys_known(cls) -> tuple[str, ...]:
        """Return every key that a table of this action may have."""
        return tuple(own.name for own in fields(cls))

    @classmethod
    def read(cls, table: Mapping[str, Any], place: str, words: Words, origin: float = 0.0) -> Self:
        """Return the intervention of a table, checked; its times count from ``origin`` (day).

        Raises
        ------
        ScenarioError
            For an unknown key or name, a wrong unit, or a window that ends before it starts.
        """
        table = cls.rewritten(table, place)
        for key in table:
            if key != "action" and key not in cls.keys_known():
                reason = f"there is no such key for {cls.action}"
                raise ScenarioError(f"{place}.{key}", reason, name=key, valid=cls.keys_known())
        texts = {
            key: cls._text(key, table.get(key, left_out), place) for key, left_out in cls.texts().items()
        }
        table = cls.completed(table, next(iter(texts.values()), ""), place)
        made = cls(**texts, **cls._numbers(table, place, origin)).checked(place, words)
        return replace(made, **{cls.parts: made._parts(table, place, words)}) if cls.parts else made

    @classmethod
    def _text(cls, key: str, value: object, place: str) -> str:
        if isinstance(value, str) and value:
            return value
        reason = f"{cls.action} needs a {key}" if value in (None, "") else f"{value!r} is not a text"
        raise ScenarioError(f"{place}.{key}", reason)

    @classmethod
    def _numbers(cls, table: Mapping[str, Any], place: str, origin: float) -> dict[str, Any]:
        section = numbers_of(cls)
        given = {key: table[key] for key in section.names() if key in table}
        numbers: dict[str, Any] = section.resolve(given, place)
        for key in ("start", "end"):
            if key in given or (key == "start" and key in numbers):
                numbers[key] = float(numbers[key]) + origin
        if "end" in numbers and numbers["end"] <= numbers["start"]:
            reason = (
                f"the window ends at day {numbers['end']:g}, not after its start at day {numbers['start']:g}"
            )
            raise ScenarioError(f"{place}.end", reason)
        return numbers

    def _parts(self, table: Mapping[str, Any], place: str, words: Words) -> tuple[Any, ...]:
        key, given = self.parts, table.get(self.parts, ())
        if not isinstance(given, list | tuple) or not all(isinstance(part, Mapping) for part in given):
            raise ScenarioError(f"{place}.{key}", f"{key} are a list of tables")
        if len(given) > MOST:
            raise ScenarioError(f"{place}.{key}", f"there are {len(given)}; at most {MOST} make sense")
        # parts from the library count their times from the start of the whole; resolved ones are absolute
        origin = self.begins() or 0.0 if RELATIVE in table else 0.0
        return tuple(self.part(part, f"{place}.{key}[{i}]", words, origin) for i, part in enumerate(given))

    # listing

    @classmethod
    def entry(cls) -> str:
        """Return in words what the action does and its keys, with their values where left out."""
        texts = [key if value is None else f"{key} ({value})" for key, value in cls.texts().items()]
        numbers = [_key(parameter) for parameter in parameters_of(cls)]
        keys = ", ".join([*texts, *numbers, *([cls.parts] if cls.parts else [])])
        return f"{(cls.__doc__ or '').splitlines()[0]} Keys: {keys}."

    @classmethod
    def shelf(cls) -> tuple[str, list[tuple[str, str]]] | None:
        """Return a heading and what a library has for this action: names, and what is said of each."""
        return None


class Once(Intervention):
    """Act once, in the first step at or after the beginning."""

    def step(self, world: World, number: int, setting: Setting) -> None:
        """Act when its time has come."""
        if world.clock.reached(24.0 * (self.begins() or 0.0)):
            self.act(world, number, setting)

    def act(self, world: World, number: int, setting: Setting) -> None:
        """Do it; ``number`` is its place among the interventions of the run."""
        raise TypeError(f"{self.action} does not say how it is done")


@cache
def numbers_of(action: type[Intervention]) -> Section:
    """Return the numbers of an action."""
    return section("interventions", action)


def read_one(
    table: Mapping[str, Any], place: str, words: Words, origin: float = 0.0, nested: bool = False
) -> Intervention:
    """Return one intervention, checked; times count from ``origin`` (day)."""
    known = {own.action: own for own in ACTIONS.values() if own.nests or not nested}
    if "action" not in table:
        raise _without_action(table, place, known)
    name = str(table["action"])
    if name not in known:
        raise ScenarioError(f"{place}.action", f'"{name}" is not an action', name=name, valid=known)
    return known[name].read(table, place, words, origin)


def _without_action(table: Mapping[str, Any], place: str, known: Mapping[str, Any]) -> ScenarioError:
    """Return what to say of a table without an action: of the key that may have been meant as it, where there is one."""
    meant = next((key for key in table if nearest(key, ["action"])), None)
    if meant is not None:
        return ScenarioError(f"{place}.{meant}", "there is no such key", name=meant, valid=["action"])
    return ScenarioError(place, f"it needs an action, one of {', '.join(sorted(known))}")


def choice(value: str, valid: Sequence[str], place: str) -> None:
    """Refuse a text that is not one of its values."""
    if value not in valid:
        raise ScenarioError(place, f'"{value}" is not one of its values', name=value, valid=valid)


def days(begin: float, until: float | None = None) -> str:
    """Return a time, or a window, as a reader would say it."""
    if until is None:
        return f"on day {begin:g}"
    return f"from day {begin:g} on" if until >= NEVER else f"day {begin:g} to {until:g}"


def _key(parameter: Parameter) -> str:
    unit = "" if parameter.unit in ("1", "") else f" {parameter.unit}"
    return f"{parameter.name} ({parameter.default:g}{unit})"
