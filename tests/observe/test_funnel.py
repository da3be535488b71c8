"""Check the funnel against a plain count, its intervals against scipy, and what the report says."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from livermet_sim.observe.columns import EVENTS
from livermet_sim.observe.funnel import STEPS, funnel, interval
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.readouts.tables import columns_of, founders
from livermet_sim.observe.summary import clock, death_shares, report
from livermet_sim.result import Result

LESIONS = columns_of("lesions")


def story(events, lesions, hours=100.0, **series):
    """Return a result with these (hour, event, founder) and these lesions (dicts)."""
    rows = [
        dict.fromkeys(EVENTS, 0) | {"time_h": h, "event": e, "founder": f, "cause": "none"}
        for h, e, f in events
    ]
    blank = dict.fromkeys(LESIONS, np.nan) | {"merged_into": -1, "lost_to": "", "phase": "growth", "cells": 1}
    table = pd.DataFrame([blank | lesion for lesion in lesions], columns=list(LESIONS))
    entered = sum(e == "enter" for _, e, _ in events)
    last = {
        "time_h": [0.0, hours],
        "day": [0, hours / 24],
        "n_tumour": 1,
        "entered": entered,
        "washed_out": 0,
    }
    return Result(
        {}, {}, "", "", pd.DataFrame(last | series), table, pd.DataFrame(rows, columns=list(EVENTS)), table
    )


def counts(result, column="count"):
    return dict(zip(result.funnel()["step"], result.funnel()[column], strict=True))


def test_the_funnel_equals_a_plain_count(made_up):
    """Follow every founder through the event list by hand."""
    reached = dict.fromkeys(STEPS, 0)
    end = made_up.hours
    for founder in made_up.events["founder"].unique():
        own = made_up.events[made_up.events["founder"] == founder].sort_values("time_h")
        alive, ended = 0, np.inf
        for event in own.itertuples():
            alive += {"enter": 1, "divide": 1, "die": -1, "wash_out": -1}.get(event.event, 0)
            if alive == 0:
                ended = event.time_h
        entry = own["time_h"].iloc[0]
        lesion = made_up.lesions[made_up.lesions["founder"] == founder].iloc[0]
        happened = set(own["event"])
        checks = (True, "arrest" in happened, min(ended, end) - entry >= 24, "extravasate" in happened,
                  "divide" in happened, lesion["own_micrometastasis_h"] > 0, lesion["own_angiogenic_h"] > 0,
                  lesion["own_growth_h"] > 0)  # fmt: skip
        for step, ok in zip(STEPS, checks, strict=True):
            if not ok:
                break
            reached[step] += 1
    assert counts(made_up) == reached
    assert reached["growing"] > 0 and reached["survived 24 h"] < reached["arrested"]


def test_the_funnel_never_widens_and_intervals_hold_the_share(made_up):
    table = funnel(Kept(made_up))
    assert (np.diff(table["count"]) <= 0).all()
    assert (table["low"] <= table["of_entered"]).all() and (table["of_entered"] <= table["high"]).all()
    assert (table["count"] <= table["reached"]).all()
    assert (table["count"] + table["still_possible"] <= table["count"].iloc[0]).all()


@pytest.mark.parametrize(("count", "total"), [(0, 10), (10, 10), (3, 17), (1, 5000), (499, 500)])
def test_the_interval_is_the_exact_one(count, total):
    exact = binomtest(count, total).proportion_ci(0.95, method="exact")
    assert interval(count, total) == pytest.approx((exact.low, exact.high), rel=1e-9)


def test_nothing_entered_gives_no_share():
    result = story([], [])
    assert counts(result)["entered"] == 0 and np.isnan(interval(0, 0)[0])
    assert result.funnel()["of_entered"].isna().all()
    assert "No tumour cell entered." in report(result)


def test_a_line_lives_as_long_as_any_daughter():
    events = [(0, "enter", 1), (1, "arrest", 1), (5, "divide", 1), (6, "die", 1), (50, "die", 1)]
    table = founders(Kept(story(events, [])))
    assert table.loc[0, "ended_h"] == 50 and table.loc[0, "survived_h"] == 24
    table = founders(Kept(story(events[:-1], [])))
    assert np.isnan(table.loc[0, "ended_h"])


def test_living_lines_are_censored_and_dead_ones_not():
    result = story(
        [(90, "enter", 1), (91, "arrest", 1), (0, "enter", 2), (1, "arrest", 2), (3, "die", 2)], []
    )
    assert np.isnan(counts(result)["survived 24 h"]) and np.isnan(counts(result)["extravasated"])
    assert counts(result, "still_possible")["survived 24 h"] == 1
    assert counts(result, "still_possible")["arrested"] == 0


def test_a_founder_in_the_lesion_of_another_counts_by_its_own_progeny():
    start = [(0, "enter", f) for f in (1, 2)] + [(1, "arrest", f) for f in (1, 2)]
    start += [(30, "extravasate", f) for f in (1, 2)] + [(31, "divide", f) for f in (1, 2)]
    whole = {"micrometastasis_h": 40.0, "angiogenic_h": 60.0, "growth_h": 80.0}
    host = {"lesion": 1, "founder": 1} | whole | {f"own_{name}": hour for name, hour in whole.items()}
    guest = {"lesion": 2, "founder": 2, "merged_into": 1, "lost_h": 35.0, "phase": "merged"} | whole
    result = story(start, [host, guest])
    assert counts(result)["woke (divided)"] == 2
    assert [counts(result)[step] for step in ("micrometastasis", "vascularised", "growing")] == [1, 1, 1]
    grown = guest | {"own_micrometastasis_h": 50.0}
    table = founders(Kept(story(start, [host, grown]))).set_index("founder")
    assert table.loc[2, "micrometastasis_h"] == 50.0 and np.isnan(table.loc[2, "angiogenic_h"])
    # nor do lesions that broke away from a founder's speak for it
    part = {"lesion": 7, "founder": 2, "growth_h": 90.0, "own_growth_h": np.nan}
    assert np.isnan(founders(Kept(story(start, [host, guest, part]))).set_index("founder").loc[2, "growth_h"])


def test_without_events_the_lesions_serve(made_up):
    other = copy.deepcopy(made_up)
    other.events = other.events.iloc[:0]
    with_events, without = counts(made_up), counts(other)
    assert without["entered"] == with_events["entered"]
    assert (
        without["extravasated"] == with_events["extravasated"]
        and without["growing"] == with_events["growing"]
    )


def test_the_report_says_what_happened(made_up):
    text = report(made_up)
    for words in ("made_up", "MC38", "seed:         5", "50-fold", "Of 40 founder cells", "Kupffer cells", "first division",
                  "may rise"):  # fmt: skip
        assert words in text
    shares = death_shares(made_up)
    assert list(shares) == sorted(shares, reverse=True) and shares.index[0] == "kupffer"
    cut = copy.deepcopy(made_up)
    cut.provenance["complete"] = False
    assert "run cut short" in report(cut)


def test_times_read_well():
    assert clock(6) == "6 h" and clock(60) == "day 2.5"
