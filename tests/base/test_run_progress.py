"""A run shows how far it is in a notebook, on request elsewhere, and never unasked."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

import livermet_sim as lm
from livermet_sim.base import progress


class ZMQInteractiveShell:
    """Stand in for the shell of a notebook."""


@pytest.fixture
def notebook(monkeypatch):
    """Pretend to be a notebook, and return what it was shown, in order."""
    shown = []
    ipython, display = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = ZMQInteractiveShell
    display.HTML = str
    display.display = lambda page, display_id: shown.append(page) or SimpleNamespace(update=shown.append)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    return shown


@pytest.fixture
def model():
    return lm.LiverModel("strip", seed=1)


def test_a_script_prints_nothing_unless_asked(model, capfd):
    model.run("1 h")
    assert capfd.readouterr() == ("", "")
    model.run("1 h", progress=True)
    out, err = capfd.readouterr()
    assert out == "" and "100%" in err and "day 0.0 of 0.04" in err


def test_a_notebook_shows_a_bar_that_ends_full(model, notebook, capfd):
    model.run("1 h")
    assert len(notebook) == 4 and '<progress value="0.25" max="1">' in notebook[0]
    assert '<progress value="1" max="1">' in notebook[-1] and "left" not in notebook[-1]
    assert capfd.readouterr() == ("", "")


def test_a_notebook_can_be_kept_quiet_or_told_otherwise(model, notebook):
    told = []
    model.run("1 h", progress=False)
    model.run("0.5 h", progress=lambda done, total: told.append((done, total)))
    assert notebook == [] and told == [(0.25, 0.5), (0.5, 0.5)]
