# pyright: reportPrivateImportUsage=false
"""Lay out the live page with Solara; all that it shows comes from a `Session`, all that is chosen is a `Choice`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import solara
from solara.server import kernel_context

from livermet_sim.app import answers, download, html
from livermet_sim.app.liver import COLOURS
from livermet_sim.app.overlay import Wish
from livermet_sim.app.panels import PANELS, STRIPS
from livermet_sim.app.rooms import ROOMS, Room
from livermet_sim.app.screen import Frame
from livermet_sim.app.session import BUILDING, DONE, FAILED, FIRST_SPEED, RUNNING, SPEEDS, Session
from livermet_sim.app.sidebar import Sidebar

HERE = Path(__file__).parent
FIRST_FRAME = Frame()
STEPS = {"1 h": 1.0, "6 h": 6.0, "1 day": 24.0}
FOREVER = float("inf")
AUTO, SHOWN, HIDDEN = "by the width of the page", "shown", "hidden"  # the choices


@solara.component_vue(str(HERE / "tissue.vue"))
def Tissue(
    number: int, title: str, words: str, base: str, field: str, veil: str, cells: str, size: list[float],
    mark: list[float] | None, event_click: Callable[[dict[str, float]], None],
    event_shown: Callable[[int], None],
) -> None:  # fmt: skip
    """Draw the layers of one liver on a canvas; tell where it was clicked and which frame was shown.

    ``size`` is the width and the height of the canvas, in pixels, and how many um a pixel spans.
    """


@solara.component
def Page() -> None:
    """Show the whole page; every browser page has a room of its own, which a reload finds again."""
    frame = solara.use_reactive(FIRST_FRAME)
    room, visit = solara.use_memo(lambda: _enter(frame), [])
    solara.use_effect(lambda: partial(ROOMS.leave, room, visit) if room else None, [])
    solara.Style(HERE / "style.css")
    if room is None:
        words = f"{ROOMS.most} pages are open, as many as this server takes (livermet app --pages). Close one, then reload."
        with solara.Div(classes=["lm", "lm-wrong"]):
            solara.Text(words)
    else:
        Desk(room, frame)


def _enter(frame: solara.Reactive[Frame]) -> tuple[Room | None, Any]:
    """Return the room of this page, and the token of this visit."""
    context = kernel_context.get_current_context()

    def publish(new: Frame) -> None:
        with context:
            frame.set(new)

    def attended() -> bool:
        here = kernel_context.PageStatus.CONNECTED in context.page_status.values()
        return here and not context.closed_event.is_set()

    # a session outlives its page, so its thread must not belong to the page
    with kernel_context.without_context():
        room = ROOMS.enter(context.session_id, publish, attended)
    return room, room.visit if room else None


@solara.component
def Desk(room: Room, frame: solara.Reactive[Frame]) -> None:
    """Show the choices, the clock and the liver of a room."""
    session, now = room.session, frame.value
    kept = solara.use_memo(lambda: (room.choice, session.wish, *session.chosen, _speed(session)), [])
    choice, wish = solara.use_reactive(kept[0]), solara.use_reactive(kept[1])
    panel, strip = solara.use_reactive(kept[2]), solara.use_reactive(kept[3])
    speed, step = solara.use_reactive(kept[4]), solara.use_reactive("6 h")
    settings = solara.use_reactive(AUTO)
    solara.use_effect(lambda: setattr(room, "choice", choice.value), [choice.value])
    waiting = choice.value.waiting(now.choice) if now.choice is not None else ()

    def build(hours: float = 0.0) -> None:
        session.build(choice.peek(), hours)

    layout = {AUTO: ["lm-page", "lm-auto"], SHOWN: ["lm-page"], HIDDEN: ["lm-wide"]}[settings.value]
    with solara.Div(classes=["lm", *layout]):
        if settings.value != HIDDEN:
            Sidebar(choice, bool(waiting), build, [])
        with solara.Column(gap="0px", classes=["lm-main"]):
            Bar(now, session, settings, speed, step, bool(waiting), build)
            if waiting and now.hours > 0:
                Waiting(waiting, build)
            Message(now, room.found)
            View(now, session, wish, panel, strip)


def _speed(session: Session) -> str:
    """Return the name of a session's speed."""
    return next((name for name, speed in SPEEDS.items() if speed == session.hours_per_second), FIRST_SPEED)


