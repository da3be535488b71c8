"""Lend the made-up result of the drawing tests to the tests of tables."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "viz"))


@pytest.fixture(scope="session")
def made_up():
    from synthetic import result

    return result(radius=16, count=40)
