"""Pictures painted beside the run: what cannot be painted any more is no mistake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from livermet_sim.app import painter


def test_a_program_that_is_ending_paints_nothing_more_and_says_nothing(monkeypatch):
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    monkeypatch.setattr(painter, "POOL", pool)
    asked = []
    painter.Painter(asked.append)(SimpleNamespace(sketch=lambda layer: layer), "cells")
    assert asked == []


def test_a_state_that_cannot_be_sketched_is_still_told():
    def sketch(layer):
        raise RuntimeError("no such layer")

    with pytest.raises(RuntimeError, match="no such layer"):
        painter.Painter(lambda work: None)(SimpleNamespace(sketch=sketch), "cells")
