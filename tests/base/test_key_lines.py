"""The line of each key in a TOML file, and that it is told of every located mistake, in every kind of file."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.key_lines import lines_of, with_lines
from livermet_sim.matching import file as matching
from livermet_sim.scenario.load import load
from livermet_sim.scenario.write import key, literal
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.validation import experiment
from livermet_sim.validation.livers import livers

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "livermet_sim" / "library"


def leaves(value, path=""):
    """Give the name and value of every key, and of every element of a list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, own in inner:
        at = f"{path}[{name}]" if isinstance(value, list) else f"{path}.{name}" if path else name
        yield at, own
        if isinstance(own, dict | list):
            yield from leaves(own, at)


NAMES = st.text("abz_-9 .\"'#=[]é\n", min_size=1, max_size=5)
TABLES = st.recursive(
    st.integers(0, 9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)  # fmt: skip


class Writer:
    """Write tables as TOML in the one way or the other, with a number of its own for every value."""

    def __init__(self, draw):
        self.draw, self.number = draw, 1000

    def value(self, value, inline=False):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.name(k)} = {self.value(v, True)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            blank = " " if inline else self.draw(st.sampled_from([" ", "\n", " # ]\n  ", "\n\n"]))
            return "[" + "".join(f"{blank}{self.value(v, inline)},{blank}" for v in value) + "]"
        self.number += 1
        how = self.draw(st.sampled_from(["{}", "'{}'", '"{} \\" ]"', "'''{}'''", '"""{}"""'] + ([] if inline else ['"""\n#{}\n"\\""""'])))  # fmt: skip
        return how.format(self.number)

    @staticmethod
    def name(key):
        return (
            key
            if re.fullmatch(r"[A-Za-z0-9_-]+", key)
            else '"' + "".join(f"\\u{ord(c):04x}" for c in key) + '"'
        )

    def table(self, table, head=""):
        """Give the lines of a table: plain keys first, then tables of tables, headed or dotted or in a line."""
        later = []
        for name, value in table.items():
            way = self.draw(st.integers(0, 2))
            full = f"{head}.{self.name(name)}" if head else self.name(name)
            if isinstance(value, dict) and way:
                later.append(("[{}]", full, value))
            elif isinstance(value, list) and value and way and all(isinstance(one, dict) for one in value):
                later += [("[[{}]]", full, one) for one in value]
            else:
                yield (
                    self.draw(st.sampled_from(["", "# a = 1\n", "\n", " \t"]))
                    + f"{self.name(name)} = {self.value(value)}"
                )
        for how, full, value in later:
            yield how.format(full)
            yield from self.table(value, full)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.dictionaries(NAMES, TABLES, max_size=4))
def test_the_line_of_every_key_is_that_on_which_it_is_written(data, tables):
    text = "\n".join(Writer(data.draw).table(tables)) + "\n"
    lines, written = lines_of(text), text.split("\n")
    found = dict(leaves(tomllib.loads(text)))
    assert set(lines) == set(found)
    for name, value in found.items():
        if not isinstance(value, dict | list):
            number = re.search(r"\d{4}", str(value))[0]
            # a text of several lines begins one above its number
            assert number in written[lines[name] - 1] + written[lines[name]], (name, text)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_tables_keys_and_elements_have_the_line_on_which_they_begin(ends):
    rows = [
        "#:schema x",
        "a.b = 1",
        "[cells.tumour]",
        'x = """',
        'y = 3"""',
        "",
        "[[do]]",
        "k = [1,",
        "  2]",
        "[[do]]",
        "k = {z = 4}",
    ]
    assert lines_of(ends.join(rows)) == {
        "a": 2, "a.b": 2, "cells": 3, "cells.tumour": 3, "cells.tumour.x": 4, "do": 7, "do[0]": 7, "do[0].k": 8,
        "do[0].k[0]": 8, "do[0].k[1]": 9, "do[1]": 10, "do[1].k": 11, "do[1].k.z": 11,
    }  # fmt: skip


