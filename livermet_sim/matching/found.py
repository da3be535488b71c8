"""Hold what a matching found: the sets that were run, what rules them out, and those that nothing does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from livermet_sim.base.read import guarded
from livermet_sim.base.write import whole_file, write_text
from livermet_sim.matching.implausible import CUT, Seen, kept_of_runs, of_runs, telling
from livermet_sim.matching.target import Target
from livermet_sim.sweep.factors import Factor
from livermet_sim.sweep.schema import read_sealed, sealed_json

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
LARGE = 1e6  # no ratio is


@dataclass(frozen=True)
class Found:
    """Hold the sets that were run and what they show.

    Attributes
    ----------
    name, key, model : str
        Of the matching, and which model ran it.
    factors : tuple of Factor
    targets : tuple of Target
    seen : Seen
    waves : tuple of int
        In which wave each set was run, from 0.
    """

    FILE: ClassVar[str] = "found.json"

    name: str
    key: str
    model: str
    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    seen: Seen
    waves: tuple[int, ...]

    @property
    def kept(self) -> np.ndarray:
        """Return which of the sets that were run nothing rules out."""
        return kept_of_runs(self.seen, self.targets)

    @property
    def members(self) -> list[dict[str, Any]]:
        """Return the sets that nothing rules out: values by path, as a scenario takes them."""
        return [
            {f.path: f.written(f.at(float(u))) for f, u in zip(self.factors, place, strict=True)}
            for place in self.seen.places[self.kept]
        ]

    def ensemble(self) -> pd.DataFrame:
        """Return a row per set that nothing rules out: its values, and by how many errors it is off its worst target."""
        import pandas as pd

        tells = telling(self.seen, self.targets)
        worst = np.max(of_runs(self.seen, self.targets)[:, tells], axis=1, initial=0.0)
        rows = [{**member, "worst": off} for member, off in zip(self.members, worst[self.kept], strict=True)]
        return pd.DataFrame(rows, columns=[*(f.path for f in self.factors), "worst"])

    def held(self) -> pd.DataFrame:
        """Return a row per target: band, what the sets show, and what it does.

        ``share`` is of the sets that were run and show it; ``does`` is one of "rules out", "met by all", "met by none", "shown by
        none", "watched".
        """
        import pandas as pd

        off, mean = of_runs(self.seen, self.targets), self.seen.mean
        rows = []
        for i, target in enumerate(self.targets):
            known = np.isfinite(off[:, i])
            share = float(np.mean(off[known, i] <= CUT)) if known.any() else math.nan
            middle = float(np.nanmedian(mean[:, i])) if known.any() else math.nan
            rows.append({
                "target": target.name, "what": target.words, "low": target.shown(target.low), "high": target.shown(target.high),
                "median": target.shown(middle), "share": share, "does": _does(target, share),
            })  # fmt: skip
        return pd.DataFrame(rows)

    def report(self) -> str:
        """Return in words what was run, what rules sets out, and how many are left."""
        from livermet_sim.base.aligned import aligned

        head = ("published result", "band", "median of the sets", "sets that meet it", "does")
        cells: list[tuple[str, ...]] = [head]
        for row in self.held().to_dict("records"):
            share = "-" if math.isnan(row["share"]) else f"{row['share']:.0%}"
            cells.append((row["target"], _band(row), _number(row["median"]), share, row["does"]))
        number, left = len(self.waves), int(self.kept.sum())
        return (
            f"{self.name}: {number} sets in {max(self.waves) + 1} waves, each {self.seen.values.shape[2]} livers a case; "
            f"{left} are not ruled out (more than {CUT:g} standard errors off rules out)\n\n{aligned(cells)}"
        )

    def save(self, folder: Path) -> None:
        """Write ``found.json``, ``ensemble.csv`` and ``report.txt``, each at once or not at all."""
        write_text(folder / self.FILE, sealed_json(self.to_dict()))
        with whole_file(folder / "ensemble.csv") as part:
            self.ensemble().to_csv(part, index=False)
        write_text(folder / "report.txt", self.report() + "\n")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "name": self.name, "key": self.key, "model": self.model, "waves": list(self.waves),
            "factors": [asdict(factor) for factor in self.factors],
            "targets": [_finite(asdict(target)) for target in self.targets],
            "places": self.seen.places.tolist(),
            "values": _listed(self.seen.values),
            "members": self.members,
        }  # fmt: skip

    @classmethod
    def read(cls, path: Path) -> Found:
        """Return what `save` wrote.

        Raises
        ------
        ResultError
            When the file is missing, damaged or none of a matching.
        """
        shape = {"name": str, "key": str, "model": str, "waves": list, "factors": list, "targets": list}
        kept = read_sealed(
            path,
            shape | {"places": list, "values": list},
            "the file is missing; it is written by  livermet match",
        )
        with guarded(path):
            factors = tuple(
                Factor(**(table | {"values": tuple(table["values"])})) for table in kept["factors"]
            )
            targets = tuple(Target(**_infinite(table)) for table in kept["targets"])
            places = np.array(kept["places"], dtype=float).reshape(-1, len(factors))
            values = np.array(kept["values"], dtype=float)
            waves = tuple(int(wave) for wave in kept["waves"])
            if (
                values.ndim != 3
                or values.shape[:2] != (len(places), len(targets))
                or len(waves) != len(places)
            ):
                raise ValueError("its tables do not fit together")
            return cls(
                str(kept["name"]),
                str(kept["key"]),
                str(kept["model"]),
                factors,
                targets,
                Seen(places, values),
                waves,
            )


def _does(target: Target, share: float) -> str:
    if not target.rules_out:
        return "watched"
    if math.isnan(share):
        return "shown by none"
    return {0.0: "met by none", 1.0: "met by all"}.get(share, "rules out")


def _band(row: Mapping[str, Any]) -> str:
    low, high = (f"{row[end]:.3g}" for end in ("low", "high"))
    if row["high"] > LARGE:
        return f"above {low}"
    return f"below {high}" if row["low"] < 1.0 / LARGE else f"{low} to {high}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"


def _listed(values: np.ndarray) -> Any:
    """Return numbers as nested lists, rounded; None for what is not known."""
    if values.ndim > 1:
        return [_listed(part) for part in values]
    return [round(float(v), DIGITS) if math.isfinite(v) else None for v in values]


def _finite(table: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in table.items()}


def _infinite(table: Mapping[str, Any]) -> dict[str, Any]:
    return dict(table) | {
        end: sign * math.inf for end, sign in (("low", -1), ("high", 1)) if table[end] is None
    }
