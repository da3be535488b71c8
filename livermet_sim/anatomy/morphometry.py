"""Measure a tissue as a stereologist would, beside the published figures.

Bands
-----
Lumen share 7.5 to 13 %: 10.6 % in the rat (Blouin 1977); the lower edge leaves room for the narrower tubes of
the mouse, the upper for human liver. Length density 1350 to 2500 mm/mm3: that share filled by tubes of 10 or 8 um
gives 1350 to 2100, by tubes of 7.4 um 2500. Spacing by packing is that of a hexagonal bundle of such length,
21 to 29 um. Across a plate it is 23 to 34 um: a hepatocyte of 20 to 25 um and half a tube on either side.
Paths and hepatocytes are those of the mouse; a path along winding sinusoids exceeds the straight 200 to 280 um
by up to a fifth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID, Tissue

PERIPORTAL, PERICENTRAL = 1 / 3, 2 / 3
STRETCH = 80.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Hold one measured quantity, the band it should lie in, and what was published."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    published: str
    source: str

    @property
    def ok(self) -> bool:
        """Say whether the value lies in its band."""
        return bool(self.low <= self.value <= self.high)


def measure(tissue: Tissue) -> list[Measure]:
    """Return the measures of a tissue; the bands are meant for mouse lobules of 500 um."""
    return [
        Measure(name, float(value(tissue)), unit, low, high, published, source)
        for name, value, unit, low, high, published, source in _MEASURES
    ]


def table(measures: list[Measure]) -> str:
    """Return measures as lines of text, those outside their band marked."""
    lines = [f"{'':2}{'quantity':44}{'value':>9}  {'unit':8}{'band':>15}  published"]
    for m in measures:
        band = f"{m.low:g} to {m.high:g}"
        lines.append(f"{'' if m.ok else '!':2}{m.name:44}{m.value:9.4g}  {m.unit:8}{band:>15}  {m.published}")
    return "\n".join(lines)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _parenchyma(t: Tissue) -> float:
    """Return the volume of sinusoids and plates in um3."""
    return np.count_nonzero(np.isin(t.compartment, (SINUSOID, PARENCHYMA))) * t.site**2 * t.thickness


def _lengths(t: Tissue) -> np.ndarray:
    return t.lattice.distance(*t.edges.T)


def _half_tubes(t: Tissue) -> tuple[np.ndarray, np.ndarray]:
    """Return length (um) and diameter (um) of every half tube that lies at a sinusoid site."""
    ends = t.edges.ravel()
    length = np.repeat(0.5 * _lengths(t), 2)
    inner = t.compartment[ends] == SINUSOID
    return length[inner], t.diameter[ends[inner]]


def _lumen_share(t: Tissue) -> float:
    length, diameter = _half_tubes(t)
    return 100.0 * float((length * np.pi * diameter**2 / 4).sum()) / _parenchyma(t)


def _length_density(t: Tissue) -> float:
    return 1e6 * float(_half_tubes(t)[0].sum()) / _parenchyma(t)


def _packing(t: Tissue) -> float:
    """Return the spacing of a hexagonal bundle of parallel tubes with this length density, um."""
    return float(np.sqrt(2.0 / (np.sqrt(3.0) * 1e-6 * _length_density(t))))


def _projected_share(t: Tissue) -> float:
    return 100.0 * np.count_nonzero(t.compartment == SINUSOID) * t.site**2 * t.thickness / _parenchyma(t)


def _spacing(t: Tissue) -> float:
    """Return the mean distance from a sinusoid across the plate to the next, square to the blood's way."""
    zone = t.zone[t.lattice.nearest(t.compartment != OUTSIDE)]
    sites = np.flatnonzero(t.compartment == SINUSOID)
    angle = t.lattice.heading(zone, 1.5)[sites] + 0.5 * np.pi
    x, y = t.xy(sites)
    far = []
    for sign in (-1.0, 1.0):
        dx, dy = sign * np.cos(angle), sign * np.sin(angle)
        crossed, done = np.zeros(len(sites), dtype=bool), np.zeros(len(sites), dtype=bool)
        for step in np.arange(0.5 * t.site, 60.0, 0.25 * t.site):
            place = t.lattice.at(x + step * dx, y + step * dy)
            here = np.where(place >= 0, t.compartment[place], OUTSIDE)
            hit = ~done & crossed & (here == SINUSOID)
            far.append(t.lattice.distance(sites, place)[hit])
            crossed |= here == PARENCHYMA
            done |= hit | (~np.isin(here, (SINUSOID, PARENCHYMA)))
    return _mean(np.concatenate(far))


def _diameter(t: Tissue, low: float, high: float) -> float:
    chosen = (t.compartment == SINUSOID) & (t.zone >= low) & (t.zone <= high)
    return _mean(t.diameter[chosen])


def _ways(t: Tissue) -> tuple[np.ndarray, np.ndarray]:
    """Return each site's distance along vessels to the central vein (um) and the next site on that way."""
    length = _lengths(t)
    graph = coo_matrix((length, (t.edges[:, 0], t.edges[:, 1])), shape=(t.n, t.n)).tocsr()
    veins = np.flatnonzero(t.compartment == CENTRAL)
    far, onward, _ = dijkstra(graph, directed=False, indices=veins, return_predecessors=True, min_only=True)
    return far, onward