def test_a_key_that_is_missing_is_told_with_the_line_of_its_table_and_a_line_once():
    text = "[rules.mine]\nactor = 'tumour'"
    for sentence, told in (
        ("a.toml, rules.mine: it lacks", "a.toml, line 1, rules.mine: it lacks"),
        ("a.toml, rules.mine.signal: none", "a.toml, line 1, rules.mine.signal: none"),
        ("a.toml, line 2, rules.mine.actor: wrong", "a.toml, line 2, rules.mine.actor: wrong"),
        ("a.toml, other: wrong", "a.toml, other: wrong"),
        ("--set run.days: wrong", "--set run.days: wrong"),
    ):
        with pytest.raises(LivermetError) as caught, with_lines({"a.toml": text}):
            raise LivermetError("", sentence)
        assert caught.value.sentence == told == str(caught.value)


def test_lists_nested_far_deeper_than_any_file_of_ours_do_not_end_in_a_traceback():
    assert lines_of("a = 1\nb = " + "[" * 5000 + "]" * 5000)["a"] == 1


def _experiment(path):
    livers(experiment.read(path))


# what reads a kind of file, and whole ones
KINDS = {
    "scenario": (load, [ROOT / "scenarios" / name for name in ("baseline.toml", "lobule.toml", "b16f1.toml")]),
    "treatment": (load, sorted((ROOT / "scenarios" / "treatments").glob("*.toml"))),
    "study": (Sweep.load, sorted((ROOT / "scenarios" / "sweeps").glob("*.toml"))),
    "calibration": (Calibration.load, sorted((ROOT / "scenarios" / "calibrations").glob("*.toml"))),
    "experiment": (_experiment, sorted((LIBRARY / "experiments").glob("*kc*.toml"))),
    "matching": (lambda path: matching.read(str(path)), sorted((LIBRARY / "matching").glob("*.toml"))),
    "rules": (load, [LIBRARY / "rules" / name for name in ("microvascular.toml", "angiogenic.toml")]),
}  # fmt: skip
WRONG = date(1979, 5, 27)  # which no key takes


def is_tables(value):
    return isinstance(value, list) and value and all(isinstance(one, dict) for one in value)


def rows(table, head=""):
    """Give header, key and value of every key; a further table of a list begins with a row without a key."""
    nested = {name: own for name, own in table.items() if is_tables(own) or (isinstance(own, dict) and own)}
    for name, own in table.items():
        if name not in nested:
            yield head, key(name), own
    for name, own in nested.items():
        inner = f"{head}.{key(name)}" if head else key(name)
        for one in own if isinstance(own, list) else ():
            yield f"[{inner}]", "", None
            yield from ((f"[{inner}]", key(k), v) for k, v in one.items())
        if isinstance(own, dict):
            yield from rows(own, inner)


def broken(rows, which, renamed, draw):
    """Return the text of a file with one key called otherwise, or of a value that no key takes, and its line."""
    text, head, line = [], "", 0
    for number, (own, name, value) in enumerate(rows):
        if not name:
            head = ""
            continue
        if own != head:
            text.append(f"[{own}]")
            head = own
        text += ["# not a = key"] * draw(st.integers(0, 1))
        shown = literal(value)
        if number == which:
            line = len(text) + 1
            end = name[-1] if name[-1] in "\"'" else ""
            name, shown = (f"{name.removesuffix(end)}x{end}", shown) if renamed else (name, str(WRONG))
        text.append(f"{name} = {shown}")
    return "\n".join(text) + "\n", line


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_broken_key_is_told_with_its_line(kind, tmp_path_factory, data):
    reader, sources = KINDS[kind]
    tables = tomllib.loads(data.draw(st.sampled_from(sources)).read_text(encoding="utf-8"))
    own = list(rows({"extends": "strip", "rules": tables} if kind == "rules" else tables))
    which = data.draw(st.sampled_from([i for i, (_, name, _) in enumerate(own) if name]))
    # without its action an intervention has no keys to be known
    renamed = data.draw(st.booleans()) and own[which][1] != "action"
    text, line = broken(own, which, renamed, data.draw)
    tomllib.loads(text)
    path = tmp_path_factory.mktemp("broken") / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LivermetError) as caught:
        reader(path)
    told = [int(n) for n in re.findall(r"mine\.toml, line (\d+), ", caught.value.sentence)]
    assert line in told, (line, caught.value.sentence, text.splitlines()[line - 1])
