"""Damage that was once read without a word, or ended in a traceback: an example of each."""

from __future__ import annotations

import logging
import zlib

import fuzz_pictures as pictures
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fuzz_folders import made_up, make_study, reseal_result
from fuzz_toml import CALIBRATION, STUDY
from PIL import Image

import livermet_sim as lm
from livermet_sim.anatomy.picture import read
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.tables import to_frame
from livermet_sim.result import Result
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.sweep import Sweep


def test_a_png_whose_pixels_have_changed_is_refused(tmp_path):
    path = tmp_path / "a.png"
    pictures.save_labels(path)
    data = path.read_bytes()
    at = data.index(b"IDAT") + 4
    length = int.from_bytes(data[at - 8 : at - 4], "big")
    body = zlib.compress(zlib.decompress(data[at : at + length]).replace(b"\x02", b"\x03", 1))
    new = data[: at - 8] + len(body).to_bytes(4, "big") + b"IDAT" + body + data[at + length :]
    path.write_bytes(new)  # with the checksum of the old pixels
    with Image.open(path) as image:
        assert not np.array_equal(np.asarray(image), pictures.labels())  # so nobody else would have noticed
    with pytest.raises(LivermetError, match="the image cannot be read"):
        read(str(path))


def test_a_colour_that_the_palette_lacks_is_refused(tmp_path):
    path = tmp_path / "a.png"
    image = Image.fromarray(pictures.labels(), "P")
    image.putpalette([0, 0, 255] * 3)
    image.save(path, bits=8)
    with pytest.raises(LivermetError, match=r"has no colour number [34]"):
        read(str(path), pictures.COLOUR_TABLE)


def test_a_tiff_without_some_of_its_rows_is_refused(tmp_path, caplog, capfd):
    import tifffile

    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pictures.labels(), rowsperstrip=1, compression="zlib")
    assert np.array_equal(read(str(path)).labels, pictures.labels())
    with tifffile.TiffFile(path) as image:
        at = image.pages[0].tags["StripOffsets"].offset
    data = bytearray(path.read_bytes())
    data[at + 4 : at + 8] = (3).to_bytes(4, "little")  # three of thirty
    path.write_bytes(data)
    with pytest.raises(LivermetError, match="the image is damaged"):
        read(str(path))
    assert capfd.readouterr() == ("", "") and logging.getLogger("tifffile").propagate


def test_a_part_of_a_study_that_leads_nowhere_is_named(tmp_path):
    make_study(tmp_path)
    part = sorted((tmp_path / "study" / "runs").iterdir())[0]
    part.unlink()
    part.symlink_to("nowhere")
    with pytest.raises(LivermetError, match=rf"{part.name}: .*the study's own command mends it"):
        lm.Study(tmp_path / "study").summary()


@pytest.mark.parametrize("value", ["1", '"abc"', "true", "[1]"])
def test_changes_that_are_no_table_are_refused(tmp_path, value):
    (tmp_path / "mine.toml").write_text(
        f'scenario = "strip"\nset = {value}\n[factors]\n"seeding.dose" = {{}}\n'
    )
    with pytest.raises(LivermetError, match="set: this is a table"):
        Sweep.load(tmp_path / "mine.toml")


@pytest.mark.parametrize("reader", [Calibration.load, Sweep.load, lm.load])
def test_a_number_beyond_64_bits_is_refused_by_its_name(tmp_path, reader):
    path, many = tmp_path / "mine.toml", "9" * 400
    text = CALIBRATION if reader == Calibration.load else STUDY
    path.write_text(
        text.replace("value = 7.75", f"value = {many}").replace("samples = 6", f"samples = {many}")
    )
    with pytest.raises(
        LivermetError, match=r"(targets\[0\]\.value|design\.samples): the number is too large"
    ):
        reader(path)


def test_a_column_of_nothing_holds_no_numbers(tmp_path):
    run = made_up().save(tmp_path / "run", figures=False)
    for name, first in (("lesions", "diameter_um"), ("timeseries", "dead_")):
        table = pq.read_table(run / f"{name}.parquet")
        column = next(own for own in table.column_names if own.startswith(first))
        place = table.column_names.index(column)
        pq.write_table(table.set_column(place, column, pa.nulls(len(table))), run / f"{name}.parquet")
    reseal_result(tmp_path)
    found = Result.load(run)
    assert found.lesions["diameter_um"].dtype == float and found.lesions["diameter_um"].isna().all()
    assert found.summary()


def test_what_pandas_wrote_into_a_table_is_not_believed():
    table = pa.table({"a": [1.0]}).replace_schema_metadata({"pandas": "{no JSON"})
    assert list(to_frame(table)["a"]) == [1.0]


def test_a_sentence_moves_no_cursor_and_has_an_end():
    error = LivermetError("a\x1b[31m.toml", '"\x00\x07\u202e" ' + "x" * 100_000, name="y" * 9000, valid=["z"])
    assert error.sentence.isprintable() and len(error.sentence) < 2000 and str(error) == error.sentence


def test_minus_nought_is_nought_however_it_is_written(tmp_path):
    rule = 'actor = "tumour"\nsignal = "oxygen"\nbehaviour = "crawl"\nhalf_max = "20 mmHg"'
    digests = set()
    for zero in ("0", "0.0", "-0.0", '"-0.0 um/min"', '"0 um/min"'):
        (tmp_path / "mine.toml").write_text(
            f'name = "mine"\nextends = "strip"\n[cells.nk]\ncrawl = {zero}\n[rules.mine]\n{rule}\nmaximum = {zero}\n'
        )
        found = lm.load(tmp_path / "mine.toml")
        assert lm.load("strip").with_(found.given).rules["mine"] == found.rules["mine"]
        digests.add(found.digest)
    assert len(digests) == 1
