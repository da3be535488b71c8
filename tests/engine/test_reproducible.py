"""Check that a run is a function of its scenario and its seed, and of nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from digests import steps
from engine_worlds import liver, shuffle_rows

from livermet_sim.verification.worlds.livers import tiny_digest

# between two snapshots
HOURS = 70
BUSY = 60  # steps, a few seconds without numba


@cache
def digest(seed: int = 1, **overrides: object) -> str:
    """Return the digest of a run."""
    engine = liver(seed, **overrides)
    engine.run(HOURS)
    return engine.digest()


def in_another_process(code: str, **environment: str) -> str:
    """Return what some Python prints in a fresh interpreter that knows the modules beside this one."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": paths, **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_one_seed_gives_one_run():
    engine = liver(1)
    engine.run(HOURS)
    assert engine.digest() == digest(1)


def test_other_seeds_give_other_runs():
    assert len({digest(seed) for seed in (1, 2, 3)}) == 3


def test_the_digest_sees_a_single_changed_number():
    engine = liver(1)
    engine.run(4)
    before = engine.digest()
    assert engine.digest() == before
    engine.world.cells["age"][0] += 1e-9
    assert engine.digest() != before


def test_another_process_gives_the_same_run():
    assert in_another_process("import test_reproducible as t; print(t.digest(1))") == digest(1)


def test_plain_python_gives_the_same_run():
    assert (
        in_another_process("import test_reproducible as t; print(t.tiny_digest())", LIVERMET_NOJIT="1")
        == tiny_digest()
    )


def test_plain_python_gives_the_busy_steps_on_record():
    """Vessels that close and sprout, cells that divide and are treated: kernels that a small liver at rest never calls."""
    code = f"import itertools, digests as d; print(*itertools.islice(d.steps(), {BUSY}))"
    assert in_another_process(code, LIVERMET_NOJIT="1").split() == list(islice(steps(), BUSY))


@pytest.mark.parametrize(
    "recording",
    [
        {"observe__interval": 7.0, "observe__snapshots": "0.1 0.5 2"},
        {"observe__interval": 0.25, "observe__snapshots": "", "observe__events": False},
    ],
)
def test_recording_changes_nothing(recording):
    assert digest(1, **recording) == digest(1)


def test_asking_for_results_on_the_way_changes_nothing():
    engine = liver(1)
    for hours in (30, 10, 30):
        engine.result()
        engine.run(hours)
    assert engine.digest() == digest(1)


def test_a_snapshot_at_the_end_does_not_show_in_the_digest():
    engines = [liver(1, observe__snapshots=days) for days in ("", "0.25")]
    for engine in engines:
        engine.run(6)
    assert engines[0].digest() == engines[1].digest()


def test_asking_for_the_result_does_not_show_in_the_digest():
    engine = liver(1, observe__snapshots="")
    engine.run(6)
    before = engine.digest()
    engine.result()
    assert engine.digest() == before


def test_stopping_and_going_on_changes_nothing():
    engine = liver(1)
    for hours in (1, 10.75, 40.25, 18):
        engine.run(hours)
    assert engine.digest() == digest(1)


@pytest.mark.parametrize("every", [1, 17])
def test_row_order_changes_nothing(every):
    engine = liver(1)
    for step in range(HOURS * 4):
        if step % every == 0:
            shuffle_rows(engine, step)
        engine.step()
    assert engine.digest() == digest(1)


def test_row_order_changes_nothing_where_many_cells_lose_hold_at_once():
    crowd = {"seeding__enrichment": 1500, "seeding__duration": 0.5}
    plain, shuffled = (liver(1, "strip", **crowd) for _ in range(2))
    for step in range(40):
        shuffle_rows(shuffled, step)
        for engine in (plain, shuffled):
            engine.step()
        assert plain.digest() == shuffled.digest(), step


def test_row_order_does_not_show_in_the_series_or_the_lesions():
    plain, shuffled = (liver(2, observe__interval=1.0) for _ in range(2))
    for step in range(HOURS * 4):
        shuffle_rows(shuffled, step)
        for engine in (plain, shuffled):
            engine.step()
    assert len(plain.recorder.rows) == HOURS
    for one, other in zip(plain.recorder.rows, shuffled.recorder.rows, strict=True):
        assert one.keys() == other.keys()
        assert np.array_equal(list(one.values()), list(other.values()), equal_nan=True)
    a, b = plain.world.lesions, shuffled.world.lesions
    assert a.n == b.n
    assert np.array_equal(a.real[:, : a.n], b.real[:, : b.n], equal_nan=True)
    assert np.array_equal(a.whole[:, : a.n], b.whole[:, : b.n])
