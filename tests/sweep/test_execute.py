"""Tasks are carried out once each, whatever fails, dies or is stopped on the way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.sweep.execute import WORKER_DIED, Outcome, execute


def square(item):
    if item == 3:
        raise ValueError("three")
    if item == 5:
        raise LivermetError("items", "five is impossible")
    return item * item


def slow(item):
    time.sleep(0.01)
    return item, os.getpid()


def deadly(item):
    if item == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


@pytest.fixture(params=["here", "processes", "given"])
def way(request):
    """Return the options of each of the three ways to work."""
    with ThreadPoolExecutor(2) as threads:
        yield {"here": {"workers": 1}, "processes": {"workers": 2}, "given": {"executor": threads}}[
            request.param
        ]


def test_each_item_ends_once_and_a_bad_one_ends_no_other(way):
    told: list = []
    pairs = list(execute(square, range(10), progress=lambda *now: told.append(now), **way))
    outcomes = dict(pairs)
    assert len(pairs) == 10 and sorted(outcomes) == list(range(10))
    assert {i: o.value for i, o in outcomes.items() if o.ok} == {
        i: i * i for i in range(10) if i not in (3, 5)
    }
    assert (outcomes[3].kind, outcomes[3].error) == ("ValueError", "three")
    assert (outcomes[5].kind, outcomes[5].error) == ("LivermetError", "items: five is impossible")
    assert "square" in outcomes[3].trace
    assert told == [(i, 10) for i in range(11)]


def test_an_outcome_gives_its_value_or_raises():
    assert Outcome(4).result() == 4
    with pytest.raises(LivermetError, match=r"^ValueError: three$"):
        Outcome(kind="ValueError", error="three").result()


def test_items_are_read_as_the_work_goes_on(way):
    items = count()
    found = list(islice(execute(slow, items, **(way | {"workers": way.get("workers", 2)})), 5))
    assert len({index for index, _ in found}) == 5
    assert next(items) <= 5 + 2 * 2 + 1


def test_twenty_kills_lose_and_double_nothing():
    luck, kills, seen = random.Random(4), 0, []
    for index, outcome in execute(slow, range(400), workers=2, retries=20):
        seen.append(index)
        assert outcome.value[0] == index
        if kills < 20 and luck.random() < 0.2:
            try:
                os.kill(outcome.value[1], signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass  # of a pool that an earlier kill has ended
    assert kills == 20
    assert sorted(seen) == list(range(400))


def test_a_task_that_kills_its_worker_is_found_out():
    outcomes = dict(execute(deadly, range(8), workers=2, retries=1))
    assert outcomes.pop(4).kind == WORKER_DIED
    assert {i: o.value for i, o in outcomes.items()} == {i: i for i in (0, 1, 2, 3, 5, 6, 7)}


def test_an_executor_that_takes_no_work_is_said_to():
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    with pytest.raises(LivermetError, match="executor: the ThreadPoolExecutor takes no more work"):
        list(execute(square, [1], executor=threads))


@pytest.mark.parametrize("workers", [0, -1, True])
def test_an_impossible_number_of_workers_is_refused(workers):
    with pytest.raises(LivermetError, match="is not a number of processes"):
        list(execute(square, [1], workers=workers))


SCRIPT = """
import time
from livermet_sim.sweep.execute import execute
def task(item):
    time.sleep(0.2 if item < 4 else 600)
try:
    for index, outcome in execute(task, range(50), workers=2):
        print(index, flush=True)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_ctrl_c_ends_it_and_its_processes():
    run = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert run.stdout is not None
        for _ in range(4):
            run.stdout.readline()
        os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=20)
    finally:
        run.kill()
    assert out == "stopped\n" and run.returncode == 0
    assert "Traceback" not in err
