"""Build a tissue from its settings."""

from __future__ import annotations

from collections.abc import Mapping

from livermet_sim.anatomy.shelf import keep, kept
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import Tissue


def build(settings: Mapping[str, Value], seed: int) -> Tissue:
    """Build the tissue that the values of the section ``tissue`` describe; the seed settles its details.

    Parameters
    ----------
    settings : mapping
        Every value of ``parameters.SECTION``.
    seed : int
        The same settings and seed give the same tissue.

    Raises
    ------
    TissueError
        When an image cannot be used, or no way leads from a portal tract to a central vein.
    """
    tissue = kept(settings, seed)
    if tissue is None:
        from livermet_sim.anatomy.construction import construct  # what it stands on takes long to load

        tissue = construct(settings, seed)
        keep(tissue, settings, seed)
    return tissue
