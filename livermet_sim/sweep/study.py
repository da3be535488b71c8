"""Let a user ask of a study: sensitivities, words, labelled arrays, plots."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.base.write import inside
from livermet_sim.sweep import labelled, words
from livermet_sim.sweep.effects import Effects
from livermet_sim.sweep.kept import Kept
from livermet_sim.sweep.sensitivity import Sensitivity, analyse


class Study(Kept):
    """Hold what the folder of a study gives so far. It is read when somebody asks; ``reload`` looks again.

    Attributes
    ----------
    folder : Path
    manifest : dict
        Name, scenario, design, factors and model version.
    """

    def to_xarray(self, series: Sequence[str] = ()) -> Any:
        """Return the measures as an ``xarray.Dataset`` over the factors (grid) or points, and replicates.

        Parameters
        ----------
        series : sequence of str
            Columns of the time series to add, with the dimension ``day``.

        Raises
        ------
        LivermetError
            When xarray is not installed.
        """
        return labelled.to_xarray(self, series)

    def sensitivity(self, measure: str, statistic: str = "mean") -> Sensitivity:
        """Return how much each factor matters for a measure, by the method that fits the design.

        Parameters
        ----------
        measure : str
            One of ``measures``.
        statistic : str
            ``"mean"`` or ``"std"`` over the replicates of a point.

        Raises
        ------
        LivermetError
            When there is no such measure, runs are missing that the method needs, or SALib is not installed.
        """
        return analyse(self, measure, statistic)

    def effects(self, readouts: Sequence[str] | None = None) -> Effects:
        """Return what taking out each mechanism changes.

        Parameters
        ----------
        readouts : sequence of str, optional
            The measures to compare, the first one ranks.

        Raises
        ------
        LivermetError
            Where the study takes nothing out, or has no such measure.
        """
        return Effects(self, readouts)

    def summary(self) -> str:
        """Return a short report in words."""
        return words.report(self)

    def plot(self, kind: str = "response", measure: str | None = None, **options: Any) -> Any:
        """Return a figure.

        Parameters
        ----------
        kind : str
            response, heatmap, tornado, sensitivity, parallel, series, ablation or phases.
        measure : str, optional
            One of ``measures``.
        **options
            What the figure takes.

        Raises
        ------
        LivermetError
            When there is no such plot or measure.
        """
        from livermet_sim.viz import studies  # drawing takes a second to load

        return studies.draw(self, kind, measure, **options)

    def figures(self, folder: str | Path | None = None) -> list[Path]:
        """Write every plot that fits the study as PNG, in its folder ``figures`` by default; return the files."""
        from livermet_sim.viz import studies

        return studies.save_all(self, Path(folder) if folder else inside(self.folder, "figures"))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"
