"""Run a liver and say who acts on whom in it, through what and how strongly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.engine import Engine
from livermet_sim.rulebook.senders import Network
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.validation.reach import EVERY, Progress, listen

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class RuleNetwork:
    """Hold who acted on whom in a run.

    Attributes
    ----------
    scenario : Scenario
    days : float, day
        Simulated time.
    rows : list of dict
        See `edges`.
    """

    scenario: Scenario
    days: float
    rows: list[dict[str, Any]]

    def __repr__(self) -> str:
        spoke = sum(not row["silent"] for row in self.rows)
        return f"RuleNetwork({self.scenario.name!r}, {self.days:g} days, {spoke} of {len(self.rows)} rules spoke)"

    @property
    def edges(self) -> Any:
        """Return a table with a row for every rule that acts.

        Returns
        -------
        DataFrame
            ``rule``, ``phase``, ``senders`` (who makes what it senses, with their shares), ``signal``, ``through`` (in
            words), ``actor``, ``behaviour``, ``does`` (raises or lowers), ``response`` (mean over its cells and the
            moments listened to, 0 to 1), ``silent``.
        """
        import pandas as pd

        said = [row | {"senders": _in_words(row["senders"])} for row in self.rows]
        return pd.DataFrame(said)

    def plot(self) -> Figure:
        """Return the network as a picture, one panel for each phase."""
        from livermet_sim.viz.rule_network import draw

        title = f"{self.scenario.name}, to day {self.days:g}: who acts on whom, through what"
        return draw(self.rows, self.scenario.rules.words.called, title)


def _in_words(senders: dict[str, float]) -> str:
    ranked = sorted(senders.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {share:.0%}" if len(senders) > 1 else name for name, share in ranked)


def network(
    scenario: str | Path | Scenario = "strip", days: float | None = None, seed: int = 1, every: float = EVERY,
    progress: Progress | None = None,
) -> RuleNetwork:  # fmt: skip
    """Run a scenario and say of every rule who acts through it on whom, and how strongly.

    Parameters
    ----------
    scenario : str, Path or Scenario
    days : float, day, optional
        Simulated time, instead of the scenario's.
    seed : int
    every : float, h
        Time between two looks at all cells.
    progress : callable, optional
        Told of the hours done and of all.

    Returns
    -------
    RuleNetwork
        With ``edges``, a table, and ``plot()``, a picture.
    """
    changes = {} if days is None else {"run.days": days}
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, changes)
    elif changes:
        scenario = scenario.with_(changes)
    engine, found = Engine(scenario, seed), Network()
    listen(engine, every, progress, found)
    return RuleNetwork(scenario, engine.world.clock.hours / 24.0, found.edges(scenario.rules.words))
