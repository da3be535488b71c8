"""Write and read what users write: scenarios, interventions, studies and calibrations."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import livermet_sim as lm
from livermet_sim.matching.file import read as read_matching
from livermet_sim.observe.record import plain as as_json
from livermet_sim.scenario.load import from_dict
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.validation.experiment import read as read_experiment

SCENARIO = """name = "mine"
extends = "strip"
line = "mc38"

[run]
days = 5
step = "0.25 h"

[tissue]
length = "400 um"
width = "200 um"
waviness = 0.2

[seeding]
dose = "50 /mm3"
enrichment = 20

[observe]
interval = "2 h"
snapshots = "1 2.5"

[cells.kupffer]
density = "5000 /mm3"
share_periportal = 0.5

[cells.tumour]
divide = 0.05

[rules.MV13]
enabled = false

[rules.my_rule]
actor = "tumour"
signal = "oxygen"
direction = "decreases"
behaviour = "crawl"
maximum = "0 um/min"
half_max = "20 mmHg"
source = "assumed"
"""
RULES = """extends = "strip"

[rules.MV6]
enabled = false

[rules.MV12]
maximum = "x4"
half_max = 3
where = ["lumen", "tissue"]
source = "A paper"
grade = "found"

[rules.my_rule]
actor = "tumour"
signal = "oxygen"
behaviour = "crawl"
maximum = "0 um/min"
half_max = "20 mmHg"

[rules.other]
actor = "kupffer"
signal = "lack.contact.tumour"
direction = "increases"
behaviour = "secrete.tnf"
maximum = "80 relative"
half_max = 0.5
power = 4
says = "A mechanism in words."
"""
EXPERIMENT = """reference = "Somebody 2013"
source = "doi:10.1/2"
what = "no Kupffer cells"
line = "mc38"
readout = "tumour_cells"
day = 14
expected = "up"
published = 2
band = [1.2, 3]
phases = ["growth"]
how = "proxy"
assumed = ["the day"]

[[treated]]
action = "deplete"
target = "kupffer"
start = "-1 day"

[values]
"seeding.enrichment" = 10
"""
INTERVENTIONS = """name = "treated"
extends = "strip"

[[interventions]]
action = "deplete"
target = "kupffer"
start = "1 day"
efficacy = 0.9

[[interventions]]
action = "dose"
drug = "anti_vegf"
start = "1 day"
doses = 2

[[interventions]]
action = "condition"
condition = "sepsis"

[[interventions]]
action = "block"
target = "lsec"
behaviour = "sprout"
start = "2 day"
"""
STUDY = """doc = "A small study."
scenario = "strip"
days = 3
series = "6 h"

[set]
"seeding.enrichment" = 50

[design]
kind = "latin-hypercube"
samples = 6
replicates = 2
seed = 1
paired = true

[factors]
"cells.kupffer.density" = { low = "0 /mm3", high = "30000 /mm3" }
"seeding.dose" = { low = "20 /mm3", high = "200 /mm3", scale = "log" }
"rules.MV12.enabled" = { values = [true, false] }
"""
CALIBRATION = """scenario = "strip"
days = 0.02
[set]
"seeding.dose" = "50 /mm3"
[calibration]
trials = 2
batch = 2
replicates = 1
seed = 1
[factors]
"cells.kupffer.density" = { low = "0 /mm3", high = "40000 /mm3" }
[arms.depleted]
"cells.kupffer.density" = 0
[[targets]]
measure = "tumour_cells"
value = 7.75
error = 0.9
[[targets]]
name = "ratio"
measure = "tumour_cells"
arm = "depleted"
over = "main"
value = 1.24
error = 0.19
"""
MATCHING = """name = "mine"
scenario = "baseline"
lobules = 2

[matching]
waves = 1
points = 4
seeds = 1
seed = 3

[factors]
"cells.tumour.divide" = { low = "0.028 /h", high = "0.045 /h", scale = "log" }
"rules.AN5.half_max" = { low = 0.5, high = 1.2 }

[held_against]
anchors = ["mc38:*"]
experiments = ["wen_kc_early"]

[watched]
experiments = ["correia_*"]
"""


def text_file(text: str) -> Callable[[Path], Any]:
    """Return a maker of one TOML file."""
    return lambda folder: (folder / "mine.toml").write_text(text, encoding="utf-8")


def leaves(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of nested tables by dotted name."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= (
            leaves(value, f"{prefix}{key}.")
            if isinstance(value, Mapping) and value
            else {f"{prefix}{key}": value}
        )
    return found


def scenario(folder: Path, rng: np.random.Generator) -> Any:
    """Read a scenario, and read again what it would keep in a result."""
    found = lm.load(folder / "mine.toml")
    assert from_dict(json.loads(json.dumps(as_json(found.to_dict())))) == found
    return found


def scenario_is_as_written(folder: Path, content: Any, whole: Any) -> str:
    """Say what of a scenario is not as its file has it: plain numbers and switches, and the number of interventions."""
    tables = tomllib.loads((folder / "mine.toml").read_text(encoding="utf-8-sig"))
    for name, value in leaves(tables).items():
        plain = isinstance(value, bool | int | float) and not name.startswith(("rules.", "interventions"))
        if plain and content.value(name) not in (value, str(value)):
            return f"{name} is {content.value(name)} and {value} in the file"
    given = tables.get("interventions", [])
    return "" if len(content.interventions) == len(given) else f"{len(given)} interventions were written"


def study(folder: Path, rng: np.random.Generator) -> Any:
    """Read a study file."""
    sweep = Sweep.load(folder / "mine.toml")
    own = (sweep.design, sweep.samples, sweep.replicates, sweep.seed, sweep.paired, sweep.series)
    return sweep.base.digest, repr(sweep.factors), own, len(sweep.points)


def calibration(folder: Path, rng: np.random.Generator) -> Any:
    """Read a calibration file."""
    own = Calibration.load(folder / "mine.toml")
    numbers = (own.trials, own.batch, own.replicates, own.seed)
    return own.base.digest, repr(own.factors), repr(own.targets), repr(own.arms), numbers


def matching(folder: Path, rng: np.random.Generator) -> Any:
    """Read a matching file."""
    return read_matching(str(folder / "mine.toml")).key


def experiment(folder: Path, rng: np.random.Generator) -> Any:
    """Read a published experiment."""
    return read_experiment(folder / "mine.toml")
