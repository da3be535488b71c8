"""Compare the kernel with a slow twin, with PhysiCell's own numbers and with itself uncompiled."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rule_worlds import COMMON, compiled, load, make_world, random_world, sense_slowly

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.kind import Kind
from livermet_sim.kernels import response
from livermet_sim.rulebook.arrays import Arrays
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import compile_rules

EXTRA = {
    "masked": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", **COMMON,
               "where": ["lumen"], "power": 3},
    "steep": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", **COMMON, "signal": "tnf.gradient",
              "half_max": "0.02 /um", "power": 1},
    "own": {"actor": "kupffer", "behaviour": "crawl", "maximum": "x4", **COMMON,
            "signal": "contact.activated.kupffer"},
}  # fmt: skip


def digest() -> str:
    """Return a hash of the rates of all kinds in random worlds."""
    book, found = load(EXTRA), hashlib.sha256()
    rules = compiled(book)
    for seed in range(3):
        world = random_world(book, rules, 80, seed)
        rules.evaluate(world)
        found.update(world.rates[:80].tobytes())
    return found.hexdigest()


def test_compiled_and_plain_give_the_same_bits():
    here = Path(__file__).parent
    plain = subprocess.run(
        [sys.executable, "-c", "import test_rule_response; print(test_rule_response.digest())"],
        env={**os.environ, "LIVERMET_NOJIT": "1", "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert plain.stdout.strip() == digest()


def test_only_living_rows_are_written_and_all_columns_of_them():
    book = load()
    rules = compiled(book)
    world = make_world(book, rules, 3)
    rules.evaluate(world)
    assert np.isfinite(world.rates[:3]).all() and np.isnan(world.rates[3:]).all()


def test_the_kernels_find_each_array_by_its_name():
    assert [getattr(response, name.upper()) for name in Arrays._fields] == list(range(len(Arrays._fields)))


def test_nothing_sensed_gives_the_base():
    book = load({"GR7.unprimed": {"enabled": False}})
    rules = compiled(book)
    world = make_world(book, rules, len(book.words.kinds))
    world.systemic[:] = 0.0
    world.cells["kind"][:] = range(len(book.words.kinds))
    silent = {name for name, s in book.words.signals.items() if not s.deficit}
    kept = {rule.id: {"enabled": rule.enabled and rule.signal in silent} for rule in book}
    rules = compiled(load(kept))
    rules.evaluate(world)
    assert np.array_equal(world.rates[: world.cells.n], rules.arrays.base)


def _two_signals(rules, base, high=10.0):
    """Return the rate of the one behaviour of a cell in the lumen, given rules and two field values."""
    kind = Kind("cell", "", "blood", (), (Parameter("cycle", base, "/h", "", 0.0, high),))
    book = RuleBook.load(rules, [kind], ["a", "b"], [], library=False)
    run = compile_rules(book, {"cell": {"cycle": base, "secrete.a": 0.0, "secrete.b": 0.0}}, CELL_COLUMNS)

    def rate(a, b):
        world = make_world(book, run, 1)
        world.fields.concentration[:] = a, b
        world.cells["layer"][:] = 0
        run.evaluate(world)
        return world.rates[0, run.column("cycle")]

    return rate


def _row(signal, maximum, half, power, direction="increases", **more):
    return {
        "actor": "cell", "signal": signal, "direction": direction, "behaviour": "cycle", "maximum": maximum,
        "half_max": half, "power": power, **more,
    }  # fmt: skip


def test_physicell_rule_that_does_not_hold_for_this_cell():
    rules = {"r": _row("a", 0.017, 0.1, 10), "s": _row("b", 0.017, 1, 4, where="tissue")}
    assert _two_signals(rules, 0.0)(1.0, 5.0) == pytest.approx(0.0169999999983, rel=1e-12)


def test_ceiling_is_shared_and_decreases_dominate():
    rules = {"r": _row("a", 2, 1, 1), "s": _row("b", 6, 1, 1), "d": _row("b", 0, 1, 1, "decreases")}
    rate = _two_signals(rules, 1.0)
    assert rate(1.0, 0.0) == 1 + (6 - 1) * 0.5
    assert rate(0.0, 1e9) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize("power", (1.0, 2.0, 4.0, 0.5, 3.0, 30.0))
def test_powers(power):
    assert response.power_of(1.7, power) == pytest.approx(1.7**power, rel=1e-14)


@pytest.mark.parametrize("power", (3, 8, 30, 64))
def test_whole_powers_are_products_of_squares_whatever_the_machine(power):
    for x in np.linspace(0.0, 3.0, 301):
        product, square = 1.0, float(x)
        for bit in range(7):
            product *= square if power >> bit & 1 else 1.0
            square *= square
        assert response.power_of(float(x), float(power)) == product


def test_a_huge_signal_saturates():
    assert response.power_of(1e9, 100.0) == response.power_of(1e9, 60.0) == 1e299
    assert _two_signals({"r": _row("a", 4, 1e-9, 100), "s": _row("b", 4, 1e-9, 4)}, 1.0)(1e9, 1e9) == 4.0


def test_negative_signal_counts_as_none():
    assert _two_signals({"r": _row("a", 1, 1, 2)}, 0.25)(-3.0, 0.0) == 0.25


def test_gradient_of_a_ramp_is_its_slope_inside_and_at_the_edge():
    book = load(EXTRA)
    rules = compiled(book)
    world = make_world(book, rules, 1)
    x, y = np.meshgrid(np.arange(5) * 10.0, np.arange(5) * 10.0)
    world.fields.concentration[:, book.words.fields.index("tnf")] = (0.03 * x + 0.04 * y).ravel()
    slot = [s.name for s in rules.senses["tumour"]].index("tnf.gradient")
    for site in (12, 0, 24, 22):
        world.cells["site"][:] = site
        assert rules.look(world, 0)[0][slot] == pytest.approx(0.05, rel=1e-12)
        assert sense_slowly(book, world, 0, "tnf.gradient") == pytest.approx(0.05, rel=1e-12)


def test_a_cell_does_not_touch_itself():
    book = load(EXTRA)
    rules = compiled(book)
    world = make_world(book, rules, 1)
    kupffer = book.words.kinds.index("kupffer")
    world.cells["kind"][:] = kupffer
    world.cells["activation"][:] = 0.9
    world.census.count[12, [kupffer, kupffer + len(book.words.kinds)]] = 1
    slot = [s.name for s in rules.senses["kupffer"]].index("contact.activated.kupffer")
    assert rules.look(world, 0)[0][slot] == 0.0
    world.census.count[13, kupffer + len(book.words.kinds)] = 2
    assert rules.look(world, 0)[0][slot] == 2.0
