"""Read a published experiment: who did what to which liver, what was read and when, and what came out.

A file of ten lines says it, for example::

    reference = "Wen 2013 Cancer Biol Ther"
    source = "PMC3742490"
    what = "Kupffer cells depleted at day 18"
    line = "mc38"
    readout = "tumour_cells"
    day = 24
    expected = "down"

    [[treated]]
    action = "deplete"
    target = "kupffer"
    start = "18 day"
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.key_lines import with_lines
from livermet_sim.interventions.intervention import ACTIONS
from livermet_sim.scenario import files
from livermet_sim.scenario.draft import plain
from livermet_sim.state.lesions import PHASES

UP, DOWN, NONE = "up", "down", "none"
DIRECTIONS = (UP, DOWN, NONE)
STATUS, CONFIDENCE, HOW = ("found", "recall"), ("high", "medium", "low"), ("direct", "proxy")
TESTED = ("pre-metastatic", *PHASES)  # phases that an experiment may be about
SPREAD = 1.5  # around a single published number, and around 1 where no change was published
LONGEST_DAYS = 100.0
LIVER = "liver"


@dataclass(frozen=True)
class Arm:
    """Hold what is done to one of two livers: interventions, and values by dotted name."""

    interventions: tuple[dict[str, Any], ...] = ()
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Experiment:
    """Describe a published experiment, or one reading of it.

    Attributes
    ----------
    name : str
        Of its file.
    reference, source, what : str
        Paper; DOI, PMID or address; what was done, in words.
    line, scenario : str
        Tumour line and tissue that stand for the paper's.
    readout, day : str, float (day)
        What is read of both livers, and when.
    expected : str
        up, down or none: treated against control.
    published, low, high : float
        Ratio treated / control, NaN where none is known, and the band that counts as that size.
    swapped : bool
        Whether the ratio is control / treated: survival rises where the burden falls.
    control, treated : Arm
    mechanism, outcome : str
        What it is about, by a word or two; what the paper measured.
    phases : tuple of str
    status, confidence : str
        found (read) or recall (from memory); high, medium, low.
    organ, patients : str, bool
        Where the metastases were; whether these were people.
    how : str
        direct, or proxy where arms or readout stand for something else.
    assumed : tuple of str
        What the paper does not say or the model cannot, and what was taken instead.
    reading_of : str
        Another experiment that this is a second reading of; such a reading is shown and not scored.
    place, text : str
        What messages call its file, and what that holds.
    """

    name: str
    reference: str
    source: str
    what: str
    line: str
    readout: str
    day: float
    expected: str
    control: Arm
    treated: Arm
    published: float
    low: float
    high: float
    scenario: str = "baseline"
    swapped: bool = False
    mechanism: str = ""
    outcome: str = ""
    phases: tuple[str, ...] = ()
    status: str = "found"
    confidence: str = "high"
    organ: str = LIVER
    patients: bool = False
    how: str = "direct"
    assumed: tuple[str, ...] = ()
    reading_of: str = ""
    place: str = ""
    text: str = field(default="", repr=False, compare=False)

    @property
    def scored(self) -> bool:
        """Say whether it counts: read in the source with some confidence, in the liver, not in patients."""
        sure = self.status == "found" and self.confidence != "low"
        return sure and self.organ == LIVER and not self.patients and not self.reading_of

    @property
    def sized(self) -> bool:
        """Say whether a ratio was published."""
        return math.isfinite(self.published)


_TEXTS = ("reference", "source", "what", "line", "readout")
_CHOICES = {"expected": DIRECTIONS, "status": STATUS, "confidence": CONFIDENCE, "how": HOW}
_OTHER_TEXTS = ("scenario", "mechanism", "outcome", "organ", "reading_of")
_SWITCHES = ("swapped", "patients")
_ARMS = ("control", "treated", "control_values", "treated_values", "values")
KEYS = (
    *_TEXTS,
    "day",
    *_CHOICES,
    *_OTHER_TEXTS,
    *_SWITCHES,
    *_ARMS,
    "published",
    "band",
    "phases",
    "assumed",
)


def read(path: str | Path) -> Experiment:
    """Return the experiment of a TOML file.

    Raises
    ------
    ScenarioError
        For what is missing, unknown, impossible or contradicts itself: file, key, what, why and the nearest name.
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(files.label(path), "there is no such file")
    tables, text = files.read(path)
    with with_lines({files.label(path): text}):
        return of(tables, path.stem, files.label(path), text)


