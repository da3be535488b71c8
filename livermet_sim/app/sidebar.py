# pyright: reportPrivateImportUsage=false
"""Let somebody choose scenario, line, seed, parameters, rules and interventions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from livermet_sim.app import form
from livermet_sim.app.choice import PASTED, Choice, Slider, sliders
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells import tumour_lines
from livermet_sim.scenario import files
from livermet_sim.scenario.spec import Scenario

OWN_LINE = "the scenario's own"
FIRST_OPEN = frozenset({"Interventions", "Parameters"})
HERE = Path(__file__).parent


@solara.component_vue(str(HERE / "typed.vue"))
def Typed(label: str, text: str, rows: int, event_written: Callable[[str], None]) -> None:
    """Show a field to write in, of ``rows`` lines (0: one); tell what was written when it is left or Enter is hit.

    What is being written stays in the browser: Solara's own field loses it when the page is drawn anew meanwhile.
    """


@solara.component
def Sidebar(
    choice: solara.Reactive[Choice], waiting: bool, build: Callable[[], None], classes: list[str]
) -> None:
    """Show all that can be chosen; it acts when a liver is built, and until then it is ``waiting``."""
    opened = solara.use_reactive(FIRST_OPEN)
    now = choice.value
    scenario, wrong = solara.use_memo(lambda: _base(now), [now])
    with solara.Column(classes=["lm-side", *classes], gap="4px"):
        solara.Button("Reset with these choices" if waiting else "Reset", icon_name="mdi-restart", block=True,
                      on_click=build, color="primary" if waiting else None, disabled=bool(wrong), classes=["lm-reset"])  # fmt: skip
        if wrong:
            with solara.Div(classes=["lm-wrong"]):
                solara.Text(wrong)
        _what(choice)
        if scenario is not None:
            if _fold("Interventions", opened):
                Interventions(scenario, choice).key("interventions")
            if _fold("Parameters", opened):
                for slider in sliders(scenario):
                    Knob(slider, choice).key(f"{now.scenario}/{now.line}/{slider.name}")
            if _fold("Rules and everything else", opened):
                _more(scenario, choice)


def _fold(title: str, opened: solara.Reactive[frozenset[str]]) -> bool:
    """Show the head of a part of the sidebar that can be folded away, and say whether it is open."""
    # Solara's own Details closes again when an answer of the server crosses the click on its way
    is_open = title in opened.value
    solara.Button(title, icon_name="mdi-chevron-down" if is_open else "mdi-chevron-right", text=True, block=True,
                  on_click=lambda: opened.set(opened.value ^ {title}), classes=["lm-fold"]).key(title)  # fmt: skip
    return is_open


def _base(now: Choice) -> tuple[Scenario | None, str]:
    """Return the scenario whose values the sliders start from, and what is wrong with it or with the choice."""
    try:
        scenario = now.base()
    except LivermetError as error:
        return None, error.sentence
    try:
        now.scenarios()
        now.seeds()
    except LivermetError as error:
        return scenario, error.sentence
    return scenario, ""


def _what(choice: solara.Reactive[Choice]) -> None:
    """Choose scenario, line, seed, and whether an untreated liver runs beside."""
    now = choice.value

    def scenario(name: str) -> None:
        choice.value = Choice(name, now.text, now.line, now.seed, compare=now.compare)

    solara.Select(
        "Scenario", [*sorted(files.known()), PASTED], value=now.scenario, on_value=scenario, dense=True
    )
    if now.scenario == PASTED:
        Typed(label="Text of a scenario file", text=now.text, rows=6,
              event_written=lambda text: _set(choice, text=text))  # fmt: skip
    solara.Select("Tumour line", [OWN_LINE, *tumour_lines.names()], value=now.line or OWN_LINE, dense=True,
                  on_value=lambda name: _set(choice, line="" if name == OWN_LINE else name))  # fmt: skip
    Typed(label="Seed of all luck", text=str(now.seed), rows=0,
          event_written=lambda text: _set(choice, seed=text))  # fmt: skip
    solara.Checkbox(label="Untreated liver beside it, same seed", value=now.compare,
                    on_value=lambda both: _set(choice, compare=both))  # fmt: skip


def _set(choice: solara.Reactive[Choice], **changes: Any) -> None:
    choice.value = choice.peek().with_(**changes)


@solara.component
def Knob(slider: Slider, choice: solara.Reactive[Choice]) -> None:
    """Show a slider with its unit and meaning; a changed value is marked."""
    changed = slider.name in choice.value.changes
    value = float(choice.value.changes.get(slider.name, slider.value))

    def change(new: float) -> None:
        changes = {name: v for name, v in choice.peek().changes.items() if name != slider.name}
        if slider.differs(new):
            changes[slider.name] = round(new, 9)
        if changes != choice.peek().changes:
            _set(choice, changes=changes)

    mark = ' class="changed"' if changed else ""
    hint = f"{slider.name}: {slider.doc} The scenario has {slider.words(slider.value)}."
    head = f'<div class="name"><span>{slider.label}</span><span{mark}>{slider.words(value)}</span></div>'
    with solara.Tooltip(hint), solara.Div(classes=["lm-knob"]):
        solara.HTML(unsafe_innerHTML=head)
        solara.SliderFloat("", value=value, min=slider.low, max=max(slider.high, value), step=slider.step,
                           thumb_label=False, on_value=change)  # fmt: skip


@solara.component
def Interventions(scenario: Scenario, choice: solara.Reactive[Choice]) -> None:
    """Show the interventions chosen, and let one be added."""
    names = solara.use_memo(lambda: form.words_of(scenario), [scenario])
    action = solara.use_reactive(solara.use_memo(lambda: form.first(scenario), []))
    given = solara.use_reactive(dict[str, Any]())
    table, wrong = form.table(action.value, given.value, names), ""
    try:
        days = float(choice.value.changes.get("run.days", scenario.value("run.days")))
        form.check(table, scenario, days)
    except LivermetError as error:
        wrong = error.sentence

    def another(words: str) -> None:
        given.set({})
        action.set(form.actions()[words])

    def add() -> None:
        _set(choice, interventions=(*choice.peek().interventions, table))

    _chosen(choice)
    offered = form.actions()
    now = next(words for words, name in offered.items() if name == action.value)
    solara.Select("Do", list(offered), value=now, dense=True, on_value=another)
    with solara.Div(classes=["lm-form"]):
        for blank in form.blanks(action.value, given.value, names):
            Blank(blank, given).key(f"{action.value}/{blank.key}")
    if wrong:
        solara.Text(wrong, classes=["lm-refused"])
    solara.Button("Add", icon_name="mdi-plus", on_click=add, outlined=True, small=True, disabled=bool(wrong),
                  classes=["lm-add"])  # fmt: skip


@solara.component
def Blank(blank: form.Blank, given: solara.Reactive[dict[str, Any]]) -> None:
    """Let one blank of a form be filled in; its meaning shows under the pointer."""

    def fill(value: Any) -> None:
        if value != blank.value:
            given.value = {**given.peek(), blank.key: round(value, 9) if blank.slides else value}

    with solara.Div(classes=["lm-wide"] if blank.choices or blank.slides else []):
        if blank.choices:
            solara.Select(blank.label, list(blank.choices), value=blank.value, dense=True, on_value=fill)
        elif blank.slides:
            with solara.Tooltip(blank.doc), solara.Div():
                solara.SliderFloat(blank.label, value=blank.value, min=0.0, max=1.0, step=0.05, on_value=fill)
        else:
            with solara.Tooltip(blank.doc or blank.label), solara.Div():
                Typed(label=blank.label, text=blank.value, rows=0, event_written=fill)


def _chosen(choice: solara.Reactive[Choice]) -> None:
    """Show the interventions chosen so far, each with a button that takes it off the list."""

    def drop(place: int) -> None:
        kept = choice.peek().interventions
        _set(choice, interventions=(*kept[:place], *kept[place + 1 :]))

    for place, table in enumerate(choice.value.interventions):
        with solara.Row(gap="4px", style={"align-items": "center"}):
            solara.Text(form.said(table), style={"font-size": "13px"})
            solara.Button(
                icon_name="mdi-close", icon=True, small=True, on_click=lambda place=place: drop(place)
            )


def _more(scenario: Scenario, choice: solara.Reactive[Choice]) -> None:
    """Switch rules off, and change any other value by its name."""
    ids = sorted(rule.id for rule in scenario.rules)
    off = [id for id in choice.value.off if id in ids]
    solara.SelectMultiple("Rules switched off", off, ids, on_value=lambda ids: _set(choice, off=tuple(ids)))
    # the label inside a text area goes when something is written
    solara.Text("Any other value: name = value, one a line")
    Typed(label="cells.nk.density = 0", text=choice.value.more, rows=3,
          event_written=lambda text: _set(choice, more=text))  # fmt: skip
