"""The page that needs no installation: its archive is whole, runs without what a browser lacks, and paints what there is."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import livermet_sim.site
from livermet_sim.site.archive import packed
from livermet_sim.site.in_browser import CELLS, GROUND, Small

LOOK = Path(livermet_sim.site.__file__).parent / "look"
# what the browser's Python has not, or not in use
LACKED = (
    "numba",
    "pyarrow",
    "matplotlib",
    "PIL",
    "loky",
    "typer",
    "fcntl",
    "resource",
    "grp",
    "pwd",
    "pdoc",
    "IPython",
)
STEPS = 6
ALONE = f"""
import sys
for name in {LACKED}: sys.modules[name] = None
import livermet_sim, mesa
from livermet_sim.site.in_browser import Small
small = Small(seed=3, without=["kupffer"])
told = [small.step() for _ in range({STEPS})]
import hashlib
print(livermet_sim.__file__, mesa.__file__, told[-1], hashlib.sha256(small.picture()).hexdigest(), sep="\\n")
"""


def test_the_archive_alone_gives_the_same_run_without_what_a_browser_lacks(tmp_path):
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        archive.extractall(tmp_path)
    environment = {**os.environ, "LIVERMET_NOJIT": "1", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ALONE],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    package, mesa, told, picture = done.stdout.splitlines()
    assert package.startswith(str(tmp_path)) and mesa.startswith(str(tmp_path)) and done.stderr == ""
    small = Small(seed=3, without=["kupffer"])
    assert [small.step() for _ in range(STEPS)][-1] == told
    import hashlib

    assert hashlib.sha256(small.picture()).hexdigest() == picture


def test_the_archive_is_small_the_same_each_time_and_brings_the_licences():
    archive = packed()
    assert len(archive) < 1_500_000 and archive == packed()
    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()
    assert any(name.startswith("mesa-") and "LICENSE" in name for name in names)
    assert any(name.startswith("tomlkit-") and "LICENSE" in name for name in names)
    assert not [name for name in names if name.startswith(("/", "..")) or "\\" in name]


def test_the_picture_shows_each_cell_and_the_ground():
    small = Small(seed=1)
    for _ in range(STEPS):
        told = json.loads(small.step())
    picture = np.frombuffer(small.picture(), dtype=np.uint8).reshape(*small.shape, 4)
    assert (picture[..., 3] == 255).all() and told["hours"] == pytest.approx(STEPS / 4)
    colours = {tuple(colour) for colour in picture.reshape(-1, 4)[:, :3].tolist()}
    assert colours <= {*GROUND.values(), *CELLS.values()}
    purple = (picture[..., :3] == CELLS["tumour"]).all(axis=-1).sum()
    assert 0 < purple <= told["tumour"] <= told["entered"]


def test_a_lobule_is_stepped_and_painted_too():
    small = Small(seed=1, tissue="lobule")
    told = json.loads(small.step())
    assert told["hours"] == 0.25 and len(small.picture()) == 4 * small.shape[0] * small.shape[1] > 10_000


# stands in for the runtime: all of its interface that the page uses, without Python, and without what it is told to lack
RUNTIME = """globalThis.loadPyodide = async () => ({
  lockfile: { packages: { networkx: { file_name: "networkx-1.whl" } } }, loadedPackages: {},
  async loadPackage(names) { for (const name of names) { const own = name.replace(/.*\\/|-1\\.whl/g, ""); globalThis.asked = [...(globalThis.asked || []), name]; if (!LACKED.includes(own)) this.loadedPackages[own] = name; } },
  unpackArchive() {}, globals: { get: () => null },
  runPython() { throw new Error("Traceback (most recent call last):\\nModuleNotFoundError: No module named 'x'\\nSee the manual for more."); },
});"""
PAGE = """<body data-up=""><input id="seed" value="1"><input id="without" type="checkbox"><select id="tissue"><option value="strip"></select>
<button id="start"></button><button id="stop"></button><canvas id="liver"></canvas><p id="said"></p>
<script>globalThis.livermetRuntime = "./";</script><script src="browser.js"></script>"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lacked", "sentence"),
    [
        (["numpy", "networkx"], "numpy, networkx cannot be fetched"),
        ([], "ModuleNotFoundError: No module named 'x'"),
    ],
)
def test_the_page_says_what_it_lacks_and_asks_for_no_drawing_library(tmp_path, lacked, sentence):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    (tmp_path / "pyodide.js").write_text(f"const LACKED = {json.dumps(lacked)};\n{RUNTIME}")
    (tmp_path / "model.js").write_text('globalThis.livermetModel = "";')
    (tmp_path / "browser.js").write_bytes((LOOK / "browser.js").read_bytes())
    (tmp_path / "page.html").write_text(PAGE)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto((tmp_path / "page.html").as_uri())
        tab.click("#start")
        tab.wait_for_function("document.getElementById('said').textContent.includes('did not work')")
        said, asked = tab.text_content("#said"), tab.evaluate("globalThis.asked")
        browser.close()
    assert said == f"This did not work: {sentence}. The lesson needs no network."
    assert sorted(asked) == ["./networkx-1.whl", "numpy", "pandas", "scipy", "tqdm"]
