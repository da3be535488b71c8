"""Hold every rule of the library to what it says: words, source, direction."""

from __future__ import annotations

import re

import numpy as np
import pytest
from rule_worlds import compiled, load, make_world, random_world

from livermet_sim.kernels import response
from livermet_sim.rulebook.book import covered, library_records, mechanisms, missing
from livermet_sim.rulebook.rule import GRADES

BOOK = load()
RULES = compiled(BOOK)
OUTCOMES = {"GR9", "GR11", "GR13", "GR14", "GR17", "PA37"}


def set_signal(world, row, name, value):
    """Make the cell in ``row`` sense ``value`` of one signal."""
    s = BOOK.words.signals[name]
    site = world.cells["site"][row]
    raw = s.deficit - value if s.deficit else value
    if s.code == response.FIELD:
        world.fields.concentration[:, BOOK.words.fields.index(s.source)] = raw
    elif s.code == response.GRADIENT:
        ramp = np.tile(np.arange(5) * 10.0 * raw, 5)
        world.fields.concentration[:, BOOK.words.fields.index(s.source)] = ramp
    elif s.code == response.SITE:
        world.sites[s.source][:] = raw
    elif s.code == response.AROUND:
        world.sites[s.source][:] = 0.0
        world.sites[s.source][site + 1] = raw
    elif s.code == response.OWN:
        world.cells[s.source][row] = raw
    elif s.code == response.SYSTEMIC:
        world.systemic[BOOK.words.systemic.index(s.source)] = raw
    else:
        kind = BOOK.words.kinds.index(s.source)
        world.census.count[site + 1, kind + len(BOOK.words.kinds) * s.activated] = round(raw)
        own = world.cells["kind"][row] == kind
        world.census.count[site, kind + len(BOOK.words.kinds) * s.activated] = int(own)


@pytest.mark.parametrize("id", BOOK.rules)
def test_rule_has_words_and_source(id):
    rule = BOOK[id]
    assert rule.grade in GRADES and rule.source
    assert library_records()[id].keys() >= {"says", "source", "grade"}
    assert rule.says.endswith(".") and len(rule.says.split()) >= 5
    assert re.fullmatch(r"(PM|MV|PA|AN|GR)\d+(\.\w+)*", id) and id.split(".")[0] in mechanisms()
    assert rule.grade == "assumed" or rule.source != "assumed"


@pytest.mark.parametrize("id", BOOK.rules)
def test_rule_moves_its_behaviour_as_it_says(id):
    rule = BOOK[id]
    signal = BOOK.words.signals[rule.signal]
    top = signal.deficit or 4.0 * max(1.0, rule.half_max)
    column = RULES.column(rule.behaviour)
    values = []
    for level in (0.0, 0.5 * top, top):
        world = make_world(BOOK, RULES, 1)
        world.cells["kind"][0] = BOOK.words.kinds.index(rule.actor)
        world.cells["layer"][0] = 0 if rule.where == ("lumen",) else 1
        for other in BOOK:
            shared = BOOK.words.signals[other.signal].source == signal.source
            if (other.actor, other.behaviour) == (rule.actor, rule.behaviour) and not shared:
                lift = other.direction == "increases" and rule.direction == "decreases"
                set_signal(world, 0, other.signal, other.half_max if lift else 0.0)
        set_signal(world, 0, rule.signal, level)
        RULES.evaluate(world)
        values.append(world.rates[0, column])
    steps = np.diff(values) * (1 if rule.direction == "increases" else -1)
    assert steps[1] >= 0 and steps.sum() > 0, values


def test_all_rates_stay_within_their_bounds():
    world = random_world(BOOK, RULES, 300, 5)
    RULES.evaluate(world)
    for row in range(300):
        kind = BOOK.words.kinds[world.cells["kind"][row]]
        for name, parameter in BOOK.words.behaviours[kind].items():
            assert parameter.low <= world.rates[row, RULES.column(name)] <= parameter.high, (kind, name)


def test_rules_on_one_behaviour_share_their_maximum():
    for r in RULES.responses:
        for rule in r.rules:
            assert rule.target(r.base) == (r.ceiling if rule.direction == "increases" else r.floor), rule.id


