"""Let the whole suite use every core, and let nobody believe that a test ran which did not."""

from __future__ import annotations

import os
import signal

import pytest


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(named: list[str], folders: list[str]) -> int:
    """Return how many processes the tests get: one a core for the suite, 0 (this one alone) for a file or two."""
    files = [name for name in named if name.partition("::")[0].endswith(".py")]
    return 0 if files and len(files) == len(named) and named != folders else cores()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Choose the number of processes where the caller did not; without pytest-xdist there is one."""
    option = config.option
    if not hasattr(option, "numprocesses") or hasattr(config, "workerinput") or option.usepdb:
        return
    if option.numprocesses is None and option.dist == "no" and not option.collectonly:
        option.numprocesses = processes(config.args, config.getini("testpaths"))
    if option.numprocesses and option.dist == "no":
        option.dist = "loadgroup"  # tests that follow each other say so with the mark xdist_group


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C be heard where the suite was started in the background, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Let a skip fail where everything that tests need is there (LIVERMET_NO_SKIPS=1)."""
    if report.skipped and os.environ.get("LIVERMET_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Look at what became of a test."""
    report = yield
    _no_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Look at what became of a file of tests."""
    report = yield
    _no_skip(report)
    return report


@pytest.fixture(autouse=True)
def nothing_registered_stays():
    """Let no test leave what it registered, nor the names that its scenarios brought, to the others."""
    from livermet_sim.base.with_plugins import registered

    with registered():
        yield
