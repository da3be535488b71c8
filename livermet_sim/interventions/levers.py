"""Name what can be blocked or boosted: a target and, of it, a behaviour, a signal, a rule or a level (`TARGETS`).

A block of ``sense.X`` acts on every rule of the kind that reads X (for a diffusing signal its gradient too) and on
crawling up X. Blood cells arrive by rules of the LSEC that stand for both partners, lining and blood cell; so a rule
on ``recruit.K`` listens to a block of X in the LSEC and to one in K.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from livermet_sim.base.errors import ScenarioError
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.tumour import factor_names
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import Vocabulary
from livermet_sim.state.signals import SYSTEMIC

ALL, LIVER, RULE = "all", "liver", "rule"
TARGETS = {
    "a kind": "any behaviour of it (engulf, secrete.vegf); recruit (its arrival with the blood); sense.X (its receptor for the signal X)",
    ALL: "the same for every kind that has it: secrete.vegf is a neutralising antibody, sense.cxcl a CXCR2 inhibitor",
    LIVER: "inflow (all blood; inflow.portal and inflow.arterial are its two parts), oxygen.capacity (anaemia), the oxygen tension of portal and arterial blood, systemic.X, and the loss of what is bound to sites (matrix.net_loss)",
    RULE: "the id of a rule: MV12, or MV6 for all its variants",
}
SENSE = "sense."
# what is bound to the liver as a whole, besides systemic levels
LIVER_LEVERS = (
    "inflow", "inflow.portal", "inflow.arterial", "matrix.collagen_loss", "matrix.net_loss", "matrix.debris_loss", "matrix.patency_recovery", "matrix.hepatocyte_regrowth",
    "oxygen.portal_tension", "oxygen.arterial_tension", "oxygen.capacity",
)  # fmt: skip

_CARRIED = "blood carries oxygen now: a clamp is inflow alone, poor blood oxygen.portal_tension or oxygen.arterial_tension"
# levers that are no more, and what to pull in their place
FORMER = {"oxygen.periportal": _CARRIED, "oxygen.pericentral": _CARRIED}


class Words:
    """Know the names that interventions of one run may use."""

    def __init__(self, kinds: Sequence[Kind], fields: Sequence[str], rules: Iterable[str] | None = None):
        self.kinds = {kind.name: kind for kind in kinds}
        self.fields = tuple(fields)
        self.rules = None if rules is None else tuple(rules)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Return signals and behaviours; made when first asked for, as most scenarios intervene in nothing."""
        return Vocabulary.of(self.kinds.values(), self.fields, factor_names())

    @cached_property
    def lining(self) -> str:
        """Return the kind that calls cells from the blood."""
        return next(kind.name for kind in self.kinds.values() if "lining" in kind.roles)

    def aims(self) -> tuple[str, ...]:
        """Return the kinds of cells, first those that treatments aim at most: the immune cells."""
        return tuple(sorted(self.kinds, key=lambda name: "immune" not in self.kinds[name].roles))

    def kind(self, name: str, place: str, others: tuple[str, ...] = ()) -> str:
        """Return the name of a kind, or of one of ``others``."""
        if name not in self.kinds and name not in others:
            valid = (*self.kinds, *others)
            raise ScenarioError(place, f'"{name}" is not a kind of cell', name=name, valid=valid)
        return name

    def lever(self, target: str, behaviour: str, place: str) -> tuple[str, str]:
        """Return target and behaviour, checked; ``recruit`` of a kind becomes the LSEC's ``recruit.KIND``.

        Raises
        ------
        ScenarioError
            For a name that the target does not have.
        """
        self.kind(target, f"{place}.target", (ALL, LIVER, RULE))
        if behaviour == "recruit" and target in self.kinds:
            if not self.kinds[target].recruited:
                raise ScenarioError(
                    f"{place}.behaviour", f"{target} cells are not recruited; they do not come with the blood"
                )
            return self.lining, f"recruit.{target}"
        valid = self.of(target)
        known = behaviour in valid or (target == RULE and self._known_rule(behaviour))
        former = FORMER if target == LIVER else self.vocabulary.former.get(target, {})
        if not known and behaviour in former:
            raise ScenarioError(
                f"{place}.behaviour", f'there is no "{behaviour}" any more; {former[behaviour]}'
            )
        if not known:
            what = {ALL: "of any kind of cell", LIVER: "of the liver", RULE: "of this scenario"}.get(
                target, f"of {target} cells"
            )
            reason = f'"{behaviour}" is not a {"rule" if target == RULE else "behaviour"} {what}'
            raise ScenarioError(f"{place}.behaviour", reason, name=behaviour, valid=valid)
        return target, behaviour

    def of(self, target: str) -> tuple[str, ...]:
        """Return what can be blocked or boosted in a target."""
        words = self.vocabulary
        if target == RULE:
            return self.rules or ()
        if target == LIVER:
            return (*LIVER_LEVERS, *(f"systemic.{name}" for name in SYSTEMIC.names()))
        names = self.kinds if target == ALL else (target,)
        behaviours = dict.fromkeys(name for kind in names for name in words.behaviours[kind])
        return (*behaviours, *(f"{SENSE}{name}" for name in words.signals))

    def _known_rule(self, id: str) -> bool:
        return self.rules is None or any(matches(id, rule) for rule in self.rules)


def matches(id: str, rule: str) -> bool:
    """Say whether a rule has an id, or is a variant of it (MV6.tnf of MV6)."""
    return rule == id or rule.startswith(f"{id}.")


def senses(rule: Rule, kinds: Iterable[str], signal: str, fields: Sequence[str]) -> bool:
    """Say whether a block of a signal in some kinds reaches a rule."""
    same = rule.signal == signal or (signal in fields and rule.signal == f"{signal}.gradient")
    arriving = rule.behaviour.removeprefix("recruit.") if rule.behaviour.startswith("recruit.") else ""
    return same and (rule.actor in kinds or arriving in kinds)
