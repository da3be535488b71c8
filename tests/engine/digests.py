"""Record what every shipped scenario and treatment comes to, to the bit, so that a change of form can be held to it.

    python tests/engine/digests.py            # write digests.json anew: some minutes
    python tests/engine/digests.py --quick    # only the steps of the short run: seconds

Write it anew where outcomes are meant to change, in the same commit; a redesign leaves the file as it is.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from engine_worlds import eventful

from livermet_sim.base.provenance import versions
from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario

TABLE = Path(__file__).with_name("digests.json")
SCENARIOS = Path(__file__).parents[2] / "scenarios"
SEEDS, DAYS, STEPS = (1, 2, 3), 10.0, 200
# two lobules of the sixteen, and nothing kept of what nobody reads here
SMALL = {"run.days": DAYS, "observe.snapshots": "", "observe.frames": 0}


def names() -> list[str]:
    """Return the names of the shipped scenarios, treatments included."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml")) + sorted(
        path.stem for path in SCENARIOS.glob("treatments/*.toml")
    )


def content(engine: Engine) -> str:
    """Return a hash of cells by key, sites, lesions, signals, vessels and events, in the order of their names."""
    world, found = engine.world, hashlib.sha256()
    world.count()
    order = np.argsort(world.cells["key"])
    arrays = {f"cells.{name}": world.cells[name][order] for name in world.cells.columns}
    arrays |= {f"sites.{name}": world.sites[name] for name in world.sites.columns}
    arrays |= {f"lesions.{name}": world.lesions[name] for name in world.lesions.columns}
    arrays |= {"rates": world.rates[: world.cells.n][order], "signals": world.fields.concentration}
    arrays |= {"compartment": world.compartment, "pressure": world.network.pressure}
    arrays |= {"systemic": world.systemic, "log": world.log.array()}
    for name in sorted(arrays):
        found.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()[:12]


def small(name: str) -> Scenario:
    """Return a shipped scenario on a small tissue."""
    scenario = load(name, SMALL)
    return scenario.with_({"tissue.lobules": 2}) if scenario.value("tissue.kind") == "patch" else scenario


def whole(name: str, seed: int) -> str:
    """Return the content of one small scenario at its end."""
    engine = Engine(small(name), seed)
    engine.run()
    return content(engine)


def steps() -> Iterator[str]:
    """Yield the content of a short busy run as it begins and after each step."""
    engine = eventful()
    yield content(engine)
    for _ in range(STEPS):
        engine.step()
        yield content(engine)


def made_with() -> dict[str, str]:
    """Return what the last bits depend on besides the model."""
    return {name: versions("")[name] for name in ("numpy", "scipy", "numba")} | {
        "machine": f"{platform.system()} {platform.machine()}"
    }


def recorded() -> dict:
    """Return the table."""
    return json.loads(TABLE.read_text(encoding="utf-8"))


def main(quick: bool) -> None:
    """Write the table."""
    runs = recorded()["runs"] if quick else {}
    for name in () if quick else names():
        runs[name] = [whole(name, seed) for seed in SEEDS]
        print(name, *runs[name], flush=True)
    table = {"made_with": made_with(), "steps": list(steps()), "runs": runs}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
