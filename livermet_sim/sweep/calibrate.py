"""Fit chosen parameters to targets: Optuna proposes, the runner of studies computes, the folder remembers.

Optuna was chosen over pyABC: it adds nine small packages and not fifty-five, its ask-and-tell interface leaves the
running to us, so that a calibration uses the same workers, folders and resumption as any study, and a fit to summary
values is what most published experiments allow. What it does not give is a posterior: the report shows instead the range
of every factor over all trials that fit, which says what the targets leave open.

A calibration file::

    scenario = "strip"
    days = 3
    [calibration]
    trials = 64
    batch = 8           # trials proposed together; they run at the same time
    replicates = 2
    seed = 1
    [factors]
    "cells.tumour.cycle" = { low = "10 h", high = "60 h", scale = "log" }
    [arms.depleted]     # besides the scenario itself, which is the arm "main"
    "cells.kupffer.density" = 0
    [[targets]]
    series = "n_tumour"
    day = [1, 2, 3]
    value = [9, 7, 8]
    error = 2
    [[targets]]
    measure = "founders_alive_share"
    arm = "depleted"
    over = "main"       # the ratio of the two arms
    value = 1.5
    error = 0.3

Batches are proposed from the trials before them and a seed, so that the fit does not depend on the number of
workers, and a calibration that was stopped goes on as if it had not been.

References
----------
Watanabe 2023 arXiv:2304.11127 (tree-structured Parzen estimator); Akiba 2019 doi:10.1145/3292500.3330701 (Optuna).
"""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError, ResultError, ScenarioError
from livermet_sim.base.read import guarded
from livermet_sim.base.tables import to_frame
from livermet_sim.base.write import inside
from livermet_sim.scenario import files
from livermet_sim.scenario.spec import Scenario
from livermet_sim.scenario.write import key as toml_key
from livermet_sim.scenario.write import literal
from livermet_sim.sweep import version
from livermet_sim.sweep.chunk import Run
from livermet_sim.sweep.factors import Factor, change_paths, placed, read_factors
from livermet_sim.sweep.file import base, check_keys, check_texts, find, within
from livermet_sim.sweep.fit import Fit, Trial
from livermet_sim.sweep.plan import carry_out_all, check_version
from livermet_sim.sweep.progress import show, tell
from livermet_sim.sweep.runs import quiet
from livermet_sim.sweep.schema import DONE, read_manifest, read_part, read_sealed, sealed_json
from livermet_sim.sweep.store import MANIFEST_NAME, Store, mended, write_text
from livermet_sim.sweep.sweep import Sweep, whole
from livermet_sim.sweep.targets import MAIN, Target, read_targets

KEYS = ("name", "doc", "scenario", "days", "set", "calibration", "factors", "arms", "targets")
OWN = {"trials": 64, "batch": 8, "replicates": 2, "seed": 1}
WORST = 1e6  # the loss of a trial that gives no number where one was observed


