"""List the published experiments that ship with the model, and those that it cannot express, with the reason."""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import io
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.validation.experiment import Experiment, of, read

if TYPE_CHECKING:
    import pandas as pd

ROWS, ABSENT = "published.csv", "not_expressible.toml"
HELD_OUT = 0.35  # papers whose hash lies below this share: a third of the scored rows. Fixed before any run was scored
QUICK_DAYS = 1.0  # experiments read by then make the quick subset


def _folder() -> Any:
    return resources.files("livermet_sim") / "library" / "experiments"


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return the published rows by id, as they were collected: see the head of ``published.csv``'s folder."""
    text = (_folder() / ROWS).read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


@cache
def not_expressible() -> dict[str, str]:
    """Return why the model cannot express a published row, by its id."""
    return tomllib.loads((_folder() / ABSENT).read_text(encoding="utf-8"))


@cache
def shipped() -> dict[str, Experiment]:
    """Return the experiments of the library by name, in the order of the published rows."""
    found = {}
    for file in _folder().iterdir():
        if file.name.endswith(".toml") and file.name != ABSENT:
            name = file.name.removesuffix(".toml")
            found[name] = of(tomllib.loads(file.read_text(encoding="utf-8")), name, file.name)
    order = {name: i for i, name in enumerate(rows())}
    return dict(sorted(found.items(), key=lambda pair: (order.get(_row(pair[1]), len(order)), pair[0])))


def _row(own: Experiment) -> str:
    return own.reading_of or own.name


def paper(own: Experiment) -> str:
    """Return the paper of an experiment: its reference up to a bracket, in small letters."""
    return own.reference.partition(" (")[0].strip().lower()


def held_out(own: Experiment) -> bool:
    """Say whether an experiment is held out of every fit: a third of the papers, by a hash of the paper's name."""
    return int(hashlib.sha256(paper(own).encode()).hexdigest()[:8], 16) < HELD_OUT * 2**32


def quick() -> list[Experiment]:
    """Return the experiments that are read within a day: a first look."""
    return [own for own in shipped().values() if own.day <= QUICK_DAYS]


def chosen(words: Iterable[str]) -> list[Experiment]:
    """Return experiments by name, pattern or file; all that ship where none is named.

    Raises
    ------
    LivermetError
        For a name that is none, with the nearest.
    """
    words, found = list(words), {}
    for word in words:
        if word.endswith(".toml") or "/" in word:
            own = read(Path(word))
            found[own.name] = own
            continue
        names = fnmatch.filter(shipped(), word)
        if not names and word in not_expressible():
            raise LivermetError(word, f"the model cannot express it: {not_expressible()[word]}")
        if not names:
            raise LivermetError("validate", f'there is no experiment "{word}"', name=word, valid=shipped())
        found |= {name: shipped()[name] for name in names}
    return list(found.values()) if words else list(shipped().values())


def experiments() -> pd.DataFrame:
    """Return the published experiments, a row each: those that the model can run, and those it cannot, with the reason.

    Columns are ``experiment``, ``reference``, ``what``, ``line``, ``readout``, ``day``, ``expected``, ``published``,
    ``scored``, ``held_out``, ``how`` (direct, proxy, or not expressible), ``why_not`` and ``source``.
    """
    import pandas as pd

    found = [record(own) for own in shipped().values()]
    for name, reason in not_expressible().items():
        row = rows()[name]
        ratio = float(row["ratio_best"]) if row["ratio_best"] else float("nan")
        found.append(
            {"experiment": name, "reference": row["ref"], "what": row["perturbation"], "expected": row["direction"],
             "published": ratio, "scored": False, "how": "not expressible", "why_not": reason, "source": row["source"]}
        )  # fmt: skip
    return pd.DataFrame(found, columns=list(found[0]))


def record(own: Experiment) -> dict[str, Any]:
    """Return an experiment as a flat row."""
    return {
        "experiment": own.name, "reference": own.reference, "what": own.what, "line": own.line, "readout": own.readout,
        "day": own.day, "expected": own.expected, "published": own.published, "scored": own.scored,
        "held_out": held_out(own), "how": own.how, "why_not": "", "source": own.source,
    }  # fmt: skip


def listing(given: Sequence[Experiment] | None = None) -> str:
    """Return the experiments as text, a line each, and how many published rows cannot be expressed."""
    from livermet_sim.base.aligned import aligned

    found = list(shipped().values()) if given is None else given
    head = ("experiment", "line", "readout", "day", "expected", "how", "scored", "what")
    cells: list[tuple[str, ...]] = [head]
    for own in found:
        part = ("held out" if held_out(own) else "fitted") if own.scored else "no"
        cells.append((own.name, own.line, own.readout, f"{own.day:g}", _size(own), own.how, part, own.what))
    absent = len(not_expressible())
    return f"{aligned(cells)}\n\n{len(found)} experiments; {absent} of {len(rows())} published rows cannot be expressed (lm.experiments() says why)."


def _size(own: Experiment) -> str:
    return f"{own.expected} x{own.published:g}" if own.sized else own.expected
