"""Let the tests of this folder import its small studies, and hand their maker on."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def make():
    """Return the maker of small studies."""
    from sweep_worlds import small

    return small
