"""The study that switches off one mechanism after the other: what it runs, says, draws and writes."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.sweep.ablate import Ablation
from livermet_sim.sweep.effect_tables import in_words, markdown
from livermet_sim.sweep.effects import Effects, adjusted
from livermet_sim.sweep.paired import compare_pairs, paired_p
from livermet_sim.sweep.sweep import Sweep

BUSY = {"seeding.enrichment": 100}
FEW = ("MV9", "MV13.crawl", "AN5", "MV2")


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Effects:
    """Return what four ablations and two of their pairs change within a day."""
    study = Ablation("strip", FEW, pairs=("MV9", "MV2"), seeds=4, days=1.0, changes=BUSY)
    return study.run(tmp_path_factory.mktemp("ablate") / "study", workers=1, progress=False)


def test_the_control_is_run_once_a_seed_and_every_effect_is_that_of_two_runs_by_hand(found):
    assert len(found.study) == 4 * (1 + len(found.words)) == 4 * 6
    scenario = load("strip", BUSY | {"run.days": 1.0})
    by_hand = []
    for seed in (1, 2, 3, 4):
        runs = [Engine(s, seed) for s in (scenario, scenario.with_({"rules.MV2.enabled": False}))]
        for engine in runs:
            engine.run()
        by_hand.append([engine.measures()["tumour_cells"] for engine in runs])
    control, treated = np.array(by_hand).T
    row = found.table.set_index(["ablated", "readout"]).loc[("MV2", "tumour_cells")]
    assert (treated != control).any() and row["ratio_of_means"] == treated.sum() / control.sum()
    assert row["difference"] == np.mean(treated - control) and row["pairs"] == 4
    assert row["p"] == pytest.approx(stats.ttest_rel(treated, control).pvalue)


def test_silent_are_those_and_only_those_that_end_in_the_bits_of_the_control(found):
    assert found.silent == ["AN5"] and found.same["MV9"] < 4
    own = found.table[found.table["ablated"] == "AN5"]
    assert own[["p", "q"]].isna().all(axis=None) and not own["found"].any()
    assert "AN5" not in found.ranked() and "(1): AN5" in in_words(found)


def slow_q(p):
    """Return Benjamini-Hochberg's q-values, by their definition."""
    rank = [sum(other <= own for other in p) for own in p]
    return [min(1.0, *(p[j] * len(p) / rank[j] for j in range(len(p)) if p[j] >= own)) for own in p]


def test_an_effect_is_found_exactly_where_its_interval_leaves_out_none():
    luck = np.random.default_rng(7)
    control = luck.poisson(20, (200, 8)).astype(float)
    treated = luck.poisson(np.where(np.arange(200) % 4 == 0, 8, 20)[:, None], (200, 8)).astype(float)
    p = np.array([paired_p(c, t) for c, t in zip(control, treated, strict=True)])
    q, confidence = adjusted(p)
    assert q == pytest.approx(slow_q(p))
    for c, t, own in zip(control, treated, q, strict=True):
        row = compare_pairs(c, t, confidence)
        leaves_out = row["ratio_of_means_low"] > 1 or row["ratio_of_means_high"] < 1
        assert leaves_out == (own <= 0.05)
        assert leaves_out == (row["difference_low"] > 0 or row["difference_high"] < 0)
    wrong = (q <= 0.05) & (np.arange(200) % 4 != 0)
    assert (q <= 0.05).sum() > 20 and wrong.sum() <= 0.15 * (q <= 0.05).sum()


def test_what_is_not_tested_does_not_count_among_the_tests():
    p = np.array([0.01, np.nan, 0.04, np.nan])
    q, confidence = adjusted(p)
    assert (
        np.isnan(q[[1, 3]]).all()
        and q[[0, 2]] == pytest.approx([0.02, 0.04])
        and confidence == pytest.approx(0.95)
    )
    assert paired_p(np.ones(3), np.ones(3)) == 1.0 and np.isnan(paired_p(np.ones(1), np.zeros(1)))


def test_how_far_two_stand_in_for_each_other(found):
    table = found.interactions.set_index(["ablated", "readout"])
    row, runs = table.loc[("MV2 + MV9", "tumour_cells")], found.runs["tumour_cells"]
    logs = {word: np.log(runs.loc[word].to_numpy()) for word in ("nothing", "MV2", "MV9", "MV2 + MV9")}
    each = logs["MV2 + MV9"] + logs["nothing"] - logs["MV2"] - logs["MV9"]
    assert row["interaction"] == pytest.approx(np.exp(each.mean())) and row["pairs"] == 4
    assert row["interaction"] == pytest.approx(row["both"] / row["expected"])
    assert row["interaction_low"] <= row["interaction"] <= row["interaction_high"]


def test_the_same_call_goes_on_where_it_stopped_and_the_folder_gives_the_same(tmp_path, found):
    study = Ablation("strip", FEW, pairs=("MV9", "MV2"), seeds=4, days=1.0, changes=BUSY)
    first = study.run(tmp_path / "study", workers=1, shard=(1, 3), progress=False)
    assert first.study.open == 16 and "16 of 24 runs are not there" in in_words(first)
    whole = study.run(tmp_path / "study", workers=1, progress=False)
    pd.testing.assert_frame_equal(whole.table, found.table)
    pd.testing.assert_frame_equal(Effects(lm.Study(tmp_path / "study")).table, found.table)


