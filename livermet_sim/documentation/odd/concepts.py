"""Write the eleven design concepts of an ODD description."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path

from livermet_sim.documentation.blocks import Part, Table, Text, texts
from livermet_sim.documentation.odd import network
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count, paragraphs, place
from livermet_sim.kernels import codes, response, rng
from livermet_sim.observe.readouts.tables import listing
from livermet_sim.processes.staging import stage, thresholds
from livermet_sim.rulebook import book
from livermet_sim.state.lesions import PHASES

DRAWING = ("cells", "interventions", "kernels", "processes")


def concepts(subject: Subject) -> Part:
    """Return element 4, a part for each concept, in the order of the protocol."""
    makers: tuple[Callable[[Subject], Part], ...] = (
        basic_principles, emergence, adaptation, objectives, learning, prediction, sensing, interaction, stochasticity, collectives, observation,
    )  # fmt: skip
    return Part("odd-4", "4. Design concepts", parts=tuple(make(subject) for make in makers))


def _part(name: str, *blocks: Text | Table) -> Part:
    return Part(f"concept-{name.lower().replace(' ', '-')}", name, blocks)


def basic_principles(subject: Subject) -> Part:
    """Say on which published mechanisms the model stands."""
    rules = subject.scenario.rules
    covered, absent, carried = book.covered(), book.missing(), book.by_process()
    rows = []
    for name, entry in book.mechanisms().items():
        own = [rule for rule in rules if rule.id.split(".")[0] == name]
        how = "rule" if own else "process" if name in carried else "missing"
        by = ", ".join(rule.id + ("" if rule.enabled else " (off)") for rule in own) or carried.get(
            name, {}
        ).get("process", "")
        rows.append({"mechanism": name, "what": entry["title"], "held as": how, "by": by, "reason if missing": absent.get(name, "")})  # fmt: skip
    held = f"{len(covered & set(book.mechanisms()))} of {count(len(rows), 'published mechanism')} collected for the phases ({', '.join(PHASES)}) are in the model under their ids, {len(carried)} of them carried out by a process; {len(absent)} are missing, each with its reason."
    principle = "Rates compete: a probability in a step is that of an exponential waiting time, and each rate is raised and lowered by what a cell senses."
    return _part("Basic principles", *texts(principle, *paragraphs(response), held), Table.of("mechanisms", "Published mechanisms", rows))  # fmt: skip


def emergence(subject: Subject) -> Part:
    """Say which results follow from what cells do, and which are put in."""
    phase_signals = [name for name in subject.scenario.rules.words.signals if "phase" in name]
    sensed = "No signal that a rule could sense tells the phase, so no cell knows it." if not phase_signals else f"Rules can sense {', '.join(phase_signals)}."  # fmt: skip
    emergent = "What is read of a run (survival, sleep, growth, vessels, patterns of growth, the phase of a lesion) follows from what single cells do; it is put into no rule."
    imposed = "Put in are the tissue's outline, the dose and time of arriving cells, the traits of the tumour line, the densities at rest, and interventions."
    return _part("Emergence", *texts(emergent, sensed, *paragraphs(thresholds)[-1:], imposed))


def adaptation(subject: Subject) -> Part:
    """Say how behaviours answer to what is sensed."""
    scenario = subject.scenario
    rows = []
    for kind in scenario.kinds:
        for name, behaviour in scenario.rules.words.behaviours[kind.name].items():
            acting = [r for r in scenario.rules.enabled() if (r.actor, r.behaviour) == (kind.name, name)]
            if acting:
                sides = {
                    d: ", ".join(r.id for r in acting if r.direction == d) for d in ("increases", "decreases")
                }
                rows.append({"kind": kind.name, "behaviour": name, "base": scenario.values[f"cells.{kind.name}"][name], "unit": behaviour.unit,
                             "raised by": sides["increases"], "lowered by": sides["decreases"], "meaning": behaviour.doc})  # fmt: skip
    text = "Cells adapt by their rules: a behaviour has a base value and moves between a floor and a ceiling with what the cell senses. No cell compares alternatives. Behaviours without a rule keep their base value, which the table of parameters gives."
    return _part("Adaptation", *texts(text), Table.of("behaviours", "Behaviours that rules change", rows))


def objectives(subject: Subject) -> Part:
    """Say that no cell has any."""
    return _part("Objectives", *texts("No cell pursues an objective: nothing in a rule or process measures success, and no behaviour is chosen for its outcome."))  # fmt: skip


def learning(subject: Subject) -> Part:
    """Say what cells keep of their past."""
    rows = [
        {"kind": kind.name, "inner state": s.name, "raised by": s.up, "lowered by": s.down, "meaning": s.doc}
        for kind in subject.scenario.kinds for s in kind.states
    ]  # fmt: skip
    text = "No cell changes its rules by experience. What it keeps of its past are inner states that two behaviours move up and down, its load, its age and whether it sleeps."
    return _part("Learning", *texts(text), Table.of("inner-states", "Inner states", rows))


def prediction(subject: Subject) -> Part:
    """Say that no cell predicts."""
    return _part("Prediction", *texts("No cell predicts: a rule sees what is there now, at the cell's site and those it touches."))  # fmt: skip


def sensing(subject: Subject) -> Part:
    """Say what is sensed, by whom and in which rules."""
    rules = subject.scenario.rules
    rows = []
    for name, signal in rules.words.signals.items():
        users = [rule for rule in rules.enabled() if rule.signal == name]
        if users:
            rows.append({"signal": name, "unit": signal.unit, "sensed by": ", ".join(dict.fromkeys(r.actor for r in users)),
                         "in rules": ", ".join(r.id for r in users), "meaning": signal.doc})  # fmt: skip
    spare = len(rules.words.signals) - len(rows)
    text = f"Cells sense without error what is at their site and at those that they touch, and what is the same in the whole liver. Of the vocabulary, {count(spare, 'further signal')} could be used by a rule and {'is' if spare == 1 else 'are'} not in this scenario."
    return _part("Sensing", *texts(text), Table.of("signals", "Signals that rules sense", rows))


def interaction(subject: Subject) -> Part:
    """Say who acts on whom, and through what."""
    text = "Cells act on each other by touch, by signals that spread through the tissue, by what they leave at sites (matrix, traps, debris), through blood and oxygen, and by taking each other's room. A line of the table is a rule: what raises what its actor senses, and what its actor then does."
    rows = network.edges(subject.scenario)
    return _part("Interaction", *texts(text), Table.of("interactions", "Who acts on whom, through what", rows))  # fmt: skip


def stochasticity(subject: Subject) -> Part:
    """Say what is drawn, and how."""
    rows = [
        {"purpose": name, "number": getattr(codes, name), "decides": doc, "drawn in": ", ".join(_users(name))}
        for name, doc in codes.PURPOSES.items()
    ]
    text = "All luck of a run is a function of its seed. Livers of one seed share the luck of every cell that they have in common, whatever is done to one of them."
    return _part("Stochasticity", *texts(*paragraphs(rng), text), Table.of("luck", "Purposes of random draws", rows))  # fmt: skip


def _users(purpose: str) -> list[str]:
    """Return the files that draw for a purpose."""
    return [file for file, names in _imported().items() if purpose in names]


@cache
def _imported() -> dict[str, set[str]]:
    """Return by file the codes that it imports."""
    root, found = Path(str(resources.files("livermet_sim"))), {}
    for path in sorted(path for folder in DRAWING for path in (root / folder).glob("*.py")):
        nodes = ast.parse(path.read_text(encoding="utf-8")).body
        own = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == codes.__name__]
        found[path.relative_to(root).as_posix()] = {alias.name for node in own for alias in node.names}
    return found


def collectives(subject: Subject) -> Part:
    """Say what lesions are, and by which thresholds their phases are read."""
    section = thresholds.SECTION
    values = subject.scenario.values[section.name]
    rows = [
        {"threshold": f"{section.name}.{p.name}", "value": values[p.name], "unit": p.unit, "meaning": p.doc}
        for p in section.parameters
    ]
    text = f"Collectives are lesions, which have a table of their own and are followed by {stage.Stage.__name__} ({place(stage)}), and the lines of founders."
    table = Table.of("phases", "Thresholds by which lesions are read", rows)
    return _part("Collectives", *texts(text, *paragraphs(stage.Stage), *paragraphs(thresholds)), table)


def observation(subject: Subject) -> Part:
    """Say what is read of a run, and when it is known."""
    from livermet_sim.observe.recorder import Recorder

    text = "Readouts look at the whole state and change nothing; what cannot be known yet is not zero but missing."
    return _part(
        "Observation", *texts(text, *paragraphs(Recorder)), Table.of("readouts", "Readouts", listing())
    )
