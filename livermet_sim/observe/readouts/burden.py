"""Declare how much tumour there is, how its cells are, and in which phases its lesions stand."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import DORMANT, TISSUE, TUMOUR
from livermet_sim.observe.readouts.readout import MEASURES, NAN, SERIES, count, declare, share
from livermet_sim.observe.readouts.view import View
from livermet_sim.state.lesions import ANGIOGENIC, GROWTH


@declare("h", SERIES)
def time_h(view: View) -> float:
    """Simulated time."""
    return view.hours


@declare("day", SERIES)
def day(view: View) -> float:
    """Simulated time in days."""
    return view.hours / 24.0


@declare("cells", SERIES, name="n_{kind}", values=count(), words="{kind} cells")
def number(view: View, kind: str) -> int:
    """Cells of the kind."""
    return int(view.number[view.code(kind)])


@declare("cells", SERIES, values=count())
def tumour_lumen(view: View) -> int:
    """Tumour cells in vessels."""
    return len(view.tumour) - tumour_tissue(view)


@declare("cells", SERIES, values=count())
def tumour_tissue(view: View) -> int:
    """Tumour cells outside vessels."""
    return int((view.cells["layer"][view.tumour] == TISSUE).sum())


@declare("cells", SERIES, values=count())
def tumour_cycling(view: View) -> int:
    """Tumour cells that are not dormant."""
    return len(view.tumour) - tumour_dormant(view)


@declare("cells", SERIES, values=count())
def tumour_dormant(view: View) -> int:
    """Tumour cells that sleep."""
    return int((view.cells["state"][view.tumour] == DORMANT).sum())


@declare("cells", SERIES, values=count())
def tumour_hypoxic(view: View) -> int:
    """Tumour cells below their threshold of hypoxia."""
    return int(np.searchsorted(view.tumour_oxygen, view.hypoxic_below))


@declare("mmHg", SERIES)
def tumour_oxygen_mmHg(view: View) -> float:
    """Mean oxygen of the tumour cells."""
    return float(view.tumour_oxygen.mean()) if len(view.tumour) else NAN


@declare("cells", MEASURES, values=count(), headline=True)
def tumour_cells(view: View) -> int:
    """Living tumour cells."""
    return int(view.number[TUMOUR])


@declare("mm2", MEASURES, phase="growth")
def tumour_area_mm2(view: View) -> float:
    """Area of the slab that the tumour cells fill, each its own volume."""
    return tumour_cells(view) * view.cell_area * 1e-6


@declare("mm3", MEASURES)
def tumour_volume_mm3(view: View) -> float:
    """Volume of the tumour cells."""
    return tumour_cells(view) * view.cell_volume * 1e-9


@declare("lesions", MEASURES, values=count("lesions"), headline=True)
def metastases(view: View) -> int:
    """Lesions that stand and have the size of a micrometastasis."""
    return int((view.standing.cells >= int(view.phases.micrometastasis)).sum())


@declare("lesions", MEASURES, values=count("lesions"))
def lesions(view: View) -> int:
    """Lesions that stand."""
    return int((view.standing.cells > 0).sum())


@declare("lesions", MEASURES, values=count("lesions"))
def lesions_vascularised(view: View) -> int:
    """Lesions in the angiogenic or the growth phase."""
    return int((view.standing.phase >= ANGIOGENIC).sum())


@declare("lesions", MEASURES, values=count("lesions"))
def lesions_growing(view: View) -> int:
    """Lesions in the growth phase."""
    return int((view.standing.phase == GROWTH).sum())


@declare("cells", MEASURES, values=count())
def largest_lesion_cells(view: View) -> int:
    """Cells of the largest lesion."""
    return int(view.standing.cells.max(initial=0))


@declare("um", MEASURES)
def largest_lesion_um(view: View) -> float:
    """Diameter of the largest lesion, of the disc that its cells fill."""
    return float(view.breadth(view.standing.cells).max(initial=0.0))


@declare("1", MEASURES, headline=True, phase="pre-angiogenic")
def tumour_dormant_share(view: View) -> float:
    """Share of the tumour cells that sleep."""
    return share(tumour_dormant(view), tumour_cells(view))
