"""Write rules down as the flat arrays that the kernels of responses take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from livermet_sim.base.types import Reals, Wholes
from livermet_sim.kernels import response
from livermet_sim.rulebook.felt import heard_as
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.signals import Signal
from livermet_sim.rulebook.vocabulary import LAYERS, Vocabulary
from livermet_sim.state.table import Column


@dataclass(frozen=True)
class Response:
    """Hold all rules of one kind on one behaviour, with the shared ceiling and floor."""

    kind: str
    behaviour: str
    base: float
    ceiling: float
    floor: float
    rules: tuple[Rule, ...]


class Arrays(NamedTuple):
    """Hold the rules of one run as ``kernels.response.evaluate`` describes and takes them, in its order."""

    layout: Wholes
    base: Reals
    signal_first: Wholes
    signal_code: Wholes
    signal_deficit: Reals
    response_first: Wholes
    response_code: Wholes
    response_value: Reals
    term_code: Wholes
    term_value: Reals
    gain: Reals


def _rows(columns: Sequence[Column], whole: bool) -> dict[str, int]:
    return {column.name: i for i, column in enumerate(c for c in columns if c.whole == whole)}


def places_of(
    words: Vocabulary, cell_columns: Sequence[Column], site_columns: Sequence[Column]
) -> dict[int, dict[str, int]]:
    """Return where each signal code finds its source: a row or column number."""
    fields = {name: i for i, name in enumerate(words.fields)}
    sites = _rows(site_columns, False)
    return {
        response.FIELD: fields, response.GRADIENT: fields, response.SITE: sites, response.AROUND: sites,
        response.OWN: _rows(cell_columns, False),
        response.SYSTEMIC: {name: i for i, name in enumerate(words.systemic)},
        response.CONTACT: {name: i for i, name in enumerate(words.kinds)},
    }  # fmt: skip


def write_arrays(
    cell_columns: Sequence[Column],
    lines: np.ndarray,
    base: Reals,
    senses: Mapping[str, Sequence[Signal]],
    places: Mapping[int, Mapping[str, int]],
    responses: Sequence[Response],
    behaviours: Sequence[str],
) -> Arrays:
    """Return what rules sense and do as arrays.

    Parameters
    ----------
    lines : int8[K]
        1 for kinds that line stretches.
    base : float64[K, B]
    senses : mapping
        Signals of each kind, in the order of the kinds.
    places : mapping
        Of `places_of`.
    """
    signals = _signals(senses, places)
    return Arrays(_layout(cell_columns, lines), base, *signals, *_responses(responses, senses, behaviours))


def _layout(cell_columns: Sequence[Column], lines: np.ndarray) -> Wholes:
    whole, real = _rows(cell_columns, True), _rows(cell_columns, False)
    layout = np.zeros(response.LINES + len(lines), dtype=np.int64)
    for name, place in (("kind", response.KIND), ("site", response.PLACE), ("layer", response.LAYER)):
        layout[place] = whole[name]
    layout[response.ACTIVE], layout[response.KINDS] = real["activation"], len(lines)
    layout[response.SEGMENT], layout[response.LINES :] = whole["segment"], lines
    return layout


def _signals(
    senses: Mapping[str, Sequence[Signal]], places: Mapping[int, Mapping[str, int]]
) -> tuple[Wholes, Wholes, Reals]:
    flat = [signal for own in senses.values() for signal in own]
    first = np.cumsum([0, *(len(own) for own in senses.values())]).astype(np.int64)
    code = np.zeros((len(flat), 2), dtype=np.int64)
    for i, signal in enumerate(flat):
        code[i] = signal.code, places[signal.code][signal.source] + len(senses) * signal.activated
    return first, code, np.array([signal.deficit for signal in flat], dtype=np.float64)


def _responses(
    responses: Sequence[Response], senses: Mapping[str, Sequence[Signal]], behaviours: Sequence[str]
) -> tuple[Wholes, Wholes, Reals, Wholes, Reals, Reals]:
    first = np.cumsum([0, *(sum(r.kind == kind for r in responses) for kind in senses)]).astype(np.int64)
    code: list[tuple[int, int, int]] = []
    value: list[tuple[float, float]] = []
    terms: list[tuple[int, bool, int]] = []
    numbers: list[tuple[float, float]] = []
    for r in responses:
        slots = {signal.name: i for i, signal in enumerate(senses[r.kind])}
        code.append((behaviours.index(r.behaviour), len(terms), len(terms) + len(r.rules)))
        value.append((r.ceiling, r.floor))
        for rule in r.rules:
            terms.append((slots[heard_as(rule)], rule.direction == "increases", layer_bits(rule)))
            numbers.append(rule.numbers)
    return (
        first,
        np.array(code, dtype=np.int64).reshape(-1, 3),
        np.array(value, dtype=np.float64).reshape(-1, 2),
        np.array(terms, dtype=np.int64).reshape(-1, 3),
        np.array(numbers, dtype=np.float64).reshape(-1, 2),
        np.ones(len(terms)),
    )


def layer_bits(rule: Rule) -> int:
    """Return the layers a rule holds in, one bit each."""
    return sum(1 << i for i, name in enumerate(LAYERS) if name in rule.where)
