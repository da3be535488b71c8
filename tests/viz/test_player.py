"""Check the page that plays by itself: what is packed comes back, and in a real browser it plays without network."""

from __future__ import annotations

import base64
import copy
import json
import re
import shutil
import zlib

import numpy as np
import pytest
from synthetic import result

from livermet_sim.base.errors import ResultError
from livermet_sim.observe.frames import moment
from livermet_sim.observe.readouts.growth import LESIONS_IN
from livermet_sim.viz import player
from livermet_sim.viz.scene import scene

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


@pytest.fixture(scope="module")
def made_up():
    return result(radius=14, count=60)


@pytest.fixture(scope="module")
def text(made_up):
    return player.page(made_up)


def read(text: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Return what a page knows and its arrays, read back the way its script does."""
    meta = json.loads(re.search(r'id="meta">(.*?)</script>', text, re.S)[1])
    blob = base64.b64decode(re.search(r'id="data">(.*?)</script>', text, re.S)[1])
    arrays = {}
    for name, part in meta["parts"].items():
        piece = np.frombuffer(
            zlib.decompress(blob[part["offset"] : part["offset"] + part["length"]]), "<" + part["type"]
        )
        if part["step"]:
            piece = np.cumsum(piece.reshape(-1, part["step"]), axis=0, dtype=np.uint8)
        arrays[name] = piece
    return meta, arrays


def test_the_page_holds_every_frame_as_it_was(made_up, text):
    meta, arrays = read(text)
    assert meta["hours"] == made_up.frames["time_h"].tolist()
    for index in (0, 3, len(meta["hours"]) - 1):
        shots, cells = moment(made_up.frames, made_up.snapshots, index)
        view = scene(made_up, meta["hours"][index])
        shown = arrays["oxygen"][index].reshape(view.shape) * meta["scales"]["oxygen"][index] / 255
        assert np.abs(shown - view["oxygen"]).max() <= 0.5 * 128 / 255 + 1e-3
        assert np.array_equal(arrays["compartment"][index].reshape(view.shape), view["compartment"])
        part = slice(meta["cellStart"][index], meta["cellStart"][index + 1])
        y, x = np.divmod(arrays["cell_site"][part], view.shape[1])
        assert np.array_equal((x + 0.5) * view.site + view.x0, cells["x_um"])
        assert np.array_equal((y + 0.5) * view.site + view.y0, cells["y_um"])
        names = [meta["kinds"][code]["name"] for code in arrays["cell_kind"][part]]
        assert names == cells["kind"].tolist() and len(shots["time_h"]) == 1


def test_the_page_asks_the_network_for_nothing(text):
    outside = re.sub(r'id="data">.*?</script>', "", text, flags=re.S)
    assert not re.search(r"https?://", outside)
    assert "default-src 'none'" in text and not re.search(
        r"<(script|link|img)[^>]+(src|href)=\"(?!data:)", outside
    )


def test_a_name_cannot_break_out_of_the_page(made_up):
    other = copy.copy(made_up)
    other.scenario = made_up.scenario | {"name": "</script><script>alert(1)</script>", "line": "@DATA@"}
    text = player.page(other)
    assert "alert(1)</script>" not in text.replace("\\u003c", "<<") and text.count("<script") == 3
    assert read(text)[0]["title"].startswith("</script><script>alert(1)</script>, @DATA@")


def test_frames_are_left_out_where_the_page_would_be_too_large(made_up, text):
    small = player.page(made_up, most=len(text) - 1)
    hours = read(small)[0]["hours"]
    assert 2 <= len(hours) < len(made_up.frames["time_h"]) and hours[-1] == 672.0
    with pytest.raises(ResultError, match="player: one frame of this tissue is larger than"):
        player.page(made_up, most=1000)


def test_a_run_without_frames_plays_its_snapshots_and_one_without_both_says_so(made_up, tmp_path):
    other = copy.copy(made_up)
    other.frames = {}
    assert read(player.page(other))[0]["hours"] == made_up.snapshots["time_h"].tolist()
    other.snapshots = {}
    with pytest.raises(ResultError, match=r"kept no frames; set observe\.frames"):
        other.player(tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def page(text, tmp_path_factory):
    """The player, open in a browser that has no network."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = tmp_path_factory.mktemp("player") / "player.html"
    path.write_text(text, encoding="utf-8")
    with api.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
        page = context.new_page()
        page.requests, page.errors = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console", lambda message: page.errors.append(message.text) if message.type == "error" else None
        )
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready=yes]", timeout=20_000)
        yield page
        browser.close()


def picture(page) -> str:
    return page.evaluate("document.getElementById('tissue').toDataURL()")


def test_in_a_browser_it_plays_to_the_end(page):
    page.evaluate("player.show(0)")
    first = picture(page)
    page.select_option("#speed", "32")
    page.click("#play")
    for _ in range(200):  # the page forbids eval, with which Playwright would wait
        if page.evaluate("player.state.frame === player.frames - 1 && !player.state.playing"):
            break
        page.wait_for_timeout(25)
    assert page.inner_text("#clock") == "day 28" and picture(page) != first


