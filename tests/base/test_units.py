"""Quantities: read rightly or refused in a sentence, however they are spelt."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livermet_sim.base.units import convert, unit

# An independent table: metres, seconds, pascals.
SIZES = {
    "nm": ("1e-9", "m"), "um": ("1e-6", "m"), "mm": ("1e-3", "m"), "cm": ("1e-2", "m"),
    "nL": ("1e-12", "mmm"), "uL": ("1e-9", "mmm"), "mL": ("1e-6", "mmm"), "ml": ("1e-6", "mmm"), "L": ("1e-3", "mmm"),
    "s": ("1", "s"), "min": ("60", "s"), "minutes": ("60", "s"), "h": ("3600", "s"), "hour": ("3600", "s"),
    "day": ("86400", "s"), "d": ("86400", "s"), "weeks": ("604800", "s"), "week": ("604800", "s"),
    "mmHg": ("133.322387415", "p"), "Pa": ("1", "p"), "kPa": ("1000", "p"), "mPa": ("1e-3", "p"),
    "%": ("1e-2", ""), "cells": ("1", ""), "sites": ("1", ""), "relative": ("1", ""),
}  # fmt: skip
BLANKS = (" ", " ", "\u00a0", "\u202f", "\u2009", "\t")


def size_of(terms):
    """Return size and dimensions of a product of (name, power), the slow way, in metres, seconds and pascals."""
    size, dims = Fraction(1), {"m": 0, "s": 0, "p": 0}
    for name, power in terms:
        one, letters = SIZES[name]
        for _ in range(abs(power)):
            size = size * Fraction(one) if power > 0 else size / Fraction(one)
            for letter in letters:
                dims[letter] += 1 if power > 0 else -1
    return size, tuple(dims.values())


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("1000 /mm3", "/mm3", 1000.0), ("0.1 1/h", "/h", 0.1), ("5000 1/mm3", "/mm3", 5000.0), ("0.7 /day", "/h", 7 / 240),
        ("5 μm", "um", 5.0), ("5 µm", "um", 5.0), ("5000 /mm³", "/mm3", 5000.0), ("5000 mm⁻³", "/mm3", 5000.0),
        ("5000 /mm^3", "/mm3", 5000.0), ("5000 mm**-3", "/mm3", 5000.0), ("2 weeks", "h", 336.0), ("36 hours", "h", 36.0),
        ("30 minutes", "h", 0.5), ("5 ml", "mm3", 5000.0), ("0.1 per hour", "/h", 0.1), ("5 cells per mm3", "/mm3", 5.0),
        ("5\u00a0um", "um", 5.0), ("5um", "um", 5.0), ("50 %", "1", 0.5), ("0.5 1", "1", 0.5), ("−3 day", "h", -72.0),
        ("2 um·um", "um2", 2.0), ("12 mmHg/s", "mmHg/min", 720.0), ("1 mmHg", "Pa", 133.322387415), (7, "um", 7.0), ("7", "um", 7.0),
    ],
)  # fmt: skip
def test_a_quantity_is_read_rightly(text, wanted, value):
    assert convert(text, wanted) == value


@pytest.mark.parametrize(
    "text",
    ["5 100 /mm3", "5\u00a0100 /mm3", "5\u202f100 /mm3", "5 000 /mm3", "5 * 100 /mm3", "5 100/mm3", "1 /10 mm3", "1/15 mm3", "5 /mm3 10",
     "2 /100 mm3", "7 10 /mm3", "5 /", "5 //mm3", "5 * /mm3", "5 1 /1 mm3", "10² /mm3", "5½ /mm3", "5 1^2/mm3", "5 1 1 /mm3",
     "1,000 /mm3", "1.000,5 /mm3", "1'000 /mm3", "1_000 /mm3", "5x10^3 /mm3", "5e3e3 /mm3", "0x10 /mm3", "5 /mm3/", "5 /mm03", "5 /mm33"],
)  # fmt: skip
def test_a_second_number_or_a_loose_sign_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text[:3])):
        convert(text, "/mm3")


@pytest.mark.parametrize(
    ("text", "hint"),
    [("3 Hour", "hour"), ("3 weaks", "week"), ("3 minuts", "minute"), ("3 mmhg", "mmHg"), ("3 uM", "um"), ("3 dayz", "day")],
)  # fmt: skip
def test_an_unknown_unit_is_refused_with_the_nearest(text, hint):
    with pytest.raises(ValueError, match=f'is not a unit; did you mean "{hint}s?"'):
        convert(text, "h")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200)
TERMS = st.lists(
    st.tuples(st.sampled_from(sorted(SIZES)), st.sampled_from([1, 1, 2, 3, -1, -3])), min_size=1, max_size=3
)


@st.composite
def spelled(draw):
    """Return a unit as (name, power), and one of its spellings."""
    terms = [(name, power if SIZES[name][1] else 1) for name, power in draw(TERMS)]
    above, below, divided = [], [], []
    for name, power in terms:
        under = draw(st.booleans())
        shown = "" if power == 1 else f"{draw(st.sampled_from(['', '^', '**']))}{power}"
        (below if under else above).append(name + shown)
        divided.append((name, -power if under else power))
    slash = draw(st.sampled_from(["/", " / ", " per "]))
    head = draw(st.sampled_from([" ", " * ", "\u00a0", "·"])).join(above)
    return divided, head + "".join(slash + word for word in below)


@settings(max_examples=400, deadline=None)
@given(spelled(), NUMBERS)
def test_units_obey_the_algebra_of_dimensions(case, number):
    terms, text = case
    size, dims = size_of(terms)
    wanted, same = [], []
    for letter, name, power in zip("msp", ("mm", "min", "kPa"), dims, strict=True):
        wanted += [f"/{name}{-power}" if power < 0 else f" {name}{power}"] if power else []
        same += [(name, power)] if power else []
        assert unit(text)[1]["msp".index(letter)] == power
    exact = Fraction(repr(number)) * size / size_of(same)[0]
    if any(abs(power) > 9 for power in dims) or not 1e-300 < abs(exact) < 1e300:
        return
    wanted.sort(key=lambda part: part[0] == "/")
    assert convert(f"{number!r} {text}", "".join(wanted).strip()) == float(exact)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, spelled())
def test_what_is_printed_in_a_unit_is_read_back_unchanged(number, case):
    assert convert(f"{number!r} {case[1]}", case[1]) == number
    assert convert(f"{number:g}", case[1]) == float(f"{number:g}")


def twin(text, wanted):
    """Read a quantity by the grammar alone, spelled out as one pattern; None where it is none."""
    name = "(?:1|" + "|".join(sorted(map(re.escape, SIZES), key=len, reverse=True)) + ")"
    term = rf"{name}(?:\^?-?[1-9])?"
    number = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
    grammar = rf"\s*({number})\s*({term}(?:(?:\s+|\s*\*\s*){term})*)?((?:\s*/\s*{term})*)\s*"
    match = re.fullmatch(grammar, text)
    if not match:
        return None
    terms = []
    for part, sign in ((match[2] or "", 1), (match[3], -1)):
        for word in re.split(r"[\s*/]+", part):
            found = re.fullmatch(rf"({name})\^?(-?[1-9])?", word)
            if found and found[1] == "1":
                if found[2] or sign < 0 or part != "1":
                    return None
            elif found:
                if found[2] not in (None, "1") and not SIZES[found[1]][1]:
                    return None
                terms.append((found[1], sign * int(found[2] or 1)))
    size, dims = size_of(terms)
    if (match[2] or match[3]) and dims != size_of(wanted)[1]:
        return None
    return float(Fraction(match[1]) * size / size_of(wanted)[0]) if match[2] or match[3] else float(match[1])


GARBAGE = st.lists(
    st.sampled_from([*"0123456789", *"0157", ".", "-", "e", "1", "10", "100", "/", "*", "^", *BLANKS, *BLANKS, ",", "%",
                     "mm3", "mm", "h", "min", "um", "day", "cells", "per", "3", "x", "\u00b2"]), max_size=9
).map("".join)  # fmt: skip


@example("5h/*", "h")
@example("5/*h", "h")
@example("5/mm3*", "/mm3")
@settings(max_examples=3000, deadline=None)
@given(
    GARBAGE.map(lambda text: f"5{text}") | GARBAGE | st.text(max_size=8),
    st.sampled_from(["/mm3", "h", "um/min"]),
)
def test_any_text_is_refused_or_read_as_the_grammar_says(text, wanted):
    terms = {"/mm3": [("mm", -3)], "h": [("h", 1)], "um/min": [("um", 1), ("min", -1)]}[wanted]
    expected = twin(text.replace("per", " per ") if " per" in text else text, terms)
    try:
        found = convert(text, wanted)
    except ValueError as error:
        assert str(error) and (expected is None or "too large or too small" in str(error)), text
    else:
        if "per" in text or "\u00b2" in text:
            return
        assert found == expected, text


def test_the_suite_of_swallowed_numbers_is_refused_without_exception():
    for second in range(2, 2000):
        for text in (f"5 {second} /mm3", f"5 /{second} mm3", f"5 * {second} /mm3"):
            with pytest.raises(ValueError, match=r"second number|lacks its unit"):
                convert(text, "/mm3")
