"""Cells as Mesa agents: what the views and their sets say is what the arrays hold."""

import gc
import weakref

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.rulebook.explain import senses

KINDS = (
    lm.Tumour, lm.Kupffer, lm.LSEC, lm.Stellate, lm.Neutrophil, lm.MDSC, lm.NK, lm.CD8, lm.Monocyte, lm.Dendritic,
    lm.Treg,
)  # fmt: skip


def column(model, name, kind=None):
    """Return a column straight from the arrays, in the order of the keys."""
    cells = model.world.cells
    rows = np.arange(cells.n) if kind is None else model.world.rows(kind)
    return cells.full(name)[rows][np.argsort(cells.full("key")[rows])]


def test_every_column_of_every_cell_reads_as_in_the_arrays(model):
    agents = list(model.agents)
    assert len(agents) == len(model.agents) == model.world.cells.n
    assert [a.unique_id for a in agents] == sorted(model.world.cells["key"].tolist())
    for name in (c.name for c in CELL_COLUMNS):
        expected = column(model, name).tolist()
        if name in ("kind", "alive"):
            expected = [model.world.kinds[v] if name == "kind" else True for v in expected]
        # what no lesion has met yet is not a number, which equals nothing
        for found in ([getattr(a, name) for a in agents], model.agents.get(name)):
            assert len(found) == len(expected)
            assert all(a == b or (a != a and b != b) for a, b in zip(found, expected, strict=True)), name


