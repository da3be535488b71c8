"""Simulate liver metastasis, cell by cell, from the portal vein to a vascularised metastasis.

``load`` a scenario, run it as a `LiverModel`, look at its cells, take the `Result`. Importing this package
imports nothing else; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livermet_sim.agents import Cell, Tumour
    from livermet_sim.base.errors import LivermetError
    from livermet_sim.base.load_plugin import load_plugin
    from livermet_sim.base.specs import Parameter
    from livermet_sim.base.with_plugins import registered
    from livermet_sim.cells.kind import Kind
    from livermet_sim.cells.look import Look
    from livermet_sim.cells.state import State
    from livermet_sim.documentation.dossier import Dossier, dossier
    from livermet_sim.interventions import (
        add_cells,
        add_matrix,
        add_signal,
        block,
        boost,
        condition,
        deplete,
        dose,
        knock_out,
        set_state,
    )
    from livermet_sim.model import LiverModel
    from livermet_sim.observe.readouts.own import forget_readout, register_readout
    from livermet_sim.processes.process import Process
    from livermet_sim.result import Result
    from livermet_sim.rulebook.physicell.ruleset import PhysicellRules
    from livermet_sim.scenario.lists import lines, parameters, readouts, rules, scenarios
    from livermet_sim.scenario.load import load
    from livermet_sim.scenario.physicell import read_physicell, to_physicell
    from livermet_sim.scenario.register import register_process, register_response, register_signal
    from livermet_sim.scenario.register_kind import register_kind
    from livermet_sim.scenario.spec import Scenario
    from livermet_sim.scenario.words import explain
    from livermet_sim.sweep.ablate import ablate
    from livermet_sim.sweep.comparison import Comparison, compare
    from livermet_sim.sweep.effects import Effects
    from livermet_sim.sweep.study import Study
    from livermet_sim.sweep.sweep import Sweep
    from livermet_sim.sweep.what_if import WhatIf, whatif
    from livermet_sim.validation.catalogue import experiments
    from livermet_sim.validation.reach import reach
    from livermet_sim.validation.rule_network import network

    __version__: str

    # the classes of kinds, which agents makes of them
    class CD8(Cell): ...

    class Dendritic(Cell): ...

    class Kupffer(Cell): ...

    class LSEC(Cell): ...

    class MDSC(Cell): ...

    class Monocyte(Cell): ...

    class Neutrophil(Cell): ...

    class NK(Cell): ...

    class Stellate(Cell): ...

    class Treg(Cell): ...


__all__ = [
    "CD8", "LSEC", "MDSC", "NK", "Cell", "Comparison", "Dendritic", "Dossier", "Effects", "Kind", "Kupffer", "LiverModel",
    "LivermetError", "Look", "Monocyte", "Neutrophil", "Parameter", "PhysicellRules", "Process", "Result", "Scenario",
    "State", "Stellate", "Study", "Sweep", "Treg", "Tumour", "WhatIf", "__version__", "ablate", "add_cells",
    "add_matrix", "add_signal", "block", "boost", "compare", "condition", "deplete", "dose", "dossier", "experiments", "explain",
    "forget_readout", "knock_out", "lines", "load", "load_plugin", "network", "parameters", "reach", "read_physicell",
    "readouts", "register_kind", "register_process", "register_readout", "register_response", "register_signal",
    "registered", "rules", "scenarios", "set_state", "to_physicell", "whatif",
]  # fmt: skip

_HOMES = {
    "LiverModel": "model", "LivermetError": "base.errors", "Kind": "cells.kind", "Look": "cells.look", "State": "cells.state",
    "Parameter": "base.specs", "Process": "processes.process", "load_plugin": "base.load_plugin", "registered": "base.with_plugins",
    "register_kind": "scenario.register_kind", "register_process": "scenario.register",
    "register_response": "scenario.register", "register_signal": "scenario.register",
    "Result": "result", "Scenario": "scenario.spec",
    "load": "scenario.load", "compare": "sweep.comparison", "Comparison": "sweep.comparison",
    "dossier": "documentation.dossier", "Dossier": "documentation.dossier",
    "ablate": "sweep.ablate", "Effects": "sweep.effects",
    "add_cells": "interventions", "add_matrix": "interventions", "add_signal": "interventions",
    "block": "interventions", "boost": "interventions", "condition": "interventions", "deplete": "interventions",
    "dose": "interventions", "knock_out": "interventions", "set_state": "interventions",
    "whatif": "sweep.what_if", "WhatIf": "sweep.what_if",
    "network": "validation.rule_network", "reach": "validation.reach", "experiments": "validation.catalogue", "Study": "sweep.study", "Sweep": "sweep.sweep",
    "read_physicell": "scenario.physicell", "to_physicell": "scenario.physicell",
    "PhysicellRules": "rulebook.physicell.ruleset",
    "readouts": "scenario.lists", "register_readout": "observe.readouts.own",
    "forget_readout": "observe.readouts.own",
    "explain": "scenario.words", "lines": "scenario.lists", "parameters": "scenario.lists", "rules": "scenario.lists", "scenarios": "scenario.lists",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in __all__:
        value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'agents')}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("livermet-sim")
    except PackageNotFoundError:
        return "0+sources"
