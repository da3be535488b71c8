"""The page stands alone, its contents lead somewhere, and nothing that a scenario says becomes part of the page's code."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import pytest

import livermet_sim as lm
from livermet_sim.documentation.blocks import Part, Table, Text
from livermet_sim.documentation.page import body, marked, page

HOSTILE = '<script>alert(1)</script> & "quotes" | \\ `</code><b>`'
VOID = {"meta", "input", "img", "br"}


class Reader(HTMLParser):
    """Collect tags, ids and addresses, and see whether what is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.sources, self.wrong = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.ids += [known["id"]] if "id" in known else []
        self.links += [known["href"]] if "href" in known else []
        self.sources += [value for name, value in attrs if name in ("src", "srcset", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def read(strip):
    return Reader(strip.html())


def test_what_is_opened_is_closed_and_no_id_is_there_twice(read):
    assert not read.wrong and not read.open
    assert len(read.ids) == len(set(read.ids))


def test_the_contents_lead_to_parts_that_are_there(read):
    anchors = [link[1:] for link in read.links if link.startswith("#")]
    assert len(anchors) > 20 and set(anchors) <= set(read.ids)


def test_nothing_is_fetched(strip, read):
    assert all(source.startswith("data:") for source in read.sources)
    assert all(link.startswith(("#", "https://")) for link in read.links)
    assert "url(" not in strip.html() and "@import" not in strip.html()


def test_every_table_names_a_command_and_can_be_searched_when_long(strip):
    text = strip.html()
    for name, table in strip.tables.items():
        assert f"--table {name}" in text
        assert (f'data-table="{name}"' in text) == (len(table.rows) >= 8)


def test_what_a_scenario_says_stays_words():
    own = lm.load("strip").with_({"rules.MV13.says": HOSTILE}, name="a<b>&c", doc=HOSTILE)
    made = lm.dossier(own)
    text = made.html()
    assert "<script>alert" not in text and "a<b>" not in text
    assert not Reader(text).wrong
    assert json.loads(json.dumps(made.to_dict()))["scenario"] == "a<b>&c"
    rows = [line for line in made.markdown().splitlines() if line.startswith("| MV13 |") and "alert" in line]
    bars = {len(made.tables[name].columns) + 1 for name in ("rules", "own-rules")}
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == bars
    assert "<script>" not in re.sub(r"`[^`]*`", "", made.markdown())


def test_marks_are_few_and_safe():
    assert marked("*found* in `a<b>` (doi:10.1002/hep.20421).") == (
        '<em>found</em> in <code>a&lt;b&gt;</code> (<a href="https://doi.org/10.1002/hep.20421">doi:10.1002/hep.20421</a>).'
    )
    assert marked("2 * 3 * 4") == "2 * 3 * 4"


def test_a_table_without_rows_says_so():
    part = Part("a", "A", (Text("t"), Table("empty", "Nothing", ("x",), (), command="c")))
    assert "none" in body([part]) and page({"scenario": "s"}, [part]).count("<table>") == 0


@pytest.mark.browser
def test_a_reader_can_search_sort_and_print(strip, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    file = tmp_path / "dossier.html"
    file.write_text(strip.html(), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab, asked = browser.new_page(viewport={"width": 420, "height": 800}), []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: asked.append(str(error)))
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 420
        tab.fill('input[data-table="parameters"]', "kupffer density")
        shown = tab.locator("#table-parameters tbody tr:visible")
        assert 0 < shown.count() < 5 and "of" in tab.inner_text("#table-parameters output")
        tab.click("#table-grades th:nth-child(2) button")
        values = [int(text) for text in tab.locator("#table-grades tbody td:nth-child(2)").all_inner_texts()]
        assert values == sorted(values)
        tab.emulate_media(media="print")
        assert shown.count() == len(strip.tables["parameters"].rows)
        browser.close()
    assert asked == [file.as_uri()]
