"""Check that a readout added in one place stands everywhere, and that every readout only looks."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.app import panels
from livermet_sim.engine import Engine
from livermet_sim.model import LiverModel
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.readouts.own import added
from livermet_sim.observe.readouts.readout import CELL, FOUNDER, LESION, REGISTRY, RUN, len_of
from livermet_sim.observe.readouts.tables import everything, measures, words
from livermet_sim.result import Result
from livermet_sim.sweep.sweep import Sweep

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_worlds import shuffle_rows

BUSY = {"seeding.enrichment": 60, "cells.tumour.arrest_adhesive": 5.0, "cells.tumour.extravasate": 0.5}


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(lm.load("strip", BUSY), 1)
    engine.run(30.0)
    return engine


def full(view):
    """Kupffer cells with some of a tumour cell inside."""
    return int((view.cells["load"][view.rows("kupffer")] > 0.0).sum())


def add_full() -> None:
    lm.register_readout(name="full_kupffer", unit="cells", whole=True)(full)


def test_a_readout_added_in_one_place_is_everywhere(tmp_path):
    add_full()
    model = LiverModel(lm.load("strip", BUSY | {"run.days": 1.0}), seed=1)
    result = model.run()
    last = int((model.world.cells["load"][model.world.rows("kupffer")] > 0.0).sum())
    assert last > 0
    # the time series, the measures, a saved run, its units
    assert (
        result.timeseries["full_kupffer"].dtype.kind == "i"
        and result.timeseries["full_kupffer"].iloc[-1] == last
    )
    assert model.engine.measures()["full_kupffer"] == last == result.measures()["full_kupffer"]
    folder = result.save(tmp_path / "run", figures=False)
    assert Result.load(folder) == result and set(result.provenance["plugins"]) == {"readout full_kupffer"}
    assert pq.read_schema(folder / "timeseries.parquet").field("full_kupffer").metadata[b"unit"] == b"cells"
    # the tables for other programs, with a list that says what their columns are
    files = {path.name: path for path in result.export("csv", tmp_path / "csv")}
    assert "full_kupffer" in pd.read_csv(files["timeseries.csv"], nrows=0).columns
    said = (
        pd.read_csv(files["columns.csv"]).set_index(["table", "column"]).loc[("timeseries", "full_kupffer")]
    )
    assert said["unit"] == "cells" and said["doc"] == "Kupffer cells with some of a tumour cell inside."
    # the lists for readers
    row = lm.readouts().set_index("readout").loc["full_kupffer"]
    assert row["unit"] == "cells" and row["table"] == "time series and measures"
    shown = CliRunner().invoke(cli.app, ["show", "readouts"]).output
    assert "full_kupffer [cells]" in shown
    # the live page
    page = panels.every([SimpleNamespace(model=model, title="the liver")])
    assert f"<td>full_kupffer</td><td>{last}</td><td>cells</td>" in page and said["doc"] in page


@pytest.mark.parametrize("workers", [1, 2])
def test_it_goes_along_into_studies_and_comparisons(workers, tmp_path):
    local = 0.01  # a function made in a notebook holds on to what is around it

    @lm.register_readout(unit="cells", whole=True)
    def full_by_now(view):
        """Kupffer cells with a tumour cell inside."""
        return (view.cells["load"][view.rows("kupffer")] > local).sum()

    base = lm.load("strip", BUSY | {"run.days": 0.25})
    pairs = lm.compare(
        base, base.with_({"cells.kupffer.density": 0}), seeds=[1, 2], days=0.25, workers=workers
    )
    summary = pairs.summary().set_index("measure")
    assert summary.loc["full_by_now", "control_mean"] > 0 == summary.loc["full_by_now", "treated_mean"]
    assert "full_by_now" in pairs.timeseries.columns
    study = Sweep(base, {"cells.tumour.dormant_share": [0.1, 0.3]}, design="grid", name="own").run(
        tmp_path / "study", workers=workers, progress=False
    )
    assert "full_by_now" in study.measures and (study.runs["full_by_now"] > 0).any()
    parts = pd.concat(pd.read_parquet(path) for path in (tmp_path / "study" / "runs").iterdir())
    assert parts["plugins"].str.startswith("readout full_by_now: ").all()
    study.plot("response", "full_by_now")


def test_readouts_of_lesions_founders_and_cells_become_columns():
    @lm.register_readout(scope="lesion", unit="h")
    def age_h(view):
        """Hours since its first cell was held."""
        return view.hours - view.endings.arrested

    @lm.register_readout(scope="founder", unit="h")
    def crossing_h(view):
        """Hours from the first arrest to leaving the vessel."""
        return view.founders.crossed - view.founders.arrested

    @lm.register_readout(scope="cell")
    def breathes(view):
        """Whether there is oxygen at its site."""
        return view.cells["oxygen_mmHg"] > 0.0

    result = LiverModel(lm.load("strip", BUSY), seed=1).run("20 h")
    table = result.lesions
    assert (
        table["age_h"].equals(20.0 - table["arrested_h"].where(table["founder"] == table["lesion"]))
        or ((table["age_h"] + table["arrested_h"]).dropna() == 20.0).all()
    )
    assert (result.founders()["crossing_h"].dropna() >= 0).any()
    assert result.cells["breathes"].any() and len(result.cells["breathes"]) == len(result.cells)
    assert result.cells["breathes"].dtype == bool


def test_what_is_about_an_hour_is_missing_before(engine):
    @lm.register_readout(known_from="2 day")
    def late(view):
        """What is known on the second day."""
        return 1.0

    assert np.isnan(everything(engine.view())["late"])


def test_matter_in_rings_adds_up_to_that_of_the_tissue():
    engine = Engine(lm.load("strip", BUSY | {"phases.micrometastasis": 2, "phases.rim": 30.0}), 1)
    engine.run(30.0)
    engine.world.sites["collagen"][:] = np.arange(engine.world.tissue.n) / engine.world.tissue.n
    view = engine.view()
    found, sizes = everything(view), view.rings.areas(view.lattice.site)
    means = [found[f"collagen_mean_{ring}"] for ring in ("inside", "rim", "outside")]
    assert (sizes > 0.0).all() and np.dot(means, sizes) / sizes.sum() == pytest.approx(found["collagen_mean"])
    assert means[0] == pytest.approx(view.sites["collagen"][view.rings.ring == 0].mean())


def test_a_readout_survives_saving_and_forking(tmp_path):
    model = LiverModel(lm.load("strip", BUSY), seed=1)
    model.run("3 h")
    add_full()  # half-way, as in a notebook
    model.run("3 h")
    model.save(tmp_path / "state.npz")
    forked, loaded = model.fork(), LiverModel.load(tmp_path / "state.npz")
    ends = [each.run("2 h").timeseries for each in (model, forked, loaded)]
    assert ends[0].equals(ends[1])
    assert ends[2]["full_kupffer"].iloc[-1] == ends[0]["full_kupffer"].iloc[-1]
    assert ends[2].drop(columns="full_kupffer").equals(ends[0].drop(columns="full_kupffer"))
    lm.forget_readout("full_kupffer")
    assert "full_kupffer" not in LiverModel.load(tmp_path / "state.npz").run("1 h").timeseries


def assigns(statement: str):
    """Return a readout of one statement, as a notebook would have it."""
    found: dict = {}
    exec(f"def writer(view):\n    {statement}\n    return 1.0", found)
    return found["writer"]


WRITERS = {
    "a state of cells": assigns('view.cells["load"][:] = 9.0'),
    "cells in place": lambda view: np.multiply(view.cells["activation"], 0.0, out=view.cells["activation"]),
    "a column": assigns('view.cells["load"] = 1.0'),
    "sites": lambda view: view.sites["oxygen"].fill(0.0),
    "lesions": lambda view: view.lesions["cells"].sort(),
    "a signal": assigns('view.signals["vegf"][0] += 1.0'),
    "vessels": assigns("view.compartment[0] = 3"),
    "totals": assigns('view.totals["entered"] = 0'),
    "thresholds": assigns("view.phases.rim = 1.0"),
    "time": assigns("view.hours = 0.0"),
    "what happened": assigns("view.events.founder[:] = 0"),
    "what patterns are read from": assigns("view.architecture.oxygen[:] = 0.0"),
}


@pytest.mark.parametrize("what", WRITERS)
def test_a_readout_that_writes_is_refused(engine, what):
    before, thresholds = engine.digest(), dict(vars(engine.recorder.phases))
    lm.register_readout(WRITERS[what], name="writer", doc="Writes.", kept=["measures"])
    with pytest.raises(
        lm.LivermetError, match='readout "writer": it tries to change the run; a readout may only'
    ):
        engine.measures()
    assert engine.digest() == before and dict(vars(engine.recorder.phases)) == thresholds


@pytest.mark.parametrize(
    ("given", "of", "sentence"),
    [
        ({}, lambda view: 1, "needs a name of letters, digits and underscores; give name="),
        ({"name": "no good"}, lambda view: 1, "needs a name of letters"),
        ({"name": "silent"}, lambda view: 1, "it says not what it is"),
        ({"name": "tumour_cells", "doc": "Mine."}, lambda view: 1, 'readout "tumour_cells": the name is taken'),
        ({"name": "odd", "doc": "Mine.", "unit": "furlong"}, lambda view: 1, '"furlong" is not a unit'),
        ({"name": "odd", "doc": "Mine.", "scope": "lesions"}, lambda view: 1, 'did you mean "lesion"'),
        ({"name": "odd", "doc": "Mine.", "kept": ["serie"]}, lambda view: 1, 'did you mean "series"'),
        ({"name": "odd", "doc": "Mine.", "known_from": "2"}, lambda view: 1, "2"),
        ({"name": "odd", "doc": "Mine."}, 7, "7 is not a function of a view"),
    ],
)  # fmt: skip
def test_mistakes_are_said_when_it_is_added(given, of, sentence):
    with pytest.raises(lm.LivermetError) as told:
        lm.register_readout(of, **given)
    assert sentence in told.value.sentence
    assert not added()


@pytest.mark.parametrize(
    ("given", "of", "sentence"),
    [
        ({}, lambda view: view.cells["load"], "gives an array of shape"),
        ({}, lambda view: "many", "gives 'many' and not a number"),
        ({}, lambda view: 1 / 0, "it fails (ZeroDivisionError: division by zero)"),
        ({}, lambda view: np.inf, "infinite"),
        ({"whole": True}, lambda view: 0.5, "it gives 0.5, and it counts"),
        ({"scope": "lesion"}, lambda view: 3.0 * np.ones(2), "not one value a lesion"),
    ],
)
def test_mistakes_are_said_when_it_is_read(engine, given, of, sentence):
    lm.register_readout(of, name="odd", doc="Odd.", **given)
    with pytest.raises(lm.LivermetError) as told:
        engine.result()
    assert 'readout "odd"' in told.value.sentence and sentence in told.value.sentence


def test_an_unknown_one_is_named_with_the_nearest():
    add_full()
    with pytest.raises(lm.LivermetError, match='did you mean "full_kupffer"'):
        lm.forget_readout("full_kupfer")
    told = CliRunner().invoke(cli.app, ["show", "readouts", "tumor_cells"])
    assert 'there is no readout "tumor_cells"; did you mean "tumour_cells"' in str(told.exception)


def read_all(view) -> dict[str, object]:
    found: dict[str, object] = dict(everything(view))
    for scope in (LESION, FOUNDER):
        found |= {f"{scope}.{each.name}": each.column(view) for each in REGISTRY.of(scope)}
    return found


def same(a, b) -> bool:
    return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")


def test_every_readout_looks_only_gives_what_it_declares_and_knows_no_order_of_rows(engine):
    """The contract of readouts, those of a user's own included."""
    add_full()
    state, first = engine.digest(), read_all(engine.view())
    again = read_all(engine.view())
    assert engine.digest() == state
    shuffle_rows(engine, 5)
    shuffled = read_all(engine.view())
    for name, value in first.items():
        assert same(value, again[name]) and same(value, shuffled[name]), name
    view = engine.view()
    for name, readout, _ in REGISTRY.named(view):
        readout.values.check(name, np.array([first[name]], dtype=float))
    for scope in (LESION, FOUNDER):
        for each in REGISTRY.of(scope):
            values = np.asarray(first[f"{scope}.{each.name}"])
            assert len(values) == len_of(view, scope)
            each.values.check(each.name, values.astype(object) if values.dtype.kind == "U" else values)


def test_a_saved_run_gives_the_same_as_the_run_did(engine):
    result = engine.result()
    kept, live = Kept(result), engine.view()
    missing = {
        "new_vessel_mm",
        "new_vessel_perfused_mm",
        "new_vessel_density_mm_mm2",
        "area_doubling_h",
        "stepped_back_twice_share",
    }
    for name, value in measures(live).items():
        assert same(measures(kept)[name], value) or name in missing, name
    seen = np.flatnonzero(~np.isnan(live.founders.entered))
    for each in REGISTRY.of(FOUNDER):
        assert same(each.column(kept), each.column(live)[seen]), each.name
    assert result.founders()["founder"].tolist() == seen.tolist()
    assert {scope for scope in (RUN, LESION, FOUNDER, CELL)} == {each.scope for each in REGISTRY.all()}


def test_charts_name_units_once():
    assert words("new_vessel_perfused_mm") == "new vessel perfused (mm)"
    assert words("vessel_density_mm_mm2") == "vessel density (mm/mm²)"
    assert words("kupffer_inside_per_mm2") == "kupffer inside (cells/mm²)"
    assert words("n_nk") == "nk cells" and words("nobody_knows") == "nobody knows"
