"""Hold the rules to the numbers of PhysiCell and to their slow twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.kind import Kind
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import Compiled, compile_rules
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.twins.rules import rates_slowly
from livermet_sim.verification.worlds.rule_worlds import (
    COMMON,
    compiled,
    lined_world,
    load,
    make_world,
    random_world,
)

Evaluate = Callable[[Compiled, Any], Any]
EXTRA = {
    "masked": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", **COMMON, "where": ["lumen"], "power": 3},
    "steep": {"actor": "tumour", "behaviour": "crawl", "maximum": "x4", **COMMON, "signal": "tnf.gradient", "half_max": "0.02 /um", "power": 1},
}  # fmt: skip
# values that the compiled functions of PhysiCell 1.14.2 print: rules, base, the two signals, value
UP, DOWN = ("a", "increases", 0.0072, 21.5, 4), ("b", "decreases", 0.0, 0.25, 3)
GOLDEN = (
    ((("a", "increases", 1.0, 21.5, 4),), 0.0, (38.0, 0.0), 0.90704975020103462),
    (
        (("a", "increases", 1.0, 21.5, 4), ("b", "increases", 1.0, 6000, 4)),
        0.0,
        (38.0, 3000.0),
        0.90758661564854937,
    ),
    ((UP,), 0.00072, (38.0, 0.0), 0.0065976823813027044),
    ((UP, DOWN), 0.00072, (21.5, 0.25), 0.00198),
    ((UP, DOWN), 0.00072, (38.0, 0.1), 0.006200829305735624),
    ((("a", "decreases", 0.1, 0.005, 4), ("b", "decreases", 0.1, 0.005, 4)), 1.0, (0.005, 0.01), 0.15),
)


def _evaluate(rules: Compiled, world: Any) -> None:
    rules.evaluate(world)


def hill(knobs: Knobs, evaluate: Evaluate = _evaluate) -> Outcome:
    """Hill responses, alone and combined, against the values that the compiled PhysiCell 1.14.2 prints for the same numbers."""
    found = [_golden(rules, base, felt, evaluate) for rules, base, felt, _ in GOLDEN]
    meant = np.array([value for *_, value in GOLDEN])
    worst = float(np.abs(np.array(found) / meant - 1.0).max())
    x = np.linspace(0.0, 80.0, 60)
    curve = [_golden((UP,), 0.00072, (value, 0.0), evaluate) for value in x]
    line = 0.00072 + (0.0072 - 0.00072) * x**4 / (21.5**4 + x**4)
    figure = Figure(
        "oxygen (mmHg)", "rate (/min)", (Curve("Hill function", x, line, "-"), Curve("model", x, curve))
    )
    return Outcome(
        "six published values", f"at most {worst:.1e} away", "1e-13", worst < 1e-13, figure, {"error": worst}
    )


def _golden(rules: Any, base: float, felt: tuple[float, float], evaluate: Evaluate) -> float:
    kind = Kind("cell", "", "blood", (), (Parameter("cycle", base, "/h", "", 0.0, 10.0),))
    names = ("signal", "direction", "maximum", "half_max", "power")
    records = {
        f"r{i}": {"actor": "cell", "behaviour": "cycle", **dict(zip(names, rule, strict=True))}
        for i, rule in enumerate(rules)
    }
    book = RuleBook.load(records, [kind], ["a", "b"], [], library=False)
    own = compile_rules(book, {"cell": {"cycle": base, "secrete.a": 0.0, "secrete.b": 0.0}}, CELL_COLUMNS)
    world = make_world(book, own, 1)
    world.fields.concentration[:] = felt
    world.cells["layer"][:] = 0
    evaluate(own, world)
    return float(world.rates[0, own.column("cycle")])


def twin(knobs: Knobs, evaluate: Evaluate = _evaluate) -> Outcome:
    """All rules of the library, in worlds where everything is random, against the grammar written out rule by rule and cell by cell."""
    book = load(EXTRA)
    rules, bases, worst, points = compiled(book), book.words.base_values(), 0.0, []
    for case in range(knobs.pick(2, 6)):
        make = (random_world, lined_world)[case % 2]
        world = make(book, rules, knobs.pick(25, 100), knobs.seed + case)
        evaluate(rules, world)
        for row in range(world.cells.n):
            meant = rates_slowly(book, bases, world, row)
            own = np.array([meant.get(name, 0.0) for name in rules.behaviours])
            got = np.array([world.rates[row, rules.column(name)] for name in rules.behaviours])
            worst = max(worst, float(np.nanmax(np.abs(got - own) / np.maximum(np.abs(own), 1e-3))))
            if np.isnan(got).any():
                raise ValueError("a rate was not written")
            points.append((own, got))
    x, y = (np.concatenate(p) for p in zip(*points, strict=True))
    some = x > 0
    figure = Figure(
        "written out",
        "kernel",
        (
            Curve("equal", [x[some].min(), x.max()], [x[some].min(), x.max()], "-"),
            Curve("rates", x[some], y[some], "."),
        ),
        "log",
    )
    return Outcome(
        "the same rates", f"at most {worst:.1e} apart", "1e-12", worst < 1e-12, figure, {"error": worst}
    )
