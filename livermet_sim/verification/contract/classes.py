"""Contracts as classes of tests, which a test class inherits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.scenario.spec import Scenario
from livermet_sim.verification.contract import looks, runs, truth

SEED, STEPS = 1, 100


def hold(sentences: Sequence[str]) -> None:
    """Raise with everything that is wrong, if anything is."""
    if sentences:
        raise AssertionError("\n".join(sentences))


class Contract:
    """Hold what the contracts share: which run they look at.

    Attributes
    ----------
    name : str
        Of what it is about.
    seed, steps : int
        Of the run; much should happen in it to what it is about.
    """

    name = ""
    seed, steps = SEED, STEPS

    def scenario(self) -> Scenario:
        """Return a scenario in which it acts."""
        raise LivermetError(type(self).__name__, "it says not in which scenario; give it a method scenario()")

    def ended(self) -> Engine:
        """Return a run at its end."""
        engine = Engine(self.scenario(), self.seed)
        for _ in range(self.steps):
            engine.step()
        return engine


class RunContract(Contract):
    """Hold what is true of every liver, whatever takes part in it."""

    def test_everything_is_accounted_for(self):
        hold(runs.unaccounted(self.scenario(), self.seed, self.steps))

    def test_the_order_of_rows_does_not_show(self):
        hold(runs.shuffled(self.scenario(), self.seed, self.steps))

    def test_a_saved_run_goes_on_as_if_it_had_never_stopped(self):
        hold(runs.restored(self.scenario(), self.seed, self.steps))


class ProcessContract(RunContract):
    """Hold a process, or all of a run where none is named, to: truthful writes, in its time; all state in World; and `RunContract`."""

    def test_it_tells_what_it_changes_and_when(self):
        engine = Engine(self.scenario(), self.seed)
        names = [process.name for process in engine.plan.processes]
        if self.name and self.name not in names:
            raise AssertionError(f"there is no process {self.name} in this run")
        hold(truth.lies(engine, self.steps, (self.name,) if self.name else ()))

    def test_all_that_it_carries_stands_in_the_world(self):
        hold(runs.renewed(self.scenario(), self.seed, self.steps))


class KindContract(RunContract):
    """Hold a kind of cells to: declared in full; there; its states from 0 to 1; and `RunContract`."""

    def test_it_declares_units_ranges_and_meanings(self):
        scenario = self.scenario()
        own = next(kind for kind in scenario.kinds if kind.name == self.name)
        hold(looks.declared(own, scenario.fields, tuple(kind.name for kind in scenario.kinds)))

    def test_it_is_there_and_its_states_are_shares(self):
        engine = Engine(self.scenario(), self.seed)
        own = next(kind for kind in engine.recipe.kinds if kind.name == self.name)
        for step in range(self.steps):
            engine.step()
            if step % runs.EVERY == 0:
                hold(looks.kind(engine, own))


class ReadoutContract(Contract):
    """Hold a readout to: it looks only, is steady, does not hang on the order of rows, and gives what it declares.

    ``scope`` says of what there is one: "run", "lesion", "founder" or "cell".
    """

    scope = "run"

    def test_it_looks_only_and_gives_what_it_declares(self):
        hold(looks.readout(self.ended(), self.name, self.scope))


class SignalContract(Contract):
    """Hold a signal to: it looks only, is steady, tells each cell its own, and does not hang on the order of rows.

    ``kind`` names the cells that sense it.
    """

    kind = "tumour"

    def test_it_looks_only_and_tells_each_cell_its_own(self):
        engine = self.ended()
        own = engine.compiled.words.signals[self.name]
        rows = engine.world.rows(self.kind)
        if not len(rows):
            raise AssertionError(f"there is no {self.kind} cell in this run")
        hold(looks.signal(engine, own, np.asarray(rows)))


class ResponseContract(Contract):
    """Hold a response to: a share from 0 to 1, 0 without a signal, steady, and of each signal by itself."""

    def test_it_is_a_share_of_each_signal_by_itself(self):
        from livermet_sim.rulebook.own import shapes

        shape = shapes().get(self.name)
        if shape is None:
            raise AssertionError(f"there is no response {self.name} that was registered")
        hold(looks.response(shape))
