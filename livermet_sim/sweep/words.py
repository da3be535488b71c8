"""Say in words what a study holds."""

from __future__ import annotations

from livermet_sim.base.aligned import aligned
from livermet_sim.sweep.kept import Kept
from livermet_sim.sweep.progress import duration
from livermet_sim.sweep.schema import DONE, FAILED

MOST_VALUES = 8


def report(study: Kept) -> str:
    """Return what was varied, how many runs ended and how, and the spread of every measure."""
    manifest, runs = study.manifest, study.runs
    good, failed = runs[runs["status"] == DONE], runs[runs["status"] == FAILED]
    lines = [
        f"{manifest['name']}: {manifest['design']} of {len(study.factors)} factors, {manifest['points']:,} points, "
        f"{manifest['replicates']} runs each, from seed {manifest['seed']}; scenario {manifest['scenario']}, "
        f"model {manifest['model']}",
        f"{len(good):,} of {len(study):,} runs done, {len(failed):,} failed, {study.open:,} open",
    ]
    if len(good):
        lines[-1] += (
            f"; {duration(float(good['seconds'].sum()))} of computing, {good['seconds'].median():.2g} s a run"
        )
    lines += ["", aligned([("factor", "from", "to", "unit"), *(_factor(f) for f in manifest["factors"])])]
    if len(good):
        rows = [("measure", "least", "median", "most", "without")]
        for name in study.measures:
            values = good[name].astype(float)
            least, middle, most = (f"{v:.4g}" for v in (values.min(), values.median(), values.max()))
            rows.append((name, least, middle, most, str(int(values.isna().sum()) or "")))
        lines += ["", aligned(rows)]
    if len(failed):
        first = study.failures.iloc[0]
        lines += ["", f"The first failure, run {first['run']}: {first['kind']}: {first['error']}"]
    return "\n".join(lines)


def _factor(factor: dict) -> tuple[str, str, str, str]:
    if factor["values"]:
        words = [str(v).lower() if isinstance(v, bool) else str(v) for v in factor["values"]]
        more = [f"... {len(words) - MOST_VALUES} more"] if len(words) > MOST_VALUES else []
        return (
            factor["path"],
            ", ".join(words[:MOST_VALUES] + more),
            "",
            factor["unit"],
        )
    return (
        factor["path"],
        f"{factor['low']:g}",
        f"{factor['high']:g}",
        factor["unit"] + (" (log)" if factor["log"] else ""),
    )
