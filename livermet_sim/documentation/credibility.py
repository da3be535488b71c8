"""Hold the Ten Rules (Erdemir et al. 2020, doi:10.1186/s12967-020-02540-4) and CURE (Sauro et al. 2025, arXiv:2502.15597) against the model.

The scale from insufficient to comprehensive is that of the rubric for the Ten Rules (Manchel et al. 2025, doi:10.1371/journal.pone.0313711);
which criteria a grade asks for is this project's reading of it, written down before the grade is known.
"""

from __future__ import annotations

import sys

from livermet_sim.documentation import checks, criteria
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.criteria import Criterion, Rule
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import paragraphs

OUTSIDE = "somebody outside the project agreed with it"
TEN_RULES: tuple[Rule, ...] = (
    Rule("Define context clearly", (
        Criterion(1, "Purpose, uses and misuse are declared.", checks.declared("purpose", "uses", "never")),
        Criterion(2, "The influence of a result on a decision is declared, and this scenario says what it is for.", checks.declared("influence")),
        Criterion(2, "This scenario says what it is for.", checks.scenario_says),
        Criterion(3, "What is compared with published figures is declared for its tumour line, with bands decided before.", checks.line_compared),
        Criterion(4, f"The context was reviewed: {OUTSIDE}.", checks.reviewed),
    )),
    Rule("Use contextually appropriate data", (
        Criterion(1, "Every parameter and rule carries a unit, a range, and a source or the word assumed.", checks.complete),
        Criterion(2, "Every parameter and rule has a grade of evidence.", checks.graded),
        Criterion(3, "Most parameters and rules rest on a source and not on an assumption.", checks.supported),
        Criterion(4, "Every source has an identifier by which it can be looked up.", checks.identified),
    )),
    Rule("Evaluate within context", (
        Criterion(1, "Verification and validation can be made by anybody, by one command each.", checks.has_checks),
        Criterion(2, "All checks against mathematics were made by this code and hold.", checks.verified),
        Criterion(3, "All scored experiments, the held-out ones included, were tried by this code and none is wrong.", checks.validated),
        Criterion(4, "Uncertainty and sensitivity of this scenario's results were analysed.", checks.not_shown("no analysis of this scenario's uncertainty is part of the dossier")),
    )),
    Rule("List limitations explicitly", (
        Criterion(1, "Limitations are declared.", checks.declared("limitations")),
        Criterion(2, "Published mechanisms and experiments that the model lacks are listed with the reason.", checks.gaps_listed),
        Criterion(3, "Every stand-in for what a paper did is said.", checks.proxies_said),
        Criterion(4, "What each limitation does to each use was measured.", checks.not_shown("not measured")),
    )),
    Rule("Use version control", (
        Criterion(1, "Code and version can be named.", checks.versioned),
        Criterion(2, "Every result can be made again to the bit.", checks.replayable),
        Criterion(3, "The code runs from a repository that holds its history.", checks.in_repository),
        Criterion(4, "Releases are archived under an identifier.", checks.not_shown("no archived release is declared")),
    )),
    Rule("Document appropriately", (
        Criterion(1, "Every public name, process, state variable and parameter says what it is.", checks.documented),
        Criterion(2, "The model is described by a published protocol.", checks.described),
        Criterion(3, "Every rule reads as a sentence with its mechanism.", checks.rules_in_words),
        Criterion(4, f"The documentation was reviewed: {OUTSIDE}.", checks.reviewed),
    )),
    Rule("Disseminate broadly", (
        Criterion(1, "An open licence ships with the package.", checks.licensed),
        Criterion(2, "Rules go to another simulator and come from it.", checks.exchanged),
        Criterion(3, "The package is in a public registry.", checks.not_shown("no public registry is declared")),
        Criterion(4, "Users outside the project have published with it.", checks.not_shown("none is declared")),
    )),
    Rule("Get independent reviews", (
        Criterion(1, "A review by somebody outside is declared.", checks.reviewed),
        Criterion(2, "It covered code and biology.", checks.not_shown("no review is declared")),
        Criterion(3, "What it asked for was done.", checks.not_shown("no review is declared")),
        Criterion(4, "The reviews are public.", checks.not_shown("no review is declared")),
    )),
    Rule("Test competing implementations", (
        Criterion(1, "Kernels have a second, obvious implementation.", checks.has_twins),
        Criterion(2, "These comparisons were made by this code and hold.", checks.twins_hold),
        Criterion(3, "Whole runs were compared with another simulator's.", checks.not_shown("no such comparison is declared")),
        Criterion(4, "Somebody else implemented the model from its description.", checks.not_shown("none is declared")),
    )),
    Rule("Conform to standards", (
        Criterion(1, "Quantities carry units, and the description follows a published protocol.", checks.described),
        Criterion(2, "Files have schemas; references and rules are written in formats that other tools read.", checks.schemas),
        Criterion(3, "Kinds of cells, signals and processes are annotated with terms of public ontologies.", checks.not_shown("none is annotated")),
        Criterion(4, "The whole model is written in a standard format.", checks.not_shown("no standard format holds a lattice model of this kind")),
    )),
)  # fmt: skip

