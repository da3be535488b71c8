"""A small piece of liver, a few hours old, for the tests of the Mesa facade."""

import pytest

import livermet_sim as lm


@pytest.fixture(scope="session")
def scenario():
    """Return the strip with more tumour cells, so that a few hours hold births and deaths."""
    return lm.load("strip", {"run.days": 2, "seeding.enrichment": 40})


@pytest.fixture
def model(scenario):
    """Return a model six hours old."""
    model = lm.LiverModel(scenario, seed=5)
    for _ in range(24):
        model.step()
    return model


@pytest.fixture
def shuffle_rows():
    """Return a function that puts a model's rows into another order, as a long run would."""

    from livermet_sim.verification.worlds.livers import shuffle_rows

    def shuffle(model, seed=0):
        shuffle_rows(model.engine, seed)

    return shuffle
