"""The licence comes with the package, and all places that say how to cite it say the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.base.citation import AUTHORS, FORMATS, TITLE, citation

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_licence_is_in_the_package_and_declared():
    assert PROJECT["license-files"] == ["livermet_sim/LICENSE"] and PROJECT["license"] == "MIT"
    text = (ROOT / "livermet_sim" / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License") and AUTHORS.removeprefix("The ") in text


def test_zenodo_knows_what_the_project_is():
    record = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    for key in ("version", "license", "keywords", "description"):
        assert record[key] == PROJECT[key]
    assert record["title"] == TITLE and record["upload_type"] == "software"
    assert record["creators"] == PROJECT["authors"] == [{"name": AUTHORS}]


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_names_title_authors_and_version(form):
    said = CliRunner().invoke(cli.app, ["cite", "--as", form]).output
    plain = said.replace("\\_", "_")
    assert TITLE in plain and AUTHORS in plain
    text = citation(form, "9.8.7")
    assert "9.8.7" in text and "2026" in text
    if form == "csl":
        (record,) = json.loads(said)
        assert record["type"] == "software" and record["author"] == [{"literal": AUTHORS}]
    if form == "bibtex":
        assert text.startswith("@software{livermet_sim,") and text.count("{") == text.count("}")
        assert not re.search(r"(?<!\\)_", text.split("\n", 1)[1])


def test_contributors_are_told_commands_that_exist():
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`(livermet_sim/[\w/.]+|\.ci/run)`", text):
        assert (ROOT / path).exists(), path
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    assert set(re.findall(r"`livermet (\w+)", text)) <= names