def begin(page):
    """Show what a link to day 3 shows, whatever a test before left."""
    page.evaluate("location.hash = 'day=3&show=tissue&by=state'")
    page.wait_for_function("player.state.background === 'tissue' && player.state.by === 'state'")


@pytest.mark.parametrize(
    ("place", "clock", "background", "by"),
    [
        ("day=3&show=oxygen&by=phase", "day 3", "oxygen", "phase"),
        ("day=28&show=tissue&by=state", "day 28", "tissue", "state"),
        ("day=3&show=nothing&by=<b>", "day 3", "tissue", "state"),
        ("day=nan&phase=no", "day 3", "tissue", "state"),
        ("%E0%A4%A", "day 3", "tissue", "state"),
    ],
)
def test_in_a_browser_a_link_leads_to_a_moment(page, place, clock, background, by):
    begin(page)
    page.evaluate(f"location.hash = {place!r}")
    page.wait_for_timeout(100)
    assert page.inner_text("#clock") == clock and not page.evaluate("player.state.playing")
    assert (
        page.evaluate("[player.state.background, player.state.by]") == [background, by] and page.errors == []
    )


@pytest.mark.parametrize("phase", list(LESIONS_IN))
def test_in_a_browser_a_link_to_a_phase_leads_to_when_most_lesions_are_in_it(page, made_up, phase):
    table, hours = made_up.timeseries, made_up.frames["time_h"]
    column = table[LESIONS_IN[phase]].to_numpy()
    page.evaluate("player.show(1)")
    page.evaluate(f"location.hash = 'phase={phase}'")
    page.wait_for_timeout(100)
    wanted = np.abs(hours - 24 * table["day"][int(column.argmax())]).argmin() if column.max() > 0 else 1
    assert page.evaluate("player.state.frame") == wanted and page.errors == []


def test_in_a_browser_one_can_scrub_and_use_the_keys(page):
    page.locator("#scrub").fill("2")
    assert page.inner_text("#clock") == "day 3"
    for key, frame in (("ArrowRight", 3), ("End", 5), ("ArrowLeft", 4), ("Home", 0)):
        page.keyboard.press(key)
        assert page.evaluate("player.state.frame") == frame, key
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-pressed") == "false"


def test_in_a_browser_layers_change_the_picture(page):
    begin(page)
    page.evaluate("player.show(5)")
    seen = [picture(page)]
    for layer in ("oxygen", "vegf", "collagen", "perfusion", "tissue"):
        page.select_option("#background", layer)
        seen.append(picture(page))
        assert page.is_visible("#bar") == (layer not in ("perfusion", "tissue"))
    assert len(set(seen)) == 5 and seen[0] == seen[-1]
    for name in ("Kupffer cell", "tumour cell", "vessels"):
        box = page.get_by_role("checkbox", name=name)
        box.uncheck()
        assert picture(page) != seen[0], name
        box.check()
    page.keyboard.press("p")
    assert "growth" in page.inner_text("#tumour")
    page.keyboard.press("p")
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("#theme")


def test_in_a_browser_a_cell_says_what_it_is(page, made_up):
    page.evaluate("player.show(5)")
    view = scene(made_up, 672.0)
    row, column = np.argwhere(view["tumour"] >= 0)[40]
    box = page.locator("#tissue").bounding_box()
    unit = min(box["width"] / view.shape[1], box["height"] / view.shape[0])
    x = box["x"] + box["width"] / 2 + (column + 0.5 - view.shape[1] / 2) * unit
    y = box["y"] + box["height"] / 2 + (row + 0.5 - view.shape[0] / 2) * unit
    for name in ("Kupffer cell", "neutrophil", "NK cell", "CD8 T cell", "MDSC", "activated stellate cell"):
        page.get_by_role("checkbox", name=name).uncheck()
    page.mouse.move(x, y)
    said = page.inner_text("#tip")
    lesion = view["tumour"][row, column]
    assert said.startswith("tumour cell") and f"lesion {lesion} (" in said and "oxygen" in said
    page.mouse.move(2, 2)
    assert not page.is_visible("#tip")


def test_in_a_browser_it_asked_for_nothing_and_failed_nowhere(page):
    assert [
        url for url in page.requests if not url.startswith(("file:", "data:"))
    ] == [] and page.errors == []


def test_on_a_phone_the_tissue_leaves_no_empty_bands_and_the_controls_stay_in_sight(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(100)
    stage, controls = (page.locator(name).bounding_box() for name in ("#stage", "footer"))
    meta = json.loads(page.locator("#meta").text_content())
    wide, high = meta["width"], meta["height"]
    assert stage["height"] == pytest.approx(min(stage["width"] * high / wide, 0.7 * 844), abs=2)
    assert controls["y"] + controls["height"] <= 844 + 1 and controls["y"] > stage["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 720})
