"""Let a scenario read rules in the grammar of PhysiCell, and write its own in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from livermet_sim.base.errors import LivermetError, RuleError
from livermet_sim.rulebook.ablation import family
from livermet_sim.rulebook.book import library_records
from livermet_sim.rulebook.physicell import kept, ruleset
from livermet_sim.rulebook.physicell.read import AUTO
from livermet_sim.rulebook.physicell.ruleset import PhysicellRules
from livermet_sim.rulebook.physicell.translate import OXYGEN, Here
from livermet_sim.scenario import files
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.scenario.write import key, literal, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_physicell(
    path: str | Path, names: Mapping[str, str] | None = None, *, scenario: str | Path | Scenario = "lobule",
    lenient: bool = False, layout: str = AUTO,
) -> PhysicellRules:  # fmt: skip
    """Return the rules of a PhysiCell file (CSV version 3; 0, 1 and 2 are brought over) with their meaning here.

    Johnson et al., Cell 2025, doi:10.1016/j.cell.2025.06.048.

    Parameters
    ----------
    path : str or Path
        The file; what `to_physicell` kept beside it (``NAME.physicell.json``) is read with it.
    names : mapping of str to str, optional
        What its cell types and substrates are called here, as in ``{"malignant epithelial cell": "tumour"}``.
    scenario : str, Path or Scenario
        In whose words and base values the rules get their meaning.
    lenient : bool
        Whether to read what PhysiCell 1.14.2 reads, its slips included, instead of refusing every imperfection.
    layout : str
        "v0" to "v3", or "auto": by the columns, and by words that a version had alone.

    Raises
    ------
    LivermetError
        With one sentence for each mistake: file, line, field.
    """
    found = scenario if isinstance(scenario, Scenario) else load(scenario)
    names = dict(names or {})
    kinds = (*found.rules.words.kinds, *found.rules.words.fields, OXYGEN)
    for name, own in names.items():
        if own not in kinds:
            raise RuleError(
                "names",
                f'"{own}", for "{name}", is no kind of cell, field or oxygen',
                name=str(own),
                valid=kinds,
            )
    rules = ruleset.checked(ruleset.read(path, lenient=lenient, layout=layout), lenient)
    here = Here(found.rules.words, found.values, names, lenient)
    result = ruleset.translated(rules, here, kept.load(Path(path)))
    try:
        found.with_(rules=result.rules)  # says what is wrong, if anything is
    except LivermetError as error:
        sidecar = kept.beside(Path(path))
        label = files.label(sidecar if sidecar.is_file() else Path(path))
        sentences = (sentence.removeprefix("change ") for sentence in error.sentence.splitlines())
        raise RuleError("", "\n".join(f"{label}, {sentence}" for sentence in sentences)) from None
    return result


def to_physicell(
    scenario: str | Path | Scenario = "baseline", path: str | Path | None = None, *, own: bool | None = None
) -> PhysicellRules:
    """Return the rules of a scenario in the grammar of PhysiCell (CSV version 3).

    Parameters
    ----------
    scenario : str, Path or Scenario
    path : str or Path, optional
        A file to write; ``NAME.physicell.json`` beside it keeps what it cannot hold, and `read_physicell` reads both.
    own : bool, optional
        Whether only rules that the scenario adds or changes; by default where the scenario itself was made from such a file.

    Raises
    ------
    LivermetError
        When a file cannot be read or written.
    """
    found = scenario if isinstance(scenario, Scenario) else load(scenario)
    is_file = not isinstance(scenario, Scenario) and Path(scenario).suffix == ".toml"
    before = kept.load(Path(scenario)) if is_file else []  # type: ignore[arg-type]
    only = None
    if bool(before) if own is None else own:
        only = {entry.id for entry in before} | _changed(found)
    rules = ruleset.of_rules(found.rules, found.values, name=found.name, before=before, only=only)
    if path is not None:
        rules.save(path)
    return rules


def _changed(scenario: Scenario) -> set[str]:
    """Return the rules that a scenario adds or changes, apart from switching the library's off."""
    named = {
        name.removeprefix("rules.").rpartition(".")[0] for name in scenario.given if name.startswith("rules.")
    }
    records = library_records()
    return {
        id
        for id in named
        if id in scenario.rules.rules and (scenario.rules.rules[id].enabled or id not in records)
    }


def text(rules: PhysicellRules, base: str, name: str, alone: bool = False) -> str:
    """Return the text of a scenario that holds rules from a PhysiCell file.

    Parameters
    ----------
    base : str
        The scenario that it extends.
    alone : bool
        Whether the model's own rules are switched off.
    """
    return "\n".join(_lines(rules, base, name, alone)) + "\n"


def _lines(rules: PhysicellRules, base: str, name: str, alone: bool) -> Iterator[str]:
    yield f"name = {literal(name)}"
    yield f"doc = {literal(f'Rules of PhysiCell, from {Path(rules.file).name}.')}"
    yield f"extends = {literal(base)}"
    if alone:
        yield "\n# the rules of the model itself"
        yield from (f"rules.{id}.enabled = false" for id in dict.fromkeys(map(family, library_records())))
    if rules.kept:
        yield "\n# without a meaning in this model, and kept in the file beside for the way back:"
        yield from (f"# {one_line(row)}\n#   {one_line(why)}" for row, why in rules.kept.items())
    for id, record in rules.rules.items():
        yield ""
        yield f"[rules.{id if re.fullmatch(r'[A-Za-z0-9_.-]+', id) else key(id)}]"
        yield from (f"{key(word)} = {literal(value)}" for word, value in record.items())