def of(tables: Mapping[str, Any], name: str, label: str, text: str = "") -> Experiment:
    """Return the experiment that tables describe; ``label`` is what messages call their file, ``text`` what that holds."""
    given = {plain(str(key), label): plain(value, _at(label, str(key))) for key, value in tables.items()}
    for key in given:
        if key not in KEYS:
            if key in files.HOMES:
                raise ScenarioError(
                    _at(label, key), f"this belongs into {files.HOMES[key]} and not into an experiment"
                )
            raise ScenarioError(_at(label, key), "there is no such key", name=key, valid=KEYS)
    found: dict[str, Any] = {key: _text(given, key, label) for key in _TEXTS}
    found |= {key: _text(given, key, label) for key in _OTHER_TEXTS if key in given}
    for key, valid in _CHOICES.items():
        if key in given or key == "expected":
            found[key] = _choice(_text(given, key, label), valid, _at(label, key))
    for key in _SWITCHES:
        found[key] = given.get(key, False)
        if not isinstance(found[key], bool):
            raise ScenarioError(_at(label, key), f"{given[key]!r} is neither true nor false")
    found["day"] = _number(given, "day", label, 0.0, LONGEST_DAYS)
    found["phases"] = tuple(
        _choice(p, TESTED, _at(label, "phases")) for p in _list(given, "phases", label, str)
    )
    found["assumed"] = tuple(_list(given, "assumed", label, str))
    if found.get("how") == "proxy" and not found["assumed"]:
        raise ScenarioError(_at(label, "assumed"), "a proxy says here what it stands for and why")
    found |= _size(given, found["expected"], label) | _arms(given, label)
    return Experiment(name=name, place=label, text=text, **found)


def _arms(given: Mapping[str, Any], label: str) -> dict[str, Arm]:
    """Return both arms; values that both share are in both."""
    shared = _values(given, "values", label)
    arms = {}
    for arm in ("control", "treated"):
        own = tuple(_list(given, arm, label, dict))
        for number, one in enumerate(own):
            _check_intervention(one, _at(label, f"{arm}[{number}]"))
        arms[arm] = Arm(own, tuple((shared | _values(given, f"{arm}_values", label)).items()))
    if arms["control"] == arms["treated"]:
        raise ScenarioError(_at(label, "treated"), "both arms are the same; [[treated]] says what was done")
    return arms


def _check_intervention(table: Mapping[str, Any], place: str) -> None:
    """Refuse an action or a key that there is not; what the values may be, the scenario of the arm says."""
    action = table.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        reason = f'"{action}" is not an action' if action is not None else "it names no action"
        raise ScenarioError(f"{place}.action", reason, name=str(action), valid=ACTIONS)
    for key in table:
        if key not in (known := ("action", *ACTIONS[action].keys_known())):
            raise ScenarioError(f"{place}.{key}", f"{action} has no such key", name=key, valid=known)


def _values(given: Mapping[str, Any], key: str, label: str) -> dict[str, Any]:
    found = given.get(key, {})
    if not isinstance(found, dict):
        raise ScenarioError(_at(label, key), "this is a table of values by dotted name")
    for name, value in found.items():
        if isinstance(value, dict):
            raise ScenarioError(_at(label, f"{key}.{name}"), 'write the dotted name between "", as one key')
    return found


def _size(given: Mapping[str, Any], expected: str, label: str) -> dict[str, float]:
    """Return the published ratio and the band: as given, or a spread around a single number."""
    published = _number(given, "published", label, 0.0, 1e6) if "published" in given else math.nan
    middle = 1.0 if expected == NONE else published
    low, high = middle / SPREAD, middle * SPREAD
    if "band" in given:
        band = _list(given, "band", label, (int, float))
        if len(band) != 2 or not 0.0 <= band[0] < band[1]:
            raise ScenarioError(
                _at(label, "band"), f"{given['band']} is not a lower and a higher ratio, 0 or more"
            )
        low, high = (float(end) for end in band)
    wrong = (expected == UP and published < 1.0) or (expected == DOWN and published > 1.0)
    if wrong:
        reason = f"a ratio of {published:g} is not {expected}; it is treated / control"
        raise ScenarioError(_at(label, "published"), reason)
    if math.isfinite(published) and not low <= published <= high:
        raise ScenarioError(_at(label, "band"), f"it does not hold the published ratio {published:g}")
    return {"published": published, "low": low, "high": high}


def _at(label: str, key: str) -> str:
    return f"{label}, {key}"


def _text(given: Mapping[str, Any], key: str, label: str) -> str:
    text = given.get(key)
    if text is None:
        raise ScenarioError(_at(label, key), "it is missing")
    if not isinstance(text, str) or not text.strip():
        raise ScenarioError(_at(label, key), f"{text!r} is not a text")
    return " ".join(text.split())


def _choice(text: str, valid: Sequence[str], place: str) -> str:
    if text not in valid:
        raise ScenarioError(place, f'"{text}" is not one of its values', name=text, valid=valid)
    return text


def _number(given: Mapping[str, Any], key: str, label: str, low: float, high: float) -> float:
    value = given.get(key)
    if value is None:
        raise ScenarioError(_at(label, key), "it is missing")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioError(_at(label, key), f"{value!r} is not a number")
    if not low <= value <= high or (key == "day" and value == 0):
        raise ScenarioError(_at(label, key), f"{value:g} is not above {low:g} and at most {high:g}")
    return float(value)


def _list(given: Mapping[str, Any], key: str, label: str, kind: type | tuple[type, ...]) -> list[Any]:
    found = given.get(key, [])
    good = isinstance(found, list) and all(
        isinstance(one, kind) and not isinstance(one, bool) for one in found
    )
    if not good:
        names = {str: "texts", dict: "tables, each headed [[" + key + "]]"}.get(kind, "numbers")
        raise ScenarioError(_at(label, key), f"this is a list of {names}")
    return found
