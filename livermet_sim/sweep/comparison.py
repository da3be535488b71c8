"""Run a treated liver beside an untreated one that shares its luck, cell by cell, and compare them in pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.interventions.read import hours_before
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.execute import Progress, execute
from livermet_sim.sweep.members import Ensemble, members, taken_by
from livermet_sim.sweep.paired import compare_pairs, direction
from livermet_sim.sweep.parting import one_clock, part_ways, parting
from livermet_sim.sweep.plan import cores

if TYPE_CHECKING:
    import pandas as pd

ARMS = ("control", "treated")
Arm = Scenario | str | Path
MOST_SEEDS = 100_000
MOST_SHOWN = 4


@dataclass(eq=False, repr=False)
class Comparison:
    """Hold what pairs of runs gave; made by `compare`.

    Attributes
    ----------
    control, treated : Scenario
        As they were run: both begin at the same time, whichever needs time before day 0.
    runs : DataFrame
        A row per seed, arm and measure: ``seed, arm, measure, value``.
    timeseries : DataFrame
        A row per recorded time and seed and arm, as in ``Result.timeseries``.
    complete : bool
        False where Ctrl-C ended the work early; only pairs that were run in full are kept.
    names : sequence of str
        The measures, in the order in which they are shown.
    sets : int
        Parameter sets of an ensemble that the pairs took in turn; 0 where all have the scenario's own.
    """

    control: Scenario
    treated: Scenario
    runs: pd.DataFrame
    timeseries: pd.DataFrame
    complete: bool = True
    names: Sequence[str] = field(default=())
    sets: int = 0

    @property
    def seeds(self) -> list[int]:
        """Return the seeds of the pairs."""
        return sorted(int(seed) for seed in self.runs["seed"].unique())

    @property
    def pairs(self) -> pd.DataFrame:
        """Return a row per measure and seed: control, treated, difference, ratio, log_ratio.

        A ratio is NaN where the control is 0; its logarithm where either is.
        """
        import pandas as pd

        table: Any = self.runs.pivot(index=["measure", "seed"], columns="arm", values="value")
        control, treated = (table[arm].to_numpy(dtype=float) for arm in ARMS)
        ratio = np.divide(treated, control, out=np.full(len(table), np.nan), where=control > 0)
        columns = {"control": control, "treated": treated, "difference": treated - control, "ratio": ratio}
        columns["log_ratio"] = np.log(ratio, out=np.full(len(table), np.nan), where=ratio > 0)
        found: Any = pd.DataFrame(columns, index=table.index).reset_index()
        place = {name: i for i, name in enumerate(self.names)}
        order = np.lexsort((found["seed"], found["measure"].map(place)))
        return found.iloc[order].reset_index(drop=True)

    def summary(self) -> pd.DataFrame:
        """Return a row per measure: means, ratios and difference with 95 % intervals, zeros; see ``sweep.paired``.

        ``direction`` is up or down where the interval of the difference leaves out 0.
        """
        import pandas as pd

        rows = []
        for name, group in self.pairs.groupby("measure", sort=False):
            control, treated = (group[arm].to_numpy(dtype=float) for arm in ARMS)
            row = compare_pairs(control, treated)
            found = direction(row["difference_low"], row["difference_high"], 0.0)
            rows.append({"measure": name, "direction": found} | row)
        return pd.DataFrame(rows)

    def course(self, column: str, low: float = 0.1, high: float = 0.9) -> pd.DataFrame:
        """Return median and band over seeds of one column of the time series, by arm and time (h).

        Parameters
        ----------
        column : str
            A column of ``timeseries``.
        low, high : float
            Quantiles of the band, 0 to 1.

        Raises
        ------
        LivermetError
            When the time series has no such column.
        """
        import pandas as pd

        if column not in self.timeseries.columns:
            raise LivermetError(
                "course", f'there is no column "{column}"', name=column, valid=self.timeseries.columns
            )
        groups: Any = self.timeseries.groupby(["arm", "time_h"])[column]
        bands = {"low": groups.quantile(low), "median": groups.median(), "high": groups.quantile(high)}
        return pd.DataFrame(bands).reset_index()

    def __repr__(self) -> str:
        return f"Comparison({self.control.name!r} and {self.treated.name!r}, {len(self.seeds)} pairs)"

    def __str__(self) -> str:
        from livermet_sim.base.aligned import aligned

        return f"{self._title()}\n\n{aligned(self._cells())}"

    def _repr_html_(self) -> str:
        from html import escape

        head, *rows = ([escape(cell) for cell in row] for row in self._cells())
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        top = "".join(f"<th style='text-align:left'>{cell}</th>" for cell in head)
        return f"<p>{escape(self._title())}</p><table><tr>{top}</tr>{body}</table>"

    def _title(self) -> str:
        days = float(self.control.value("run.days"))
        title = f"{self.treated.name} against {self.control.name}: {len(self.seeds)} pairs that share their luck, {days:g} days"
        if self.sets:
            title += f", over {self.sets} parameter sets"
        if not self.complete:
            title += " (stopped early)"
        others = self.differs
        more = f" and {len(others) - MOST_SHOWN} more" if len(others) > MOST_SHOWN else ""
        return (
            f"{title}\nThe arms also differ in {', '.join(others[:MOST_SHOWN])}{more}." if others else title
        )

    @property
    def differs(self) -> list[str]:
        """Return the values, by dotted name, in which the arms differ besides their interventions."""
        one, two = self.control.values, self.treated.values
        pairs = (
            (f"{s}.{name}", value, two.get(s, {}).get(name)) for s in one for name, value in one[s].items()
        )
        found = [f"{name} ({a} and {b})" for name, a, b in pairs if a != b]
        return found + (["rules"] if self.control.rules.to_dict() != self.treated.rules.to_dict() else [])

    def _cells(self) -> list[tuple[str, ...]]:
        head = ("measure", "control", "treated", "ratio of means", "95 % interval", "paired ratio", "95 % interval",
                "pairs", "difference")  # fmt: skip
        return [head, *(_words(row) for row in self.summary().to_dict("records"))]


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a row of the printed table; what cannot be known is a dash."""

    def band(name: str) -> str:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        return "-" if np.isnan(low) else f"{low:.2g} to {high:.2g}"

    def number(value: float) -> str:
        return "-" if np.isnan(value) else f"{value:.3g}"

    return (
        row["measure"], number(row["control_mean"]), number(row["treated_mean"]), number(row["ratio_of_means"]),
        band("ratio_of_means"), number(row["ratio"]), band("ratio"), f"{row['ratio_pairs']} of {row['pairs']}",
        row["direction"],
    )  # fmt: skip