def test_a_view_is_a_mesa_agent_with_place_and_model(model):
    kupffer = next(iter(model.agents_by_type[lm.Kupffer]))
    assert isinstance(kupffer, mesa.Agent) and isinstance(model.agents, AgentSet)
    assert kupffer.model is model and kupffer.random is model.random and kupffer.rng is model.rng
    site, width, size = kupffer.site, model.world.tissue.width, model.world.tissue.site
    assert kupffer.pos == ((site % width + 0.5) * size, (site // width + 0.5) * size)
    assert repr(kupffer).startswith(f"<Kupffer {kupffer.key} at (")


def test_select_and_its_like_answer_as_mesa_does(model):
    agents = model.agents
    old = agents.select(lambda a: a.age > 5.9)
    assert type(old) is AgentSet and len(old) == int((column(model, "age") > 5.9).sum()) > 0
    assert [a.key for a in agents.select(at_most=3)] == sorted(agents.get("key"))[:3]
    assert all(type(a) is lm.LSEC for a in agents.select(agent_type=lm.LSEC))
    assert [a.key for a in agents.sort("key", ascending=True)] == agents.get("key")
    shuffled = [a.key for a in agents.shuffle()]
    assert shuffled != agents.get("key") and sorted(shuffled) == agents.get("key")
    assert agents.map(lambda a: a.load) == agents.get("load")
    assert agents.get(["kind", "load"]) == [[a.kind, a.load] for a in agents]
    assert agents.get("nothing", handle_missing="default", default_value=7) == [7] * len(agents)
    with pytest.raises(AttributeError, match="nothing"):
        agents.get("nothing")
    first = next(iter(agents))
    assert first in agents and first in list(agents)
    assert object() not in agents


def test_agg_and_groupby_match_the_arrays(model):
    age = column(model, "age")
    assert model.agents.agg("age", np.sum) == age.sum()
    assert model.agents.agg("age", [min, max]) == [age.min(), age.max()]
    counts = model.agents.groupby("kind").count()
    expected = {k: len(model.world.rows(k)) for k in model.world.kinds if len(model.world.rows(k))}
    assert counts == expected and counts["tumour"] > 0
    by_site = model.agents_by_type[lm.Kupffer].groupby(lambda a: a.site % 2).agg("age", len)
    assert sum(by_site.values()) == len(model.world.rows("kupffer"))


def test_do_and_shuffle_do_reach_every_cell_once(model):
    seen = []
    model.agents.do(lambda a: seen.append(a.key))
    assert seen == model.agents.get("key")
    seen.clear()
    model.agents.shuffle_do(lambda a, more: seen.append(a.key + more), 0)
    assert seen != sorted(seen) and sorted(seen) == model.agents.get("key")


def test_cells_by_type(model):
    assert set(model.agent_types) == set(KINDS) == set(model.agents_by_type)
    for kind in KINDS:
        found = model.agents_by_type[kind]
        assert found.get("key") == column(model, "key", kind.__name__.lower()).tolist()
        assert all(type(a) is kind for a in found)
    assert len(model.agents_by_type[lm.Cell]) == len(model.agents)
    assert model.agents_by_type["nk"].get("key") == model.agents_by_type[lm.NK].get("key")
    with pytest.raises(KeyError):
        model.agents_by_type[int]


def test_a_kind_from_a_scenario_gets_a_class():
    model = lm.LiverModel("strip", cells__basophil__like="nk", cells__basophil__density=30000)
    found = model.agents_by_type["basophil"]
    assert len(found) > 0
    kind = type(next(iter(found)))
    assert kind.__name__ == "Basophil" and issubclass(kind, lm.Cell) and kind in model.agent_types
    again = lm.LiverModel("strip", cells__basophil__like="nk")
    assert kind in again.agent_types


def test_the_order_of_cells_does_not_depend_on_rows(model, shuffle_rows):
    keys = model.agents.get("key")
    shuffle_rows(model)
    assert model.world.cells["key"].tolist() != keys
    assert model.agents.get("key") == keys == [a.key for a in model.agents]


def test_views_survive_moving_rows(model, shuffle_rows):
    before = {a: (a.key, a.kind, a.load, a.site, a.age, a.lesion) for a in model.agents}
    shuffle_rows(model, 1)
    assert {a: (a.key, a.kind, a.load, a.site, a.age, a.lesion) for a in before} == before
    for victim in list(model.agents_by_type[lm.LSEC])[:5]:
        victim.die()
    model.world.drop_dead()
    for agent, values in before.items():
        if agent.alive:
            assert (agent.key, agent.kind, agent.load, agent.site, agent.age, agent.lesion) == values
    assert sum(not a.alive for a in before) == 5


def test_one_cell_has_one_view_for_as_long_as_it_lives(model):
    first = list(model.agents)
    assert all(a is b for a, b in zip(first, model.agents, strict=True))
    model.step()
    later = {a.key: a for a in model.agents}
    assert all(later[a.key] is a for a in first if a.alive)
    victim = weakref.ref(next(iter(model.agents_by_type[lm.Kupffer])))
    victim().die()
    del first, later
    model.step()
    list(model.agents)
    gc.collect()
    assert victim() is None


def test_writing_through_a_view_writes_the_array(model):
    kupffer = next(iter(model.agents_by_type[lm.Kupffer]))
    kupffer.load, kupffer.activation = 3, np.float64(0.5)
    row = int(np.flatnonzero(model.world.cells["key"] == kupffer.key)[0])
    assert model.world.cells["load"][row] == 3.0 and model.world.cells["activation"][row] == 0.5
    model.agents_by_type[lm.Kupffer].set("polarisation", 0.25)
    assert set(column(model, "polarisation", "kupffer")) == {0.25}
    model.step()
    assert 2.5 < kupffer.load < 3.0, "the engine digests what was written"


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("laod", 1, AttributeError, 'have no "laod"; did you mean "load"'),
        ("lesion", 1, AttributeError, '"lesion" of a cell follows from the run'),
        ("key", 1, AttributeError, '"key" of a cell follows'),
        ("pos", (1, 2), AttributeError, "pos"),
        ("activation", 1.5, ValueError, "activation of a cell must be a number from 0 to 1, not 1.5"),
        ("load", float("nan"), ValueError, "load of a cell must be a number of 0 or more"),
        ("load", "3", ValueError, "not '3'"),
        ("site", 10**9, ValueError, "site 1000000000 has no vessel"),
        ("site", 2.5, ValueError, "not 2.5"),
        ("state", 1, ValueError, "only tumour cells have a state"),
    ],
)
def test_what_cannot_be_written_is_refused(model, name, value, error, words):
    kupffer = next(iter(model.agents_by_type[lm.Kupffer]))
    before = model.engine.digest()
    with pytest.raises(error, match=words.replace("(", r"\(")):
        setattr(kupffer, name, value)
    assert model.engine.digest() == before


def test_moving_a_cell_moves_its_contacts(model):
    world, code = model.world, model.world.code("kupffer")
    tumour = next(iter(model.agents_by_type[lm.Tumour].select(lambda t: t.layer == 0)))
    near = set(tumour.neighbours(lm.Kupffer))
    kupffer = next(iter(model.agents_by_type[lm.Kupffer].select(lambda k: k not in near)))
    world.count()
    before, contacts = world.census.count[tumour.site, code], tumour.senses()["contact.kupffer"]
    kupffer.site = tumour.site
    assert kupffer in tumour.neighbours(lm.Kupffer)
    assert tumour.senses()["contact.kupffer"] == contacts + 1
    world.count()
    assert world.census.count[tumour.site, code] == before + 1
    with pytest.raises(ValueError, match="a tumour cell cannot be put elsewhere"):
        tumour.site = kupffer.site


