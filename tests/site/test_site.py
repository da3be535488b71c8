"""The site is built by one command; every page reads on a phone, in the dark, without network; the search finds."""

from __future__ import annotations

import json
import re
import shutil
from urllib.parse import urlsplit

import pytest

import livermet_sim as lm
from livermet_sim.cli import main
from livermet_sim.site import links
from livermet_sim.site.build import GUIDE, REFERENCE, sources
from livermet_sim.viz.figures import FIGURES, PAIRS
from livermet_sim.viz.studies import PLOTS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
PLACES = [place.path for place in sources()]
# one file, one process: the site is built once
pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, as the command builds it; that fails where any command of a page does, or a link leads nowhere."""
    pytest.importorskip("pdoc", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    assert main(["docs", str(folder), "--quick", "--quiet"]) == 0
    return folder


def index(site) -> list[list[str]]:
    """Return what the search looks through."""
    text = (site / "search.js").read_text(encoding="utf-8")
    return json.loads(text.partition("=")[2].rstrip(";\n"))


def test_all_pages_are_there_without_a_fault_or_a_traceback(site):
    written = [*PLACES, REFERENCE.path]
    assert links.faults(site, written) == []
    for path in PLACES:
        text = (site / path).read_text(encoding="utf-8")
        assert "Traceback (most recent call last)" not in text and "<h1 id=" in text, path


def test_a_page_that_fails_would_end_the_build(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("livermet_sim.site.build.GUIDE", tmp_path)
    for path in GUIDE.glob("*.md"):
        (tmp_path / path.name).write_text("# t\n\n```bash\nlivermet rum strip\n```\n", encoding="utf-8")
    assert main(["docs", str(tmp_path / "out"), "--only", "gallery", "-q"]) == 2
    said = capsys.readouterr().err
    assert "gallery.html, line 3" in said and "Traceback" not in said


def test_an_unknown_page_is_named(tmp_path, capsys):
    assert main(["docs", str(tmp_path), "--only", "galery"]) == 2
    assert 'did you mean "gallery"' in capsys.readouterr().err


def test_the_gallery_shows_every_kind_of_figure_with_its_command():
    text = (GUIDE / "gallery.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"### (\w+)\n(.*?)(?=\n##|\Z)", text, flags=re.S))
    assert set(FIGURES) | set(PAIRS) | set(PLOTS) <= set(shown)
    for name, part in shown.items():
        assert "```bash\nlivermet " in part, name
        assert name == "player" or re.search(r"!\[[^]]{20,}\]\(", part), name


def test_the_search_knows_every_page_and_every_public_name(site):
    found = index(site)
    assert {urlsplit(link).path for _, _, link, _ in found} == {*PLACES, REFERENCE.path}
    assert set(lm.__all__) <= {title for page, title, _, _ in found if page == "Reference"}


@pytest.fixture(scope="module")
def browser():
    """A browser that has no network."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(site, browser):
    """Return a function that opens a page and listens for errors and for what it fetches."""
    contexts = []

    def open_(path: str, wide: int = 1280, scheme: str = "light"):
        context = browser.new_context(
            viewport={"width": wide, "height": 800}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("requestfailed", lambda request: page.errors.append(request.url))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "data:")) else page.errors.append(request.url)
            ),
        )
        page.goto((site / path).as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.browser
def test_every_page_fits_a_phone_and_fetches_nothing(visit):
    for path in [*PLACES, REFERENCE.path]:
        page = visit(path, 390)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.errors == [], path
        if path in PLACES:
            assert not page.locator("nav").is_visible()
            page.click("#menu")
            assert page.locator("nav").is_visible()


@pytest.mark.browser
def test_light_and_dark(visit):
    assert (
        visit("index.html").evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    page = visit("index.html", scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert dark == "rgb(16, 18, 22)" and page.get_attribute("html", "data-theme") == "light"


@pytest.mark.browser
def test_the_search_finds_pages_names_and_nothing(visit):
    page = visit("notebooks/01_first_run.html")
    page.keyboard.press("/")
    page.keyboard.type("LiverModel fork")
    assert (
        page.locator("#found a").first.get_attribute("href").endswith("api/livermet_sim.html#LiverModel.fork")
    )
    page.fill("#search", "angiogenic oxygen")
    assert page.locator("#found a").count() >= 1
    page.fill("#search", "qwertzuiop")
    assert "Nothing found" in page.inner_text("#found")
    page.fill("#search", "gallery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery.html#*")


@pytest.mark.browser
def test_the_lesson_leads_its_player_through_all_four_phases(visit):
    page = visit("lesson.html")
    frame = page.frame(name="player")
    frame.wait_for_selector("body[data-ready=yes]", timeout=20_000)
    clocks = []
    for link in page.locator('a[target="player"]').all():
        link.click()
        page.wait_for_timeout(200)
        clocks.append((link.get_attribute("href").partition("#")[2], frame.inner_text("#clock")))
    assert all(clock == "day 21" for asked, clock in clocks if asked.startswith("day=21"))
    # a phase that the run never has would leave the player where it was
    assert frame.evaluate(
        "['pre-angiogenic', 'angiogenic', 'growth'].every((phase) => player.fullest(phase) > 0)"
    )
    assert page.errors == []
