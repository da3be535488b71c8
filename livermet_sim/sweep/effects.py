"""Say what taking out each mechanism changes: paired effects on readouts, with intervals for many comparisons.

A run that ends in the same bits as the control of its seed, events included, is *silent*: there is nothing to estimate.
All others are tested at once for each readout (Benjamini and Hochberg), and the intervals are as much wider as keeps the
share of wrong ones among those that leave out no effect at 5 % (Benjamini and Yekutieli): R effects of m being found, each
has the confidence 1 - 0.05 R / m. So an interval leaves out "no effect" exactly where the effect is found.

References
----------
Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini and Yekutieli 2005, False discovery
rate-adjusted multiple confidence intervals for selected parameters, doi:10.1198/016214504000001907
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.readouts.tables import by_phase as phased
from livermet_sim.observe.readouts.tables import headlines
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.ablation import ABLATE, CONTROL, JOIN
from livermet_sim.sweep import effect_tables
from livermet_sim.sweep import interactions as pairs
from livermet_sim.sweep.paired import FALSE_SHARE, adjusted, compare_pairs, direction, paired_p
from livermet_sim.sweep.schema import DONE

if TYPE_CHECKING:
    import pandas as pd

    from livermet_sim.sweep.kept import Kept


class Effects:
    """Hold what a study of ablations shows so far; made by `ablate` or from the folder of such a study.

    Parameters
    ----------
    study : Study
    readouts : sequence of str
        The measures to compare, the first one ranks; by default the headlines and those of the phases, as
        far as the runs have them.

    Raises
    ------
    LivermetError
        Where the study takes nothing out, or has no such measure.
    """

    def __init__(self, study: Kept, readouts: Sequence[str] | None = None):
        self.study = study
        if ABLATE not in study.factors or CONTROL not in set(study.design[ABLATE]):
            raise LivermetError(str(study.folder), "this study takes nothing out, so it has no effects")
        self.readouts = tuple(usual() if readouts is None else readouts)
        if readouts is None and study.measures:
            self.readouts = usual(study.measures)
        for name in self.readouts if study.measures else ():
            study.check(name)

    def __repr__(self) -> str:
        return f"Effects({self.study.manifest.get('name')!r}, {len(self.words)} taken out, {len(self.seeds)} seeds)"

    def __str__(self) -> str:
        return effect_tables.in_words(self)

    def _repr_html_(self) -> str:
        return effect_tables.html_table(self)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Return the runs that ended well, by what was taken out and seed."""
        runs = self.study.runs
        return runs[runs["status"] == DONE].set_index([ABLATE, "seed"]).sort_index()

    @property
    def words(self) -> list[str]:
        """Return what was taken out, in the order of the study."""
        return [word for word in dict.fromkeys(self.study.design[ABLATE]) if word != CONTROL]

    @property
    def seeds(self) -> list[int]:
        """Return the seeds of the controls that ended well."""
        return sorted(self.runs.loc[CONTROL].index) if CONTROL in self.runs.index else []

    def pairs(self, word: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the runs of the control and of one ablation with the seeds that both have, in the same order.

        Parameters
        ----------
        word : str
            One of `words`.
        """
        if word not in self.runs.index:
            return self.runs.iloc[:0], self.runs.iloc[:0]
        treated, control = self.runs.loc[word], self.runs.loc[CONTROL]
        seeds = [seed for seed in self.seeds if seed in treated.index]
        return control.loc[seeds], treated.loc[seeds]

    @cached_property
    def same(self) -> dict[str, int]:
        """Return by ablation in how many pairs both runs end in the same bits."""
        found = {}
        for word in self.words:
            control, treated = self.pairs(word)
            found[word] = int((control["digest"].to_numpy() == treated["digest"].to_numpy()).sum())
        return found

    @property
    def silent(self) -> list[str]:
        """Return the ablations of which every pair ends in the same bits."""
        return [word for word in self.words if 0 < len(self.pairs(word)[0]) == self.same[word]]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return a row per ablation and readout.

        Returns
        -------
        DataFrame
            ``ablated``, ``title``, ``phase``, ``readout``; ``pairs``, ``same`` (pairs that end in the same bits); what
            `sweep.paired.compare_pairs` gives, with intervals of ``confidence``; the interval of the ratio of means for this
            effect alone, ``alone_low`` and ``alone_high`` (95 %); ``p`` of the paired t-test, ``q`` (Benjamini-Hochberg over
            the readout) and ``found`` (``q`` at most 0.05), ``direction``. Of what is silent there is no test: ``p`` and ``q``
            are NaN.
        """
        import pandas as pd

        arms = {word: self.pairs(word) for word in self.words}
        rows = {name: self._readout(name, arms) for name in self.readouts}
        return pd.DataFrame(
            [rows[name][number] for number in range(len(self.words)) for name in self.readouts]
        )

    def _readout(self, name: str, arms: Mapping[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
        """Return the effects on one readout, which are tested at once, in the order of the words."""
        silent, values = set(self.silent), {word: _values(pair, name) for word, pair in arms.items()}
        p = np.array([np.nan if word in silent else paired_p(*own) for word, own in values.items()])
        q, confidence = adjusted(p)
        rows = []
        for (word, own), p_own, q_own in zip(values.items(), p, q, strict=True):
            found = compare_pairs(*own, confidence)
            alone = compare_pairs(*own)
            rows.append({
                "ablated": word, "title": ablation.title(word), "phase": ablation.phase(word), "readout": name,
                "same": self.same[word], **found, "confidence": confidence, "alone_low": alone["ratio_of_means_low"],
                "alone_high": alone["ratio_of_means_high"], "p": p_own, "q": q_own, "found": bool(q_own <= FALSE_SHARE),
                "direction": direction(found["difference_low"], found["difference_high"], 0.0),
            })  # fmt: skip
        return rows

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """Return how far the two of each pair stand in for each other: a row per pair and readout.

        Returns
        -------
        DataFrame
            ``ablated``, ``readout``, ``scale`` ("fold", or "difference" where some run has 0), ``pairs`` (seeds with all four
            runs); ``first``, ``second`` and ``both`` against the control, ``expected`` if each acted for itself,
            ``interaction`` = both / expected (or both - expected) with an interval of ``confidence`` and one for this pair alone
            (``alone_low``, ``alone_high``, 95 %); ``p``, ``q`` (Benjamini-Hochberg over the readout), ``found`` and
            ``relation``: "stand in" or "overlap", see `sweep.interactions`.
        """
        import pandas as pd

        arms = {word: self.runs.loc[word] for word in (CONTROL, *self.words) if word in self.runs.index}
        return pd.DataFrame([row for name in self.readouts for row in pairs.table(self.words, arms, name)])

    @property
    def phases(self) -> dict[str, str]:
        """Return by phase the readout by which mechanisms are ranked in it: the first that the runs know."""
        known = set(self.table.loc[self.table["ratio_of_means"].notna(), "readout"])
        by_phase = {phase: [n for n in names if n in known] for phase, names in phased(self.readouts).items()}
        return {phase: names[0] for phase, names in by_phase.items() if names}

    def ranked(self, readout: str | None = None, together: bool = True) -> list[str]:
        """Return the ablations by effect; what is silent is left out.

        Parameters
        ----------
        readout : str, optional
            One of those compared; the first by default.
        together : bool
            Whether pairs stand among them.
        """
        name = readout or self.readouts[0]
        own = self.table[self.table["readout"] == name].set_index("ablated")
        size = {word: (bool(own.loc[word, "found"]), strength(own.loc[word])) for word in own.index}
        silent = set(self.silent)
        return sorted(
            (w for w in self.words if w not in silent and w in size and (together or JOIN not in w)),
            key=lambda w: size[w],
            reverse=True,
        )

    def plot(self, readouts: Sequence[str] | None = None, most: int = 30) -> Any:
        """Return the picture that ranks ablations by effect.

        Parameters
        ----------
        readouts : sequence of str, optional
            Up to four of those compared, the first one ranks; by default the first four.
        most : int
            Rows to show.

        Raises
        ------
        LivermetError
            For a readout that is not compared, or where no run has ended yet.
        """
        from livermet_sim.viz.studies import ablation as picture

        return picture.draw(self, readouts, most)

    def plot_phases(self, most: int = 10) -> Any:
        """Return the picture of what carries the metastasis in which phase, and of the pairs that stand in for each other.

        Parameters
        ----------
        most : int
            Mechanisms to show in a phase, and pairs.

        Raises
        ------
        LivermetError
            Where no run has ended yet.
        """
        from livermet_sim.viz.studies import phases as picture

        return picture.draw(self, most)


def _values(arms: tuple[Any, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a readout of control and ablation, seed by seed."""
    control, treated = (arm[name].to_numpy(dtype=float) if name in arm else np.zeros(0) for arm in arms)
    return control, treated


def usual(names: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the readouts that are compared where none are named: headlines, and those of each phase."""
    phases = (name for names_of in phased(names).values() for name in names_of)
    return tuple(dict.fromkeys([*headlines(names), *phases]))


def strength(row: Any) -> float:
    """Return how far an effect is from none: the logarithm of its ratio, either way; an end at 0 is the farthest."""
    ratio = float(row["ratio_of_means"])
    if np.isnan(ratio):
        return 0.0 if not row["difference"] > 0 else np.inf
    return float(abs(np.log(ratio))) if ratio > 0 else np.inf
