"""Let a user change a scenario, go to a point of a design, and write it as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livermet_sim.scenario.draft import Draft
from livermet_sim.scenario.resolve import build
from livermet_sim.scenario.resolved import Resolved
from livermet_sim.scenario.write import document


class Scenario(Resolved):
    """Hold everything a run needs but its seed. Two scenarios are equal when all they resolve to is.

    Attributes
    ----------
    name, doc : str
        What it is called and what it is for.
    line : str
        Tumour line whose traits set ``cells.tumour``; empty for the plain tumour cell.
    kinds : tuple of Kind
        Kinds of cells in the order of their codes.
    fields : tuple of str
        Diffusing signals in their order.
    values : mapping of section to mapping of parameter to value
        Every value, in the unit of its parameter; read-only.
    rules : RuleBook
        The interaction rules.
    interventions : tuple of Intervention
        What is done to the liver, and when: checked, times in days; each reads as its table does.
    processes : tuple of Added
        Registered processes that take part.
    plugins : mapping of str to str
        What it uses of users' own, by label ("kind mast"), and who made it: plug-in, version, hash of the source.
    given : dict
        What was written, by dotted name; all else are defaults.
    text : str
        The file as its author wrote it, empty without one.
    """

    @classmethod
    def of(cls, draft: Draft, text: str = "") -> Scenario:
        """Return the scenario that a draft describes.

        Parameters
        ----------
        draft : Draft
            What was written, all layers laid over each other.
        text : str, optional
            The file as its author wrote it.

        Raises
        ------
        ScenarioError
            With one sentence for every mistake that was found.
        """
        return cls(**vars(build(draft, text)))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings cannot be pickled, and what was written gives the same scenario again.
        return _again, (self.given, self.text)

    def with_(self, changes: Mapping[str, Any] | None = None, **keys: Any) -> Scenario:
        """Return a new scenario in which some values differ.

        Parameters
        ----------
        changes : mapping, optional
            Values by dotted name (``{"cells.kupffer.density": 0}``) or in nested tables.
        **keys
            Top-level keys: ``line="b16f1"``, ``interventions=[...]``, ``tissue={"kind": "lobule"}``.

        Raises
        ------
        ScenarioError
            For an unknown name or an impossible value.
        """
        draft = Draft().write(self.given, "", checked=True)
        return self.of(draft.write(changes or {}, "change").write(keys, "change"), self.text)

    def at(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario at a point of a design: a value that another makes idle there has its default.

        Parameters
        ----------
        changes : mapping
            Values by dotted name.

        Raises
        ------
        ScenarioError
            For an unknown name or an impossible value.
        """
        draft = Draft(lenient=True).write(self.given, "", checked=True)
        return self.of(draft.write(changes, "change"), self.text)

    def to_toml(self, image: str | None = None) -> str:
        """Return the resolved scenario as TOML, every value with unit, grade of evidence and source.

        Parameters
        ----------
        image : str, optional
            Path to write for the tissue's image instead of its own.
        """
        return document(self, image)


def _again(given: Mapping[str, Any], text: str) -> Scenario:
    """Build a scenario again from what was written."""
    return Scenario.of(Draft().write(given, "", checked=True), text)
