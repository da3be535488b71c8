"""Masks: somebody's own labelled section becomes a tissue, or a clear refusal."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.parameters import SECTION
from livermet_sim.base.errors import TissueError
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID


def section(height=30, width=40):
    labels = np.full((height, width), 3, dtype=np.uint8)
    labels[:, 0:3], labels[:, -3:] = 1, 4
    labels[:4, 15:25] = 0
    return labels


def mask(path, seed=1, pixel=10.0, **given):
    return build(SECTION.resolve({"kind": "mask", "image": str(path), "image_pixel": pixel, **given}), seed)


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


def test_a_palette_image_gives_its_indices(tmp_path):
    image = Image.fromarray(section())
    image.putpalette([200, 10, 10] * 5)
    image.save(tmp_path / "palette.png")
    expected = mask(saved(tmp_path, section()))
    assert np.array_equal(mask(tmp_path / "palette.png").compartment, expected.compartment)


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
        (np.zeros((9, 9, 3), np.uint8), r"one label a pixel is needed, but the image is 9 x 9 x 3"),
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
