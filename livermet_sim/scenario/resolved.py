"""Hold what a scenario resolves to: frozen, every value in its unit, comparable by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Section, Value, namespace
from livermet_sim.cells.kind import Kind
from livermet_sim.interventions import Intervention
from livermet_sim.processes.own import Added
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.scenario import needs, sections

_WORDING = ("name", "doc")


@dataclass(frozen=True, eq=False)
class Resolved:
    """Hold everything a run needs but its seed. Two scenarios are equal when all they resolve to is.

    What each attribute is stands with those who use it: ``scenario.spec.Scenario``.
    """

    name: str
    doc: str
    line: str
    kinds: tuple[Kind, ...]
    fields: tuple[str, ...]
    values: Mapping[str, Mapping[str, Value]]
    rules: RuleBook
    interventions: tuple[Intervention, ...]
    processes: tuple[Added, ...]
    plugins: Mapping[str, str]
    given: dict[str, Any] = field(repr=False)
    text: str = field(default="", repr=False)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Resolved) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, line {self.line or 'none'}, {self.value('run.days'):g} days)"

    @property
    def sections(self) -> dict[str, Section]:
        """Return the declarations of all values: unit, range, meaning and source, by section."""
        return sections.declared(self.kinds, self.fields, self.processes)

    def section(self, name: str) -> SimpleNamespace:
        """Return the values of a section as attributes, dots in names becoming underscores.

        Parameters
        ----------
        name : str
            Such as ``"cells.kupffer"``; each value is in the unit of its parameter.

        Raises
        ------
        ScenarioError
            When there is no such section.
        """
        if name not in self.values:
            raise ScenarioError(name, "there is no such section", name=name, valid=self.values)
        return namespace(self.values[name])

    def value(self, name: str) -> Value:
        """Return one value by its dotted name, such as ``cells.kupffer.density``.

        Raises
        ------
        ScenarioError
            When there is no such section or parameter.
        """
        found = sections.locate(name, self.values)
        if found is None:
            raise sections.unknown(name, name, self.sections)
        section, parameter = found
        if parameter not in self.values[section]:
            reason = f"{section} has no such parameter"
            raise ScenarioError(name, reason, name=parameter, valid=self.values[section])
        return self.values[section][parameter]

    def to_dict(self) -> dict[str, Any]:
        """Return the resolved scenario as plain tables; reading them back gives an equal scenario."""
        tables: dict[str, Any] = {"name": self.name, "doc": self.doc, "line": self.line, "resolved": True}
        tables |= {needs.KEY: dict(self.plugins)} if self.plugins else {}
        for name, values in self.values.items():
            target = tables
            for part in name.split("."):
                target = target.setdefault(part, {})
            if name.startswith("cells.") and (like := self.given.get(f"{name}.like")) is not None:
                target |= {"like": like, "doc": self.given.get(f"{name}.doc", "")}
            target.update(values)
        tables["rules"] = self.rules.to_dict()
        tables["interventions"] = [own.to_dict() for own in self.interventions]
        return tables

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that determines a run but the seed; name and doc are left out.

        Of an image its labels count, not its path, as they are in the file now.

        Raises
        ------
        TissueError
            When the image of a mask cannot be read.
        """
        tables = {key: value for key, value in self.to_dict().items() if key not in _WORDING}
        if tables["tissue"].get("kind") == "mask":
            from livermet_sim.anatomy.mask import content

            tables["tissue"] = content(tables["tissue"])
        text = json.dumps(tables, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
