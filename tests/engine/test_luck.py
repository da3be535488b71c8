"""Check that livers that differ in one thing share the luck of all that they have in common, and step length."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import accounts, liver

from livermet_sim.kernels.codes import ENTER, TUMOUR


def founders(engine) -> dict[int, tuple]:
    """Return key and entry site of each founder from the log."""
    log = engine.world.log.array()
    entered = log[log[:, 1] == ENTER]
    return {int(row[4]): (int(row[3]), int(row[6])) for row in entered}


def resting(engine, kind: str) -> dict[int, tuple]:
    """Return site and aptitude of the cells of a kind by key."""
    world = engine.world
    rows = world.rows(kind)
    columns = (world.cells[name][rows].tolist() for name in ("key", "site", "aptitude"))
    return {key: (site, aptitude) for key, site, aptitude in zip(*columns, strict=True)}


def test_livers_with_fewer_nk_cells_share_everyone_else():
    many, few = liver(4, cells__nk__density=4000.0), liver(4, cells__nk__density=400.0)
    for kind in ("kupffer", "lsec", "stellate", "cd8"):
        assert resting(many, kind) == resting(few, kind)
    # the few are among the many
    assert 0 < len(resting(few, "nk")) < len(resting(many, "nk"))
    assert resting(few, "nk").items() <= resting(many, "nk").items()
    for engine in (many, few):
        engine.run(6)
    assert founders(many) == founders(few) and len(founders(many)) > 20
    assert many.digest() != few.digest()

    def aptitudes(engine) -> dict[int, tuple]:
        cells = engine.world.cells
        founder = (cells["kind"] == TUMOUR) & (cells["generation"] == 0)
        columns = [cells[name][founder].tolist() for name in ("key", "aptitude", "diameter")]
        return {key: (aptitude, diameter) for key, aptitude, diameter in zip(*columns, strict=True)}

    a, b = aptitudes(many), aptitudes(few)
    shared = a.keys() & b.keys()
    assert len(shared) > 10 and all(a[key] == b[key] for key in shared)


def test_more_founders_leave_the_first_ones_their_luck():
    few, many = liver(4), liver(4, seeding__enrichment=90)
    for engine in (few, many):
        engine.run(6)
    keys = {number: key for number, (key, _) in founders(many).items()}
    assert len(keys) > len(founders(few))
    assert all(keys[number] == key for number, (key, _) in founders(few).items())


def test_founders_do_not_share_luck_between_seeds():
    a, b = liver(4), liver(5)
    for engine in (a, b):
        engine.run(4)
    assert not {key for key, _ in founders(a).values()} & {key for key, _ in founders(b).values()}


@pytest.mark.parametrize("tissue", ["strip"])
def test_survival_over_a_day_does_not_depend_on_the_step(tissue):
    survived, total = [], []
    for step in (0.125, 0.25, 0.5):
        alive = entered = 0
        for seed in range(8):
            engine = liver(seed, tissue, run__step=step, seeding__enrichment=400)
            engine.run(24)
            books = accounts(engine)
            # daughters do not count as survivors
            cells = engine.world.cells
            first = (cells["kind"] == TUMOUR) & (cells["generation"] == 0)
            alive, entered = alive + int(first.sum()), entered + books["entered"]
        survived.append(alive)
        total.append(entered)
    assert min(total) > 500
    share = np.array(survived) / np.array(total)
    error = np.sqrt(share.mean() * (1 - share.mean()) * 2 / min(total))
    # cells in one strip share their neighbours, so they are worth fewer than they are
    assert np.ptp(share) < 5 * 1.5 * error, share
