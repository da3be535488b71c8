"""Read and check interventions as a scenario file or a script gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import Kind
from livermet_sim.interventions import known, library
from livermet_sim.interventions.actions import ACTIONS, BLOCKS, DrugEffect, Intervention
from livermet_sim.interventions.levers import LIVER, Words
from livermet_sim.state.signals import SYSTEMIC

WHERE = ("vessel", "portal", "tissue")
MATRIX = ("collagen", "fibronectin", "net", "debris")
STATES = {
    "activation": "activate",
    "polarisation": "polarise",
    "capillarisation": "capillarise",
    "load": "digest",
}
ONLY = ("", "cycling", "dormant")
MOST = 1000
_EFFECT = {
    "maximum": Parameter("maximum", 0.0, "1", "Factor at saturation.", 0.0, 1e4),
    "amount": Parameter("amount", 1.0, "relative", "What a level of 1 adds to a systemic level.", 0.0, 1000.0),
    "kill": Parameter("kill", 0.0, "/h", "Rate of killing at saturation.", 0.0, 100.0),
    "half_max": Parameter("half_max", 0.2, "1", "Level at half of the effect (EC50), in standard doses.", 1e-6, 1e6),
    "power": Parameter("power", 1.0, "1", "Hill coefficient.", 0.1, 20.0),
}  # fmt: skip


def read(
    tables: Iterable[Mapping[str, Any]],
    kinds: Sequence[Kind],
    fields: Sequence[str],
    rules: Iterable[str] | None = None,
) -> tuple[Intervention, ...]:
    """Check interventions and return them.

    Parameters
    ----------
    rules : iterable of str, optional
        Ids of the rules of the scenario; without them a rule's id is not checked.

    Raises
    ------
    ScenarioError
        For an unknown key, action or name, a wrong unit, or a window that ends before it starts.
    """
    words, tables = Words(kinds, fields, rules), tuple(tables)
    known.meet(kinds, fields, words.rules)
    if len(tables) > MOST:
        raise ScenarioError("interventions", f"there are {len(tables)}; at most {MOST} make sense")
    return tuple(read_one(table, f"interventions[{i}]", words) for i, table in enumerate(tables))


def read_one(
    table: Mapping[str, Any], place: str, words: Words, origin: float = 0.0, nested: bool = False
) -> Intervention:
    """Return one intervention, checked; times count from ``origin`` (day)."""
    name = str(table.get("action", ""))
    if name not in ACTIONS or (nested and name == "condition"):
        valid = [action for action in ACTIONS if not nested or action != "condition"]
        raise ScenarioError(f"{place}.action", f'"{name}" is not an action', name=name, valid=valid)
    action, table = ACTIONS[name], _translate(name, table, place)
    for key in table:
        if key != "action" and key not in action.known():
            reason = f"there is no such key for {name}"
            raise ScenarioError(f"{place}.{key}", reason, name=key, valid=action.known())
    texts = {}
    for key, default in action.words.items():
        value = table.get(key, default)
        if not isinstance(value, str) or not value:
            reason = f"{name} needs a {key}" if value in (None, "") else f"{value!r} is not a text"
            raise ScenarioError(f"{place}.{key}", reason)
        texts[key] = value
    if name in ("dose", "condition"):
        table = library.fill(name, texts[name.replace("dose", "drug")], table, place)
    given = {key: table[key] for key in action.numbers.names() if key in table}
    numbers: dict[str, Any] = action.numbers.resolve(given, place)
    for key in ("start", "end"):
        if key in given or (nested and key == "start"):
            numbers[key] = float(numbers[key]) + origin
    if "end" in numbers and numbers["end"] <= numbers["start"]:
        reason = f"the window ends at day {numbers['end']:g}, not after its start at day {numbers['start']:g}"
        raise ScenarioError(f"{place}.end", reason)
    _check(name, texts, numbers, place, words)
    return Intervention(name, texts, numbers, _parts(action.parts, table, numbers, place, words))


def _translate(name: str, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Let a block be given by its efficacy, which is 1 less its factor."""
    if name != "block" or "efficacy" not in table:
        return table
    if "factor" in table:
        raise ScenarioError(
            f"{place}.efficacy", "a block has a factor or an efficacy (1 less the factor), not both"
        )
    efficacy = Parameter("efficacy", 1.0, "1", "", 0.0, 1.0).read(table["efficacy"], f"{place}.efficacy")
    return {k: v for k, v in table.items() if k != "efficacy"} | {"factor": 1.0 - float(efficacy)}


