"""Draw small charts as SVG text, in a millisecond: matplotlib takes a tenth of a second for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from livermet_sim.viz import style

WIDTH, HEIGHT, STRIP = 460, 200, 64
LEFT, RIGHT, TOP, BOTTOM = 50, 12, 8, 30


@dataclass(frozen=True)
class Line:
    """Hold one curve: its name, colour, places (day, value), and whether it is the untreated liver's."""

    name: str
    colour: str
    x: Sequence[float]
    y: Sequence[float]
    dashed: bool = False


def curves(lines: Sequence[Line], last: float, label: str, *, log: bool = False) -> str:
    """Return curves over days as SVG; on a logarithmic axis what is not above 0 is left out.

    Parameters
    ----------
    last : float, day
        Right end of the axis.
    label : str
        What the values are, with unit.
    """
    values = [v for line in lines for v in line.y if math.isfinite(v) and (v > 0 or not log)]
    top = max(values, default=1.0)
    low, high = (0.8, max(10.0, 1.3 * top)) if log else (0.0, 1.08 * top if top > 0 else 1.0)
    last = max(last, 0.25)
    parts = [_frame(label)]
    for value in _log_ticks(high) if log else ticks(high):
        y = _y(value, low, high, log)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" class="grid"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" class="tick" text-anchor="end">{number(value)}</text>'
        )
    for day in ticks(last):
        x = _x(day, last)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 14}" class="tick" text-anchor="middle">{number(day)}</text>'
        )
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 2}" class="tick" text-anchor="end">day</text>')
    for line in lines:
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        parts.append(f'<path d="{_path(line, last, low, high, log)}" fill="none" stroke="{line.colour}" '
                     f'stroke-width="2.2"{dash}/>')  # fmt: skip
    return _svg(parts, HEIGHT) + _names(lines)


