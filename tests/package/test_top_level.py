"""The top level of the repository holds the package, scenarios, notebooks, tests and two files; all else is dotted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {"livermet_sim", "scenarios", "notebooks", "tests", "pyproject.toml", "README.md"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_else_is_kept_at_the_top():
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {path.split("/")[0] for path in kept.splitlines()}
    assert {name for name in top if not name.startswith(".")} == ALLOWED
