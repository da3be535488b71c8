"""Check that a checkpoint is read whole or refused in a sentence, whatever a stranger has put into it."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from livermet_sim.base.arrays import array
from livermet_sim.base.errors import ResultError
from livermet_sim.base.values import Values
from livermet_sim.engine import Engine
from livermet_sim.observe import checkpoint
from livermet_sim.scenario.resume import resume
from livermet_sim.state import stored

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_worlds import eventful


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Return a run under way."""
    made = eventful()
    made.run(12.0)
    return made


@pytest.fixture(scope="module")
def whole(engine, tmp_path_factory) -> bytes:
    """Return its checkpoint."""
    path = tmp_path_factory.mktemp("checkpoint") / "a.npz"
    engine.save(path)
    return path.read_bytes()


def changed(whole: bytes, name: str, data: bytes | None) -> bytes:
    """Return a checkpoint in which one entry is another, with its checksum, or is gone; what was the same stays as it was."""
    stream = io.BytesIO()
    head, files = opened(whole)
    if name != "checkpoint.json":
        files |= {other: files[one] for other, one in head["same"].items()}
        files["checkpoint.json"] = json.dumps(head | {"same": {}}).encode()
    files.pop(name, None)
    with zipfile.ZipFile(stream, "w") as new:
        for each, content in (files | ({name: data} if data is not None else {})).items():
            new.writestr(each, content)
    return stream.getvalue()


def opened(whole: bytes) -> tuple[dict, dict[str, bytes]]:
    """Return the head of a checkpoint and its entries, arrays unpacked."""
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        files = {each: old.read(each) for each in old.namelist()}
    head = json.loads(files["checkpoint.json"])
    return head, checkpoint._unpacked(files, head["sizes"])


def entry(whole: bytes, name: str) -> bytes:
    """Return one entry of a checkpoint, or that which is the same."""
    head, files = opened(whole)
    return files[head["same"].get(name, name)]


