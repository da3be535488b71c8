"""Read quantities such as ``"0.7 /day"`` and turn them into a wanted unit, checking dimensions."""

from __future__ import annotations

import re
from functools import lru_cache

# unit -> (factor to um, h, mmHg; powers of length, time, pressure)
_UNITS: dict[str, tuple[float, tuple[int, int, int]]] = {
    "1": (1.0, (0, 0, 0)), "%": (0.01, (0, 0, 0)), "cells": (1.0, (0, 0, 0)), "cell": (1.0, (0, 0, 0)),
    "sites": (1.0, (0, 0, 0)), "lobules": (1.0, (0, 0, 0)), "relative": (1.0, (0, 0, 0)),
    "nm": (1e-3, (1, 0, 0)), "um": (1.0, (1, 0, 0)), "mm": (1e3, (1, 0, 0)), "cm": (1e4, (1, 0, 0)),
    "nL": (1e6, (3, 0, 0)), "uL": (1e9, (3, 0, 0)), "mL": (1e12, (3, 0, 0)), "L": (1e15, (3, 0, 0)),
    "s": (1 / 3600, (0, 1, 0)), "min": (1 / 60, (0, 1, 0)), "h": (1.0, (0, 1, 0)),
    "d": (24.0, (0, 1, 0)), "day": (24.0, (0, 1, 0)), "days": (24.0, (0, 1, 0)), "week": (168.0, (0, 1, 0)),
    "mmHg": (1.0, (0, 0, 1)), "Pa": (0.00750062, (0, 0, 1)), "kPa": (7.50062, (0, 0, 1)),
    "mPa": (7.50062e-6, (0, 0, 1)), "dyn": (7.50062e4, (2, 0, 1)),
}  # fmt: skip
_KINDS = {
    (0, 0, 0): "a plain number", (1, 0, 0): "a length", (2, 0, 0): "an area", (3, 0, 0): "a volume",
    (0, 1, 0): "a time", (0, -1, 0): "a rate", (0, 0, 1): "a pressure", (1, -1, 0): "a speed",
    (2, -1, 0): "a diffusion constant", (-3, 0, 0): "a number per volume", (-2, 0, 0): "a number per area",
    (0, -1, 1): "a pressure per time", (0, 1, 1): "a viscosity", (-1, 0, 0): "a number per length",
    (-3, -1, 0): "a rate per volume",
}  # fmt: skip
_QUANTITY = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
_TERM = re.compile(r"^([A-Za-z%1]+)(?:\^?(-?\d+))?$")


@lru_cache(maxsize=512)
def unit(text: str) -> tuple[float, tuple[int, int, int]]:
    """Return factor and dimensions (length, time, pressure) of a unit such as ``"um/h"`` or ``"/mm3"``."""
    factor, dims, sign = 1.0, [0, 0, 0], 1
    if not text.strip():
        return 1.0, (0, 0, 0)
    for i, part in enumerate(text.replace("µ", "u").replace("*", " ").split("/")):
        sign = 1 if i == 0 else -1
        for token in part.split():
            match = _TERM.match(token)
            if not match or match[1] not in _UNITS:
                raise ValueError(f'"{token}" is not a unit')
            power = sign * int(match[2] or 1)
            size, powers = _UNITS[match[1]]
            factor *= size**power
            dims = [a + power * b for a, b in zip(dims, powers, strict=True)]
    return factor, (dims[0], dims[1], dims[2])


def describe(dims: tuple[int, int, int]) -> str:
    """Say in words what a quantity of these dimensions is."""
    return _KINDS.get(dims, f"um^{dims[0]} h^{dims[1]} mmHg^{dims[2]}")


def convert(value: object, wanted: str) -> float:
    """Return ``value`` (a number, or text with a unit) as a number in the unit ``wanted``.

    A bare number is taken to be in ``wanted`` already.

    Raises
    ------
    ValueError
        When the text is not a quantity, or is one of another dimension; the message says which.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")
    if isinstance(value, int | float):
        return float(value)
    match = _QUANTITY.match(str(value))
    if not match:
        raise ValueError(f'"{value}" is not a quantity; write for example "{_example(wanted)}"')
    number = float(match[1])
    if not match[2]:
        return number
    factor, dims = unit(match[2])
    wanted_factor, wanted_dims = unit(wanted)
    if dims != wanted_dims:
        raise ValueError(
            f'"{value}" is {describe(dims)}; {describe(wanted_dims)} is needed, '
            f'for example "{_example(wanted)}"'
        )
    return number * factor / wanted_factor


def _example(wanted: str) -> str:
    return f"1 {wanted}".strip() if wanted not in ("1", "") else "1"
