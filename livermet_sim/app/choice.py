"""Turn what somebody chose on the page into the scenarios of one or two livers."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Parameter
from livermet_sim.cells.registry import LOOKS
from livermet_sim.interventions.read import hours_before
from livermet_sim.scenario.draft import split
from livermet_sim.scenario.load import load
from livermet_sim.scenario.sections import locate
from livermet_sim.scenario.spec import Scenario

MOST_SITES = 250_000  # a larger tissue is no longer live on a page
MOST_DAYS = 365.0
PASTED = "your scenario"
LARGEST = 200_000


@dataclass(frozen=True)
class Knob:
    """Name a parameter with a slider, and how far the slider goes; what is declared bounds it too."""

    name: str
    label: str
    top: float


KNOBS = (
    Knob("run.days", "Length of the run", 60.0),
    Knob("seeding.dose", "Tumour cells that arrive", 2000.0),
    Knob("cells.tumour.extravasate", "Tumour: crossing the vessel wall", 0.5),
    Knob("cells.tumour.dormant_share", "Tumour: asleep after crossing", 1.0),
    Knob("cells.tumour.wake", "Tumour: waking up", 0.02),
    Knob("cells.tumour.divide", "Tumour: dividing", 0.1),
    Knob("cells.tumour.secrete.vegf", "Tumour: VEGF", 10.0),
    Knob("cells.tumour.coopt", "Tumour: growing along vessels", 1.0),
    *(
        Knob(f"cells.{kind}.density", f"{look.many[0].upper()}{look.many[1:]}", look.slider)
        for kind, look in LOOKS.items()
        if look.slider
    ),
    Knob("systemic.inflammation", "Inflamed liver", 5.0),
    Knob("systemic.platelets", "Platelets", 3.0),
)


@dataclass(frozen=True)
class Choice:
    """Hold what was chosen; nothing is checked before `Choice.scenarios`.

    Attributes
    ----------
    scenario : str
        Name of a scenario, or PASTED for ``text``.
    line : str
        Tumour line; empty for the scenario's own.
    changes : mapping of str to value or text
        By dotted name, as sliders and fields gave them.
    more : str
        Further ``name=value`` changes, one a line.
    off : tuple of str
        Ids of rules that are switched off.
    interventions : tuple of dict
        Tables as in a scenario file; the untreated liver is spared them.
    compare : bool
        Whether an untreated liver runs beside the treated one, on the same seed.
    """

    scenario: str = "lobule"
    text: str = ""
    line: str = ""
    seed: Any = 1
    changes: Mapping[str, Any] = field(default_factory=dict)
    more: str = ""
    off: tuple[str, ...] = ()
    interventions: tuple[Mapping[str, Any], ...] = ()
    compare: bool = False

    def with_(self, **changes: Any) -> Choice:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def waiting(self, built: Choice) -> tuple[str, ...]:
        """Return in words what was chosen otherwise than in the choice that the livers were built from."""
        found = [said for name, said in _SAID.items() if getattr(self, name) != getattr(built, name)]
        labels = {knob.name: knob.label for knob in KNOBS}
        names = [name for name in {**built.changes, **self.changes}
                 if self.changes.get(name) != built.changes.get(name)]  # fmt: skip
        return (*found, *(labels.get(name, name) for name in names))

    def base(self) -> Scenario:
        """Return the chosen scenario with the chosen line and nothing else changed.

        Raises
        ------
        ScenarioError
            For a scenario or line that is not there, or a pasted text that is no scenario.
        """
        return self._load({"line": self.line} if self.line else {})

    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenario of each liver: the only one, or the untreated one and the treated one.

        Raises
        ------
        ScenarioError
            For every unknown name or impossible value, and for what is too large to watch.
        """
        changes: dict[str, Any] = {"line": self.line} if self.line else {}
        changes |= self.changes
        changes |= dict(split(line, "change") for line in self.more.splitlines() if line.strip())
        changes |= {f"rules.{id}.enabled": False for id in self.off}
        scenario = self._load(changes)
        check_size(scenario)
        own = [dict(table) for table in scenario.interventions]
        treated = scenario.with_(interventions=[*own, *map(dict, self.interventions)])
        if not self.compare:
            return (treated,)
        before = _days_before(
            treated
        )  # what begins before day 0 must not make one liver older than the other
        return (scenario.with_({"run.before": before}) if before else scenario, treated)

    def seeds(self) -> int:
        """Return the seed as a number.

        Raises
        ------
        ScenarioError
            When it is no whole number from 0 to 2^62 - 1.
        """
        number = whole(self.seed, "seed")
        if not 0 <= number < 2**62:
            raise ScenarioError("seed", f"{number} is not from 0 to 2^62 - 1")
        return number

    def _load(self, changes: Mapping[str, Any]) -> Scenario:
        if self.scenario != PASTED:
            return load(self.scenario, changes, option="change")
        if len(self.text) > LARGEST:
            raise ScenarioError(PASTED, f"it is longer than {LARGEST:,} characters")
        if not self.text.strip():
            raise ScenarioError(PASTED, "paste the text of a scenario file first")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder).resolve() / "pasted.toml"
            path.write_text(self.text, encoding="utf-8")
            try:
                return load(path, changes, option="change")
            except LivermetError as error:
                raise ScenarioError("", error.sentence.replace(str(path), PASTED)) from None