@solara.component
def Waiting(waiting: tuple[str, ...], build: Callable[[], None]) -> None:
    """Say what was chosen but is not in the liver that is shown."""
    with solara.Div(classes=["lm-note", "lm-waiting"]):
        solara.Text(f"Not in this liver yet: {', '.join(waiting)}.")
        solara.Button("Start over with it", on_click=build, small=True, color="primary")


@solara.component
def Bar(
    now: Frame, session: Session, settings: solara.Reactive[str], speed: solara.Reactive[str],
    step: solara.Reactive[str], waiting: bool, build: Callable[[float], None],
) -> None:  # fmt: skip
    """Show the clock and the buttons that let time run; a liver that has not begun takes what is chosen first."""
    running, ready = now.state == RUNNING, now.state not in (BUILDING, FAILED)
    first = waiting and now.hours == 0

    def go(hours: float) -> None:
        if first:
            build(hours)
        elif hours == FOREVER:
            session.start()
        else:
            session.step(hours)

    with solara.Div(classes=["lm-bar"]):
        _toggles(settings)
        solara.HTML(unsafe_innerHTML=_clock(now), classes=["lm-clock"])
        if running:
            solara.Button(
                "Pause", icon_name="mdi-pause", color="primary", on_click=session.pause, classes=["lm-go"]
            )
        else:
            solara.Button("Continue" if now.hours > 0 else "Start", icon_name="mdi-play", color="primary",
                          on_click=lambda: go(FOREVER), disabled=not ready or now.state == DONE, classes=["lm-go"])  # fmt: skip
        solara.Button("Step", icon_name="mdi-step-forward", outlined=True, disabled=not ready or now.state == DONE,
                      on_click=lambda: go(STEPS[step.value]), classes=["lm-step"])  # fmt: skip
        with solara.Div(style={"width": "84px"}):
            solara.Select("a step is", list(STEPS), value=step, dense=True)
        with solara.Div(style={"width": "170px"}):
            solara.Select("speed, at the most", list(SPEEDS), value=speed, dense=True,
                          on_value=lambda name: session.speed(SPEEDS[name]))  # fmt: skip
        if ready and now.livers:
            solara.FileDownload(lambda: session.call(download.scenario_file), "scenario.toml", label="Scenario",
                                mime_type="text/plain")  # fmt: skip
            solara.FileDownload(lambda: session.call(download.results_file), "results.zip", label="Results",
                                mime_type="application/zip")  # fmt: skip


def _toggles(settings: solara.Reactive[str]) -> None:
    """Show the button that hides the choices or shows them; before it is used a phone hides them, a wide page does not."""
    now = settings.value
    for icon, then, known in (
        ("mdi-chevron-left", HIDDEN, "lm-when-wide" if now == AUTO else ""),
        ("mdi-tune", SHOWN, "lm-when-narrow" if now == AUTO else ""),
    ):
        if now in (AUTO, SHOWN if then == HIDDEN else HIDDEN):
            solara.Button(icon_name=icon, icon=True, classes=["lm-settings", known],
                          on_click=lambda then=then: settings.set(then)).key(icon)  # fmt: skip


def _clock(now: Frame) -> str:
    ended = " (the end)" if now.state == DONE else ""
    return f"Day {now.hours / 24:.2f} <small>of {now.end / 24:g}{ended}</small>"


