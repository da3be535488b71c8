"""Check that compiled and plain kernels agree to the bit."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bodies import Body
from physics_tissues import disc, strip

from livermet_sim import kernels
from livermet_sim.state.fields import Fields


def digest() -> str:
    """Return a hash of what all physics kernels make of small tissues."""
    rng, tissue = np.random.default_rng(0), disc(13, 17, 0.1)
    fields, cycled = (
        Fields(tissue, list("abcde"), [60.0, 100.0, 170.0, 21.0, 9.0], n) for n in (tissue.n, 0)
    )
    fields.source[tissue.inside] = rng.integers(0, 2**22, (len(tissue.inside), 5))
    cycled.source[:] = fields.source
    fields.relax()
    cycled.relax(1e-6, 12)
    body = Body(strip(15, 3), tolerance=0.01, upstream=0.9, downstream=2.1)
    network = body.network
    network.patency[:] = rng.uniform(0.1, 1.0, network.tissue.n)
    body.settle()
    body.process.advance(body.world, 2.0, 2)
    results = (
        fields.concentration,
        cycled.concentration,
        body.oxygen,
        body.blood,
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


@pytest.mark.parametrize(
    "path", sorted(Path(kernels.__file__).parent.glob("*.py")), ids=lambda path: path.stem
)
def test_no_kernel_takes_a_whole_power(path):
    """Compiled, x**3 is two products; plain Python asks for a power, whose last bit is another."""
    for function in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef) and function.decorator_list:
            for node in ast.walk(function):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
                    try:
                        power = ast.literal_eval(node.right)
                    except ValueError:
                        continue  # a variable, which both ask a power for
                    assert not float(power).is_integer(), f"{function.name}: {ast.unparse(node)}"
