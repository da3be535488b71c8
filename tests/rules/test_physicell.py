"""Rules in the grammar of PhysiCell: its own numbers, its own slips, and a way there and back that changes nothing."""

from __future__ import annotations

import math
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.rulebook.physicell import dictionary
from livermet_sim.rulebook.physicell.numbers import atof
from livermet_sim.rulebook.physicell.read import Reader
from livermet_sim.rulebook.physicell.reference import acting, hill, respond, span
from livermet_sim.rulebook.physicell.row import Row
from livermet_sim.rulebook.physicell.ruleset import read
from livermet_sim.rulebook.physicell.translate import number_in

GOOD = "cell,oxygen,increases,cycle entry,0.0072,21.5,4,0"


@cache
def strip():
    return lm.load("strip")


def row(signal, direction, maximum, half_max, power, dead=False, behaviour="cycle entry"):
    return Row("cell", signal, direction, behaviour, maximum, half_max, power, dead)


def write(folder, text, name="rules.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# the values that the compiled functions of PhysiCell 1.14.2 print
UP = row("oxygen", "increases", 0.0072, 21.5, 4)
DOWN = row("pressure", "decreases", 0.0, 0.25, 3)
TWO_DOWN = [row(name, "decreases", 0.1, 0.005, 4) for name in "ab"]
DEAD = [row("a", "increases", 0.017, 0.1, 10, dead=True), row("b", "increases", 0.017, 1, 4)]
GOLDEN = [
    ([UP], 0.00072, {"oxygen": 38}, False, 0.0065976823813027044),
    ([UP, DOWN], 0.00072, {"oxygen": 21.5, "pressure": 0.25}, False, 0.00198),
    ([UP, DOWN], 0.00072, {"oxygen": 38, "pressure": 0.1}, False, 0.006200829305735624),
    (TWO_DOWN, 1.0, {"a": 0.005, "b": 0.01}, False, 0.15),
    (DEAD, 0.0, {"a": 1, "b": 5}, True, 0.0169999999983),
]


@pytest.mark.parametrize(("rows", "base", "signals", "dead", "value"), GOLDEN)
def test_golden_vectors(rows, base, signals, dead, value):
    assert respond(rows, base, signals, dead=dead) == pytest.approx(value, rel=1e-12)


def test_golden_hill_functions():
    assert hill([38], [21.5], [4]) == pytest.approx(0.90704975020103462, rel=1e-15)
    assert hill([38, 3000], [21.5, 6000], [4, 4]) == pytest.approx(0.90758661564854937, rel=1e-15)


def test_rows_of_one_direction_share_the_farthest_response():
    assert span([row("a", "increases", 0.005, 1, 1), row("b", "increases", 0.009, 1, 1)], 0.001) == (
        0.001,
        0.009,
    )
    assert span([row("a", "increases", 0.009, 1, 1), row("b", "increases", 0.005, 1, 1)], 0.001) == (
        0.001,
        0.009,
    )


def test_a_dead_cell_keeps_its_value_where_no_rule_is_for_the_dead():
    assert respond([UP], 0.1, {"oxygen": 38}, dead=True, present=0.7) == 0.7


@pytest.mark.parametrize("word", ["increase", "promotes"])
def test_a_weak_word_raises_nothing(word):
    assert respond([row("oxygen", word, 0.0072, 21.5, 4)], 0.00072, {"oxygen": 38}) == 0.00072


def test_any_other_word_lowers():
    assert respond([row("a", "up", 0.0, 1, 1)], 1.0, {"a": 1}) == 0.5


def test_increases_to_less_than_the_base_lowers_when_alone():
    alone = row("a", "increases", 0.0, 1, 1)
    assert respond([alone], 1.0, {"a": 1}) == 0.5
    assert respond([alone, row("b", "increases", 3, 1, 1)], 1.0, {"a": 1}) == 2.0


def test_the_later_spelling_undoes_the_earlier():
    rows = [UP, row("pressure", "decreases", 0.0, 0.25, 3, behaviour="exit from cycle phase 0")]
    assert acting(rows, "cell", "cycle entry") == rows[1:]


def test_half_maximum_nought_is_not_a_number_and_huge_signals_end():
    assert math.isnan(respond([row("a", "increases", 1, 0, 1)], 0, {"a": 1}))
    assert math.isnan(hill([-1.0], [1.0], [0.5])) and hill([-1.0], [1.0], [2]) == 0.5


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5e-3x", 0.0015), ("true", 0), (" 7", 7), ("", 0), ("-.5", -0.5), ("inf", math.inf)],
)
def test_numbers_are_read_as_c_reads_them(text, value):
    assert atof(text) == value


