"""Read quantities such as ``"0.7 /day"`` and turn them into a wanted unit, checking dimensions.

A quantity is one number and then its unit: units multiplied by a blank or ``*``, then units divided by, each behind
a slash of its own (``"3 mPa s"``, ``"2 um/min"``, ``"5 /mm3 /day"``). Factors are fractions, so that one value has
one float however it is spelt.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from livermet_sim.base.errors import nearest

Dimensions = tuple[int, int, int]

_MMHG = Fraction(10**9, 133_322_387_415)  # of a pascal: the conventional millimetre of mercury
# names of one unit, the first is its own; size in um, h, mmHg; powers of length, time, pressure
_TABLE: tuple[tuple[str, Fraction | int, Dimensions], ...] = (
    ("% percent", Fraction(1, 100), (0, 0, 0)),
    ("cells cell", 1, (0, 0, 0)), ("sites site", 1, (0, 0, 0)), ("lobules lobule", 1, (0, 0, 0)), ("relative", 1, (0, 0, 0)),
    ("nm", Fraction(1, 1000), (1, 0, 0)), ("um micron microns micrometre micrometres micrometer micrometers", 1, (1, 0, 0)),
    ("mm", 10**3, (1, 0, 0)), ("cm", 10**4, (1, 0, 0)),
    ("nL nl", 10**6, (3, 0, 0)), ("uL ul", 10**9, (3, 0, 0)), ("mL ml", 10**12, (3, 0, 0)),
    ("L l litre litres liter liters", 10**15, (3, 0, 0)),
    ("s sec second seconds", Fraction(1, 3600), (0, 1, 0)), ("min mins minute minutes", Fraction(1, 60), (0, 1, 0)),
    ("h hr hrs hour hours", 1, (0, 1, 0)), ("day days d", 24, (0, 1, 0)), ("week weeks wk", 168, (0, 1, 0)),
    ("mmHg", 1, (0, 0, 1)), ("Pa", _MMHG, (0, 0, 1)), ("kPa", 1000 * _MMHG, (0, 0, 1)),
    ("mPa", _MMHG / 1000, (0, 0, 1)), ("pN", _MMHG, (2, 0, 1)), ("nN", 1000 * _MMHG, (2, 0, 1)),
    ("dyn", 10_000_000 * _MMHG, (2, 0, 1)),
)  # fmt: skip
_UNITS = {name: (Fraction(size), dims) for names, size, dims in _TABLE for name in names.split()}
_KINDS = {
    (0, 0, 0): "a plain number", (1, 0, 0): "a length", (2, 0, 0): "an area", (3, 0, 0): "a volume",
    (0, 1, 0): "a time", (0, -1, 0): "a rate", (0, 0, 1): "a pressure", (1, -1, 0): "a speed",
    (2, -1, 0): "a diffusion constant", (-3, 0, 0): "a number per volume", (-2, 0, 0): "a number per area",
    (0, -1, 1): "a pressure per time", (0, 1, 1): "a viscosity", (-1, 0, 0): "a number per length",
    (-3, -1, 0): "a rate per volume",
}  # fmt: skip
LONGEST = 120
# an exponent of three digits at most, so that no text can ask for a number of a million digits
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3}(?![0-9]))?")
_TERM = re.compile(r"([A-Za-z%]+)(?:\^?(-?[1-9]))?")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
# characters that look alike mean alike: two kinds of mu, the true minus, signs of multiplication
_LIKE = str.maketrans({"µ": "u", "μ": "u", "−": "-", "·": "*", "⋅": "*", "×": "*"})


@lru_cache(maxsize=512)
def unit(text: str) -> tuple[Fraction, Dimensions]:
    """Return size (in um, h, mmHg) and dimensions (length, time, pressure) of a unit such as ``"um/h"`` or ``"/mm3"``.

    Raises
    ------
    ValueError
        When the text is not a unit; the message says which part, with the nearest that is one.
    """
    size, dims = Fraction(1), [0, 0, 0]
    for term, sign in _terms(text):
        own, powers, power = _term(term)
        size *= own ** (sign * power)
        dims = [a + sign * power * b for a, b in zip(dims, powers, strict=True)]
    return size, (dims[0], dims[1], dims[2])


def _terms(text: str) -> list[tuple[str, int]]:
    """Return the parts of a unit and 1 or -1 for each, as it multiplies or divides."""
    plain = _SUPERSCRIPTS.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPT), text.translate(_LIKE))
    plain = re.sub(r"\bper\b", "/", plain).replace("**", "^").strip()
    if plain in ("", "1"):
        return []
    head, *below = (part.strip() for part in plain.split("/"))
    above = [] if head in ("", "1") else [part.strip() for part in head.split("*")]
    factors = [*above, *(factor for part in below for factor in part.split("*"))]
    if not all(factor.strip() for factor in factors):
        raise ValueError("a sign of multiplication or division lacks its unit")
    for part in below:
        if len(part.replace("*", " ").split()) > 1 and not _second_number(part):
            raise ValueError(f'"/{part}" can be read in two ways; give each divisor a slash of its own')
    return [(word, 1) for part in above for word in part.split()] + [
        (word, -1) for part in below for word in part.replace("*", " ").split()
    ]


def _second_number(text: str) -> str:
    return next((word for word in text.replace("*", " ").split() if _NUMBER.match(word)), "")


def _term(text: str) -> tuple[Fraction, Dimensions, int]:
    """Return size, dimensions and power of one part of a unit, such as ``mm3``."""
    if number := _NUMBER.match(text):
        raise ValueError(f"there is a second number, {number[0]}")
    match = _TERM.fullmatch(text)
    known = _UNITS.get(match[1]) if match else None
    if known is None:
        name = match[1] if match else text
        alike = {unit.lower(): unit for unit in _UNITS}
        close = alike.get(name.lower()) or nearest(name, _UNITS)
        raise ValueError(f'"{_short(text)}" is not a unit' + (f'; did you mean "{close}"?' if close else ""))
    power = int(match[2] or 1) if match else 1
    if power != 1 and not any(known[1]):
        raise ValueError(f'"{text}" is not a unit')
    return *known, power


def describe(dims: Dimensions) -> str:
    """Say in words what a quantity of these dimensions is."""
    return _KINDS.get(dims, f"um^{dims[0]} h^{dims[1]} mmHg^{dims[2]}")


def split(text: str) -> tuple[str, str]:
    """Return number and unit of a quantity as they are written, both checked.

    Raises
    ------
    ValueError
        When the text is not one number followed by a unit or by nothing.
    """
    plain = text.strip().replace("−", "-")
    number = _NUMBER.match(plain)
    if not number or len(plain) > LONGEST:
        raise ValueError(f'"{_short(text)}" is not a quantity')
    rest = plain[number.end() :].strip()
    if rest.startswith(","):
        raise ValueError(
            f'"{_short(text)}" has a comma; write decimals with a point, and thousands without a sign'
        )
    try:
        unit(rest)
    except ValueError as error:
        raise ValueError(f'"{text}": {error}' if rest != text else str(error)) from None
    return number[0], rest


def convert(value: object, wanted: str) -> float:
    """Return ``value`` (a number, or text with a unit) as a number in the unit ``wanted``, correctly rounded.

    A bare number is taken to be in ``wanted`` already.

    Raises
    ------
    ValueError
        When the text is not a quantity, is one of another dimension, or overflows; the message says which.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")
    if isinstance(value, int | float):
        try:
            return float(value) + 0.0  # 0 for -0, which is the same and would be written otherwise
        except OverflowError:
            raise ValueError("the number is too large or too small to compute with") from None
    if not isinstance(value, str):
        raise ValueError(f'"{_short(str(value))}" is not a quantity; {_example(wanted)}')
    return _converted(value, wanted)


