"""Make up a result without running anything: one hexagonal lobule, radial sinusoids and a few lesions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from livermet_sim.observe.columns import EVENTS
from livermet_sim.observe.frames import of_result
from livermet_sim.observe.readouts.tables import columns_of
from livermet_sim.result import Result
from livermet_sim.state.log import CAUSES
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID

KINDS = ("tumour", "kupffer", "lsec", "stellate", "neutrophil", "mdsc", "nk", "cd8", "monocyte", "dendritic")
SHOWN = (("kupffer", 40), ("stellate", 30), ("neutrophil", 12), ("nk", 8), ("cd8", 6), ("mdsc", 5))
PHASES = ("microvascular", "pre-angiogenic", "angiogenic", "growth")
SITE = 10.0


def lobule(radius: int) -> dict[str, np.ndarray]:
    """Return the static site arrays of a hexagon with sinusoids that converge on its middle."""
    size = 2 * radius + 1
    y, x = np.mgrid[0:size, 0:size] - float(radius)
    distance, angle = np.hypot(x, y), np.arctan2(y, x)
    hexagon = np.max(
        [np.abs(x * np.cos(a) + y * np.sin(a)) for a in np.arange(3) * np.pi / 3 + np.pi / 6], axis=0
    )
    inside = hexagon <= radius * 0.86
    compartment = np.where(inside, PARENCHYMA, OUTSIDE).astype(np.int8)
    spokes = np.zeros_like(inside)
    for level in (6, 12, 24, 48, 96):
        phase = (angle / (2 * np.pi) * level + 0.15 * np.sin(distance / 3)) % 1.0
        gap = phase * 2 * np.pi * distance / level
        spokes |= (gap < 1.0) & (distance > 0.33 * level)
    rings = (np.round(distance) % 7 == 0) & (((angle * 9 + distance) % 2.0) < 0.7)
    compartment[inside & (spokes | rings)] = SINUSOID
    compartment[distance < 3.2] = CENTRAL
    for corner in np.arange(6) * np.pi / 3:
        at = np.hypot(x - 0.9 * radius * np.cos(corner), y - 0.9 * radius * np.sin(corner))
        compartment[inside & (at < 4.5)] = PORTAL
    cell = (np.round(y / 2.5) * 1000 + np.round(x / 2.5)).astype(np.int64)
    _, hepatocyte = np.unique(cell, return_inverse=True)
    plate = (compartment == PARENCHYMA) | (compartment == SINUSOID)
    diameter = np.select(
        [compartment == SINUSOID, compartment == PORTAL, compartment == CENTRAL], [7.0, 40, 60], 0.0
    )
    return {
        "compartment": compartment.ravel(),
        "zone": np.where(inside, 1 - np.clip(distance / radius, 0, 1), 0).ravel(),
        "lobule": np.where(inside, 0, -1).astype(np.int32).ravel(),
        "hepatocyte": np.where(plate, hepatocyte.reshape(size, size), -1).astype(np.int32).ravel(),
        "diameter": diameter.ravel(),
        "x": x.ravel(),
        "y": y.ravel(),
        "width": np.array(size),
    }


def stacks(static: dict[str, np.ndarray], hours: np.ndarray, centres: np.ndarray) -> dict[str, np.ndarray]:
    """Return snapshot stacks: discs of tumour that grow, hypoxic and collagen-rimmed late."""
    n, times = len(static["compartment"]), len(hours)
    out = {
        name: np.zeros((times, n), dtype=np.float32)
        for name in ("collagen", "adhesion", "net", "vegf", "debris")
    }
    out["compartment"] = np.repeat(static["compartment"][None], times, axis=0)
    tube = static["compartment"] == SINUSOID
    plate = tube | (static["compartment"] == PARENCHYMA)
    out["oxygen"] = np.repeat((65 - 35 * static["zone"]).astype(np.float32)[None], times, axis=0)
    out["perfused"] = np.repeat(tube.astype(np.float32)[None], times, axis=0)
    out["parenchyma"] = np.repeat(
        (static["compartment"] == PARENCHYMA).astype(np.float32)[None], times, axis=0
    )
    out["tumour"] = np.full((times, n), -1, dtype=np.int32)
    out["tumour_lumen"] = np.full((times, n), -1, dtype=np.int32)
    for s, hour in enumerate(hours):
        for lesion, (cx, cy, late) in enumerate(centres):
            distance = np.hypot(static["x"] - cx, static["y"] - cy)
            size = 0.0 if hour < 24 else late * (hour - 24) / 648
            core = plate & (distance <= size)
            if hour < 24:
                out["tumour_lumen"][s, np.argmin(np.where(tube, distance, np.inf))] = lesion
            else:
                out["tumour"][s, core] = lesion
            out["parenchyma"][s, core] = 0
            out["vegf"][s] += np.exp(-distance / 8).astype(np.float32) * (size > 2)
            out["collagen"][s] += (plate & (np.abs(distance - size - 1) < 1.2) & (size > 4)).astype(
                np.float32
            )
            dead = core & (distance < size - 7)
            out["tumour"][s, dead] = -1
            out["debris"][s, dead] = 1
            out["oxygen"][s, core] = np.maximum(2, 25 - 3 * (size - distance[core]))
            out["perfused"][s, core & (distance < size - 3)] = 0
            out["compartment"][s, core & tube & (distance < size - 2)] = PARENCHYMA
    return out


def cells(static: dict[str, np.ndarray], shots: dict[str, np.ndarray], hours: np.ndarray) -> pd.DataFrame:
    """Return the cells at the snapshot times: every tumour cell and a sprinkling of the others."""
    rng = np.random.default_rng(4)
    tube = np.flatnonzero(static["compartment"] == SINUSOID)
    width = int(static["width"])
    frames = []
    for s, hour in enumerate(hours):
        for layer, name in (("lumen", "tumour_lumen"), ("tissue", "tumour")):
            sites = np.flatnonzero(shots[name][s] >= 0)
            asleep = np.where((sites * 7919 % 10) < 3, "dormant", "cycling")
            frames.append(pd.DataFrame({"time_h": hour, "kind": "tumour", "site": sites, "layer": layer, "state": asleep,
                                        "lesion": shots[name][s, sites]}))  # fmt: skip
        for kind, count in SHOWN:
            sites = rng.choice(tube, min(count, len(tube)), replace=False)
            frames.append(pd.DataFrame({"time_h": hour, "kind": kind, "site": sites, "layer": "lumen", "state": "",
                                        "lesion": -1}))  # fmt: skip
    table = pd.concat(frames, ignore_index=True)
    table["key"] = np.arange(len(table)) + 10
    table["x_um"], table["y_um"] = (table["site"] % width + 0.5) * SITE, (table["site"] // width + 0.5) * SITE
    table["phase"] = np.where(table["kind"] == "tumour", "growth", "")
    for name in ("activation", "polarisation", "load"):
        table[name] = rng.random(len(table))
    table["oxygen_mmHg"] = 30.0
    return table


def lesions(count: int, hours: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return lesions that each pass some of the milestones and then live or are lost."""
    rows = []
    for number in range(count):
        row = dict.fromkeys(columns_of("lesions"), np.nan) | {
            "lesion": number, "founder": number, "x_um": 50.0 + number, "y_um": 60.0, "zone": float(rng.random()),
            "lobule": 0, "lost_to": "", "merged_into": -1, "cells": 1, "peak_cells": 1, "diameter_um": 10.0,
            "phase": "microvascular", "arrested_h": float(rng.random()),
        }  # fmt: skip
        now = row["arrested_h"]
        ways = (("extravasated_h", "pre-angiogenic", 0.5, 20), ("woke_h", "", 0.7, 60), ("micrometastasis_h", "", 0.7, 90),
                ("angiogenic_h", "angiogenic", 0.6, 150), ("growth_h", "growth", 0.6, 120))  # fmt: skip
        for name, phase, chance, wait in ways:
            now += float(rng.exponential(wait))
            if rng.random() > chance or now > hours:
                break
            row[name], row["phase"] = now, phase or row["phase"]
            if f"own_{name}" in row:
                row[f"own_{name}"] = now
            row["peak_cells"] = row["cells"] = int(row["peak_cells"] * 4)
        row["diameter_um"] = 12.0 * np.sqrt(row["cells"])
        if rng.random() < (0.9 if row["phase"] == "microvascular" else 0.2) and now < hours:
            row |= {"lost_h": min(now + 5, hours), "phase": "lost", "cells": 0,
                    "lost_to": str(rng.choice(["kupffer", "nk", "shear"]))}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)[list(columns_of("lesions"))]


