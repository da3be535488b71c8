"""The model as Mesa and its users drive it: steps, clock, seeds, collectors, classes of their own."""

import gc
import signal
import threading
import weakref

import mesa
import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError


def test_a_step_is_a_tick(scenario):
    model = lm.LiverModel(scenario)
    assert (model.hours, model.day, model.running) == (0.0, 0.0, True)
    model.step()
    assert (model.hours, model.world.clock.tick, model.steps) == (0.25, 1, 1)
    assert "Fate" in model.plan.table() and model.scenario == scenario
    with pytest.raises(AttributeError, match="make another model"):
        model.scenario = scenario


def test_a_run_in_pieces_is_the_run_in_one(scenario):
    told = []
    whole, pieces = (lm.LiverModel(scenario, seed=2) for _ in range(2))
    whole.run("12 h")
    pieces.run("0.25 day", progress=lambda done, total: told.append((done, total)))
    for _ in range(8):
        pieces.step()
    result = pieces.run("4 h")
    assert told[0] == (0.25, 6.0) and told[-1] == (6.0, 6.0)
    assert result.provenance["complete"] is True and pieces.hours == 12.0
    assert pieces.engine.digest() == whole.engine.digest()


def test_a_run_ends_with_its_scenario(scenario):
    model = lm.LiverModel(scenario.with_({"run.days": 0.1}))
    model.run()
    assert model.hours == 2.5 and not model.running
    model.run()
    assert model.hours == 2.5
    by_mesa = lm.LiverModel(scenario.with_({"run.days": 0.1}))
    by_mesa.run_model()
    assert by_mesa.engine.digest() == model.engine.digest()


@pytest.mark.parametrize(
    ("length", "words"),
    [
        ("3 um", "is a length; a time is needed"),
        ("-1 h", "is not a time to run"),
        ("soon", "is not a quantity"),
    ],
)
def test_a_length_that_is_no_time_is_refused(scenario, length, words):
    with pytest.raises(LivermetError, match=words):
        lm.LiverModel(scenario).run(length)


def test_overrides_in_all_forms(scenario):
    wanted = scenario.with_({"cells.kupffer.density": 0.0})
    forms = [
        lm.LiverModel(wanted),
        lm.LiverModel(scenario, cells__kupffer__density=0),
        lm.LiverModel(scenario, **{"cells.kupffer.density": "0 /mm3"}),
    ]
    assert all(m.scenario == wanted and len(m.agents_by_type[lm.Kupffer]) == 0 for m in forms)
    by_name = lm.LiverModel("strip", run__days=2, seeding__enrichment=40, cells__kupffer__density=0)
    assert by_name.scenario.digest == wanted.digest
    with pytest.raises(LivermetError, match='did you mean "density"'):
        lm.LiverModel(scenario, cells__kupffer__densty=0)
    with pytest.raises(LivermetError, match="3 is neither a scenario nor"):
        lm.LiverModel(3)


def test_seeds_in_all_forms(scenario):
    assert lm.LiverModel(scenario, rng=7).seed == lm.LiverModel(scenario, seed=np.int64(7)).seed == 7
    sequence = [lm.LiverModel(scenario, rng=np.random.SeedSequence(4)).seed for _ in range(2)]
    generator = [lm.LiverModel(scenario, rng=np.random.default_rng(4)).seed for _ in range(2)]
    drawn = [lm.LiverModel(scenario, seed=None).seed for _ in range(2)]
    assert sequence[0] == sequence[1] and generator[0] == generator[1] and drawn[0] != drawn[1]
    first, same, other = (lm.LiverModel(scenario, seed=s) for s in (7, 7, 8))
    assert first.rng.random() == same.rng.random() != other.rng.random()
    assert first.random.random() == same.random.random()
    for wrong in ("x", 1.5, True):
        with pytest.raises(LivermetError, match="is not a whole number"):
            lm.LiverModel(scenario, seed=wrong)


def test_a_data_collector_collects_every_step(scenario):
    collector = mesa.DataCollector(
        model_reporters={"n": lambda m: len(m.agents), "hours": "hours"},
        agent_reporters={"load": "load", "kind": lambda a: a.kind},
    )
    model = lm.LiverModel(scenario, datacollector=collector)
    plain = lm.LiverModel(scenario)
    numbers = []
    for _ in range(4):
        model.step()
        plain.step()
        numbers.append(len(model.agents))
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["n"].tolist() == numbers and frame["hours"].tolist() == [0.25, 0.5, 0.75, 1.0]
    agents = collector.get_agent_vars_dataframe()
    assert len(agents) == sum(numbers)
    last = agents.xs(agents.index.get_level_values(0).max(), level=0)
    assert last.index.tolist() == model.agents.get("key") and last["kind"].tolist() == model.agents.get(
        "kind"
    )
    assert model.engine.digest() == plain.engine.digest()


