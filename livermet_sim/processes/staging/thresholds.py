"""Define the four phases and the thresholds by which they are read from a lesion's state.

*Microvascular*
    all its cells lie in vessels;
*pre-angiogenic*
    it has cells in tissue and lives on the sinusoids around it;
*angiogenic*
    it is wider than what vessels around it reach, and has vessels of its own that carry blood, taken over or new, for its
    area, but is not supplied throughout or has not grown with them yet;
*growth*
    vessels, some of them its own, reach nearly all of its cells, and it has grown over the window.

What a lesion's own vessels are, see ``staging.phases.own_vessels``. A reading must persist before the phase follows it, a
rise goes one phase at a time, and what begins a phase must exceed more than what keeps it. Nothing in the dynamics reads a
phase, a lesion or any number of this section.
"""

from __future__ import annotations

from dataclasses import dataclass

from livermet_sim.base.specs import declared, section


@dataclass(frozen=True)
class Thresholds:
    """Thresholds by which phases are read from the state."""

    interval: float = declared(4.0, "h", "Time between two readings.", 0.01, 24.0)
    micrometastasis: int = declared(10, "cells", "Cells from which a lesion counts as a micrometastasis.", 2, 10000)  # fmt: skip
    enclosed: float = declared(0.75, "1", "Share of the sites around a tube that the lesion must hold to enclose it.", 0.1, 1.0)  # fmt: skip
    supply_begins: float = declared(2.5, "mm/mm2", "Own perfused vessel length per area from which a lesion acquires a supply; a quarter of what parallel vessels 100 um apart have.", 0.0, 1000.0)  # fmt: skip
    supply_ends: float = declared(1.25, "mm/mm2", "Own perfused vessel length per area below which a lesion has no supply of its own any more.", 0.0, 1000.0)  # fmt: skip
    reach: float = declared(50.0, "um", "Distance from a perfused vessel within which a cell is supplied; half the way between tumour vessels 100 um apart.", 1.0, 1000.0)  # fmt: skip
    supplied_begins: float = declared(0.8, "1", "Share of a lesion's cells within reach of perfused vessels from which it is supplied throughout.", 0.0, 1.0)  # fmt: skip
    supplied_ends: float = declared(0.6, "1", "Share of a lesion's cells within reach of perfused vessels below which it is so no more.", 0.0, 1.0)  # fmt: skip
    persistence: float = declared(12.0, "h", "Time for which readings of a later phase must hold before a lesion enters the next.", 0.0, 1000.0)  # fmt: skip
    persistence_back: float = declared(24.0, "h", "Time for which readings of an earlier phase must hold before a lesion steps back.", 0.0, 1000.0)  # fmt: skip
    growth_cells: int = declared(50, "cells", "Cells from which a perfused lesion can be in the growth phase.", 2, 100000)  # fmt: skip
    growth_ratio: float = declared(1.1, "1", "Size now over size a window ago that counts as sustained net growth.", 1.0, 100.0)  # fmt: skip
    growth_ends: float = declared(1.0, "1", "Size now over size a window ago which a growing lesion must exceed.", 0.0, 100.0)  # fmt: skip
    growth_window: float = declared(48.0, "h", "Window over which net growth must be sustained.", 1.0, 1000.0)
    apart: float = declared(50.0, "um", "Distance from the rest of its lesion from which a group of cells can become a lesion of its own.", 1.0, 10000.0)  # fmt: skip
    apart_time: float = declared(24.0, "h", "Time for which it must stand so far apart.", 0.0, 1000.0)
    rim_collagen: float = declared(0.2, "1", "Collagen beside a border, relative to a dense capsule, from which activated stellate cells there make a desmoplastic rim.", 0.0, 10.0, "van Dam 2017 doi:10.1038/bjc.2017.334 (a rim of stroma); the threshold is assumed", "assumed")  # fmt: skip
    compressed: float = declared(0.8, "1", "Mean patency of the sinusoids beside a border below which the plates count as pushed aside; two divisions that push leave 0.72.", 0.0, 1.0, "van Dam 2017 doi:10.1038/bjc.2017.334 (compressed plates); the threshold is assumed", "assumed")  # fmt: skip
    live_parenchyma: float = declared(0.5, "1", "Parenchyma beside a border from which it counts as live liver.", 0.0, 1.0)  # fmt: skip
    rim: float = declared(50.0, "um", "Width of the rim around a lesion in which its infiltrate and its debris are counted.", 1.0, 5000.0)  # fmt: skip


SECTION = section("phases", Thresholds)
