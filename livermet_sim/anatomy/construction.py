"""Grow a tissue from its settings: lay it out, draw its sinusoids, join and measure them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from livermet_sim.anatomy.hepatocytes import divide
from livermet_sim.anatomy.joints import carrying, joints
from livermet_sim.anatomy.layout import Layout, hexagons, strip
from livermet_sim.anatomy.mask import check_dropped, mask
from livermet_sim.anatomy.parameters import GROWN, SECTION
from livermet_sim.anatomy.sinusoids import grow
from livermet_sim.anatomy.tiling import tiling
from livermet_sim.anatomy.zonation import zones
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID, Tissue

SMOOTHING = 300.0  # um2, over which a tube's diameter is evened out along its way: e-fold in about 25 um


def construct(settings: Mapping[str, Value], seed: int) -> Tissue:
    """Return the tissue of these settings, see ``anatomy.build``."""
    rng = np.random.Generator(np.random.Philox(seed))
    layout = _lay_out(settings, rng)
    lattice, compartment = layout.lattice, layout.compartment.copy()
    zone = zones(lattice, compartment, convex=settings["kind"] != "mask")
    drawn = np.flatnonzero(compartment == SINUSOID)
    if len(drawn):
        _refuse_idle(settings, GROWN, "draws sinusoids; it acts on an image without any")
    else:
        if settings["kind"] == "mask":
            _refuse_idle(settings, ("image_dropped",), "draws no sinusoids; it acts on an image with some")
        compartment[grow(lattice, compartment, zone, settings, rng)] = SINUSOID
    edges = joints(lattice, compartment)
    found = carrying(compartment, edges)
    if len(found) == 0:
        place = str(settings["image"]) if settings["kind"] == "mask" else "tissue"
        raise TissueError(place, "no sinusoid leads from a portal tract to a central vein")
    dropped = np.setdiff1d(drawn, found)
    if len(dropped):
        check_dropped(settings, len(drawn), len(dropped))
    compartment[compartment == SINUSOID] = PARENCHYMA
    compartment[found] = SINUSOID
    edges = edges[np.all(compartment[edges] != PARENCHYMA, axis=1)]
    return _assemble(settings, layout, compartment, zone, edges, dropped, rng)


def _refuse_idle(settings: Mapping[str, Value], names: Sequence[str], where: str) -> None:
    """Refuse settings that are not at their default and that this image makes idle."""
    for parameter in SECTION.parameters:
        if parameter.name in names and settings[parameter.name] != parameter.default:
            raise TissueError(f"tissue.{parameter.name}", f"nothing reads it where tissue.image {where}")


def _lay_out(settings: Mapping[str, Value], rng: np.random.Generator) -> Layout:
    kind = str(settings["kind"])
    if kind == "strip":
        return strip(settings)
    if kind == "mask":
        return mask(settings)
    return hexagons(settings, 1, rng) if kind == "lobule" else tiling(settings, rng)


def _assemble(
    settings: Mapping[str, Value],
    layout: Layout,
    compartment: np.ndarray,
    zone: np.ndarray,
    edges: np.ndarray,
    dropped: np.ndarray,
    rng: np.random.Generator,
) -> Tissue:
    lattice, thickness = layout.lattice, float(settings["thickness"])
    area = 1e9 / (float(settings["hepatocyte_density"]) * thickness * lattice.site**2)
    arrays = {
        "compartment": compartment,
        "diameter": _diameters(settings, compartment, zone, edges, lattice.site, rng),
        "zone": np.where(compartment == OUTSIDE, 0.0, zone),
        "lobule": layout.lobule.astype(np.int32),
        "hepatocyte": divide(lattice, compartment, area, rng),
        "neighbours": lattice.neighbours(compartment != OUTSIDE),
        "edges": edges,
        "dropped": dropped.astype(np.int32),
    }
    return Tissue(str(settings["kind"]), lattice, thickness, **arrays)


def _diameters(
    settings: Mapping[str, Value],
    flat: np.ndarray,
    zone: np.ndarray,
    edges: np.ndarray,
    site: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return tube diameters: by zone, varying along a sinusoid more slowly than from one to the next."""
    vessel = flat == SINUSOID
    deviation = np.where(vessel, rng.standard_normal(len(flat)), 0.0)
    inner = edges[np.all(vessel[edges], axis=1)]
    # a round spreads over a site's length squared
    rounds = SMOOTHING / site**2
    while rounds > 0.0:
        total, number = deviation.copy(), np.ones(len(flat))
        for here, there in ((0, 1), (1, 0)):
            np.add.at(total, inner[:, here], deviation[inner[:, there]])
            np.add.at(number, inner[:, here], 1.0)
        part = min(1.0, rounds)
        deviation = part * (total / number) + (1.0 - part) * deviation
        rounds -= part
    deviation *= float(settings["diameter_spread"]) / max(float(deviation[vessel].std()), 1e-9)
    narrow, wide = float(settings["diameter_periportal"]), float(settings["diameter_pericentral"])
    diameter = (narrow + (wide - narrow) * zone) * np.exp(np.clip(deviation, -0.25, 0.25))
    diameter = np.where(vessel, diameter, 0.0)
    diameter[flat == PORTAL] = float(settings["portal_diameter"])
    diameter[flat == CENTRAL] = float(settings["central_diameter"])
    return diameter
