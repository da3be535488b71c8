"""Describe the model by the ODD protocol (Grimm et al. 2020, doi:10.18564/jasss.4259): seven elements, eleven design concepts."""

from __future__ import annotations

from livermet_sim.documentation.blocks import Part, texts
from livermet_sim.documentation.odd import concepts, details, overview
from livermet_sim.documentation.subject import Subject

ELEMENTS = (
    overview.purpose,
    overview.entities,
    overview.processes,
    concepts.concepts,
    details.initialisation,
    details.input_data,
    details.submodels,
)


def odd(subject: Subject) -> Part:
    """Return the ODD description, element by element in the order of the protocol."""
    text = "This description follows the ODD protocol in its second update (Grimm et al. 2020, doi:10.18564/jasss.4259): the same elements in the same order. It is read from the declarations of the code and from the scenario."
    return Part(
        "odd", "Model description (ODD)", texts(text), tuple(element(subject) for element in ELEMENTS)
    )