class Watching(lm.LiverModel):
    """Set a collector, as Mesa's models do."""

    def __init__(self, *args, **keys):
        super().__init__(*args, **keys)
        self.datacollector = mesa.DataCollector(model_reporters={"hours": "hours"})


class Rarely(Watching):
    """Collect every other step."""

    def step(self):
        super().step()
        if self.world.clock.tick % 2 == 0:
            self.datacollector.collect(self)


def test_a_collector_of_a_subclass_collects_once_a_step_or_as_its_own_step_says(scenario):
    for kind, expected in ((Watching, [0.25, 0.5, 0.75, 1.0]), (Rarely, [0.5, 1.0])):
        model = kind(scenario)
        for _ in range(4):
            model.step()
        assert model.datacollector.model_vars["hours"] == expected


def test_a_given_collector_that_a_step_collects_too_collects_once(scenario):
    class Collecting(lm.LiverModel):
        def step(self):
            super().step()
            self.datacollector.collect(self)

    model = Collecting(scenario, datacollector=mesa.DataCollector(model_reporters={"hours": "hours"}))
    model.run("1 h")
    assert model.datacollector.model_vars["hours"] == [0.25, 0.5, 0.75, 1.0]


def test_batch_run_of_mesa(scenario):
    found = mesa.batch_run(
        Watching,
        {"scenario": ["strip"], "run__days": [0.05], "cells__kupffer__density": [0, 18000], "rng": [3]},
        display_progress=False,
    )
    assert len(found) == 2 and {row["hours"] for row in found} == {1.25}


class Sleepy(lm.Kupffer):
    """Fall asleep after every meal."""

    naps = 0

    def step(self):
        if self.load > 0.5:
            self.activation = 0.0
            self.load = 0.0
            self.naps += 1


def test_a_step_of_ones_own_acts_on_the_model(scenario, shuffle_rows):
    runs = []
    for shuffled in (False, False, True):
        model = lm.LiverModel(scenario, seed=5, agents={"kupffer": Sleepy})
        naps = 0
        for _ in range(40):
            if shuffled:
                shuffle_rows(model, model.world.clock.tick)
            model.step()
        naps = sum(model.agents_by_type[Sleepy].get("naps"))
        assert naps > 0 and type(next(iter(model.agents_by_type[lm.Kupffer]))) is Sleepy
        runs.append((naps, model.engine.digest()))
    plain = lm.LiverModel(scenario, seed=5)
    plain.run("10 h")
    assert runs[0] == runs[1] == runs[2] and plain.engine.digest() != runs[0][1]


def test_own_steps_come_once_a_tick_in_an_order_drawn_anew(scenario, shuffle_rows):
    orders = []

    class Counting(lm.LSEC):
        def step(self):
            orders[-1].append(self.key)

    model, again = (lm.LiverModel(scenario, agents={"lsec": Counting}) for _ in range(2))
    shuffle_rows(again)
    keys = model.agents_by_type[Counting].get("key")
    for each in (model, again, model):
        orders.append([])
        each.step()
    assert sorted(orders[0]) == keys and orders[0] != keys
    assert orders[0] == orders[1] != orders[2]


def test_a_cell_killed_by_another_does_not_step(scenario):
    stepped = []

    class Fighting(lm.LSEC):
        def step(self):
            stepped.append(self.key)
            for other in self.model.agents_by_type[lm.LSEC]:
                if other is not self:
                    other.die()

    model = lm.LiverModel(scenario, agents={"lsec": Fighting})
    model.step()
    assert len(stepped) == 1 and model.agents_by_type[Fighting].get("key") == stepped


def test_a_mistake_in_a_step_surfaces_and_the_run_can_go_on(scenario):
    class Clumsy(lm.Kupffer):
        wrong = True

        def step(self):
            if Clumsy.wrong:
                self.naps = 1

    model, plain = lm.LiverModel(scenario, agents={"kupffer": Clumsy}), lm.LiverModel(scenario)
    for _ in range(2):
        with pytest.raises(AttributeError, match=r'Clumsy cells have no "naps".*as in naps = 0'):
            model.step()
    assert model.hours == 0.0
    Clumsy.wrong = False
    for each in (model, plain):
        each.run("1 h")
    assert model.hours == 1.0 and model.engine.digest() == plain.engine.digest()


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ({"kupfer": Sleepy}, '"kupfer" is not a kind of cell; did you mean "kupffer"'),
        ({"nk": Sleepy}, "is not a class derived from livermet_sim.NK"),
        ({"kupffer": 3}, "3 is not a class derived from livermet_sim.Kupffer"),
    ],
)
def test_a_wrong_class_is_refused(scenario, agents, words):
    with pytest.raises(LivermetError, match=words):
        lm.LiverModel(scenario, agents=agents)


