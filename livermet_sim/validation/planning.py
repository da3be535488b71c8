"""Plan an experiment: from simulated livers, the animals of each arm, the best day and the best readout.

Both arms are simulated with the same luck, which tells the effect precisely; animals do not share theirs, so how much they
differ is taken within each arm. An animal is a liver of the simulated size with founders of its own; what differs between
animals in life besides (injections, hosts) is added as a spread of the logarithm.

Many readouts and days are compared, and the best of many estimates flatters itself. So they are ranked by the animals that
are needed if the effect is as weak as the near end of its interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.readouts.tables import headlines
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.comparison import Arm, aligned_arms
from livermet_sim.sweep.execute import Progress, execute
from livermet_sim.sweep.paired import student
from livermet_sim.sweep.parting import parting
from livermet_sim.sweep.runs import quiet
from livermet_sim.validation.carry_out import Branch, Read, Task, livers_of
from livermet_sim.validation.power import ALPHA, POWER, animals, power
from livermet_sim.validation.readouts import offset

if TYPE_CHECKING:
    import pandas as pd

LIVERS, FEWEST = 12, 3
ALIKE = ("tissue", "seeding")
FIRST_CURVE, MOST_CURVE = 12, 200
SPREAD = 0.3  # of the logarithm of a burden between alike animals, about 30 %; assumed


@dataclass(frozen=True)
class Option:
    """Hold one way to read the experiment.

    Attributes
    ----------
    readout, day : str, float (day)
    control, treated : float
        Geometric means over the simulated livers, a count with a half added.
    ratio, low, high : float
        Treated / control in pairs that share their luck, with a 95 % interval.
    spread : float
        Standard deviation of the logarithm between animals of an arm.
    animals, cautious : float
        Of each arm for the power wanted; and if the effect is as weak as the near end of its interval.
    """

    readout: str
    day: float
    control: float
    treated: float
    ratio: float
    low: float
    high: float
    spread: float
    animals: float
    cautious: float


@dataclass(frozen=True)
class PlannedExperiment:
    """Hold what `plan` found, the best options first.

    Attributes
    ----------
    options : tuple of Option
    power, alpha : float
    livers : int
        Simulated of each arm.
    """

    options: tuple[Option, ...]
    power: float
    alpha: float
    livers: int

    def table(self) -> pd.DataFrame:
        """Return a row per readout and day, the best first."""
        import pandas as pd

        return pd.DataFrame([vars(option) for option in self.options])

    def curve(self, option: Option) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers of animals of each arm, to three times what is needed, and the power that each gives."""
        number = np.arange(2, int(min(max(3 * option.animals, FIRST_CURVE), MOST_CURVE)) + 1)
        effect = math.log(option.ratio)
        return number, np.array([power(effect, option.spread, int(n), self.alpha) for n in number])

    def summary(self, most: int = 8) -> str:
        """Return the best options in words and as a table."""
        from livermet_sim.base.aligned import aligned

        head = (
            "readout",
            "day",
            "control",
            "treated",
            "ratio",
            "95 % interval",
            "animals",
            "if the effect is weak",
        )
        rows = [head, *(_row(option) for option in self.options[:most])]
        best = self.options[0]
        first = (
            f"Best: {best.readout} on day {best.day:g}, {_animals(best.animals)} animals of each arm for a power of {self.power:.0%} "
            f"({_animals(best.cautious)} if the effect is as weak as the near end of its interval)."
            if math.isfinite(best.animals)
            else f"No readout on any day differs enough for a power of {self.power:.0%} with 1000 animals of each arm."
        )
        return f"{first}\n\n{aligned(rows)}\n\n{self.livers} livers of each arm simulated."