# each imperfection of a file: what stands there, line and field, the kind, and whether PhysiCell stops or leaves the row out
IMPERFECT = [
    ("# a comment", 1, "", "comment", "skips"),
    ("cell type,signal,direction,behavior,max,half,power,dead", 1, "", "header", "stops"),
    ("cell,oxygen,increases,cycle entry,0.0072,21.5,4", 1, "", "columns", "skips"),
    (f"{GOOD}\n{GOOD.replace('cell,', 'b,')},1", 2, "", "columns", "skips"),
    (GOOD.replace(",oxygen", ", oxygen"), 1, "signal", "blank", "stops"),
    (GOOD.replace("increases", "increase"), 1, "direction", "direction", "raises nothing"),
    (GOOD.replace("increases", "promotes"), 1, "direction", "direction", "raises nothing"),
    (GOOD.replace("increases", "Increases"), 1, "direction", "direction", "takes any"),
    (f"{GOOD[:-1]}true", 1, "applies to dead", "dead", "reads 0"),
    (f"{GOOD}\n{GOOD}", 2, "", "twice", "stops"),
    (f"{GOOD}\n{GOOD.replace('21.5', '9')}", 2, "", "twice", "stops"),
    (f"{GOOD}\ncell,vegf,increases,exit from cycle phase 0,1,1,4,0", 2, "behaviour", "two spellings", "keeps two"),
    (GOOD.replace("oxygen", "contact with apoptotic cell"), 1, "signal", "always 0", "reads 0"),
    (GOOD.replace("oxygen", "contact with necrotic cells"), 1, "signal", "always 0", "reads 0"),
    (GOOD.replace("21.5", "0"), 1, "half-max", "half-max", "computes NaN"),
    (GOOD.replace("21.5", "-2"), 1, "half-max", "half-max", "computes"),
    (GOOD.replace("21.5,4", "21.5,0"), 1, "Hill power", "power", "computes"),
    (GOOD.replace("0.0072", "0.0072 1/min"), 1, "maximum response", "unit", "reads 0.0072"),
    (GOOD.replace("0.0072", "1e999"), 1, "maximum response", "number", "reads inf"),
    (GOOD.replace("0.0072", ""), 1, "maximum response", "missing", "skips"),
    (GOOD.replace("oxygen", '"oxygen"'), 1, "signal", "quotes", "stops"),
    (f"\ufeff{GOOD}", 1, "cell type", "bom", "stops"),
    (f"{GOOD}\n  ", 2, "", "blank", "skips"),
    (GOOD.replace(",", ";"), 1, "", "columns", "skips"),
    (GOOD.replace("oxygen", "presure"), 1, "signal", "signal", "stops"),
    (GOOD.replace("cycle entry", "cycle enty"), 1, "behaviour", "behaviour", "stops"),
    (f"{GOOD}\nb,oxygen,increases,phagocytose dead cell,1,1,4", 2, "", "columns", "skips"),
    ("", 1, "", "empty", "runs"),
    # what is wrong besides is said at once, and not after the first is mended
    (f"{GOOD[:-1]}true\n{GOOD.replace('21.5', '9')}", 2, "", "twice", "stops"),
    (f"{GOOD}\n{GOOD.replace('increases', 'promotes')}", 2, "", "twice", "stops"),
    (GOOD.replace("oxygen", "presure").replace("0.0072", "x"), 1, "signal", "signal", "stops"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "code", "reference"), IMPERFECT)