_SAID = {
    "scenario": "scenario", "text": "text of the scenario", "line": "tumour line", "seed": "seed",
    "interventions": "interventions", "compare": "untreated liver", "off": "rules", "more": "other values",
}  # fmt: skip


def whole(text: Any, place: str) -> int:
    """Return a whole number that somebody wrote.

    Raises
    ------
    ScenarioError
        When it is none.
    """
    try:
        return int(str(text).strip())
    except ValueError:
        raise ScenarioError(place, f'"{text}" is not a whole number') from None


def _days_before(scenario: Scenario) -> float:
    return hours_before(scenario.interventions, float(scenario.value("run.before"))) / 24.0


@dataclass(frozen=True)
class Slider:
    """Describe one slider: range and step within what is declared, unit, meaning, and the scenario's value."""

    name: str
    label: str
    low: float
    high: float
    step: float
    unit: str
    doc: str
    value: float

    def differs(self, value: float) -> bool:
        """Say whether a value is another than the scenario's, by more than the slider's step rounds."""
        return abs(value - self.value) > 0.51 * self.step

    def words(self, value: float) -> str:
        """Return a value with its unit."""
        number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        return f"{number} {self.unit}".rstrip()


def sliders(scenario: Scenario) -> tuple[Slider, ...]:
    """Return the sliders for a scenario; its own value is always within reach."""
    found, sections = [], scenario.sections
    for knob in KNOBS:
        section, key = locate(knob.name, sections) or ("", "")
        parameter = next((p for p in sections[section].parameters if p.name == key), None)
        if parameter is not None:
            found.append(_slider(knob, parameter, float(scenario.values[section][key])))
    return tuple(found)


def _slider(knob: Knob, parameter: Parameter, value: float) -> Slider:
    low, high = max(0.0, parameter.low), min(max(knob.top, 2.0 * value), parameter.high)
    step = 10.0 ** math.floor(math.log10((high - low) / 20.0)) / 5.0
    unit = "" if parameter.unit in ("1", "relative") else parameter.unit
    return Slider(knob.name, knob.label, low, high, step, unit, parameter.doc, value)


def check_size(scenario: Scenario) -> None:
    """Refuse what is too large or too long to be watched live.

    Raises
    ------
    ScenarioError
        Naming the command that runs it without a page.
    """
    tissue = scenario.values["tissue"]
    sites = _sites(tissue)
    if sites > MOST_SITES:
        reason = f"about {sites:,} sites are too many to watch live (at most {MOST_SITES:,}); livermet run takes them"
        raise ScenarioError("tissue", reason)
    days = float(scenario.value("run.days"))
    if days > MOST_DAYS:
        raise ScenarioError(
            "run.days",
            f"{days:g} days are too long to watch live (at most {MOST_DAYS:g}); livermet run takes them",
        )


def _sites(tissue: Mapping[str, Any]) -> int:
    """Return about how many sites a tissue has; a mask is read when it is built, which bounds it too."""
    site = float(tissue["site"])
    if tissue["kind"] == "strip":
        return round(float(tissue["length"]) * float(tissue["width"]) / site**2)
    lobules = {"lobule": 1, "patch": int(tissue["lobules"]), "mask": 0}[str(tissue["kind"])]
    return round(1.3 * lobules * 0.866 * (float(tissue["lobule_diameter"]) / site) ** 2)
