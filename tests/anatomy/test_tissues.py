"""Tissues: what every built slab must be, whatever its kind, seed and site."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.parameters import SECTION
from livermet_sim.anatomy.zonation import zones
from livermet_sim.base.errors import ScenarioError, TissueError
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID

ARRAYS = ("compartment", "diameter", "zone", "lobule", "hepatocyte", "neighbours", "edges")


def make(seed=1, **given):
    return build(SECTION.resolve(given), seed)


@pytest.fixture(scope="module", params=["lobule", "patch", "strip"])
def tissue(request):
    return make(kind=request.param, lobules=4)


def test_same_settings_and_seed_give_the_same_bits_and_another_seed_does_not():
    first, again, other = make(kind="lobule"), make(kind="lobule"), make(2, kind="lobule")
    for name in ARRAYS:
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.edges, other.edges)


def test_arrays_have_their_types_and_are_locked(tissue):
    kinds = dict(
        compartment=np.int8,
        diameter=np.float64,
        zone=np.float64,
        lobule=np.int32,
        hepatocyte=np.int32,
        neighbours=np.int32,
        edges=np.int32,
    )
    for name, kind in kinds.items():
        array = getattr(tissue, name)
        assert array.dtype == kind and not array.flags.writeable, name
    assert tissue.n == tissue.width * tissue.height == len(tissue.zone)


def test_outside_holds_nothing_and_inside_something(tissue):
    outside = tissue.compartment == OUTSIDE
    assert np.all(tissue.lobule[outside] == -1) and np.all(tissue.lobule[~outside] >= 0)
    assert np.array_equal(np.unique(tissue.lobule[~outside]), np.arange(tissue.lobules))
    assert np.all(tissue.zone[outside] == 0.0)
    vessel = np.isin(tissue.compartment, (PORTAL, SINUSOID, CENTRAL))
    assert np.all(tissue.diameter[vessel] > 0.0) and np.all(tissue.diameter[~vessel] == 0.0)
    rim = np.concatenate([tissue.image(outside)[[0, -1]].ravel(), tissue.image(outside)[:, [0, -1]].ravel()])
    assert not outside.any() if tissue.kind == "patch" else rim.all()


def test_zone_runs_from_portal_to_central(tissue):
    assert np.all(tissue.zone[tissue.compartment == PORTAL] == 0.0)
    assert np.all(tissue.zone[tissue.compartment == CENTRAL] == 1.0)
    between = tissue.zone[np.isin(tissue.compartment, (SINUSOID, PARENCHYMA))]
    assert between.min() > 0.0 and between.max() < 1.0


def test_zone_of_a_strip_is_the_share_of_the_way():
    strip = make(kind="strip")
    x, _ = strip.xy(np.arange(strip.n))
    between = np.isin(strip.compartment, (SINUSOID, PARENCHYMA))
    last_portal = x[strip.compartment == PORTAL].max()
    first_central = x[strip.compartment == CENTRAL].min()
    expected = (x - last_portal) / (first_central - last_portal)
    assert np.allclose(strip.zone[between], expected[between])


def test_zones_by_path_agree_with_straight_ones_where_nothing_is_in_the_way():
    lobule = make(kind="lobule")
    both = [zones(lobule.lattice, lobule.compartment, convex) for convex in (True, False)]
    difference = np.abs(both[0] - both[1])[lobule.compartment != OUTSIDE]
    assert difference.max() < 0.05
    assert difference.max() > 0.0


def slow_edges(tissue):
    """Return the tubes by the rule's words, site by site."""
    vessel = np.isin(tissue.compartment, (PORTAL, SINUSOID, CENTRAL))
    found = set()
    for a in np.flatnonzero(vessel):
        for k, b in enumerate(tissue.neighbours[a]):
            if b < 0 or not vessel[b] or SINUSOID not in tissue.compartment[[a, b]]:
                continue
            common = (set(tissue.neighbours[a, :4]) & set(tissue.neighbours[b, :4])) - {-1}
            if k < 4 or not any(vessel[c] for c in common):
                found.add((min(a, b), max(a, b)))
    return sorted(found)


def test_edges_join_sides_and_only_needed_corners():
    tissue = make(kind="lobule")
    assert [tuple(pair) for pair in tissue.edges.tolist()] == slow_edges(tissue)


def test_every_sinusoid_leads_from_portal_to_central_without_dead_ends(tissue):
    ends = tissue.edges
    degree = np.bincount(ends.ravel(), minlength=tissue.n)
    assert degree[tissue.compartment == SINUSOID].min() >= 2
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(tissue.n, tissue.n)).tocsr()
    sinusoids = np.flatnonzero(tissue.compartment == SINUSOID)
    for vessel in (PORTAL, CENTRAL):
        start = np.flatnonzero(tissue.compartment == vessel)
        assert np.isfinite(dijkstra(graph, directed=False, indices=start, min_only=True)[sinusoids]).all()


