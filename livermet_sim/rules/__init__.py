"""Hold the interaction rules: what they say, how they combine, how they are explained.

The package can be called, as ``lm.scenarios()`` and its like can: ``lm.rules()`` gives the rules as a table.

Parameters
----------
scenario : str, Path or Scenario
    A scenario, its name or its file; ``"baseline"`` where it is left out.

Returns
-------
DataFrame
    See ``scenario.lists.rules``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Rules(ModuleType):
    """Be a package and, when called, a table: both go by the name ``rules``."""

    def __call__(self, scenario: Any = "baseline") -> Any:
        return import_module("livermet_sim.scenario.lists").rules(scenario)


sys.modules[__name__].__class__ = _Rules