def compare(
    control: Arm,
    treated: Arm | Iterable[Mapping[str, Any]],
    seeds: Iterable[int] | int = 8,
    *,
    days: float | None = None,
    ensemble: Ensemble | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run control and treated once for each seed and compare them in pairs.

    The two runs of a pair have the same seed, so every cell that they share draws the same numbers: what differs
    between them follows from what was done. If either begins before day 0, both do.

    Parameters
    ----------
    control : Scenario, str or Path
        A scenario, its name or its file.
    treated : Scenario, str, Path, or list of interventions
        Interventions are added to those of the control.
    seeds : iterable of int, or int
        Seeds of the pairs; a number n stands for the seeds 1 to n.
    days : float, optional
        Simulated days, instead of the scenarios'.
    ensemble : str, Path or sequence of mappings, optional
        Parameter sets that the pairs take in turn, both runs of a pair the same: "default" for those that ship, the folder
        of a matching, or sets of your own. The intervals then carry luck and what is not known of the parameters.
    workers : int, optional
        Processes that run at once; by default one a core, 1 for none besides this one.
    executor : concurrent.futures.Executor, optional
        Used instead of local processes.
    progress : callable, optional
        Told how many runs are done, and of how many.

    Raises
    ------
    LivermetError
        For seeds that are none, arms that do not run equally long, or a mistake in a scenario.

    Notes
    -----
    Ctrl-C ends the work and gives the pairs that are complete. Days before anything is done to the treated arm alone are
    computed once for both, to the same bits, unless there are more processes than pairs.
    """
    chosen = _seeds(seeds)
    arms = aligned_arms(_scenario(control), treated, days)
    own = members(ensemble)
    taken = [tuple(taken_by(own, i, arm) for arm in arms) for i in range(len(chosen))]
    # a pair that shares days is one task; with more processes than pairs both arms at once are sooner there
    apart = parting(*arms) is None
    together = not apart and (executor is not None or len(chosen) >= (workers or cores()))
    items = [(pair, seed) for pair, seed in zip(taken, chosen, strict=True)]
    if not together:
        items = [((arm,), seed) for pair, seed in items for arm in pair]
    arms_of = len(items[0][0])
    outcomes: dict[int, Any] = {}
    complete = True
    tell = progress and (lambda done, total: progress(done * arms_of, total and total * arms_of))
    try:
        for index, outcome in execute(_run, items, workers=workers, executor=executor, progress=tell):
            outcomes |= dict(enumerate(outcome.result(), index * arms_of))
    except KeyboardInterrupt:
        complete = False
    whole = [i for i in range(len(chosen)) if 2 * i in outcomes and 2 * i + 1 in outcomes]
    if not whole:
        raise LivermetError("compare", "it was stopped before any pair was complete")
    found = _gather(arms, [(chosen[i], outcomes[2 * i], outcomes[2 * i + 1]) for i in whole], complete)
    found.sets = len({i % len(own) for i in whole}) if ensemble is not None else 0
    return found


def _run(item: tuple[tuple[Scenario, ...], int]) -> list[dict[str, Any]]:
    """Run one arm of a pair, or both with the days that they share computed once; return measures and time series of each."""
    found = {
        place: {"measures": engine.measures(), "timeseries": engine.series()}
        for place, engine, _ in part_ways(*item)
    }
    return [found[place] for place in sorted(found)]


def _gather(arms: tuple[Scenario, Scenario], pairs: list[tuple[int, Any, Any]], complete: bool) -> Comparison:
    import pandas as pd

    runs, series = [], []
    for seed, *outcomes in pairs:
        for arm, outcome in zip(ARMS, outcomes, strict=True):
            for name, value in outcome["measures"].items():
                runs.append({"seed": seed, "arm": arm, "measure": name, "value": float(value)})
            series.append(pd.DataFrame(outcome["timeseries"]).assign(seed=seed, arm=arm))
    table: Any = pd.concat(series, ignore_index=True)
    first = ["seed", "arm", "time_h", "day"]
    table = table[first + [name for name in table.columns if name not in first]]
    return Comparison(*arms, pd.DataFrame(runs), table, complete, tuple(pairs[0][1]["measures"]))


def _scenario(given: Arm) -> Scenario:
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | Path):
        raise LivermetError("compare", f"{given!r} is neither a scenario nor the name or path of one")
    return load(given)


def aligned_arms(control: Scenario, treated: Any, days: float | None) -> tuple[Scenario, Scenario]:
    """Return both arms, of the same length and with the same time before day 0."""
    if isinstance(treated, Scenario | str | Path):
        other = _scenario(treated)
    else:
        other = control.with_(
            name=f"{control.name}, treated", interventions=[*control.interventions, *treated]
        )
    if days is not None:
        control, other = (arm.with_({"run.days": days}) for arm in (control, other))
    for name in ("run.days", "run.step"):
        a, b = control.value(name), other.value(name)
        if a != b:
            reason = f"the control has {name} = {a:g} and the treated arm {b:g}; pairs need the same"
            raise LivermetError("compare", reason)
    before = max(_before(arm) for arm in (control, other)) / 24.0
    if before:
        control, other = (arm.with_({"run.before": before}) for arm in (control, other))
    control, other = one_clock(control, other)
    return control, other


def _before(scenario: Scenario) -> float:
    return hours_before(scenario.interventions, float(scenario.value("run.before")))


def _seeds(seeds: Iterable[int] | int) -> list[int]:
    given: Any = range(1, seeds + 1) if isinstance(seeds, int) and not isinstance(seeds, bool) else seeds
    try:
        chosen = list(dict.fromkeys(int(seed) for seed in given))
    except (TypeError, ValueError):
        raise LivermetError("compare", f"{seeds!r} are not seeds; give for example range(20)") from None
    if not 0 < len(chosen) <= MOST_SEEDS or min(chosen) < 0:
        raise LivermetError(
            "compare", f"{len(chosen)} seeds; give 1 to {MOST_SEEDS} whole numbers of 0 or more"
        )
    return chosen
