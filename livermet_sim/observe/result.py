"""Hold what a run gave: what was run, how many cells did what, every lesion's history, pictures of the tissue."""

from __future__ import annotations

import importlib
import json
import math
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.observe import columns, folder, summary
from livermet_sim.observe.columns import Frame

_TABLES = ("timeseries", "lesions", "events", "cells", "patterns")


def plain(value: Any) -> Any:
    """Return ``value`` as JSON keeps it: words for names, lists for arrays, None for not-a-number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


@dataclass(eq=False, repr=False)
class Result:
    """Hold the tables and pictures of one run; two results are equal when all their contents are.

    Attributes
    ----------
    scenario : dict
        The resolved scenario.
    provenance : dict
        Versions, ``seed``, ``digest`` of the end state, timings, ``complete`` (False for a run cut short) and
        ``enrichment`` (how many times more tumour cells than in life, with the reason).
    rules, plan : str
        The rules in words; the order of a step.
    timeseries : DataFrame
        A row per recorded time; ``dead_<cause>``, ``entered``, ``born``, ``washed_out`` are running totals.
    lesions : DataFrame
        A row per lesion ever seen, with the hour of each milestone (NaN where it was never reached).
    events : DataFrame
        What happened to tumour cells, in order.
    cells : DataFrame
        Every cell at the snapshot times.
    snapshots : dict of ndarray
        ``time_h[S]``, site stacks ``[S, n]``, static site arrays ``[n]`` and sizes.
    patterns : DataFrame
        Growth pattern, vessels, hypoxia and necrosis of each lesion at the snapshot times.
    toml : str
        The scenario with every value, as a file that gives this run again with its seed.
    frames : dict of ndarray
        The tissue and the cells at short intervals, in bytes, for films: see ``observe.frames``.
    source : str
        The scenario as its author wrote it, if it came from a file.
    images : dict of bytes
        The image of the tissue as a file, under the name that ``toml`` gives it.
    """

    scenario: dict[str, Any]
    provenance: dict[str, Any]
    rules: str
    plan: str
    timeseries: Frame
    lesions: Frame
    events: Frame
    cells: Frame
    snapshots: dict[str, np.ndarray] = field(default_factory=dict)
    toml: str = ""
    patterns: Frame = None
    frames: dict[str, np.ndarray] = field(default_factory=dict)
    source: str = ""
    images: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.patterns is None:
            import pandas as pd

            self.patterns = pd.DataFrame({name: np.zeros(0) for name in columns.HISTORY})
        self.scenario, self.provenance = plain(self.scenario), plain(self.provenance)
        self.snapshots = {name: np.asarray(array) for name, array in self.snapshots.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        texts = ("rules", "plan", "toml", "source", "images")
        return (
            all(_same_json(getattr(self, n), getattr(other, n)) for n in ("scenario", "provenance"))
            and all(getattr(self, n) == getattr(other, n) for n in texts)
            and all(_same_table(getattr(self, n), getattr(other, n)) for n in _TABLES)
            and _same_arrays(self.snapshots, other.snapshots)
            and _same_arrays(self.frames, other.frames)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = self.scenario.get("name", "run")
        return f"Result({name!r}, seed {self.provenance.get('seed')}, {self.days:g} days, {len(self.lesions)} lesions)"

    @property
    def hours(self) -> float:
        """Return the simulated time in hours."""
        if len(self.timeseries):
            return float(self.timeseries["time_h"].iloc[-1])
        return float(self.provenance.get("hours") or 0.0)

    @property
    def days(self) -> float:
        """Return the simulated time in days."""
        return self.hours / 24

    def save(self, path: str | Path, *, figures: bool = True) -> Path:
        """Write the result into a folder, whole or not at all, and return the folder.

        An earlier result there is replaced; files that are not part of a result are kept.

        Parameters
        ----------
        path : str or Path
            The folder; it is made where there is none.
        figures : bool
            Whether to draw the figures too.

        Raises
        ------
        ResultError
            When the folder holds something that is not a result, or cannot be written.
        """
        return folder.write(self, Path(path), figures=figures)

    @classmethod
    def load(cls, path: str | Path) -> Result:
        """Read a result back from its folder, equal to the one that was saved.

        Parameters
        ----------
        path : str or Path
            The folder that `save`, or ``livermet run``, has left.

        Raises
        ------
        ResultError
            When a file is missing, damaged or larger than a result can be.
        """
        return cls(**folder.read(Path(path)))

    def funnel(self) -> Frame:
        """Return how many disseminated cells came how far, with intervals: see ``observe.funnel``."""
        from livermet_sim.observe.funnel import funnel

        return funnel(self)

    def deaths(self) -> Frame:
        """Return who killed the tumour cells, where and in which phase: see ``observe.deaths``."""
        from livermet_sim.observe.deaths import deaths

        return deaths(self)

    def survival(self, milestone: str, of: str = "founder", lost: str = "censor") -> Frame:
        """Return the Kaplan-Meier estimate of the time (h) to a milestone: see ``observe.survival``.

        Parameters
        ----------
        milestone : str
            Such as ``"extravasated"``; an unknown one is refused with those that there are.
        of : str
            Whose time is counted: ``"founder"`` or ``"lesion"``.
        lost : str
            What the loss of one before it got there means: ``"censor"`` or ``"never"``.
        """
        from livermet_sim.observe.survival import survival

        return survival(self, milestone, of, lost)

    def infiltrate(self, rim_um: float | None = None) -> Frame:
        """Return cells of each kind inside lesions, in their rim and outside: see ``observe.infiltrate``.

        Parameters
        ----------
        rim_um : float, um, optional
            Width of the rim; that of the definitions of the run by default.
        """
        from livermet_sim.observe.infiltrate import infiltrate

        return infiltrate(self, rim_um)

    def summary(self) -> str:
        """Return a short report in words."""
        return summary.report(self)

    def plot(self, name: str = "overview", **options: Any) -> Any:
        """Return one figure: overview, tissue_map, tissue_series, histology, immunofluorescence, phase_timeline,
        funnel_chart, population_curves, death_causes, kills, polarisation_curves, growth_curves, growth_pattern,
        map_oxygen, map_perfusion, map_vegf, map_collagen, or with ``other=`` a second result compare_livers.

        Parameters
        ----------
        name : str
            One of these.
        **options
            What the figure takes, such as ``time_h=48`` (h) or ``layer="oxygen"``.

        Raises
        ------
        ResultError
            When there is no figure of that name.
        """
        return _drawing().draw(self, name, **options)

    def animate(self, **options: Any) -> Any:
        """Return the run as a film: a notebook shows it, ``save("film.mp4")`` or ``.gif`` writes it.

        Parameters
        ----------
        **options
            What ``viz.film.Film`` takes.
        """
        return importlib.import_module("livermet_sim.viz.film").Film(self, **options)

    def player(self, path: str | Path) -> Path:
        """Write the run as one HTML file that plays in any browser, and return the file.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        return importlib.import_module("livermet_sim.viz.player").write_player(self, path)

    def to_anndata(self, time_h: float | None = None) -> Any:
        """Return the cells of one snapshot as AnnData: see ``observe.exchange``.

        Parameters
        ----------
        time_h : float, h, optional
            The snapshot nearest to this time; the last by default.
        """
        from livermet_sim.observe.exchange import to_anndata

        return to_anndata(self, time_h)

    def to_xarray(self) -> Any:
        """Return the tissue at all snapshots as an xarray Dataset over time, y and x: see ``observe.exchange``."""
        from livermet_sim.observe.exchange import to_xarray

        return to_xarray(self)

    def export(self, to: str, path: str | Path, time_h: float | None = None) -> list[Path]:
        """Write the result for other programs and return the files: see ``observe.exchange``.

        Parameters
        ----------
        to : str
            One of anndata, ome-tiff, png, geojson and csv.
        path : str or Path
            The folder.
        time_h : float, h, optional
            The snapshot nearest to this time; the last by default.
        """
        from livermet_sim.observe.exchange import export

        return export(self, to, path, time_h)

    def figures(self, path: str | Path, which: str = "few", told: Any = None) -> list[Path]:
        """Write figures into a folder as PNG and return the files.

        Parameters
        ----------
        path : str or Path
            The folder.
        which : str
            ``few`` for a first look, ``all``, or names separated by commas, as ``plot`` knows them.
        told : callable, optional
            Told the name of each figure before it is drawn, how many are done, and of how many.
        """
        return _drawing().save_all(self, Path(path), which, told)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(value)}</td></tr>"
            for label, value in summary.facts(self)
        )
        return f"<table>{rows}</table>"


def _drawing() -> Any:
    # Drawing stands above the results in the import order, so it is found by name when somebody asks.
    return importlib.import_module("livermet_sim.viz.figures")


def _same_json(a: Any, b: Any) -> bool:
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def _same_arrays(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(_same_array(array, b[name]) for name, array in a.items())


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


def _same_table(a: Frame, b: Frame) -> bool:
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return False
    return all(_same_column(a[name].to_numpy(), b[name].to_numpy()) for name in a.columns)


def _same_column(a: np.ndarray, b: np.ndarray) -> bool:
    # Words come back from a file as another text type, so they are compared one by one.
    if a.dtype.kind in "OTU" or b.dtype.kind in "OTU":
        return [str(item) for item in a] == [str(item) for item in b]
    return _same_array(a, b)
