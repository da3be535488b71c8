"""Papers are found in the words of sources, nothing is invented, and the files are valid BibTeX and CSL."""

from __future__ import annotations

import json

import bibtexparser
import pytest
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.base.papers import Identifier, identifiers, linked
from livermet_sim.documentation import citations, references
from livermet_sim.documentation.references import Reference
from livermet_sim.documentation.sources import named, works

JOURNALS = ("Adv Mater", "Cancer Res", "Hepatology", "Cancer Biol Ther")


def told(text):
    return [
        (w.authors, w.year, w.journal, w.volume, w.page, *map(str, w.identifiers))
        for w in works(text, JOURNALS)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wen 2013 Cancer Biol Ther PMC3742490", [("Wen", "2013", "Cancer Biol Ther", "", "", "PMC3742490")]),
        ("Hoehme 2010 (PMID 20484673)", [("Hoehme", "2010", "", "", "", "PMID 20484673")]),
        ("Haier 2003 doi:10.1016/S1091-255X(03)00023-4; Mook 2003 PMID 12883473", [
            ("Haier", "2003", "", "", "", "doi:10.1016/s1091-255x(03)00023-4"), ("Mook", "2003", "", "", "", "PMID 12883473")]),
        ("Qi 2004 Hepatology doi:10.1002/hep.20421/abstract", [("Qi", "2004", "Hepatology", "", "", "doi:10.1002/hep.20421")]),
        ("Yu 2020 doi:10.1038/s41591-020-1131-x&link_type=DOI", [("Yu", "2020", "", "", "", "doi:10.1038/s41591-020-1131-x")]),
        ("Adv Mater 2022 PMC9040585 (50-100 um)", [("", "2022", "Adv Mater", "", "", "PMC9040585")]),
        ("Owen 2011 Cancer Res 71:2826, one without a loop", [("Owen", "2011", "Cancer Res", "71", "2826")]),
        ("Cancer Res 2006 66:2219 (140 um)", [("", "2006", "Cancer Res", "66", "2219")]),
        ("12.9 g/dL (PMC4878313) times 1.39 mL/g (Clerbaux 1993)", [("", "", "", "", "", "PMC4878313"), ("Clerbaux", "1993", "", "", "")]),
        ("van der Bilt 2008 doi:10.1245/s10434-007-9758-0", [("van der Bilt", "2008", "", "", "", "doi:10.1245/s10434-007-9758-0")]),
        ("Manchel 2025 doi:10.1371/journal.pone.0313711 PMC12192136", [("Manchel", "2025", "", "", "", "doi:10.1371/journal.pone.0313711", "PMC12192136")]),
        ("Paku & Lapis 1993 PMID 7689793", [("Paku & Lapis", "1993", "", "", "", "PMID 7689793")]),
        ("assumed", []), ("weeks", []), ("2-24 h", []),
    ],
)  # fmt: skip
def test_works_are_read_from_the_words_of_a_source(text, expected):
    assert told(text) == expected


DOI = st.builds(
    "10.{}/{}".format,
    st.integers(1000, 99999),
    st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,12}[a-z0-9])?", fullmatch=True),
)
AROUND = st.sampled_from(
    (
        "{}",
        "({})",
        "see {}.",
        "{}; more",
        "{}, more",
        "doi:{}",
        "Wen 2013 (doi:{})",
        "https://doi.org/{}",
        "[{}]",
    )
)


@given(DOI, AROUND)
def test_a_doi_is_found_whatever_stands_around_it(doi, around):
    assert identifiers(around.format(doi)) == [Identifier("doi", doi)]
    assert named(around.format(doi))


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    list(works(text, JOURNALS))
    named(text)


@pytest.fixture(scope="module")
def found():
    return references.references(lm.load("strip"))


def test_every_identifier_of_every_source_is_a_reference(found):
    wanted = {one for _, source in references.cited(lm.load("strip")) for one in identifiers(source)}
    assert wanted == {one for own in found for one in own.identifiers if own.cited_by} & wanted
    assert len(wanted) > 100


def test_nothing_is_known_of_a_paper_that_no_source_says(found):
    said = " ".join(source for _, source in references.cited(lm.load("strip")))
    written = {str(value) for entry in references.known()["papers"] for value in entry.values()}
    for own in found:
        for value in (own.authors, own.year, own.title, own.journal, own.volume, own.page):
            assert value in said or value in written


def test_keys_are_unique(found):
    assert len({own.key for own in found}) == len(found)


def test_the_bibtex_is_read_by_a_parser_and_holds_every_paper(found):
    library = bibtexparser.parse_string(citations.bibtex(found))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [own.key for own in found]
    for entry, own in zip(library.entries, found, strict=True):
        assert (entry.fields_dict["doi"].value if "doi" in entry.fields_dict else "") == next(
            (one.value for one in own.identifiers if one.register == "doi"), ""
        )
        assert not own.year or entry.fields_dict["year"].value == own.year


def test_the_csl_is_read_by_a_processor_and_holds_every_paper(found):
    records = json.loads(citations.csl(found))
    source = CiteProcJSON(records)
    assert list(source) == [own.key.lower() for own in found]
    assert all(record["URL"].startswith("https://") for record in records)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=40))
def test_no_letter_in_a_title_breaks_the_files(title):
    own = Reference(
        [Identifier("doi", "10.1000/x")],
        title=title,
        authors="Wen",
        year="2013",
        journal=title,
        cited_by=["a"],
    )
    library = bibtexparser.parse_string(citations.bibtex([own]))
    assert not library.failed_blocks and [entry.key for entry in library.entries] == [own.key]
    assert json.loads(citations.csl([own]))[0]["title"] == title


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("(Grimm 2020, doi:10.18564/jasss.4259): the", '(Grimm 2020, <a href="https://doi.org/10.18564/jasss.4259">doi:10.18564/jasss.4259</a>): the'),
        ("doi:10.1038/x-1&link_type=DOI", '<a href="https://doi.org/10.1038/x-1">doi:10.1038/x-1</a>&amp;link_type=DOI'),
        ("PMID: 9307300; a<b", '<a href="https://pubmed.ncbi.nlm.nih.gov/9307300">PMID: 9307300</a>; a&lt;b'),
        ("PMC6430113, MV5", '<a href="https://pmc.ncbi.nlm.nih.gov/articles/PMC6430113">PMC6430113</a>, MV5'),
    ],
)  # fmt: skip
def test_a_paper_is_a_link_whatever_stands_around_it(text, html):
    assert linked(text) == html


@given(st.text(st.sampled_from("10./PMIDCdoi:(x)<&\"';, ar"), max_size=60))
def test_the_words_around_links_stay_as_they_are(text):
    import html
    import re

    assert html.unescape(re.sub(r"<a href=\"[^\"]*\">|</a>", "", linked(text))) == text