@lru_cache(maxsize=4096)
def _converted(text: str, wanted: str) -> float:
    try:
        number, written = split(text)
    except ValueError as error:
        hint = "" if "did you mean" in str(error) else f"; {_example(wanted)}"
        raise ValueError(f"{error}{hint}") from None
    (size, dims), (wanted_size, wanted_dims) = unit(written), unit(wanted)
    if written and dims != wanted_dims:
        raise ValueError(
            f'"{text}" is {describe(dims)}; {describe(wanted_dims)} is needed, for example "{_one(wanted)}"'
        )
    try:
        result = float(Fraction(number) * size / wanted_size if written else Fraction(number))
    except OverflowError:
        result = math.inf
    if math.isinf(result) or (result == 0) != (not number.lower().split("e")[0].strip("+-0.")):
        raise ValueError(f'"{text}" is too large or too small to compute with')
    return result


def _one(wanted: str) -> str:
    return f"1 {wanted}".strip() if wanted not in ("1", "") else "1"


def _example(wanted: str) -> str:
    return f'write for example "{_one(wanted)}"'


def _short(text: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 40 else f"{text[:37]}..."


def with_unit(value: object, name: str) -> object:
    """Return a time as it was given, once it is sure that it says whether it is hours or days.

    Raises
    ------
    ValueError
        For a bare number, which may be hours to one reader and days to another; 0 alone needs no unit.
    """
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return value
    if isinstance(value, bool) or number == 0.0 or not math.isfinite(number):
        return value
    raise ValueError(f'{name} = {value} has no unit; write "{value} day" or "{value} h"')