def test_every_mechanism_has_a_rule_or_a_reason():
    as_rules = {id.split(".")[0] for id in BOOK.rules}
    for id, entry in mechanisms().items():
        told = [id in as_rules, "process" in entry, "reason" in entry]
        assert entry["title"] and sum(told) == 1, id
    counts = {"PM": 12, "MV": 32, "PA": 39, "AN": 22, "GR": 20}
    assert set(mechanisms()) == {f"{p}{i}" for p, n in counts.items() for i in range(1, n + 1)}
    assert set(missing()) | covered() == set(mechanisms()) and len(covered()) >= 110


def test_outcomes_are_not_rules():
    assert set(missing()) >= OUTCOMES


def test_no_rule_reads_the_clock():
    assert not {rule.signal for rule in BOOK} & {"age", "sojourn"}


def test_column_and_contiguous_blocks():
    with pytest.raises(Exception, match='there is no behaviour "devide"; did you mean "divide"'):
        RULES.column("devide")
    for prefix, names in (("secrete", BOOK.words.fields), ("recruit", BOOK.words.kinds)):
        first = RULES.column(f"{prefix}.{names[0]}")
        assert [RULES.column(f"{prefix}.{n}") for n in names] == list(range(first, first + len(names)))


def test_no_rule_writes_an_outcome():
    """Who is kept out, and which vessels stay, follows from matrix, activation, signals; contact does not decree it."""
    contact = {(r.actor, r.behaviour) for r in BOOK if r.signal.startswith("contact.")}
    assert not contact & {("cd8", "infiltrate"), ("nk", "infiltrate")}
    assert not [r.id for r in BOOK if (r.signal, r.behaviour) == ("contact.tumour", "collapse")]
    assert not [r.id for r in BOOK if (r.actor, r.signal) == ("nk", "pressure")]


def test_states_that_rules_drive_are_read_by_rules():
    for behaviour, state in (
        ("activate", "activation"),
        ("polarise", "polarisation"),
        ("capillarise", "capillarisation"),
        ("exhaust", "exhaustion"),
    ):
        for kind in {r.actor for r in BOOK if r.behaviour == behaviour}:
            own = [r for r in BOOK if r.actor == kind and r.signal in (state, f"lack.{state}")]
            seen = [r for r in BOOK if r.signal == f"contact.activated.{kind}" and state == "activation"]
            at_wall = [r for r in BOOK if r.signal in ("capillarised", "adhesion") and kind == "lsec"]
            assert own or seen or at_wall, (kind, state)


def test_rates_are_those_of_their_sources():
    assert BOOK["MV8.contact"].fold and BOOK["MV8.contact"].maximum == 5.0  # doubles the level, Qi 2004
    assert BOOK["MV9"].maximum == 0.02  # /h, Qiu 2003
    for id in ("MV22.cxcl", "MV22.gcsf", "PM10.net"):
        assert 1 / BOOK[id].maximum <= 4.0, "traps are cast within 4 h of a full stimulus"


def test_levels_and_traits_that_are_relative_to_their_half_effect_mean_it():
    """What a level's doc says of half-effects is what the rules (and the answer of serum amyloid A to IL-6) have."""
    from livermet_sim.cells.tumour import TRAITS
    from livermet_sim.scenario.load import load as scenario
    from livermet_sim.state.signals import SYSTEMIC

    halves: dict[str, set[float]] = {"systemic.il6": {1.0}}
    for rule in scenario("baseline").rules:
        halves.setdefault(rule.signal.removeprefix("lack."), set()).add(rule.half_max)
    checked = 0
    for name, doc in [(f"systemic.{p.name}", p.doc) for p in SYSTEMIC.parameters] + [
        (p.name, p.doc) for p in TRAITS
    ]:
        said = (
            {float(number) for number in re.findall(r"at (\d+(?:\.\d+)?)", doc)}
            if "half of its effect" in doc
            else None
        )
        said = {1.0} if "half-effect" in doc else said
        if said is not None:
            assert halves[name] == said, (name, doc)
            checked += 1
    assert checked >= 15


def test_tumour_cells_feel_their_own_kind_by_its_share_and_not_by_counting():
    # neighbours counted one by one depend on the size of a site: clones of 8 and 12.5 um sites came out looser
    counting = [r.id for r in BOOK.rules.values() if r.actor == "tumour" and r.signal == "contact.tumour"]
    assert counting == []
