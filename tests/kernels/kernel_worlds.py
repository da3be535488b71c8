"""Lend the tests the small lattices on which the package verifies itself, and the kernels a second time as plain Python."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from types import SimpleNamespace

from livermet_sim.verification.worlds.lattices import assert_share, field, neighbours, ragged, random_keys

__all__ = ["assert_share", "field", "neighbours", "plain_kernels", "ragged", "random_keys"]

NAMES = ("rng", "neighbours", "fate", "transport", "growth", "motility", "turnover", "clusters", "matrix")


@cache
def plain_kernels() -> SimpleNamespace:
    """Return the kernel modules as uncompiled functions, the loaded ones left as they were."""
    package = "livermet_sim.kernels"
    root = sys.modules["livermet_sim"]
    saved = {name: module for name, module in sys.modules.items() if name.startswith(package)}
    before = os.environ.get("LIVERMET_NOJIT")
    os.environ["LIVERMET_NOJIT"] = "1"
    for name in saved:
        del sys.modules[name]
    try:
        return SimpleNamespace(**{name: importlib.import_module(f"{package}.{name}") for name in NAMES})
    finally:
        for name in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[name]
        sys.modules.update(saved)
        root.kernels = saved[package]
        if before is None:
            del os.environ["LIVERMET_NOJIT"]
        else:
            os.environ["LIVERMET_NOJIT"] = before
