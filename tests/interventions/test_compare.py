"""Check the comparison of two arms against an obvious twin, its honesty about zeros, and what it runs."""

from __future__ import annotations

import math
from concurrent.futures import Future

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from treated_livers import scenario

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.sweep import comparison
from livermet_sim.sweep.comparison import compare
from livermet_sim.sweep.paired import compare_pairs, direction, ratio_of_means, student

TINY = scenario(run__days=1)
COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=12)


@settings(max_examples=100, deadline=None)
@given(COUNTS)
def test_pairs_are_compared_as_one_would_by_hand(pairs):
    control, treated = (np.array(arm, dtype=float) for arm in zip(*pairs, strict=True))
    found = compare_pairs(control, treated)
    both = [(c, t) for c, t in pairs if c > 0 and t > 0]
    assert found["pairs"] == len(pairs) and found["ratio_pairs"] == len(both)
    assert found["control_zero"] == sum(c == 0 for c, _ in pairs)
    assert found["treated_zero"] == sum(t == 0 for _, t in pairs)
    assert found["difference"] == pytest.approx(np.mean([t - c for c, t in pairs]))
    if both:
        assert found["ratio"] == pytest.approx(math.prod(t / c for c, t in both) ** (1 / len(both)))
    else:
        assert math.isnan(found["ratio"])
    if sum(c for c, _ in pairs):
        assert found["ratio_of_means"] == pytest.approx(sum(t for _, t in pairs) / sum(c for c, _ in pairs))
        assert found["ratio_of_means_low"] <= found["ratio_of_means"] + 1e-9
        assert found["ratio_of_means_high"] >= found["ratio_of_means"] - 1e-9
    else:
        assert math.isnan(found["ratio_of_means"])


def test_intervals_are_those_of_the_paired_t_test():
    control, treated = np.array([3.0, 8.0, 5.0, 6.0, 9.0]), np.array([6.0, 9.0, 9.0, 6.5, 14.0])
    found = compare_pairs(control, treated)
    expected = stats.ttest_rel(treated, control).confidence_interval(0.95)
    assert (found["difference_low"], found["difference_high"]) == pytest.approx(expected)
    logs = stats.ttest_1samp(np.log(treated / control), 0.0).confidence_interval(0.95)
    assert (found["ratio_low"], found["ratio_high"]) == pytest.approx(np.exp(logs))


def test_intervals_hold_the_truth_as_often_as_they_say():
    random, held = np.random.default_rng(5), {"ratio": 0, "ratio_of_means": 0}
    for _ in range(300):
        control = random.poisson(20, 20).astype(float)
        treated = random.poisson(10, 20).astype(float)
        found = compare_pairs(control, treated)
        held["ratio_of_means"] += found["ratio_of_means_low"] <= 0.5 <= found["ratio_of_means_high"]
        difference = student(treated - control)
        held["ratio"] += difference[1] <= -10 <= difference[2]
    assert all(0.9 < number / 300 < 0.99 for number in held.values()), held


