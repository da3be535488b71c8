"""Stand in for parts of the engine that these tests need only the shape of."""

from __future__ import annotations

from pathlib import Path

import pytest

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.observe import parameters
from livermet_sim.processes import seeding
from livermet_sim.rulebook import book
from livermet_sim.scenario import sections
from livermet_sim.state import clock
from livermet_sim.state.signals import SYSTEMIC

TISSUE = Section(
    "tissue",
    "The piece of liver.",
    (
        Parameter("kind", "patch", "", "Shape.", choices=("lobule", "patch", "strip", "mask")),
        Parameter("site", 10.0, "um", "Edge of a site.", 2.0, 50.0),
    ),
)
SECTIONS = (clock.SECTION, TISSUE, seeding.SECTION, SYSTEMIC, parameters.SECTION)
RULE = {
    "actor": "lsec",
    "signal": "tnf",
    "direction": "increases",
    "behaviour": "activate",
    "maximum": "0.5 /h",
    "half_max": 0.5,
    "source": "A paper",
    "grade": "recalled",
    "says": "TNF brings up adhesion molecules.",
}
RECORDS = {"MV12": RULE, "MV6.tnf": RULE, "MV6.il1": {**RULE, "signal": "il1"}}


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the scenario layer a small engine and a small library of rules."""
    monkeypatch.setattr(sections, "SECTIONS", SECTIONS)
    monkeypatch.setattr(book, "library_records", lambda: RECORDS)
    monkeypatch.setattr(book, "missing", lambda: {"MV99": "nobody knows how it works."})


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that writes a scenario file into the working folder and gives its path."""
    monkeypatch.chdir(tmp_path)

    def make(text: str | bytes, name: str = "mine.toml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return make