def _path(line: Line, last: float, low: float, high: float, log: bool) -> str:
    """Return a path through at most some 400 of the points; a gap where there is no value to draw."""
    every, pen, words = max(1, len(line.x) // 400), "M", []
    for i in range(0, len(line.x), every):
        value = line.y[i]
        if not math.isfinite(value) or (log and value <= 0):
            pen = "M"
            continue
        words.append(f"{pen}{_x(line.x[i], last):.1f} {_y(value, low, high, log):.1f}")
        pen = "L"
    return "".join(words)


def bars(rows: Sequence[tuple[str, Sequence[float], str]], colours: Sequence[str], names: Sequence[str] = (),
         *, log: bool = False) -> str:  # fmt: skip
    """Return horizontal bars as SVG, one row a name, one bar a liver, the number beside it; a dash where it is NaN.

    Parameters
    ----------
    rows : sequence of (name, one value a liver, colour or "")
        A row's own colour is used where there is one liver only.
    colours, names : sequence of str
        Of the livers.
    """
    livers = len(rows[0][1]) if rows else 1
    thick, gap = (15, 8) if livers == 1 else (10, 8)
    left, span, y = 150, WIDTH - 150 - 46, 2
    top = max((value for _, values, _ in rows for value in values if math.isfinite(value)), default=0.0)
    parts = []
    for name, values, own in rows:
        high = thick * livers
        parts.append(
            f'<text x="{left - 8}" y="{y + high / 2 + 4:.1f}" class="name" text-anchor="end">{escape(name)}</text>'
        )
        for place, value in enumerate(values):
            share = _share(value, top, log)
            fill = own if own and livers == 1 else colours[place]
            at = y + place * thick
            if math.isfinite(value):
                parts.append(
                    f'<rect x="{left}" y="{at}" width="{max(share * span, 0.5):.1f}" height="{thick - 1}" fill="{fill}"/>'
                )
            parts.append(
                f'<text x="{left + share * span + 5:.1f}" y="{at + thick - 3}" class="tick">{number(value)}</text>'
            )
        y += high + gap
    legend = _names([Line(n, c, (), ()) for n, c in zip(names, colours, strict=False)]) if livers > 1 else ""
    return _svg(parts, max(y, 20)) + legend


def table(rows: Sequence[tuple[str, str, str, Sequence[float]]], names: Sequence[str]) -> str:
    """Return names, values (one a liver, a dash where it is NaN) and units; what is said of each shows under the pointer."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in names) if len(names) > 1 else ""
    body = "".join(
        f'<tr title="{escape(doc)}"><td>{escape(name)}</td>'
        + "".join(f"<td>{number(value)}</td>" for value in values)
        + f"<td>{'' if unit == '1' else escape(unit)}</td></tr>"
        for name, unit, doc, values in rows
    )
    head = f"<tr><th></th>{heads}<th></th></tr>" if heads else ""
    return f'<div class="numbers"><table>{head}{body}</table></div>'


def boxes(lesions: Sequence[int], cells: Sequence[int], title: str = "") -> str:
    """Return a box for each phase with the lesions and tumour cells that are in it now."""
    words = "".join(
        f'<div class="phase" style="border-color:{colour}"><b>{lesion:,}</b>{name}'
        f"<span>{cell:,} cell{'' if cell == 1 else 's'}</span></div>"
        for (name, colour), lesion, cell in zip(style.PHASE_COLOURS.items(), lesions, cells, strict=True)
    )
    head = f'<div class="strip-title">{escape(title)}</div>' if title else ""
    return f'{head}<div class="phases">{words}</div>'


def strip(days: Sequence[float], stacks: Sequence[Sequence[float]], last: float) -> str:
    """Return what is in each phase over time as a stacked strip, with days below it.

    Parameters
    ----------
    stacks : sequence of sequences
        One a phase, in the order of the phases, with one value a day.
    last : float, day
        Right end of the axis.
    """
    last = max(last, 0.25)
    top = max((sum(column) for column in zip(*stacks, strict=True)), default=0.0) or 1.0
    every, parts = max(1, len(days) // 300), []
    below = [0.0] * len(days)
    for colour, stack in zip(style.PHASE_COLOURS.values(), stacks, strict=True):
        above = [low + value for low, value in zip(below, stack, strict=True)]
        if len(days) > 1:
            chosen = [*range(0, len(days) - 1, every), len(days) - 1]
            edge = [(days[i], above[i]) for i in chosen] + [(days[i], below[i]) for i in reversed(chosen)]
            points = " ".join(f"{WIDTH * day / last:.1f},{STRIP - STRIP * n / top:.1f}" for day, n in edge)
            parts.append(f'<polygon points="{points}" fill="{colour}"/>')
        below = above
    for day in ticks(last):
        place, side = WIDTH * day / last, "start" if day == 0 else "end" if day > 0.95 * last else "middle"
        words = f"day {number(day)}" if day == 0 else number(day)
        parts.append(
            f'<text x="{place:.1f}" y="{STRIP + 14}" class="tick" text-anchor="{side}">{words}</text>'
        )
    return _svg(parts, STRIP + 18)


def number(value: float) -> str:
    """Return a number as short as it can be read."""
    if not math.isfinite(value):
        return "-"
    if value >= 10_000:
        return f"{value / 1000:.3g}k" if value < 1e6 else f"{value / 1e6:.3g}M"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2g}"


def ticks(high: float) -> list[float]:
    """Return four to eight round values from 0 up to ``high``."""
    if not high > 0 or not math.isfinite(high):
        return [0.0]
    rough = high / 5
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * k for k in (1, 2, 5, 10) if size * k >= rough * 0.999)
    return [step * i for i in range(int(high / step * 1.0001) + 1)]


def _log_ticks(high: float) -> list[float]:
    return [10.0**k for k in range(int(math.log10(high)) + 1)]


def _x(day: float, last: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(day / last, 1.0)


def _y(value: float, low: float, high: float, log: bool) -> float:
    share = math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _share(value: float, top: float, log: bool) -> float:
    if top <= 0 or not value > 0:
        return 0.0
    return math.log10(1 + 9 * value / top) if log else value / top


def _frame(label: str) -> str:
    low = HEIGHT - BOTTOM
    return (
        f'<path d="M{LEFT} {TOP}V{low}H{WIDTH - RIGHT}" class="axis"/>'
        f'<text transform="translate(12 {(TOP + low) / 2}) rotate(-90)" class="tick" text-anchor="middle">'
        f"{escape(label)}</text>"
    )


def _svg(parts: Sequence[str], height: float) -> str:
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}">{"".join(parts)}</svg>'


def _names(lines: Sequence[Line]) -> str:
    words = "".join(
        f'<span class="key"><i style="border-top:3px {"dashed" if line.dashed else "solid"} {line.colour}"></i>'
        f"{escape(line.name)}</span>"
        for line in lines
    )
    return f'<div class="keys">{words}</div>'
