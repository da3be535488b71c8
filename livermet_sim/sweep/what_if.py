"""Ask what one cell, founder, kind, rule or mechanism did: carry a liver on with it and without it, all luck shared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.units import convert, with_unit
from livermet_sim.base.write import save_picture, whole_file, write_text
from livermet_sim.engine import Engine, check_seed
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.fates import fates
from livermet_sim.result import Result
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep import removal
from livermet_sim.sweep.divergence import COLUMNS, Divergence
from livermet_sim.sweep.removal import Removal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS, MOST_SAID = 4, 20
Told = Callable[[float, float], None]


class WhatIf:
    """Hold what taking something out of a liver changed.

    Parameters
    ----------
    taken : Removal
    at_h : float, h
    pair : (Engine, Engine)
        The liver with it and without it, at their end.
    watch : Divergence
        What watched the two.
    complete : bool

    Attributes
    ----------
    title : str
        What was taken out.
    at_h, hours : float, h
        When it was taken out, and how far both livers are.
    complete : bool
        Whether both came to their end.
    first : DataFrame
        Where they first differed, a row for each of: a ``signal``; the ``rate`` of a cell, what it is about to do; a ``cell``, in
        place, state or presence; an ``event`` of a tumour cell. With ``hours``, ``where``, ``name`` of what differed, the values
        ``with_it`` and ``without_it``, and how many ``others`` differed then. What was taken out does not count.
    founders : DataFrame
        A row for each founder that entered: ``fate``, ``ended_h`` and ``cells`` with it and, as ``*_without``, without it;
        ``changed`` where the fate or the number of cells differs.
    timeseries : DataFrame
        Of both, by ``arm``: "with" and "without".
    """

    def __init__(
        self, taken: Removal, at_h: float, pair: tuple[Engine, Engine], watch: Divergence, complete: bool
    ):
        self.title, self.at_h, self.complete, self._taken = taken.title, at_h, complete, taken
        self.hours = pair[0].world.clock.hours
        self.first, self.founders = _first(watch), _founders(pair)
        self._results = pair[0].result(complete), pair[1].result(complete)
        self.timeseries = _series(self._results)

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Return in words what was taken out, the first differences, and which founders fared otherwise."""
        from livermet_sim.base.aligned import aligned

        lines = [
            f"{self.title} {self._taken.done} at {self.at_h:g} h; both livers carried on to {self.hours:g} h",
            "",
        ]
        if not len(self.first):
            return "\n".join([*lines, "Nothing else ever differed."])
        rows = [_said(row) for row in self.first.to_dict("records")]
        lines += ["First differences", aligned(rows), ""]
        own = self.founders[self.founders["changed"]]
        lines.append(f"{len(own):,} of {len(self.founders):,} founders fared otherwise; cells alive: "
                     f"{self.founders['cells'].sum():,} with it, {self.founders['cells_without'].sum():,} without")  # fmt: skip
        if len(own):
            table = [("founder", "with it", "cells", "without it", "cells")]
            table += [_fared(row) for row in own.head(MOST_SAID).to_dict("records")]
            lines += ["", aligned(table)]
        if len(own) > MOST_SAID:
            lines.append(f"... and {len(own) - MOST_SAID:,} more")
        return "\n".join(lines)

    def plot(self, panels: int = PANELS) -> Figure:
        """Return the difference map over time: tumour with it, without it, in both, at the last ``panels`` moments."""
        from livermet_sim.viz.what_if import difference_over_time

        kept, without = self._results
        place = (self._taken.x, self._taken.y) if np.isfinite(self._taken.x) else None
        times = [hours for hours in moments(self.at_h, self.hours) if hours > self.at_h]
        return difference_over_time(kept, without, times[-panels:] or [self.hours], self.title, place)

    def save(self, folder: str | Path) -> Path:
        """Write ``summary.txt``, the tables as CSV, and ``difference.png`` into a folder, and return it."""
        folder = Path(folder)
        write_text(folder / "summary.txt", self.summary() + "\n")
        for name in ("first", "founders", "timeseries"):
            with whole_file(folder / f"{name}.csv") as part:
                getattr(self, name).to_csv(part, index=False)
        save_picture(self.plot(), folder / "difference.png")
        return folder


