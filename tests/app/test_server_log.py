"""The server stays quiet about pages that leave while news are on their way, and about nothing else."""

from __future__ import annotations

import asyncio
import logging

import pytest

from livermet_sim.app.site import settle, worth_a_word


class Page:
    """Send as Solara's connection does, by a function that may fail."""

    def __init__(self, call):
        self.call = call

    def send(self, data: bytes) -> None:
        self.call(len, data)

    def close(self) -> None:
        self.send(b"")


def failing(message: str) -> Page:
    def fail(*words):
        raise RuntimeError(message)

    return Page(fail)


def ended() -> Page:
    from anyio.from_thread import BlockingPortal

    async def end() -> Page:
        async with BlockingPortal() as portal:
            pass
        return Page(portal.call)

    return asyncio.run(end())


@pytest.fixture
def kernel():
    """Give Solara's kernel with the filter on its log."""
    settle()
    kernel = pytest.importorskip("solara.server.kernel", reason="the extra app is not installed")
    kernel.logger.addFilter(worth_a_word)
    yield kernel
    kernel.logger.removeFilter(worth_a_word)


def test_a_page_that_went_is_forgotten_without_a_word(kernel, caplog):
    pages = {ended()}
    with caplog.at_level(logging.DEBUG):
        kernel.send_websockets(pages, b"news")
    assert not pages
    assert not caplog.records


@pytest.mark.parametrize("message", ["This task group is not active; no new tasks can be started.",
                                     "This portal is not running"])  # fmt: skip
def test_both_words_that_anyio_has_for_it_are_known(kernel, caplog, message):
    with caplog.at_level(logging.DEBUG):
        kernel.send_websockets({failing(message)}, b"news")
    assert not caplog.records


def test_any_other_failure_is_written(kernel, caplog):
    with caplog.at_level(logging.DEBUG):
        kernel.send_websockets({failing("no room left")}, b"news")
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info] == 2 * [
        ("no room left",)
    ]
