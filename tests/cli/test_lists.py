"""What there is can be found: as tables in Python, as CSV, in words; and a scenario of one's own starts without a mistake."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells import tumour_lines
from livermet_sim.scenario import files, lists, written


@pytest.fixture
def livermet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli.app, list(words))


def test_scenarios_and_lines_are_tables():
    known = lm.scenarios()
    assert set(known["name"]) == set(files.known()) >= {"baseline", "strip", "anti_vegf"}
    assert known["doc"].str.len().min() > 10 and known.set_index("name").loc["strip", "extends"] == "baseline"
    found = lm.lines()
    assert tuple(found["name"]) == tumour_lines.names() and (found["traits"] > 0).all()


def test_parameters_are_a_table_with_sources():
    scenario = lm.load("strip", {"cells.kupffer.density": 5000})
    table = lm.parameters(scenario)
    assert len(table) == sum(len(section) for section in scenario.values.values())
    assert (table["source"].str.len() > 0).all()
    assert set(table["grade"]) <= {"found", "recalled", "derived", "fitted", "assumed", "set"}
    row = table.set_index("parameter").loc["cells.kupffer.density"]
    assert (row["value"], row["unit"], row["grade"]) == (5000, "/mm3", "set") and row["high"] > 5000
    assert len(lm.parameters("strip", "cells.nk")) < len(table)
    with pytest.raises(LivermetError, match=r'did you mean "cells\.nk"'):
        lm.parameters("strip", "cells.nkk")


def test_rules_are_a_table_and_still_a_package():

    table = lm.rules("strip")
    scenario = lm.load("strip")
    assert list(table["rule"]) == list(scenario.rules.rules) and table["enabled"].all()
    row = table.set_index("rule").loc["MV12"]
    assert (
        row["sentence"].startswith("Contact with tumour cells raises the rate at which Kupffer cells engulf")
        and row["source"]
        and row["unit"] == "/h"
    )
    assert (
        not lm.rules(scenario.with_({"rules.MV12.enabled": False})).set_index("rule").loc["MV12", "enabled"]
    )


@pytest.mark.parametrize(
    ("words", "column"),
    [("parameters", "source"), ("rules", "sentence"), ("lines", "primary"), ("scenario", "path")],
)
def test_csv_holds_all_of_it(livermet, tmp_path, words, column):
    done = livermet("show", words, "--out", "table.csv")
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "table.csv")
    assert f"{len(table)} rows in table.csv" in done.output and column in table and len(table) > 5
    assert table[column].notna().all()


@pytest.mark.parametrize(("what", "out"), [("plan", "a.csv"), ("parameters", "a.txt")])
def test_what_is_no_table_is_said(livermet, tmp_path, what, out):
    done = livermet("show", what, "--out", out)
    assert isinstance(done.exception, LivermetError) and not list(tmp_path.iterdir())


def test_explain_alone_lists_the_rules(livermet):
    said = livermet("explain", "strip").output
    assert all(f"{id} " in said for id in lm.load("strip").rules.rules)


@pytest.mark.parametrize("base", sorted({"lobule", "strip", "baseline", "anti_vegf", "b16f1"}))
def test_a_new_scenario_has_no_mistake_with_or_without_its_choices(livermet, tmp_path, base):
    assert livermet("new", "mine.toml", "--from", base).exit_code == 0
    assert livermet("check", "mine.toml").exit_code == 0
    text = (tmp_path / "mine.toml").read_text()
    assert lm.load("mine.toml").digest == lm.load(base).digest
    choices = re.findall(r"^#(?![ :]).*", text, flags=re.M)
    assert len(choices) > 10
    (tmp_path / "all.toml").write_text(re.sub(r"^#(?![ :])", "", text, flags=re.M))
    chosen = lm.load("all.toml")
    assert not chosen.rules["MV12"].enabled and chosen.interventions[-1]["target"] == "kupffer"


def test_a_new_scenario_extends_a_file_from_where_it_lies(livermet, tmp_path):
    (tmp_path / "deep").mkdir()
    assert livermet("new", "base.toml").exit_code == 0
    assert livermet("new", "deep/mine.toml", "--from", "base.toml").exit_code == 0
    assert 'extends = "../base.toml"' in (tmp_path / "deep/mine.toml").read_text()
    assert lm.load("deep/mine.toml").name == "mine"


@pytest.mark.parametrize(("name", "why"), [("mine.toml", "exists already"), ("mine", "must end in .toml")])
def test_nothing_is_written_over(livermet, tmp_path, name, why):
    (tmp_path / "mine.toml").write_text("doc = 'kept'")
    done = livermet("new", name)
    assert isinstance(done.exception, LivermetError) and why in done.exception.sentence
    assert (tmp_path / "mine.toml").read_text() == "doc = 'kept'"


def test_each_says_in_a_line_what_it_is():
    model = lm.LiverModel("strip", seed=3)
    assert re.fullmatch(r"LiverModel\('strip', seed 3, day 0 of 7, \d+ cells\)", repr(model))
    assert repr(model.plan).startswith("Plan(Rest, Intervene, ") and str(model.plan) == model.plan.table()
    assert re.fullmatch(r"RuleBook\(\d+ rules\)", repr(model.scenario.rules))
    off = lm.load("strip", {"rules.MV9.enabled": False})
    assert repr(off.rules).endswith(", 1 of them off)")
    shown = [repr(one) for one in (model, model.plan, off, off.rules, model.result(), model.agents)]
    assert all(len(text) < 400 and "\n" not in text for text in shown)


@pytest.mark.parametrize("ending", ["md", "html"])
def test_rules_are_written_by_phase_and_cell(livermet, tmp_path, ending):
    assert (
        livermet(
            "show", "rules", "strip", "--set", "rules.MV12.enabled=false", "--out", f"rules.{ending}"
        ).exit_code
        == 0
    )
    text = (tmp_path / f"rules.{ending}").read_text(encoding="utf-8")
    for row in lists.rule_rows(lm.load("strip")):
        assert (html.escape(row["sentence"]) if ending == "html" else row["sentence"]) in text, row["rule"]
    heads = [r"^## (.*)$", r"^### (.*)$"] if ending == "md" else [r"<h2>(.*)</h2>", r"<h3>(.*)</h3>"]
    phases, cells = (re.findall(pattern, text, re.MULTILINE) for pattern in heads)
    assert phases == ["Priming", "Microvascular", "Pre-angiogenic", "Angiogenic", "Growth"]
    assert {"Kupffer cells", "Tumour cells", "LSEC"} <= set(cells) and "MV12 (off)" in text
    assert "Khatib 2005" in text and "PMID 16127154" in text and "0 to 100" in text


def test_what_strangers_write_into_a_rule_stays_text(tmp_path):
    mine = {"actor": "tumour", "signal": "oxygen", "direction": "decreases", "behaviour": "crawl", "maximum": "0 um/min",
            "half_max": "20 mmHg", "source": "<script>a | b</script>\n| x |"}  # fmt: skip
    rows = lists.rule_rows(lm.load("strip", {"rules.mine": mine}))
    assert "<script>" not in written.page(rows, "<b>") and "<b>" not in written.page(rows, "<b>")
    table = [line for line in written.markdown(rows, "Rules").splitlines() if line.startswith("| mine")]
    assert len(table) == 1 and table[0].count(" | ") == 5 and "<script>" not in table[0]


def test_a_rule_is_explained_by_its_id_alone(livermet):
    said = livermet("explain", "MV12").output
    assert said == livermet("explain", "baseline", "--rule", "MV12").output and said.startswith("MV12")
    assert lm.explain("MV12") == said.strip() and lm.explain("MV6", "strip").count("Source:") == 2
    assert " ".join(lm.explain(scenario="strip").split()).count("Hill power") == len(lm.rules("strip"))
    assert "Carried out by the process" in lm.explain("MV1")
    with pytest.raises(LivermetError, match='did you mean "MV12"'):
        lm.explain("MV122")
