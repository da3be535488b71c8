"""List the cell kinds that ship with the model, in the order of their codes."""

from __future__ import annotations

from livermet_sim.cells.cd8 import CD8
from livermet_sim.cells.dendritic import DENDRITIC
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.kupffer import KUPFFER
from livermet_sim.cells.lsec import LSEC
from livermet_sim.cells.mdsc import MDSC
from livermet_sim.cells.monocyte import MONOCYTE
from livermet_sim.cells.neutrophil import NEUTROPHIL
from livermet_sim.cells.nk import NK
from livermet_sim.cells.stellate import STELLATE
from livermet_sim.cells.treg import TREG
from livermet_sim.cells.tumour import TUMOUR

KINDS: tuple[Kind, ...] = (
    TUMOUR,
    KUPFFER,
    LSEC,
    STELLATE,
    NEUTROPHIL,
    MDSC,
    NK,
    CD8,
    MONOCYTE,
    DENDRITIC,
    TREG,
)
