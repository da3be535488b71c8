"""Write the details of an ODD description: initialisation, input data, submodels."""

from __future__ import annotations

import ast
import hashlib
import itertools
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from livermet_sim.anatomy import build
from livermet_sim.cells.populate import populate
from livermet_sim.cells.tumour import factor_names
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count, first, home, paragraphs, place, plain
from livermet_sim.processes.process import Process
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.scenario.lists import parameter_rows

CALLING = ("anatomy", "cells", "interventions", "kernels", "observe", "processes", "rulebook", "state")
NO_KERNELS = ("codes", "jit", "sealed")


def initialisation(subject: Subject) -> Part:
    """Return element 5: how the liver is made, what the scenario sets, who is there at the start."""
    scenario, world, engine = subject.scenario, subject.engine.world, type(subject.engine)
    held = {name: int((world.cells["kind"] == code).sum()) for code, name in enumerate(world.kinds)}
    start = [
        {"kind": name, "cells": number, "per mm3": number / world.tissue.volume}
        for name, number in held.items()
    ]
    chosen = [
        row
        for row in parameter_rows(scenario)
        if row["grade"] == "set" or row["source"].endswith(f"({scenario.line})")
    ]
    told = [
        {"number": i + 1, "what is done": str(own.to_dict())} for i, own in enumerate(scenario.interventions)
    ]
    columns = ("parameter", "value", "unit", "grade", "source", "doc")
    origin = (
        f"The tumour line is {scenario.line}."
        if scenario.line
        else "No tumour line is named; the plain tumour cell stands."
    )
    return Part(
        "odd-5", "5. Initialization",
        (
            *texts(*paragraphs(build), f"{first(populate)} {plain(first(engine._rest))}", origin, "All else has the defaults of the table of parameters. Different seeds give different vessels, places and fates."),
            Table.of("start", "Cells at the start", start, note="In a liver of the first seed, settled, before any tumour cell arrives."),
            Table.of("chosen", "What this scenario and its tumour line set", chosen, columns),
            Table.of("own-rules", "Rules that this scenario adds, changes or switches off", _own_rules(subject), ("rule", "what", "key", "library", "here")),
            Table.of("interventions", "Interventions", told, ("number", "what is done")),
        ),
    )  # fmt: skip


def _own_rules(subject: Subject) -> list[dict[str, Any]]:
    scenario = subject.scenario
    words = scenario.rules.words
    library = RuleBook.load({}, scenario.kinds, scenario.fields, factor_names())
    rows = []
    for rule in scenario.rules:
        here = rule.to_dict(words)
        if rule.id not in library.rules:
            rows.append({"rule": rule.id, "what": "added", "key": "", "library": "", "here": rule.says})
            continue
        there = library.rules[rule.id].to_dict(library.words)
        rows += [{"rule": rule.id, "what": "changed", "key": key, "library": str(there[key]), "here": str(here[key])}
                 for key in there if there[key] != here[key]]  # fmt: skip
    return rows


def input_data(subject: Subject) -> Part:
    """Return element 6: what comes from outside while the model runs, and which files it stands on."""
    scenario = subject.scenario
    image = (
        f"The tissue is read from the image {scenario.value('tissue.image')}."
        if scenario.value("tissue.kind") == "mask"
        else "No image is read."
    )
    timed = (
        f"Driven from outside are {count(len(scenario.interventions), 'intervention')} at the times that the scenario gives."
        if scenario.interventions
        else "Nothing drives the model from outside while it runs."
    )
    note = "Their values enter through the resolved scenario, whose digest stands at the head."
    return Part(
        "odd-6", "6. Input data",
        (*texts(f"No time series of measurements is read. {timed} {image}"), Table.of("files", "Files of the library", list(_files()), note=note)),
    )  # fmt: skip


