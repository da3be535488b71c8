"""Importing the package must cost next to nothing and bring in none of the heavy libraries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "matplotlib",
    "solara",
    "dask",
    "mesa",
    "numba",
    "numpy",
    "pandas",
    "scipy",
    "pyarrow",
    "PIL",
    "anndata",
)


@pytest.mark.parametrize("module", ["livermet_sim", "livermet_sim.cli"])
def test_an_import_brings_in_no_heavy_library(module):
    code = f"import sys, {module}; print(sorted({{name.split('.')[0] for name in sys.modules}} & {set(HEAVY)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_import_takes_under_half_a_second():
    code = "import time; start = time.process_time(); import livermet_sim; print(time.process_time() - start)"
    seconds = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
               for _ in range(3)]  # fmt: skip
    assert min(seconds) < 0.5


def loaded(out, names: set[str]) -> str:
    """Return which of some modules a run from the shell loads."""
    words = ["run", "strip", "--days", "0.05", "--no-figures", "--quiet", "--out", str(out)]
    code = f"""import sys
from livermet_sim.cli import app
app({words!r}, standalone_mode=False)
print(sorted({names!r} & set(sys.modules)))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_run_from_the_shell_does_without_what_takes_long_to_load(tmp_path):
    assert loaded(tmp_path / "run", {"scipy.stats", "matplotlib", "mesa", "solara", "SALib"}) == "[]"
    # what grows a tissue and what compiles a kernel, once both are kept
    assert loaded(tmp_path / "again", {"scipy.ndimage", "scipy.spatial", "numba.typed.dictimpl"}) == "[]"


@pytest.mark.parametrize("own", [None, "2"])
def test_linear_algebra_starts_no_threads_that_nobody_asked_for(own):
    code = "import os; from livermet_sim.cli import main; main(['cite']); print(os.environ['OPENBLAS_NUM_THREADS'])"
    surroundings = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if own is not None:
        surroundings["OPENBLAS_NUM_THREADS"] = own
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=surroundings
    )
    assert done.stdout.split()[-1] == (own or "1")
