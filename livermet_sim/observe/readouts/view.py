"""Lend the state of a run to readouts, which may look at everything and change nothing.

A run under way gives a `View` of its world (`Running`), a saved result one of its tables (`readouts.kept`). What a folder
does not keep raises `NotKept`, and a readout that needs it is missing there. What several readouts need is worked out once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np

from livermet_sim.base.arrays import shut
from livermet_sim.cells.registry import having
from livermet_sim.kernels.codes import SINUSOID, TUMOUR
from livermet_sim.observe.endings import Endings, endings
from livermet_sim.observe.founders import Events, Founders, events_of, to_come
from livermet_sim.observe.growth_pattern import PATTERNS, growth_patterns, view_of, view_of_shot
from livermet_sim.observe.growth_pattern import View as Architecture
from livermet_sim.observe.known import Moment
from livermet_sim.observe.rings import RINGS, Rings, rings
from livermet_sim.observe.standing import Standing, standing
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASES
from livermet_sim.state.log import EventLog
from livermet_sim.state.shown import Columns, NotKept

MATTER = ("collagen", "fibronectin", "net", "adhesion")


class Given(SimpleNamespace):
    """Values as attributes that cannot be set; one that is not there was not kept."""

    def __getattr__(self, name: str) -> Any:
        raise NotKept(name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a view changes nothing")


class Shown:
    """Show the attributes of what is given as they are asked for; none can be set."""

    def __init__(self, of: Any):
        object.__setattr__(self, "_of", of)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a view changes nothing")


class View:
    """Show one moment of a run; every array is read-only.

    Attributes
    ----------
    hours : float, h
    kinds : sequence of str
        Kinds of cells, by the code that the cells' column ``kind`` holds.
    deadly : sequence of str
        Causes of which a tumour cell can die.
    totals : mapping
        Running counts: entered, born, washed_out, dead_<cause>.
    cells, sites, lesions : Columns
        A row per living cell, per site of the tissue, per lesion; the columns are those of World.
    signals : Columns
        The concentration of each signal, a row per site.
    compartment : int8[n]
    inside : int[m]
        Sites of the tissue.
    lattice : Lattice
    cell_area : float, um2
        Of the slab, that a tumour cell takes.
    cell_volume : float, um3
    phases : namespace
        The values of the section ``phases``.
    hypoxic_below : float, mmHg
    """

    hours: float
    kinds: Sequence[str]
    deadly: Sequence[str]
    totals: Mapping[str, int]
    cells: Columns
    sites: Columns
    lesions: Columns
    signals: Columns
    compartment: np.ndarray
    inside: np.ndarray
    lattice: Lattice
    cell_area: float
    cell_volume: float
    phases: Any
    hypoxic_below: float

    _shown = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self._shown:
            raise AttributeError("a view changes nothing")
        super().__setattr__(name, value)

    @property
    def to_come(self) -> int:
        """Return how many founders have not entered yet."""
        raise NotKept("to_come")

    @property
    def events(self) -> Events:
        """Return what happened to tumour cells so far."""
        raise NotKept("events")

    @property
    def architecture(self) -> Architecture:
        """Return the site arrays that growth patterns are read from."""
        raise NotKept("architecture")

    @property
    def founder_names(self) -> np.ndarray:
        """Return the numbers of the founders that have entered, ascending."""
        return np.arange(self.totals.get("entered", 0))

    def members(self, slot: str) -> Sequence[str]:
        """Return what fills a slot of a family's name: kinds of cells, causes of death, phases, rings, patterns."""
        match slot:
            case "kind":
                return self.kinds
            case "host":
                return [kind for kind in self.kinds if kind != "tumour"]
            case "immune":
                return [kind for kind in having("immune") if kind in self.kinds]
            case "cause":
                return self.deadly
            case "signal":
                return self.signals.names
            case "matter":
                return [name for name in MATTER if name in self.sites]
        return {"phase": [name.replace("-", "_") for name in PHASES], "ring": RINGS, "pattern": PATTERNS}[
            slot
        ]

    def code(self, kind: str) -> int:
        """Return the code of a kind of cells."""
        return list(self.kinds).index(kind)

    def rows(self, kind: str) -> np.ndarray:
        """Return the rows of the cells of a kind; none where there is no such kind."""
        return (
            np.flatnonzero(self.cells["kind"] == self.code(kind)) if kind in self.kinds else np.zeros(0, int)
        )

    def breadth(self, cells: np.ndarray) -> np.ndarray:
        """Return the diameters in um of discs of the slab that so many tumour cells fill."""
        return np.sqrt(4.0 / np.pi * self.cell_area * np.asarray(cells))

    @cached_property
    def number(self) -> np.ndarray:
        """Return how many cells of each kind there are, int64[kinds]."""
        return np.bincount(self.cells["kind"], minlength=len(self.kinds))

    @cached_property
    def tumour(self) -> np.ndarray:
        """Return the rows of the tumour cells."""
        return np.flatnonzero(self.cells["kind"] == TUMOUR)

    @cached_property
    def vessels(self) -> np.ndarray:
        """Return the sites of the sinusoids."""
        return np.flatnonzero(self.compartment == SINUSOID)

    @cached_property
    def tumour_oxygen(self) -> np.ndarray:
        """Return the oxygen of the tumour cells in mmHg, sorted, so that the order of rows cannot show in a sum's last bit."""
        return np.sort(self.sites["oxygen"][self.cells["site"][self.tumour]])

    @cached_property
    def standing(self) -> Standing:
        """Return which lesions stand, how large and in which phase."""
        return standing(self)

    @cached_property
    def founders(self) -> Founders:
        """Return how far the line of each founder has come."""
        return Founders(self)

    @cached_property
    def moment(self) -> Moment:
        """Return what decides which readouts can be known."""
        return self.founders.moment()

    @cached_property
    def endings(self) -> Endings:
        """Return when each lesion was first held, and how and when it ended."""
        merged = self.lesions["merged_into"] >= 0
        return endings(self.events, self.standing, merged, self.lesions["lost"], self.hours)

    @cached_property
    def patterns(self) -> Mapping[str, np.ndarray]:
        """Return how each lesion grows and what it holds: see `growth_pattern.growth_patterns`."""
        return growth_patterns(self.architecture, self.phases, self.hypoxic_below, self.lesions.n)

    @cached_property
    def rings(self) -> Rings:
        """Return which sites are inside lesions, in their rim and outside."""
        least = int(self.phases.micrometastasis) * self.cell_area
        return rings(self.held, self.compartment != 0, self.lattice, self.phases.rim, least)

    @cached_property
    def in_rings(self) -> tuple[np.ndarray, np.ndarray]:
        """Return cells by kind and ring, int64[kinds, 3], and the area of each ring, mm2."""
        counts = self.rings.counts(self.cells["kind"], self.cells["site"], len(self.kinds))
        return counts, self.rings.areas(self.lattice.site)

    @property
    def held(self) -> np.ndarray:
        """Return the lesion of the tumour cell in the tissue part of each site, -1 for none."""
        return self.architecture.held


