"""Check the grouping of tumour cells against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import field, plain_kernels, ragged
from scipy.ndimage import binary_dilation
from scipy.ndimage import label as scipy_label
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from livermet_sim.kernels.clusters import label
from livermet_sim.processes.staging.stage import TOGETHER
from livermet_sim.state.lattice import Lattice

WIDTH = 30


def groups(sites: np.ndarray, neighbours: np.ndarray, kernel=label) -> np.ndarray:
    """Return a representative of each cell's group."""
    claimed = np.full(len(neighbours), -1, dtype=np.int32)
    parent = np.empty(len(sites), dtype=np.int64)
    kernel(np.arange(len(sites)), sites, neighbours[sites], claimed, parent)
    assert (claimed == -1).all()
    return parent


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = {(int(i), int(j)) for i, j in zip(a, b, strict=True)}
    return len(pairs) == len({i for i, _ in pairs}) == len({j for _, j in pairs})


@pytest.mark.parametrize("share", [0.03, 0.08, 0.3])
def test_groups_are_those_of_cells_near_each_other(share):
    for seed in range(5):
        neighbours, compartment = ragged(WIDTH, WIDTH, seed, 0.25)
        near = Lattice(WIDTH, WIDTH, 10.0).within(TOGETHER, neighbours)
        random = np.random.default_rng(seed)
        sites = np.flatnonzero(compartment)
        # a site may hold one cell in its lumen and one in its tissue part
        sites = random.permutation(
            np.concatenate([sites[random.random(len(sites)) < share] for _ in range(2)])
        )
        together = (near[sites][:, :, None] == sites).any(axis=1) | (sites[:, None] == sites)
        _, expected = connected_components(coo_matrix(together), directed=False)
        found = groups(sites, near)
        assert same_partition(found, expected)
        assert np.array_equal(found, groups(sites, near, plain_kernels().clusters.label))


def test_solid_lesions_are_the_eight_connected_parts_of_the_picture():
    # discs at least three sites apart: the reach of the grouping cannot matter
    neighbours, _ = field(WIDTH, WIDTH)
    random = np.random.default_rng(4)
    picture = np.zeros((WIDTH, WIDTH), dtype=bool)
    for _ in range(40):
        y, x, r = *random.integers(0, WIDTH, 2), random.integers(0, 4)
        yy, xx = np.mgrid[:WIDTH, :WIDTH]
        disc = (yy - y) ** 2 + (xx - x) ** 2 <= r * r
        if not (binary_dilation(disc, np.ones((3, 3)), iterations=2) & picture).any():
            picture |= disc
    sites = np.flatnonzero(picture)
    expected, number = scipy_label(picture, np.ones((3, 3)))
    assert number > 5
    assert same_partition(
        groups(sites, Lattice(WIDTH, WIDTH, 10.0).within(TOGETHER, neighbours)), expected.ravel()[sites]
    )


def test_no_cells_make_no_groups():
    neighbours, _ = field(5, 5)
    assert len(groups(np.zeros(0, dtype=np.int64), neighbours)) == 0


@pytest.mark.parametrize("site", [8.0, 10.0, 12.5])
def test_how_near_cells_must_be_hangs_on_um_and_not_on_sites(site):
    lattice = Lattice(21, 21, site)
    near = lattice.within(TOGETHER, lattice.around)
    middle = 10 * 21 + 10
    for other in range(lattice.n):
        parent = groups(np.array([middle, other]), near)
        assert (parent[0] == parent[1]) == (lattice.distance(middle, other) <= TOGETHER)


def test_the_area_within_which_cells_belong_together_does_not_hang_on_the_site():
    areas = []
    for site in (8.0, 10.0, 12.5):
        lattice = Lattice(21, 21, site)
        near = lattice.within(TOGETHER, lattice.around)[10 * 21 + 10]
        areas.append((1 + (near >= 0).sum()) * site**2)
    assert max(areas) < 1.15 * min(areas), areas