def test_each_imperfection_is_named_with_its_place(tmp_path, text, line, field, code, reference):
    path = write(tmp_path, text)
    found = [f for f in read(path).findings if (f.line, f.field, f.code) == (line, field, code)]
    assert len(found) == 1 and found[0].reference.startswith(reference), read(path).findings
    assert found[0].sentence.startswith(f"{path}, line {line}{f', {field}' if field else ''}: ")
    with pytest.raises(LivermetError) as error:
        lm.read_physicell(path, scenario=strip())
    assert found[0].sentence in str(error.value)
    outcome = CliRunner().invoke(cli.app, ["rules", "lint", str(path)])
    assert outcome.exit_code == 2 and f"line {line}" in outcome.output


@pytest.mark.parametrize(
    "text", [f"// a comment\n\n{GOOD}\n", f"{GOOD}\r\n", GOOD.replace(",", "\t"), f"{GOOD},"]
)
def test_what_physicell_reads_as_it_is_meant_is_read(tmp_path, text):
    found = read(write(tmp_path, text))
    assert [row.text() for row in found.rows] == [GOOD] and not found.mistakes


def test_line_ends_and_tabs_are_noted(tmp_path):
    found = read(write(tmp_path, f"// a\r\n{GOOD}\r\n".replace(",", "\t")))
    assert [(f.line, f.code) for f in found.findings] == [(1, "crlf"), (2, "tab")]


def test_one_signal_may_raise_and_lower(tmp_path):
    found = read(write(tmp_path, f"{GOOD}\n{GOOD.replace('increases', 'decreases')}"))
    assert [f.code for f in found.findings] == ["both ways"] and not found.mistakes


def test_lenient_reads_what_physicell_reads(tmp_path):
    rows = [
        "# c",
        GOOD[:-2],
        f"{GOOD[:-1]}true",
        "cell,vegf,reduces,necrosis,0.5 /min,1,4,1",
        "cell,tnf,promotes,apoptosis,9,1,4,0",
    ]
    path = write(tmp_path, "\n".join(rows))
    found = lm.read_physicell(path, {"cell": "tumour"}, scenario=strip(), lenient=True)
    assert [row.text() for row in found.rows] == [GOOD, "cell,vegf,reduces,necrosis,0.5,1,4,1", rows[-1]]
    assert found.response("cell", "apoptosis", 0.1, {"tnf": 5}) == 0.1
    assert found.kept[rows[-1]].startswith('"promotes" raises nothing')
    with pytest.raises(LivermetError, match="line 1: this is a heading"):
        lm.read_physicell(write(tmp_path, f"cell type,a,b,c,d,e,f,g\n{GOOD}"), scenario=strip(), lenient=True)


def test_lenient_takes_increases_below_the_base_for_a_decrease(tmp_path):
    path = write(tmp_path, "tumour,tnf,increases,migration speed,0.01,1,4,0")
    why = next(iter(lm.read_physicell(path, scenario=strip()).kept.values()))
    assert "below the base" in why and why.endswith(
        "PhysiCell 1.14.2 lowers then, until another row acts on that behaviour"
    )
    found = lm.read_physicell(path, scenario=strip(), lenient=True)
    assert [rule["direction"] for rule in found.rules.values()] == ["decreases"]


def test_version_1_is_brought_over(tmp_path):
    path = write(tmp_path, "tumour,oxygen,increases,cycle entry,0.0005,0.0072,21.5,4,0\n")
    found = lm.read_physicell(path, scenario=strip())
    assert [row.text() for row in found.rows] == ["tumour,oxygen,increases,cycle entry,0.0072,21.5,4,0"]
    assert [f.code for f in found.findings] == ["migration", "meaning"]
    assert "its base is 0.0005 /min in the file and" in found.findings[1].text


def test_version_0_is_brought_over(tmp_path):
    rows = "tumour,necrosis,0.1,0.2,0.9,oxygen,decreases,3,8,0\ntumour,apoptosis,0.1,0.2,0.9,oxygen,increases,3,8,1\n"
    assert [row.text() for row in read(write(tmp_path, rows)).rows] == [
        "tumour,oxygen,decreases,necrosis,0.1,3,8,0", "tumour,oxygen,increases,apoptosis,0.9,3,8,1",
    ]  # fmt: skip


