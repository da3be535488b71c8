"""Let a user ask of a finished run: save it, put it into tables and words, draw it, hand it to other programs."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.observe import deaths, exchange, folder, funnel, infiltrate, summary, survival
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.record import Record


class Result(Record):
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
        return folder.write(self, Path(path), self.figures if figures else None)

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
        return funnel.funnel(Kept(self))

    def measures(self) -> dict[str, float]:
        """Return the numbers by which studies compare runs, as far as a saved run keeps what they take; else NaN."""
        return tables.measures(Kept(self))

    def founders(self) -> Frame:
        """Return a row per founder that entered: the hour (h) at which its line reached each step, NaN where it did not."""
        return tables.founders(Kept(self))

    def deaths(self) -> Frame:
        """Return who killed the tumour cells, where and in which phase: see ``observe.deaths``."""
        return deaths.deaths(self)

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
        return survival.survival(self, milestone, of, lost)

    def infiltrate(self, rim_um: float | None = None) -> Frame:
        """Return cells of each kind inside lesions, in their rim and outside: see ``observe.infiltrate``.

        Parameters
        ----------
        rim_um : float, um, optional
            Width of the rim; that of the definitions of the run by default.
        """
        return infiltrate.infiltrate(self, rim_um)

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
        from livermet_sim.viz import figures  # drawing takes a second to load

        return figures.draw(self, name, **options)

    def animate(self, **options: Any) -> Any:
        """Return the run as a film: a notebook shows it, ``save("film.mp4")`` or ``.gif`` writes it.

        Parameters
        ----------
        **options
            What ``viz.film.Film`` takes.
        """
        from livermet_sim.viz.film import Film

        return Film(self, **options)

    def player(self, path: str | Path) -> Path:
        """Write the run as one HTML file that plays in any browser, and return the file.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        from livermet_sim.viz.player import write_player

        return write_player(self, path)

    def to_anndata(self, time_h: float | None = None) -> Any:
        """Return the cells of one snapshot as AnnData: see ``observe.exchange``.

        Parameters
        ----------
        time_h : float, h, optional
            The snapshot nearest to this time; the last by default.
        """
        return exchange.to_anndata(self, time_h)

    def to_xarray(self) -> Any:
        """Return the tissue at all snapshots as an xarray Dataset over time, y and x: see ``observe.exchange``."""
        return exchange.to_xarray(self)

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
        return exchange.export(self, to, path, time_h)

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
        from livermet_sim.viz import figures

        return figures.save_all(self, Path(path), which, told)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(value)}</td></tr>"
            for label, value in summary.facts(self)
        )
        return f"<table>{rows}</table>"
