"""The JSON Schemas that ship are those the code generates, take every shipped file, and refuse only what reading refuses."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from livermet_sim.base.errors import LivermetError
from livermet_sim.matching import file as matchings
from livermet_sim.scenario.write import key, literal
from livermet_sim.sweep import calibrate, file, targets
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.validation import experiment, schemas

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "livermet_sim" / "library"
FILES = {
    "scenario": sorted((ROOT / "scenarios").glob("*.toml")),
    "intervention": sorted((ROOT / "scenarios" / "treatments").glob("*.toml")),
    "study": sorted((ROOT / "scenarios" / "sweeps").glob("*.toml")),
    "calibration": sorted((ROOT / "scenarios" / "calibrations").glob("*.toml")),
    "matching": sorted((PACKAGE / "matching").glob("*.toml")),
    "rules": sorted(path for path in (PACKAGE / "rules").glob("*.toml") if path.stem != "mechanisms"),
    "experiment": sorted(
        path for path in (PACKAGE / "experiments").glob("*.toml") if path.stem != "not_expressible"
    ),
}


@cache
def validator(kind):
    Draft202012Validator.check_schema(schemas.schema(kind))
    return Draft202012Validator(schemas.schema(kind))


@pytest.mark.parametrize("kind", schemas.SCHEMAS)
def test_what_ships_is_what_the_code_generates(kind):
    """After a change: livermet schema --out livermet_sim/library/schemas"""
    assert schemas.shipped(kind).read_text(encoding="utf-8") == schemas.written(kind)
    assert {path.name for path in schemas.shipped(kind).parent.iterdir()} == {
        f"{k}.schema.json" for k in schemas.SCHEMAS
    }


@pytest.mark.parametrize("kind", schemas.SCHEMAS)
def test_every_shipped_file_names_its_schema_and_is_valid(kind):
    assert FILES[kind]
    for path in FILES[kind]:
        text = path.read_text(encoding="utf-8")
        named = re.fullmatch(r"#:schema (\S+)", text.splitlines()[0])
        assert named and (path.parent / named[1]).resolve() == schemas.shipped(kind).resolve(), path
        wrong = [error.message for error in validator(kind).iter_errors(tomllib.loads(text))]
        assert not wrong, (path, wrong)


def test_a_file_of_ones_own_is_led_to_the_schema_that_ships(tmp_path):
    """The path in the first line of a shipped file holds in the repository; in a copy elsewhere it is written anew."""
    path = tmp_path / "mine.toml"
    for text in (FILES["study"][0].read_text(encoding="utf-8"), 'scenario = "strip"\r\n', ""):
        path.write_bytes(text.encode())
        for _ in range(2):
            schemas.name_in(path, "study")
            first, rest = path.read_bytes().decode().split("\n", 1)
            assert (tmp_path / first.removeprefix("#:schema ")).resolve() == schemas.shipped(
                "study"
            ).resolve()
            assert rest == (text.split("\n", 1)[1] if text.startswith("#:schema") else text)
    with pytest.raises(LivermetError, match='no schema of "stud"'):
        schemas.name_in(path, "stud")
    with pytest.raises(LivermetError, match="the file is missing"):
        schemas.name_in(tmp_path / "none.toml", "study")


def test_schemas_know_the_keys_that_reading_knows():
    known = {
        kind: set(schemas.schema(kind)["properties"])
        for kind in ("experiment", "study", "calibration", "matching")
    }
    assert known == {
        "experiment": set(experiment.KEYS),
        "study": set(file.KEYS),
        "calibration": set(calibrate.KEYS),
        "matching": set(matchings.KEYS),
    }
    own = schemas.schema("calibration")["properties"]
    assert set(own["targets"]["items"]["properties"]) == set(targets.KEYS)
    assert set(own["calibration"]["properties"]) == set(calibrate.OWN)
    own = schemas.schema("matching")["properties"]
    assert set(own["matching"]["properties"]) == set(matchings.OWN)
    assert set(own["held_against"]["properties"]) == set(matchings.GROUPS)
    assert set(schemas.schema("study")["properties"]["design"]["properties"]) == set(file.DESIGN)


READERS = {
    "experiment": experiment.read,
    "study": Sweep.load,
    "calibration": Calibration.load,
    "matching": lambda path: matchings.read(str(path)),
}
WRONG = (-1, True, "words", [], {}, [1, "x"], {"a": {"b": 1}}, 1e9)


def places(table, path=()):
    """Give the path to every key of nested tables and lists."""
    inner = table.items() if isinstance(table, dict) else enumerate(table)
    for name, value in inner:
        yield (*path, name)
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))


def damaged(tables, at, how):
    """Return tables with one key called otherwise, left out, or with another value, and what was done."""
    tables = json.loads(json.dumps(tables))
    found = list(places(tables))
    *heads, last = found[at % len(found)]
    inner = tables
    for head in heads:
        inner = inner[head]
    if how == 0 and isinstance(inner, dict):
        inner[f"{last}_x"] = inner.pop(last)
    elif how == 1:
        del inner[last]
    else:
        inner[last] = WRONG[how % len(WRONG)]
    return tables


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 12))
def test_what_a_schema_refuses_reading_refuses_in_a_located_sentence(tmp_path_factory, kind, which, at, how):
    source = FILES[kind][which % len(FILES[kind])]
    tables = damaged(tomllib.loads(source.read_text(encoding="utf-8")), at, how)
    path = tmp_path_factory.mktemp("damaged") / "mine.toml"
    path.write_text(
        "".join(f"{key(name)} = {literal(value)}\n" for name, value in tables.items()), encoding="utf-8"
    )
    valid = not any(validator(kind).iter_errors(tomllib.loads(path.read_text(encoding="utf-8"))))
    try:
        READERS[kind](path)
    except LivermetError as error:
        for line in error.sentence.splitlines():
            assert re.search(r"mine\.toml(, [^:]+)?: .", line) and line.isprintable(), line
    else:
        assert valid, (tables, [e.message for e in validator(kind).iter_errors(tables)])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("experiment", 'reference = "a"'), ("experiment", "dya = 3"), ("study", "[design]\nsample = 3"), ("study", "days = -1"),
        ("study", '[factors]\n"seeding.dose" = { lo = 1 }'), ("calibration", "[calibration]\ntrial = 3"),
        ("calibration", '[[targets]]\nmeasure = "x"\nseries = "y"\nvalue = 1\nerror = 1'), ("intervention", "[run]\ndays = 3"),
        ("matching", "[matching]\nwave = 3"), ("matching", "[held_against]"), ("matching", '[factors]\n"seeding.dose" = {}\n[held_against]\nanchors = []'),
    ],
)  # fmt: skip
def test_a_wrong_file_is_invalid(kind, text):
    assert any(validator(kind).iter_errors(tomllib.loads(text)))
