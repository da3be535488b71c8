"""Measure the blood of a resting liver and the oxygen it carries, beside the published figures.

Bands
-----
Perfusion 1.0 to 1.75 mL/min/mL: mouse 0.94 to 1.2, dog 1.16, rat 1.7 to 2.1 per gram. With it, a lumen share of a tenth and
a path of 300 um, the balance of volumes asks for a mean speed of 50 to 110 um/s and a transit of 3 to 6 s. Speeds seen by
intravital microscopy (100 to 330 um/s) are those of the fast and wide sinusoids that carry most of the blood, so the mean by
flow is held to them. The published dispersion of flow is read from when a tracer leaves, so transit times over the blood that
leaves are held to it, not flows of single tubes, which vary more (80 %). Shear is pressure drop times diameter over four lengths. Oxygen is that of mouse blood (half full at
40 mmHg) of which an uptake of 4.1 to 6.1 mL/min/100 mL is taken; measured tissue tensions are lower (15 to 35 mmHg).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from livermet_sim.anatomy.morphometry import Measure
from livermet_sim.processes.oxygenation import Oxygenate
from livermet_sim.state.tissue import PARENCHYMA, SINUSOID
from livermet_sim.state.world import World

PERIPORTAL, PERICENTRAL = 0.2, 0.8


class Circulation:
    """Hold a liver and read its blood: flows in um3/s, oxygen in mmHg."""

    def __init__(self, world: World, oxygenate: Oxygenate):
        self.world, self.network, self.tissue = world, world.network, world.tissue
        self.oxygenate, self.balance = oxygenate, oxygenate.balance(world)
        self.volume = self.tissue.area * self.tissue.thickness
        self.inflow = self.network.inflow / 3600.0
        self.tube = self.network.vessel & (self.network.ports.of < 0)

    def zone(self, low: float, high: float, compartments: tuple[int, ...] = (SINUSOID,)) -> np.ndarray:
        """Return the sites of some compartments in a range of zones."""
        tissue = self.tissue
        return np.isin(tissue.compartment, compartments) & (tissue.zone >= low) & (tissue.zone <= high)

    def speed(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return the mean speed of blood over the tubes of a range of zones, um/s."""
        return _mean(self.network.speed[self.zone(low, high) & self.tube])

    def weighted(self, values: np.ndarray) -> float:
        """Return the mean over tubes by the flow in them."""
        through = self.network.throughput[self.tube]
        return float((values[self.tube] * through).sum() / through.sum()) if through.any() else float("nan")

    def drop(self) -> float:
        """Return the pressure lost from tracts to veins, by the blood they pass, mmHg."""
        ports, network = self.network.ports, self.network
        level = network.pressure[ports.member[ports.first[:-1]]]
        passed = np.abs(ports.supply)
        if not (passed[ports.portal].any() and passed[~ports.portal].any()):
            return float("nan")
        inlet, outlet = (np.average(level[k], weights=passed[k]) for k in (ports.portal, ~ports.portal))
        return float(inlet - outlet)

    def tissue_oxygen(self, low: float, high: float) -> float:
        """Return the mean oxygen tension of sinusoid and plate tissue of a range of zones."""
        return _mean(self.world.sites["oxygen"][self.zone(low, high, (SINUSOID, PARENCHYMA))])

    def blood_oxygen(self, carried: float) -> float:
        """Return the tension of blood of which all that passes carries so much oxygen, um3/s."""
        return self.oxygenate.tension(carried / self.inflow) if self.inflow > 0.0 else float("nan")

    def path_spread(self) -> float:
        """Return the coefficient of variation of the times that blood takes through the tubes, over what leaves.

        Blood mixes where tubes meet, so the moments of its age are means over what flows in: with a stay t in a tube, the
        first grows by t, the second by 2 t times the first and t squared.
        """
        flow, tubes = self.network.outflow / 3600.0, np.flatnonzero(self.tube)
        near, slot = np.nonzero(flow[tubes] < 0.0)
        number = np.full(self.tissue.n, -1)
        number[tubes] = np.arange(len(tubes))
        far, inflow = number[self.tissue.neighbours[tubes[near], slot]], -flow[tubes[near], slot]
        through = np.bincount(near, inflow, len(tubes))
        inner = far >= 0
        shares = (inflow / through[near])[inner], (near[inner], far[inner])
        from_others = csc_array(shares, (len(tubes), len(tubes)))
        stay = np.divide(self.network.volume[tubes], through, out=np.zeros(len(tubes)), where=through > 0.0)
        older = splu(csc_array(eye_array(len(tubes)) - from_others))
        age = older.solve(stay)
        square = older.solve(stay**2 + 2.0 * stay * (age - stay))
        veins = self.network.ports.of[self.tissue.neighbours[tubes]]
        out = np.where((veins >= 0) & (flow[tubes] > 0.0), flow[tubes], 0.0).sum(axis=1)
        if not out.any():
            return float("nan")
        first, second = np.average(age, weights=out), np.average(square, weights=out)
        return float(np.sqrt(max(second - first**2, 0.0)) / first)

    def transit(self) -> float:
        """Return the blood in tubes over the flow, s."""
        return (
            float(self.network.volume[self.tube].sum() / self.inflow) if self.inflow > 0.0 else float("nan")
        )