def _tortuosity(t: Tissue, low: float, high: float) -> float:
    """Return path over straight length of 80-um stretches downstream that start in a range of zones."""
    far, onward = _ways(t)
    within = (t.compartment == SINUSOID) & (t.zone >= low) & (t.zone <= high)
    start = np.flatnonzero(within & (far >= STRETCH) & np.isfinite(far))
    end = start.copy()
    for _ in range(int(STRETCH / t.site) + 1):
        short = far[start] - far[end] < STRETCH - 0.5 * t.site
        end = np.where(short & (onward[end] >= 0), onward[end], end)
    return _mean(far[start] - far[end]) / _mean(t.lattice.distance(start, end))


def _straightening(t: Tissue) -> float:
    return _tortuosity(t, 0.0, PERIPORTAL) / _tortuosity(t, 0.45, 1.0)


def _path(t: Tissue) -> float:
    """Return the mean way along vessels from the portal sites that let blood out to a central vein."""
    far = _ways(t)[0][t.compartment == PORTAL]
    return _mean(far[np.isfinite(far)])


def _degree(t: Tissue) -> np.ndarray:
    return np.bincount(t.edges.ravel(), minlength=t.n)[t.compartment == SINUSOID]


def _branching(t: Tissue) -> float:
    """Return branch points per mm of sinusoid, touching ones counted by the excess of their tubes."""
    degree = _degree(t)
    return 1e3 * float(np.maximum(degree - 2, 0).sum()) / float(_half_tubes(t)[0].sum())


def _dead_ends(t: Tissue) -> float:
    return float(np.count_nonzero(_degree(t) < 2))


def _blobs(t: Tissue) -> float:
    lumen = t.compartment == SINUSOID
    corner = t.neighbours[:, t.lattice.square]
    square = lumen & ((corner >= 0) & lumen[corner]).all(axis=1)
    return 100.0 * np.count_nonzero(square) / np.count_nonzero(lumen)


def _contacts(t: Tissue) -> np.ndarray:
    """Return how many sinusoid sites each hepatocyte holds or touches."""
    sites = np.flatnonzero(t.hepatocyte >= 0)
    around = np.column_stack([sites, t.neighbours[sites]])
    ok = (around >= 0) & (t.compartment[around] == SINUSOID)
    owner = np.broadcast_to(t.hepatocyte[sites][:, None], around.shape)
    pairs = np.unique(owner[ok].astype(np.int64) * t.n + around[ok])
    return np.bincount(pairs // t.n, minlength=int(t.hepatocyte.max()) + 1)


def _touching(t: Tissue, least: int) -> float:
    return 100.0 * float(np.mean(_contacts(t) >= least))


def _hepatocytes(t: Tissue) -> float:
    return (int(t.hepatocyte.max()) + 1) / (_parenchyma(t) * 1e-9) / 1e5


_Row = tuple[str, Callable[[Tissue], float], str, float, float, str, str]
_BLOUIN, _WISSE = "Blouin 1977, PMID 833203", "Wisse 1983, PMID 6648350"
_MEASURES: tuple[_Row, ...] = (
    ("lumen share of the parenchyma", _lumen_share, "%", 7.5, 13.0, "10.6 (rat)", _BLOUIN),
    ("sinusoid length density", _length_density, "mm/mm3", 1350.0, 2500.0, "1350-2100 (rat)", f"from {_BLOUIN}"),
    ("spacing by packing, centre to centre", _packing, "um", 21.0, 29.0, "23-29 (rat)", f"from {_BLOUIN}"),
    ("projected share of sinusoid sites", _projected_share, "%", 28.0, 50.0, "about a third", "derived"),
    ("spacing across a plate, centre to centre", _spacing, "um", 23.0, 34.0, "one hepatocyte", "Ross, histology"),
    ("diameter, periportal third", lambda t: _diameter(t, 0.0, PERIPORTAL), "um", 5.0, 7.5, "5-7", "Wisse 1985"),
    ("diameter, pericentral third", lambda t: _diameter(t, PERICENTRAL, 1.0), "um", 7.5, 10.0, "7-10", "Wisse 1985"),
    ("tortuosity, periportal over pericentral", _straightening, "1", 1.005, 1.5, "above 1", _WISSE),
    ("branch points per length", _branching, "/mm", 10.0, 50.0, "none found", "assumed"),
    ("dead ends", _dead_ends, "1", 0.0, 0.0, "0", "by definition"),
    ("2 x 2 blobs per sinusoid site", _blobs, "%", 0.0, 3.0, "0", "by definition"),
    ("hepatocytes that touch a sinusoid", lambda t: _touching(t, 1), "%", 100.0, 100.0, "100", "histology"),
    ("hepatocytes at two sinusoid sites or more", lambda t: _touching(t, 2), "%", 90.0, 100.0, "all", "Fu, Sluka"),
    ("portal-to-central path", _path, "um", 200.0, 335.0, "200-280 (mouse, straight)", "Hoehme 2010, recalled"),
    ("hepatocytes per volume", _hepatocytes, "1e5/mm3", 1.2, 1.6, "1.4", "Sohlenius-Sternbeck 2006"),
)  # fmt: skip
