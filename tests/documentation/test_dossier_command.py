"""`livermet dossier` writes all files, gives every table again by the command that the table names, and refuses in a sentence."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.documentation.blocks import number

FILES = {"dossier.html", "dossier.md", "dossier.json", "references.bib", "references.json", "scenario.toml"}


def run(*words):
    return CliRunner().invoke(cli.app, ["dossier", *words])


def refused(*words):
    """Return the sentence by which the command refuses."""

    found = run(*words)
    assert found.exception is not None
    return str(found.exception)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("dossier") / "out"
    found = run("strip", "--out", str(place))
    assert found.exit_code == 0, found.output
    return place


def test_it_leaves_its_files_and_nothing_else(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    assert json.loads((folder / "dossier.json").read_text())["scenario"] == "strip"


def written_tables(part):
    yield from (block for block in part.get("blocks", ()) if "table" in block)
    for inner in part["parts"]:
        yield from written_tables(inner)


def test_every_table_names_the_command_that_gives_it_again(folder):
    tables = list(written_tables(json.loads((folder / "dossier.json").read_text())))
    assert len(tables) > 40
    for table in tables:
        assert shlex.split(table["command"]) == ["livermet", "dossier", "strip", "--table", table["table"]]


@pytest.mark.parametrize("name", ["grades", "ten-rules"])
def test_a_table_is_rebuilt_by_the_one_command_that_it_names(folder, tmp_path, name):
    told = json.loads((folder / "dossier.json").read_text())
    table = next(one for one in written_tables(told) if one["table"] == name)
    file = tmp_path / "again.csv"
    assert run(*shlex.split(table["command"])[2:], "--out", str(file)).exit_code == 0
    head, *rows = csv.reader(io.StringIO(file.read_text()))
    assert head == table["columns"]
    assert rows == [["" if cell is None else str(cell) for cell in row] for row in table["rows"]]


def test_a_table_is_printed(folder):
    found = run("strip", "--table", "grades")
    assert found.exit_code == 0 and found.output.splitlines()[0].split() == ["grade", "parameters", "rules"]


def test_the_commands_in_the_evidence_of_trace_are_there():
    known = {command.name or command.callback.__name__ for command in cli.app.registered_commands} | {"study"}
    for number_ in range(1, 9):
        for row in lm.dossier("strip").tables[f"trace-{number_}"].records():
            for command in str(row["command"]).split(", "):
                assert command.split()[1] in known, command


def test_it_names_its_tables():
    found = run("strip", "--list")
    assert found.exit_code == 0 and "parameters" in found.output


def test_a_written_one_is_true_until_something_changes(folder):
    found = run("strip", "--check", str(folder))
    assert found.exit_code == 0 and "it is true" in found.output
    found = run("strip", "--set", "cells.kupffer.density=5000", "--check", str(folder))
    assert found.exit_code == 1 and "the table parameters has changed" in found.output


def test_its_own_scenario_gives_the_tables_again(folder, monkeypatch):
    monkeypatch.chdir(folder)
    found = run("scenario.toml", "--check", ".")
    gone = [line for line in found.output.splitlines() if line.startswith("digest")]
    assert gone == []


def test_changes_are_in_the_command(tmp_path):
    assert run("strip", "--set", "cells.kupffer.density=5000 /mm3", "--out", str(tmp_path)).exit_code == 0
    command = json.loads((tmp_path / "dossier.json").read_text())["command"]
    assert shlex.split(command) == [
        "livermet",
        "dossier",
        "strip",
        "--set",
        "cells.kupffer.density=5000 /mm3",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["strp"], 'did you mean "strip"'),
        (
            ["strip", "--table", "parametrs"],
            'the dossier has no table "parametrs"; did you mean "parameters"?',
        ),
        (["strip", "--table", "grades", "--out", "a.txt"], "its name must end in .csv"),
        (["strip", "--check", "nowhere"], "there is no dossier"),
        (["strip", "--verification", "nowhere"], "livermet verify --out FOLDER writes one"),
        (["strip", "--validation", "nowhere"], "livermet validate --out FOLDER writes one"),
        (["strip", "--baseline", "nowhere"], "livermet baseline --json > FILE.json writes one"),
        (["strip", "--verify", "--verification", "x"], "give one of them"),
        (["strip", "--list", "--table", "grades"], "they exclude each other"),
        (["strip", "--list", "--out", "x"], "--list and --check write nothing"),
        (["strip", "--set", "cells.kupffer.densty=1"], "did you mean"),
    ],
)
def test_a_mistake_gets_a_sentence(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(*words)
    assert list(Path(tmp_path).iterdir()) == []


def test_python_and_the_command_give_the_same(folder):
    before = json.loads((folder / "dossier.json").read_text())
    assert json.loads(json.dumps(lm.dossier("strip").to_dict())) == before
    assert lm.dossier("strip").table("grades").grade.tolist() == [
        "found",
        "recalled",
        "derived",
        "fitted",
        "assumed",
        "set",
    ]
    assert number(None) == ""
