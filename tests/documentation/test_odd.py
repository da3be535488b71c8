"""The ODD description has all elements and concepts, and each is filled from what the code declares."""

from __future__ import annotations

import livermet_sim as lm
from livermet_sim.documentation.dossier import PARTS
from livermet_sim.documentation.odd.details import own_processes
from livermet_sim.documentation.words import home
from livermet_sim.kernels import codes
from livermet_sim.state import stored

ELEMENTS = (
    "Purpose and patterns", "Entities, state variables, and scales", "Process overview and scheduling", "Design concepts",
    "Initialization", "Input data", "Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction", "Stochasticity",
    "Collectives", "Observation",
)  # fmt: skip


def part(dossier, name):
    return next(found for top in dossier.parts for found in top.walk() if found.name == name)


def test_the_seven_elements_stand_in_their_order(strip):
    titles = [found.title for found in part(strip, "odd").parts]
    assert titles == [f"{number}. {title}" for number, title in enumerate(ELEMENTS, 1)]


def test_the_eleven_concepts_stand_in_their_order_and_none_is_empty(strip):
    found = part(strip, "odd-4").parts
    assert tuple(own.title for own in found) == CONCEPTS
    assert all(own.blocks for own in found)


def test_every_process_of_the_plan_is_a_submodel_in_the_words_of_its_code(strip):
    processes = strip.subject.engine.plan.processes
    found = {own.title: own for own in part(strip, "odd-7").parts}
    assert list(found) == [process.name for process in processes]
    for process in processes:
        said = " ".join(block.text for block in found[process.name].blocks)
        assert (type(process).__doc__ or "").split("\n")[0].split("``")[0] in said
        assert type(process) in own_processes(home(type(process))) or not type(process).__module__.startswith(
            "livermet_sim.processes"
        )


def test_the_plan_is_that_of_the_run(strip):
    rows = strip.tables["plan"].records()
    processes = strip.subject.engine.plan.processes
    assert [(r["process"], r["stage"], r["writes"]) for r in rows] == [
        (p.name, p.stage, ", ".join(p.writes)) for p in processes
    ]


def test_every_state_variable_is_listed_with_unit_and_meaning(strip):
    world = strip.subject.engine.world
    rows = strip.tables["state"].records()
    names = {(f"{row['of']}." if row["of"] != "world" else "") + str(row["variable"]) for row in rows}
    assert names >= set(stored.declared(world)) | set(stored.NUMBERS)
    assert set(stored.arrays(world)) <= names
    assert all(row["meaning"] for row in rows)


def test_every_purpose_of_luck_is_declared_and_drawn_somewhere():
    numbers = {name: value for name, value in vars(codes).items() if name in codes.PURPOSES}
    assert sorted(numbers.values()) == list(range(1, len(codes.PURPOSES) + 1))


def test_what_is_said_to_be_drawn_for_nothing_is_drawn_nowhere(strip):
    for row in strip.tables["luck"].records():
        assert bool(row["drawn in"]) != str(row["decides"]).startswith("Nothing"), row["purpose"]


def test_every_kernel_stands_in_the_table(strip):
    from pathlib import Path

    kernels = Path(codes.__file__).parent
    names = {path.stem for path in kernels.glob("*.py")} - {"__init__", "codes", "jit", "sealed"}
    assert {Path(str(row["kernel"])).stem for row in strip.tables["kernels"].records()} == names


def test_every_enabled_rule_is_an_interaction(strip):
    rows = strip.tables["interactions"].records()
    assert [row["rule"] for row in rows] == [rule.id for rule in lm.load("strip").rules.enabled()]
    assert not [row["rule"] for row in rows if row["from"] == ""]


def test_a_scenario_of_ones_own_shows_what_it_sets_and_changes():
    own = lm.load("strip").with_(
        {"cells.kupffer.density": 5000, "rules.MV13.enabled": False},
        interventions=[lm.deplete("nk", at="1 day")],
    )
    tables = lm.dossier(own).tables
    assert ["cells.kupffer.density", 5000.0] in [list(row[:2]) for row in tables["chosen"].rows]
    assert {row["rule"] for row in tables["own-rules"].records()} == {"MV13", "MV13.crawl", "MV13.monocyte"}
    assert len(tables["interventions"].rows) == 1


def test_no_part_and_no_table_has_the_name_of_another(strip):
    names = [own.name for top in strip.parts for own in top.walk()]
    tables = [table.name for top in strip.parts for table in top.tables()]
    assert len(set(names)) == len(names) and len(set(tables)) == len(tables)
    assert len(PARTS) == len(strip.parts)
