"""Say of the model what criteria ask about: each function looks, and returns whether it holds and by what one sees it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from livermet_sim.base.provenance import model, model_version
from livermet_sim.documentation import context, parameters, references
from livermet_sim.documentation.criteria import Found
from livermet_sim.documentation.evidence import Saved
from livermet_sim.documentation.odd import ELEMENTS
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count, home
from livermet_sim.scenario.lists import parameter_rows, rule_rows
from livermet_sim.state import stored
from livermet_sim.validation import anchors
from livermet_sim.validation import schemas as schemas_shipped
from livermet_sim.validation.catalogue import not_expressible, shipped
from livermet_sim.validation.scorecard import HELD
from livermet_sim.verification.suite import CHECKS

TWINS = ("twin", "rules-hill")
SUPPORTED = 0.5  # share of numbers with evidence that counts as most


def declared(*names: str) -> Callable[[Subject], Found]:
    """Return the check that the context of use declares something under each name."""

    def check(subject: Subject) -> Found:
        known = context.read()
        absent = [name for name in names if not known.get(name)]
        shown = ", ".join(
            f"{name} ({len(known[name])})" if isinstance(known.get(name), list) else name for name in names
        )
        return (
            not absent,
            f"library/context.toml declares {shown}"
            if not absent
            else f"library/context.toml declares no {', '.join(absent)}",
        )

    return check


def reviewed(subject: Subject) -> Found:
    """Say whether somebody outside has reviewed the model."""
    reviews = context.read().get("reviews", [])
    return (
        bool(reviews),
        f"{count(len(reviews), 'review')} declared in library/context.toml"
        if reviews
        else "no review by somebody outside is declared",
    )


def not_shown(what: str) -> Callable[[Subject], Found]:
    """Return the check of something that no one can show from the package; it never holds."""
    return lambda subject: (False, what)


def scenario_says(subject: Subject) -> Found:
    """Say whether the scenario says what it is for."""
    doc = subject.scenario.doc.strip()
    return bool(doc), f'"{doc}"' if doc else "the scenario has no doc"


def line_compared(subject: Subject) -> Found:
    """Say whether the scenario's tumour line is compared with published figures or experiments."""
    line = subject.scenario.line
    cases, figures = anchors.read()
    own = sum(cases[figure.case].line == line for figure in figures)
    tried = sum(experiment.line == line for experiment in shipped().values())
    return bool(
        own or tried
    ), f"line {line or 'none'}: {count(own, 'published figure')}, {count(tried, 'published experiment')}"


def complete(subject: Subject) -> Found:
    """Say whether every parameter and rule carries unit, range, and a source or the word assumed."""
    gaps = list(parameters.lacking(subject.scenario))
    return (
        not gaps,
        "none lacks any"
        if not gaps
        else f"{count(len(gaps), 'gap')}, the first {gaps[0]['what']} ({gaps[0]['lacks']})",
    )


def graded(subject: Subject) -> Found:
    """Say whether every number has a grade of evidence."""
    rows = [*parameter_rows(subject.scenario), *rule_rows(subject.scenario)]
    bare = [row for row in rows if not row["grade"]]
    return not bare, f"{len(rows) - len(bare)} of {len(rows)} parameters and rules are graded"


def supported(subject: Subject) -> Found:
    """Say whether most numbers rest on a source."""
    rows = [*parameter_rows(subject.scenario), *rule_rows(subject.scenario)]
    known = sum(row["grade"] in ("found", "derived", "recalled") for row in rows)
    fitted = sum(row["grade"] == "fitted" for row in rows)
    return (
        known >= SUPPORTED * len(rows),
        f"{known} of {len(rows)} parameters and rules are found, derived or recalled, {fitted} fitted; the others are assumed or set",
    )


def identified(subject: Subject) -> Found:
    """Say whether every work that is named has an identifier."""
    loose, found = references.unidentified(subject.scenario), references.references(subject.scenario)
    return not loose, f"{count(len(found), 'paper')} with an identifier, {count(len(loose), 'work')} without"