class Calibration:
    """Hold what is fitted to what. Read one from a file with `load`."""

    def __init__(
        self, scenario: Scenario, factors: Mapping[str, Any], targets: list[Any], *, arms: Mapping[str, Any] | None = None,
        trials: int = 64, batch: int = 8, replicates: int = 2, seed: int = 1, name: str = "calibration",
    ):  # fmt: skip
        self.name = name
        self.factors = read_factors(factors, scenario)
        if not self.factors:
            raise ScenarioError("factors", "there is nothing to fit; name a parameter and its range")
        self.arms = {MAIN: {}} | {str(k): _arm(k, v) for k, v in (arms or {}).items()}
        self.targets = read_targets(targets, list(self.arms), float(scenario.value("run.days")))
        self.trials, self.batch = whole(trials, "calibration.trials", 1), whole(batch, "calibration.batch", 1)
        self.replicates, self.seed = (
            whole(replicates, "calibration.replicates", 1),
            whole(seed, "calibration.seed", 0),
        )
        self.series = any(target.days for target in self.targets)
        self.base = quiet(scenario, self.series, _interval(self.targets))
        for arm, changes in self.arms.items():
            with placed(f"arms.{arm}"):
                change_paths(self.base, changes)
        self.text = self.place = ""

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read a calibration file, by its path or the name of one that ships with the model.

        Raises
        ------
        LivermetError
            For every mistake in it.
        """
        path = find(path, "calibrations")
        tables, text = files.read(path)
        with within(files.label(path), text):
            check_keys(tables, KEYS, "")
            check_texts(tables, ("name", "doc"), "")
            own = tables.get("calibration", {})
            for name in ("calibration", "factors", "arms", "set"):
                if not isinstance(tables.get(name, {}), Mapping):
                    raise ScenarioError(name, f"this is a table, headed [{name}]")
            check_keys(own, tuple(OWN), "calibration.")
            study = Sweep(base(tables, path), days=tables.get("days"), changes=tables.get("set"))
            found = cls(
                study.base, tables.get("factors", {}), tables.get("targets", []), arms=tables.get("arms"),
                name=str(tables.get("name", path.stem)), **(OWN | own),
            )  # fmt: skip
        found.text, found.place = text, files.label(path)
        return found

    def run(
        self,
        folder: str | Path | None = None,
        *,
        workers: int | None = None,
        executor: Executor | None = None,
        progress: bool = True,
    ) -> Fit:
        """Fit, or go on with a fit that was stopped; return it.

        Raises
        ------
        LivermetError
            When the folder holds something else, a target names no measure, or every run of a batch failed.
        KeyboardInterrupt
            On Ctrl-C; what ended is kept.
        """
        store = Store(Path(folder or inside(Path("results"), self.name)))
        store.create()
        with within(self.place, self.text) if self.text else nullcontext():
            self._check_names()
        trials = self._prepare(store)
        each = len(self.arms) * self.replicates
        with show(self.trials * each, len(trials) * each, progress) as watch:
            done = 0
            while len(trials) < self.trials:
                asked = self._ask(trials)
                runs, places = self._runs(asked, store)
                begun = done
                carry_out_all(
                    store, self.base, runs, series=self.series, workers=workers, executor=executor,
                    watch=lambda ended, failed, begun=begun: watch(begun + ended, failed),
                )  # fmt: skip
                done += len(asked) * each
                watch(done, 0)
                trials += self._tell(asked, places, store, len(trials))
                kept = {"key": self._key(), "trials": [trial.to_dict() for trial in trials]}
                write_text(sealed_json(kept), store.folder / "trials.json")
        fit = Fit(self.name, self.factors, self.targets, tuple(trials))
        write_text(fit.report() + "\n", store.folder / "report.txt")
        write_text(self._best(fit), store.folder / "best.toml")
        return fit

    def _key(self) -> str:
        """Return what tells this calibration from every other."""
        definition = [
            self.base.digest, repr(self.factors), repr(self.targets), self.arms, self.batch, self.replicates, self.seed,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()

    def _manifest(self) -> dict[str, Any]:
        return {"name": self.name, "kind": "calibration", "key": self._key(), "model": version.model()}

    def _prepare(self, store: Store) -> list[Trial]:
        """Return the trials of an earlier call, after looking whether they are of this very calibration."""
        if (store.folder / MANIFEST_NAME).exists():
            self._check_earlier(store)
            store.open()
            store.clean()
            for name in store.set_aside_damaged():
                tell(f"{store.folder / name}: the part is damaged; its runs are computed again")
        else:
            store.begin(self._manifest())
        if self.text:
            write_text(self.text, store.folder / "calibration.toml")
        path = store.folder / "trials.json"
        if not path.exists():
            return []
        try:
            kept = read_sealed(path, {"key": str, "trials": list}, "the file is missing")
            with guarded(path):
                if kept["key"] != self._key():
                    raise ValueError("it is of another calibration")
                return [Trial.read(table) for table in kept["trials"]]
        except ResultError as error:
            tell(f"{error.sentence}; the trials are told again from their runs")
            return []

    def _check_earlier(self, store: Store) -> None:
        """Refuse a folder of something else; write a damaged manifest anew, as trials and runs tell for themselves."""
        try:
            earlier = read_manifest(store.folder, "calibration")
        except ResultError as error:
            tell(f"{error.sentence}; it is written anew")
            store.begin(self._manifest())
            return
        check_version(str(earlier.get("model")), store.folder)
        if earlier.get("key") != self._key():
            raise ResultError(
                str(store.folder), "it holds another calibration; give another folder with --out"
            )

    def _ask(self, trials: Sequence[Trial]) -> list[list[float]]:
        """Return the places of the next trials, from 0 to 1, proposed from those before them."""
        optuna = _optuna()
        number = len(trials)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that joint proposals are new in Optuna
            sampler = optuna.samplers.TPESampler(
                seed=self.seed + number, multivariate=True, constant_liar=True
            )
        study = optuna.create_study(sampler=sampler)
        spaces = {f.path: _space(optuna, f) for f in self.factors}
        for trial in trials:
            if math.isfinite(trial.loss):
                places = {f.path: _inside(f, u) for f, u in zip(self.factors, trial.places, strict=True)}
                study.add_trial(
                    optuna.trial.create_trial(params=places, distributions=spaces, value=trial.loss)
                )
        asked = []
        for _ in range(min(self.batch, self.trials - number)):
            proposed = study.ask(spaces).params
            asked.append([_outside(f, proposed[f.path]) for f in self.factors])
        return asked

    def _runs(
        self, asked: Sequence[Sequence[float]], store: Store
    ) -> tuple[list[Run], list[dict[str, list[str]]]]:
        """Return the runs still to do for some trials, and for each trial the addresses of its runs by arm."""
        known, runs, places = store.status(), {}, []
        for point in asked:
            values = {f.path: f.written(f.at(u)) for f, u in zip(self.factors, point, strict=True)}
            own: dict[str, list[str]] = {}
            for arm, changes in self.arms.items():
                both = values | changes
                try:
                    digest = change_paths(self.base, both).digest
                except LivermetError:
                    digest = hashlib.sha256(repr(both).encode()).hexdigest()
                for replicate in range(self.replicates):
                    address = version.address(digest, self.seed + replicate, self.series)
                    own.setdefault(arm, []).append(address)
                    if address not in known:
                        runs[address] = Run(address, self.seed + replicate, both)
            places.append(own)
        return list(runs.values()), places

    def _tell(
        self,
        asked: Sequence[Sequence[float]],
        places: Sequence[Mapping[str, list[str]]],
        store: Store,
        number: int,
    ) -> list[Trial]:
        """Return the finished trials with what they predict and how far off that is."""
        rows = to_frame(store.rows()).set_index("address")
        wanted = [a for own in places for addresses in own.values() for a in addresses]
        good = rows.loc[wanted, "status"] == DONE
        if not good.any():
            raise ResultError(
                str(store.folder), f"every run failed; the first said: {rows.loc[wanted[0], 'error']}"
            )
        told = []
        for i, (point, own) in enumerate(zip(asked, places, strict=True)):
            predictions, losses = [], []
            for target in self.targets:
                found = {
                    arm: np.array([_value(store, rows, a, target) for a in own[arm]]) for arm in target.arms
                }
                predicted = target.predicted(found)
                loss = target.loss(predicted)
                losses.append(loss if math.isfinite(loss) else WORST)
                predictions.append([float(v) if math.isfinite(v) else None for v in predicted])
            told.append(
                Trial(number + i, tuple(point), float(np.mean(losses)), tuple(map(tuple, predictions)))
            )
        return told

    def _check_names(self) -> None:
        """Refuse a target that no run can give, before anything is run."""
        from livermet_sim.engine import Engine

        engine = Engine(self.base, self.seed)
        series = engine.recorder.observe(engine.world, 0.0)
        for number, target in enumerate(self.targets):
            valid = series if target.days else engine.measures()
            if target.column not in valid and not (target.days and target.column.startswith("dead_")):
                kind = "column in the time series" if target.days else "measure"
                place = f"targets[{number}].{'series' if target.days else 'measure'}"
                raise LivermetError(
                    place, f'there is no {kind} "{target.column}"', name=target.column, valid=valid
                )

    def _best(self, fit: Fit) -> str:
        """Return the best trial as a scenario file's changes."""
        lines = [
            f"# {self.name}: trial {fit.best.number}, loss {fit.best.loss:.4g}",
            f"extends = {literal(self.base.name)}",
            "",
        ]
        for factor, u in zip(self.factors, fit.best.places, strict=True):
            if factor.path.startswith("interventions"):
                lines.append(f"# {factor.path} = {literal(factor.written(factor.at(u)))}")
                continue
            path = ".".join(toml_key(part) for part in factor.path.split("."))
            lines.append(f"{path} = {literal(factor.written(factor.at(u)))}")
        return "\n".join(lines) + "\n"


