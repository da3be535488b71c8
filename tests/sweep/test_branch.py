"""Runs that share a control's days give the bits of runs from the start, whatever was taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.engine import Engine, base_values
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.branch import Probe, can_obey, obey
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.scenario.load import load
from livermet_sim.sweep import branch
from livermet_sim.sweep.branch import branches, pieces, twin
from livermet_sim.sweep.chunk import Chunk, Run
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.runs import carry_out, one, quiet, shown
from livermet_sim.sweep.store import Store
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.sweep.version import model

# a busy strip of two days, in which some mechanisms speak at once, some after a day, some never
BUSY = quiet(
    load("strip", {"seeding.enrichment": 40, "run.days": 1.5, "cells.tumour.dormant_share": 0.2}), True, "6 h"
)
MECHANISMS = ablation.every(BUSY.rules, "mechanism", BUSY.values)
RULES = ablation.every(BUSY.rules, "rule", BUSY.values)


def runs_of(words, seed=1):
    return [Run(word, seed, {"ablate": word}) for word in words]


def check(words, scenario=BUSY, seed=1):
    """Carry out words branched and from the start, compare to the bit, and return the words that were branched."""
    runs = runs_of(words, seed)
    found = {run.address: shown(run, engine, 0.0, True) for run, engine, _ in branches(scenario, runs)}
    for run in runs:
        if run.address in found:
            row, series = one(scenario, run, True)
            own, recorded = found[run.address]
            assert row["digest"] == own["digest"], run.address
            np.testing.assert_equal({**own, "seconds": 0}, {**row, "seconds": 0})
            np.testing.assert_equal(recorded, series)
    return set(found)


def test_a_lining_whose_only_rule_by_touch_is_taken_out_answers_cell_by_cell_as_from_the_start():
    check(["nothing", "PM1", "MV20", "PM2", "PM3"], seed=2)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(MECHANISMS), min_size=4, max_size=6, unique=True), st.integers(1, 50))
def test_branched_runs_give_the_bits_of_runs_from_the_start(words, seed):
    found = check(["nothing", *words], seed=seed)
    assert found == {"nothing", *words} - {w for w in words if w in ablation.book.by_process()}


@pytest.mark.long
def test_every_mechanism_branched_gives_the_bits_of_a_run_from_the_start():
    scenario = quiet(load("strip", {"seeding.enrichment": 40, "run.days": 8}), True, "12 h")
    assert len(check(["nothing", *MECHANISMS], scenario)) > 90


@pytest.mark.parametrize("mode", ["invert", "saturate"])
def test_rules_turned_round_or_held_at_their_maximum_branch_too(mode):
    words = [ablation.with_mode(mode, word) for word in ("MV13.crawl", "AN7", "PA20")]
    assert check(words) == set(words)


def test_branches_obey_interventions_on_receptors_and_rules():
    from livermet_sim.interventions import block

    cures = [
        block("kupffer", "engulf", at="6 h", until="20 h"),
        block("rule", "MV12", at="12 h"),
        block("all", "sense.vegf", at="3 h"),
    ]
    words = ["nothing", "MV12", "MV13.crawl", "AN5", "MV9"]
    assert check(words, BUSY.with_(interventions=cures)) == set(words)


def test_a_run_that_never_left_the_control_is_not_run(monkeypatch):
    probe, steps = _probed(["AN1", "GR2", "MV12"])
    assert set(probe.first) == {"MV12"}
    ticks = []
    step = Engine.step
    monkeypatch.setattr(Engine, "step", lambda engine: (ticks.append(1), step(engine))[1])
    ended = list(branches(BUSY, runs_of(["nothing", "AN1", "GR2"])))
    assert len(ended) == 3 and len(ticks) == steps and len({id(engine) for _, engine, _ in ended}) == 1


def _probed(words):
    others = {word: change_paths(BUSY, {"ablate": word}).rules for word in words}
    base = base_values(BUSY)
    probe = Probe(BUSY.rules, others, lambda book: compile_rules(book, base, CELL_COLUMNS))
    engine = Engine(BUSY, 1, probe)
    steps = engine.ticks()
    engine.run()
    return probe, steps


def test_a_probe_changes_nothing_and_sees_the_first_rate_that_differs():
    words = ["MV12", "MV13", "PA25", "AN1"]
    probe, steps = _probed(words)
    plain = Engine(BUSY, 1)
    plain.run()
    probed = Engine(BUSY, 1, lambda *_: None)
    probed.run()
    assert probed.digest() == plain.digest()
    # the slow twin: all rules of both sets, all cells, at each evaluation
    base, first = base_values(BUSY), {}
    whole = {w: compile_rules(change_paths(BUSY, {"ablate": w}).rules, base, CELL_COLUMNS) for w in words}

    def slow(compiled, world, due):
        for word, twin_rules in whole.items():
            rates = world.rates.copy()
            twin_rules.preview(world, due, rates)
            if word not in first and not np.array_equal(rates, world.rates):
                first[word] = world.clock.hours

    engine = Engine(BUSY, 1, slow)
    for _ in range(steps):
        engine.step()
    assert probe.first == first and 0 < len(first) < len(words)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([f"{m}{w}" for m in ("", "invert ", "saturate ") for w in RULES]))
def test_muted_rules_give_the_rates_of_rules_that_are_not_there(word):
    try:
        book = change_paths(BUSY, {"ablate": word}).rules
    except branch.LivermetError:
        return
    base = base_values(BUSY)
    engine, rates = _grown(), {}
    assert can_obey(BUSY.rules, book)
    muted = compile_rules(BUSY.rules, base, CELL_COLUMNS)
    obey(muted, book, base)
    for name, compiled in (("muted", muted), ("absent", compile_rules(book, base, CELL_COLUMNS))):
        rates[name] = np.zeros_like(engine.world.rates)
        compiled.preview(engine.world, np.ones(len(compiled.kinds), dtype=np.int64), rates[name])
    assert np.array_equal(rates["muted"].view(np.int64), rates["absent"].view(np.int64))


_GROWN: list[Engine] = []


def _grown() -> Engine:
    if not _GROWN:
        engine = Engine(BUSY, 2)
        engine.run(12.0)
        engine.world.count()
        _GROWN.append(engine)
    return _GROWN[0]


def test_a_copy_of_a_run_goes_on_by_itself():
    engine = Engine(BUSY, 1)
    engine.run(10.0)
    other, before = twin(engine), engine.digest()
    other.run(10.0)
    assert engine.digest() == before != other.digest()
    engine.run(10.0)
    assert engine.digest() == other.digest()


def test_runs_are_cut_by_seed_and_by_what_else_they_change():
    runs = [
        Run(f"{seed}{line}{word}", seed, {"line": line, "ablate": word})
        for word in MECHANISMS[:20]
        for line in ("mc38", "b16f1")
        for seed in (1, 2)
    ]
    found = list(pieces(runs))
    assert sorted(run.address for piece in found for run in piece) == sorted(run.address for run in runs)
    for piece in found:
        assert len(piece) <= branch.MOST and len({(run.seed, run.changes["line"]) for run in piece}) == 1
    assert [len(piece) for piece in found] == [4, 8, 8, 20, 20, 20]


@pytest.mark.parametrize("fails", ["control", "branch"])
def test_what_fails_is_reported_and_the_others_are_not_lost(tmp_path, monkeypatch, fails):
    words, store = ["nothing", "MV12", "AN1", "MV9"], Store(tmp_path / "s")
    store.create()
    store.begin({})
    step = Engine.step

    def sometimes(engine):
        bad = engine.compiled.watch is not None if fails == "control" else _without(engine, "MV9")
        if bad and engine.world.clock.hours > 8:
            raise ZeroDivisionError("nothing works")
        step(engine)

    monkeypatch.setattr(Engine, "step", sometimes)
    report = carry_out(Chunk(str(store.folder), model(), BUSY, False, tuple(runs_of(words))))
    status = store.status()
    failed = {word for word in words if status[word][0] == "failed"}
    assert set(status) == set(words) and failed == (set() if fails == "control" else {"MV9"})
    assert (report.done, report.failed) == (4 - len(failed), len(failed))


def _without(engine, id):
    """Say whether a rule is off in a run: it is not there, or it is mute."""
    acting = [rule.id for rule in engine.compiled.acting]
    return id not in acting or engine.compiled.arrays.term_code[acting.index(id), 2] == 0


def test_the_study_is_the_same_whoever_carries_it_out(tmp_path):
    sweep = Sweep(BUSY, {"ablate": ["nothing", "MV12", "AN1", "MV9"]}, design="grid", replicates=2, days=0.5)
    tables = [
        sweep.run(tmp_path / f"s{workers}", workers=workers, progress=False).runs.drop(columns="seconds")
        for workers in (1, 2)
    ]
    assert tables[0].equals(tables[1]) and len(tables[0]) == 8
