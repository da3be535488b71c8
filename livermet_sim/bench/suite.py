"""Run the benchmarks, each in a process of its own, and hold them to a run that was kept."""

from __future__ import annotations

import json
import math
import multiprocessing
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livermet_sim.base.aligned import aligned
from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.provenance import versions
from livermet_sim.base.read import content, guarded, read_object
from livermet_sim.base.write import write_text
from livermet_sim.bench import forks, parts, studies
from livermet_sim.bench.measure import LESS, MORE, Figure, yardstick
from livermet_sim.kernels.jit import source_hash

BENCHMARKS: dict[str, Callable[[bool], list[Figure]]] = {
    "baseline": parts.baseline, "rest": parts.rest, "parts": parts.parts, "growth": parts.growth, "start": parts.start,
    "wide": parts.wide, "studies": studies.studies, "forks": forks.forks,
}  # fmt: skip
KEPT = Path(__file__).with_name("kept.json")
ALLOWED = 0.10
SHORT = {"s": 0.05, "ns": 0.0, "ms": 0.0}  # below this a time is noise


@dataclass(frozen=True)
class Report:
    """Hold the figures of one run of the benchmarks, and on what they were measured.

    Attributes
    ----------
    yardstick : float, s
        What a kernel that the model never changes took then; times are compared relative to it.
    """

    figures: tuple[Figure, ...]
    yardstick: float
    quick: bool = False
    machine: str = ""
    date: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        write_text(path, json.dumps(asdict(self), indent=1) + "\n")


def names(wanted: Iterable[str]) -> list[str]:
    """Return the benchmarks asked for, all by default.

    Raises
    ------
    LivermetError
        For an unknown name.
    """
    chosen = list(wanted) or list(BENCHMARKS)
    for name in chosen:
        if name not in BENCHMARKS:
            raise LivermetError("bench", f'there is no benchmark "{name}"', name=name, valid=BENCHMARKS)
    return chosen


def measure(wanted: Iterable[str], quick: bool = False) -> Iterator[Report]:
    """Yield, after each benchmark, the report so far."""
    found: list[Figure] = []
    scale = math.inf
    context = multiprocessing.get_context("spawn")
    for name in names(wanted):
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            figures, own = pool.submit(_one, name, quick).result()
        found, scale = [*found, *figures], min(scale, own)
        yield Report(
            tuple(found), scale, quick, _machine(), datetime.now(UTC).date().isoformat(), versions(source_hash())
        )  # fmt: skip


def _one(name: str, quick: bool) -> tuple[list[Figure], float]:
    before = yardstick()
    figures = BENCHMARKS[name](quick)
    return figures, min(before, yardstick())


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file():
        lines = [
            line for line in cpus.read_text(encoding="utf-8").splitlines() if line.startswith("model name")
        ]
        model = lines[0].partition(":")[2].strip() if lines else model
    return f"{model}, {platform.system()}"


def load(path: Path = KEPT) -> Report:
    """Read a report that was kept.

    Raises
    ------
    ResultError
        When it is none.
    """
    text = content(path)
    with guarded(path):
        data: dict[str, Any] = read_object(text, {"figures": list, "yardstick": float})
        figures = tuple(_figure(path, one) for one in data["figures"])
        machine, date = str(data.get("machine", "")), str(data.get("date", ""))
        return Report(figures, float(data["yardstick"]), bool(data.get("quick")), machine, date)


def _figure(path: Path, one: Any) -> Figure:
    if not isinstance(one, dict) or one.get("better") not in (LESS, MORE):
        raise ResultError(str(path), "a figure in it lacks a name, a value, a unit, or what is better")
    return Figure(
        str(one["name"]), float(one["value"]), str(one["unit"]), one["better"], bool(one.get("timed", True))
    )


def ratios(now: Report, kept: Report) -> dict[str, float]:
    """Return how many times better each figure is than the kept one, machines set alike by the yardstick."""
    before = {one.name: one for one in kept.figures}
    found = {}
    for one in now.figures:
        old = before.get(one.name)
        if old is None or one.value <= 0.0 or old.value <= 0.0:
            continue
        ratio = old.value / one.value if one.better == LESS else one.value / old.value
        # a slower machine takes longer for the yardstick too
        found[one.name] = ratio * (now.yardstick / kept.yardstick if one.timed else 1.0)
    return found


def regressions(now: Report, kept: Report, allowed: float = ALLOWED) -> list[str]:
    """Return the figures that are worse than kept by more than a share; times too short to tell are left out."""
    least = {one.name: SHORT.get(one.unit, 0.0) for one in kept.figures}
    large = {one.name for one in kept.figures if one.value > least[one.name]}
    return [name for name, ratio in ratios(now, kept).items() if ratio < 1.0 - allowed and name in large]


def table(now: Report, kept: Report | None = None) -> str:
    """Return the figures as text, beside those kept where there are any."""
    ratio = ratios(now, kept) if kept else {}
    rows = [("figure", "value", "unit", "times better than kept" if kept else "")]
    rows += [
        (one.name, f"{one.value:.4g}", one.unit, f"{ratio[one.name]:.2f}" if one.name in ratio else "")
        for one in now.figures
    ]
    return "\n".join(
        [aligned(rows), "", f"{now.machine}, {now.date}; yardstick {1e3 * now.yardstick:.1f} ms"]
    )
