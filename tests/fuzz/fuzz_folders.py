"""Make and read the folders that the model leaves: results, studies, calibrations, packed runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_toml import CALIBRATION, text_file

import livermet_sim as lm
from livermet_sim.base import checksums
from livermet_sim.base.read import read_object
from livermet_sim.engine import Engine
from livermet_sim.observe import folder as result_folder
from livermet_sim.observe.archive import opened, pack
from livermet_sim.observe.origin import origin
from livermet_sim.result import Result
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.schema import SUM_KEY, part_name, sealed_json


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
    if not manifest.is_file():
        return
    try:
        table = read_object(manifest.read_bytes())
        if design.is_file() and "table" in table:
            table["table"] = hashlib.sha256(design.read_bytes()).hexdigest()
        table.pop(SUM_KEY, None)
        manifest.write_text(sealed_json(table), encoding="utf-8")
    except ValueError:
        pass  # what is no JSON has no checksum to be put right


def make_calibration(folder: Path) -> None:
    """Run a calibration of two trials."""
    text_file(CALIBRATION)(folder)
    fit(folder, np.random.default_rng(0))


def fit(folder: Path, rng: np.random.Generator) -> Any:
    """Go on with a calibration, which mends what is damaged and says so."""
    found = Calibration.load(folder / "mine.toml").run(folder / "fit", workers=1, progress=False)
    return found.report()


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