def test_version_2_is_known_by_its_words(tmp_path):
    rows = f"{GOOD}\ncell,debris,increases,phagocytose dead cell,1,1,4,0\ncell,debris,increases,damage rate,1,1,4,0\n"
    found = read(write(tmp_path, rows))
    assert [row.behaviour for row in found.rows[1:]] == [
        "phagocytose apoptotic cell", "phagocytose necrotic cell", "phagocytose other dead cell", "attack damage rate",
    ]  # fmt: skip
    assert not found.mistakes and found.findings[0].code == "migration"
    wrong = read(write(tmp_path, rows), layout="v3")
    assert "a word of version 2" in wrong.mistakes[0].text and wrong.findings[-1].code == "renamed"


MODEL = """// a model
malignant epithelial cell,oxygen,decreases,necrosis,0,3.75,8,0
malignant epithelial cell,oxygen,increases,cycle entry,0.0072,21.5,4,0
malignant epithelial cell,vegf,increases,cycle entry,0.005,0.5,4,1
malignant epithelial cell,volume,increases,apoptosis,0.001,1000,3,1
hunter,contact with malignant epithelial cell,increases,attack malignant epithelial cell,0.01,1,4,0
malignant epithelial cell,grad(tnf),decreases,immunogenicity to hunter,0.5,0.01,2,0
"""
NAMES = ["--name", "hunter=nk"]


def command(*words):
    outcome = CliRunner().invoke(cli.app, ["rules", *map(str, words)])
    assert outcome.exit_code == 0, outcome.output
    return outcome


def test_import_export_import_is_identical(tmp_path):
    path = write(tmp_path, MODEL)
    said = command("import", path, *NAMES, "--out", tmp_path / "mine.toml").output
    assert '"volume" is no signal here: a cell keeps its volume here' in said and "line 5" in said
    command("export", tmp_path / "mine.toml", "--out", tmp_path / "back.csv")
    rows = [line for line in (tmp_path / "back.csv").read_text().splitlines() if not line.startswith("//")]
    assert rows == MODEL.splitlines()[1:]
    command("import", tmp_path / "back.csv", "--out", tmp_path / "again.toml")
    first, second = lm.load(tmp_path / "mine.toml"), lm.load(tmp_path / "again.toml")
    assert first.rules.to_dict() == second.rules.to_dict() and len(first.rules) == len(strip().rules) + 5
    named = {"hunter": "nk"}
    one, two = lm.read_physicell(path, named), lm.read_physicell(tmp_path / "back.csv", named)
    assert one.rows == two.rows and one.kept == two.kept and one.rules == two.rules


def test_what_is_imported_is_what_was_meant(tmp_path):
    rules = lm.read_physicell(write(tmp_path, MODEL), {"hunter": "nk"}, scenario=strip())
    book = strip().with_(rules=rules.rules).rules
    divide = book["tumour_oxygen_increases_divide"]
    assert (divide.maximum, divide.half_max, divide.power) == (0.0072 * 60, 21.5, 4)
    assert book["tumour_tnf_gradient_decreases_vulnerability_nk"].maximum == 0.5
    assert book["nk_contact_tumour_increases_attack"].maximum == 0.6
    assert "dead cells leave the table" in " ".join(f.text for f in rules.findings)


def test_a_changed_rule_is_exported_as_changed_and_a_gone_one_named(tmp_path):
    command("import", write(tmp_path, MODEL), *NAMES, "--out", tmp_path / "mine.toml")
    text = (tmp_path / "mine.toml").read_text().replace('"0.0072 /min"', '"0.006 /min"')
    text = text.replace(
        "[rules.nk_contact_tumour_increases_attack]",
        "[rules.nk_contact_tumour_increases_attack]\nenabled = false",
    )
    (tmp_path / "mine.toml").write_text(text)
    rows = lm.to_physicell(tmp_path / "mine.toml").text().splitlines()
    assert MODEL.splitlines()[2].replace("0.0072", "0.006") in rows and MODEL.splitlines()[1] in rows
    assert "// left out: nk_contact_tumour_increases_attack (it is switched off)" in rows


