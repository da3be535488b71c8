"""Say which plug-ins a scenario uses, and refuse one that needs what is not registered; nothing that it names is imported.

A scenario may list plug-ins by name (``plugins = ["mast_cells"]``); one that a run has saved names each thing that it uses and
who made it (``plugins = {"kind mast" = "mast_cells 1.2@1f0c93ab"}``). What its reader has installed as a plug-in is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.load_plugin import installed, load_plugin
from livermet_sim.base.plugins import KIND, PLUGINS, PROCESS, RESPONSE, SESSION, SIGNAL, WHATS, made_by
from livermet_sim.cells.kind import Kind
from livermet_sim.processes.own import Added
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.scenario.draft import Draft, place

KEY = "plugins"
HOW = "import it, give --plugin with its file or module, or install it"


def used(kinds: Iterable[Kind], processes: Iterable[Added], rules: RuleBook | None) -> dict[str, str]:
    """Return who made what a scenario uses of users' own, by label."""
    labels = [f"{KIND} {kind.name}" for kind in kinds] + [f"{PROCESS} {own.name}" for own in processes]
    for rule in rules or ():
        labels += [f"{SIGNAL} {rule.signal}", f"{RESPONSE} {rule.response}"]
    return made_by(labels)


def lacking(draft: Draft) -> list[LivermetError]:
    """Return a mistake for each plug-in that a draft needs and that is not there; what is installed is loaded first."""
    found: list[LivermetError] = []
    named: dict[str, list[str]] = {}
    for name, value in draft.flat.items():
        where = place(draft.origin[name], KEY)
        if name == KEY and value != {}:
            found += _listed(value, where)
        elif name.startswith(f"{KEY}."):
            label = name.removeprefix(f"{KEY}.")
            if label.partition(" ")[0] not in WHATS or not isinstance(value, str):
                found.append(
                    ScenarioError(where, f'"{label[:60]}" is not a thing of a plug-in, such as "kind mast"')
                )
            elif PLUGINS.find(*label.split(" ", 1)) is None:
                named.setdefault(value, []).append(label)
    where = place(next((o for n, o in draft.origin.items() if n.startswith(f"{KEY}.")), ""), KEY)
    return found + [mistake for maker, labels in named.items() if (mistake := _named(maker, labels, where))]


def _listed(value: object, where: str) -> list[LivermetError]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return [ScenarioError(where, f'{value!r} is not a list of names, such as ["mast_cells"]')]
    mistakes: list[LivermetError] = []
    for name in value:
        if name not in PLUGINS.names() and (why := _loaded(name)):
            mistakes.append(ScenarioError(where, f'it needs the plug-in "{name[:60]}", {why}'))
    return mistakes


def _named(maker: str, labels: list[str], where: str) -> LivermetError | None:
    """Return the mistake of things that one maker has made and nobody has registered here."""
    plugin, things = maker.partition("@")[0].partition(" ")[0], ", ".join(labels)[:200]
    if maker.startswith(SESSION):
        return ScenarioError(
            where, f"it needs what a notebook or script registered ({things}); register that here too"
        )
    why = _loaded(plugin)
    if all(PLUGINS.find(*label.split(" ", 1)) is not None for label in labels):
        return None
    why = why or "which brings nothing of that name here"
    return ScenarioError(where, f'it needs the plug-in "{maker[:80]}" ({things}), {why}')


def _loaded(plugin: str) -> str:
    """Load a plug-in that is installed; return what is wrong, nothing where it is there now."""
    if plugin not in installed():
        return f"which is not registered; {HOW}"
    try:
        load_plugin(plugin)
    except LivermetError as error:
        return f"which cannot be loaded ({error.sentence})"
    return ""


def others(saved: Mapping[str, str], now: Mapping[str, str]) -> Sequence[str]:
    """Say which plug-ins are others than those that made a state; a state goes on only in what made it."""
    return [
        f"{label} was made by {maker}, and here it is {now.get(label, 'not used')}"
        for label, maker in saved.items()
        if now.get(label) != maker
    ]