def _files() -> Iterator[dict[str, Any]]:
    root = Path(str(resources.files("livermet_sim"))) / "library"
    for path in sorted(
        p for p in root.rglob("*.toml") if "scenarios" not in p.parts and "experiments" not in p.parts
    ):
        text = path.read_text(encoding="utf-8")
        says = _first_comment(text) or tomllib.loads(text).get("title", "")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        yield {"file": path.relative_to(root).as_posix(), "says": says, "sha256": digest}


def _first_comment(text: str) -> str:
    """Return the first sentence of the comment at the head of a file, after what it tells an editor (``#:``)."""
    told = itertools.dropwhile(lambda line: line.startswith("#:"), text.splitlines())
    comment = " ".join(
        line.lstrip("# ") for line in itertools.takewhile(lambda line: line.startswith("#"), told)
    )
    return re.split(r"(?<=[.?!])\s", comment)[0]


def submodels(subject: Subject) -> Part:
    """Return element 7: each process in the words of its code, what it reads, and the kernels that it calls."""
    parts = [_submodel(process) for process in subject.engine.plan.processes]
    table = Table.of(
        "kernels",
        "Kernels",
        _kernels(),
        note="Plain functions of arrays; without numba they give the same bits.",
    )
    text = "Each process of the plan is a submodel. What follows are the words of its code; equations stand with the kernels that solve them. Values, ranges and sources are in the table of parameters."
    return Part("odd-7", "7. Submodels", (*texts(text), table), tuple(parts))


def _submodel(process: Process) -> Part:
    module = home(type(process))
    said = paragraphs(module) if len(own_processes(module)) == 1 else paragraphs(module)[:1]
    reads = settings_read(module)
    calls = ", ".join(f"`{place(kernel)}`" for kernel in kernels_of(module))
    more = [
        f"Reads the settings {', '.join(f'`{name}`' for name in reads)}." if reads else "",
        f"Calls {calls}." if calls else "",
    ]
    head = [one for one in said if one not in paragraphs(type(process))]
    return Part(f"submodel-{process.name.lower()}", process.name, texts(*paragraphs(type(process)), *head, *more, f"Code: `{place(type(process))}`."))  # fmt: skip


def own_processes(module: ModuleType) -> list[type]:
    """Return the processes that are written in a module."""
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Process) and one.__module__ == module.__name__]  # fmt: skip


def settings_read(module: ModuleType) -> list[str]:
    """Return the sections of parameters that a module names."""
    file = getattr(module, "__file__", None)  # none in a notebook
    source = Path(file).read_text(encoding="utf-8") if file else ""
    named = re.findall(r"section\(f?[\"']([a-z_.]+)[\"']\)", source)
    own = getattr(module, "SECTION", None)
    return sorted({*named, *([own.name] if own is not None else [])})


def kernels_of(module: ModuleType) -> list[ModuleType]:
    """Return the kernels that a module calls."""
    file = getattr(module, "__file__", None)
    names = sorted(_imported(Path(file))) if file else []
    return [import_module(name) for name in names if name.rpartition(".")[2] not in NO_KERNELS]


def _imported(path: Path) -> set[str]:
    """Return the modules of kernels that a file imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "livermet_sim.kernels":
            found |= {f"livermet_sim.kernels.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("livermet_sim.kernels."):
            found.add(str(node.module))
    return found


def _kernels() -> Iterator[dict[str, str]]:
    """Give every kernel with the files that call it."""
    callers = _callers()
    for name in sorted(callers):
        if name.rpartition(".")[2] not in NO_KERNELS:
            module = import_module(name)
            yield {
                "kernel": place(module),
                "called by": ", ".join(callers[name]),
                "what it computes": "\n".join(paragraphs(module)),
            }


@cache
def _callers() -> dict[str, list[str]]:
    """Return by kernel the files that import from it."""
    root = Path(str(resources.files("livermet_sim")))
    callers: dict[str, list[str]] = {}
    for path in sorted(path for folder in CALLING for path in (root / folder).rglob("*.py")):
        for name in _imported(path):
            callers.setdefault(name, []).append(path.relative_to(root).as_posix())
    return callers
