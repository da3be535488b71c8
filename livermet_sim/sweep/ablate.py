"""Switch off every mechanism, one at a time, in livers that share their luck, as a study that can be resumed.

The control is run once for each seed and serves all mechanisms. What a run gives is a row of the study; `sweep.effects`
compares the rows in pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.columns import cell_columns
from livermet_sim.engine import Engine, base_values
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.ablation import ABLATE, CONTROL, DROP, MECHANISM, RULE, SWAP
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.rulebook.pairs import ALIKE, alike, every_two
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.effects import Effects, usual
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.sweep import Sweep, whole


class Ablation:
    """Hold a study of ablations that can be run.

    Parameters
    ----------
    scenario : str, Path or Scenario
    rules : iterable of str
        Patterns such as "AN*", ids, or names of phases; every mechanism that acts without any.
    by : str
        "mechanism" switches off all rules of an id together, "rule" each rule for itself.
    mode : str
        "drop", "invert", "saturate" or "swap": see ``rulebook.ablation``. Every two of the rules named are swapped.
    pairs : sequence of str
        Ids, or patterns, of which every two are also taken out together; or "alike": every two of the ``rules`` that move
        one behaviour of one kind of cell the same way.
    seeds, first_seed : int
        Pairs of runs for each mechanism; the seeds count from the first.
    days, lobules : float (day), int, optional
        Instead of the scenario's.
    changes : mapping, optional
        Values that all runs share, by dotted name.
    readouts : sequence of str, optional
        Measures to compare; the first one ranks.

    Attributes
    ----------
    words : list of str
        What is taken out, in the order of the library.
    left_out : dict of str to str
        What cannot be taken out in this mode, and why.
    sweep : Sweep

    Raises
    ------
    LivermetError
        For an unknown rule, mode or readout, with the nearest there is.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        rules: Iterable[str] = (),
        *,
        by: str = MECHANISM,
        mode: str = DROP,
        pairs: Sequence[str] = (),
        seeds: int = 12,
        first_seed: int = 1,
        days: float | None = None,
        lobules: int | None = None,
        changes: Mapping[str, Any] | None = None,
        readouts: Sequence[str] | None = None,
    ):
        base = scenario if isinstance(scenario, Scenario) else load(scenario)
        own = dict(changes or {}) | ({} if lobules is None else {"tissue.lobules": lobules})
        base = base.with_(own) if own else base
        rules = [rules] if isinstance(rules, str) else list(rules)
        pairs = [pairs] if isinstance(pairs, str) else list(pairs)
        words = [ablation.with_mode(mode, word) for word in _wanted(rules, pairs, mode, base, by)]
        self.left_out: dict[str, str] = {}
        # of many exchanges some say nothing; of what was named alone the reason is wanted
        named = bool(rules or pairs) and not (mode == SWAP and len(words) > 1)
        self.words = [word for word in words if self._possible(word, base, named)]
        if not self.words:
            first = next(iter(self.left_out.values()), "no rule of this scenario acts")
            raise LivermetError("ablate", first)
        self.readouts = _known(readouts, list(Engine(base, whole(first_seed, "first_seed", 0)).measures()))
        self.sweep = Sweep(
            base, {ABLATE: [CONTROL, *self.words]}, design="grid", replicates=whole(seeds, "seeds", 1),
            seed=whole(first_seed, "first_seed", 0), days=days, name=f"ablate-{base.name or 'scenario'}",
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"Ablation({self.sweep.base.name!r}, {len(self.words)} of them, {self.sweep.replicates} seeds)"

    def __len__(self) -> int:
        """Return the number of runs, the control's included."""
        return len(self.sweep)

    def run(self, folder: str | Path | None = None, **options: Any) -> Effects:
        """Carry out the runs that the folder does not hold yet, and return what they show.

        Parameters
        ----------
        folder : str or Path, optional
            ``results/ablate-NAME`` by default.
        **options
            ``workers``, ``executor``, ``progress``, ``retry``, ``new_version``, ``shard``: see `Sweep.run`.

        Raises
        ------
        LivermetError, KeyboardInterrupt
            As `Sweep.run` does; what ended is kept, and the same call goes on from there.
        """
        return Effects(self.sweep.run(folder, **options), self.readouts)

    def _possible(self, word: str, base: Scenario, named: bool) -> bool:
        """Say whether a scenario without it can be made; where it was named, let the reason out."""
        try:
            scenario = change_paths(base, {ABLATE: word})
            compile_rules(scenario.rules, base_values(scenario), cell_columns(scenario.kinds))
        except LivermetError as error:
            if named:
                raise
            self.left_out[word] = error.sentence
            return False
        return True


def ablate(
    scenario: str | Path | Scenario = "baseline",
    rules: Iterable[str] = (),
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **options: Any,
) -> Effects:
    """Switch off mechanisms one at a time in livers that share their luck, and say what each changes.

    Parameters
    ----------
    scenario : str, Path or Scenario
    rules : iterable of str
        Patterns such as "AN*", ids, or names of phases; every mechanism that acts without any.
    out : str or Path, optional
        Folder of the study, ``results/ablate-NAME`` by default; the same call goes on where it stopped.
    workers, executor, progress
        See `Sweep.run`.
    **options
        ``by``, ``mode``, ``pairs``, ``seeds``, ``first_seed``, ``days``, ``lobules``, ``changes``, ``readouts``: see
        ``sweep.ablate.Ablation``.

    Returns
    -------
    Effects

    Raises
    ------
    LivermetError
    """
    study = Ablation(scenario, rules, **options)
    return study.run(out, workers=workers, executor=executor, progress=progress)


def _wanted(rules: Sequence[str], pairs: Sequence[str], mode: str, base: Scenario, by: str) -> list[str]:
    """Return what is taken out alone, then in pairs; of a swap there are only pairs, of rules."""

    def chosen(patterns: Sequence[str], by: str) -> list[str]:
        return ablation.chosen(patterns, base.rules, by, base.values)

    if mode == SWAP:
        if not rules and not pairs:
            raise LivermetError(
                "mode", "swap exchanges two rules; name those to exchange, for example MV9 and MV12"
            )
        return every_two(chosen([*rules, *pairs], RULE))
    if ALIKE not in pairs:
        singles = chosen([*rules, *pairs], by)
        return [*singles, *(every_two(chosen(pairs, by)) if pairs else ())]
    if len(pairs) > 1:
        raise LivermetError("pairs", f"{ALIKE} chooses from the rules; name these there")
    singles = chosen(rules, by)
    return [*singles, *alike(singles, base.rules, by)]


def _known(readouts: Sequence[str] | None, names: Sequence[str]) -> tuple[str, ...]:
    """Return the readouts if a run has them all; without any named, the usual ones that it has."""
    if readouts is None:
        return usual(names)
    for name in readouts:
        if name not in names:
            raise LivermetError("readouts", f'there is no measure "{name}"', name=name, valid=names)
    if not readouts:
        raise LivermetError("readouts", "there are none; name at least one measure")
    return tuple(dict.fromkeys(readouts))
