"""Check that compiled and plain kernels agree to the bit."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from physics_tissues import disc, strip

from livermet_sim.kernels import oxygen
from livermet_sim.state.fields import Fields
from livermet_sim.state.network import Network


def digest() -> str:
    """Return a hash of what all physics kernels make of small tissues."""
    rng, tissue = np.random.default_rng(0), disc(13, 17, 0.1)
    fields = Fields(tissue, ["a", "b", "c"], [60.0, 100.0, 170.0])
    fields.source[tissue.inside] = rng.integers(0, 2**22, (len(tissue.inside), 3))
    fields.relax(1e-6, 12)
    pressure, vmax = np.full(tissue.n, 30.0), rng.uniform(8.0, 28.0, tissue.n)
    exchange, blood = rng.uniform(0.0, 9.0, tissue.n), rng.uniform(30.0, 65.0, tissue.n)
    told, waiting = np.full(tissue.n, np.inf), np.isin(np.arange(tissue.n), tissue.inside)
    queue, spare = tissue.inside.copy(), np.zeros_like(tissue.inside)
    oxygen.relax(
        pressure, told, vmax, exchange, blood, tissue.neighbours, queue, len(queue), waiting, spare, 20.0, 5.0, 1.6, 1e-3, 20
    )  # fmt: skip
    network = Network.from_tissue(strip(15, 3), 6.25e-9)
    network.patency[:] = rng.uniform(0.1, 1.0, network.tissue.n)
    network.solve()
    results = (
        fields.concentration,
        pressure,
        network.pressure,
        network.outflow,
        network.speed,
        network.shear,
    )
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in results)).hexdigest()


def test_same_bits_without_numba():
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "LIVERMET_NOJIT": "1", "PYTHONPATH": paths}
    command = [sys.executable, "-c", "import test_plain_python as t; print(t.digest())"]
    plain = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert plain.stdout.strip() == digest()
