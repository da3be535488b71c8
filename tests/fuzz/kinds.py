"""List every kind of file that the model reads: how a whole one is made, and the public way to read it."""

from __future__ import annotations

import hashlib
import json
import struct
import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from drive import Kind
from PIL import Image

import livermet_sim as lm
from livermet_sim.base import checksums
from livermet_sim.base.read import read_object
from livermet_sim.engine import Engine
from livermet_sim.observe import folder as result_folder
from livermet_sim.observe.archive import opened, pack
from livermet_sim.observe.origin import origin
from livermet_sim.observe.result import Result, plain
from livermet_sim.scenario.load import from_dict
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.file import read as read_study
from livermet_sim.sweep.schema import SUM_KEY, part_name, sealed_json

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
    assert from_dict(json.loads(json.dumps(plain(found.to_dict())))) == found
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
    sweep = read_study(folder / "mine.toml")
    own = (sweep.design, sweep.samples, sweep.replicates, sweep.seed, sweep.paired, sweep.series)
    return sweep.base.digest, repr(sweep.factors), own, len(sweep.points)


def calibration(folder: Path, rng: np.random.Generator) -> Any:
    """Read a calibration file."""
    own = Calibration.load(folder / "mine.toml")
    numbers = (own.trials, own.batch, own.replicates, own.seed)
    return own.base.digest, repr(own.factors), repr(own.targets), repr(own.arms), numbers


@cache
def made_up() -> Result:
    """Return a small result that nobody ran."""
    from synthetic import result

    return result(radius=8, count=10)


def result(folder: Path, rng: np.random.Generator) -> Any:
    """Read a result and say what it says."""
    found = Result.load(folder / "run")
    found.summary(), found.funnel(), found.deaths(), repr(found), found._repr_html_()
    return found


def shown(folder: Path, rng: np.random.Generator) -> Any:
    """Read a result and show it in one of all ways."""
    from matplotlib import pyplot

    from livermet_sim.viz.figures import FIGURES

    found = Result.load(folder / "run")
    names = [*sorted(FIGURES), "csv", "geojson", "player", "survival"]
    name = names[int(rng.integers(len(names)))]
    if name in FIGURES:
        found.plot(name)
        pyplot.close("all")
    elif name == "player":
        found.player(folder / "player.html")
    elif name == "survival":
        found.survival("extravasated")
    else:
        found.export(name, folder / "export")
    return found


def reseal_result(folder: Path) -> None:
    """Give a result the checksums of what lies there now, as somebody who means it would."""
    if not (folder / "run" / checksums.SEAL).is_dir():
        checksums.seal(folder / "run", result_folder.OURS - {checksums.SEAL})


def make_study(folder: Path) -> None:
    """Run a study of two runs."""
    factors = {"cells.kupffer.density": (0, 30000)}
    sweep = lm.Sweep("strip", factors, samples=2, days=0.02, changes={"seeding.dose": 50}, series="0.25 h")
    sweep.run(folder / "study", workers=1, progress=False)


def study_folder(folder: Path, rng: np.random.Generator) -> Any:
    """Read a study and say what it says."""
    found = lm.Study(folder / "study")
    found.summary(), repr(found), found.failures, found.measures
    return found.design, found.runs, found.timeseries, found.manifest


def same_study(one: Any, other: Any) -> bool:
    """Say whether two studies hold the same tables and the same manifest."""
    return one[3] == other[3] and all(a.equals(b) for a, b in zip(one[:3], other[:3], strict=True))


def only_parts_are_gone(folder: Path, content: Any, whole: Any) -> str:
    """Say whether a study has changed by more than parts that are not there any more, whose runs it calls open."""
    parts = sorted((folder / "study" / "runs").glob("*.parquet"))
    known = set(content[1]["run"])
    left = [table[table["run"].isin(known)].reset_index(drop=True) for table in whole[1:3]]
    same = content[3] == whole[3] and content[0].equals(whole[0])
    same = same and all(one.equals(other) for one, other in zip(content[1:3], left, strict=True))
    return "" if same and len(parts) == len(known) else "runs have changed"


def reseal_study(folder: Path) -> None:
    """Give the parts of a study the names, and its manifest the checksums, that fit what lies there now."""
    place = folder / "study"
    for part in sorted(place.glob("runs/*.parquet")):
        series = place / "series" / part.name
        whole = [path.read_bytes() if path.is_file() else None for path in (part, series)]
        if whole[0] is not None:
            name = part_name(whole[0], whole[1])
            part.rename(part.with_name(name))
            if whole[1] is not None:
                series.rename(series.with_name(name))
    manifest, design = place / "manifest.json", place / "design.parquet"
    try:
        table = read_object(manifest.read_bytes())
        if design.is_file() and "table" in table:
            table["table"] = hashlib.sha256(design.read_bytes()).hexdigest()
        table.pop(SUM_KEY, None)
        manifest.write_text(sealed_json(table), encoding="utf-8")
    except (OSError, ValueError, RecursionError):
        pass  # what is no JSON has no checksum to be put right


def make_calibration(folder: Path) -> None:
    """Run a calibration of two trials."""
    text_file(CALIBRATION)(folder)
    fit(folder, np.random.default_rng(0))