def npy(values: np.ndarray, **own: object) -> bytes:
    """Return an array as a file has it."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, values, **own)
    return stream.getvalue()


def refused(data: bytes, folder: Path) -> str:
    """Return the sentence with which a checkpoint is refused."""
    path = folder / "b.npz"
    path.write_bytes(data)
    with pytest.raises(ResultError) as caught:
        resume(path)
    assert "\n" not in caught.value.sentence and str(path) in caught.value.sentence
    return caught.value.sentence


def test_one_state_gives_the_same_bytes(engine, whole, tmp_path):
    engine.save(tmp_path / "c.npz")
    assert (tmp_path / "c.npz").read_bytes() == whole


@settings(max_examples=80, deadline=None)
@given(
    arrays(
        st.sampled_from([np.uint8, np.uint32, np.int8, np.int64, np.float32, np.float64, np.bool_]),
        array_shapes(min_dims=1, max_dims=2, max_side=40),
    )
)
def test_every_array_comes_back_however_it_lies(values):
    narrow = checkpoint._narrow(values)
    for lying in (narrow, np.asfortranarray(narrow)):
        own = Values("whole", "1", axes=tuple("ab"[: values.ndim]))
        back = array("a", npy(lying), own, {})
        assert back.flags.c_contiguous
        assert back.astype(values.dtype).tobytes() == values.tobytes()


def test_a_table_lies_as_it_packs_better():
    """One whose columns hold nearly one value lies by columns, one whose rows do by rows."""
    luck = np.random.default_rng(1)
    wide = np.repeat(luck.integers(0, 256, (1, 3000), dtype=np.uint8), 60, axis=0)
    wide ^= (luck.random(wide.shape) < 0.1).astype(np.uint8)
    by_rows, by_columns = (len(checkpoint._packed(each.tobytes())) for each in (wide, wide.T))
    assert by_columns < 0.9 * by_rows
    for table in (wide, np.ascontiguousarray(wide.T)):
        assert len(checkpoint._packed(checkpoint._filed(table))) < 1.01 * by_columns + 128


def test_arrays_with_the_same_bytes_are_kept_once(engine, whole, tmp_path):
    head = json.loads(entry(whole, "checkpoint.json"))
    assert head["same"]["state/network.speed.npy"] == "state/sites.speed.npy"
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = {name.removesuffix(".zst") for name in archive.namelist()}
        assert not head["same"].keys() & names and set(head["same"].values()) <= names
    # and nothing is said to be the same that differs in a bit, such as 0 and -0
    zeros = {
        "a": np.zeros(5000),
        "b": -np.zeros(5000),
        "c": np.zeros(5000),
        "d": np.zeros(5000, dtype=np.int64),
    }
    assert checkpoint._same(zeros) == {"c": "a"}


@pytest.mark.parametrize(
    "wrong", [{"x": "y"}, {"state/x.npy": 3}, {"state/rates.npy": "state/sites.oxygen.npy"}]
)
def test_an_array_said_to_equal_nothing_is_refused(whole, tmp_path, wrong):
    head = json.loads(entry(whole, "checkpoint.json"))
    data = json.dumps(head | {"same": head["same"] | wrong}).encode()
    assert "is said to equal" in refused(changed(whole, "checkpoint.json", data), tmp_path)


def test_whatever_points_beyond_what_is_there_is_refused(engine, whole, tmp_path):
    pointing = {name: own for name, own in stored.to_read(engine.world).items() if own.of}
    assert len(pointing) > 25
    for name in pointing:
        values = np.load(io.BytesIO(entry(whole, f"state/{name}.npy")))
        if not values.size:
            continue
        for wrong in (1 << 53, -2):
            bent = values.astype(np.int64)
            bent.flat[0] = wrong
            said = refused(changed(whole, f"state/{name}.npy", npy(bent)), tmp_path)
            assert f"array {name} " in said, said


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("state/rates.npy", None, "no array rates"),
        ("state/rates.npy", npy(np.zeros((3, 3))), "array rates has shape"),
        ("state/other.npy", npy(np.zeros(3)), "is unknown"),
        (
            "state/network.vessel.npy",
            npy(np.array([{}]), allow_pickle=True),
            "array network.vessel holds object",
        ),
        ("state/sites.oxygen.npy", b"not an array", "damaged"),
        ("../evil", b"x", "never has"),
        ("checkpoint.json", b"{}", "is missing"),
        ("checkpoint.json", None, "this is not a checkpoint of a run"),
    ],
)
def test_what_is_missing_or_strange_is_named(whole, tmp_path, name, data, why):
    assert why in refused(changed(whole, name, data), tmp_path)


def test_another_version_of_the_model_is_refused(whole, tmp_path):
    head = json.loads(entry(whole, "checkpoint.json"))
    data = json.dumps(head | {"model": "0.0.1+abc"}).encode()
    said = refused(changed(whole, "checkpoint.json", data), tmp_path)
    assert "it was saved by model 0.0.1+abc and this is model" in said


def test_a_number_that_was_changed_does_not_pass(engine, whole, tmp_path):
    for name in ("state/cells.age.npy", "state/network.pressure.npy", "state/levels.value.npy"):
        values = np.load(io.BytesIO(entry(whole, name)))
        values.flat[0] += 1e-9
        assert "not the one that was saved" in refused(changed(whole, name, npy(values)), tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_is_refused_or_harmless(engine, whole, tmp_path, data):
    bent = bytearray(whole)
    if data.draw(st.booleans()):
        bent = bent[: data.draw(st.integers(0, len(bent) - 1))]
    else:
        place = data.draw(st.integers(0, len(bent) - 1))
        bent[place] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "d.npz"
    path.write_bytes(bytes(bent))
    try:
        found = resume(path)
    except ResultError as error:
        assert "\n" not in error.sentence
    else:
        assert found.digest() == engine.digest()
        assert repr(found.recorder.rows) == repr(engine.recorder.rows)


def test_arrays_are_packed_to_lengths_that_hold(engine, whole, tmp_path):
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        arrays_of = [each for each in archive.infolist() if each.filename != "checkpoint.json"]
        files = {each: archive.read(each) for each in archive.namelist()}
    assert all(each.filename.endswith(".npy.zst") for each in arrays_of)
    head = json.loads(files["checkpoint.json"])
    name = "state/sites.oxygen.npy"
    for wrong in (head["sizes"][name] + 1, head["sizes"][name] - 1, 0, -1, "9", None, True, 1 << 40):
        bent = head | {"sizes": head["sizes"] | {name: wrong}}
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as new:
            for each, content in (files | {"checkpoint.json": json.dumps(bent).encode()}).items():
                new.writestr(each, content)
        assert "damaged" in refused(stream.getvalue(), tmp_path)
    # numpy and zstd read an entry without us
    import pyarrow as pa

    packed = pa.BufferReader(files[f"{name}.zst"])
    with pa.CompressedInputStream(packed, "zstd") as plain:
        assert np.load(io.BytesIO(plain.read())).tobytes() == engine.world.sites["oxygen"].tobytes()


def test_a_checkpoint_of_an_earlier_model_is_refused_in_a_sentence(whole, tmp_path):
    """One of format 1 had plain arrays and no lengths."""
    head, files = opened(whole)
    del head["sizes"]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each, content in (files | {"checkpoint.json": json.dumps(head | {"format": 1}).encode()}).items():
            new.writestr(each, content)
    assert "a state goes on only in the model that made it" in refused(stream.getvalue(), tmp_path)
