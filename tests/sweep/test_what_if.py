"""Check that what a cell, founder, kind or rule did is what two livers show that share all luck but it."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.engine import base_values
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.rulebook import book
from livermet_sim.rulebook.branch import obey
from livermet_sim.sweep import removal
from livermet_sim.sweep.branch import twin
from livermet_sim.sweep.factors import change_paths

SEED, DAYS, AT = 34, 1.0, "6 h"
EVENT = ["time_h", "event", "cause", "key"]


@dataclass
class Kill:
    """Hold a Kupffer cell that kills a tumour cell which lives to the end without it."""

    kupffer: int
    victim: int
    founder: int
    hours: float

    @property
    def name(self) -> str:
        return f"kupffer {self.kupffer}"


@cache
def liver_at_six() -> lm.LiverModel:
    model = lm.LiverModel("strip", seed=SEED, run__days=DAYS)
    model.run(AT)
    return model


@pytest.fixture(scope="module")
def at_six():
    """Return the liver at the time at which something is taken out."""
    return liver_at_six()


def alive(model: lm.LiverModel) -> set[int]:
    cells = model.world.cells
    return set(cells["key"][cells["kind"] == TUMOUR].tolist())


def loads(model: lm.LiverModel) -> dict[int, float]:
    cells = model.world.cells
    rows = cells["kind"] == model.world.code("kupffer")
    return dict(zip(cells["key"][rows].tolist(), cells["load"][rows].tolist(), strict=True))


def killers(hours: float) -> list[int]:
    """Return the Kupffer cells that took something up in the step that ends at ``hours``, and were there at 6 h."""
    model, former = liver_at_six().fork(), {}
    there = loads(model)
    while model.world.clock.hours < hours:
        former = loads(model)
        model.step()
    return [key for key, load in loads(model).items() if key in there and load > former[key]]


@cache
def kill() -> Kill:
    """Return the first such kill after 6 h, found by livers of which one lacks the Kupffer cell."""
    whole = liver_at_six().fork()
    whole.run()
    events = whole.result().events
    deaths = events[(events["event"] == "die") & (events["cause"] == "kupffer") & (events["time_h"] > 6.0)]
    for death in deaths.to_dict("records"):
        for key in killers(death["time_h"]):
            without = liver_at_six().fork()
            [cell] = [c for c in without.agents_by_type[lm.Kupffer] if c.key == key]
            cell.die()
            without.run()
            if death["key"] in alive(without):
                return Kill(key, int(death["key"]), int(death["founder"]), float(death["time_h"]))
    raise AssertionError(
        "no Kupffer cell of this liver made a difference to a tumour cell; take another seed"
    )


def cells_of_founders(model: lm.LiverModel, n: int) -> list[int]:
    """Return how many cells each founder's line has."""
    cells = model.world.cells
    return np.bincount(cells["founder"][cells["kind"] == TUMOUR], minlength=n).tolist()


def asked(without: str, **options) -> lm.WhatIf:
    return lm.whatif("strip", without=without, at=AT, days=DAYS, **({"seed": SEED} | options))


def by_hand(at_six: lm.LiverModel, without: str) -> lm.LiverModel:
    """Return the liver without it, taken out by other means, at its end."""
    if without == "kupffer":
        fork = at_six.fork([lm.deplete("kupffer", at=AT)])
    else:
        fork = at_six.fork()
        kind, number = without.split()
        if kind == "founder":
            for cell in [c for c in fork.agents_by_type[lm.Tumour] if c.founder == int(number)]:
                cell.die()
        else:
            [cell] = [c for c in fork.agents_by_type[kind] if str(c.key).startswith(number)]
            cell.die()
    fork.run()
    return fork


@pytest.mark.parametrize("without", ["kupffer {short}", "kupffer {key}", "founder {founder}", "kupffer"])
def test_both_livers_are_those_made_by_hand(at_six, without):
    key = str(kill().kupffer)
    without = without.format(short=key[:12], key=key, founder=kill().founder)
    found, other, kept = asked(without), by_hand(at_six, without), at_six.fork()
    kept.run()
    n = len(found.founders)
    assert found.founders["cells"].tolist() == cells_of_founders(kept, n)
    assert found.founders["cells_without"].tolist() == cells_of_founders(other, n)
    for arm, model in (("with", kept), ("without", other)):
        own = found.timeseries[found.timeseries["arm"] == arm].drop(columns="arm").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, model.result().timeseries.reset_index(drop=True))


