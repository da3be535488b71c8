"""Check the tumour line presets: what ships is sound and sourced, a bad line is refused in one sentence."""

import re
from typing import get_args

import pytest

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Grade
from livermet_sim.cells import tumour_lines

LINES = ("4t1", "b16f1", "cc531s", "ctc", "h59", "mc38", "pdac")
TEXTS = 'title = "T"\nprimary = "colon"\nspecies = "mouse"\ndoc = "D."\n'


def write(folder, body, texts=TEXTS):
    file = folder / "odd.toml"
    file.write_text(texts + body, encoding="utf-8")
    return file


def refusal(file):
    with pytest.raises(ScenarioError) as caught:
        tumour_lines.read(file)
    return str(caught.value)


def test_the_shipped_lines_are_these():
    assert tumour_lines.names() == LINES


@pytest.mark.parametrize("name", LINES)
def test_every_trait_is_a_known_parameter_in_range_with_source_and_grade(name):
    line, known = tumour_lines.load(name), tumour_lines.parameters()
    assert line.name == name
    assert line.title and line.species and line.primary and line.doc
    assert line.traits
    for trait_name, trait in line.traits.items():
        parameter = known[trait_name]
        assert parameter.low <= trait.value <= parameter.high
        assert trait.unit == parameter.unit
        assert trait.grade in get_args(Grade)
        assert trait.source
        if trait.source == "assumed":
            assert trait.grade == "assumed"
            assert trait.why, f"{trait_name}: an assumption says why"


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_accepted_by_the_tumour_section(name):
    line = tumour_lines.load(name)
    section = tumour_lines.TUMOUR.section(
        tuple(tumour_lines.FIELDS), tuple(kind.name for kind in tumour_lines.KINDS)
    )
    resolved = section.resolve(line.values())
    assert {key: resolved[key] for key in line.traits} == line.values()
    assert any(resolved[p.name] != p.default for p in section.parameters)


def test_the_five_primaries_are_covered():
    primaries = {tumour_lines.load(name).primary for name in tumour_lines.names()}
    assert primaries == {"colorectal", "pancreas", "melanoma", "lung", "breast"}


def test_the_two_archetypes_differ_as_measured():
    rat, melanoma = tumour_lines.load("cc531s").values(), tumour_lines.load("b16f1").values()
    assert rat["vulnerability.kupffer"] >= 10 * melanoma["vulnerability.kupffer"]
    assert rat["extravasate"] * 96 < 0.1 < melanoma["extravasate"] * 24
    assert melanoma["dormant_share"] > tumour_lines.parameters()["dormant_share"].default
    assert melanoma["secrete.ccl2"] < tumour_lines.parameters()["secrete.ccl2"].default
    assert (
        tumour_lines.load("mc38").values()["secrete.ccl2"] > tumour_lines.parameters()["secrete.ccl2"].default
    )


def test_a_patient_cell_is_narrower_and_slower_than_every_cultured_line():
    default = {name: parameter.default for name, parameter in tumour_lines.parameters().items()}
    patient = tumour_lines.load("ctc").values()
    for name in set(LINES) - {"ctc"}:
        cultured = default | tumour_lines.load(name).values()
        assert patient["diameter"] < cultured["diameter"]
        assert patient["divide"] < cultured["divide"]


def test_an_unknown_line_names_the_nearest():
    with pytest.raises(ScenarioError) as caught:
        tumour_lines.load("mc83")
    assert str(caught.value) == 'cells.tumour.line: "mc83" is not a tumour line; did you mean "mc38"?'


