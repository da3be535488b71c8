"""The library of rules as a table for a paper, a page and a spreadsheet."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser

import pytest

import livermet_sim as lm
from livermet_sim.scenario.lists import rule_rows
from livermet_sim.scenario.written import RULES, WIDTHS, bounds, markdown, page, write


class Cells(HTMLParser):
    """Gather the words of each row of a page's tables, by the row's id, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.links, self.open, self._id = {}, [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in ("meta", "col"):
            self.open.append(tag)
        if tag == "tr":
            self._id = given.get("id")
        if tag == "td":
            self.rows.setdefault(self._id, []).append("")
        if tag == "a":
            self.links.append(given["href"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open:
            self.rows[self._id][-1] += data


@pytest.fixture(scope="module")
def rows():
    return rule_rows(lm.load("strip", {"rules.MV12.enabled": False}))


def test_a_page_has_every_rule_under_its_id_with_its_sentence_and_links_to_its_source(rows):
    read = Cells(page(rows, "Rules of strip"))
    assert not read.open and set(read.rows) == {row["rule"] for row in rows}
    for row in rows:
        name, sentence, unit, _, grade, source = read.rows[row["rule"]]
        assert (sentence, unit, grade) == (row["sentence"], row["unit"], row["grade"])
        assert name == row["rule"] + ("" if row["enabled"] else " (off)")
        assert source == (row["source"] if row["source"] != "assumed" else "none")
    assert "https://doi.org/10.1038/ncb3169" in read.links and "MV12 (off)" in read.rows["MV12"]


def test_columns_of_rules_are_as_wide_in_every_table_and_no_number_is_written_with_an_exponent(rows):
    text = page(rows, "Rules")
    assert len(WIDTHS) == len(RULES) and sum(WIDTHS) == 100
    assert text.count("<col ") == len(RULES) * text.count("<table") and 'name="viewport"' in text
    for written in (text, markdown(rows, "Rules")):
        assert not re.search(r"\de\+\d", written)


def test_bounds_are_written_as_a_reader_writes_them():
    assert [bounds(0, 1e6), bounds(-100, 0.25), bounds(0, 12345)] == [
        "0 to 1,000,000",
        "-100 to 0.25",
        "0 to 12,345",
    ]


def test_the_three_files_hold_the_same_rules(rows, tmp_path):
    for ending in ("csv", "md", "html"):
        write(rows, tmp_path / f"rules.{ending}", "Rules")
    with open(tmp_path / "rules.csv", encoding="utf-8", newline="") as file:
        sentences = [row["sentence"] for row in csv.DictReader(file)]
    assert sentences == [row["sentence"] for row in rows]
    lines = (tmp_path / "rules.md").read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if line.startswith("| ") and not line.startswith(("| rule |", "| --- |"))]
    assert len(body) == len(rows) and all(
        len(re.findall(r"(?<!\\)\|", line)) == len(RULES) + 1 for line in body
    )
