"""Name what kinds of cells can be to a liver, so that processes ask for a role and know no kind by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

Role = Literal["lining", "stroma", "patrol", "immune", "myeloid", "antigen", "primed"]
ROLES: dict[Role, str] = {
    "lining": "Lines stretches of sinusoid: holds what passes, calls cells from the blood, sprouts.",
    "stroma": "Turns into myofibroblasts when activated.",
    "patrol": "Stays in the sinusoids and clears them; what it holds and feeds is followed.",
    "immune": "Belongs to the immune system, resident or from the blood.",
    "myeloid": "Polarises between killing tumour cells and feeding them.",
    "antigen": "Brings antigen to the lymph node that drains the liver.",
    "primed": "Is primed in the lymph node and comes back as an effector.",
}


class HasRoles(Protocol):
    """Say what is asked of a kind."""

    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> Iterable[Role]: ...


def by_role(kinds: Sequence[HasRoles]) -> dict[Role, tuple[int, ...]]:
    """Return the codes of the kinds that have each role."""
    return {role: tuple(code for code, kind in enumerate(kinds) if role in kind.roles) for role in ROLES}


def the(role: Role, coded: Mapping[Role, tuple[int, ...]]) -> int:
    """Return the code of the kind that has a role; of several, such as kinds that are like it, the first.

    Raises
    ------
    LookupError
        When no kind has the role.
    """
    if not coded.get(role):
        raise LookupError(f"no kind of cell has the role {role}")
    return coded[role][0]