def test_the_picture_ranks_what_is_not_silent(found):
    figure = found.plot(["tumour_cells", "founders_extravasated_share"])
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert [label.split("  ")[-1] for label in labels] == found.ranked("tumour_cells")
    assert figure._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(LivermetError, match='"tumor_cells" is not compared; did you mean "tumour_cells"'):
        found.plot(["tumor_cells"])


def test_the_study_itself_draws_that_picture_and_no_axis_of_names(found, tmp_path):
    assert [path.name for path in found.study.figures(tmp_path)] == ["ablation.png", "phases.png"]
    assert found.study.plot("ablation", "tumour_cells").axes[0].get_title(loc="left") == "tumour cells"
    assert "nothing, MV2, MV9, AN5, MV13.crawl" in found.study.summary()


def test_one_pair_says_nothing_of_luck(tmp_path):
    one = lm.ablate(
        "strip", "MV12", seeds=1, days=0.25, changes=BUSY, out=tmp_path / "s", workers=1, progress=False
    )
    assert "one pair says nothing of luck" in str(one) and not one.table["found"].any()
    assert one.plot() is not None and "<table>" in one._repr_html_()


def test_a_study_file_crosses_ablations_with_anything(tmp_path):
    factors = {"ablate": ["nothing", "MV2 + MV3"], "line": ["b16f1", "mc38"]}
    study = Sweep("strip", factors, design="grid", days=0.05).run(tmp_path / "s", workers=1, progress=False)
    assert len(study.runs) == 4 and study.failures.empty and study.runs["digest"].nunique() == 4
    with pytest.raises(LivermetError, match='factors, ablate: there is no rule or mechanism "MV22x"'):
        Sweep("strip", {"ablate": ["nothing", "MV22x"]})


def test_a_study_that_takes_nothing_out_has_no_effects(tmp_path):
    study = Sweep("strip", {"rules.MV12.enabled": [True]}, design="grid", days=0.02)
    with pytest.raises(LivermetError, match="this study takes nothing out"):
        Effects(study.run(tmp_path / "s", workers=1, progress=False))


@pytest.fixture
def livermet(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command line in an empty folder and gives exit code, output and messages."""
    monkeypatch.chdir(tmp_path)

    def call(line: str):
        monkeypatch.setattr(sys, "argv", ["livermet", *line.split()])
        code = cli.main()
        return (code, *capsys.readouterr())

    return call


def test_the_command_from_plan_to_files(livermet, tmp_path):
    line = "ablate strip --rules MV12,AN5 --days 0.25 --seeds 2 --workers 1"
    code, out, _ = livermet(f"{line} --plan")
    assert code == 0 and "2 to take out, 6 runs, into results/ablate-strip" in out
    assert "Kupffer cells engulf" in out and not (tmp_path / "results").exists()
    code, out, err = livermet(line)
    assert code == 0 and "Silent, to the last bit" in out and "AN5" in out and "6 of 6 runs" in err
    place = tmp_path / "results" / "ablate-strip"
    table = pd.read_csv(place / "effects.csv")
    assert (
        set(table["ablated"]) == {"MV12", "AN5"}
        and (place / "figures" / "ablation.png").stat().st_size > 5000
    )
    assert (place / "effects.md").read_text().count("\n| MV12 |") == 1
    assert "<td>MV12</td>" in (place / "effects.html").read_text()
    row = table[(table["ablated"] == "MV12") & (table["readout"] == "tumour_cells")].iloc[0]
    span = f"({row['ratio_of_means_low']:.3g} to {row['ratio_of_means_high']:.3g})"
    for ending in ("md", "html"):
        text = (place / f"effects.{ending}").read_text()
        assert span in text and "Kupffer cells engulf tumour cells" in text and "..." not in text
    before = (place / "effects.csv").read_bytes()
    code, again, err = livermet(f"{line} --quiet")
    assert code == 0 and err == "" and (place / "effects.csv").read_bytes() == before and again in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--rules AN55", 'there is no rule or mechanism "AN55"; did you mean "AN5"'),
        ("--by mechanisms", 'by: "mechanisms" is not a choice; did you mean "mechanism"'),
        ("--mode drp", 'mode: "drp" is not a mode; did you mean "drop"'),
        (
            "--readouts tumor_cells",
            'readouts: there is no measure "tumor_cells"; did you mean "tumour_cells"',
        ),
        ("--pairs MV12", 'pairs: "MV12" names MV12 alone; a pair needs two'),
        ("--rules AN4", "AN4 is not in the model"),
        ("--lobules 5 --rules MV12", "tissue.lobules: 5"),
    ],
)
def test_a_mistake_is_one_sentence_and_exits_2(livermet, options, words):
    name = "baseline" if "lobules" in options else "strip"
    code, out, err = livermet(f"ablate {name} --seeds 1 --workers 1 {options}")
    assert code == 2 and out == "" and words in err and err.count("\n") == 1 and err.startswith("livermet: ")


def test_what_cannot_be_turned_round_is_left_out_and_named(livermet):
    code, out, _ = livermet("ablate strip --mode invert --plan")
    assert code == 0 and "Left out, invert MV1: ablate: the process Pass carries out MV1" in out
    assert "cannot be inverted" in out and "invert MV12" in out


def test_markdown_has_a_row_for_each_that_is_not_silent(found):
    rows = [line for line in markdown(found).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(found.words) - len(found.silent)
