"""Write the overview of an ODD description: purpose and patterns, entities and scales, processes and their schedule."""

from __future__ import annotations

from typing import Any

from livermet_sim.cells.kind import Kind
from livermet_sim.documentation import context
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count, first, paragraphs, place, plain
from livermet_sim.processes.plan import Plan
from livermet_sim.processes.process import Process
from livermet_sim.state import stored
from livermet_sim.state.world import World
from livermet_sim.validation import anchors
from livermet_sim.validation.catalogue import shipped


def purpose(subject: Subject) -> Part:
    """Return element 1: what the model is for, and the patterns by which its usefulness is judged."""
    known = context.read()
    cases, figures = anchors.read()
    rows = [
        {"pattern": f.quantity, "tumour line": cases[f.case].label, "unit": f.unit, "published": f.published,
         "band from": f.low, "band to": f.high, "scored": f.scored, "grade": f.grade, "source": f.source}
        for f in figures
    ]  # fmt: skip
    note = "Figures of an untreated liver; the band is decided before the model is looked at."
    about = f"This scenario, {subject.named}: {subject.scenario.doc.strip()}" if subject.scenario.doc else ""
    experiments = f"Further patterns are {count(len(shipped()), 'published perturbation')}: what was done to a liver, and whether a readout rose, fell or stayed. They stand in the validation part."
    return Part(
        "odd-1", "1. Purpose and patterns", (*texts(known["purpose"], about, experiments), Table.of("patterns", "Patterns of an untreated liver", rows, note=note)),
    )  # fmt: skip


def entities(subject: Subject) -> Part:
    """Return element 2: kinds of cells, all declared state, and scales in space and time."""
    scenario, world = subject.scenario, subject.engine.world
    blocks = (
        *texts("Entities are cells of the kinds below, sites of the lattice, tubes of the vessel network, lesions, and the liver as a whole. All of their state is declared in tables with a unit and a meaning for each column; what is not declared there is not carried from one step to the next."),
        Table.of("kinds", "Kinds of cells", [_kind(kind, scenario.values[f"cells.{kind.name}"]) for kind in scenario.kinds]),
        Table.of("state", "State variables", _state(world), note="Together these are the whole state of a run: it is what a saved run holds."),
        Table.of("levels", "What the liver has but once", _levels(subject), note="Levels at rest; rules sense some, interventions change them."),
        Table.of("scales", "Scales", _scales(subject)),
    )  # fmt: skip
    return Part("odd-2", "2. Entities, state variables, and scales", blocks)


def _kind(kind: Kind, values: Any) -> dict[str, Any]:
    return {
        "kind": kind.name, "called": kind.called, "what": kind.doc, "lives": kind.habitat, "roles": ", ".join(sorted(kind.roles)),
        "inner states": ", ".join(state.name for state in kind.states), "density at rest (/mm3)": values.get("density"),
        "comes with the blood": kind.recruited, "behaviours": len(kind.behaviours),
    }  # fmt: skip


def _state(world: World) -> list[dict[str, Any]]:
    rows = []
    for name, own in stored.declared(world).items():
        entity, _, variable = name.rpartition(".")
        rows.append({"of": entity or "world", "variable": variable, "unit": own.unit, "type": own.kind,
                     "a row for each": " x ".join(own.axes), "meaning": own.doc})  # fmt: skip
    for name, (kind, doc) in stored.NUMBERS.items():
        entity, _, variable = name.rpartition(".")
        rows.append({"of": entity, "variable": variable, "unit": "", "type": {int: "whole", float: "number", bool: "switch"}[kind],
                     "a row for each": "run", "meaning": doc})  # fmt: skip
    return rows


def _levels(subject: Subject) -> list[dict[str, Any]]:
    world, scenario = subject.engine.world, subject.scenario
    signals = scenario.rules.words.signals
    found = zip(world.level_names, world.levels["value"].tolist(), strict=True)
    return [
        {"level": name, "at rest": value, "meaning": signals[name].doc if name in signals else ""}
        for name, value in found
    ]


def _scales(subject: Subject) -> list[dict[str, Any]]:
    scenario, world = subject.scenario, subject.engine.world
    tissue, lattice = world.tissue, world.tissue.lattice
    rows = [
        ("kind of tissue", scenario.value("tissue.kind"), ""),
        ("side of a site", tissue.site, "um"),
        *(
            (f"extent along {axis}", length, "um")
            for axis, length in zip("xyz", lattice.extent, strict=False)
        ),
        ("sites inside the tissue", len(tissue.inside), "sites"),
        ("thickness of the slab", tissue.thickness, "um"),
        ("volume of tissue", tissue.volume, "mm3"),
        ("lobules", tissue.lobules, "lobules"),
        ("the tissue joins itself at its sides", bool(lattice.wrap), ""),
        ("length of a run", scenario.value("run.days"), "day"),
        ("length of a step", world.clock.dt, "h"),
        ("first step before tumour cells may enter", -world.clock.first * world.clock.dt, "h"),
        ("cells at the start", world.cells.n, "cells"),
    ]
    return [{"scale": name, "value": value, "unit": unit} for name, value, unit in rows]


def processes(subject: Subject) -> Part:
    """Return element 3: what happens in a step, in order, and how often."""
    rows = [
        {"order": i + 1, "stage": p.stage, "process": p.name, "every (h; 0 is each step)": p.every, "what it does": plain(first(type(p))),
         "writes": ", ".join(p.writes), "adds to": ", ".join(p.adds), "file": place(type(p))}
        for i, p in enumerate(subject.engine.plan.processes)
    ]  # fmt: skip
    note = (
        "From top to bottom in each step. No array has two processes that write it; several may add to one."
    )
    from livermet_sim.processes import ordering

    return Part(
        "odd-3", "3. Process overview and scheduling",
        (*texts(*paragraphs(Plan), *paragraphs(Process), *paragraphs(ordering)), Table.of("plan", "The plan of a step", rows, note=note)),
    )  # fmt: skip
