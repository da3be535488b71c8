"""Morphometry: known figures from drawn tissues, and built tissues held to the published bands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.hepatocytes import divide
from livermet_sim.anatomy.joints import joints
from livermet_sim.anatomy.morphometry import Measure, measure, table
from livermet_sim.anatomy.parameters import SECTION
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID, Tissue


def values(tissue):
    return {m.name: m.value for m in measure(tissue)}


def stripes(rows=31, columns=42, diameter=8.0):
    """Return a strip with straight sinusoids in every third row."""
    picture = np.zeros((rows + 2, columns + 2), dtype=np.int8)
    picture[1:-1, 1:-1] = PARENCHYMA
    picture[2:-1:3, 1:-1] = SINUSOID
    picture[1:-1, 1], picture[1:-1, -2] = PORTAL, CENTRAL
    zone = np.where(picture > 0, np.clip((np.arange(columns + 2) - 1) / (columns - 1), 0, 1), 0.0)
    flat, lattice = picture.ravel(), Lattice(columns + 2, rows + 2, 10.0)
    return Tissue(
        kind="strip",
        lattice=lattice,
        thickness=25.0,
        compartment=flat,
        diameter=np.where(flat == SINUSOID, diameter, np.where(np.isin(flat, (1, 4)), 20.0, 0.0)),
        zone=zone.ravel(),
        lobule=np.where(flat > 0, 0, -1).astype(np.int32),
        hepatocyte=divide(lattice, flat, 3.0, np.random.default_rng(0)),
        neighbours=lattice.neighbours(flat > 0),
        edges=joints(lattice, flat),
    )


def test_straight_stripes_measure_as_drawn():
    found = values(stripes())
    # 10 sinusoids of 400 um (the half tubes inside the vessels left out) in 31 rows of 40 sites
    length, volume = 10 * 400.0, 31 * 40 * 10.0 * 10.0 * 25.0
    assert found["sinusoid length density"] == pytest.approx(1e6 * length / volume)
    assert found["lumen share of the parenchyma"] == pytest.approx(100 * length * np.pi * 16.0 / volume)
    assert found["projected share of sinusoid sites"] == pytest.approx(100 * 10 / 31)
    assert found["spacing across a plate, centre to centre"] == pytest.approx(30.0)
    assert found["spacing by packing, centre to centre"] == pytest.approx(
        np.sqrt(2 / np.sqrt(3) / (length / volume))
    )
    assert found["tortuosity, periportal over pericentral"] == pytest.approx(1.0)
    assert found["branch points per length"] == 0.0
    assert found["dead ends"] == 0.0
    assert found["portal-to-central path"] == pytest.approx(410.0)
    assert found["diameter, periportal third"] == pytest.approx(8.0)
    assert found["hepatocytes that touch a sinusoid"] == 100.0


def test_what_a_small_tissue_lacks_is_not_a_number():
    # 70 um long: no stretch of 80 um fits
    small = values(stripes(7, 9))
    assert np.isnan(small["tortuosity, periportal over pericentral"])


def test_a_cut_a_branch_and_a_blob_are_seen():
    tissue = stripes()
    picture = tissue.image(tissue.compartment).copy()
    picture[2, 20] = PARENCHYMA
    picture[6:8, 10] = SINUSOID
    picture[9, 30:32] = SINUSOID
    changed = Tissue(
        **{**vars(tissue), "compartment": picture.ravel(), "edges": joints(tissue.lattice, picture.ravel())}
    )
    found = values(changed)
    assert found["dead ends"] == 2.0
    assert found["branch points per length"] > 0.0
    assert found["2 x 2 blobs per sinusoid site"] == pytest.approx(
        100 / np.count_nonzero(picture == SINUSOID)
    )


def test_a_winding_start_raises_the_tortuosity():
    picture = np.zeros((5, 44), dtype=np.int8)
    picture[1:-1, 1:-1] = PARENCHYMA
    for x in range(2, 42):
        picture[(1, 2, 3, 2)[x % 4] if x < 18 else 2, x] = SINUSOID
    picture[1:-1, 1], picture[1:-1, -2] = PORTAL, CENTRAL
    straight = stripes(3, 42)
    flat = picture.ravel()
    tissue = Tissue(
        **{
            **{k: v for k, v in vars(straight).items() if k in Tissue.__dataclass_fields__},
            "compartment": flat,
            "diameter": np.where(np.isin(flat, (1, 2, 4)), 8.0, 0.0),
            "edges": joints(straight.lattice, flat),
        }
    )
    found = values(tissue)["tortuosity, periportal over pericentral"]
    # diagonals almost all the way: near the root of two, less where a stretch ends in the straight part
    assert 1.25 < found < np.sqrt(2.0) + 1e-9


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["lobule", "patch", "strip"])
def test_tissues_measure_like_liver(kind, seed):
    failed = [m for m in measure(build(SECTION.resolve({"kind": kind, "lobules": 4}), seed)) if not m.ok]
    assert not failed


@pytest.mark.parametrize("site", [8.0, 12.5])
@pytest.mark.parametrize("kind", ["lobule", "patch"])
def test_another_site_measures_like_liver_too(kind, site):
    failed = [
        m for m in measure(build(SECTION.resolve({"kind": kind, "site": site, "lobules": 4}), 1)) if not m.ok
    ]
    assert not failed


def test_settings_move_what_they_name():
    def patch(**given):
        return values(build(SECTION.resolve({"kind": "lobule", **given}), 1))

    plain = patch()
    wide = patch(sinusoid_spacing=35.0)
    assert wide["sinusoid length density"] < 0.85 * plain["sinusoid length density"]
    assert patch(diameter_pericentral=12.0)["diameter, pericentral third"] > 10.5
    assert patch(hepatocyte_density=1.0e5)["hepatocytes per volume"] == pytest.approx(1.0, rel=0.1)


def test_a_measure_says_whether_it_fits_and_the_table_marks_it():
    good = Measure("length", 2.0, "um", 1.0, 3.0, "2", "assumed")
    bad = Measure("width", 4.0, "um", 1.0, 3.0, "2", "assumed")
    nothing = Measure("height", float("nan"), "um", 1.0, 3.0, "2", "assumed")
    assert good.ok and not bad.ok and not nothing.ok
    lines = table([good, bad]).splitlines()
    assert not lines[1].startswith("!") and lines[2].startswith("!")


def alike(site: float) -> float:
    """Return how alike the diameters, zone apart, of places 20 to 30 um apart along a sinusoid are: their correlation."""
    pairs = []
    for seed in (1, 2, 3):
        tissue = build(SECTION.resolve({"lobules": 4, "site": site}), seed)
        a, b = tissue.edges.T
        joined = np.isin(tissue.compartment[a], SINUSOID) & np.isin(tissue.compartment[b], SINUSOID)
        a, b = a[joined], b[joined]
        graph = coo_matrix((tissue.lattice.distance(a, b), (a, b)), shape=(tissue.n, tissue.n)).tocsr()
        tubes = np.flatnonzero(tissue.compartment == SINUSOID)
        start = np.random.default_rng(seed).choice(tubes, 500, replace=False)
        way = dijkstra(graph, directed=False, indices=start, limit=30.0)
        row, other = np.nonzero((way >= 20.0) & np.isfinite(way))
        slope = np.polyfit(tissue.zone[tubes], tissue.diameter[tubes], 1)
        deviation = tissue.diameter / np.polyval(slope, tissue.zone)
        pairs.append(np.corrcoef(deviation[start[row]], deviation[other])[0, 1])
    return float(np.mean(pairs))


def test_diameters_vary_along_a_sinusoid_over_um_and_not_over_sites():
    found = [alike(site) for site in (8.0, 10.0, 12.5)]
    assert np.ptp(found) < 0.12, found