def test_the_library_goes_there_and_comes_back(tmp_path):
    off = strip().with_({"rules.MV13.enabled": False})
    sent = lm.to_physicell(off, tmp_path / "library.csv")
    assert not read(tmp_path / "library.csv").mistakes and len(sent.rows) > 150
    lumen = {rule.id for rule in off.rules.enabled() if rule.where == ("lumen",)}
    lost = {id for f in sent.findings if "in the lumen only" in f.text for id in f.field.split(", ")}
    assert lumen and lumen <= lost
    back = lm.read_physicell(tmp_path / "library.csv", scenario=strip())
    assert strip().with_(rules=back.rules).rules.to_dict() == off.rules.to_dict() and not back.kept


def test_alone_switches_the_models_own_rules_off(tmp_path):
    command("import", write(tmp_path, MODEL), *NAMES, "--alone", "--out", tmp_path / "mine.toml")
    acting = lm.load(tmp_path / "mine.toml").rules.enabled()
    assert len(acting) == 5 and all(rule.source.startswith("PhysiCell, rules.csv, line ") for rule in acting)
    assert len(lm.to_physicell(tmp_path / "mine.toml").rows) == 6


def test_every_word_of_the_dictionary_is_ours_or_has_a_reason():
    library = dictionary.library()
    for group in (dictionary.SIGNALS, dictionary.BEHAVIOURS):
        for entry, meaning in library[group].items():
            assert ("here" in meaning) != bool(meaning.get("why")), entry
        for spelling, entry in library["synonyms"][group].items():
            assert entry in library[group], spelling


@pytest.mark.parametrize(("text", "word"), [
    ("grad(oxygen)", "oxygen gradient"), ("gradient of my stuff", "my stuff gradient"), ("is dead", "dead"), ("custom: a b", "custom:a b"),
    ("contact with cell type 3", "contact with 3"), ("contact with BM", "contact with basement membrane"), ("debris", "debris"),
])  # fmt: skip
def test_signals_have_one_spelling(text, word):
    assert dictionary.signal(text).text == word


@pytest.mark.parametrize(("text", "word"), [
    ("exit from cycle phase 0", "cycle entry"), ("transform to big cell", "transition to big cell"), ("drug uptake", "drug uptake"),
    ("phagocytosis of necrotic cell", "phagocytose necrotic cell"), ("chemotactic sensitivity to X1", "chemotactic response to X1"),
    ("exit from cycle phase 3", "exit from cycle phase"), ("cell-membrane adhesion", "cell-BM adhesion"),
])  # fmt: skip
def test_behaviours_have_one_spelling(text, word):
    assert dictionary.behaviour(text).text == word


def test_thousands_of_rows_and_all_of_one_kind(tmp_path):
    rows = [
        f"type {n % 50},substrate {n},increases,substrate {n % 7} secretion,{n}.5,1,4,0" for n in range(5000)
    ]
    found = read(write(tmp_path, "\n".join(rows)))
    assert len(found.rows) == 5000 and not found.findings
    outcome = CliRunner().invoke(cli.app, ["rules", "lint", str(write(tmp_path, f"{GOOD}\n" * 5000))])
    assert outcome.exit_code == 2 and "and 4899 more" in outcome.output and "4999 mistakes" in outcome.output


