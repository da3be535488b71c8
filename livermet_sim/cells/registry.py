"""List the cell kinds that ship with the model, in the order of their codes."""

from __future__ import annotations

from livermet_sim.base.plugins import KIND, PLUGINS
from livermet_sim.cells.cd8 import CD8
from livermet_sim.cells.dendritic import DENDRITIC
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.kupffer import KUPFFER
from livermet_sim.cells.look import Look, plain
from livermet_sim.cells.lsec import LSEC
from livermet_sim.cells.mdsc import MDSC
from livermet_sim.cells.monocyte import MONOCYTE
from livermet_sim.cells.neutrophil import NEUTROPHIL
from livermet_sim.cells.nk import NK
from livermet_sim.cells.stellate import STELLATE
from livermet_sim.cells.treg import TREG
from livermet_sim.cells.tumour import TUMOUR
from livermet_sim.state.roles import Role

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
LOOKS: dict[str, Look] = {kind.name: kind.look for kind in KINDS if kind.look is not None}
LINING = next(kind.name for kind in KINDS if "lining" in kind.roles)


def added() -> dict[str, Kind]:
    """Return the kinds that users have registered, by name; a scenario has those that it names."""
    return PLUGINS.of(KIND)


def look_of(kind: str) -> Look:
    """Return the look of a kind by its name; one that a scenario adds is plain."""
    own = added().get(kind)
    return LOOKS.get(kind) or (own.look if own else None) or plain(kind)


def having(role: Role) -> tuple[str, ...]:
    """Return the names of the kinds, shipped or registered, that have a role."""
    return tuple(kind.name for kind in (*KINDS, *added().values()) if role in kind.roles)
