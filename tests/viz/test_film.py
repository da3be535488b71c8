"""Check that a film shows its run, moves with the time, and is written whole or not at all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image
from synthetic import result

from livermet_sim.base.errors import ResultError
from livermet_sim.viz import encoding, film
from livermet_sim.viz.film import HEIGHT, TISSUE, WIDTH, Film


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=60)


@pytest.fixture(scope="module")
def made(made_up):
    return Film(made_up)


def test_pictures_have_one_size_and_change(made):
    pictures = list(made)
    assert len(pictures) == len(made) == 6
    assert {picture.shape for picture in pictures} == {(HEIGHT, WIDTH, 3)}
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))
    assert np.array_equal(made[-1], pictures[-1])
    with pytest.raises(IndexError):
        made[6]


def test_curves_fade_after_the_present(made):
    panel, boxes = made._panel
    for index in (0, 3, 5):
        shown = film._so_far(panel, boxes, made.hours[index] / 24)
        for top, bottom, zero, per_day in boxes:
            x = int(zero + made.hours[index] / 24 * per_day)
            assert np.array_equal(shown[top:bottom, : x - 2], panel[top:bottom, : x - 2])
            assert (shown[top:bottom, x + 4 :].astype(int) >= panel[top:bottom, x + 4 :]).all()
            assert (shown[top:bottom, x - 1 : x + 3].max(axis=2) == 34).any(axis=1).all()


def test_a_field_has_one_scale_for_the_whole_film(made_up):
    made = Film(made_up, layer="vegf")
    low, high = made._span
    tops = [made_up.snapshots["vegf"][i].max() for i in range(6)]
    assert low == 0 and high == pytest.approx(max(tops), rel=0.02)
    assert (made[0][:, : TISSUE[0]] != made[5][:, : TISSUE[0]]).any()


@pytest.mark.parametrize("ending", ["gif", "mp4"])
def test_a_film_is_written_whole(made, tmp_path, ending):
    if ending == "mp4" and encoding.encoder() is None:
        pytest.skip("no ffmpeg and no imageio-ffmpeg is installed")
    told = []
    path = made.save(
        tmp_path / "new" / f"film.{ending}", fps=4, progress=lambda done, of: told.append((done, of))
    )
    assert [p.name for p in path.parent.iterdir()] == [path.name] and told == [(i, 6) for i in range(1, 7)]
    data = path.read_bytes()
    if ending == "mp4":
        assert data[4:8] == b"ftyp" and b"avc1" in data
        return
    with Image.open(path) as image:
        assert (image.n_frames, image.info["duration"]) == (6, 250)
        image.seek(5)
        last = np.asarray(image.convert("RGB").resize((WIDTH, HEIGHT))).astype(int)
    assert np.abs(last - made[5]).mean() < 12


def test_a_film_broken_off_leaves_nothing(made, tmp_path):
    def stop(done, of):
        if done == 2:
            raise KeyboardInterrupt

    for ending in ("gif", "mp4")[: 1 + (encoding.encoder() is not None)]:
        with pytest.raises(KeyboardInterrupt):
            made.save(tmp_path / f"film.{ending}", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_mistakes_are_said(made, made_up, tmp_path, monkeypatch):
    with pytest.raises(ResultError, match=r"a film's name ends in \.mp4 or \.gif"):
        made.save(tmp_path / "film.avi")
    with pytest.raises(ResultError, match="fps: 0 pictures a second"):
        made.save(tmp_path / "film.gif", fps=0)
    with pytest.raises(ResultError, match='no layer "oxgen"; did you mean "oxygen"'):
        Film(made_up, layer="oxgen")
    monkeypatch.setattr(encoding, "encoder", lambda: None)
    with pytest.raises(ResultError, match=r'mp4 needs ffmpeg; pip install "livermet-sim\[film\]"'):
        made.save(tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_a_video_or_else_the_player(made_up, monkeypatch):
    made = made_up.animate()
    if encoding.encoder() is not None:
        assert made._repr_html_().startswith('<video controls loop width="100%" src="data:video/mp4;base64,')
    monkeypatch.setattr(encoding, "encoder", lambda: None)
    page = made._repr_html_()
    assert page.startswith("<iframe") and "&lt;!doctype html&gt;" in page and page.endswith('"></iframe>')
