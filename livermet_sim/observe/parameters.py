"""Say how often and when a run is looked at."""

import math
from dataclasses import dataclass

from livermet_sim.base.specs import declared, section
from livermet_sim.base.units import split


def days(text: str) -> list[float]:
    """Return the days of a list such as ``"0.25 1 7"``, ascending, each once.

    Raises
    ------
    ValueError
        For what is no number, or not a day of a run.
    """
    try:
        quantities = [split(word) for word in text.split()]
        found = sorted({float(number) for number, _ in quantities})
    except ValueError:
        raise ValueError(f'"{text}" is not a list of days such as "1 7 28"') from None
    if any(unit for _, unit in quantities):
        raise ValueError(f'"{text}" is not a list of days such as "1 7 28"; it takes no units')
    for day in found:
        if not (math.isfinite(day) and 0 <= day <= 3650):
            raise ValueError(f"{day:g} is not a day of a run; days are from 0 to 3650")
    return found


@dataclass(frozen=True)
class Observation:
    """What a run records; recording never changes it."""

    interval: float = declared(2.0, "h", "Time between two rows of the time series.", 0.01, 1e4)
    snapshots: str = declared("0.25 1 3 7 14 21 28", "", "Days at which the whole tissue is kept, besides the end.", check=days)  # fmt: skip
    frames: float = declared(6.0, "h", "Time between two frames of films, a sixth of it on the first day; 0 keeps none.", 0.0, 1e4)  # fmt: skip
    events: bool = declared(True, "", "Whether every tumour event is kept.")


SECTION = section("observe", Observation)
