"""Check that functions inside kernels cost no counts of references, and that none hands an array back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livermet_sim import kernels
from livermet_sim.kernels import rng
from livermet_sim.kernels.jit import enabled
from livermet_sim.kernels.room import leave, place_beside, settle
from livermet_sim.state.places import single


@pytest.mark.skipif(not enabled(), reason="kernels run as plain Python")
def test_a_function_in_a_loop_counts_no_references():
    import numba

    @numba.njit(error_model="numpy")
    def walk(sites, neighbours, compartment, tumour_at, places):
        for i in range(len(sites)):
            for _ in range(3):
                place = place_beside(sites[i], False, neighbours, compartment, tumour_at, places, 0.5)
                if place < 0:
                    break
                leave(i, sites[i], tumour_at, places)
                settle(i, place, tumour_at, places)
                sites[i] = place

    sites, ring = np.array([0]), np.array([[1, 3], [2, 0], [3, 1], [0, 2]], dtype=np.int32)
    tumour_at = np.full((2, 4), -1, dtype=np.int64)
    tumour_at[1, 0] = 0
    walk(sites, ring, np.full(4, 2, dtype=np.int8), tumour_at, single(4, 2500.0))
    assert sites.tolist() == [3] or sites.tolist() == [1]
    (code,) = walk.inspect_llvm().values()
    # each is a locked addition to memory, and there is one for every array handed over
    assert "double" in code and code.count("call void @NRT_incref") == 0


@pytest.mark.skipif(not enabled(), reason="kernels run as plain Python")
def test_a_function_in_kernels_is_compiled_once_for_all_constants_and_runs_plainly_from_python():
    import numba

    @numba.njit(error_model="numpy")
    def both(key):
        return rng.draw(1, 5, 0, key) + rng.draw(1, 6, 0, key)

    found, known = both(7), list(rng.draw.signatures)
    assert not any(isinstance(each, numba.types.Literal) for signature in known for each in signature)
    assert rng.draw(1, 5, 0, 7) + rng.draw(1, 6, 0, 7) == found
    assert list(rng.draw.signatures) == known


def inlined() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give the file and the tree of every function that only kernels call."""
    for path in sorted(Path(kernels.__file__).parent.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and {"inline", "part"} & set(
                map(ast.unparse, node.decorator_list)
            ):
                yield path.name, node


def test_no_function_that_only_kernels_call_makes_or_returns_an_array():
    """Nothing counts who still holds it, so it would be freed too early or never."""
    found = list(inlined())
    assert len(found) > 20
    for name, function in found:
        for node in ast.walk(function):
            where = f"{name}:{getattr(node, 'lineno', 0)} {function.name}"
            if isinstance(node, ast.Return) and node.value is not None:
                assert not any(isinstance(n, ast.Slice) for n in ast.walk(node.value)), f"{where}: a view"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("zeros", "empty", "ones", "full", "copy"), f"{where}: an array"