def test_sinusoids_converge_on_the_central_vein():
    aligned = []
    for seed in (1, 2, 3):
        lobule = make(seed, kind="lobule")
        x, y = lobule.xy(np.arange(lobule.n))
        vein = lobule.compartment == CENTRAL
        a, b = lobule.edges[np.all(lobule.compartment[lobule.edges] == SINUSOID, axis=1)].T
        away_x, away_y = 0.5 * (x[a] + x[b]) - x[vein].mean(), 0.5 * (y[a] + y[b]) - y[vein].mean()
        along = np.abs(away_x * (x[b] - x[a]) + away_y * (y[b] - y[a]))
        cosine = along / np.hypot(away_x, away_y) / np.hypot(x[b] - x[a], y[b] - y[a])
        aligned.append([cosine[lobule.zone[a] > 0.5].mean(), cosine[lobule.zone[a] < 0.3].mean()])
    near, far = np.mean(aligned, axis=0)
    # tubes laid at random would give 2/pi = 0.64
    assert near > 0.78
    assert near > far + 0.05


def test_hepatocytes_hang_together_and_fill_the_tissue(tissue):
    filled = np.isin(tissue.compartment, (SINUSOID, PARENCHYMA))
    assert np.array_equal(tissue.hepatocyte >= 0, filled)
    cells = int(tissue.hepatocyte.max()) + 1
    assert len(np.unique(tissue.hepatocyte[filled])) == cells
    sites = np.flatnonzero(filled)
    pairs = np.stack([np.repeat(sites, 4), tissue.neighbours[sites, :4].ravel()], axis=1)
    pairs = pairs[(pairs[:, 1] >= 0)]
    pairs = pairs[tissue.hepatocyte[pairs[:, 0]] == tissue.hepatocyte[pairs[:, 1]]]
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(tissue.n, tissue.n))
    pieces = connected_components(graph, directed=False)[1]
    assert len(np.unique(pieces[sites])) == cells
    assert np.bincount(tissue.hepatocyte[sites]).max() <= 9


def test_sites_belong_to_the_nearest_lobule():
    patch = make(kind="patch", lobules=12, lobule_irregularity=0.0)
    lattice, sites = patch.lattice, np.flatnonzero(patch.compartment == PARENCHYMA)
    veins = np.flatnonzero(patch.compartment == CENTRAL)
    x, y = lattice.middles(patch.lobule[veins], veins, patch.lobules)
    far = np.stack([lattice.distance(sites, int(middle)) for middle in lattice.at(x, y)], axis=1)
    own = far[np.arange(len(sites)), patch.lobule[sites]]
    # the middle of the vein is known to a site
    assert np.all(own - far.min(axis=1) < 2.0 * patch.site)
    assert patch.area == pytest.approx(12 * np.sqrt(0.75) * 500.0**2, rel=0.02)


@pytest.mark.parametrize(("diameter", "site"), [(300.0, 12.5), (300.0, 8.0), (1500.0, 12.5)])
def test_lobules_of_any_size_can_be_built(diameter, site):
    lobule = make(kind="lobule", lobule_diameter=diameter, site=site)
    assert lobule.area == pytest.approx(np.sqrt(0.75) * diameter**2, rel=0.15)
    assert {1, 2, 3, 4} <= set(lobule.compartment.tolist())


@pytest.mark.parametrize("lobules", [2, 4, 6, 12, 16, 30])
def test_a_patch_has_whole_lobules_and_two_portal_tracts_for_each(lobules):
    patch = make(kind="patch", lobules=lobules)
    assert patch.lobules == lobules and patch.lattice.wrap
    assert patch.lattice.pieces(patch.compartment == CENTRAL)[1] == lobules
    assert patch.lattice.pieces(patch.compartment == PORTAL)[1] == 2 * lobules
    sizes = np.bincount(patch.lobule)
    assert sizes.max() < 1.5 * sizes.mean() and sizes.min() > 0.6 * sizes.mean()
    assert (patch.neighbours >= 0).all() and np.isinf(patch.edge_distance).all()


@pytest.mark.parametrize(
    ("lobules", "near"), [(7, "6 or 8"), (10, "8 or 12"), (3, "2 or 4"), (15, "12 or 16")]
)
def test_lobules_that_do_not_tile_are_refused_with_the_nearest_that_do(lobules, near):
    with pytest.raises(TissueError, match=f"{lobules} hexagons do not tile .* the nearest that do: {near}$"):
        make(kind="patch", lobules=lobules)


def test_too_many_lobules_are_refused_in_a_sentence():
    with pytest.raises(TissueError, match=r"tissue: \d+ sites are too many; at most 12000000"):
        make(kind="patch", lobules=100_000)


def test_an_old_kind_says_what_to_write_now():
    with pytest.raises(ScenarioError, match=r'"tiling" is gone: .* write kind = "patch" and lobules'):
        SECTION.resolve({"kind": "tiling"})


def test_impossible_settings_are_refused():
    with pytest.raises(ScenarioError, match='did you mean "lobule"'):
        SECTION.resolve({"kind": "lobul"})
    with pytest.raises(ScenarioError, match=r"from 8 to 12\.5"):
        SECTION.resolve({"site": "20 um"})
