"""A dossier says what the code and the scenario say now: whatever changes there changes the dossier."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import livermet_sim
import livermet_sim as lm
from livermet_sim.documentation import context, dossier
from livermet_sim.documentation.blocks import Table
from livermet_sim.processes.turnover import TurnOver

ROOT = Path(livermet_sim.__file__).parent


@pytest.fixture(scope="module")
def written(strip):
    return json.loads(json.dumps(strip.to_dict()))


def changed(written, now):
    return {words.split()[2] for words in dossier.drift(written, now) if words.startswith("the table")}


def test_what_was_just_written_is_true(strip, written):
    assert dossier.drift(written, lm.dossier("strip")) == []


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ({"cells.kupffer.density": 5000}, {"parameters", "kinds", "chosen", "start"}),
        ({"rules.MV12.half_max": 3.0}, {"rules", "own-rules"}),
        ({"rules.MV12.enabled": False}, {"rules", "interactions", "mechanisms", "own-rules"}),
        ({"run.days": 3}, {"scales", "parameters"}),
        ({"interventions": [{"action": "deplete", "target": "nk"}]}, {"interventions"}),
        ({"line": "b16f1"}, {"parameters", "chosen"}),
    ],
)
def test_a_change_of_the_scenario_changes_its_tables(written, change, tables):
    now = lm.dossier(lm.load("strip").with_(change))
    assert changed(written, now) >= tables
    assert any(words.startswith("digest") for words in dossier.drift(written, now))


def test_another_word_in_a_process_changes_plan_and_submodel(strip, written, monkeypatch):
    monkeypatch.setattr(TurnOver, "__doc__", "Do something else.")
    now = lm.dossier("strip")
    assert "plan" in changed(written, now)
    assert "Do something else." in now.markdown().split("7. Submodels")[1]


def test_another_array_that_a_process_writes_changes_the_plan(written, monkeypatch):
    monkeypatch.setattr(TurnOver, "writes", (*TurnOver.writes, "cells.something"))
    assert changed(written, lm.dossier("strip")) == {"plan"}


def test_what_is_declared_to_be_misuse_changes_context_and_credibility(written, monkeypatch):
    known = {name: value for name, value in context.read().items() if name != "never"} | {"never": []}
    monkeypatch.setattr(context, "read", lambda: known)
    assert changed(written, lm.dossier("strip")) >= {"never", "ten-rules"}


def test_a_table_that_came_or_went_is_named(strip, written):
    less = written | {"parts": written["parts"][1:]}
    assert dossier.drift(less, strip) == ["the table summary is new"]
    more = json.loads(json.dumps(written))
    more["parts"][0]["blocks"].append(Table("gone", "", (), ()).to_dict())
    assert dossier.drift(more, strip) == ["the table gone is gone"]


def prose(path: Path) -> list[str]:
    """Return the texts of a file that a reader of the dossier meets: sentences, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return [
        text for text in texts if text not in docs and " " in text.strip() and re.search(r"[a-z]{3}", text)
    ]


CITED = re.compile(
    r"doi:\S+|arXiv:\S+|\(?[A-Z]\w+ et al\.? (?:19|20)\d\d|^\d\. |grades from 0 to 4|0 is each step|/mm3|per mm3|\d\{|\[[^\]]*\]|\\[a-z]"
)


# patterns and tags, but no sentences
SILENT = ("page.py", "sources.py", "citations.py")
SPEAKING = [path for path in sorted((ROOT / "documentation").rglob("*.py")) if path.name not in SILENT]


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_sentence_repeats_a_number_by_hand(path):
    assert [text for text in prose(path) if re.search(r"\d", CITED.sub("", text))] == []


def test_no_declaration_of_context_repeats_a_number():
    text = (ROOT / "library" / "context.toml").read_text(encoding="utf-8")
    assert re.findall(r"\d+", "\n".join(line for line in text.splitlines() if not line.startswith("#"))) == []
