"""Read a matching file: which parameters are open, over which range, and which published results they are held against.

::

    scenario = "baseline"
    lobules = 2

    [matching]
    waves = 2
    points = 32         # parameter sets a wave
    seeds = 2           # livers of each set and case

    [factors]           # as in a study
    "rules.MV12.maximum" = { low = "x0.5", high = "x2", scale = "log" }

    [held_against]
    anchors = ["b16f1:*"]           # case:figure of ``livermet baseline``, or patterns
    experiments = ["wen_kc_early"]  # names or patterns; held-out ones are refused
    [watched]
    experiments = ["correia_*"]   # run and shown, but nothing is ruled out by them
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.scenario import files
from livermet_sim.scenario.load import load
from livermet_sim.sweep.factors import Factor, read_factors
from livermet_sim.sweep.file import check_keys, check_texts, naming, within
from livermet_sim.sweep.sweep import whole
from livermet_sim.validation import anchors as published
from livermet_sim.validation import catalogue

KEYS = ("name", "doc", "scenario", "lobules", "matching", "factors", "held_against", "watched")
OWN = {"waves": 2, "points": 32, "seeds": 2, "seed": 1}
GROUPS = ("anchors", "experiments")
MOST = {"waves": 20, "points": 2000, "seeds": 1000}


@dataclass(frozen=True)
class Matching:
    """Hold what is open and what it is held against.

    Attributes
    ----------
    name, scenario : str
    lobules : int
        Size of each liver.
    waves, points, seeds, seed : int
        Rounds, parameter sets of a round, livers of each set, and the first seed.
    factors : tuple of Factor
    anchors, experiments : tuple of str
        What rules sets out; an anchor is named case:figure.
    watched : tuple of str
        Experiments that are run and rule nothing out.
    """

    name: str
    scenario: str
    lobules: int
    waves: int
    points: int
    seeds: int
    seed: int
    factors: tuple[Factor, ...]
    anchors: tuple[str, ...]
    experiments: tuple[str, ...]
    watched: tuple[str, ...] = ()
    text: str = ""

    @property
    def key(self) -> str:
        """Return what tells this matching from every other."""
        own = [self.scenario, self.lobules, self.points, self.seeds, self.seed, repr(self.factors)]
        own += [self.anchors, self.experiments, self.watched]
        return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()


def find(word: str) -> Path:
    """Return the path of a matching file, given as one or by the name of one that ships with the model.

    Raises
    ------
    LivermetError
        Where there is none.
    """
    path = Path(word)
    if path.suffix == ".toml" or path.is_file():
        if not path.is_file():
            raise LivermetError(word, "there is no such file")
        return path
    folder = Path(str(resources.files("livermet_sim") / "library" / "matching"))
    names = sorted(p.stem for p in folder.glob("*.toml"))
    if word not in names:
        raise LivermetError("match", f'there is no matching "{word}"', name=word, valid=names)
    return folder / f"{word}.toml"


def read(word: str) -> Matching:
    """Return the matching of a file, or of one that ships with the model.

    Raises
    ------
    LivermetError
        For every mistake in it, with its place.
    """
    path = find(word)
    tables, text = files.read(path)
    with within(files.label(path), text):
        return _read(tables, path.stem, text)


def _read(tables: Mapping[str, Any], stem: str, text: str) -> Matching:
    check_keys(tables, KEYS, "")
    check_texts(tables, ("name", "doc", "scenario"), "")
    for name in ("matching", "factors", "held_against", "watched"):
        if not isinstance(tables.get(name, {}), Mapping):
            raise ScenarioError(name, f"this is a table, headed [{name}]")
    own = OWN | dict(tables.get("matching", {}))
    check_keys(own, tuple(OWN), "matching.")
    numbers = {key: whole(value, f"matching.{key}", 0 if key == "seed" else 1) for key, value in own.items()}
    for key, most in MOST.items():
        if numbers[key] > most:
            raise ScenarioError(f"matching.{key}", f"{numbers[key]} is more than {most}")
    scenario, lobules = str(tables.get("scenario", "baseline")), whole(tables.get("lobules", 2), "lobules", 1)
    with naming("scenario"):
        files.find(scenario)
    factors = read_factors(
        tables.get("factors", {}), load(scenario, {"tissue.lobules": lobules}, option="scenario,")
    )
    if len(factors) < 2:
        raise ScenarioError("factors", "name at least two parameters and their ranges")
    if any(factor.values for factor in factors):
        raise ScenarioError("factors", "a factor of a matching is a range, not a list of values")
    against, watched = tables.get("held_against", {}), tables.get("watched", {})
    check_keys(against, GROUPS, "held_against.")
    check_keys(watched, GROUPS[1:], "watched.")
    found = Matching(
        str(tables.get("name", stem)), scenario, lobules, numbers["waves"], numbers["points"], numbers["seeds"],
        numbers["seed"], factors, _anchors(_words(against, "anchors", "held_against")),
        _experiments(_words(against, "experiments", "held_against"), "held_against"),
        _experiments(_words(watched, "experiments", "watched"), "watched"), text,
    )  # fmt: skip
    if not found.anchors and not found.experiments:
        raise ScenarioError("held_against", "name anchors or experiments that sets are held against")
    return found


def _words(table: Mapping[str, Any], key: str, place: str) -> Sequence[str]:
    words = table.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ScenarioError(f"{place}.{key}", "this is a list of names or patterns")
    return words


def _anchors(words: Sequence[str]) -> tuple[str, ...]:
    _, known = published.chosen()
    names = [f"{anchor.case}:{anchor.measure}" for anchor in known if anchor.scored]
    return _matching(words, names, "held_against.anchors", "published figure")


def _experiments(words: Sequence[str], place: str) -> tuple[str, ...]:
    found = _matching(words, list(catalogue.shipped()), f"{place}.experiments", "experiment")
    for name in found if place == "held_against" else ():
        own = catalogue.shipped()[name]
        if catalogue.held_out(own):
            reason = f'"{name}" is held out of every fit; it can only be watched'
            raise ScenarioError(f"{place}.experiments", reason)
    return found


def _matching(words: Sequence[str], known: Sequence[str], place: str, what: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in words:
        names = fnmatch.filter(known, word)
        if not names:
            raise ScenarioError(place, f'there is no {what} "{word}"', name=word, valid=known)
        found |= dict.fromkeys(names)
    return tuple(found)
