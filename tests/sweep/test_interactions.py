"""Which two mechanisms stand in for each other, and what carries the metastasis in which phase: from studies made up for it."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.readouts.tables import by_phase
from livermet_sim.rulebook import ablation, pairs
from livermet_sim.scenario.load import load
from livermet_sim.state.lesions import PHASES
from livermet_sim.sweep.ablate import Ablation
from livermet_sim.sweep.effect_tables import in_words, save
from livermet_sim.sweep.effects import Effects

BASE = load("strip")
NAMES = ["MV2", "MV3", "MV9", "MV12", "PA6", "PA7", "AN5", "AN10", "GR1", "PA15"]
READOUTS = ("founders_alive_24h_share", "survivors_micrometastasis_share", "new_vessel_density_mm_mm2",
            "tumour_cells_per_micrometastasis")  # fmt: skip


class Made:
    """A study that nobody ran: its runs are given."""

    def __init__(self, runs: pd.DataFrame, folder: Path = Path("made")):
        self.runs, self.folder, self.open = (
            runs.assign(status="done", digest=[f"{i}" for i in range(len(runs))]),
            folder,
            0,
        )
        self.factors, self.design, self.measures = ("ablate",), runs[["ablate"]], tuple(READOUTS)
        self.failures, self.manifest = runs.iloc[:0], {"name": "made", "scenario": "strip"}

    def __len__(self) -> int:
        return len(self.runs)

    def check(self, name: str) -> None:
        assert name in self.measures


def made(folds, seeds=8, readouts=READOUTS, seed=1, luck=0.15) -> Made:
    """Return a study in which each mechanism, and each pair beyond its two, changes readouts so many fold.

    ``folds`` is a mapping of word and readout to fold; that of a pair is what it does beyond its two.
    """
    draw, rows = np.random.default_rng(seed), []
    words = ["nothing", *NAMES, *(" + ".join(pair) for pair in itertools.combinations(NAMES, 2))]
    for number in range(seeds):
        own = dict(zip(readouts, draw.uniform(20, 40, len(readouts)), strict=True))
        for word in words:
            row = {"ablate": word, "seed": number}
            for name in readouts:
                parts = {*word.split(" + "), word}
                fold = float(np.prod([folds.get((part, name), 1.0) for part in parts]))
                row[name] = own[name] * fold * np.exp(draw.normal(0, luck))
            rows.append(row)
    return Made(pd.DataFrame(rows))


TRUE = {
    ("MV2", READOUTS[0]): 0.6, ("MV12", READOUTS[0]): 2.0, ("AN5", READOUTS[2]): 0.3, ("GR1", READOUTS[3]): 0.5,
    ("PA6 + PA7", READOUTS[1]): 0.3, ("AN5 + AN10", READOUTS[2]): 2.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Effects:
    return Effects(made(TRUE))


def test_pairs_that_stand_in_for_each_other_are_found_and_told_from_those_that_overlap(found):
    table = found.interactions[found.interactions["found"]].set_index(["ablated", "readout"])
    assert table.loc[("PA6 + PA7", READOUTS[1]), "relation"] == "stand in"
    assert table.loc[("AN5 + AN10", READOUTS[2]), "relation"] == "overlap"
    assert len(table) <= 4  # of 180 tests
    words = in_words(found)
    assert (
        f"Stand in for each other: PA6 + PA7 ({READOUTS[1]})" in words
        and f"Overlap: AN5 + AN10 ({READOUTS[2]})" in words
    )


def test_an_interaction_is_found_exactly_where_its_interval_leaves_out_none(found):
    for name in READOUTS:
        own = found.interactions[found.interactions["readout"] == name]
        leaves_out = (own["interaction_low"] > 1) | (own["interaction_high"] < 1)
        assert (leaves_out == own["found"]).all()
        assert own["q"].to_numpy() == pytest.approx(stats.false_discovery_control(own["p"].to_numpy()))
        assert (own["confidence"] == 1 - 0.05 * max(1, own["found"].sum()) / len(own)).all()
    row = found.interactions.iloc[7]
    logs = {
        w: np.log(found.runs.loc[w][row["readout"]].to_numpy())
        for w in ("nothing", *row["ablated"].split(" + "), row["ablated"])
    }
    first, second = row["ablated"].split(" + ")
    each = logs[row["ablated"]] + logs["nothing"] - logs[first] - logs[second]
    assert row["interaction"] == pytest.approx(np.exp(each.mean()))
    assert row["p"] == pytest.approx(stats.ttest_1samp(each, 0).pvalue)


def test_luck_alone_makes_few_pairs():
    number = [len(e[e["found"]]) for seed in range(6) for e in [Effects(made({}, seed=seed)).interactions]]
    assert np.mean(np.array(number) > 0) <= 0.5 and sum(number) <= 6  # of 6 x 4 families of 45


def test_where_a_run_has_none_the_difference_is_tested():
    study = made(TRUE)
    study.runs.loc[study.runs["ablate"] == "PA6 + PA7", READOUTS[0]] = 0.0
    table = Effects(study).interactions.set_index(["ablated", "readout"])
    row = table.loc[("PA6 + PA7", READOUTS[0])]
    assert row["scale"] == "difference" and row["found"] and row["relation"] == "stand in"
    assert row["both"] == pytest.approx(-study.runs[study.runs["ablate"] == "nothing"][READOUTS[0]].mean())


def test_a_pair_that_ends_as_one_of_the_two_alone_has_nothing_to_test():
    study = made(TRUE)
    runs = study.runs.set_index(["ablate", "seed"])
    for one, other in (("MV9", "nothing"), ("MV9 + PA6", "PA6")):
        runs.loc[one] = runs.loc[other].to_numpy()
    study.runs = runs.reset_index()
    table = Effects(study).interactions.set_index("ablated")
    assert table.loc["MV9 + PA6", "p"].isna().all() and (table.loc["MV9 + PA6", "interaction"] == 1.0).all()


def test_each_phase_is_ranked_by_a_readout_of_its_own(found):
    assert found.phases == dict(zip(PHASES, READOUTS, strict=True))
    assert found.ranked(READOUTS[0], together=False)[:2] == ["MV2", "MV12"]
    assert found.ranked(READOUTS[2], together=False)[0] == "AN5"
    words = in_words(found)
    assert f"In the microvascular phase, by {READOUTS[0]}: MV2 x" in words
    assert f"In the growth phase, by {READOUTS[3]}: GR1 x" in words


def test_every_phase_has_a_readout_that_leads_and_none_has_two():
    phases = by_phase()
    assert tuple(phases) == PHASES and [names[0] for names in phases.values()] == list(READOUTS)
    assert all(len(names) > 1 for names in phases.values())


def test_one_picture_shows_phases_and_pairs(found, tmp_path):
    figure = found.plot_phases(most=6)
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert [title.removesuffix(" phase").lower() for title in titles[:4]] == list(PHASES)
    assert titles[4:] == [f"Two at a time: {PHASES[0]}", *PHASES[1:]]
    first = [label.get_text().split("  ")[-1] for label in figure.axes[0].get_yticklabels()]
    assert first == found.ranked(READOUTS[0], together=False)[:6]
    shown = [label.get_text() for label in figure.axes[4].get_yticklabels()]
    assert {"PA6 + PA7", "AN5 + AN10"} <= set(shown[:4]) and len(shown) == 6
    names = {path.name for path in save(found, tmp_path)}
    assert {"interactions.csv", "phases.png", "ablation.png", "effects.csv"} <= names


def test_pairs_that_could_stand_in_move_one_behaviour_the_same_way():
    words = ablation.every(BASE.rules, "mechanism", BASE.values)
    chosen = pairs.alike(words, BASE.rules, "mechanism")
    rules = [rule for rule in BASE.rules if rule.enabled]
    moves = {
        word: {(r.actor, r.behaviour, r.direction) for r in rules if ablation.family(r.id) == word}
        for word in words
    }
    by_hand = [f"{a} + {b}" for a, b in itertools.combinations(words, 2) if moves[a] & moves[b]]
    assert chosen == by_hand and "PA6 + PA7" in chosen
    with pytest.raises(
        LivermetError, match="no two of these move one behaviour of one kind of cell the same way"
    ):
        pairs.alike(["MV9", "AN5"], BASE.rules, "mechanism")


def test_the_study_of_pairs_alike_takes_out_singles_and_pairs_and_that_of_swaps_the_swaps():
    study = Ablation("strip", "PA6,PA7,PA16", pairs="alike", seeds=1)
    assert study.words == ["PA6", "PA7", "PA16", "PA6 + PA7", "PA6 + PA16", "PA7 + PA16"]
    study = Ablation("strip", "MV9,MV13.crawl,MV12", mode="swap", seeds=1)
    assert (
        study.words == ["swap MV9 with MV12", "swap MV9 with MV12.monocyte", "swap MV12 with MV13.crawl"]
        and "load is a state" in study.left_out["swap MV9 with MV13.crawl"]
    )
    for options, words in (
        ({"mode": "swap"}, "swap exchanges two rules; name those"),
        ({"mode": "swap", "rules": "MV9"}, '"MV9" names MV9 alone; a pair needs two'),
        ({"mode": "swap", "rules": "MV9,MV13.crawl"}, "cannot be swapped"),
        ({"pairs": ["alike", "MV9"]}, "alike chooses from the rules"),
    ):
        with pytest.raises(LivermetError, match=words):
            Ablation("strip", seeds=1, **options)
