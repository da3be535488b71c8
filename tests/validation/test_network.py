"""Who acts on whom is drawn from a run: strengths are those of its rules, and the run stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.rulebook.reach import Tally
from livermet_sim.rulebook.senders import Network, mean_response
from livermet_sim.validation.reach import listen
from livermet_sim.viz.rule_network import draw, width


@pytest.fixture(scope="module")
def found():
    return lm.network("strip", days=0.05, every=0.5)


def test_every_acting_rule_is_an_edge_with_its_senders(found):
    table = found.edges.set_index("rule")
    assert set(table.index) == {rule.id for rule in found.scenario.rules.enabled()}
    assert table["response"].between(0, 1).all() and set(table["does"]) == {"raises", "lowers"}
    assert table.loc["MV12", "senders"] == "tumour" and table.loc["MV2", "senders"] == "itself"
    assert table.loc["MV10", "senders"] == "tumour line" and table.loc["MV8.shear", "senders"] == "blood"
    assert all(abs(sum(row["senders"].values()) - 1.0) < 1e-9 for row in found.rows)
    made = next(row for row in found.rows if row["rule"] == "MV9")["senders"]
    assert made == {"lsec": 1.0}


def test_listening_changes_nothing():
    heard, alone = (
        Engine(lm.load("strip", {"run.days": 0.05}), 1),
        Engine(lm.load("strip", {"run.days": 0.05}), 1),
    )
    listen(heard, 0.25, None, Network())
    alone.run()
    assert heard.digest() == alone.digest()


@pytest.mark.parametrize("power", [1.0, 2.0, 8.0])
def test_the_mean_response_is_that_of_each_cell(power):
    signal = np.array([0.0, 0.0, 0.3, 1.0, 2.5, 40.0])
    tally = Tally(1.0)
    tally.add(signal, power)
    exact = np.mean(signal**power / (1.0 + signal**power))
    assert mean_response(tally, power) == pytest.approx(exact, rel=0.02)
    assert mean_response(Tally(1.0), power) == 0.0


def test_the_picture_shows_what_spoke_and_nothing_else(found):
    figure = found.plot()
    spoke = [row for row in found.rows if not row["silent"]]
    shown = [ax for ax in figure.axes if ax.get_title(loc="left")]
    assert len(shown) == len({row["phase"] for row in spoke})
    edges = {(row["phase"], row["through"], row["actor"], row["does"]) for row in spoke}
    makers = {(row["phase"], sender, row["through"]) for row in spoke for sender in row["senders"]}
    assert sum(len(ax.patches) for ax in shown) == len(edges) + len(makers)
    assert width(1.0) > width(0.03) > width(0.001) > 0
    assert draw([], {}, "nothing").axes


def test_the_command_takes_a_picture_alone(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from livermet_sim import cli

    monkeypatch.chdir(tmp_path)
    for wrong in (["--network", "a.txt"], ["--network", "a.png", "--missing"]):
        assert isinstance(
            CliRunner().invoke(cli.app, ["explain", "strip", *wrong]).exception, lm.LivermetError
        )


def edge(through, actor, does="raises", phase="microvascular"):
    return {"rule": f"{through} {actor} {does}", "through": through, "actor": actor, "does": does, "phase": phase,
            "response": 1.0, "senders": {"tumour": 1.0}, "silent": False}  # fmt: skip


def test_words_stay_between_the_lines_and_no_two_lines_end_at_one_point():
    called = {"tumour": "tumour cells", "lsec": "LSEC", "kupffer": "Kupffer cells"}
    long = [f"contact with live hepatocytes and other cells, number {i}" for i in range(7)]
    figure = draw([edge(t, a, d) for t in long for a in called for d in ("raises", "lowers")], called, "long")
    figure.draw_without_rendering()
    (ax,) = (ax for ax in figure.axes if ax.get_title(loc="left"))
    words = [text for text in ax.texts if "hepatocytes" in text.get_text()]
    assert len(words) == len(long)
    for text in words:
        box = text.get_window_extent().transformed(ax.transData.inverted())
        assert box.x0 > 0.54 and box.x1 < 1.46, text.get_text()
    ends = [
        tuple(patch.get_path().vertices[-1]) for patch in ax.patches if patch.get_path().vertices[0][0] > 1.0
    ]
    starts = [
        tuple(patch.get_path().vertices[0]) for patch in ax.patches if patch.get_path().vertices[0][0] > 1.0
    ]
    assert len(set(ends)) == len(ends) == len(set(starts)) == 6 * len(long)
