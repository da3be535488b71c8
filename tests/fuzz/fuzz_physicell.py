"""Rules in the grammar of PhysiCell, whole and as a plain reader sees them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import livermet_sim as lm

ROWS = """// rules of a model, version 3
malignant epithelial cell,oxygen,decreases,necrosis,0,3.75,8,0
malignant epithelial cell,oxygen,increases,cycle entry,0.0072,21.5,4,0
malignant epithelial cell,pressure,decreases,cycle entry,0,0.25,3,0
malignant epithelial cell,volume,increases,apoptosis,1e-3,1000,3,1

NK cell,contact with malignant epithelial cell,decreases,migration speed,0.5,1,4,0
NK cell,ifn_gamma,increases,attack malignant epithelial cell,0.01,0.5,2,0
stranger,debris,increases,debris secretion,1,0.5,2,0
"""
FIELDS = ("cell", "signal", "direction", "behaviour", "maximum", "half_max", "power", "dead")


@cache
def strip() -> lm.Scenario:
    """Return the scenario in whose words the rules are read."""
    return lm.load("strip")


def make(folder: Path) -> Any:
    """Write a file of rules."""
    (folder / "mine.csv").write_text(ROWS, encoding="utf-8")


def make_both(folder: Path) -> Any:
    """Write a file of rules and what is kept beside it."""
    make(folder)
    read(folder, np.random.default_rng(0)).save(folder / "mine.csv")


def read(folder: Path, rng: np.random.Generator) -> lm.PhysicellRules:
    """Read a file of rules, find their meaning, and write them again."""
    found = lm.read_physicell(folder / "mine.csv", scenario=strip())
    assert found.text() and repr(found)
    return found


def same(one: lm.PhysicellRules, other: lm.PhysicellRules) -> bool:
    """Say whether two files say the same."""
    return one.rows == other.rows and one.entries == other.entries


def is_as_written(folder: Path, content: Any, whole: Any) -> str:
    """Say which row is not as its line has it."""
    text = (folder / "mine.csv").read_bytes().decode("utf-8").replace("\r\n", "\n").removesuffix("\r")
    lines = [line for line in text.split("\n") if line and not line.startswith("//")]
    if len(content.rows) != len(lines):
        return f"{len(content.rows)} rows of {len(lines)} lines"
    for row, line in zip(content.rows, lines, strict=True):
        given = line.split("," if "," in line else "\t")[:8]
        for name, field in zip(FIELDS, given, strict=True):
            value = getattr(row, name)
            meant = (
                field if isinstance(value, str) else bool(float(field)) if name == "dead" else float(field)
            )
            if value != meant:
                return f"{name} is {value} of {line}"
    return ""
