"""Describe a study (a scenario, factors, a design, replicates) and run it into a folder that can be resumed.

>>> import livermet_sim as lm
>>> sweep = lm.Sweep("strip", {"cells.kupffer.density": (0, 30000)}, samples=50, replicates=2, days=3)  # doctest: +SKIP
>>> study = sweep.run("results/kupffer", workers=2)  # doctest: +SKIP
>>> study.runs, study.plot("response")  # doctest: +SKIP

The same as a file, for ``livermet sweep``::

    scenario = "strip"
    days = 3
    [design]
    kind = "latin-hypercube"   # grid, one-at-a-time, list, sobol-sequence, sobol (indices), morris, fast
    samples = 50
    replicates = 2
    seed = 1
    [factors]
    "cells.kupffer.density" = { low = "0 /mm3", high = "30000 /mm3" }
    "rules.MV12.enabled" = { values = [true, false] }
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.checksums import sha256
from livermet_sim.base.errors import LivermetError, ResultError, ScenarioError
from livermet_sim.base.write import inside
from livermet_sim.engine import SEED_LIMIT
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep import designs, file, version
from livermet_sim.sweep.chunk import Run
from livermet_sim.sweep.factors import Factor, change_paths, placed, read_factors
from livermet_sim.sweep.plan import carry_out_all, check_version, run_address
from livermet_sim.sweep.progress import show, tell
from livermet_sim.sweep.runs import quiet
from livermet_sim.sweep.schema import DONE, FAILED, read_design, read_manifest
from livermet_sim.sweep.store import FORMAT, MANIFEST_NAME, Store, packed, write_bytes, write_text

if TYPE_CHECKING:
    from livermet_sim.sweep.study import Study

MOST_RUNS = 5_000_000


class Sweep:
    """Hold a study that can be run.

    Parameters
    ----------
    scenario : str, Path or Scenario
    factors : mapping, optional
        Path -> ``(low, high)``, a list of values, ``{"low": ..., "high": ..., "scale": "log"}``, or ``{}`` for the range
        declared with the parameter. A bare number is in the parameter's own unit.
    design : str
        grid, one-at-a-time, list, latin-hypercube, sobol-sequence, sobol (for Sobol indices), morris or fast: see `sweep.designs`.
    samples, replicates : int
        Size of the design; runs a point.
    seed : int
        Replicate ``i`` has the seed ``seed + i`` at every point, so that points share their luck; the design is drawn
        from ``seed`` as well.
    paired : bool
        Whether points share their seeds; if not, every run has its own.
    points : sequence of mappings, optional
        The points of a list: path -> value.
    days : float, optional
        Simulated days, instead of the scenario's.
    changes : mapping, optional
        Values that all runs share.
    series : bool or str
        Whether to keep the time series; a time such as "6 h" sets its interval.
    name : str
        Names the folder where none is given.

    Raises
    ------
    LivermetError
        For an unknown name, an impossible value or design.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        factors: Mapping[str, Any] | None = None,
        *,
        design: str = "latin-hypercube",
        samples: int = 100,
        replicates: int = 1,
        seed: int = 1,
        paired: bool = True,
        points: Sequence[Mapping[str, Any]] = (),
        days: float | None = None,
        changes: Mapping[str, Any] | None = None,
        series: bool | str = False,
        name: str = "",
    ):
        base = scenario if isinstance(scenario, Scenario) else load(scenario)
        if not isinstance(changes or {}, Mapping):
            raise ScenarioError("set", 'this is a table of values, for example "seeding.dose" = "50 /mm3"')
        for place, own in (
            ("set", dict(changes or {})),
            ("days", {} if days is None else {"run.days": days}),
        ):
            if own:
                with placed(place):
                    base = change_paths(base, own)
        self.name = name or base.name or "study"
        self.series = bool(series)
        self.base = quiet(base, self.series, series if isinstance(series, str) else None)
        if not isinstance(paired, bool):
            raise ScenarioError("design.paired", f"{paired!r} is not true or false")
        self.design, self.samples, self.paired = design, whole(samples, "design.samples", 1), paired
        self.replicates = whole(replicates, "design.replicates", 1)
        self.seed = whole(seed, "design.seed", 0)
        if design == "list":
            factors = _listed(points, factors)
        elif points:
            raise ScenarioError("points", 'points are for the design "list"')
        self.factors = read_factors(factors or {}, self.base)
        if design == "list":
            self.points = _read_points(points, self.factors)
        else:
            _refuse_twice(self.factors)
            self.points = designs.points(design, self.factors, self.samples, self.seed)
        if len(self.points) * self.replicates > MOST_RUNS:
            raise ScenarioError(
                "design", f"{len(self):,} runs are more than the {MOST_RUNS:,} a study can have"
            )
        self.text = ""

    @classmethod
    def load(cls, path: str | Path) -> Sweep:
        """Read a study file, by its path or by the name of one that ships with the model: see `sweep.file`."""
        sweep, sweep.text = file.read(path, cls)
        return sweep

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.points) * self.replicates

    def __repr__(self) -> str:
        return f"Sweep({self.name!r}, {self.design}, {len(self.factors)} factors, {len(self)} runs)"

    def seed_of(self, point: int, replicate: int) -> int:
        """Return the seed of a run.

        Parameters
        ----------
        point, replicate : int
            Number of the point in the design, and of the run at that point, both from 0.
        """
        step = 0 if self.paired else point * self.replicates
        return (self.seed + step + replicate) % SEED_LIMIT

    def plan(self) -> Any:
        """Return a table (pandas) with a row per run: run, point, replicate, seed and the factors' values."""
        return self._table(None).to_pandas()

    def run(
        self,
        folder: str | Path | None = None,
        *,
        workers: int | None = None,
        executor: Executor | None = None,
        shard: tuple[int, int] = (1, 1),
        retry: bool = False,
        new_version: bool = False,
        progress: bool = True,
    ) -> Study:
        """Carry out the runs that the folder does not hold yet, and return the study.

        Parameters
        ----------
        folder : str or Path, optional
            ``results/NAME`` by default.
        workers, executor
            See `sweep.execute.execute`.
        shard : (int, int)
            Carry out part k of n, from 1, for job arrays; all parts share one folder.
        retry : bool
            Try again the runs that failed earlier.
        new_version : bool
            Compute all runs again when the folder's are of another version of the model.
        progress : bool
            Show how far it is.

        Raises
        ------
        LivermetError
            When the folder holds something else or runs of another model version, or cannot be written.
        KeyboardInterrupt
            On Ctrl-C; what ended is kept.
        """
        from livermet_sim.sweep.study import Study

        store = Store(Path(folder or inside(Path("results"), self.name)))
        part, parts = shard
        if not 1 <= part <= parts:
            raise LivermetError("shard", f"{part}/{parts} is not a part; write 1/{parts} to {parts}/{parts}")
        store.create()
        addresses = self._prepare(store, new_version)
        status = store.status()
        runs = [
            Run(address, seed, changes, status.get(address, ("", 0))[1])
            for address, seed, changes in self._open(addresses, status, retry, part, parts)
        ]
        mine = len(range(part - 1, len(self), parts))
        with show(mine, mine - len(runs), progress) as watch:
            try:
                carry_out_all(
                    store,
                    self.base,
                    runs,
                    series=self.series,
                    workers=workers,
                    executor=executor,
                    watch=watch,
                )
            finally:
                store.clean()  # what a worker that was ended had half written
        return Study(store.folder)

    def _open(
        self, addresses: list[str], status: dict[str, tuple[str, int]], retry: bool, part: int, parts: int
    ) -> Any:
        """Yield address, seed and changes of the runs of a shard that are still to do."""
        seen: set[str] = set()
        for run in range(part - 1, len(self), parts):
            address = addresses[run]
            found = status.get(address, ("", 0))[0]
            if found == DONE or (found == FAILED and not retry) or address in seen:
                continue
            seen.add(address)
            point, replicate = divmod(run, self.replicates)
            values = zip(self.factors, self.points[point], strict=True)
            yield address, self.seed_of(point, replicate), {f.path: f.written(v) for f, v in values}

    def _prepare(self, store: Store, new_version: bool) -> list[str]:
        """Write design and manifest unless they are there; return the address of every run."""
        manifest, place = self._manifest(), store.folder / "design.parquet"
        earlier = self._earlier(store, new_version)
        if all(earlier.get(name) == manifest[name] for name in ("key", "model")):
            store.open()
            with suppress(ResultError):  # it is written anew where it is missing or damaged
                return read_design(place, earlier["table"])["address"].to_pylist()
        addresses = self._addresses()
        table = packed(self._table(addresses))
        manifest["table"] = sha256(table)
        store.begin(manifest)
        write_bytes(table, place)
        write_text(
            self.text or json.dumps(manifest, indent=1),
            store.folder / ("study.toml" if self.text else "study.json"),
        )
        return addresses

    def _earlier(self, store: Store, new_version: bool) -> dict[str, Any]:
        """Return the manifest of an earlier call, {} where there is none; name what is damaged, and set it aside."""
        known = store.folder / MANIFEST_NAME
        if not known.exists():
            return {}
        earlier: dict[str, Any] = {}
        try:
            earlier = read_manifest(store.folder)
        except ResultError as error:
            if "damaged" not in error.sentence:
                raise
            tell(f"{error.sentence}; it is written anew")
        if earlier and earlier.get("format") != FORMAT:
            raise ResultError(str(store.folder), "the study was written by another version of this program")
        if earlier and not new_version:
            check_version(str(earlier.get("model")), store.folder)
        store.clean()
        for name in store.set_aside_damaged():
            tell(f"{store.folder / name}: the part is damaged; its runs are computed again")
        return earlier

    def _addresses(self) -> list[str]:
        """Return the address of every run; a point that makes no scenario gets one too, and fails when it is run."""
        found, base = [], self.base.digest
        for number, point in enumerate(self.points):
            written = {f.path: f.written(v) for f, v in zip(self.factors, point, strict=True)}
            digest = ""
            with suppress(LivermetError):
                digest = change_paths(self.base, written).digest
            text = f"{base} {written!r}"
            for replicate in range(self.replicates):
                found.append(run_address(digest, text, self.seed_of(number, replicate), self.series))
        return found

    def _manifest(self) -> dict[str, Any]:
        definition: dict[str, Any] = {
            "scenario": self.base.name, "scenario_digest": self.base.digest, "design": self.design,
            "points": len(self.points), "samples": self.samples, "replicates": self.replicates, "seed": self.seed,
            "paired": self.paired, "series": self.series, "factors": [_described(f) for f in self.factors],
            "model": version.model(),
        }  # fmt: skip
        values = json.dumps([definition, self.points], sort_keys=True).encode()
        key = hashlib.sha256(values).hexdigest()
        return {"format": FORMAT, "name": self.name, "runs": len(self), "key": key} | definition

    def _table(self, addresses: list[str] | None) -> Any:
        import pyarrow as pa

        runs = range(len(self))
        point, replicate = [r // self.replicates for r in runs], [r % self.replicates for r in runs]
        columns: dict[str, Any] = {"run": list(runs), "point": point, "replicate": replicate}
        columns["seed"] = [self.seed_of(p, r) for p, r in zip(point, replicate, strict=True)]
        if addresses is not None:
            columns["address"] = addresses
        for i, factor in enumerate(self.factors):
            values = [self.points[p][i] for p in point]
            mixed = len({isinstance(v, str) for v in values} | {isinstance(v, bool) for v in values}) > 1
            if mixed and any(isinstance(v, str) for v in values):
                values = [str(v) for v in values]
            columns[factor.path] = values
        return pa.table(columns)


def _refuse_twice(factors: Sequence[Factor]) -> None:
    """Refuse a factor that takes one value under two spellings; a list of points may, and runs it once."""
    for factor in factors:
        values = {(isinstance(value, bool), value) for value in factor.values}
        if len(values) < len(factor.values):
            raise ScenarioError(f'factors."{factor.path}".values', "a value is given twice")


def _described(factor: Factor) -> dict[str, Any]:
    return {"path": factor.path, "unit": factor.shown_unit, "values": list(factor.values)} | (
        {} if factor.values else {"low": factor.low, "high": factor.high, "log": factor.log}
    )


def _listed(points: Sequence[Mapping[str, Any]], factors: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the factors of a list of points: each path with the values it takes."""
    if factors:
        raise ScenarioError("factors", 'the design "list" takes its factors from its points')
    if not points:
        raise ScenarioError("points", "the list has no points")
    paths = list(points[0])
    for number, point in enumerate(points):
        if sorted(point) != sorted(paths):
            raise ScenarioError(
                f"points[{number}]", f"every point must give the same paths: {', '.join(paths)}"
            )
    return {path: list(dict.fromkeys(point[path] for point in points)) for path in paths}


def _read_points(points: Sequence[Mapping[str, Any]], factors: Sequence[Factor]) -> list[designs.Point]:
    """Return the points of a list, each value as its factor reads it."""
    raw = {f.path: list(dict.fromkeys(point[f.path] for point in points)) for f in factors}
    return [tuple(f.values[raw[f.path].index(point[f.path])] for f in factors) for point in points]


def whole(value: object, place: str, least: int) -> int:
    """Return a whole number of at least ``least``, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < SEED_LIMIT:
        raise ScenarioError(place, f"{value!r} is not a whole number of {least} or more")
    return value