def has_checks(subject: Subject) -> Found:
    """Say whether verification and validation can be made by one command each."""
    return (
        bool(CHECKS and shipped()),
        f"{count(len(CHECKS), 'check')} (livermet verify), {count(len(shipped()), 'experiment')} (livermet validate), {count(len(anchors.read()[1]), 'figure')} (livermet baseline)",
    )


def _report(saved: Saved | None, name: str) -> Found | None:
    """Return that a report is missing or not of this model, None where it is there."""
    if saved is None:
        return False, f"no report was named (--{name})"
    return None if saved.fresh else (False, f"the report was {saved.words}")


def verified(subject: Subject) -> Found:
    """Say whether all checks were made by this code and hold."""
    saved = subject.evidence.verification
    if (bad := _report(saved, "verification")) or saved is None:
        return bad or (False, "")
    verdicts = {row["name"]: row["verdict"] for row in saved.rows}
    holds = [check.name for check in CHECKS if verdicts.get(check.name) == "holds"]
    return len(holds) == len(CHECKS), f"{len(holds)} of {len(CHECKS)} checks hold"


def twins_hold(subject: Subject) -> Found:
    """Say whether the comparisons with another implementation were made by this code and hold."""
    saved = subject.evidence.verification
    if (bad := _report(saved, "verification")) or saved is None:
        return bad or (False, "")
    own = [check.name for check in CHECKS if check.name.endswith(TWINS)]
    verdicts = {row["name"]: row["verdict"] for row in saved.rows}
    holds = [name for name in own if verdicts.get(name) == "holds"]
    return len(holds) == len(own), f"{len(holds)} of {len(own)} hold: {', '.join(own)}"


def validated(subject: Subject) -> Found:
    """Say whether every scored experiment was tried by this code and none is wrong, held-out ones included."""
    saved = subject.evidence.validation
    if (bad := _report(saved, "validation")) or saved is None:
        return bad or (False, "")
    scored = [row for row in saved.rows if row["scored"]]
    tried = [row for row in scored if row["pairs"]]
    wrong = [row for row in scored if row["verdict"] == "wrong"]
    held = sum(bool(row["held_out"]) for row in tried)
    every = sum(own.scored for own in shipped().values())
    return (
        len(tried) >= every and not wrong,
        f"{len(tried)} of {every} scored experiments tried ({held} {HELD}), {len(wrong)} wrong",
    )


def gaps_listed(subject: Subject) -> Found:
    """Say whether missing mechanisms and rows that cannot be expressed are listed with reasons."""
    from livermet_sim.rulebook import book

    absent, rows = book.missing(), not_expressible()
    return (
        all([*absent.values(), *rows.values()]),
        f"{count(len(absent), 'missing mechanism')} and {count(len(rows), 'published row')} that cannot be expressed, each with its reason",
    )


def proxies_said(subject: Subject) -> Found:
    """Say whether every experiment by a proxy says what stands for what."""
    proxies = [own for own in shipped().values() if own.how == "proxy"]
    silent = [own.name for own in proxies if not own.assumed]
    return (
        not silent,
        f"{count(len(proxies), 'experiment')} by a proxy, {len(proxies) - len(silent)} of which say what it stands for",
    )


def versioned(subject: Subject) -> Found:
    """Say whether code and version can be named."""
    return model_version() != "unknown", f"version {model()}"


def in_repository(subject: Subject) -> Found:
    """Say whether the code runs from a repository with its history."""
    root = Path(str(resources.files("livermet_sim"))).parent
    there = (root / ".git").exists()
    return (
        there,
        "the code runs from a git repository"
        if there
        else "the code runs from an installed package; its repository is not seen from here",
    )


def replayable(subject: Subject) -> Found:
    """Say whether runs can be made again and compared to the bit."""
    return _exists("cli.again", "replay", "cli.again", "pack")


