"""Follow over the frames of a run how large its lesions were, and in which phase they stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from livermet_sim.observe.frames import of_result
from livermet_sim.observe.record import Record
from livermet_sim.state.lesions import PHASES


@dataclass(frozen=True, slots=True)
class Course:
    """Hold how large the lesions were and in which phase they stood, frame by frame.

    Attributes
    ----------
    hours : float64[frames], h
    cells : dict of int64[frames]
        Tumour cells of each lesion that stood in any frame.
    phase : dict of int64[frames]
        As in ``observe.standing.Standing``.
    """

    hours: np.ndarray
    cells: dict[int, np.ndarray]
    phase: dict[int, np.ndarray]

    @property
    def days(self) -> np.ndarray:
        """Return the times of the frames in days, float64[frames]."""
        return self.hours / 24.0

    def by_phase(self) -> np.ndarray:
        """Return how many lesions stood in each phase at each frame, int64[frames, 4]."""
        return self._by_phase({lesion: 1 for lesion in self.phase})

    def cells_by_phase(self) -> np.ndarray:
        """Return how many tumour cells belonged to lesions in each phase at each frame, int64[frames, 4]."""
        return self._by_phase(self.cells)

    def _by_phase(self, weight: Mapping[int, int | np.ndarray]) -> np.ndarray:
        found = np.zeros((len(self.hours), 1 + len(PHASES)), dtype=np.int64)
        for lesion, phase in self.phase.items():
            found[np.arange(len(found)), phase] += weight[lesion]
        return found[:, 1:]


def course(result: Record) -> Course:
    """Return the course of the lesions of a result, of its frames or else its snapshots; nothing where it kept neither."""
    if not result.frames and not result.snapshots:
        return Course(np.zeros(0), {}, {})
    frames = of_result(result)
    times, own = len(frames["time_h"]), frames["cell_lesion"] >= 0
    frame = np.repeat(np.arange(times), np.diff(frames["cell_start"]))[own]
    numbers, which = np.unique(frames["cell_lesion"][own], return_inverse=True)
    cells = np.bincount(which * times + frame, minlength=len(numbers) * times).reshape(-1, times)
    phase = np.zeros(cells.shape, dtype=np.int64)
    phase[which, frame] = frames["cell_phase"][own]
    keys = numbers.tolist()
    return Course(frames["time_h"], dict(zip(keys, cells, strict=True)), dict(zip(keys, phase, strict=True)))
