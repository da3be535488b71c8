"""Every mistake in a scenario file is one sentence with place, value, reason and the nearest valid name."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.scenario.load import load
from livermet_sim.scenario.resolve import Mistakes

CORPUS = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8").split("\n=== ")[1:]
ONE = [tuple(part.split("\n", 1)) for part in CORPUS]


@pytest.mark.parametrize(("sentence", "text"), ONE, ids=[sentence for sentence, _ in ONE])
def test_a_mistake_is_one_exact_sentence(write, sentence, text):
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    found = re.fullmatch(r"mine\.toml, (?:line (\d+), )?(.*)", caught.value.sentence)
    assert found and found[2] == sentence
    # that it is the right one: tests/base/test_key_lines.py
    assert found[1] or sentence == "'': this is not a name"


def test_a_missing_parent_file_names_the_one_that_wants_it(write):
    with pytest.raises(ScenarioError) as caught:
        load(write('extends = "sub/none.toml"'))
    assert caught.value.sentence.startswith('mine.toml, line 1, extends: there is no file "sub/none.toml"; ')


def test_tables_nested_too_deeply_are_refused(write):
    with pytest.raises(ScenarioError, match="nested too deeply"):
        load(write("a." * 4000 + "a = 1"))


BROKEN = [
    (b"[run\ndays = 3", "mine.toml, line 1: it is not TOML: expected ']' at the end of a table declaration"),
    (
        b"[run]\n\ndays 3",
        "mine.toml, line 3: it is not TOML: expected '=' after a key in a key/value pair; a line is name = value, or a head such as [run]",
    ),
    (
        b"[run]\ndays = 3 day",
        'mine.toml, line 2: it is not TOML: expected newline or end of document after a statement; a value with a unit or several words stands between quotes, as in "5 day"',
    ),
    (b'line = "mc38\n', "mine.toml, line 1: it is not TOML: a quote is opened and not closed on its line"),
    (
        b"[cells.nk]\n[cells.nk]",
        "mine.toml, line 2: it is not TOML: the table cells.nk is there twice; put its keys under one head",
    ),
    (
        b"[rules.MV12]\nenabled = False",
        "mine.toml, line 2: it is not TOML: invalid value; true and false are written small, a text stands between straight quotes",
    ),
    (b'[run]\nx = "abc', "mine.toml, line 2: it is not TOML: unterminated string"),
    (
        b"a = 1\na = 2",
        "mine.toml, line 2: it is not TOML: cannot overwrite a value: the same name is there twice",
    ),
    (b"name = 'x'\ndoc = '\xff'", "mine.toml, line 2: it is not text in UTF-8"),
    (b"a = " + b"[" * 5000, "mine.toml: its lists or tables are nested too deeply"),
    (b"#" * 1_000_001, "mine.toml: it is larger than 1 MB; that is no scenario"),
]


@pytest.mark.parametrize(("content", "sentence"), BROKEN)
def test_a_broken_file_is_one_sentence_with_its_line(write, content, sentence):
    with pytest.raises(ScenarioError) as caught:
        load(write(content))
    assert caught.value.sentence == sentence


def test_several_mistakes_are_all_reported_at_once(write):
    path = write('line = "b16"\n[run]\ndays = -1\n[cells.kupffer]\ndensty = 1\n[rules.MV13]\nenabled = true')
    with pytest.raises(Mistakes) as caught:
        load(path)
    assert len(caught.value.mistakes) == 4
    assert caught.value.sentence.count("\n") == 3
    assert all(sentence.startswith("mine.toml, ") for sentence in caught.value.mistakes)


def test_a_mistake_is_told_where_it_was_written(write):
    write("[run]\ndays = -1", "old.toml")
    with pytest.raises(ScenarioError, match=r"^old\.toml, line 2, run\.days: -1 day"):
        load(write('extends = "old"', "new.toml"))
    with pytest.raises(ScenarioError, match=r"^--set run\.days: -2 day"):
        load("new.toml", {"run.days": "-2 day"}, option="--set")


def test_a_rule_that_contradicts_its_base_value_is_refused(write):
    with pytest.raises(LivermetError) as caught:
        load(write('[rules.MV12]\ndirection = "decreases"'))
    assert caught.value.sentence == (
        'mine.toml, line 1, rules.MV12.maximum: the rule says "decreases", but its maximum 0.5 /h is above '
        "the base 0 /h of activate of lsec cells"
    )


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("basline", 'there is no scenario "basline"; did you mean "baseline"?'),
        ("no/basline.toml", 'there is no file "no/basline.toml"; did you mean "baseline"?'),
        (".", None),
        ("folder.toml", '"folder.toml" is a folder; a scenario is a file ending in .toml'),
        ("x" * 5000, None),
        ("a\0b.toml", None),
        ("", None),
    ],
)
def test_a_scenario_that_is_not_there(write, wanted, sentence):
    write("", "folder.toml/inside.toml")
    with pytest.raises(ScenarioError) as caught:
        load(wanted)
    assert len(caught.value.sentence) < 250
    if sentence:
        assert caught.value.sentence == sentence


def test_a_file_that_may_not_be_read(write, monkeypatch):
    path = write("name = 'secret'")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert caught.value.sentence == "mine.toml: it cannot be read: permission denied"


def test_a_pipe_is_not_waited_for(write, tmp_path):
    write("")
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ScenarioError) as caught:
        load("pipe.toml")
    assert caught.value.sentence.endswith('pipe.toml" is not a file')


def test_a_long_chain_and_a_circle_of_files_are_refused(write):
    for number in range(12):
        write(f'extends = "s{number + 1}"', f"s{number}.toml")
    with pytest.raises(ScenarioError) as caught:
        load("s0.toml")
    assert caught.value.sentence == "s7.toml, line 1, extends: more than 8 files extend each other"
    write('extends = "s0"', "s2.toml")
    with pytest.raises(ScenarioError) as caught:
        load("s0.toml")
    assert caught.value.sentence == (
        "s2.toml, line 1, extends: the files extend each other in a circle: s0 > s1 > s2 > s0"
    )


@pytest.mark.parametrize(
    "change", [{"line": "a\nb"}, {"tissue.kind": "a\r\nb"}, {"a\nb": 1}, {"line": "a\u2028b"}]
)
def test_a_name_of_two_lines_is_told_in_one(change):
    with pytest.raises(LivermetError) as mistake:
        load("strip", change)
    assert len(mistake.value.sentence.splitlines()) == 1 and "a?b" in mistake.value.sentence
