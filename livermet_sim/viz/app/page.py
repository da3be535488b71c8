# pyright: reportPrivateImportUsage=false
"""Lay out the live page with Solara; all that it shows comes from a `Session`, all that is chosen is a `Choice`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from livermet_sim.viz.app import download, html
from livermet_sim.viz.app.choice import Choice
from livermet_sim.viz.app.liver import COLOURS, Wish
from livermet_sim.viz.app.panels import PANELS
from livermet_sim.viz.app.screen import Frame
from livermet_sim.viz.app.session import BUILDING, DONE, FAILED, FIRST_SPEED, RUNNING, SPEEDS, Session
from livermet_sim.viz.app.sidebar import Sidebar

HERE = Path(__file__).parent
FIRST_FRAME, FIRST_CHOICE, FIRST_WISH = Frame(), Choice(), Wish()
STEPS = {"1 h": 1.0, "6 h": 6.0, "1 day": 24.0}


@solara.component_vue(str(HERE / "tissue.vue"))
def Tissue(
    number: int, title: str, words: str, base: str, field: str, veil: str, cells: str, width: int, height: int,
    um_per_pixel: float, mark: list[float] | None, event_click: Callable[[dict[str, float]], None],
    event_shown: Callable[[int], None],
) -> None:  # fmt: skip
    """Draw the layers of one liver on a canvas; tell where it was clicked and which frame was shown."""


@solara.component
def Page() -> None:
    """Show the whole page; every browser page has a session of its own."""
    frame, choice = solara.use_reactive(FIRST_FRAME), solara.use_reactive(FIRST_CHOICE)
    wish, panel = solara.use_reactive(FIRST_WISH), solara.use_reactive(next(iter(PANELS)))
    session = solara.use_memo(lambda: Session(frame.set, choice.peek()), [])
    solara.use_effect(lambda: session.close, [])
    settings, built = solara.use_reactive(True), solara.use_reactive(FIRST_CHOICE)
    speed, step = solara.use_reactive(FIRST_SPEED), solara.use_reactive("6 h")
    solara.Style(HERE / "style.css")
    with solara.Div(classes=["lm", "lm-page" if settings.value else "lm-wide"]):
        if settings.value:
            Sidebar(choice, built, lambda: session.build(choice.peek()))
        with solara.Column(gap="0px"):
            Bar(frame, session, settings, speed, step)
            Message(frame)
            View(frame, session, wish, panel)


@solara.component
def Bar(
    frame: solara.Reactive[Frame], session: Session, settings: solara.Reactive[bool], speed: solara.Reactive[str],
    step: solara.Reactive[str],
) -> None:  # fmt: skip
    """Show the clock and the buttons that let time run."""
    now = frame.value
    running, ready = now.state == RUNNING, now.state not in (BUILDING, FAILED)

    def change_speed(name: str) -> None:
        session.speed(SPEEDS[name])

    with solara.Div(classes=["lm-bar"]):
        solara.Button(icon_name="mdi-chevron-left" if settings.value else "mdi-tune", icon=True, classes=["lm-settings"],
                      on_click=lambda: settings.set(not settings.value))  # fmt: skip
        solara.HTML(unsafe_innerHTML=_clock(now), classes=["lm-clock"])
        if running:
            solara.Button(
                "Pause", icon_name="mdi-pause", color="primary", on_click=session.pause, classes=["lm-go"]
            )
        else:
            solara.Button("Start", icon_name="mdi-play", color="primary", on_click=session.start,
                          disabled=not ready or now.state == DONE, classes=["lm-go"])  # fmt: skip
        solara.Button("Step", icon_name="mdi-step-forward", outlined=True, disabled=not ready or now.state == DONE,
                      on_click=lambda: session.step(STEPS[step.value]), classes=["lm-step"])  # fmt: skip
        with solara.Div(style={"width": "90px"}):
            solara.Select("a step is", list(STEPS), value=step, dense=True)
        with solara.Div(style={"width": "190px"}):
            solara.Select("speed, at the most", list(SPEEDS), value=speed, on_value=change_speed, dense=True)
        if ready and now.livers:
            solara.FileDownload(lambda: session.call(download.scenario_file), "scenario.toml", label="Scenario",
                                mime_type="text/plain")  # fmt: skip
            solara.FileDownload(lambda: session.call(download.results_file), "results.zip", label="Results",
                                mime_type="application/zip")  # fmt: skip


def _clock(now: Frame) -> str:
    ended = " (the end)" if now.state == DONE else ""
    return f"Day {now.hours / 24:.2f} <small>of {now.end / 24:g}{ended}</small>"


@solara.component
def Message(frame: solara.Reactive[Frame]) -> None:
    """Show what is wrong, or what is being waited for, in one sentence."""
    now = frame.value
    if now.message:
        waiting = now.state == BUILDING or now.message.startswith("Paused")
        with solara.Div(classes=["lm-note" if waiting else "lm-wrong"]):
            solara.Text(now.message)


@solara.component
def View(
    frame: solara.Reactive[Frame], session: Session, wish: solara.Reactive[Wish], panel: solara.Reactive[str]
) -> None:
    """Show the livers, the choice of layers, and the charts."""
    now = frame.value
    if not now.livers:
        return

    def show(new: Wish) -> None:
        wish.value = new
        session.show(new)

    two = len(now.livers) > 1
    with solara.Div(classes=["lm-grid"]):
        with solara.Div():
            Layers(
                wish, show, now.livers[0]["layers"], tuple(entry["kind"] for entry in now.livers[0]["key"])
            )
            with solara.Div(classes=["lm-livers", "two" if two else "one"]):
                for place, liver in enumerate(now.livers):
                    _tissue(now, place, liver, session)
            solara.HTML(unsafe_innerHTML=html.scale(now.scale) + html.legend(now.livers))
        with solara.Div():
            _charts(now, session, panel)


def _tissue(now: Frame, place: int, liver: dict[str, Any], session: Session) -> None:
    """Show one liver."""
    words = f"{liver['tumour']:,} tumour cells; {liver['entered']:,} had entered"

    def click(where: dict[str, float]) -> None:
        session.click(place, float(where["x"]), float(where["y"]))

    names = ("title", "width", "height", "um_per_pixel", "mark", "cells", "field")
    Tissue(
        number=now.number, words=words, base=liver.get("base", ""), veil=liver.get("veil", ""),
        event_click=click, event_shown=session.shown, **{name: liver[name] for name in names},
    ).key(f"tissue{place}")  # fmt: skip


def _charts(now: Frame, session: Session, panel: solara.Reactive[str]) -> None:
    """Show the clicked cell, the phases, the cascade and the chosen curves."""
    if now.reading is not None:
        with solara.Div(classes=["lm-panel"]):
            solara.HTML(unsafe_innerHTML=html.cell(now.reading))
            solara.Button("Close", text=True, small=True, on_click=session.forget)
    Panel("Lesions in each phase", now.charts.get("strip", ""))
    Panel("How far the cells that entered have come", now.charts.get("cascade", ""))
    with solara.Div(classes=["lm-panel"]):
        solara.Select("", list(PANELS), value=panel, dense=True,
                      on_value=session.panel)  # fmt: skip
        solara.HTML(unsafe_innerHTML=now.charts.get("curves", ""))


@solara.component
def Panel(title: str, content: str) -> None:
    """Show a chart under its title."""
    with solara.Div(classes=["lm-panel"]):
        solara.HTML(unsafe_innerHTML=f"<h3>{title}</h3>{content}")


@solara.component
def Layers(
    wish: solara.Reactive[Wish], show: Callable[[Wish], None], known: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    """Let somebody choose what is drawn."""
    now = wish.value
    with solara.Div(classes=["lm-bar"]):
        with solara.Div(style={"width": "220px"}):
            solara.Select("layer", list(known), value=now.layer, dense=True,
                          on_value=lambda name: show(Wish(name, now.colour, now.hidden)))  # fmt: skip
        with solara.Div(style={"width": "170px"}):
            colours: list[str] = [*COLOURS]
            solara.Select("tumour cells by", colours, value=now.colour, dense=True,
                          on_value=lambda name: show(Wish(now.layer, name, now.hidden)))  # fmt: skip
        with solara.Div(style={"width": "320px"}):
            names = list(dict.fromkeys(kinds))
            solara.SelectMultiple("hidden cells", sorted(now.hidden), names, dense=True,
                                  on_value=lambda hidden: show(Wish(now.layer, now.colour, frozenset(hidden))))  # fmt: skip
