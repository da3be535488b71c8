"""Time a liver that is forked into treatments beside the same livers from their beginning."""

from __future__ import annotations

import time

from livermet_sim.bench.measure import Figure, seconds
from livermet_sim.bench.parts import LOBULES
from livermet_sim.engine import Engine
from livermet_sim.interventions import deplete, dose
from livermet_sim.scenario.load import load
from livermet_sim.scenario.resume import treated


def forks(quick: bool) -> list[Figure]:
    """Return what a run and its forks into four treatments in its middle take of the same five runs from their beginning.

    All five go on step by step in turns, so that whatever else the machine does meets them alike, behind one more that loads the
    kernels; a fork takes what the second half of its run does, which is the same to the bit.
    """
    name, days, changes = ("strip", 0.5, {}) if quick else ("baseline", 28.0, {"tissue.lobules": LOBULES})
    at = f"{days / 2:g} day"
    scenario = load(name, {"run.days": days, **changes})
    immune = [kind.name for kind in scenario.kinds if "immune" in kind.roles]
    each = [
        *(deplete(kind, at=at) for kind in immune[:2]),
        dose("anti_vegf", at=at),
        dose("cxcr2_inhibitor", at=at),
    ]
    arms = [scenario, *(treated(scenario, [one], 0.0) for one in each)]
    pilot, runs = Engine(scenario, 1), list[Engine]()
    spent = [seconds(lambda own=own: runs.append(Engine(own, 1))) for own in arms]
    late, forked, ticks = [0.0] * len(arms), 0.0, runs[0].ticks()
    for tick in range(ticks):
        if tick == ticks // 2:
            forked = sum(seconds(lambda own=own: runs[0].fork(own)) for own in arms[1:])
        pilot.step()
        for place, engine in enumerate(runs):
            start = time.process_time()
            engine.step()
            took = time.process_time() - start
            spent[place] += took
            late[place] += took if tick >= ticks // 2 else 0.0
    pilot.result()
    for place, engine in enumerate(runs):
        took = seconds(engine.result)
        spent[place] += took
        late[place] += took
    share = (spent[0] + forked + sum(late[1:])) / sum(spent)
    return [Figure(f"a fork on day {days / 2:g} into 4, share of five runs", share, "1", timed=False)]