def test_a_model_with_a_step_of_its_own(scenario):
    class Hungry(lm.LiverModel):
        def step(self):
            self.agents_by_type[lm.Kupffer].set("load", 0.0)
            super().step()

    model, plain = Hungry(scenario, seed=5), lm.LiverModel(scenario, seed=5)
    result = model.run("10 h")
    plain.run("10 h")
    assert result.hours == 10.0 and model.engine.digest() != plain.engine.digest()


def test_ctrl_c_keeps_what_was_computed_and_the_run_can_go_on(scenario):
    model, plain = (lm.LiverModel(scenario, seed=4) for _ in range(2))

    def press(done, total):
        if done == 2.0:
            signal.raise_signal(signal.SIGINT)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            model.run("8 h", progress=press)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert model.hours == 2.0 and model.result().provenance["complete"] is False
    result = model.run("6 h")
    plain.run("8 h")
    assert result.provenance["complete"] is True and model.engine.digest() == plain.engine.digest()


def test_ctrl_c_in_the_middle_of_a_step_is_held_and_twice_acts_at_once(scenario, monkeypatch):
    model = lm.LiverModel(scenario)
    step, presses = model.engine.step, 1

    def pressed():
        for _ in range(presses):
            signal.raise_signal(signal.SIGINT)
        step()

    monkeypatch.setattr(model.engine, "step", pressed)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            model.run("1 h")
        assert model.hours == 0.25, "the step under way was finished"
        presses = 2
        with pytest.raises(KeyboardInterrupt):
            model.run("1 h")
        assert model.hours == 0.25 and model.result().provenance["complete"] is False
    finally:
        signal.signal(signal.SIGINT, handler)
    with pytest.raises(LivermetError, match="broken off half-way"):
        model.step()


def test_a_run_in_a_thread(scenario):
    model, plain = (lm.LiverModel(scenario) for _ in range(2))
    thread = threading.Thread(target=model.run, args=("1 h",))
    thread.start()
    thread.join()
    plain.run("1 h")
    assert model.engine.digest() == plain.engine.digest()


def test_a_headless_run_makes_no_agent(scenario, monkeypatch):
    def refuse(*_):
        raise AssertionError("an agent was made")

    monkeypatch.setattr(mesa.Agent, "__init__", refuse)
    monkeypatch.setattr(lm.Cell, "__init__", refuse)
    model = lm.LiverModel(scenario)
    model.run("6 h")
    assert len(model.agents) > 0
    with pytest.raises(AssertionError):
        list(model.agents)


def test_models_are_let_go(scenario):
    gone = []
    for number in range(20):
        model = lm.LiverModel(scenario, seed=number, agents={"kupffer": Sleepy})
        model.step()
        model.agents.do(lambda a: a.pos)
        gone.append(weakref.ref(model))
    del model
    gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)
    assert not [m for m in getattr(mesa.Agent, "_ids", ()) if isinstance(m, lm.LiverModel)]


def test_agents_of_other_classes_are_refused(scenario):
    class Doctor(mesa.Agent):
        pass

    with pytest.raises(LivermetError, match="a Doctor cannot be added; add a kind of cell"):
        Doctor(lm.LiverModel(scenario))


def test_remove_all_agents(model):
    model.remove_all_agents()
    assert len(model.agents) == 0
    assert model.world.totals["dead_treatment"] > 0


@pytest.mark.parametrize("seed", [-1, 2**62, -(2**70), 1.5, "1", True])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(
        LivermetError, match=r"^seed: .* (is impossible; it must be from 0 to|is not a whole number)"
    ):
        lm.LiverModel("strip", seed=seed)


@pytest.mark.parametrize("length", [3, 0.25, "3", np.float64(2), -1])
def test_a_length_says_whether_it_is_hours_or_days(model, length):
    with pytest.raises(
        LivermetError, match=rf'^run: length = {length} has no unit; write "{length} day" or "{length} h"$'
    ):
        model.run(length)
    assert model.hours == 6.0