@pytest.mark.parametrize(
    "data", [b"\x00\x01", b"\xff\xfe" + GOOD.encode("utf-16-le"), b"PK\x03\x04\x00", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_text_is_refused_with_its_line(tmp_path, data):
    with pytest.raises(LivermetError, match=r"rules\.csv, line 1: (this|it) is no"):
        lm.read_physicell(write(tmp_path, data), scenario=strip())


@pytest.mark.parametrize(("words", "sentence"), [
    (["import", "{}", "--name", "oops"], '--name: "oops" is not THERE=HERE'),
    (["import", "{}", "--name", "cell=tumor"], 'did you mean "tumour"?'),
    (["import", "{}", "--out", "x.csv"], "its name must end in .toml"),
    (["export", "strip", "--out", "x.toml"], "its name must end in .csv"),
    (["export", "stripp"], 'did you mean "strip"?'),
    (["lint", "{}.not"], "there is no such file"),
])  # fmt: skip
def test_mistakes_on_the_command_line_end_in_a_sentence(tmp_path, words, sentence):
    path = write(tmp_path, GOOD)
    outcome = CliRunner().invoke(cli.app, ["rules", *(word.replace("{}", str(path)) for word in words)])
    assert isinstance(outcome.exception, LivermetError) and sentence in str(outcome.exception)


def test_a_strangers_file_beside_is_not_overwritten(tmp_path):
    path = write(tmp_path, GOOD)
    write(tmp_path, '{"mine": 1}', "mine.physicell.json")
    with pytest.raises(LivermetError, match="is something else"):
        lm.read_physicell(path, scenario=strip()).save(tmp_path / "mine.csv")
    assert (tmp_path / "mine.physicell.json").read_text() == '{"mine": 1}'


numbers = st.floats(0, 1e6, allow_nan=False).map(abs)
names = st.sampled_from(
    [
        "oxygen",
        "vegf",
        "contact with tumour",
        "custom:activation",
        "pressure",
        "tnf gradient",
        "time",
        "debris",
        "volume",
    ]
)
behaviours = st.sampled_from(
    [
        "cycle entry",
        "apoptosis",
        "necrosis",
        "migration speed",
        "custom:wake",
        "vegf secretion",
        "attack tumour",
        "is_movable",
    ]
)
rows = st.builds(
    Row, st.sampled_from(["tumour", "nk", "Kupffer cell", "nobody"]), names, st.sampled_from(["increases", "decreases"]), behaviours,
    numbers, st.floats(1e-6, 1e6), st.floats(0.01, 200), st.booleans(),
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(rows, min_size=1, max_size=8, unique_by=lambda r: (r.cell, r.signal, r.direction, r.behaviour))
)
def test_any_rows_go_there_and_back(tmp_path, given_rows):
    path = write(tmp_path, "\n".join(row.text() for row in given_rows))
    (tmp_path / "back.physicell.json").unlink(missing_ok=True)
    one = lm.read_physicell(path, scenario=strip())
    assert list(one.rows) == given_rows and len(one.rules) + len(one.kept) == len(given_rows)
    one.save(tmp_path / "back.csv")
    two = lm.read_physicell(tmp_path / "back.csv", scenario=strip())
    assert two.rows == one.rows and two.rules == one.rules and two.kept == one.kept
    # and by way of our own grammar alone
    (tmp_path / "back.physicell.json").unlink()
    sent = lm.to_physicell(strip().with_(rules=one.rules), own=True)
    if not sent.rows:
        return
    meanings = {rule.id: rule for rule in strip().with_(rules=one.rules).rules if rule.id in one.rules}
    write(tmp_path, sent.text(), "back.csv")
    again = strip().with_(rules=lm.read_physicell(tmp_path / "back.csv", scenario=strip()).rules).rules
    for id, rule in meanings.items():
        if rule.maximum != number_exactly(rule.maximum):
            continue
        assert (again[id].maximum, again[id].half_max, again[id].power) == (
            rule.maximum,
            rule.half_max,
            rule.power,
        )


def number_exactly(value):
    """Return a rate of ours as it comes back from its shortest decimal per minute; some doubles have none."""
    return float(number_in(value, "/h", "/min")) * 60.0 if value else value


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_named(text):
    reader = Reader(text.replace("\0", "").encode("utf-8", "replace"), "f")
    assert (
        reader.rows
        or reader.findings
        or not any(line and not line.startswith("//") for line in text.split("\n"))
    )
    for finding in reader.findings:
        assert finding.sentence.startswith("f") and finding.text


@given(
    st.lists(
        st.text(
            alphabet=st.characters(exclude_characters=",\n\t\r\0", categories=["L", "N", "P", "S", "Zs"]),
            max_size=12,
        ),
        min_size=8,
        max_size=8,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_eight_fields_are_read_or_named(fields):
    for lenient in (False, True):
        reader = Reader(",".join(fields).encode(), "f", lenient=lenient)
        assert reader.rows or reader.findings