def documented(subject: Subject) -> Found:
    """Say whether every public name, process, state variable and parameter says what it is."""
    package = sys.modules[__name__.partition(".")[0]]
    bare = [
        name
        for name in package.__all__
        if not name.startswith("__") and not inspect.getdoc(getattr(package, name))
    ]
    processes = [type(process) for process in subject.engine.plan.processes]
    bare += [own.__name__ for own in processes if not own.__doc__ or not home(own).__doc__]
    state = stored.declared(subject.engine.world)
    bare += [name for name, own in state.items() if not (own.doc and own.unit)]
    bare += [row["parameter"] for row in parameter_rows(subject.scenario) if not row["doc"]]
    counted = f"{len(package.__all__)} public names, {len(processes)} processes, {len(state)} state variables"
    return (
        not bare,
        f"{counted}, and all parameters say what they are" if not bare else f"silent: {', '.join(bare[:5])}",
    )


def rules_in_words(subject: Subject) -> Found:
    """Say whether every rule reads as a sentence with the mechanism that it stands for."""
    rows = rule_rows(subject.scenario)
    silent = [row["rule"] for row in rows if not (row["sentence"] and row["says"])]
    return (
        not silent,
        f"{len(rows) - len(silent)} of {len(rows)} rules read as a sentence with their mechanism",
    )


def described(subject: Subject) -> Found:
    """Say whether the model is described by the ODD protocol and TRACE."""
    return bool(
        ELEMENTS
    ), f"the {len(ELEMENTS)} elements of the ODD protocol are in this dossier, read from the code"


def licensed(subject: Subject) -> Found:
    """Say whether an open licence ships with the package."""
    file = resources.files("livermet_sim") / "LICENSE"
    return file.is_file(), file.read_text(encoding="utf-8").splitlines()[
        0
    ] if file.is_file() else "no licence in the package"


def exchanged(subject: Subject) -> Found:
    """Say whether rules go to another simulator and come from it."""
    return _exists("scenario.physicell", "to_physicell", "scenario.physicell", "read_physicell")


def schemas(subject: Subject) -> Found:
    """Say whether files have a schema."""
    return bool(
        schemas_shipped.SCHEMAS
    ), f"JSON Schemas of {', '.join(schemas_shipped.SCHEMAS)}; references as BibTeX and CSL"


def has_twins(subject: Subject) -> Found:
    """Say whether kernels have a second implementation."""
    own = [check.title for check in CHECKS if check.name.endswith(TWINS)]
    return bool(own), "; ".join(own)


def switchable(subject: Subject) -> Found:
    """Say whether every mechanism can be switched off and compared with itself."""
    return _exists("sweep.ablate", "ablate", "sweep.what_if", "whatif")


def extensible(subject: Subject) -> Found:
    """Say whether kinds, rules and readouts can be added without a change of the package."""
    kinds = [kind.name for kind in subject.scenario.kinds if kind.look is None]
    found, words = _exists("observe.readouts.own", "register_readout", "scenario.sections", "find_kinds")
    return found, words + (f"; this scenario adds {', '.join(kinds)}" if kinds else "")


def uncertain(subject: Subject) -> Found:
    """Say whether sensitivity and intervals can be computed."""
    return _exists("sweep.sensitivity", "analyse", "sweep.sequence", "interval_at_look")


def deterministic(subject: Subject) -> Found:
    """Say whether luck is a function of the seed alone."""
    from livermet_sim.kernels import codes

    return (
        bool(codes.PURPOSES),
        f'{count(len(codes.PURPOSES), "declared purpose")} of keyed draws; the order of rows and the number of threads do not matter (livermet verify --only "same-*")',
    )


def _exists(*names: str) -> Found:
    """Say whether functions are there: pairs of a module and a name."""
    wanted = list(zip(names[::2], names[1::2], strict=True))
    there: list[str] = []
    for where, name in wanted:
        found: Any = getattr(import_module(f"livermet_sim.{where}"), name, None)
        if found is None:
            return False, f"{where}.{name} is not there"
        there.append(f"livermet_sim.{where}.{name}")
    return True, ", ".join(there)
