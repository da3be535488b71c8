"""Hold the reach of rules to a slow twin, and to what one cell can be worked out to hear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_worlds import compiled, load, random_world, sense_slowly

from livermet_sim.rulebook.reach import ABSENT, FAINT, NOTHING, Reach, Tally
from livermet_sim.rulebook.vocabulary import LAYERS

EXTRA = {
    "masked": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", "signal": "vegf", "direction": "increases",
               "half_max": 1, "where": ["lumen"], "power": 3},
}  # fmt: skip


def heard_slowly(book, world, rule):
    """Return what each cell that a rule acts in senses of it, cell by cell."""
    found = []
    for row in range(world.cells.n):
        layer = LAYERS[world.cells["layer"][row]]
        if book.words.kinds[world.cells["kind"][row]] == rule.actor and layer in rule.where:
            found.append(sense_slowly(book, world, row, rule.signal))
    return np.array(found)


@pytest.mark.parametrize("seed", range(2))
def test_reach_equals_slow_twin(seed):
    book = load(EXTRA)
    rules, found = compiled(book), Reach()
    world = random_world(book, rules, 150, seed)
    before = world.cells.real.tobytes() + world.cells.whole.tobytes() + world.sites.real.tobytes()
    found.listen(rules, world)
    assert before == world.cells.real.tobytes() + world.cells.whole.tobytes() + world.sites.real.tobytes()
    assert len(found.tallies) == len(book.enabled())
    for id, tally in found.tallies.items():
        heard = heard_slowly(book, world, book[id])
        x = (np.maximum(heard, 0.0) / book[id].half_max) ** book[id].power
        answer = x / (1.0 + x)
        assert tally.evaluations == len(heard)
        assert tally.maximum == pytest.approx(heard.max(initial=0.0))
        assert tally.speaking == ((answer >= 0.05) & (answer <= 0.95)).sum()
        assert tally.full == (answer > 0.95).sum()


def test_a_blocked_receptor_is_not_heard():
    book = load()
    rules, found = compiled(book), Reach()
    rules.gain[:] = 0.0
    found.listen(rules, random_world(book, rules, 150, 1))
    assert set(found.silent()) == set(found.tallies)


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=80),
    st.floats(1e-3, 1e3), st.integers(0, 79),
)  # fmt: skip
def test_tallies_add_up_and_quantiles_hold(values, half_max, cut):
    signal = np.array(values)
    whole, first, second = Tally(half_max), Tally(half_max), Tally(half_max)
    whole.add(signal, 2.0)
    first.add(signal[:cut], 2.0)
    second.add(signal[cut:], 2.0)
    first.merge(second)
    assert (first.evaluations, first.none, first.speaking, first.full, first.maximum) == (
        whole.evaluations, whole.none, whole.speaking, whole.full, whole.maximum,
    )  # fmt: skip
    assert (first.bins == whole.bins).all() and whole.none + whole.bins.sum() == len(values)
    for share in (0.05, 0.5, 0.95):
        exact = np.sort(signal)[max(0, int(np.ceil(share * len(signal))) - 1)]
        assert whole.quantile(share) == pytest.approx(exact, rel=0.025)


def test_silent_rules_share_a_fate_by_signal_and_cause():
    book = load()
    rules, found = compiled(book), Reach()
    world = random_world(book, rules, 150, 3)
    il1 = book.words.fields.index("il1")
    vegf = book.words.fields.index("vegf")
    world.fields.concentration[:, il1] = 1e-3
    world.fields.concentration[:, vegf] = 0.0
    world.cells["kind"][world.cells["kind"] == book.words.kinds.index("nk")] = book.words.kinds.index("lsec")
    found.listen(rules, world)
    fates = found.fates()
    assert {"MV6.il1", "MV11", "PA11.il1"} <= set(fates[FAINT, "il1"])
    assert {"MV4", "AN5", "AN7"} <= set(fates[NOTHING, "vegf"])
    row = next(row for row in found.rows({"MV4": "why"}) if row["rule"] == "MV4")
    assert (
        row["silent"]
        and row["reason"] == "why"
        and "AN5" in row["fate"]
        and "MV4" not in row["fate"].split(", ")
    )
    assert all(cause in (ABSENT, NOTHING, FAINT) for cause, _ in fates)
