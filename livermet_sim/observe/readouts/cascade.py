"""Declare how far the founders have come, when the first did, and how lesions went through their phases.

The hours of each founder's steps are declared here once; shares of founders, the funnel, its picture, the live page and the
tables of tumour lines count from them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.values import Values
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.observe.founders import Founders
from livermet_sim.observe.known import AFTER_FIRST_DAY, FIRST, FIRST_DAY, NOW
from livermet_sim.observe.readouts.readout import FOUNDER, MEASURES, NAN, count, declare, share
from livermet_sim.observe.readouts.view import View

ANGIOGENIC_H = 12.0  # a lesion that grew sooner after its first vessels went by the angiogenic phase
_HOUR = Values("number", "h", missing=True)

for _name, _known, _doc, _of in (
    ("entered_h", NOW, "When the founder came with the blood.", lambda view: view.founders.entered),
    ("arrested_h", NOW, "When it was first held in a vessel.", lambda view: view.founders.arrested),
    ("survived_h", FIRST_DAY, "When its line had lived for 24 h.", lambda view: view.founders.survived),
    ("extravasated_h", NOW, "When a cell of its line first left the vessel.", lambda view: view.founders.crossed),
    ("woke_h", NOW, "When its line first divided.", lambda view: view.founders.divided),
    ("micrometastasis_h", NOW, "When its own progeny had the size of a micrometastasis in one lesion.",
     lambda view: view.founders.own("micrometastasis")),
    ("angiogenic_h", NOW, "When it had that, in a lesion that was angiogenic.",
     lambda view: view.founders.own("angiogenic")),
    ("growth_h", NOW, "When it had the least size of a growing lesion, in one that grew.",
     lambda view: view.founders.own("growth")),
    ("ended_h", NOW, "When the last cell of its line was gone; missing while some live.",
     lambda view: view.founders.ended),
):  # fmt: skip
    declare(name=_name, doc=_doc, scope=FOUNDER, values=_HOUR, known=_known)(_of)


@declare("cells", MEASURES, values=count())
def founders_entered(view: View) -> int:
    """Founders: tumour cells that came with the blood."""
    return view.founders.n


@declare("cells", MEASURES, values=count())
def founders_alive(view: View) -> int:
    """Founders of whose line a cell lives."""
    return int(view.founders.alive.sum())


@declare("1", MEASURES)
def founders_alive_share(view: View) -> float:
    """Share of the founders of whose line a cell lives."""
    return share(founders_alive(view), view.founders.n)


def _came(hours: Callable[[Founders], np.ndarray]) -> Callable[[View], int]:
    return lambda view: int(np.isfinite(hours(view.founders)).sum())


def _share_of(came: Callable[[View], int]) -> Callable[[View], float]:
    return lambda view: share(came(view), view.founders.n)


for _name, _known, _headline, _phase, _doc, _of in (
    ("arrested", NOW, True, "", "that were held in a vessel", lambda founders: founders.arrested),
    ("alive_24h", FIRST_DAY, True, "microvascular", "whose line lived for 24 h", lambda founders: founders.survived),
    ("extravasated", NOW, True, "microvascular", "of whose line a cell left the vessel", lambda founders: founders.crossed),
    ("divided", NOW, False, "pre-angiogenic", "whose line divided", lambda founders: founders.divided),
    ("micrometastasis", NOW, False, "", "whose own progeny reached the size of a micrometastasis", lambda founders: founders.own("micrometastasis")),
    ("vascularised", NOW, False, "", "whose own progeny reached the angiogenic phase", lambda founders: founders.own("angiogenic")),
    ("growing", NOW, True, "growth", "whose own progeny reached the growth phase", lambda founders: founders.own("growth")),
):  # fmt: skip
    declare("1", MEASURES, name=f"founders_{_name}_share", doc=f"Share of the founders {_doc}.", known=_known,
            headline=_headline, phase=_phase, leads=_name == "alive_24h")(_share_of(_came(_of)))  # fmt: skip
    declare(name=f"founders_{_name}", values=count(), doc=f"Founders {_doc}.", known=_known)(_came(_of))


@declare(
    "1",
    MEASURES,
    known=AFTER_FIRST_DAY,
    phase="pre-angiogenic",
    leads=True,
    words="survivors of the first day with a micrometastasis",
)
def survivors_micrometastasis_share(view: View) -> float:
    """Share of the founders whose line lived for 24 h whose own progeny reached the size of a micrometastasis."""
    return share(_reached(view, "micrometastasis"), int(np.isfinite(view.founders.survived).sum()))


@declare("1", MEASURES, phase="angiogenic", words="micrometastases with vessels of their own")
def micrometastases_vascularised_share(view: View) -> float:
    """Share of the founders with a micrometastasis of their own progeny that reached the angiogenic phase with it."""
    return share(_reached(view, "angiogenic"), _reached(view, "micrometastasis"))


@declare("cells", MEASURES, phase="growth", leads=True, words="tumour cells for each micrometastasis")
def tumour_cells_per_micrometastasis(view: View) -> float:
    """Living tumour cells over the founders whose own progeny reached the size of a micrometastasis."""
    return share(int(view.number[TUMOUR]), _reached(view, "micrometastasis"))


def _reached(view: View, milestone: str) -> int:
    return int(np.isfinite(view.founders.own(milestone)).sum())


def _first(milestone: str) -> Callable[[View], float]:
    def first(view: View) -> float:
        hours = view.lesions[milestone]
        return float(np.nanmin(hours)) if np.isfinite(hours).any() else NAN

    return first


for _name, _doc in (
    ("micrometastasis", "had the size of a micrometastasis"),
    ("vessel", "held a vessel that carries blood, or a sprout"),
    ("angiogenic", "was in the angiogenic phase"),
    ("growth", "was in the growth phase"),
):
    declare("h", MEASURES, name=f"first_{_name}_h", doc=f"When a lesion first {_doc}.", known=FIRST)(
        _first(_name)
    )


@declare("1", MEASURES)
def grown_through_angiogenic_share(view: View) -> float:
    """Share of the lesions that reached growth that had been angiogenic for half a day first."""
    lesions = view.lesions
    grew = np.isfinite(lesions["growth"])
    through = lesions["growth"] - lesions["angiogenic"] >= ANGIOGENIC_H - 1e-9
    return share(int((grew & through).sum()), int(grew.sum()))


@declare("1", MEASURES)
def stepped_back_twice_share(view: View) -> float:
    """Share of the lesions that were ever a micrometastasis that stepped back more than once."""
    seen = np.isfinite(view.lesions["micrometastasis"])
    return share(int((seen & (view.lesions["steps_back"] > 1)).sum()), int(seen.sum()))
