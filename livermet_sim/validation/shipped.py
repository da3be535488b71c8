"""Keep the verdicts of the last whole validation, small, with the package, so that a dossier has them.

    python -m livermet_sim.validation.shipped results/validation --commit HEAD

takes them from the folder of a `livermet validate`. They say of which model they are: a later one is not vouched for.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livermet_sim.base.read import content, guarded, read_object
from livermet_sim.base.write import write_text

FILE = Path(__file__).parents[1] / "library" / "scorecard.json"
KEPT = ("experiment", "scored", "held_out", "pairs", "ratio", "low", "high", "verdict")
MOST_BYTES = 16 << 20


def small(found: Mapping[str, Any], made: Mapping[str, str]) -> str:
    """Return what a file of verdicts says as it ships, a line for each experiment.

    Parameters
    ----------
    found : mapping
        As `scorecard.as_json` writes it.
    made : mapping
        By what, when and at which commit it was made.
    """
    head = {"model": found["model"], "library": found["library"], **made}
    rows = [{name: _rounded(row[name]) for name in KEPT} for row in found["experiments"]]
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    return f'{json.dumps(head, indent=1)[:-2]},\n "experiments": [\n{lines}\n ]\n}}\n'


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main() -> None:
    """Write the verdicts of a folder into the package."""
    words = argparse.ArgumentParser(prog="python -m livermet_sim.validation.shipped", description=__doc__)
    words.add_argument("folder", type=Path, help="folder of a livermet validate")
    words.add_argument("--command", default="livermet validate", help="the command that filled it")
    words.add_argument("--commit", required=True, help="commit at which it ran")
    words.add_argument("--file", type=Path, default=FILE, help="where to; by default into the package")
    given = words.parse_args()
    path = given.folder / "verdicts.json"
    data = content(path, MOST_BYTES, missing="there are no verdicts; livermet validate --out writes them")
    with guarded(path):
        found = read_object(data, {"experiments": list, "model": str, "library": str})
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        text = small(found, {"date": day, "commit": given.commit, "command": given.command})
    write_text(given.file, text)
    print(f"{len(found['experiments'])} experiments in {given.file}")


if __name__ == "__main__":
    main()
