"""The tests use every core and leave nothing out: each optional package comes with the extra dev."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# packages of the extras that no test needs
PROGRAMS = {"jupyterlab"}


@pytest.fixture(scope="module")
def conftest():
    """Return the module that sets the suite up."""
    spec = importlib.util.spec_from_file_location("suite_conftest", ROOT / "tests" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def required(extra: str) -> set[str]:
    """Return the names of the packages of an extra, those of extras that it names included."""
    names = set()
    for text in PROJECT["optional-dependencies"][extra]:
        name, more = re.match(r"([\w.-]+)(?:\[(\w+)\])?", text).groups()
        names |= required(more) if name == PROJECT["name"] else {name.lower()}
    return names


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"dev"}))
def test_dev_brings_what_every_extra_brings(extra):
    assert required(extra) - PROGRAMS <= required("dev")


def test_what_the_notebooks_import_is_in_their_extra():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "livermet_sim" / "sweep").glob("*.py"))
    assert "sensitivity(" in text and "import SALib" in source.replace("from SALib", "import SALib")
    assert "salib" in required("notebook")


def test_the_suite_has_a_process_a_core_and_a_file_has_none(conftest):
    cores = conftest.cores()
    assert cores == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores >= 1
    for whole in (
        ["tests"],
        ["tests/kernels", "tests/rules"],
        ["tests/kernels/test_census.py", "tests/rules"],
    ):
        assert conftest.processes(whole, ["tests"]) == cores
    for few in (["tests/kernels/test_census.py"], ["tests/kernels/test_census.py::test_a", "tests/b.py"]):
        assert conftest.processes(few, ["tests"]) == 0


@pytest.fixture
def suite(tmp_path):
    """Return a function that runs two files of tests that skip, as the suite is run, and gives what was said."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text("import pytest\ndef test_one():\n    pytest.skip('no')\n")
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('no_such_package')\n")

    def run(*words: str, **environment: str) -> str:
        env = {**os.environ, "PYTEST_ADDOPTS": "", "LIVERMET_NO_SKIPS": "", **environment}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        ).stdout

    return run


def test_a_skip_fails_where_all_is_there_and_xdist_can_be_missing(suite):
    said = suite("-p", "no:xdist", "--continue-on-collection-errors", LIVERMET_NO_SKIPS="1")
    assert "1 failed, 1 error" in said


def test_the_processes_are_started(suite, conftest):
    said = suite()
    assert f"{conftest.cores()} workers" in said and "2 skipped" in said