def test_a_trait_without_source_is_assumed_and_units_are_converted(tmp_path):
    line = tumour_lines.read(
        write(tmp_path, '[traits.divide]\nvalue = "0.6 /day"\n[traits."die.shear"]\nvalue = 0.01\n')
    )
    assert line.traits["divide"] == tumour_lines.Trait(pytest.approx(0.025), "/h", "assumed", "assumed", "")
    assert line.values() == {"divide": pytest.approx(0.025), "die.shear": 0.01}
    assert tumour_lines.read(write(tmp_path, "")).traits == {}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[traits.divde]\nvalue = "1 /h"',
            'odd.toml, traits.divde: tumour cells have no such trait; did you mean "divide"?',
        ),
        (
            '[traits.die.shear]\nvalue = "1 /h"',
            "odd.toml, traits.die: tumour cells have no such trait; ",
        ),
        (
            '[traits.diameter]\nvalue = "7.5 um2"',
            'odd.toml, traits.diameter: "7.5 um2" is an area; a length is needed, for example "1 um"',
        ),
        (
            '[traits.diameter]\nvalue = "75 um"',
            "odd.toml, traits.diameter: 75 um is impossible; it must be from 4 to 40",
        ),
        ('[traits.divide]\nsource = "a"', 'odd.toml, traits.divide: "value" is missing'),
        (
            '[traits.divide]\nvalue = 0.1\nsorce = "a"',
            'odd.toml, traits.divide: "sorce" is not a key here; did you mean "source"?',
        ),
        (
            '[traits.divide]\nvalue = 0.1\nsource = "a"\ngrade = "recall"',
            'odd.toml, traits.divide: "recall" is not a grade of evidence; did you mean "recalled"?',
        ),
        (
            '[traits.divide]\nvalue = 0.1\ngrade = "found"',
            'odd.toml, traits.divide: the grade "found" needs a source',
        ),
        (
            '[traits.divide]\nvalue = 0.1\nsource = " "',
            'odd.toml, traits.divide: "source" is missing or not a text',
        ),
        ("[traits]\ndivide = 0.1", "odd.toml, traits.divide: 0.1 is not a table; "),
        ("traits = 3", "odd.toml, traits: 3 is not a table of traits"),
        ('[trait.divide]\nvalue = "1 /h"', 'odd.toml: "trait" is not a key here; did you mean "traits"?'),
        ("[traits", "odd.toml: the line is not valid TOML: "),
    ],
)
def test_a_mistake_in_a_line_is_one_sentence(tmp_path, body, sentence):
    told = refusal(write(tmp_path, body))
    assert re.sub(r"^odd\.toml, line \d+", "odd.toml", told).startswith(sentence)
    assert (", line " in told) == sentence.startswith("odd.toml, ")


def test_a_line_needs_its_texts_and_a_file(tmp_path):
    assert refusal(write(tmp_path, "", 'title = "T"\n')) == 'odd.toml: "primary" is missing or not a text'
    assert (
        refusal(write(tmp_path, "", TEXTS.replace('"T"', "3")))
        == 'odd.toml: "title" is missing or not a text'
    )
    assert refusal(tmp_path / "none.toml").startswith("none.toml: the line cannot be read (")


def test_the_table_has_a_row_per_line_and_trait_and_shows_defaults():
    rows = tumour_lines.table()
    used = [
        name
        for name in tumour_lines.parameters()
        if any(name in tumour_lines.load(line).traits for line in LINES)
    ]
    assert [(row.trait, row.line) for row in rows] == [(trait, line) for trait in used for line in LINES]
    by_place = {(row.line, row.trait): row for row in rows}
    patient, default = tumour_lines.load("ctc").traits, tumour_lines.parameters()["diameter"]
    assert by_place["ctc", "diameter"].value == patient["diameter"].value
    assert by_place["ctc", "diameter"].why == patient["diameter"].why
    left = by_place["mc38", "diameter"]
    assert (left.value, left.unit, left.source) == (default.default, default.unit, default.source)
    assert (left.grade, left.why) == (default.grade, "default of tumour cells")


def test_the_table_compares_only_the_chosen_lines():
    rows = tumour_lines.table(("ctc", "mc38"))
    assert {row.line for row in rows} == {"ctc", "mc38"}
    assert {row.trait for row in rows} == set(tumour_lines.load("ctc").traits) | set(
        tumour_lines.load("mc38").traits
    )