class Names(View):
    """Show the names that there are in runs of a scenario, and nothing else."""

    def __init__(self, kinds: Sequence[str], signals: Sequence[str]):
        self.kinds, self.deadly = tuple(kinds), EventLog(tuple(kinds)).deadly
        self.signals, self.sites = Columns({}, 0, signals), Columns(dict.fromkeys(MATTER), 0)
        self._shown = True


class Running(View):
    """Show the world of a run under way."""

    def __init__(
        self,
        world: Any,
        phases: Any = None,
        hypoxic_below: float = math.nan,
        hours: float | None = None,
    ):
        self._world, self.hypoxic_below = world, hypoxic_below
        self.phases = Shown(phases or Given())
        self.hours = world.clock.hours if hours is None else hours
        self.kinds, self.deadly = tuple(world.kinds), world.log.deadly
        self.totals = MappingProxyType(world.totals)
        self.cells, self.sites = Columns(world.cells, world.cells.n), Columns(world.sites, world.sites.n)
        self.lesions = Columns(world.lesions, world.lesions.n)
        self.signals = Columns(world.fields, world.tissue.n, world.fields.names)
        self.compartment, self.inside = shut(world.compartment), shut(world.tissue.inside)
        self.lattice, self.cell_volume = world.tissue.lattice, world.census.places.volume
        self.cell_area, self._shown = world.cell_area, True

    @cached_property
    def to_come(self) -> int:
        """Return how many founders have not entered yet."""
        return to_come(self._world)

    @cached_property
    def events(self) -> Events:
        """Return what happened to tumour cells so far."""
        return events_of(self._world)

    @cached_property
    def architecture(self) -> Architecture:
        """Return the site arrays that growth patterns are read from."""
        found = view_of(self._world)
        arrays = ((each.name, getattr(found, each.name)) for each in fields(found))
        return replace(found, **{name: shut(each) for name, each in arrays if isinstance(each, np.ndarray)})


class Shot(View):
    """Show a snapshot of a run under way: its cells and sites of that time; of the rest it keeps nothing."""

    def __init__(self, running: Running, shot: dict[str, Any]):
        world = self._world = running._world
        self._shot, self.hours = shot, shot["time_h"]
        for name in (
            "kinds",
            "deadly",
            "inside",
            "lattice",
            "cell_area",
            "cell_volume",
            "phases",
            "hypoxic_below",
        ):
            setattr(self, name, getattr(running, name))
        self.cells, self.sites = (
            Columns(shot["cells"], len(shot["cells"]["key"])),
            Columns(shot, world.tissue.n),
        )
        self.lesions, self.compartment = Columns({}, world.lesions.n), shut(shot["compartment"])
        self.signals, self._shown = Columns({}, world.tissue.n), True

    @property
    def totals(self) -> Mapping[str, int]:
        """Return nothing: a snapshot keeps no totals."""
        raise NotKept("totals")

    @cached_property
    def architecture(self) -> Architecture:
        """Return the site arrays that growth patterns are read from."""
        return view_of_shot(self._world, self._shot)
