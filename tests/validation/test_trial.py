"""Experiments share days and controls without a changed bit, are decided one by one, and go on where they stood."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.engine import Engine
from livermet_sim.validation import carry_out as work
from livermet_sim.validation.carry_out import Store
from livermet_sim.validation.experiment import of
from livermet_sim.validation.livers import livers
from livermet_sim.validation.readouts import readings
from livermet_sim.validation.trial import Plan, Trial

PLAIN = {
    "reference": "A 2001 Journal", "source": "PMID 1", "what": "NK cells lost", "line": "mc38", "readout": "founders_alive",
    "scenario": "strip", "day": 0.5, "expected": "up", "treated": [{"action": "deplete", "target": "nk", "start": "4 h"}],
}  # fmt: skip
FEW = Plan(most=2)


def experiment(name="mine", **keys):
    return of(PLAIN | keys, name, f"{name}.toml")


DONE = [
    [{"action": "deplete", "target": "kupffer", "start": "4 h"}],
    [{"action": "deplete", "target": "kupffer", "start": "-1 day", "end": "6 h"}],
    [{"action": "block", "target": "liver", "behaviour": "inflow", "start": "5.1 h"}],
    [{"action": "add_signal", "signal": "systemic.inflammation", "amount": 5.0, "start": "-12 h"}],
    [{"action": "knock_out", "target": "kupffer", "behaviour": "engulf"}],
    [{"action": "dose", "drug": "cxcr2_inhibitor", "start": "2 h"}],
    [{"action": "condition", "condition": "sepsis"}],
]


@pytest.mark.parametrize("treated", DONE, ids=lambda given: given[0]["action"])
def test_a_liver_that_parts_from_the_control_is_the_one_that_ran_from_the_start(treated, tmp_path):
    own = experiment(treated=treated)
    Trial([own], tmp_path, Plan(most=1)).run(workers=1)
    pair = livers(own)
    store = Store(tmp_path)
    for scenario in (pair.control, pair.treated):
        engine = Engine(scenario, 1)
        engine.run(12.0 + 24.0 * float(scenario.value("run.before")))
        kept, again = store.get(scenario, 1)[0.5], readings(engine)
        assert {n: v for n, v in kept.items() if v == v} == {n: v for n, v in again.items() if v == v}


def test_what_experiments_share_is_run_once_and_what_ended_is_not_run_again(tmp_path, monkeypatch):
    made = []
    real = work.Engine

    def counted(*args, **keys):
        made.append(args[0].digest)
        return real(*args, **keys)

    monkeypatch.setattr(work, "Engine", counted)
    late = [{"action": "deplete", "target": "nk", "start": "6 h"}]
    both = [experiment("one"), experiment("two", treated=late), experiment("three", readout="dead")]
    Trial(both, tmp_path, FEW).run(workers=1)
    assert len(made) == len(set(made)) * 2 == 2  # one control a seed; all that is treated parts from it
    assert len(list((tmp_path / "livers").iterdir())) == 6
    made.clear()
    scores = Trial(both, tmp_path, FEW).run(workers=1).scores()
    assert not made
    assert [score.pairs for score in scores] == [2, 2, 2]


def test_a_stopped_trial_keeps_what_ended_and_goes_on(tmp_path, monkeypatch):
    real, left = Store.put, [3]

    def stops(self, *args):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(self, *args)

    monkeypatch.setattr(Store, "put", stops)
    with pytest.raises(KeyboardInterrupt):
        Trial([experiment()], tmp_path, FEW).run(workers=1)
    stopped = Trial([experiment()], tmp_path, FEW)
    assert [score.pairs for score in stopped.scores()] == [1]
    left[0] = 99
    assert stopped.run(workers=1).scores()[0].pairs == 2
    assert left[0] == 98  # one liver was missing


def test_no_pair_is_begun_after_the_budget(tmp_path):
    trial = Trial([experiment()], tmp_path, Plan(most=9, budget=0.0)).run(workers=1)
    assert trial.stopped
    assert trial.scores()[0].pairs == 1


TEN_LINES = """
reference = "A 2001 Journal"
source = "PMID 1"
what = "Kupffer cells lost before the tumour cells come"
line = "cc531s"
scenario = "strip"
readout = "dead_kupffer"
day = 0.5
expected = "EXPECTED"

[[treated]]
action = "deplete"
target = "kupffer"
start = "-1 h"
"""


@pytest.mark.parametrize(("expected", "code", "verdict"), [("down", 0, "reproduced"), ("up", 1, "WRONG")])
def test_a_file_that_the_package_has_never_seen_gets_a_verdict(
    tmp_path, expected, code, verdict, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(TEN_LINES.replace("EXPECTED", expected))
    found = CliRunner().invoke(
        cli.app, ["validate", "mine.toml", "--workers", "1", "--quiet", "--pairs", "12"]
    )
    assert found.exit_code == code, found.output
    assert verdict in found.output
    names = {path.name for path in (tmp_path / "results" / "validation").iterdir()}
    assert names == {"livers", "verdicts.csv", "verdicts.json", "verdicts.txt", "forest.png"}


@pytest.mark.parametrize(
    ("keys", "fold"),
    [
        ({"line": "mc38", "day": 14}, 20.0),
        ({"line": "mc38", "day": 21}, 10.0),
        ({"line": "4t1", "day": 14}, 10.0),
        ({"line": "mc38", "day": 14, "values": {"seeding.enrichment": 3}}, 3.0),
        ({"line": "mc38", "day": 14, "scenario": "lobule"}, 40.0),
    ],
)
def test_livers_are_seeded_richly_where_they_have_room_and_nothing_else_is_said(keys, fold):
    pair = livers(experiment(**{"scenario": "baseline"} | keys))
    assert pair.control.value("seeding.enrichment") == pair.treated.value("seeding.enrichment") == fold