def _check(name: str, texts: dict[str, str], numbers: Mapping[str, float], place: str, words: Words) -> None:
    """Check the names of one intervention, and what its numbers ask of each other."""
    if name in BLOCKS:
        texts["target"], texts["behaviour"] = words.lever(texts["target"], texts["behaviour"], place)
    elif "target" in texts:
        words.kind(texts["target"], f"{place}.target")
    if name == "add_cells":
        _choice(texts, "where", WHERE, place)
        _check_cells(texts, numbers, place, words)
    elif name == "add_signal":
        signals = (*words.fields, *(f"systemic.{factor}" for factor in SYSTEMIC.names()))
        _choice(texts, "signal", signals, place)
        if texts["signal"].startswith("systemic.") and (numbers["zone_from"], numbers["zone_to"]) != (
            0.0,
            1.0,
        ):
            raise ScenarioError(f"{place}.zone_from", "a systemic level is the same in all zones")
    elif name == "add_matrix":
        _choice(texts, "matrix", MATRIX, place)
    elif name == "set_state":
        _check_state(texts, numbers, place, words)
    if "zone_from" in numbers and numbers["zone_to"] <= numbers["zone_from"]:
        raise ScenarioError(
            f"{place}.zone_to", f"{numbers['zone_to']:g} is not beyond {numbers['zone_from']:g}"
        )


def _check_cells(texts: Mapping[str, str], numbers: Mapping[str, float], place: str, words: Words) -> None:
    kind = words.kinds[texts["target"]]
    if kind.habitat in ("blood", "segment"):
        how = (
            "tumour cells enter by [seeding]"
            if kind.habitat == "blood"
            else "each lsec belongs to its own vessel"
        )
        raise ScenarioError(f"{place}.target", f"{kind.name} cells cannot be added; {how}")
    if (numbers["number"] > 0) == (numbers["density"] > 0):
        raise ScenarioError(f"{place}.number", "say how many cells, by their number or by their density")


def _check_state(texts: Mapping[str, str], numbers: Mapping[str, float], place: str, words: Words) -> None:
    kind = texts["target"]
    own = [state for state, needs in STATES.items() if needs in words.vocabulary.behaviours[kind]]
    if texts["state"] not in own:
        reason = f'"{texts["state"]}" is not a state of {kind} cells'
        raise ScenarioError(f"{place}.state", reason, name=texts["state"], valid=own or ["none"])
    if texts["state"] != "load" and numbers["value"] > 1.0:
        raise ScenarioError(
            f"{place}.value", f"{texts['state']} goes from 0 to 1, not to {numbers['value']:g}"
        )


def _choice(texts: Mapping[str, str], key: str, valid: Sequence[str], place: str) -> None:
    if texts[key] not in valid:
        raise ScenarioError(
            f"{place}.{key}", f'"{texts[key]}" is not one of its values', name=texts[key], valid=valid
        )


def _parts(
    key: str, table: Mapping[str, Any], numbers: Mapping[str, float], place: str, words: Words
) -> tuple[Any, ...]:
    if not key:
        return ()
    given = table.get(key, ())
    if not isinstance(given, list | tuple) or not all(isinstance(part, Mapping) for part in given):
        raise ScenarioError(f"{place}.{key}", f"{key} are a list of tables")
    if len(given) > MOST:
        raise ScenarioError(f"{place}.{key}", f"there are {len(given)}; at most {MOST} make sense")
    places = [f"{place}.{key}[{i}]" for i in range(len(given))]
    if key == "effects":
        return tuple(_effect(part, where, words) for part, where in zip(given, places, strict=True))
    # changes from the library count their times from the start of the condition; resolved ones are absolute
    origin = numbers["start"] if library.RELATIVE in table else 0.0
    return tuple(
        read_one(part, where, words, origin, True) for part, where in zip(given, places, strict=True)
    )


def _effect(table: Mapping[str, Any], place: str, words: Words) -> DrugEffect:
    """Return one effect of a drug."""
    texts = ("target", "behaviour", "only")
    for key in table:
        if key not in texts and key not in _EFFECT:
            raise ScenarioError(f"{place}.{key}", "there is no such key", name=key, valid=(*texts, *_EFFECT))
    modes = [mode for mode in ("maximum", "amount", "kill") if mode in table]
    if len(modes) != 1:
        raise ScenarioError(
            place, "an effect has one of maximum (a factor), amount (of a systemic level) and kill (a rate)"
        )
    number = {
        key: float(p.read(table[key], f"{place}.{key}")) if key in table else float(p.default)
        for key, p in _EFFECT.items()
    }
    target = str(table.get("target", LIVER if modes == ["amount"] else ""))
    behaviour = str(table.get("only" if modes == ["kill"] else "behaviour", ""))
    if modes == ["kill"]:
        words.kind(target, f"{place}.target")
        if behaviour not in ONLY or (behaviour and target != "tumour"):
            reason = f'"{behaviour}" is not a state of {target} cells; tumour cells are cycling or dormant'
            raise ScenarioError(f"{place}.only", reason)
    else:
        target, behaviour = words.lever(target, behaviour, place)
    if modes == ["amount"] and not behaviour.startswith("systemic."):
        raise ScenarioError(
            f"{place}.behaviour", f"an amount is added to a systemic level, not to {behaviour}"
        )
    mode = {"maximum": "factor"}.get(modes[0], modes[0])
    scale = (1.0, 1.0) if mode == "amount" else (number["half_max"], number["power"])
    return DrugEffect(mode, target, behaviour, number[modes[0]], *scale)