@solara.component
def Message(now: Frame, found: bool) -> None:
    """Show what is wrong, or what is being waited for, in one sentence."""
    read = solara.use_reactive(False)
    if now.message:
        waiting = now.state == BUILDING or now.message.startswith("Paused")
        with solara.Div(classes=["lm-note" if waiting else "lm-wrong"]):
            solara.Text(now.message)
    elif found and not read.value:
        with solara.Div(classes=["lm-note", "lm-found"]):
            solara.Text("This is the liver that you left. Reset starts another.")
            solara.Button("All right", text=True, small=True, on_click=lambda: read.set(True))


@solara.component
def View(
    now: Frame, session: Session, wish: solara.Reactive[Wish], panel: solara.Reactive[str],
    strip: solara.Reactive[str],
) -> None:  # fmt: skip
    """Show the livers, the choice of layers, and the charts."""
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
            _charts(now, session, panel, strip)


def _tissue(now: Frame, place: int, liver: dict[str, Any], session: Session) -> None:
    """Show one liver."""
    words = f"{liver['tumour']:,} tumour cells; {liver['entered']:,} had entered"

    def click(where: dict[str, float]) -> None:
        session.click(place, float(where["x"]), float(where["y"]))

    names = ("title", "mark", "cells", "field")
    Tissue(
        number=now.number, words=words, base=liver.get("base", ""), veil=liver.get("veil", ""),
        size=[liver[name] for name in ("width", "height", "um_per_pixel")],
        event_click=click, event_shown=session.shown, **{name: liver[name] for name in names},
    ).key(f"tissue{place}")  # fmt: skip


def _charts(now: Frame, session: Session, panel: solara.Reactive[str], strip: solara.Reactive[str]) -> None:
    """Show the clicked cell, the phases, the cascade and the chosen curves, all of one moment."""
    if now.reading is not None:
        with solara.Div(classes=["lm-panel"]):
            solara.HTML(unsafe_innerHTML=html.cell(now.reading))
            for question in now.reading["asks"]:
                solara.Button(question, outlined=True, small=True, classes=["lm-ask"],
                              on_click=partial(session.inquire, question))  # fmt: skip
            solara.Button("Close", text=True, small=True, on_click=session.forget)
    if now.answer is not None:
        with solara.Div(classes=["lm-panel", "lm-answer"]):
            solara.HTML(unsafe_innerHTML=answers.panel(now.answer))
            solara.Button(
                "Close" if now.answer.done else "Stop",
                text=True,
                small=True,
                on_click=partial(session.inquire, ""),
            )
    _chosen("strip", strip, STRIPS, session.strip, now)
    Panel(
        f"How far the cells that entered have come by day {now.counted / 24:.2f}",
        now.charts.get("cascade", ""),
    )
    _chosen("curves", panel, list(PANELS), session.panel, now)


def _chosen(
    chart: str, name: solara.Reactive[str], names: Sequence[str], choose: Callable[[str], None], now: Frame
) -> None:
    """Show a chart that is one of several, under a choice of them."""
    with solara.Div(classes=["lm-panel", f"lm-{chart}"]):
        solara.Select("", list(names), value=name, dense=True, on_value=choose)
        solara.HTML(unsafe_innerHTML=now.charts.get(chart, ""))


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
        with solara.Div(style={"width": "170px"}):
            solara.Select("layer", list(known), value=now.layer, dense=True,
                          on_value=lambda name: show(Wish(name, now.colour, now.hidden)))  # fmt: skip
        with solara.Div(style={"width": "120px"}):
            colours: list[str] = [*COLOURS]
            solara.Select("tumour cells by", colours, value=now.colour, dense=True,
                          on_value=lambda name: show(Wish(now.layer, name, now.hidden)))  # fmt: skip
        with solara.Div(style={"width": "240px"}):
            names = list(dict.fromkeys(kinds))
            solara.SelectMultiple("hidden cells", sorted(now.hidden), names, dense=True,
                                  on_value=lambda hidden: show(Wish(now.layer, now.colour, frozenset(hidden))))  # fmt: skip
