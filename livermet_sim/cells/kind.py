"""Say what a cell kind is: data that the engine reads, so that a scenario can add a kind from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.cells.look import Followed, Look, plain
from livermet_sim.cells.state import ACTIVATION, POLARISATION, State
from livermet_sim.state.roles import Role

Habitat = Literal["vessel", "disse", "segment", "blood"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe one kind of cell.

    Attributes
    ----------
    name, doc : str
        As scenarios and rules name it, and what it is.
    habitat : str
        Where it starts: on the vessel wall (``vessel``), in the space of Disse (``disse``), lining a stretch
        of sinusoid (``segment``), or arriving with the blood (``blood``).
    look : Look or None
        How it is called and drawn; one that a scenario adds has none.
    roles : frozenset of str
        What it is to the liver: see ``state.roles``.
    states : tuple of State
        What its behaviours move in it, each in a column of its own.
    followed : tuple of Followed
        States whose mean over its cells is followed in time.
    recruited : bool
        Whether the blood brings more of it during the run.
    parameters : tuple of Parameter
        Numbers no rule acts on.
    behaviours : tuple of Parameter
        Base values of what the cell does; rules raise and lower these.
    secretes : dict
        Base secretion per signal: the concentration reached if every site held one such cell.
    former : mapping
        What to set in the place of each name that is no more.
    along : tuple of str
        Behaviours of a kind that lines a stretch, beside secretion, that it does at each place by what touches it there.
    """

    name: str
    doc: str
    habitat: Habitat
    parameters: tuple[Parameter, ...]
    behaviours: tuple[Parameter, ...]
    look: Look | None = None
    roles: frozenset[Role] = frozenset()
    states: tuple[State, ...] = ()
    followed: tuple[Followed, ...] = ()
    recruited: bool = False
    secretes: tuple[tuple[str, float, str], ...] = ()
    former: Mapping[str, str] = field(default_factory=dict)
    along: tuple[str, ...] = ()

    def local(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Return the behaviours, given the signals (``fields``), that the kind does place by place along what it lines."""
        return (*self.along, *(f"secrete.{name}" for name in fields)) if self.habitat == "segment" else ()

    @property
    def called(self) -> str:
        """Return what a reader calls the cells."""
        return (self.look or plain(self.name)).many

    def section(self, fields: Sequence[str], kinds: Sequence[str]) -> Section:
        """Return all parameters of the kind, secretion of every signal (``fields``) and recruitment of every kind (``kinds``) included."""
        own = self.parameters + self.all_behaviours(fields, kinds)
        return Section(f"cells.{self.name}", self.doc, own, self.former)

    def all_behaviours(self, fields: Sequence[str], kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """Return the behaviours, with ``secrete.X`` for each of the ``fields`` and, for LSEC, ``recruit.K`` for each of the ``kinds``."""
        base = {name: (value, source) for name, value, source in self.secretes}
        secretion = tuple(
            Parameter(
                f"secrete.{field}", base.get(field, (0.0, ""))[0], "relative",
                f"Secretion of {field}: the concentration reached if every site held one such cell.",
                0.0, 1e6, base.get(field, (0.0, "assumed"))[1] or "assumed",
            )
            for field in fields
        )  # fmt: skip
        recruitment: tuple[Parameter, ...] = ()
        if self.habitat == "segment":
            recruitment = tuple(
                Parameter(
                    f"recruit.{kind}", 1.0, "1",
                    f"Arrival of {kind} from the blood, relative to what keeps its resting density.", 0.0, 1e5,
                )
                for kind in kinds
            )  # fmt: skip
        return self.behaviours + secretion + recruitment

    def named(self, name: str, doc: str = "") -> Kind:
        """Return a copy under another name and doc: a kind added by a scenario."""
        return replace(self, name=name, doc=doc or f"Like {self.name}.", look=None)


def density(value: float, doc: str, source: str, grade: str = "derived") -> Parameter:
    """Return the parameter for the resting number of cells per volume of liver."""
    return Parameter("density", value, "/mm3", doc, 0.0, 1e6, source, grade)  # type: ignore[arg-type]


ZONATION = (
    Parameter("share_periportal", 1 / 3, "1", "Share of the cells in the periportal third.", 0.0, 1.0),
    Parameter("share_midzonal", 1 / 3, "1", "Share of the cells in the middle third.", 0.0, 1.0),
)


def attracted(
    signal: str, doc: str = "Signal up which it crawls.", source: str = "assumed", grade: str = "assumed"
) -> tuple[Parameter, ...]:
    """Return the parameters of what draws a kind: the signal, and how much of it is more than a trace."""
    return (
        Parameter("attractant", signal, "", doc, source=source, grade=grade),  # type: ignore[arg-type]
        Parameter(
            "attractant_half", 0.25, "relative",
            "Concentration of the attractant at which its pull is half of what it is in plenty (half of the receptors).",
            1e-6, 1000.0, "half of the half-maxima at which the same signals recruit", "assumed",
        ),
    )  # fmt: skip


MOBILE = (ACTIVATION, POLARISATION)


def mobile(
    crawl: float,
    leave: float,
    attack: float,
    *,
    infiltrate: float = 0.0,
    deactivate: float = 0.02,
    sources: dict[str, tuple[str, str]],
) -> tuple[Parameter, ...]:
    """Return the behaviours that all mobile immune cells share, with this kind's base values and sources."""

    def source(name: str) -> tuple[str, str]:
        return sources.get(name, ("assumed", "assumed"))

    def make(name: str, value: float, unit: str, doc: str, high: float) -> Parameter:
        where, grade = source(name)
        return Parameter(name, value, unit, doc, 0.0, high, where, grade)  # type: ignore[arg-type]

    return (
        make("crawl", crawl, "um/min", "Speed of crawling along vessels and, where it can, through tissue.", 100.0),
        make("chemotaxis", 1.0, "1", "Bias of crawling up the attractant: e-fold of a hop's odds per unit of relative difference.", 100.0),
        make("leave", leave, "/h", "Rate of dying or leaving with the blood.", 10.0),
        make("attack", attack, "/h", "Rate of killing, shared among the tumour cells in contact: a killer deals with one after the other.", 100.0),
        make("infiltrate", infiltrate, "1", "Probability that a hop may leave the vessel for the tissue.", 1.0),
        make("activate", 0.0, "/h", "Rate at which activation moves towards 1.", 100.0),
        make("deactivate", deactivate, "/h", "Rate at which activation moves towards 0.", 100.0),
        make("polarise", 0.0, "/h", "Rate at which polarisation moves towards 1 (tumour-feeding).", 100.0),
        make("depolarise", 0.0013, "/h", "Rate at which polarisation moves towards 0 (tumour-killing).", 100.0),
        make("release_net", 0.0, "/h", "Rate of releasing an extracellular trap (and dying of it).", 100.0),
    )  # fmt: skip