def test_the_first_event_is_the_first_that_the_two_logs_do_not_share(at_six):
    own = kill()
    found, other, kept = asked(own.name), by_hand(at_six, own.name), at_six.fork()
    kept.run()
    logs = [set(map(tuple, m.result().events[EVENT].values.tolist())) for m in (kept, other)]
    first = min(logs[0] ^ logs[1])
    [row] = found.first[found.first["what"] == "event"].to_dict("records")
    assert row["hours"] == first[0] <= own.hours and row["where"] == f"tumour {first[3]}"
    assert (row["with_it"] == "nothing") == (first in logs[1]) and (row["without_it"] == "nothing") == (
        first in logs[0]
    )
    [changed] = found.founders[found.founders["founder"] == own.founder].to_dict("records")
    assert changed["changed"] and changed["cells_without"] > changed["cells"]


def test_without_nothing_nothing_differs(at_six):
    found = asked("nothing")
    assert not len(found.first) and not found.founders["changed"].any()
    assert "Nothing else ever differed." in found.summary()


def test_a_rule_is_silent_from_then_on_and_not_before():
    without = lm.load("strip", {"rules.MV12.enabled": False, "run.days": DAYS})
    never = lm.LiverModel(without, seed=SEED)
    never.run()
    found = lm.whatif("strip", without="MV12", at="0 h", seed=SEED, days=DAYS)
    later = asked("MV12")
    assert found.first["what"].tolist()[0] == later.first["what"].tolist()[0] == "rate"
    assert found.first["name"].tolist()[0] == "engulf" and found.first["where"][0].startswith("kupffer ")
    assert found.founders["cells_without"].tolist() == cells_of_founders(never, len(found.founders))
    assert (found.first["hours"] > 0.0).all() and (later.first["hours"] > 6.0).all()


@pytest.mark.parametrize("word", ["MV12", "MV18", "MV2 + MV3", "MV32"])
def test_a_liver_without_a_rule_is_a_twin_that_obeys_the_others(at_six, word):
    engine = at_six.engine
    recipe = change_paths(at_six.scenario, {"ablate": word})
    other = twin(engine)
    obey(other.compiled, recipe.rules, base_values(recipe))
    forked = removal.read(word, engine, at_six.scenario).fork(engine)
    for each in (other, forked):
        each.run(18.0)
    assert forked.digest() == other.digest()


@pytest.mark.parametrize("word", book.by_process())
def test_what_a_process_does_can_be_taken_out_on_the_way(at_six, word):
    forked = removal.read(word, at_six.engine, at_six.scenario).fork(at_six.engine)
    off = book.by_process()[word]["off"]
    assert off and all(forked.recipe.value(name) == value for name, value in off.items())
    assert forked.digest() == at_six.engine.digest()
    forked.run(6.0)
    assert forked.world.clock.hours == 12.0


@settings(max_examples=6, deadline=None)
@given(place=st.integers(0, 10**6), hours=st.integers(0, 8))
def test_a_cell_taken_out_is_no_difference_itself(place, hours):
    model = lm.LiverModel("strip", seed=2, run__days=0.5)
    model.run(f"{hours} h")
    cells = model.world.cells
    row = place % cells.n
    name = f"{model.world.kinds[cells['kind'][row]]} {cells['key'][row]}"
    found = lm.whatif("strip", without=name, at=f"{hours} h", seed=2, days=0.5)
    assert found.title == name and name not in found.first["where"].tolist()
    assert (found.first["with_it"] != found.first["without_it"]).all()
    assert (found.first["hours"] > hours).all() and found.first["hours"].is_monotonic_increasing


def dead_tumour_cell(model: lm.LiverModel) -> tuple[int, float]:
    events = model.result().events
    row = events[events["event"] == "die"].iloc[0]
    return int(row["key"]), float(row["time_h"])


MISTAKES = {
    "kupffer {other}": 'did you mean "{key}"',
    "kupffer {digit}": "kupffer cells have a key that begins with {digit}: ",
    "kupfer 4273": '"kupfer" is not a kind of cell; did you mean "kupffer"',
    "kupfer": '"kupfer" is no kind, rule or mechanism; did you mean "kupffer"',
    "nk {key}": "cell {key} is a kupffer cell, not a nk cell",
    "founder 9999": 'there is no founder "9999"; founders 0 to 47 have entered by then',
    "founder {lost}": "no cell of founder {lost} lives at 6 h",
    "MV999": 'there is no rule or mechanism "MV999"; did you mean "MV9"',
    "invert MV12": "takes nothing out",
    "": "name a cell, a founder, a kind, a rule or a mechanism",
}


@pytest.mark.parametrize("without", MISTAKES)
def test_words_that_name_nothing_get_a_sentence(at_six, without):
    keys = list(loads(at_six))
    [(digit, _)] = Counter(str(key)[0] for key in keys).most_common(1)
    lost = cells_of_founders(at_six, 48).index(0)
    named = {"other": keys[0] - 1, "key": keys[0], "digit": digit, "lost": lost}
    with pytest.raises(lm.LivermetError) as error:
        asked(without.format(**named))
    assert error.value.sentence.startswith("without: ")
    assert MISTAKES[without].format(**named) in error.value.sentence


