"""Check that the liver at rest stays as it is: counts, states and signals; and comes back after an insult."""

from __future__ import annotations

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine

DAY = 24.0


def resting(name: str, days: float, *interventions):
    # carried through every hour: a liver that sleeps stays as it is whatever its rules do
    own = {"seeding.dose": 0.0, "run.days": days, "run.before": 0.0, "rest.interval": 0.0}
    return lm.load(name).with_(own, interventions=list(interventions))


def counts(engine: Engine) -> dict[str, int]:
    kind = engine.world.cells["kind"]
    return {name: int(np.sum(kind == code)) for code, name in enumerate(engine.world.kinds)}


def states(engine: Engine) -> dict[str, float]:
    """Return the mean inner states of each kind, and the mean of each signal in units of its strongest half-maximum."""
    world, found = engine.world, {}
    for code, name in enumerate(world.kinds):
        rows = world.cells["kind"] == code
        for state in ("activation", "polarisation", "capillarisation", "desensitisation", "exhaustion"):
            found[f"{name} {state}"] = float(world.cells[state][rows].mean()) if rows.any() else 0.0
    half = {signal: 1.0 for signal in world.fields.names}
    for rule in engine.recipe.rules:
        if rule.signal in half:
            half[rule.signal] = min(half[rule.signal], rule.half_max)
    for signal in world.fields.names:
        found[signal] = float(world.fields[signal][world.tissue.inside].mean()) / half[signal]
    return found


def compare_with_the_start(name: str, days: float, seeds) -> None:
    """Assert for every count, state and signal: within 5 % or three standard errors of where it began.

    Three, because some fifty figures are looked at together: by chance one in six such looks would find one beyond.
    """
    scenario, began, ended, before, after = resting(name, days), [], [], [], []
    for seed in seeds:
        engine = Engine(scenario, seed)
        began.append(counts(engine))
        before.append(states(engine))
        engine.run(days * DAY)
        ended.append(counts(engine))
        after.append(states(engine))
    for kind in began[0]:
        first, last = (np.array([each[kind] for each in side], dtype=float) for side in (began, ended))
        # recruited kinds come and go one by one: a sum over livers is a Poisson count
        spread = np.sqrt(max(first.sum(), last.sum(), 1.0))
        allowed = max(0.05 * first.sum(), 3.0 * spread)
        assert abs(last.sum() - first.sum()) <= allowed, (kind, first.sum(), last.sum())
    for state in before[0]:
        first, last = (np.array([each[state] for each in side]) for side in (before, after))
        error = np.std(last - first, ddof=1) / np.sqrt(len(first))
        # a thousandth of a half-maximum, or of a state from 0 to 1, moves nothing
        allowed = max(0.05 * abs(first.mean()), 3.0 * error, 1e-3)
        assert abs(last.mean() - first.mean()) <= allowed, (state, first.mean(), last.mean())


def test_a_liver_without_tumour_cells_stays_as_it_is():
    compare_with_the_start("lobule", 14.0, range(1, 7))


@pytest.mark.long
def test_the_research_tissue_stays_as_it_is_for_four_weeks():
    compare_with_the_start("baseline", 28.0, range(1, 21))


def test_the_liver_comes_back_after_a_pulse_of_inflammation():
    pulse = lm.add_signal("systemic.inflammation", 3.0, at="0 h", until="6 h")
    quiet, roused = resting("lobule", 14.0), resting("lobule", 14.0, pulse)
    most, last = {"neutrophil": [], "tnf": []}, {"neutrophil": [], "activation": []}
    for seed in range(1, 7):
        livers = Engine(quiet, seed), Engine(roused, seed)
        peak, tnf = 0, 0.0
        for _ in range(12):
            for liver in livers:
                liver.run(1.0)
            peak = max(peak, counts(livers[1])["neutrophil"])
            tnf = max(tnf, float(livers[1].world.fields["tnf"].mean()))
        most["neutrophil"].append(peak / max(1, counts(livers[0])["neutrophil"]))
        most["tnf"].append(tnf / float(livers[0].world.fields["tnf"].mean()))
        for liver in livers:
            liver.run(13.5 * DAY)
        last["neutrophil"].append([counts(liver)["neutrophil"] for liver in livers])
        last["activation"].append([states(liver)["lsec activation"] for liver in livers])
    assert np.mean(most["neutrophil"]) > 2.0 and np.mean(most["tnf"]) > 5.0
    left, came = np.array(last["neutrophil"]).sum(axis=0)
    assert abs(came - left) <= max(0.05 * left, 2.0 * np.sqrt(left + came))
    calm, after = np.array(last["activation"]).mean(axis=0)
    assert after == pytest.approx(calm, abs=5e-3)