CURE: tuple[Rule, ...] = (
    Rule("Credible", (
        Criterion(1, "Verified: all checks against mathematics were made by this code and hold.", checks.verified),
        Criterion(1, "Validated: all scored experiments were tried by this code and none is wrong.", checks.validated),
        Criterion(1, "Uncertainty can be quantified: sensitivity of any readout, intervals that hold at all looks.", checks.uncertain),
        Criterion(1, "Limits of use are declared.", checks.declared("never", "limitations")),
    )),
    Rule("Understandable", (
        Criterion(1, "Everything that is declared says what it is.", checks.documented),
        Criterion(1, "Every rule reads as a sentence with its mechanism.", checks.rules_in_words),
        Criterion(1, "Every number has a grade of evidence.", checks.graded),
        Criterion(1, "Entities are annotated with terms of public ontologies.", checks.not_shown("none is annotated")),
    )),
    Rule("Reproducible", (
        Criterion(1, "Luck is a function of the seed alone.", checks.deterministic),
        Criterion(1, "A result can be made again and compared to the bit.", checks.replayable),
        Criterion(1, "The licence is open.", checks.licensed),
        Criterion(1, "Code and library of a result can be named.", checks.versioned),
    )),
    Rule("Extensible", (
        Criterion(1, "Kinds of cells, signals, rules and readouts are added without a change of the package.", checks.extensible),
        Criterion(1, "Rules are exchanged in an open grammar.", checks.exchanged),
        Criterion(1, "Mechanisms can be taken out singly.", checks.switchable),
        Criterion(1, "Files have schemas.", checks.schemas),
    )),
)  # fmt: skip


def credibility(subject: Subject) -> Part:
    """Return both rubrics with their evidence."""
    said = paragraphs(sys.modules[__name__])
    grades, details = criteria.rows(TEN_RULES, subject)
    cure = [
        {"principle": rule.title, "asks": one.says, "met": holds, "evidence": seen}
        for rule in CURE
        for one, holds, seen in rule.outcomes(subject)
    ]
    met = f"Of the checklist {sum(row['met'] for row in cure)} of {len(cure)} lines are met."
    ten = Part("ten-rules", "Ten Rules rubric", (
        *texts("Graded by the project itself and by what can be looked at from inside the package; that no independent reviewer has confirmed a grade is itself a rule of the rubric."),
        Table.of("ten-rules", "Ten Rules, graded", grades), Table.of("ten-rules-evidence", "Ten Rules, criteria and evidence", details),
    ))  # fmt: skip
    return Part("credibility", "Credibility", texts(*said), (ten, Part("cure", "CURE checklist", (*texts(met), Table.of("cure", "CURE", cure)))))  # fmt: skip
