"""The table of ablations that ships is about the mechanisms of today, and README says what is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

import livermet_sim
from livermet_sim.sweep.ablate import Ablation

ROOT = Path(__file__).parents[2]
TABLE = Path(livermet_sim.__file__).parent / "library" / "ablation.csv"


def test_the_table_has_every_mechanism_and_intervals_that_hold_their_ratio():
    table = pd.read_csv(TABLE, comment="#")
    assert set(table["mechanism"]) == set(Ablation("baseline").words)
    known = table.dropna(subset=["ratio", "low", "high"])
    assert len(known) > 0.7 * len(table)
    assert ((known["low"] <= known["ratio"]) & (known["ratio"] <= known["high"])).all()
    assert not table["beyond_luck"][table["identical_pairs"] == table["pairs"]].any()


def test_readme_counts_as_the_table_does():
    table = pd.read_csv(TABLE, comment="#")
    each = table.groupby("mechanism")
    acting = int(each["beyond_luck"].any().sum())
    silent = int((each["identical_pairs"].min() == each["pairs"].max()).sum())
    said = re.search(
        r"of (\d+) mechanisms (\d+) change one of\nten readouts beyond luck, and (\d+) not a bit",
        (ROOT / "README.md").read_text(encoding="utf-8"),
    )
    assert said and [int(word) for word in said.groups()] == [len(each), acting, silent]
    assert table["readout"].nunique() == 10
