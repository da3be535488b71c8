"""A link that leads nowhere, a picture without words and a thing from elsewhere are each found, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livermet_sim.site.links import faults

HEAD = '<html lang="en"><head><meta name="viewport" content="x"><title>t</title></head>'


def look(tmp_path, **pages: str) -> list[str]:
    """Return what is wrong with pages of these bodies."""
    for name, body in pages.items():
        (tmp_path / f"{name}.html").write_text(HEAD + body, encoding="utf-8")
    return faults(tmp_path, [f"{name}.html" for name in pages])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="no.html">x</a>', "the link no.html leads nowhere"),
        ('<a href="../a.html">x</a>', "leads nowhere"),
        ('<a href="b.html#no">x</a>', "leads to no such place"),
        ('<a href="#no">x</a>', "leads to no such place"),
        ('<img src="a.html">', "not said in words"),
        ('<img src="a.html" alt=" ">', "not said in words"),
        ('<img src="no.webp" alt="x">', "leads nowhere"),
        ('<script src="https://example.org/x.js"></script>', "it loads https://example.org/x.js"),
        ('<iframe src="//example.org"></iframe>', "it loads //example.org"),
        ('<iframe src="no.html"></iframe>', "leads nowhere"),
    ],
)
def test_a_fault_is_found(tmp_path, body, said):
    found = look(tmp_path, a=body, b='<p id="here">')
    assert len(found) == 1 and found[0].startswith("a.html: ") and said in found[0]


def test_a_page_without_language_width_and_title_is_found(tmp_path):
    (tmp_path / "a.html").write_text("<p>", encoding="utf-8")
    assert [fault.split()[-1] for fault in faults(tmp_path, ["a.html"])] == ["language", "title", "viewport"]


def test_a_whole_site_has_no_fault(tmp_path):
    body = '<a href="b.html#here">x</a><a href="https://example.org">y</a><img src="b.html" alt="b"><a href="#me" id="me">z</a>'
    assert look(tmp_path, a=body, b='<p id="here"><a href="a.html">a</a>') == []


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "x", "y", "z"]))),
        min_size=1,
    )
)
def test_just_the_links_that_lead_nowhere_are_counted(tmp_path_factory, graph):
    folder = tmp_path_factory.mktemp("graph")
    places = {"x", "y"}
    bodies = {
        name: "".join(f'<a href="{to}.html{"#" + at if at else ""}">l</a>' for to, at in links)
        + "".join(f'<p id="{at}">' for at in places)
        for name, links in graph.items()
    }
    wrong = sum(
        len({(to, at) for to, at in links if to not in graph or (at and at not in places)})
        for links in graph.values()
    )
    assert len(look(folder, **bodies)) == wrong
