"""Check deaths, infiltrate and Kaplan-Meier against slow twins and examples worked by hand."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from livermet_sim.base.errors import ResultError
from livermet_sim.observe.edge import edge_words, near_edge
from livermet_sim.observe.rings import INSIDE, OUTSIDE, RIM, rings
from livermet_sim.observe.survival import kaplan_meier
from livermet_sim.state.lattice import Lattice


def slow_kaplan_meier(time, happened):
    """Return the estimate at each distinct time, by walking through the times."""
    estimate, found = 1.0, {0.0: 1.0}
    for now in sorted(set(time)):
        at_risk = sum(t >= now for t in time)
        died = sum(t == now and yes for t, yes in zip(time, happened, strict=True))
        estimate *= 1 - died / at_risk
        found[now] = estimate
    return found


def test_kaplan_meier_by_hand():
    # six patients: events at 1, 3, 3; censored at 2, 3 and 5
    table = kaplan_meier(np.array([1, 2, 3, 3, 3, 5.0]), np.array([True, False, True, True, False, False]))
    row = table.set_index("time_h")
    assert row["at_risk"].to_dict() == {0.0: 6, 1.0: 6, 2.0: 5, 3.0: 4, 5.0: 1}
    assert row["estimate"].loc[1.0] == pytest.approx(5 / 6)
    assert row["estimate"].loc[3.0] == pytest.approx(5 / 6 * 2 / 4)
    greenwood = 1 / (6 * 5) + 2 / (4 * 2)
    assert row["standard_error"].loc[3.0] == pytest.approx(5 / 12 * np.sqrt(greenwood))
    spread = 1.959964 * np.sqrt(greenwood) / abs(np.log(5 / 12))
    assert row["low"].loc[3.0] == pytest.approx((5 / 12) ** np.exp(spread), rel=1e-5)
    assert row["high"].loc[5.0] == pytest.approx((5 / 12) ** np.exp(-spread), rel=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_kaplan_meier_equals_its_slow_twin(seed):
    random = np.random.default_rng(seed)
    time, happened = random.integers(0, 30, 80).astype(float), random.random(80) < 0.6
    table = kaplan_meier(time, happened)
    slow = slow_kaplan_meier(time.tolist(), happened.tolist())
    for now, estimate in zip(table["time_h"], table["estimate"], strict=True):
        assert estimate == pytest.approx(slow[now], abs=1e-12)
    inside = table.dropna()
    assert (inside["low"] <= inside["estimate"] + 1e-12).all() and (
        inside["estimate"] <= inside["high"] + 1e-12
    ).all()


def test_no_event_and_no_subject():
    table = kaplan_meier(np.array([4.0, 4.0]), np.array([False, False]))
    assert table["estimate"].tolist() == [1.0, 1.0] and table["standard_error"].tolist() == [0.0, 0.0]
    assert len(kaplan_meier(np.zeros(0), np.zeros(0, dtype=bool))) == 1


def test_those_lost_are_censored_or_never_arrive(made_up):
    censored, never = made_up.survival("angiogenic"), made_up.survival("angiogenic", lost="never")
    reached = made_up.funnel().set_index("step")["reached"]["vascularised"]
    for table in (censored, never):
        assert table["events"].sum() == reached > 0
        assert table["events"].sum() + table["censored"].sum() == table["at_risk"].iloc[0]
    # without censoring before the end, what is left is the plain share
    assert never["estimate"].iloc[-1] == pytest.approx(1 - reached / never["at_risk"].iloc[0])
    assert censored["estimate"].iloc[-1] < never["estimate"].iloc[-1]


def test_lesions_can_be_asked_too(made_up):
    table = made_up.survival("death", of="lesion")
    assert table["events"].sum() == (made_up.lesions["phase"] == "lost").sum()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("angiogenik",), "angiogenic"),
        (("growth", "founders"), "founder"),
        (("growth", "lesion", "censored"), "censor"),
    ],
)
def test_wrong_words_are_named(made_up, words, hint):
    with pytest.raises(ResultError, match=f'did you mean "{hint}"'):
        made_up.survival(*words)


def test_deaths_add_up_to_the_events(made_up):
    table = made_up.deaths()
    dead = made_up.events[made_up.events["event"] == "die"]
    assert table["cells"].sum() == len(dead) > 0
    assert table["share"].sum() == pytest.approx(1.0)
    by_cause = table.groupby("cause")["cells"].sum().to_dict()
    assert by_cause == dead["cause"].astype(str).value_counts().to_dict()
    periportal = (dead["zone"] < 1 / 3).sum()
    assert table.loc[table["zone"] == "periportal", "cells"].sum() == periportal


def test_deaths_without_events_are_refused(made_up):
    other = copy.deepcopy(made_up)
    other.events = other.events.iloc[:0]
    with pytest.raises(ResultError, match="kept no events"):
        other.deaths()


def drawn(lines: list[str]) -> tuple[np.ndarray, np.ndarray, int]:
    """Return lesions by site, the tissue, and its width from letters: digits lesions, blank outside."""
    letters = np.array([list(line) for line in lines])
    held = np.where(np.char.isdigit(letters), letters, "-1").astype(np.int64)
    return held.ravel(), (letters != " ").ravel(), letters.shape[1]


def test_rings_of_a_drawn_lesion():
    held, inside, width = drawn(["...... ", ".000.. ", ".0.0.. ", ".000..1", "...... "])
    found = rings(held, inside, Lattice(width, len(held) // width, 10.0), 10.0, 300.0)
    picture = found.ring.reshape(-1, width)
    assert (picture[1:4, 1:4] == INSIDE).all()  # the hole in the middle too
    assert picture[0, 1] == picture[2, 4] == RIM and picture[0, 0] == OUTSIDE  # a corner is 14 um away
    assert picture[2, 5] == OUTSIDE and (picture[:3, 6] == -1).all()
    assert picture[3, 6] == OUTSIDE  # a single cell is no lesion here
    assert found.areas(10.0)[INSIDE] == pytest.approx(9e-4)
    assert set(found.lesion[found.ring == RIM]) == {0} and set(found.lesion[found.ring == OUTSIDE]) == {-1}
    kinds, sites = np.array([0, 0, 1, 1]), np.array([2 * width + 2, 0, 2 * width + 4, 6])
    assert found.counts(kinds, sites, 2).tolist() == [[1, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("shift", [(0, 0), (3, 2), (-2, 4)])
def test_rings_of_a_lesion_across_the_sides(shift):
    held, inside, width = drawn(["........", "..000...", "..0.0...", "..000...", "........", "........"])
    lattice = Lattice(width, 6, 10.0, wrap=True)
    there = rings(lattice.rolled(held, *shift), inside, lattice, 10.0, 300.0)
    here = rings(held, inside, lattice, 10.0, 300.0)
    for name in ("ring", "lesion"):
        assert np.array_equal(getattr(there, name), lattice.rolled(getattr(here, name), *shift)), name
    assert np.count_nonzero(here.ring == INSIDE) == 9 and np.count_nonzero(here.ring == RIM) == 12


@pytest.mark.parametrize("site", [8.0, 10.0, 33.0])
def test_near_is_within_100_um_of_the_nearest_place_outside(site):
    random, lattice = np.random.default_rng(3), Lattice(60, 40, site)
    outside, held = random.random(lattice.n) < 0.004, np.arange(lattice.n)
    shots = lattice.sizes | {"compartment": np.where(outside, 0, 3)[None], "tumour": held[None]}
    near = near_edge(shots | {"tumour_lumen": np.full((1, lattice.n), -1)})
    assert near is not None
    assert near.tolist() == np.flatnonzero(lattice.distances(outside) <= 100.0).tolist()


@pytest.mark.parametrize(
    ("lesion", "words"),
    [(12, "1 lesion has cells within 100 um of the tissue's outline"), (1025, "no lesion within 100 um")],
)
def test_a_lesion_near_the_outline_is_said_to_be(lesion, words):
    lattice, n = Lattice(50, 40, 10.0), 2000
    compartment, held = np.full(n, 3), np.full(n, -1)
    compartment.reshape(40, 50)[[0, -1]] = compartment.reshape(40, 50)[:, [0, -1]] = 0
    held[51 + lesion] = 5
    shots = lattice.sizes | {
        "compartment": compartment[None],
        "tumour": held[None],
        "tumour_lumen": held[None],
    }
    assert edge_words(shots).startswith(words)
    endless = {**shots, "wrap": True, "compartment": np.full((1, n), 3)}
    assert near_edge(endless) is None and edge_words(endless).startswith("none")


def test_infiltrate_adds_up_to_the_cells(made_up):
    table = made_up.infiltrate()
    last = table[(table["time_h"] == table["time_h"].max()) & (table["lesion"] == -1)]
    cells = made_up.cells[
        (made_up.cells["time_h"] == table["time_h"].max()) & (made_up.cells["kind"] != "tumour")
    ]
    assert last.groupby("kind")["cells"].sum().to_dict() == cells["kind"].value_counts().to_dict()
    inside = (made_up.snapshots["compartment"][-1] != 0).sum() * 1e-4
    assert last.groupby("kind")["area_mm2"].sum().tolist() == pytest.approx(
        [inside] * cells["kind"].nunique()
    )
    assert made_up.infiltrate(200.0)["cells"].sum() >= 0
