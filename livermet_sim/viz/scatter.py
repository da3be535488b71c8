"""Scatter what a picture shows at no exact place: the same for each identity, in every drawing."""

from __future__ import annotations

import numpy as np


def spread(identity: np.ndarray, turn: int) -> np.ndarray:
    """Return a number in 0 to 1 for each identity that looks random and never changes."""
    mixed = (identity.astype(np.uint64) + np.uint64(turn * 7919 + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return ((mixed >> np.uint64(40)).astype(np.float32)) / np.float32(1 << 24)
