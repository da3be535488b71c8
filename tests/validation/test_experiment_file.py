"""Every mistake in the file of an experiment is one sentence: file, key, what, why, the nearest valid name."""

from __future__ import annotations

import math
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.base.errors import LivermetError
from livermet_sim.validation.catalogue import chosen
from livermet_sim.validation.experiment import KEYS, of, read
from livermet_sim.validation.livers import livers

GOOD = """
reference = "A 2001 Journal"
source = "PMID 1"
what = "NK cells lost"
line = "mc38"
scenario = "strip"
readout = "tumour_cells"
day = 2
expected = "up"

[[treated]]
action = "deplete"
target = "nk"
"""
MISTAKES = [
    ('day = 2', 'dya = 2', 'dya: there is no such key; did you mean "day"?'),
    ('day = 2', '', "day: it is missing"),
    ('day = 2', 'day = "2"', "day: '2' is not a number"),
    ('day = 2', 'day = 0', "day: 0 is not above 0 and at most 100"),
    ('reference = "A 2001 Journal"', '', "reference: it is missing"),
    ('source = "PMID 1"', 'source = 1', "source: 1 is not a text"),
    ('"up"', '"upp"', 'expected: "upp" is not one of its values; did you mean "up"?'),
    ('"up"', '"up"\npublished = 0.5', "published: a ratio of 0.5 is not up; it is treated / control"),
    ('"up"', '"up"\npublished = 2\nband = [3, 4]', "band: it does not hold the published ratio 2"),
    ('"up"', '"up"\nband = [4, 3]', "band: [4, 3] is not a lower and a higher ratio, 0 or more"),
    ('"up"', '"up"\nphases = ["grow"]', 'phases: "grow" is not one of its values; did you mean "growth"?'),
    ('"up"', '"up"\nphases = "growth"', "phases: this is a list of texts"),
    ('"up"', '"up"\nswapped = 1', "swapped: 1 is neither true nor false"),
    ('"up"', '"up"\nhow = "proxy"', "assumed: a proxy says here what it stands for and why"),
    ('"mc38"', '"mc39"', 'line: there is no tumour line "mc39"; did you mean "mc38"?'),
    ('"strip"', '"stripe"', 'there is no scenario "stripe"; did you mean "strip"?'),
    ('"tumour_cells"', '"tumor_cells"', 'readout: there is no readout "tumor_cells"; did you mean "tumour_cells"?'),
    ('"nk"', '"kupfer"', 'treated[0].target: "kupfer" is not a kind of cell; did you mean "kupffer"?'),
    ('"deplete"', '"delete"', 'treated[0].action: "delete" is not an action; did you mean "deplete"?'),
    ('"nk"', '"nk"\nstart = "3 day"', "treated: deplete starts on day 3, and the readout is taken on day 2"),
    ('[[treated]]\naction = "deplete"\ntarget = "nk"', '', "treated: both arms are the same; [[treated]] says what was done"),
    ('[[treated]]\naction', '[treated]\naction', "treated: this is a list of tables, each headed [[treated]]"),
    ('"nk"', '"nk"\n[treated_values]\n"cells.tumour.divid" = "0 /h"', "did you mean"),
    ('"nk"', '"nk"\n[treated_values]\ncells.tumour.divide = "0 /h"', 'treated_values.cells: write the dotted name between "", as one key'),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "sentence"), MISTAKES, ids=[m[2] for m in MISTAKES])
def test_a_mistake_is_one_sentence_that_names_file_key_and_reason(good, bad, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(GOOD.replace(good, bad, 1))
    with pytest.raises(LivermetError) as caught:
        livers(read("mine.toml"))
    found = caught.value.sentence
    assert "\n" not in found
    assert found.startswith("mine.toml, ")
    assert sentence in found


def test_a_file_that_is_not_there_and_a_name_that_is_none_say_so():
    with pytest.raises(LivermetError, match=r"^none.toml: there is no such file"):
        read("none.toml")
    with pytest.raises(
        LivermetError, match=r'there is no experiment "wen_kc_erly"; did you mean "wen_kc_early"'
    ):
        chosen(["wen_kc_erly"])


def test_without_a_band_one_is_laid_around_the_number_or_around_no_change():
    plain = tomllib.loads(GOOD)
    sized = of(plain | {"published": 3.0}, "mine", "mine.toml")
    assert (sized.low, sized.high) == (2.0, 4.5)
    null = of(plain | {"expected": "none"}, "mine", "mine.toml")
    assert (null.low, null.high) == (1 / 1.5, 1.5)
    assert math.isnan(of(plain, "mine", "mine.toml").low)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KEYS), JUNK)
def test_whatever_stands_under_a_key_it_is_read_or_refused_in_a_sentence(key, value):
    try:
        of(tomllib.loads(GOOD) | {key: value}, "mine", "mine.toml")
    except LivermetError as error:
        assert error.sentence.startswith("mine.toml")