def test_what_cannot_be_known_is_not_said():
    none = compare_pairs(np.zeros(4), np.array([0.0, 1.0, 2.0, 0.0]))
    assert math.isnan(none["ratio"]) and math.isnan(none["ratio_of_means"]) and none["difference"] == 0.75
    one = compare_pairs(np.array([2.0]), np.array([4.0]))
    assert one["ratio"] == 2.0 and math.isnan(one["ratio_low"])
    gap = compare_pairs(np.array([np.nan, 2.0, 2.0]), np.array([1.0, 4.0, 4.0]))
    assert gap["pairs"] == 2 and gap["ratio"] == 2.0
    # one control run of ten carries everything: the interval is open above
    rare = ratio_of_means(np.array([1.0] + [0.0] * 4), np.ones(5))
    assert rare[0] == 5.0 and math.isinf(rare[2])
    assert [direction(*x) for x in ((0.1, 2, 0), (-2, -1, 0), (-1, 1, 0), (np.nan, np.nan, 0))] == [
        "up", "down", "unclear", "unclear",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return compare(TINY, [lm.deplete("kupffer", at="-6 h")], seeds=[3, 5], workers=1)


def test_both_arms_are_run_as_they_would_be_alone(found):
    assert found.seeds == [3, 5] and found.complete
    assert found.control.value("run.before") == found.treated.value("run.before") == 1.0
    for arm in ("control", "treated"):
        for seed in (3, 5):
            engine = Engine(getattr(found, arm), seed)
            engine.run(engine.remaining)
            own = found.runs[(found.runs["seed"] == seed) & (found.runs["arm"] == arm)]
            assert dict(zip(own["measure"], own["value"], strict=True)) == pytest.approx(
                engine.measures(), nan_ok=True
            )
            rows = found.timeseries[(found.timeseries["seed"] == seed) & (found.timeseries["arm"] == arm)]
            assert rows["n_kupffer"].tolist() == engine.result().timeseries["n_kupffer"].tolist()


def test_tables_are_tidy_and_printed(found):
    pairs = found.pairs
    assert list(pairs.columns) == [
        "measure",
        "seed",
        "control",
        "treated",
        "difference",
        "ratio",
        "log_ratio",
    ]
    assert len(pairs) == 2 * len(found.names) and pairs["measure"].iloc[0] == found.names[0]
    own = pairs[(pairs["measure"] == "founders_entered") & (pairs["seed"] == 3)].iloc[0]
    assert own["ratio"] == 1.0 and own["log_ratio"] == 0.0 and own["difference"] == 0.0
    assert found.summary()["measure"].tolist() == list(found.names)
    assert "2 pairs that share their luck" in str(found) and "also differ" not in str(found)
    assert "<table>" in found._repr_html_()
    band = found.course("n_kupffer")
    assert list(band.columns) == ["arm", "time_h", "low", "median", "high"]
    late = band[band["time_h"] > 0].groupby("arm")["median"].max()
    assert late["treated"] == 0 < late["control"]
    with pytest.raises(LivermetError, match='there is no column "n_kupfer"; did you mean "n_kupffer"'):
        found.course("n_kupfer")


def test_arms_that_do_the_same_have_a_ratio_of_1():
    same = compare(TINY, TINY, seeds=2, workers=1)
    assert (same.pairs["difference"].fillna(0) == 0).all()
    assert set(same.summary()["direction"]) == {"unclear"}


class Backwards:
    """Be an executor that works at once; the caller meets the results in whatever order it likes."""

    def __init__(self, stop_after: int = 1000):
        self.left = stop_after

    def submit(self, function, *call):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        future: Future = Future()
        future.set_result(function(*call))
        return future


def test_the_way_the_runs_are_carried_out_does_not_show(found):
    again = compare(TINY, [lm.deplete("kupffer", at="-6 h")], seeds=[3, 5], executor=Backwards())
    pd.testing.assert_frame_equal(again.runs, found.runs)
    pd.testing.assert_frame_equal(again.timeseries, found.timeseries)


def test_mistakes_are_sentences():
    with pytest.raises(
        LivermetError, match=r"^compare: 0 seeds; give 1 to 100000 whole numbers of 0 or more$"
    ):
        compare(TINY, TINY, seeds=[])
    with pytest.raises(LivermetError, match=r"^compare: 'x' are not seeds; give for example range"):
        compare(TINY, TINY, seeds="x")
    with pytest.raises(
        LivermetError, match=r"^compare: the control has run.days = 1 and the treated arm 2; pairs need"
    ):
        compare(TINY, TINY.with_({"run.days": 2}))
    with pytest.raises(LivermetError, match=r"is neither a scenario nor the name or path of one"):
        compare(3, TINY)  # type: ignore[arg-type]
    with pytest.raises(LivermetError, match=r'interventions\[0\].target: "kupfer" is not a kind of cell'):
        compare(TINY, [{"action": "deplete", "target": "kupfer"}])


def test_what_else_differs_is_said():
    other = TINY.with_({"cells.nk.density": 1.0}, name="few", interventions=[lm.deplete("kupffer")])
    assert "The arms also differ in cells.nk.density (" in str(compare(TINY, other, seeds=1, workers=1))


def test_ctrl_c_keeps_the_pairs_that_are_complete():
    done = []

    def stop(number: int, wanted: int | None) -> None:
        done.append(number)
        if number >= 3:
            raise KeyboardInterrupt

    part = compare(TINY, TINY, seeds=3, workers=1, progress=stop)
    assert part.seeds == [1] and not part.complete and "stopped early" in str(part)


def test_the_command_prints_a_table_and_saves_it(tmp_path, monkeypatch, capsys):
    import sys

    from livermet_sim import cli

    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(TINY.with_(name="mine").to_toml())
    treated = TINY.with_(name="treated", interventions=[lm.deplete("kupffer")])
    (tmp_path / "treated.toml").write_text(treated.to_toml())
    words = [
        "livermet",
        "compare",
        "mine.toml",
        "treated.toml",
        "--seeds",
        "2",
        "--workers",
        "1",
        "--out",
        "out",
        "-q",
    ]
    monkeypatch.setattr(sys, "argv", words)
    assert cli.main() == 0
    out = capsys.readouterr().out
    assert out.startswith("treated against mine: 2 pairs that share their luck, 1 days")
    tables = {path.name for path in (tmp_path / "out").iterdir()}
    assert tables == {
        "runs.csv",
        "pairs.csv",
        "summary.csv",
        "timeseries.csv",
        "control.toml",
        "treated.toml",
    }
    assert len(pd.read_csv(tmp_path / "out/runs.csv")) == 4 * len(Engine(TINY, 1).measures())


LATE = [lm.deplete("kupffer", at="7 h"), lm.dose("anti_vegf", at="9.1 h")]
EARLY = [lm.block("lsec", "sprout", at="2 h")]


@pytest.mark.parametrize("before", [[], EARLY], ids=["untreated", "treated before"])
def test_days_that_the_arms_share_are_run_once_to_the_same_bits(before, monkeypatch):
    control = lm.load("strip", {"run.days": 0.5, "seeding.enrichment": 60}).with_(interventions=before)
    treated = control.with_(interventions=[*before, *LATE])
    steps: list[int] = []
    step = Engine.step
    monkeypatch.setattr(Engine, "step", lambda self: (steps.append(1), step(self))[1])
    shared = lm.compare(control, treated, seeds=[1, 2], workers=1)
    assert comparison.parting(control, treated) == 7.0 and len(steps) == 2 * (48 + 20)
    monkeypatch.setattr(comparison, "parting", lambda *arms: None)
    apart = lm.compare(control, treated, seeds=[1, 2], workers=1)
    assert len(steps) == 2 * (48 + 20) + 4 * 48
    assert shared.runs.equals(apart.runs) and shared.timeseries.equals(apart.timeseries)
    assert (
        shared.runs.pivot_table(index="measure", columns="arm", values="value").diff(axis=1)["treated"] != 0
    ).any()
