"""Say which model computed a run, so that runs of different models are never taken for each other."""

from __future__ import annotations

import hashlib

from livermet_sim.base.provenance import model

__all__ = ["address", "model"]


def address(scenario_digest: str, seed: int, series: bool) -> str:
    """Return the name of a run: a hash of its resolved scenario, its seed, the model, and whether its series is kept."""
    text = f"{scenario_digest} {seed} {model()} {'series' if series else ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]
