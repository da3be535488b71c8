"""Make the dossier of the smallest scenario once."""

from __future__ import annotations

import pytest

from livermet_sim.documentation.dossier import Dossier, dossier


@pytest.fixture(scope="session")
def strip() -> Dossier:
    """Return the dossier of the strip, without reports."""
    return dossier("strip")
