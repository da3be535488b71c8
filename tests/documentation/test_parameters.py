"""Every parameter and rule carries a unit, a range, and a source or the word assumed, in all that ships."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import livermet_sim as lm
from livermet_sim.base.specs import Parameter
from livermet_sim.cells import tumour_lines
from livermet_sim.documentation import parameters

LINES = tumour_lines.names()
WHOLE = Parameter("speed", 1.0, "um/h", "How fast.", 0.0, 10.0, "Wen 2013 PMC3742490", "found")


@pytest.mark.parametrize("line", LINES)
def test_no_parameter_and_no_rule_lacks_anything_whatever_the_line(line):
    assert list(parameters.lacking(lm.load("strip").with_(line=line))) == []


@pytest.mark.parametrize("line", LINES)
def test_every_trait_names_a_source_or_is_assumed(line):
    traits = tumour_lines.load(line).traits
    assert [name for name, own in traits.items() if not parameters.sourced(own.source, own.grade)] == []


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"unit": ""}, ["unit"]),
        ({"high": math.inf}, ["range"]),
        ({"low": -math.inf}, ["range"]),
        ({"doc": ""}, ["meaning"]),
        ({"source": ""}, ["source"]),
        ({"source": "weeks"}, ["source"]),
        ({"source": "4-10 um/min"}, ["source"]),
        ({"source": "weeks", "grade": "assumed"}, []),
        ({"source": "assumed: weeks"}, []),
        ({"source": "textbook"}, []),
        ({}, []),
    ],
)
def test_what_is_lacking_is_found(change, lacks):
    assert list(parameters.gaps(replace(WHOLE, **change))) == lacks


def test_the_table_shows_every_parameter_with_unit_and_range(strip):
    rows = strip.tables["parameters"].records()
    assert [row["parameter"] for row in rows] == list(lm.parameters("strip").parameter)
    assert all(
        row["unit"] and row["range"] and row["grade"] and row["source"] and row["meaning"] for row in rows
    )


def test_the_table_of_rules_is_that_of_the_scenario(strip):
    rows = strip.tables["rules"].records()
    assert [row["rule"] for row in rows] == [rule.id for rule in lm.load("strip").rules]


def test_grades_are_counted_once_each(strip):
    rows = strip.tables["grades"].records()
    assert sum(row["parameters"] for row in rows) == len(strip.tables["parameters"].rows)
    assert sum(row["rules"] for row in rows) == len(strip.tables["rules"].rows)