def plan(
    control: Arm,
    treated: Arm,
    days: Sequence[float] | None = None,
    readouts: Sequence[str] = (),
    *,
    livers: int = LIVERS,
    wanted: float = POWER,
    alpha: float = ALPHA,
    spread: float = SPREAD,
    first_seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> PlannedExperiment:
    """Simulate both arms and say how many animals each needs, on which day and by which readout.

    Parameters
    ----------
    control, treated : Scenario, str or Path
    days : sequence of float, day, optional
        When to read; six times evenly up to the scenario's end without any.
    readouts : sequence of str, optional
        The headline measures without any.
    livers : int
        To be simulated of each arm, 3 or more.
    wanted, alpha : float
        Power, and the level of the test.
    spread : float
        Standard deviation of the logarithm between animals, besides what is simulated.

    Raises
    ------
    LivermetError
        For too few livers, an unknown readout, a day beyond the end, or a mistake in an arm.
    """
    if livers < FEWEST:
        raise LivermetError("livers", f"{livers} do not tell how much livers differ; give {FEWEST} or more")
    first = control if isinstance(control, Scenario) else load(control)
    arms = tuple(quiet(arm, False) for arm in aligned_arms(first, treated, None))
    _check_alike(arms[0], arms[1])
    days = _days(days, float(arms[0].value("run.days")))
    tasks = [(*arms, first_seed + i, tuple(days)) for i in range(livers)]
    pairs: list[tuple[Read, Read]] = [({}, {})] * livers
    tell = progress and (lambda done, total: progress(2 * done, total and 2 * total))
    for index, outcome in execute(_simulate, tasks, workers=workers, progress=tell):
        pairs[index] = outcome.result()
    known = pairs[0][0][days[0]]
    names = tuple(readouts) or headlines(list(known))
    for name in names:
        if name not in known:
            raise LivermetError("readouts", f'there is no readout "{name}"', name=name, valid=known)
    before, after = ([pair[arm] for pair in pairs] for arm in (0, 1))
    options = options_of(before, after, days, names, wanted, alpha, spread)
    return PlannedExperiment(options, wanted, alpha, livers)


def options_of(
    control: Sequence[Read], treated: Sequence[Read], days: Sequence[float], names: Sequence[str],
    wanted: float = POWER, alpha: float = ALPHA, spread: float = SPREAD,
) -> tuple[Option, ...]:  # fmt: skip
    """Return every readout on every day, the best first, from what pairs of livers showed."""
    found = []
    for name in names:
        for day in days:
            before, after = (np.array([read[day][name] for read in arm]) for arm in (control, treated))
            option = _option(name, day, before, after, wanted, alpha, spread)
            found += [] if option is None else [option]
    if not found:
        raise LivermetError("design", "none of these readouts is known in three pairs of livers on any day")
    return tuple(sorted(found, key=lambda o: (o.cautious, o.animals, o.day)))


def _option(
    name: str,
    day: float,
    control: np.ndarray,
    treated: np.ndarray,
    wanted: float,
    alpha: float,
    spread: float,
) -> Option | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = np.log(control + offset(name)), np.log(treated + offset(name))
    known = np.isfinite(before) & np.isfinite(after)
    if known.sum() < FEWEST:
        return None
    before, after = before[known], after[known]
    effect, low, high = student(after - before)
    simulated = (float(np.var(before, ddof=1)) + float(np.var(after, ddof=1))) / 2.0
    within = math.sqrt(simulated + spread**2)
    near = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    return Option(
        readout=name, day=float(day), control=math.exp(before.mean()), treated=math.exp(after.mean()),
        ratio=math.exp(effect), low=math.exp(low), high=math.exp(high), spread=within,
        animals=animals(effect, within, wanted, alpha), cautious=animals(near, within, wanted, alpha),
    )  # fmt: skip


def _check_alike(control: Scenario, treated: Scenario) -> None:
    """Refuse arms that are not the same piece of liver with as many tumour cells."""
    for section in ALIKE:
        for key, value in control.values[section].items():
            if value != (other := treated.values[section][key]):
                reason = f"the control has {section}.{key} = {value} and the treated arm {other}; animals differ in their treatment"
                raise LivermetError("design", f"{reason} alone")


def _simulate(task: tuple[Scenario, Scenario, int, tuple[float, ...]]) -> tuple[Read, Read]:
    """Return what is read of a pair; the days up to the treatment are computed once."""
    control, treated, seed, days = task
    hour = parting(control, treated)
    later = tuple(day for day in days if hour is None or day * 24.0 > hour)
    branch = Branch(treated, hour, later)
    found = {id(scenario): read for scenario, read in livers_of(Task("", seed, control, days, (branch,)))}
    return found[id(control)], found[id(control)] | found.get(id(treated), {})


def _days(days: Sequence[float] | None, end: float) -> list[float]:
    chosen = sorted({float(day) for day in days}) if days else [round(end * i / 6, 3) for i in range(1, 7)]
    for day in chosen:
        if not 0.0 < day <= end:
            raise LivermetError("days", f"day {day:g} is not after 0 and by the end of the run, day {end:g}")
    return chosen


def _row(option: Option) -> tuple[str, ...]:
    return (
        option.readout, f"{option.day:g}", f"{option.control:.3g}", f"{option.treated:.3g}", f"{option.ratio:.2g}",
        f"{option.low:.2g} to {option.high:.2g}", _animals(option.animals), _animals(option.cautious),
    )  # fmt: skip


def _animals(number: float) -> str:
    return f"{number:g}" if math.isfinite(number) else "over 1000"