def _value(store: Store, rows: Any, address: str, target: Target) -> list[float]:
    """Return what one run gives for a target: one number, or one a day; not a number where the run failed."""
    import pyarrow.compute as pc

    row = rows.loc[address]
    if row["status"] != DONE:
        return [math.nan] * len(target.values)
    if not target.days:
        return [float(row[target.column])]
    with mended(path := store.series / row["part"]):
        table = read_part(path)
    own = table.filter(pc.equal(table["address"], address)).to_pandas()  # type: ignore[attr-defined]
    values = own[target.column].fillna(0) if target.column in own else own["day"] * 0.0
    return [float(values.iloc[int((own["day"] - day).abs().argmin())]) for day in target.days]


def _interval(targets: Sequence[Target]) -> float:
    """Return the hours between two rows of the series that the targets' days need."""
    hours = [round(day * 24.0) for target in targets for day in target.days]
    return float(max(1, math.gcd(*hours)))


def _arm(name: str, changes: Any) -> dict[str, Any]:
    if name == MAIN or not isinstance(changes, Mapping):
        raise ScenarioError(
            f"arms.{name}", f'an arm is a table of changes; the arm "{MAIN}" is the scenario itself'
        )
    return dict(changes)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise LivermetError(
            "calibrate", 'this needs Optuna; install it with  pip install "livermet-sim[calibrate]"'
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _space(optuna: Any, factor: Factor) -> Any:
    if factor.values:
        return optuna.distributions.CategoricalDistribution(tuple(range(len(factor.values))))
    return optuna.distributions.FloatDistribution(0.0, 1.0)


def _inside(factor: Factor, u: float) -> float | int:
    return min(int(u * len(factor.values)), len(factor.values) - 1) if factor.values else u


def _outside(factor: Factor, proposed: float) -> float:
    return (proposed + 0.5) / len(factor.values) if factor.values else float(proposed)