def test_a_cell_that_is_dead_by_then_is_said_to_be(at_six):
    key, hours = dead_tumour_cell(at_six)
    with pytest.raises(
        lm.LivermetError, match=rf"tumour {key} died \(\w+\) at {hours:g} h; it does not live at 6 h"
    ):
        asked(f"tumour {key}")


TIMES = {"6": "no unit", "3 day": "72 h is not before the end of the run, 24 h", "-6 h": "-6 h is before the beginning",
         "noon": "is not a quantity", "inf h": "is not a quantity"}  # fmt: skip


@pytest.mark.parametrize("at", TIMES)
def test_impossible_times_get_a_sentence(at, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys, "argv", ["livermet", "whatif", "strip", f"--at={at}", "--without", "MV12", "--days", "1"]
    )
    assert cli.main() == 2
    assert TIMES[at] in capsys.readouterr().err and not list((tmp_path / "results").iterdir())


def test_the_command_leaves_tables_and_a_picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [
        "whatif",
        "strip",
        "--at",
        AT,
        "--without",
        kill().name,
        "--seed",
        str(SEED),
        "--days",
        "1",
        "--out",
        "found",
    ]
    said = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert said.exit_code == 0 and f"{kill().name} taken out at 6 h" in said.output
    names = {"summary.txt", "first.csv", "founders.csv", "timeseries.csv", "difference.png"}
    assert {path.name for path in (tmp_path / "found").iterdir()} == names
    table = pd.read_csv(tmp_path / "found" / "founders.csv")
    assert table["changed"].sum() >= 1 and len(table) == 48


def test_what_was_computed_before_ctrl_c_is_kept():
    def stop(done: float, wanted: float) -> None:
        if done >= 12.0:
            raise KeyboardInterrupt

    found = asked(kill().name, progress=stop)
    assert not found.complete and found.hours == 12.0 and len(found.first)


def test_the_picture_shows_the_cell_and_the_tumour_that_one_of_them_lacks():
    from livermet_sim.viz.two_livers import SECOND

    figure = asked(kill().name).plot()
    panels = [ax for ax in figure.axes if ax.images]
    assert len(panels) == 4
    rings = [[line.get_markeredgecolor() for line in ax.lines if line.get_marker() == "o"] for ax in panels]
    days = [float(ax.get_title(loc="left").split()[1].rstrip(":")) for ax in panels]
    later = [ring for ring, day in zip(rings, days, strict=True) if 24.0 * day >= kill().hours]
    # the tumour cell that it would have killed
    assert rings[0] == [] and later and all(SECOND in ring for ring in later)
    assert all([line for line in ax.lines if line.get_marker() == "x"] for ax in panels)


def test_a_cell_that_is_moved_lives_on_elsewhere(at_six):
    world, kupffer = at_six.world, max(at_six.agents_by_type["kupffer"], key=lambda cell: cell.pos)
    wanted = np.array([40.0, 60.0])
    found = removal.read(
        f"move kupffer {kupffer.key} to {wanted[0]:g} {wanted[1]:g}", at_six.engine, at_six.scenario
    )
    place = np.array(world.tissue.xy(np.array([found.to])))[:, 0]
    tubes = np.array(world.tissue.xy(np.flatnonzero(world.compartment == 2)))
    assert np.hypot(*(place - wanted)) == np.hypot(*(tubes - wanted[:, None])).min()
    moved = found.fork(at_six.engine)
    row = np.flatnonzero(moved.world.cells["key"] == kupffer.key)
    assert moved.world.cells["site"][row] == found.to != kupffer.site and moved.world.cells.n == world.cells.n
    whole = lm.whatif(at_six.scenario, f"move kupffer {kupffer.key} to 40, 60", at=AT, seed=SEED, days=0.5)
    assert f"kupffer {kupffer.key} to ({place[0]:g}, {place[1]:g}) um moved at 6 h" in whole.summary()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("move kupffer to 3 4", "does not say which cell goes where; write for example"),
        ("move platypus 4 to 3 4", "does not say which cell goes where"),
        ("move kupffer 4 to 9999 9999", "no vessel that could hold the cell within 50 um of (9999, 9999)"),
        ("move tumour 4 to 30 40", "a tumour cell cannot be moved; its place is part of its lesion"),
        ("move lsec 4 to 30 40", "a lsec cell cannot be moved"),
    ],
)
def test_a_move_that_cannot_be_is_said(at_six, words, sentence):
    kind = words.split()[1]
    if kind in at_six.world.kinds and " 4 " in words:
        key = int(at_six.world.cells["key"][at_six.world.rows(kind)[0]])
        words = words.replace(" 4 ", f" {key} ")
    with pytest.raises(lm.LivermetError) as told:
        removal.read(words, at_six.engine, at_six.scenario)
    assert sentence in told.value.sentence