def circulation(world: World, oxygenate: Oxygenate) -> list[Measure]:
    """Return the measures of a liver's blood; the bands are meant for resting lobules of mice, not for a strip."""
    own = Circulation(world, oxygenate)
    return [
        Measure(name, float(value(own)), unit, low, high, published, source)
        for name, value, unit, low, high, published, source in _MEASURES
    ]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


_Row = tuple[str, Callable[[Circulation], float], str, float, float, str, str]
_MEASURES: tuple[_Row, ...] = (
    ("perfusion", lambda c: 60.0 * c.inflow / c.volume, "mL/min/mL", 1.0, 1.75, "0.94 (mouse) to 1.74 (rat)", "Fan 2019, PMC6429340; Daemen 1989, PMID 2526908"),
    ("speed, mean over tubes", lambda c: c.speed(), "um/s", 50.0, 110.0, "balance of volumes; intravital 326", "derived; Fan 2019, PMC6429340"),
    ("speed, mean by flow", lambda c: c.weighted(c.network.speed), "um/s", 100.0, 330.0, "100-330 (intravital)", "Fan 2019, PMC6429340"),
    ("speed, periportal fifth", lambda c: c.speed(0.0, PERIPORTAL), "um/s", 100.0, 330.0, "100-330 (intravital)", "Fan 2019, PMC6429340"),
    ("speed, pericentral fifth", lambda c: c.speed(PERICENTRAL, 1.0), "um/s", 100.0, 330.0, "faster than periportal", "intravital microscopy"),
    ("wall shear, mean over tubes", lambda c: _mean(c.network.shear[c.tube]), "dyn/cm2", 3.0, 14.0, "6-14 from pressure drop", "derived (often quoted: 0.1-0.5)"),
    ("transit through sinusoids", lambda c: c.transit(), "s", 3.0, 6.0, "3.6 at 1.75, 5.8 at 1.1 mL/min/mL", "derived, lumen 10.6 %"),
    ("pressure drop, tract to vein", lambda c: c.drop(), "mmHg", 0.9, 1.1, "1.0 (rabbit)", "Maass-Moreno & Rothe 1997"),
    ("transit, variation between paths", lambda c: 100.0 * c.path_spread(), "%", 40.0, 60.0, "50 (rat; steatohepatitis 87)", "Weiss 2012, 10.1111/j.1549-8719.2012.00208.x"),
    ("oxygen of blood, inlet", lambda c: c.blood_oxygen(c.balance.brought), "mmHg", 55.0, 65.0, "57-60; 60-65", "derived; Godoy 2013, PMC3753504"),
    ("oxygen of blood, outlet", lambda c: c.blood_oxygen(c.balance.left), "mmHg", 35.0, 48.0, "35-43 at 1.1, 42-48 at 1.75 mL/min/mL", "derived from uptake and flow"),
    ("oxygen of tissue, periportal fifth", lambda c: c.tissue_oxygen(0.0, PERIPORTAL), "mmHg", 50.0, 65.0, "60-65 (blood)", "Godoy 2013, PMC3753504"),
    ("oxygen of tissue, pericentral fifth", lambda c: c.tissue_oxygen(PERICENTRAL, 1.0), "mmHg", 30.0, 43.0, "30-35 (blood)", "Godoy 2013, PMC3753504"),
    ("oxygen extracted", lambda c: 100.0 * c.balance.extraction, "%", 25.0, 45.0, "26-41 at 1.1 mL/min/mL", "derived from uptake and flow"),
    ("oxygen used", lambda c: 6000.0 * c.balance.used / c.volume, "mL/min/100 mL", 4.1, 6.3, "4.1-6.08 (dog, cat)", "Lutz 1975; Hasselgren 1979, PMID 539330"),
)  # fmt: skip
