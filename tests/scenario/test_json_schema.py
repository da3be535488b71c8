"""The generated JSON Schemas take every shipped file and what the model writes, and refuse what the model refuses."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.rulebook.book import FILES, LIBRARY
from livermet_sim.validation import schemas as json_schema

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(
    [*(ROOT / "scenarios").glob("*.toml"), *(ROOT / "scenarios" / "treatments").glob("*.toml")]
)


@cache
def validator(kind):
    schema = json_schema.schema(kind)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def errors(kind, text):
    return [error.message for error in validator(kind).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_every_shipped_scenario_is_valid(path):
    assert not errors("scenario", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_rule_is_valid(name):
    assert not errors("rules", (LIBRARY / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "scenarios" / "sweeps").glob("*.toml")), ids=lambda path: path.stem
)
def test_every_shipped_study_is_valid(path):
    assert not errors("study", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["strip", "baseline"])
def test_a_resolved_scenario_is_valid(name):
    assert not errors("scenario", lm.load(name).to_toml())


WRONG = [
    "[cells.kupffer]\ndensty = 3", "[cells.kupffer]\ndensity = -3", '[cells.kupffer]\ndensity = "many"', "[cells.kupffer]\ndensity = true",
    '[tissue]\nkind = "heap"', 'line = "b16"', "[rules.MV12]\nenabled = 3", '[rules.mine]\ndirection = "increase"', '[rules.MV12]\ngrade = "sure"',
    '[[interventions]]\naction = "deplte"', '[[interventions]]\naction = "deplete"\ntarge = "kupffer"', "typo = 1", '[rules.mine]\nwhere = ["blood"]',
    "[run]\ndays = [1]",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_the_model_refuses_the_schema_refuses(tmp_path, text):
    assert errors("scenario", f'extends = "strip"\n{text}' if not text.startswith("[") else text)
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "strip"\n{text}')
    with pytest.raises(LivermetError):
        lm.load(path)


@cache
def parameters():
    strip = lm.load("strip")
    return [
        (f"{section}.{p.name}", p)
        for section, declared in strip.sections.items()
        for p in declared.parameters
        if isinstance(p.default, float)
    ]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_is_valid_where_its_parameter_takes_it(at, value):
    name, parameter = parameters()[at % len(parameters())]
    head = name.removesuffix(f".{parameter.name}")
    try:
        parameter.read(value, name)
        taken = True
    except LivermetError:
        taken = False
    assert (not errors("scenario", f'[{head}]\n"{parameter.name}" = {value!r}')) == taken


def test_the_command_prints_and_writes(tmp_path):
    printed = CliRunner().invoke(cli.app, ["schema", "study"])
    assert json.loads(printed.stdout) == json_schema.schema("study")
    assert CliRunner().invoke(cli.app, ["schema", "--out", str(tmp_path)]).exit_code == 0
    for kind in json_schema.SCHEMAS:
        assert json.loads(
            (tmp_path / f"{kind}.schema.json").read_text(encoding="utf-8")
        ) == json_schema.schema(kind)
    wrong = CliRunner().invoke(cli.app, ["schema", "scenari"])
    assert 'did you mean "scenario"?' in str(wrong.exception)
