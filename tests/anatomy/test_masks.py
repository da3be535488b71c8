"""Masks: somebody's own labelled section becomes a tissue, or a clear refusal."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from PIL import Image

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.mask import content
from livermet_sim.anatomy.parameters import SECTION
from livermet_sim.base.errors import ScenarioError, TissueError
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID


def section(height=30, width=40):
    labels = np.full((height, width), 3, dtype=np.uint8)
    labels[:, 0:3], labels[:, -3:] = 1, 4
    labels[:4, 15:25] = 0
    return labels


def mask(path, seed=1, pixel=10.0, **given):
    return build(settings(path, pixel, **given), seed)


def settings(path, pixel=10.0, **given):
    return SECTION.resolve({"kind": "mask", "image": str(path), "image_pixel": pixel, **given})


def saved(folder, labels, name="liver.npy"):
    path = folder / name
    if name.endswith("npy"):
        np.save(path, labels)
    elif name.endswith("png"):
        Image.fromarray(labels).save(path)
    else:
        tifffile.imwrite(path, labels)
    return path


@pytest.mark.parametrize("name", ["liver.png", "liver.tif", "liver.npy"])
def test_labels_become_compartments(tmp_path, name):
    labels = section()
    tissue = mask(saved(tmp_path, labels, name))
    inner = tissue.image(tissue.compartment)[1:-1, 1:-1]
    for label, compartment in ((0, OUTSIDE), (1, PORTAL), (4, CENTRAL)):
        assert np.array_equal(labels == label, inner == compartment)
    assert set(inner[labels == 3].tolist()) == {SINUSOID, PARENCHYMA}
    assert tissue.lobules == 1


TABLE = "outside #ffffff, portal #bccde6, sinusoid #c4303d, parenchyma #efc3cb, central #a8748f"
COLOURS = np.array(
    [[255, 255, 255], [0xBC, 0xCD, 0xE6], [0xC4, 0x30, 0x3D], [0xEF, 0xC3, 0xCB], [0xA8, 0x74, 0x8F]],
    np.uint8,
)


def in_colours(folder, labels, name, order=(3, 0, 4, 2, 1)):
    """Save labels in colours: as a palette of its own order (PNG, TIFF), or as red, green and blue."""
    path, index = folder / name, np.argsort(order)[labels].astype(np.uint8)
    if name == "palette.png":
        image = Image.fromarray(index)
        image.putpalette(COLOURS[list(order)].ravel().tolist())
        image.save(path)
    elif name == "palette.tif":
        table = np.zeros((3, 256), np.uint16)
        table[:, :5] = COLOURS[list(order)].T.astype(np.uint16) * 257
        tifffile.imwrite(path, index, photometric="palette", colormap=table)
    elif name == "alpha.png":
        Image.fromarray(COLOURS[labels]).convert("RGBA").save(path)
    elif name == "rgb.png":
        Image.fromarray(COLOURS[labels]).save(path)
    else:
        tifffile.imwrite(path, COLOURS[labels], photometric="rgb")
    return path


@pytest.mark.parametrize("name", ["palette.png", "palette.tif", "rgb.png", "rgb.tif", "alpha.png"])
def test_an_image_in_colours_is_read_by_a_table_or_refused(tmp_path, name):
    labels = section()
    labels[10, 3:-3] = 2
    path = in_colours(tmp_path, labels, name)
    with pytest.raises(
        TissueError, match=r"the image is in colours \(#efc3cb, .*\); say what they stand for"
    ):
        mask(path)
    expected = mask(saved(tmp_path, labels))
    assert np.array_equal(mask(path, image_colours=TABLE).compartment, expected.compartment)
    assert content(settings(path, image_colours=TABLE)) == content(settings(saved(tmp_path, labels)))
    with pytest.raises(
        TissueError, match=r"the colour #c4303d \(34 pixels\) is not in tissue\.image_colours"
    ):
        mask(path, image_colours=TABLE.replace("#c4303d", "#c4303e"))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("portl #ff0000", '"portl" is not a label; did you mean "portal"?'),
        ("portal red", '"red" is not a colour of portal; write for example "portal #ff0000"'),
        ("portal", '"" is not a colour of portal; write for example "portal #ff0000"'),
        ("portal #ff0000 central #FF0000", "the colour #FF0000 is given twice"),
    ],
)
def test_a_table_of_colours_is_checked_when_it_is_read(table, sentence):
    with pytest.raises(ScenarioError) as caught:
        SECTION.resolve({"image_colours": table})
    assert caught.value.sentence == f"tissue.image_colours: {sentence}"


def test_a_table_for_an_image_without_colours_is_refused(tmp_path):
    with pytest.raises(TissueError, match="the image has no colours, so"):
        mask(saved(tmp_path, section()), image_colours=TABLE)


def tiff(folder, width, how, height=None):
    """Save a section whose file says how wide (um) its pixels are."""
    path, height = folder / f"{how}.tif", height or width
    if how == "ome":
        facts = {"axes": "YX", "PhysicalSizeX": width, "PhysicalSizeY": height}
        units = {"PhysicalSizeXUnit": "µm", "PhysicalSizeYUnit": "µm"}
        tifffile.imwrite(path, section(), ome=True, metadata=facts | units)
    elif how == "ome in mm":
        facts = {"axes": "YX", "PhysicalSizeX": width / 1000, "PhysicalSizeY": height / 1000}
        units = {"PhysicalSizeXUnit": "mm", "PhysicalSizeYUnit": "mm"}
        tifffile.imwrite(path, section(), ome=True, metadata=facts | units)
    elif how == "imagej":
        tifffile.imwrite(
            path, section(), imagej=True, resolution=(1 / width, 1 / height), metadata={"unit": "um"}
        )
    else:
        tifffile.imwrite(path, section(), resolution=(1e4 / width, 1e4 / height), resolutionunit="CENTIMETER")
    return path


@pytest.mark.parametrize("how", ["ome", "ome in mm", "imagej", "centimetre"])
@pytest.mark.parametrize("width", [8.0, 10.0, 12.5, 20.0])
def test_a_tiff_says_how_wide_its_pixels_are(tmp_path, how, width):
    path = tiff(tmp_path, width, how)
    assert content(settings(path, 0))["image_pixel"] == pytest.approx(width, rel=1e-6)
    assert mask(path, pixel=0).area == mask(path, pixel=width).area
    with pytest.raises(
        TissueError, match=f"says that a pixel is {width:g} um wide, and tissue.image_pixel is 5 um"
    ):
        mask(path, pixel=5)


@pytest.mark.parametrize("how", ["ome", "imagej", "centimetre"])
def test_pixels_that_are_not_square_are_refused(tmp_path, how):
    with pytest.raises(TissueError, match="its pixels are 5 x 6 um; square ones are needed"):
        mask(tiff(tmp_path, 5.0, how, 6.0), pixel=0)


def test_a_file_that_does_not_say_how_wide_its_pixels_are_needs_it_said(tmp_path):
    tifffile.imwrite(tmp_path / "print.tif", section(), resolution=(300, 300), resolutionunit="INCH")
    for path in (saved(tmp_path, section()), saved(tmp_path, section(), "a.png"), tmp_path / "print.tif"):
        with pytest.raises(TissueError, match="does not say how wide a pixel is; say it, for example tissue"):
            mask(path, pixel=0)
        assert mask(path).lobules == 1
    with pytest.raises(TissueError, match=r"a pixel 0\.01 um wide cannot be used"):
        mask(path, pixel=0.01)


def test_what_is_dropped_of_a_drawing_is_counted_and_refused_above_a_share(tmp_path):
    labels = section()
    labels[10, 3:-3] = 2
    labels[20, 5:15] = 2
    tissue = mask(saved(tmp_path, labels))
    inner = tissue.image(np.isin(np.arange(tissue.n), tissue.dropped))[1:-1, 1:-1]
    assert sorted(map(tuple, np.argwhere(inner))) == [(20, x) for x in range(5, 15)]
    assert tissue.note.startswith("10 of 44 drawn sinusoid sites (23%) lie on no way from a portal tract")
    assert mask(saved(tmp_path, section())).note == ""
    labels[22:24, 5:15] = 2
    with pytest.raises(
        TissueError, match=r"30 of 64 drawn sinusoid sites \(47%\) lie on no way .* at most 25% may"
    ):
        mask(saved(tmp_path, labels))
    assert len(mask(saved(tmp_path, labels), image_dropped=1).dropped) == 30


@settings_of_hypothesis(max_examples=40, deadline=None)
@given(st.lists(st.integers(-1, 1), min_size=70, max_size=70), st.integers(20, 39))
def test_a_line_one_pixel_wide_carries_blood_wherever_it_steps_aside(steps, row):
    fine = np.kron(section(), np.ones((2, 2), dtype=np.uint8))
    for column, step in zip(range(5, 75), steps, strict=True):
        row = min(max(row + step, 12), 57)
        fine[row, column] = 2
    with tempfile.TemporaryDirectory() as folder:
        tissue = mask(saved(Path(folder), fine), pixel=5.0, image_dropped=1)
    assert np.count_nonzero(tissue.compartment == SINUSOID) >= 34


def test_fine_pixels_are_gathered_into_sites(tmp_path):
    fine = np.kron(section(), np.ones((5, 5), dtype=np.uint8))
    coarse = mask(saved(tmp_path, section(), "coarse.npy"))
    assert np.array_equal(mask(saved(tmp_path, fine), pixel=2.0).compartment, coarse.compartment)
    twice = mask(saved(tmp_path, section(), "large.npy"), pixel=20.0)
    assert twice.area == pytest.approx(4 * coarse.area)


def test_drawn_sinusoids_are_kept_and_loose_ones_are_not(tmp_path):
    labels = section()
    labels[10, 3:-3] = 2
    labels[20, 5:15] = 2
    tissue = mask(saved(tmp_path, labels))
    inner = tissue.image(tissue.compartment)[1:-1, 1:-1]
    assert np.array_equal(np.argwhere(inner == SINUSOID)[:, 0], np.full(34, 10))


def test_thin_sinusoids_of_a_fine_image_survive(tmp_path):
    fine = np.kron(section(), np.ones((5, 5), dtype=np.uint8))
    fine[52:54, 15:-15] = 2
    tissue = mask(saved(tmp_path, fine), pixel=2.0)
    assert np.count_nonzero(tissue.compartment == SINUSOID) == 34


def test_zones_go_around_a_gap(tmp_path):
    labels = np.full((30, 41), 3, dtype=np.uint8)
    labels[:, :2] = 1
    labels[:25, 20:22] = 0
    labels[:3, 24:27] = 4
    tissue = mask(saved(tmp_path, labels))
    zone = tissue.image(tissue.zone)[1:-1, 1:-1]
    # straight, the site left of the gap would be near the vein; by path it is far from it
    assert zone[1, 18] < 0.35
    assert zone[1, 23] > 0.9


def test_every_site_belongs_to_its_nearest_vein(tmp_path):
    labels = np.full((30, 61), 3, dtype=np.uint8)
    labels[:, 29:32], labels[13:16, 2:5], labels[13:16, 56:59] = 1, 4, 4
    tissue = mask(saved(tmp_path, labels))
    lobule = tissue.image(tissue.lobule)[1:-1, 1:-1]
    assert tissue.lobules == 2 and np.all(lobule[:, :28] == 0) and np.all(lobule[:, 33:] == 1)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (np.full((9, 9), 255, np.uint8), "the value 255 is not a label; labels: 0 outside, 1 portal"),
        (np.zeros((9, 9, 2), np.uint8), r"one label a pixel is needed, but the image is 9 x 9 x 2"),
        (np.where(section() == 1, 3, section()), r"no site is labelled portal \(1\)"),
        (np.where(section() == 4, 3, section()), r"no site is labelled central \(4\)"),
        (np.full((9, 9), np.nan), "the value nan is not a label"),
        (np.array([["a", "b"]]), "values of type <U1 are not labels"),
        (np.zeros((0, 4)), "0 pixels cannot be used"),
        (np.array([[1, 4]] * 5), "no sinusoid leads from a portal tract to a central vein"),
        (np.array([[1, 1, 3, 3, 0, 3, 3, 4, 4]] * 9), "no sinusoid leads from a portal tract"),
    ],
)
def test_unfit_labels_are_refused_in_a_sentence(tmp_path, labels, reason):
    path = saved(tmp_path, labels)
    with pytest.raises(TissueError, match=reason) as caught:
        mask(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_files_that_cannot_be_used_are_named(tmp_path):
    with pytest.raises(TissueError, match=r"nowhere\.png: there is no such file"):
        mask(tmp_path / "nowhere.png")
    with pytest.raises(TissueError, match=r'"\.jpg" is not a format'):
        mask(tmp_path / "liver.jpg")
    with pytest.raises(TissueError, match=r"tissue\.image: .* needs the path of a label image"):
        mask("")
    for name in ("broken.png", "broken.tif", "broken.npy"):
        (tmp_path / name).write_bytes(b"this is no image")
        with pytest.raises(TissueError, match=f"{name}: the image cannot be read"):
            mask(tmp_path / name)


def test_pickled_objects_are_never_loaded(tmp_path):
    path = tmp_path / "objects.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(TissueError, match="cannot be read"):
        mask(path)


def test_too_large_images_are_refused(tmp_path):
    with pytest.raises(TissueError, match="4020000 sites are too many; at most 4000000"):
        mask(saved(tmp_path, np.zeros((201, 200))), pixel=100.0)
    np.lib.format.open_memmap(
        tmp_path / "huge.npy", mode="w+", dtype=np.uint8, shape=(10_000, 10_000)
    ).flush()
    with pytest.raises(TissueError, match="100000000 pixels cannot be used"):
        mask(tmp_path / "huge.npy")
