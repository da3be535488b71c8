"""Say what the model is for, for whom, and what it must not be used for, as declared in the library."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.subject import Subject


@cache
def read() -> dict[str, Any]:
    """Return what ``library/context.toml`` declares."""
    file = resources.files("livermet_sim") / "library" / "context.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def context(subject: Subject) -> Part:
    """Return the context of use of the model and of this scenario."""
    known = read()
    scenario = subject.scenario
    what = scenario.doc.strip() or "It does not say what it is for."
    uses = [{"for": use["who"], "question": use["question"], "how": use["how"]} for use in known["uses"]]
    never = [{"must not be used": one["what"], "because": one["why"]} for one in known["never"]]
    return Part(
        "context", "Context of use",
        (
            *texts(known["purpose"], f"This scenario, {subject.named}: {what}", known["influence"]),
            Table.of("uses", "What it is for", uses),
            Table.of("never", "What it must not be used for", never),
        ),
    )  # fmt: skip