def fit(folder: Path, rng: np.random.Generator) -> Any:
    """Go on with a calibration, which mends what is damaged and says so."""
    found = Calibration.load(folder / "mine.toml").run(folder / "fit", workers=1, progress=False)
    return found.report()


def labels() -> np.ndarray:
    """Return a drawing of two portal tracts, two central veins and the sinusoids between them."""
    picture = np.full((30, 40), 3, dtype=np.uint8)
    picture[:, :3], picture[:, -3:] = 1, 4
    picture[::5, 3:-3] = 2
    return picture


COLOURS = {1: (0, 0, 255), 2: (255, 0, 0), 3: (200, 180, 160), 4: (0, 0, 90)}
COLOUR_TABLE = "portal #0000ff, sinusoid #ff0000, parenchyma #c8b4a0, central #00005a"


def save_labels(path: Path) -> None:
    """Save the drawing in the form that the ending names."""
    import tifffile

    if path.suffix == ".npy":
        np.save(path, labels())
    elif path.suffix == ".tif":
        tifffile.imwrite(
            path, labels(), resolution=(1000, 1000), resolutionunit="CENTIMETER", compression="zlib"
        )
    else:
        Image.fromarray(labels()).save(path)


def save_palette(path: Path) -> None:
    """Save the drawing as a picture with a palette."""
    image = Image.fromarray(labels(), "P")
    image.putpalette([part for i in range(5) for part in COLOURS.get(i, (255, 255, 255))])
    image.save(path)


def picture(name: str, colours: str = "") -> Callable[[Path, np.random.Generator], Any]:
    """Return a reader of a section that somebody drew, as a tissue."""
    from livermet_sim.anatomy import build, mask

    changes = {
        "tissue.kind": "mask",
        "tissue.image_pixel": "10 um",
        "tissue.site": "10 um",
        "tissue.image_dropped": 1.0,
    }
    if colours:
        changes["tissue.image_colours"] = colours

    def read(folder: Path, rng: np.random.Generator) -> Any:
        own = lm.load("strip").with_(changes | {"tissue.image": str(folder / name)})
        settings = own.values["tissue"]
        build.build(settings, 1)
        return mask._picture(settings).digest

    return read


def make_pack(folder: Path) -> None:
    """Run a liver for half an hour, save it and pack it."""
    run = folder / "run"
    lm.LiverModel(lm.load("strip", {"run.days": 0.02, "seeding.dose": 50}), seed=3).run().save(
        run, figures=False
    )
    pack(run, folder / "run.zip")


def replayed(name: str) -> Callable[[Path, np.random.Generator], Any]:
    """Return a reader of a run that is to be run again, which goes as far as the first step."""

    def read(folder: Path, rng: np.random.Generator) -> Any:
        with opened(folder / name) as place:
            found = origin(place)
            return Engine(lm.load(found.scenario), found.seed).digest(), replace(found, scenario=Path())

    return read


def png_is_whole(folder: Path, content: Any, whole: Any) -> str:
    """Say whether a picture that was read has a checksum that does not fit: a change that should have been noticed."""
    data, at = (folder / "a.png").read_bytes(), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 8 + length
        if zlib.crc32(data[at + 4 : end]).to_bytes(4, "big") != data[end : end + 4]:
            return f"the checksum of {data[at + 4 : at + 8]!r} does not fit"
        if data[at + 4 : at + 8] == b"IEND":
            return ""
        at = end + 4
    return "it has no end"


KINDS = (
    Kind("scenario (TOML)", text_file(SCENARIO), scenario, judge=scenario_is_as_written),
    Kind("interventions (TOML)", text_file(INTERVENTIONS), scenario, judge=scenario_is_as_written),
    Kind("study (TOML)", text_file(STUDY), study),
    Kind("calibration (TOML)", text_file(CALIBRATION), calibration),
    Kind("result", lambda folder: made_up().save(folder / "run", figures=False), result, "run/*", sealed=True),
    Kind("result with new checksums", lambda folder: made_up().save(folder / "run", figures=False), result, "run/*", after=reseal_result),
    Kind("result with new checksums, drawn", lambda folder: made_up().save(folder / "run", figures=False), shown, "run/*", after=reseal_result),
    Kind("study's folder", make_study, study_folder, "study/**/*", same=same_study, judge=only_parts_are_gone),
    Kind("study's folder with new checksums", make_study, study_folder, "study/**/*", after=reseal_study, same=same_study),
    Kind("calibration's folder", make_calibration, fit, "fit/**/*", sealed=True),
    Kind("packed run", make_pack, replayed("run.zip"), "run.zip", sealed=True),
    Kind("run to be run again", make_pack, replayed("run"), "run/*", sealed=True),
    Kind("run to be run again, with new checksums", make_pack, replayed("run"), "run/*", after=reseal_result),
    Kind("labels (PNG)", lambda folder: save_labels(folder / "a.png"), picture("a.png"), judge=png_is_whole),
    Kind("labels (PNG with a palette)", lambda folder: save_palette(folder / "a.png"), picture("a.png", COLOUR_TABLE), judge=png_is_whole),
    Kind("labels (TIFF)", lambda folder: save_labels(folder / "a.tif"), picture("a.tif")),
    Kind("labels (NPY)", lambda folder: save_labels(folder / "a.npy"), picture("a.npy")),
)  # fmt: skip
