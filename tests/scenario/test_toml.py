"""Write any value as TOML and read the same back, whatever its texts and keys are made of."""

from __future__ import annotations

import tomllib

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.scenario.write import key, literal

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PLAIN = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(TEXTS, VALUES)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(name, value):
    found = tomllib.loads(f"{key(name)} = {literal(value)}\n")[name]
    assert found == value and type(found) is type(value)


@given(PLAIN | st.text(st.characters(codec="ascii"), max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_value_that_is_written_the_short_way_is_written_as_the_library_would(value):
    assert literal(value) == tomlkit.item(value).as_string()


def test_plain_things_are_written_plainly():
    assert key("die.shear") == '"die.shear"' and key("density") == "density"
    assert (
        literal(True) == "true"
        and literal([1, "a"]) == '[1, "a"]'
        and literal({"a b": 0.5}) == '{"a b" = 0.5}'
    )
