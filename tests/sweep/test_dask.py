"""Dask carries out a study to the same bits, also when one of its workers is killed on the way."""

from __future__ import annotations

import os
import signal
import time

import pandas as pd
import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.sweep.cluster import connect
from livermet_sim.sweep.execute import execute

pytest.importorskip("distributed")


def slow(item):
    time.sleep(0.05)
    return item, os.getpid()


def test_a_study_on_dask_with_a_worker_killed(make, tmp_path):
    here = make().run(tmp_path / "here", workers=1, progress=False)
    with connect("local", 2) as (executor, number):
        assert number == 2
        killed, seen = 0, {}
        for index, outcome in execute(slow, range(60), executor=executor, workers=number):
            assert index not in seen
            seen[index] = outcome.value[0]
            if len(seen) == 10:
                os.kill(outcome.value[1], signal.SIGKILL)
                killed += 1
        assert killed == 1 and seen == {i: i for i in range(60)}
        there = make().run(tmp_path / "there", executor=executor, workers=number, progress=False)
    pd.testing.assert_frame_equal(
        here.runs.drop(columns="seconds"), there.runs.drop(columns="seconds"), check_exact=True
    )


def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path):
    with (
        pytest.raises(LivermetError, match="there is no such scheduler file"),
        connect(str(tmp_path / "s.json")),
    ):
        pass
