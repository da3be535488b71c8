"""The digest of a scenario covers what its files hold, not where they lie."""

from __future__ import annotations

import os
import pickle
import shutil

import numpy as np
import pytest
import tifffile
from PIL import Image

from livermet_sim.base.errors import TissueError
from livermet_sim.cells import tumour_lines
from livermet_sim.engine import Engine
from livermet_sim.interventions import library
from livermet_sim.rulebook import book
from livermet_sim.scenario.load import from_dict, load
from livermet_sim.sweep.sweep import Sweep


def labels(rows=(10,)):
    picture = np.full((30, 40), 3, dtype=np.uint8)
    picture[:, :3], picture[:, -3:] = 1, 4
    picture[list(rows), 3:-3] = 2
    return picture


def saved(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    {".npy": np.save, ".tif": tifffile.imwrite}.get(
        path.suffix, lambda p, array: Image.fromarray(array).save(p)
    )(path, picture)
    return load("strip", {"tissue.kind": "mask", "tissue.image": str(path), "tissue.image_pixel": 10})


def test_one_picture_under_two_paths_and_in_three_formats_has_one_digest(tmp_path):
    digests = {saved(tmp_path / name, labels()).digest for name in ("a.png", "b/c.npy", "d.tif", "a b.png")}
    assert len(digests) == 1
    assert saved(tmp_path / "other.png", labels((11,))).digest not in digests
    facts = {"axes": "YX", "PhysicalSizeX": 10.0, "PhysicalSizeY": 10.0}
    tifffile.imwrite(tmp_path / "own.tif", labels(), ome=True, metadata=facts)
    own = load("strip", {"tissue.kind": "mask", "tissue.image": str(tmp_path / "own.tif")})
    assert own.digest in digests


@pytest.mark.parametrize("pixel", [(0, 5), (15, 20), (29, 39)])
def test_an_edited_pixel_gives_another_digest(tmp_path, pixel):
    scenario, picture = saved(tmp_path / "a.png", labels()), labels()
    before = scenario.digest
    picture[pixel] = 0
    saved(tmp_path / "a.png", picture)
    assert scenario.digest != before
    again = pickle.loads(pickle.dumps(scenario))
    assert again.digest == scenario.digest == from_dict(scenario.to_dict()).digest
    saved(tmp_path / "a.png", labels())
    assert scenario.digest == before


def test_a_run_is_recorded_with_the_picture_that_it_was_built_from(tmp_path):
    scenario = saved(tmp_path / "a.png", labels())
    before = scenario.digest
    engine = Engine(scenario, 1)
    saved(tmp_path / "a.png", labels((10, 20)))
    assert engine.result().provenance["scenario_digest"] == before != scenario.digest
    os.remove(tmp_path / "a.png")
    with pytest.raises(TissueError, match="there is no such file"):
        _ = scenario.digest


def test_a_study_computes_again_what_an_edited_picture_changes(tmp_path):
    def study(folder):
        scenario = load(
            "strip",
            {"tissue.kind": "mask", "tissue.image": str(tmp_path / "a.png"), "tissue.image_pixel": 10},
        )
        sweep = Sweep(scenario, {"cells.kupffer.density": [0, 13000]}, design="grid", days=0.25)
        return sweep.run(folder, workers=1, progress=False).runs.set_index("cells.kupffer.density")

    saved(tmp_path / "a.png", labels())
    first = study(tmp_path / "study")
    assert study(tmp_path / "study")["seconds"].equals(first["seconds"])
    saved(tmp_path / "a.png", labels(range(6, 26, 4)))
    second, fresh = study(tmp_path / "study"), study(tmp_path / "fresh")
    measures = [name for name in fresh.columns if name in first.columns and name not in ("seconds", "run")]
    assert second[measures].equals(fresh[measures])
    assert not second[measures].equals(first[measures])


def test_what_a_file_extends_counts_by_its_content(tmp_path):
    for folder, density in (("a", 5), ("b", 5), ("c", 6)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "old.toml").write_text(f'extends = "strip"\n[cells.nk]\ndensity = {density}')
        (tmp_path / folder / "new.toml").write_text('extends = "old.toml"')
    digests = [load(tmp_path / folder / "new.toml").digest for folder in "abc"]
    assert digests[0] == digests[1] != digests[2]
    shutil.copy(tmp_path / "c" / "old.toml", tmp_path / "a" / "old.toml")
    assert load(tmp_path / "a" / "new.toml").digest == digests[2]


@pytest.mark.parametrize("what", ["rule", "line", "drug", "condition"])
def test_what_the_library_holds_counts_by_its_content(monkeypatch, what):
    treated = [{"action": "dose", "drug": next(iter(library.entries("dose")))}]
    treated.append({"action": "condition", "condition": next(iter(library.entries("condition")))})
    whole = load("b16f1").with_(interventions=treated)
    if what == "rule":
        records = {id: dict(record) for id, record in book.library_records().items()}
        records["MV12"]["power"] = 3.5
        monkeypatch.setattr(book, "library_records", lambda: records)
    elif what == "line":
        line = tumour_lines.load("b16f1")
        values = line.values() | {"diameter": 17.25}
        monkeypatch.setattr(type(line), "values", lambda self: values)
    else:
        action = {"drug": "dose", "condition": "condition"}[what]
        entries = {name: dict(entry) for name, entry in library.entries(action).items()}
        name = treated[what == "condition"][what]
        part = "effects" if what == "drug" else "changes"
        entries[name][part] = [
            {key: value * 0.5 if isinstance(value, float) else value for key, value in own.items()}
            for own in entries[name][part]
        ]
        real = library.entries
        monkeypatch.setattr(library, "entries", lambda asked: entries if asked == action else real(asked))
    assert load("b16f1").with_(interventions=treated).digest != whole.digest


def test_a_point_of_a_study_without_its_picture_fails_alone(tmp_path):
    saved(tmp_path / "a.png", labels())
    base = load(
        "strip", {"tissue.kind": "mask", "tissue.image": str(tmp_path / "a.png"), "tissue.image_pixel": 10}
    )
    images = [str(tmp_path / "a.png"), str(tmp_path / "nowhere.png")]
    sweep = Sweep(base, {"tissue.image": images}, design="grid", days=0.1)
    runs = sweep.run(tmp_path / "study", workers=1, progress=False).runs
    assert runs["status"].tolist() == ["done", "failed"]
    assert runs["error"].iloc[1].endswith("nowhere.png: there is no such file")
