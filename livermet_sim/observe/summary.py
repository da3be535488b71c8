"""Say in words what a run did: the first thing to read in a results folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.cells.registry import LOOKS
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.edge import edge_words
from livermet_sim.observe.funnel import funnel
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.readouts.tables import founders
from livermet_sim.observe.record import Record
from livermet_sim.observe.standing import counted
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASES

_FIRSTS = {
    "arrested_h": "arrest in a vessel",
    "extravasated_h": "extravasation",
    "woke_h": "division",
    "micrometastasis_h": "micrometastasis (10 cells)",
    "angiogenic_h": "lesion that acquires vessels",
    "growth_h": "lesion in perfused growth",
}
_STEP_WORDS = {
    "arrested": "arrested",
    "survived 24 h": "survived 24 h",
    "extravasated": "left the vessel",
    "woke (divided)": "divided",
    "micrometastasis": "reached a micrometastasis",
    "vascularised": "became vascularised",
    "growing": "were growing",
}
_ENDED = {"lost": "lost", "merged": "merged into another"}


def report(result: Record) -> str:
    """Return the report: what ran, the funnel, the lesions at the end, causes of death, first events."""
    parts = [
        _heading(result),
        "\n".join(f"  {label + ':':<14}{value}" for label, value in facts(result)),
        _section("The cascade", [funnel_words(result)]),
        _section("Lesions at the end", lesion_words(result)),
        _section("What became of the tumour cells", fate_words(result)),
        _section("First events", first_words(result)),
    ]
    return "\n\n".join(part for part in parts if part)


def facts(result: Record) -> list[tuple[str, str]]:
    """Return label and value of what identifies a run and its outcome."""
    scenario, provenance = result.scenario, result.provenance
    rows = [
        ("scenario", str(scenario.get("name", "unnamed"))),
        ("tumour line", str(_find(scenario, "line") or "not stated")),
        ("tissue", _tissue(result)),
        *([("drawing", str(provenance["drawing"]))] if provenance.get("drawing") else []),
        *([("edge", edge_words(result.snapshots))] if result.snapshots else []),
        (
            "time",
            f"{result.days:.3g} days" + ("" if provenance.get("complete", True) else " (run cut short)"),
        ),
        ("seed", str(provenance.get("seed", "not recorded"))),
        ("digest", str(provenance.get("digest", "not recorded"))[:16]),
        ("enrichment", _enrichment(provenance.get("enrichment"))),
    ]
    if len(result.timeseries):
        last = result.timeseries.iloc[-1]
        rows.append(
            ("tumour cells", f"{int(last['entered'])} entered, {int(last['n_tumour'])} alive at the end")
        )
        rows.append(("lesions", _lesions(result)))
    return rows


def _lesions(result: Record) -> str:
    """Return how many lesions stand, and what became of the others, as ``observe.standing`` counts them."""
    known = counted(result.lesions)
    number, strays = known["phase"].value_counts(), len(result.lesions) - len(known)
    ended = ", ".join(f"{number[word]} {words}" for word, words in _ENDED.items() if word in number)
    left_out = f"; {_many(strays, 'stray group')} gone within a day not counted" if strays else ""
    return f"{int(known['phase'].isin(PHASES).sum())} at the end of {len(known)} in all" + (
        f" ({ended}{left_out})" if ended or left_out else ""
    )


def funnel_words(result: Record) -> str:
    """Return the funnel as one paragraph, with what may still happen."""
    table = funnel(Kept(result))
    entered = int(table["count"].iloc[0])
    if entered == 0:
        return "No tumour cell entered."
    clauses, waiting = [], []
    for row in table.iloc[1:].itertuples():
        words = _STEP_WORDS[str(row.step)]
        band = f"{_percent(row.low)} to {_percent(row.high)} %"
        if not np.isnan(row.count):
            clauses.append(f"{int(row.count)} {words} ({_percent(row.of_entered)} %, 95 % interval {band})")
        elif row.step == "survived 24 h":
            clauses.append(
                f"whether they survived 24 h is not known yet: {row.still_possible} live, watched for less "
                f"(95 % interval {band})"
            )
        elif row.reached:
            waiting.append(f"{row.reached} {words}")
    text = f"Of {entered} founder cells that entered, " + "; ".join(clauses) + "."
    if waiting:
        text += f" So far {'; '.join(waiting)}, whatever came before."
    open_end = int(table["still_possible"].iloc[-1])
    if open_end:
        text += f" {_many(open_end, 'line')} not yet growing still lived at the end, so the later counts may rise."
    return text


def lesion_words(result: Record) -> list[str]:
    """Return one line per phase: how many lesions, and the largest."""
    lines = []
    for phase in PHASES:
        those = result.lesions[result.lesions["phase"] == phase]
        if len(those):
            largest = those.loc[those["diameter_um"].fillna(0).idxmax()]
            size = f"largest {largest['diameter_um']:.0f} um across, {_many(int(largest['cells']), 'cell')}"
            lines.append(f"{phase}: {len(those)} ({size})")
    return lines or ["none is left"]


def death_shares(result: Record) -> Frame:
    """Return the running total of tumour cells lost per cause at the end, washed out included, largest first."""
    import pandas as pd

    if not len(result.timeseries):
        return pd.Series(dtype=float)
    last = result.timeseries.iloc[-1]
    counts = {
        str(name)[5:]: last[name] for name in result.timeseries.columns if str(name).startswith("dead_")
    }
    counts["washed_out"] = last["washed_out"]
    ordered = sorted(((n, cause) for cause, n in counts.items() if n > 0), key=lambda pair: -pair[0])
    return pd.Series({cause: n for n, cause in ordered}, dtype=float)


def fate_words(result: Record) -> list[str]:
    """Return one line per cause of loss, with its share of all losses."""
    lost = death_shares(result)
    if not len(lost):
        return ["no tumour cell was lost"]
    return [f"{cause_words(c)}: {int(n)} ({_percent(n / lost.sum())} %)" for c, n in lost.items()]


def first_words(result: Record) -> list[str]:
    """Return the time line of first events: of founders where events were kept, else of lesions at their readings."""
    table = founders(Kept(result))
    times = {
        words: np.nanmin([np.inf, *table[name].to_numpy(dtype=float)]) for name, words in _FIRSTS.items()
    }
    seen = sorted((hour, words) for words, hour in times.items() if np.isfinite(hour))
    unseen = [words for words, hour in times.items() if not np.isfinite(hour)]
    lives = table["ended_h"].isna().any() or bool(result.provenance.get("founders_to_come"))
    lines = [f"{clock(hour):>9}  first {words}" for hour, words in seen]
    return lines + ([f"{'not yet' if lives else 'never':>9}  {', '.join(unseen)}"] if unseen else [])


def cause_words(cause: object) -> str:
    """Return a cause of death as a reader would say it."""
    words = {
        "shear": "shear stress", "nitric_oxide": "nitric oxide", "anoikis": "loss of anchorage (anoikis)",
        "necrosis": "lack of oxygen (necrosis)", "treatment": "treatment", "crushed": "crushed by growth",
        "washed_out": "washed out of the liver", "none": "no cause recorded",
    }  # fmt: skip
    words |= {kind: look.many for kind, look in LOOKS.items() if kind != "tumour"}
    return words.get(str(cause), str(cause).replace("_", " "))


def clock(hours: float) -> str:
    """Return a time as hours on the first two days, as days later."""
    return f"{hours:.3g} h" if hours < 48 else f"day {hours / 24:.1f}"


def _heading(result: Record) -> str:
    title = f"livermet_sim: {result.scenario.get('title') or result.scenario.get('name', 'a run')}"
    return title + "\n" + "=" * len(title)


def _section(title: str, lines: list[str]) -> str:
    return f"{title}\n{'-' * len(title)}\n" + "\n".join(f"  {line}" for line in lines)


def _tissue(result: Record) -> str:
    tissue: Any = result.scenario.get("tissue")
    kind = tissue.get("kind") if isinstance(tissue, dict) else tissue
    shots = result.snapshots
    if not shots:
        return str(kind or "not stated")
    lobules = int(shots["lobule"].max()) + 1
    sides = " x ".join(f"{length / 1000:.2g}" for length in Lattice.of(shots).extent)
    size = f"{sides} mm, {_many(lobules, 'lobule')}"
    return f"{kind}, {size}" if kind else size


def _enrichment(value: Any) -> str:
    if value is None:
        return "none declared"
    if isinstance(value, dict):
        reason = value.get("reason") or value.get("note")
        factor = value.get("factor") or value.get("value")
        words = f"{factor:g}-fold" if isinstance(factor, int | float) else "declared"
        return f"{words} more tumour cells than in life" + (f" ({reason})" if reason else "")
    if isinstance(value, int | float):
        return (
            "none (as many cells as in life)"
            if value == 1
            else f"{value:g}-fold more tumour cells than in life"
        )
    return str(value)


def _find(scenario: dict[str, Any], key: str) -> Any:
    """Return a key from the top of the scenario or from the section of the tumour cells."""
    cells = scenario.get("cells")
    tumour = cells.get("tumour", {}) if isinstance(cells, dict) else {}
    return scenario.get(key) or (tumour.get(key) if isinstance(tumour, dict) else None)


def _percent(share: float) -> str:
    return "0" if share == 0 else f"{100 * share:.2g}" if share < 0.1 else f"{100 * share:.0f}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
