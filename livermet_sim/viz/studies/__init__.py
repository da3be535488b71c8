"""Draw a study: how its measures answer to its factors, which factors matter, how its runs went over time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.write import save_picture
from livermet_sim.observe.readouts.tables import headlines
from livermet_sim.rulebook.ablation import ABLATE
from livermet_sim.viz.studies import ablation, phases
from livermet_sim.viz.studies.asked import Study
from livermet_sim.viz.studies.effects import sensitivity, tornado
from livermet_sim.viz.studies.maps import heatmap, parallel
from livermet_sim.viz.studies.response import response
from livermet_sim.viz.studies.series import series

MOST_ALIKE = 0.8


def _ablation(study: Study, measure: str) -> Figure:
    """Return the ranking of what a study took out, by one measure."""
    return ablation.draw(study.effects((measure,)))


def _phases(study: Study, measure: str) -> Figure:
    """Return what a study took out ranked phase by phase, each by a readout of its own."""
    return phases.draw(study.effects())


PLOTS: dict[str, Callable[..., Figure]] = {
    "response": response, "heatmap": heatmap, "tornado": tornado, "sensitivity": sensitivity, "parallel": parallel,
    "series": series, "ablation": _ablation, "phases": _phases,
}  # fmt: skip


def draw(study: Study, kind: str, measure: str | None = None, **options: Any) -> Figure:
    """Return one plot of a study.

    Raises
    ------
    LivermetError
        When there is no such plot or measure, or the study cannot give it.
    """
    if kind not in PLOTS:
        raise LivermetError("plot", f'there is no plot "{kind}"', name=kind, valid=PLOTS)
    if not study.factors and kind != "series":
        raise LivermetError("plot", "the study varies nothing, so there is nothing to compare")
    if kind == "series":
        return series(study, measure or "n_tumour", **options)
    measure = measure or _favourite(study)
    study.check(measure)
    return PLOTS[kind](study, measure, **options)


def save_all(study: Study, folder: Path) -> list[Path]:
    """Write every plot that the study can give as PNG; return the files."""
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # what was taken out is no place on an axis
        for kind in ("ablation", "phases", "series") if study.factors == (ABLATE,) else PLOTS:
            try:
                figure = draw(study, kind)
            except LivermetError:
                continue  # what this plot needs is not in this study
            paths.append(folder / f"{kind}.png")
            save_picture(figure, paths[-1])
    except OSError as error:
        raise ResultError(
            str(folder), f"the pictures cannot be written ({(error.strerror or str(error)).lower()})"
        ) from error
    return paths


def _favourite(study: Study) -> str:
    """Return the first measure that differs between most runs, headlines first."""
    names = [*headlines(study.measures), *study.measures]
    runs = study.runs[study.runs["status"] == "done"]
    for name in names:
        counts = runs[name].value_counts(normalize=True)
        if len(counts) > 1 and counts.iloc[0] <= MOST_ALIKE:
            return name
    return names[0] if names else ""
