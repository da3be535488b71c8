"""Say which two mechanisms stand in for each other: does the loss of both do more than the two losses for themselves?

In the same seed four livers are run: untouched (0), without A, without B, without both (AB). Folds multiply and differences
add, so each seed gives log AB/0 - log A/0 - log B/0, or, where some liver has none of it, AB - A - B + 0. Its mean is tested
over seeds, all pairs of a readout at once, with intervals as in `sweep.effects`. A pair that ends, run by run, in what the one
or the other alone gives has nothing to test.

Where both together go farther, the same way, than the two would for themselves, each made up for the loss of the other: they
*stand in* for each other. Where they go less far they *overlap*: they act by one way, or one is needed for the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from livermet_sim.rulebook.ablation import CONTROL, JOIN
from livermet_sim.sweep.paired import CONFIDENCE, FALSE_SHARE, adjusted, paired_p, student

STAND_IN, OVERLAP = "stand in", "overlap"
FOLD, DIFFERENCE = "fold", "difference"
Arms = Mapping[str, Any]  # by ablation its runs, by seed


def pairs_of(words: Sequence[str]) -> dict[str, list[str]]:
    """Return the two of each pair of which both were taken out alone as well."""
    parts = {word: word.split(JOIN) for word in words if JOIN in word}
    return {word: two for word, two in parts.items() if len(two) == 2 and set(two) <= set(words)}


def table(words: Sequence[str], arms: Arms, name: str) -> list[dict[str, Any]]:
    """Return the rows of one readout, a pair each, which are tested at once.

    Parameters
    ----------
    words : sequence of str
        All that was taken out.
    arms : mapping
        By ablation a table of its runs by seed.
    name : str
        The readout.
    """
    found = {word: _four(arms, word, two, name) for word, two in pairs_of(words).items()}
    scale = {word: FOLD if (four > 0).all() else DIFFERENCE for word, four in found.items()}
    with np.errstate(divide="ignore"):
        read = {word: np.log(four) if scale[word] == FOLD else four for word, four in found.items()}
    beyond = {word: (four[3] - four[1]) - (four[2] - four[0]) for word, four in read.items()}
    p = np.array([paired_p(np.zeros(len(x)), x) if x.any() else np.nan for x in beyond.values()])
    q, confidence = adjusted(p)
    rows = []
    for word, own_p, own_q in zip(found, p, q, strict=True):
        row = _row(read[word], beyond[word], scale[word], confidence)
        known = bool(own_q <= FALSE_SHARE)
        rows.append({
            "ablated": word, "readout": name, **row, "confidence": confidence, "p": own_p, "q": own_q, "found": known,
            "relation": _relation(row) if known else "",
        })  # fmt: skip
    return rows


def _four(arms: Arms, word: str, two: Sequence[str], name: str) -> np.ndarray:
    """Return a readout without anything taken out, without the one, the other, and both; float64[4, seeds]."""
    import pandas as pd

    columns = [arms[arm][name].rename(str(i)) for i, arm in enumerate((CONTROL, *two, word)) if arm in arms]
    if len(columns) < 4:
        return np.zeros((4, 0))
    return pd.concat(columns, axis=1).dropna().to_numpy(dtype=float).T


def _row(four: np.ndarray, beyond: np.ndarray, scale: str, confidence: float) -> dict[str, Any]:
    """Return what each and both do, what both would do, and how far they go beyond; folds as folds."""
    said = np.exp if scale == FOLD else np.asarray
    if not len(beyond):
        effects = np.full(3, np.nan)
    else:
        effects = (four[1:] - four[0]).mean(axis=1)
    middle, low, high = student(beyond, confidence)
    alone = student(beyond, CONFIDENCE)
    names = ("first", "second", "both", "expected", "interaction", "interaction_low", "interaction_high", "alone_low", "alone_high")  # fmt: skip
    values = (*effects, effects[0] + effects[1], middle, low, high, *alone[1:])
    return {"scale": scale, "pairs": len(beyond)} | dict(zip(names, map(float, said(values)), strict=True))


def _relation(row: Mapping[str, Any]) -> str:
    """Say whether two go farther together than for themselves, or less far."""
    none = 1.0 if row["scale"] == FOLD else 0.0
    return STAND_IN if (row["both"] - none) * (row["interaction"] - none) > 0 else OVERLAP