def whatif(
    scenario: str | Path | Scenario,
    without: str,
    at: object,
    *,
    seed: int = 1,
    days: float | None = None,
    progress: Told | None = None,
) -> WhatIf:
    """Carry a liver on with and without one of its cells, founders, kinds, rules or mechanisms; all luck is shared.

    Parameters
    ----------
    scenario : str, Path or Scenario
    without : str
        ``"kupffer 4273"`` (the cell whose key begins so), ``"founder 12"``, ``"kupffer"`` (the kind, newcomers too), or a rule or
        mechanism as in `ablate`: ``"MV12"``. ``"move kupffer 4273 to 120 85"`` puts a cell elsewhere instead (x and y, um).
    at : str, time
        When it is taken out, such as ``"6 h"``.
    seed : int
    days : float, day, optional
        End of both runs, instead of the scenario's.
    progress : callable, optional
        Told the hours done and wanted after every step; where it raises KeyboardInterrupt, what was computed is returned.

    Returns
    -------
    WhatIf

    Raises
    ------
    LivermetError
        For a time outside the run, words that name nothing in the liver, or a cell that is dead by then.

    Examples
    --------
    >>> whatif("strip", without="MV12", at="6 h", days=1).summary()
    """
    base = scenario if isinstance(scenario, Scenario) else load(scenario)
    base = base if days is None else base.with_({"run.days": days})
    hours, end = _hours(at), 24.0 * float(base.value("run.days"))
    if hours >= end:
        raise LivermetError("at", f"{hours:g} h is not before the end of the run, {end:g} h")
    engine = Engine(base, check_seed(seed))
    if hours < engine.world.clock.hours:
        raise LivermetError(
            "at", f"{hours:g} h is before the beginning of the run, {engine.world.clock.hours:g} h"
        )
    total = end - engine.world.clock.hours
    told = progress or (lambda done, wanted: None)
    engine.run(hours - engine.world.clock.hours, lambda done, wanted: told(done, total))
    return _carried_on(engine, removal.read(without, engine, base), told, total)


def go_on(
    engine: Engine, scenario: Scenario, without: str, hours: float, progress: Told | None = None
) -> WhatIf:
    """Carry a run under way on with and without something, as `whatif` does, for some hours; the run itself goes on.

    Raises
    ------
    LivermetError
        For words that name nothing in the liver, or where the run has come to its end.
    """
    hours = min(hours, engine.remaining)
    if hours < engine.world.clock.dt:
        raise LivermetError("whatif", "the run has come to its end, and nothing follows any more")
    told = progress or (lambda done, wanted: None)
    return _carried_on(engine, removal.read(without, engine, scenario), told, hours, hours)


def _carried_on(
    engine: Engine, taken: Removal, told: Told, total: float, hours: float | None = None
) -> WhatIf:
    """Let both livers go on side by side, to the end or for some hours."""
    clock = engine.world.clock
    at, ticks = clock.hours, engine.ticks(hours)
    pair = engine, taken.fork(engine)
    for each in pair:
        ahead = moments(at, at + ticks * clock.dt)
        each.recorder.times = sorted({*each.recorder.times, *ahead})
    watch, complete, torn = Divergence(*pair, taken), True, False
    try:
        for number in range(1, ticks + 1):
            torn = True
            for each in pair:
                each.step()
            torn = False
            watch.look()
            told(total - (ticks - number) * clock.dt, total)
    except KeyboardInterrupt:
        if torn:
            raise
        complete = False
    return WhatIf(taken, at, pair, watch, complete)


def moments(start: float, end: float) -> list[float]:
    """Return the hours of the pictures, later and later apart, the last of them the end."""
    return [start + (end - start) * share for share in np.geomspace(0.5 ** (PANELS - 1), 1.0, PANELS)]


def _hours(at: object) -> float:
    try:
        return float(convert(with_unit(at, "at"), "h"))
    except (TypeError, ValueError) as error:
        raise LivermetError("at", str(error)) from None


def _said(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the words of one first difference."""
    more = f"and {row['others']:,} more" if row["others"] else ""
    values = f"{row['with_it']} with it", f"{row['without_it']} without", more
    return f"{row['hours']:g} h", row["what"], f"{row['where']}: {row['name']}", *values


def _fared(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the words of one founder."""
    ends = [f"{row[f'fate{arm}']}" + (f" at {row[f'ended_h{arm}']:g} h" if row[f"ended_h{arm}"] >= 0 else "") for arm in ("", "_without")]  # fmt: skip
    return str(row["founder"]), ends[0], f"{row['cells']:,}", ends[1], f"{row['cells_without']:,}"


def _first(watch: Divergence) -> Frame:
    import pandas as pd

    return pd.DataFrame(watch.rows(), columns=list(COLUMNS))


def _founders(pair: tuple[Engine, Engine]) -> Frame:
    kept, without = (fates(engine.view()) for engine in pair)
    found = kept.merge(without, on="founder", how="outer", suffixes=("", "_without"))
    changed = (found["fate"] != found["fate_without"]) | (found["cells"] != found["cells_without"])
    return found.assign(changed=changed)


def _series(results: tuple[Result, ...]) -> Frame:
    import pandas as pd

    arms = zip(("with", "without"), results, strict=True)
    return pd.concat([result.timeseries.assign(arm=arm) for arm, result in arms], ignore_index=True)