def events(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return events that agree with the lesions: enter, arrest, extravasate, first division, death."""
    rows = []
    for lesion in table.itertuples():
        moments = [("enter", max(0.0, lesion.arrested_h - 0.01)), ("arrest", lesion.arrested_h)]
        moments += [("extravasate", lesion.extravasated_h), ("divide", lesion.woke_h)]
        if lesion.phase == "lost":
            gone = 1 + int(not np.isnan(lesion.woke_h))
            moments += [("die", lesion.lost_h)] * gone
        for event, hour in moments:
            if not np.isnan(hour):
                rows.append((hour, event, lesion.lost_to if event == "die" else "none", int(rng.integers(1 << 60)),
                             lesion.founder, lesion.lesion, lesion.x_um, lesion.y_um, lesion.zone, "lumen",
                             "microvascular"))  # fmt: skip
    return pd.DataFrame(rows, columns=list(EVENTS)).sort_values("time_h", ignore_index=True)


def timeseries(table: pd.DataFrame, hours: np.ndarray) -> pd.DataFrame:
    """Return a series with every column a run gives; counts follow the lesions, the rest is smooth."""
    days, grow = hours / 24, np.exp(hours / 200)
    arrived = np.array([(table["arrested_h"] <= h).sum() for h in hours])
    lost = np.array([(table["lost_h"] <= h).sum() for h in hours])
    data: dict[str, object] = {"time_h": hours, "day": days}
    data |= {f"n_{kind}": np.round(40 + 20 * i + 5 * i * np.sin(days / 3)) for i, kind in enumerate(KINDS)}
    data["n_tumour"] = np.round((arrived - lost) * grow)
    outside = np.minimum(1, hours / 48)
    data["tumour_tissue"] = np.round(data["n_tumour"] * outside)
    data["tumour_lumen"] = data["n_tumour"] - data["tumour_tissue"]
    data["tumour_dormant"] = np.round(0.3 * data["tumour_tissue"])
    data["tumour_cycling"] = data["n_tumour"] - data["tumour_dormant"]
    data["tumour_hypoxic"] = np.round(0.1 * data["n_tumour"])
    data |= {"entered": arrived, "born": np.round(data["n_tumour"]), "washed_out": arrived // 10}
    for i, cause in enumerate((*CAUSES, *KINDS)):
        data[f"dead_{cause}"] = np.floor(
            lost * {"kupffer": 0.5, "nk": 0.25, "shear": 0.25}.get(cause, 0.0) + 0 * i
        )
    for i, phase in enumerate(PHASES):
        data[f"lesions_{phase.replace('-', '_')}"] = np.round((arrived - lost) / (i + 1))
    data |= {"perfused_share": 0.95 - 0.01 * days, "oxygen_mmHg": 45 - 0.2 * days, "tumour_oxygen_mmHg": 30 - days,
             "vessel_length_mm": 30 + 0 * days, "new_vessel_length_mm": 0.1 * days, "kupffer_load": 0.1 * days,
             "kupffer_polarisation": days / 40, "stellate_activation": np.round(days), "lsec_activation": 0.1 + 0 * days,
             "net_total": 0.0 * days, "collagen_total": days}  # fmt: skip
    return pd.DataFrame(data)


def result(radius: int = 38, count: int = 80, days: float = 28.0, seed: int = 5) -> Result:
    """Return a made-up result of a lobule of ``radius`` sites."""
    rng = np.random.default_rng(seed)
    static = lobule(radius)
    hours = np.array([6.0, 24, 72, 168, 336, 672])
    hours = hours[hours <= days * 24]
    r = radius / 38
    centres = np.array([[12, 14, 9], [-16, 8, 13], [-6, -20, 6], [22, -5, 2], [5, 22, 2]]) * r
    shots = stacks(static, hours, centres)
    snapshots = {"time_h": hours, "width": static["width"], "height": static["width"], "site_um": np.array(SITE),
                 "thickness_um": np.array(25.0), **shots}  # fmt: skip
    snapshots |= {name: static[name] for name in ("zone", "lobule", "hepatocyte", "diameter")}
    table, everyone = lesions(count, days * 24, rng), cells(static, shots, hours)
    made = Result(
        scenario={"name": "made_up", "line": "MC38", "tissue": {"kind": "lobule"}, "run": {"days": days}},
        provenance={
            "seed": seed,
            "digest": "0" * 64,
            "complete": True,
            "enrichment": 50.0,
            "versions": {"numpy": "2"},
        },
        rules="MV1  shear raises death.\n",
        plan="1 perfuse\n2 decide\n",
        timeseries=timeseries(table, np.arange(0, days * 24 + 1, 6.0)),
        lesions=table,
        events=events(table, rng),
        cells=everyone,
        snapshots=snapshots,
    )
    made.frames = of_result(made)
    return made
