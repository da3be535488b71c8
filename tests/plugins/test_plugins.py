"""Check that what a user has registered works as what ships with the model does, and that nothing else can bring it in."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.base import load_plugin as loading
from livermet_sim.base.plugins import PLUGINS
from livermet_sim.base.with_plugins import along
from livermet_sim.engine import Engine
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.validation.reach import reach

MAST = Path(__file__).with_name("mast_cells.py")
BUSY = {"seeding.enrichment": 60, "run.days": 0.25}
RULES = {
    "degranulate": {"actor": "mast", "signal": "contact.tumour", "direction": "increases", "behaviour": "release", "maximum": "5 /h", "half_max": 0.5},
    "deep": {"actor": "tumour", "signal": "depth", "response": "threshold", "direction": "increases", "behaviour": "die.anoikis", "maximum": "5 /h", "half_max": "120 um"},
}  # fmt: skip
SHIPPED = {"zone_kills": RULES["deep"] | {"signal": "zone", "half_max": 0.4, "response": "hill"}}


@pytest.fixture
def scenario() -> lm.Scenario:
    lm.load_plugin(MAST)
    return lm.load("strip", BUSY).with_({"cells.mast": {}, "processes.burst.chance": "0.5 /h"}, rules=RULES)


def as_zone(sight, rows):
    """Where the cell is between portal tract and central vein."""
    return sight.sites["zone"][sight.cells["site"][rows]]


def as_hill(x, power):
    """What the kernel does."""
    with np.errstate(over="ignore", invalid="ignore"):
        strength = np.minimum(x**power, 1e300)
    return strength / (1.0 + strength)


def ended(scenario: lm.Scenario, hours: float = 6.0) -> Engine:
    engine = Engine(scenario, 1)
    engine.run(hours)
    return engine


def test_all_of_a_plugin_works_in_a_run_and_the_result_says_who_made_it(scenario, tmp_path):
    model = lm.LiverModel(scenario, seed=1)
    result = model.run()
    mast = model.agents_by_type["mast"].select(lambda cell: cell.alive)
    assert len(mast) > 0 and all(0.0 <= cell.granules <= 1.0 for cell in mast)
    assert result.timeseries["full_granules"].iloc[-1] == pytest.approx(
        np.mean([cell.granules for cell in mast])
    )
    assert "burst" in result.plan and "+cells.granules, +sites.net" in result.plan
    made = result.provenance["plugins"]
    assert set(made) == {
        "kind mast",
        "signal depth",
        "response threshold",
        "process burst",
        "readout full_granules",
    }
    assert all(maker.startswith("mast_cells 1.2@") for maker in made.values())
    assert "by the response threshold to depth over 120 um" in " ".join(result.rules.split())
    cell = max(model.agents_by_type["tumour"], key=lambda cell: cell.senses()["depth"])
    assert cell.senses()["depth"] == pytest.approx(300.0 * model.world.tissue.zone[cell.site])
    assert not any("response of" in name for name in cell.senses()) and ("deep: depth" in cell.explain()) == (
        cell.senses()["depth"] >= 120.0
    )
    # a saved run gives the run back
    folder = result.save(tmp_path / "run", figures=False)
    assert lm.load(folder) == scenario and lm.Result.load(folder) == result


def test_each_of_them_changes_the_run(scenario):
    ways = {
        "with all": scenario,
        "no process": scenario.with_({"processes.burst.enabled": False}),
        "another time": scenario.with_({"processes.burst.every": "2 h"}),
        "another number": scenario.with_({"processes.burst.chance": 2.0}),
        "another shape": scenario.with_({"rules.deep.response": "hill"}),
        "no rule": scenario.with_({"rules.deep.enabled": False}),
        "fewer cells": scenario.with_({"cells.mast.density": 0}),
    }
    assert len({ended(each).digest() for each in ways.values()}) == len(ways)
    assert len({each.digest for each in ways.values()}) == len(ways)


def test_a_scenario_without_them_is_as_if_nothing_were_registered():
    base = lm.load("strip", BUSY)
    before, digest = base.digest, ended(base).digest()
    lm.load_plugin(MAST)
    again = lm.load("strip", BUSY)
    assert again.digest == before and ended(again).digest() == digest
    assert "n_mast" not in ended(again).result().timeseries and not again.plugins


def test_a_signal_of_ones_own_that_says_the_same_as_ours_gives_the_same_bits():
    lm.register_signal(as_zone)
    base = lm.load("strip", BUSY)
    own = {"zone_kills": SHIPPED["zone_kills"] | {"signal": "as_zone"}}
    assert ended(base.with_(rules=own)).digest() == ended(base.with_(rules=SHIPPED)).digest()


def test_a_response_of_ones_own_that_says_the_same_as_ours_does_the_same():
    lm.register_response(as_hill)
    base = lm.load("strip", BUSY).with_(rules=SHIPPED)
    own = base.with_({"rules.zone_kills.response": "as_hill", "rules.MV12.response": "as_hill"})
    one, other = ended(base, 3.0), ended(own, 3.0)
    assert one.measures().keys() == other.measures().keys()
    near = [
        np.isclose(one.measures()[n], other.measures()[n], rtol=1e-9, equal_nan=True) for n in one.measures()
    ]
    assert all(near)


def test_it_obeys_interventions_on_its_signal_and_its_rule(scenario):
    blocked = scenario.with_(interventions=[lm.block("tumour", "sense.depth", factor=0.0, at="0 h")])
    off = scenario.with_(interventions=[lm.block("rule", "deep", factor=0.0, at="0 h")])
    without = scenario.with_({"rules.deep.enabled": False})
    leave = ("rates", "carried.touched")
    assert ended(blocked).digest(leave) == ended(off).digest(leave) == ended(without).digest(leave)
    half = scenario.with_(interventions=[lm.block("tumour", "sense.depth", factor=0.3, at="0 h")])
    farther = scenario.with_({"rules.deep.half_max": "400 um"})
    assert ended(half).digest(leave) == ended(farther).digest(leave) != ended(scenario).digest(leave)


def test_reach_hears_a_response_of_ones_own(scenario):
    found = reach(scenario, days=0.1).set_index("rule")
    assert found.loc["deep", "full"] > 0.0 == found.loc["deep", "speaks"]


@pytest.mark.parametrize("workers", [1, 2])
def test_they_go_along_into_comparisons_and_studies(scenario, workers, tmp_path):
    local = 0.5  # a function made in a notebook holds on to what is around it

    @lm.register_signal(unit="h")
    def waiting(sight, rows):
        """Hours since arrival, in halves."""
        return sight.cells["age"][rows] * local

    rule = {
        "tired": RULES["deep"]
        | {"signal": "waiting", "half_max": "1 h", "direction": "decreases", "maximum": "0 /h"}
    }
    both = scenario.with_(rules=rule)
    pairs = lm.compare(
        both, both.with_({"processes.burst.enabled": False}), seeds=[1, 2], days=0.25, workers=workers
    )
    summary = pairs.summary().set_index("measure").loc["full_granules"]
    assert summary["control_mean"] < summary["treated_mean"]
    study = Sweep(
        both,
        {"cells.mast.density": [0, 4000], "processes.burst.chance": [0.1, 1.0]},
        design="grid",
        name="own",
    )
    study = study.run(tmp_path / "study", workers=workers, progress=False)
    assert study.runs["full_granules"].notna().sum() == 2 and study.runs["digest"].nunique() == 3
    parts = pd.concat(pd.read_parquet(path) for path in (tmp_path / "study" / "runs").iterdir())
    assert parts["plugins"].str.contains("kind mast: mast_cells 1.2@").all()
    assert parts["plugins"].str.contains("signal waiting: test_plugins@").all()


def test_rules_and_processes_of_ones_own_can_be_ablated(scenario, tmp_path):
    found = lm.ablate(
        scenario,
        out=tmp_path / "study",
        days=0.25,
        seeds=2,
        rules=["degranulate", "deep", "burst", "MV12"],
        workers=1,
    )
    words = set(found.effects["ablation"] if hasattr(found, "effects") else found.words)
    assert words >= {"degranulate", "deep", "burst"}
    with pytest.raises(lm.LivermetError, match="burst, which can only be dropped"):
        lm.ablate(
            scenario, out=tmp_path / "study", days=0.25, seeds=2, rules=["burst"], mode="invert", workers=1
        )


def test_a_saved_state_goes_on_with_the_plugin_and_is_refused_without_it(scenario, tmp_path):
    model = lm.LiverModel(scenario, seed=1)
    model.run("3 h")
    model.save(tmp_path / "state.npz")
    loaded, forked = lm.LiverModel.load(tmp_path / "state.npz"), model.fork()
    for each in (model, loaded, forked):
        each.run("2 h")
    assert model.engine.digest() == loaded.engine.digest() == forked.engine.digest()
    PLUGINS.hold(())
    with pytest.raises(
        lm.LivermetError, match=r'needs the plug-in "mast_cells 1\.2@\w+" \(kind mast, .* not registered'
    ):
        lm.LiverModel.load(tmp_path / "state.npz")


def test_a_state_of_another_source_of_the_plugin_is_refused(tmp_path):
    file = tmp_path / "waits.py"
    text = '"""Wait."""\nimport livermet_sim as lm\n@lm.register_process\ndef wait(world, hours, own):\n    """Do nothing."""\n'
    file.write_text(text)
    lm.load_plugin(file)
    model = lm.LiverModel(lm.load("strip", BUSY).with_({"processes.wait": {}}), seed=1)
    model.run("1 h")
    model.save(tmp_path / "state.npz")
    before = model.scenario.digest
    file.write_text(text + "    return None\n")
    lm.load_plugin(file)
    assert lm.load("strip", BUSY).with_({"processes.wait": {}}).digest != before
    with pytest.raises(
        lm.LivermetError,
        match=r"process wait was made by waits@\w+, and here it is waits@\w+; a state goes on",
    ):
        lm.LiverModel.load(tmp_path / "state.npz")


def test_a_scenario_only_says_what_it_needs_and_imports_nothing(tmp_path, monkeypatch):
    (tmp_path / "evil.py").write_text("raise SystemExit('carried out')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    for given in ('["evil"]', '["evil.py"]', '{"kind evil" = "evil 1@0"}', '{"process os" = "os@0"}'):
        (tmp_path / "mine.toml").write_text(f'extends = "strip"\nplugins = {given}\n')
        with pytest.raises(lm.LivermetError, match="which is not registered; import it, give --plugin"):
            lm.load(tmp_path / "mine.toml")
    assert "evil" not in sys.modules
    (tmp_path / "mine.toml").write_text('extends = "strip"\nplugins = ["mast_cells"]\n[cells.mast]\n')
    lm.load_plugin(MAST)
    assert lm.load(tmp_path / "mine.toml").plugins.keys() == {"kind mast"}


class Entry:
    """Stand for what a package has installed as a plug-in."""

    name = module = "installed_wait"


def test_what_is_installed_as_a_plugin_is_loaded_where_a_scenario_needs_it(tmp_path, monkeypatch):
    text = (
        "import livermet_sim as lm\n@lm.register_process\ndef wait(world, hours, own):\n    'Do nothing.'\n"
    )
    (tmp_path / "installed_wait.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        loading, "entry_points", lambda group: [Entry] if group == "livermet_sim.plugins" else []
    )
    (tmp_path / "mine.toml").write_text(
        'extends = "strip"\nplugins = ["installed_wait"]\n[processes.wait]\nevery = "2 h"\n'
    )
    scenario = lm.load(tmp_path / "mine.toml")
    assert (
        scenario.value("processes.wait.every") == 2.0
        and "installed_wait@" in scenario.plugins["process wait"]
    )


def test_the_command_line_loads_what_it_is_told(scenario, tmp_path):
    (tmp_path / "mine.toml").write_text(scenario.to_toml())
    PLUGINS.hold(())
    run = [
        "run",
        str(tmp_path / "mine.toml"),
        "--days",
        "0.05",
        "--no-figures",
        "--quiet",
        "--out",
        str(tmp_path / "run"),
    ]
    told = CliRunner().invoke(cli.app, run)
    assert isinstance(told.exception, lm.LivermetError) and "mast_cells" in told.exception.sentence
    assert CliRunner().invoke(cli.app, [*run, "--plugin", str(MAST)]).exit_code == 0
    assert (
        CliRunner().invoke(cli.app, ["replay", str(tmp_path / "run"), "--plugin", str(MAST)]).exit_code == 0
    )


def test_another_process_started_anew_reads_the_file_for_itself(scenario):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(along(_digest_of), scenario).result(timeout=120)
    assert there == ended(scenario, 1.0).digest()


def _digest_of(scenario: lm.Scenario) -> str:
    return ended(scenario, 1.0).digest()


def test_a_worker_that_finds_another_file_says_so(tmp_path):
    file = tmp_path / "mast_cells.py"
    file.write_text(MAST.read_text())
    lm.load_plugin(file)
    packed = pickle.dumps(along(len))
    file.write_text(MAST.read_text() + "\n# edited\n")
    code = "import pickle, sys; pickle.loads(sys.stdin.buffer.read())"
    found = subprocess.run([sys.executable, "-c", code], input=packed, capture_output=True, check=False)
    assert found.returncode != 0 and b"mast_cells.py: a worker finds mast_cells 1.2@" in found.stderr


def test_registered_forgets_what_came_inside():
    with lm.registered(MAST):
        assert "mast" in PLUGINS.of("kind") and lm.load("strip", {"cells.mast.density": 1}).plugins
        lm.load("strip", {"cells.platypus.like": "nk"})
        assert lm.deplete("platypus")["target"] == "platypus"
    assert not PLUGINS.all()
    for name in ("platypus", "mast"):
        with pytest.raises(lm.LivermetError, match="is not a kind of cell"):
            lm.deplete(name)
    with pytest.raises(lm.LivermetError, match="there is no such kind of cell"):
        lm.load("strip", {"cells.mast.density": 1})