def test_waking_a_cell_by_hand_is_an_event(model):
    events = len(model.world.log.array())
    tumour = next(iter(model.agents_by_type[lm.Tumour]))
    tumour.state = 1 - tumour.state
    last = model.world.log.array()
    assert len(last) == events + 1 and tumour.key in last[last[:, 0] == model.world.clock.tick][:, 3]
    tumour.state = tumour.state
    assert len(model.world.log.array()) == events + 1


def test_neighbours_are_those_around(model):
    width = model.world.tissue.width
    tumour = next(iter(model.agents_by_type[lm.Tumour]))

    def near(other):
        dy, dx = (
            abs(a - b) for a, b in zip(divmod(other.site, width), divmod(tumour.site, width), strict=True)
        )
        return other is not tumour and max(dx, dy) <= 1

    assert [a.key for a in tumour.neighbours()] == [a.key for a in model.agents if near(a)]
    lining = [a.key for a in model.agents_by_type[lm.LSEC] if near(a)]
    assert [a.key for a in tumour.neighbours("lsec")] == [a.key for a in tumour.neighbours(lm.LSEC)] == lining
    with pytest.raises(LivermetError, match='did you mean "kupffer"'):
        tumour.neighbours("kupfer")


def test_a_dead_view_says_so(model):
    tumour = next(iter(model.agents_by_type[lm.Tumour]))
    key, number = tumour.key, len(model.agents)
    tumour.die()
    for _ in range(2):
        assert not tumour.alive and tumour.key == key and repr(tumour) == f"<Tumour {key}, dead or gone>"
        assert tumour not in model.agents and len(model.agents) == number - 1
        for ask in (
            lambda: tumour.load,
            lambda: tumour.pos,
            tumour.senses,
            tumour.die,
            lambda: setattr(tumour, "load", 1),
        ):
            with pytest.raises(LookupError, match=f"Tumour {key} is dead or has left"):
                ask()
        model.step()


def test_every_tumour_cell_stays_accounted_for(model):
    tumours = list(model.agents_by_type[lm.Tumour])
    tumours[0].die("nk")
    tumours[1].remove()
    with pytest.raises(ValueError, match='"anoikos" is not a cause of death; did you mean "anoikis"'):
        tumours[2].die("anoikos")
    for _ in range(8):
        model.step()
    totals = model.world.totals
    dead = sum(number for name, number in totals.items() if name.startswith("dead_"))
    alive = len(model.agents_by_type[lm.Tumour])
    assert alive == totals["entered"] + totals.get("born", 0) - totals.get("washed_out", 0) - dead
    events = model.result().events
    deaths = events[events.event == "die"].set_index("key").cause
    assert (deaths[tumours[0].key], deaths[tumours[1].key]) == ("nk", "treatment")
    assert totals["dead_treatment"] == 1


def test_senses_are_those_of_a_fresh_count(model):
    model.agents.do(lambda a: a.senses())
    agent = next(iter(model.agents_by_type[lm.Tumour]))
    seen = agent.senses()
    world = model.world
    world.census.stale = True
    world.count()
    world.cells["crowding"][:] = world.sites["pressure"][world.cells["site"]]
    row = int(np.flatnonzero(world.cells["key"] == agent.key)[0])
    assert seen == senses(model.engine.compiled, world, row)


def test_explain_names_rules_numbers_and_what_is_left_alone(model):
    kupffer = next(iter(model.agents_by_type[lm.Kupffer]))
    kupffer.load = 6
    text = kupffer.explain()
    assert text.startswith(f"kupffer {kupffer.key} in the vessel at (")
    assert "load = 6 " in text and "\n  no rule acts on: " in text
    compiled, world = model.engine.compiled, model.world
    world.count()
    row = int(np.flatnonzero(world.cells["key"] == kupffer.key)[0])
    engulf = compiled.look(world, row)[1][compiled.column("engulf")]
    assert (
        f"\n  engulf: {engulf:.4g} /h (base {float(model.scenario.value('cells.kupffer.engulf')):.4g})\n"
        in text
    )


def test_looking_does_not_change_the_run(scenario):
    plain, watched = (lm.LiverModel(scenario, seed=3) for _ in range(2))
    for _ in range(40):
        plain.step()
        watched.step()
        if watched.world.census.stale:
            list(watched.agents.shuffle())
            for agent in watched.agents.select(at_most=5):
                agent.senses(), agent.explain(), agent.neighbours(), agent.pos
            watched.agents.groupby("kind").count()
        assert watched.engine.digest() == plain.engine.digest()


def test_cells_cannot_be_added_to_the_set(model):
    with pytest.raises(TypeError, match="cells come and go with the run"):
        model.agents.add(object())
    with pytest.raises(AttributeError, match="cannot be replaced"):
        model.agents = []
