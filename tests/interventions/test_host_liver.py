"""Follow what is done to the host's liver along its chain, from the change to what the tumour cells feel."""

from __future__ import annotations

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.interventions.read import flat, read
from livermet_sim.processes.systemic import missing


def liver(*interventions, days: float, tissue: str = "strip", **values: float) -> Engine:
    """Return a liver in which these were done, at its end."""
    own = lm.load(tissue, {"run.days": days, **values}).with_(interventions=list(interventions))
    engine = Engine(own, 2)
    engine.run()
    return engine


def hgf(engine: Engine) -> float:
    """Return the level of free HGF."""
    return float(engine.world.systemic[engine.world.systemic_names.index("hgf")])


@pytest.mark.parametrize("minutes", [15, 45, 105])
def test_a_clamp_starves_the_liver_as_long_as_it_lasts(minutes):
    """Oxygen is followed every two hours; a shorter clamp must not last as long as that, nor pass unseen."""
    clamp = lm.block("liver", "inflow", at="30 min", until=f"{30 + minutes} min")
    own = lm.load("strip", {"run.days": 0.2}).with_(interventions=[clamp])
    engine, starved = Engine(own, 2), []
    inside = engine.world.tissue.inside
    for _ in range(18):
        engine.step()
        starved.append(float(np.median(engine.world.sites["oxygen"][inside])) < 5.0)
    assert 15 * sum(starved) == minutes


def test_lost_hepatocytes_set_hgf_free_until_they_are_back_and_lost_perfusion_loses_them():
    throttled = lm.block("liver", "inflow", until="1 day", factor=0.1)
    # tumour cells take places of hepatocytes and leave them empty when they die
    well, ill = (liver(*done, days=1.0, **{"seeding.dose": 0.0}) for done in ((), (throttled,)))
    assert missing(well.world) < 0.01 and hgf(well) < 0.05
    assert missing(ill.world) > 0.2 and hgf(ill) > 1.0
    before = hgf(ill)
    ill.run(120.0)
    assert hgf(ill) < 0.9 * before


def test_ischaemia_reperfusion_loses_hepatocytes_and_its_flow_given_back_spares_them():
    ischaemia = lm.condition("ischaemia_reperfusion", at="0 day")
    drug = lm.boost("liver", "inflow", at="45 min", until="5 day", factor=4.0)
    ill, treated = (liver(*done, days=1.5, tissue="lobule") for done in ((ischaemia,), (ischaemia, drug)))
    assert missing(ill.world) > 2.0 * missing(treated.world) and hgf(ill) > 2.0 * hgf(treated)


@pytest.mark.parametrize(
    ("name", "at", "until", "changes"),
    [("alcohol", "-28 day", "0 day", 7), ("sepsis", "-1 day", "1 day", 1), ("ischaemia_reperfusion", "0 day", "1 h", 3)],
)  # fmt: skip
def test_a_condition_ends_when_it_is_told_and_changes_that_come_later_never_begin(name, at, until, changes):
    own = lm.load("strip").with_(interventions=[lm.condition(name, at=at, until=until)])
    parts = flat(read(own.interventions, own.kinds, own.fields))
    assert len(parts) == changes
    assert all(part.get("end", own.interventions[0]["end"]) <= own.interventions[0]["end"] for part in parts)


def read_of(engine: Engine, measure: str) -> float:
    """Return a measure of a run."""
    return float(engine.measures()[measure])


@pytest.mark.parametrize(("condition", "measure", "least"), [
    ("alcohol", "founders_extravasated_share", 1.3), ("fibrosis", "founders_arrested_share", 1.02), ("steatosis", "founders_extravasated_share", 1.2),
])  # fmt: skip
def test_an_ill_liver_holds_more_of_the_cells_that_come(condition, measure, least):
    well, ill = (
        liver(*done, days=0.5, tissue="lobule") for done in ((), (lm.condition(condition, at="-3 day"),))
    )
    assert read_of(ill, measure) > least * read_of(well, measure) > 0.0


def test_alcohol_is_felt_by_kupffer_cells_lining_and_growth_factors():
    well, ill = (
        liver(*done, days=0.1, tissue="lobule") for done in ((), (lm.condition("alcohol", at="-1 day"),))
    )
    for name, least, most in (("tnf", 1.5, 6.0), ("no", 0.5, 1.5)):
        field = well.recipe.fields.index(name)
        ratio = (
            ill.world.fields.concentration[:, field].mean() / well.world.fields.concentration[:, field].mean()
        )
        assert least < ratio < most
    assert hgf(ill) > hgf(well) + 0.2


def test_a_cirrhotic_lining_kills_fewer_of_the_cells_that_it_holds_by_nitric_oxide():
    """Qi 2004 doi:10.1002/hep.20421: 17 against 30 % of B16F1 in sinusoids are apoptotic at 8 h; a share, as more are held."""
    own = lm.load("lobule", {"run.days": 0.33, "line": "b16f1"})
    share = []
    for done in ((), (lm.condition("fibrosis", at="-3 day"),)):
        engines = [Engine(own.with_(interventions=list(done)), seed) for seed in range(1, 13)]
        for engine in engines:
            engine.run()
        killed = sum(int(engine.world.totals.get("dead_nitric_oxide", 0)) for engine in engines)
        share.append(killed / (killed + sum(len(engine.world.rows("tumour")) for engine in engines)))
    assert share[1] < 0.7 * share[0]


def test_growth_factors_of_hepatectomy_make_more_of_settled_cells():
    removed = lm.condition("partial_hepatectomy", at="1 day", strength=0.4)
    whole, rest = (liver(*done, days=6.0, tissue="lobule") for done in ((), (removed,)))
    assert read_of(rest, "tumour_cells") > 1.5 * read_of(whole, "tumour_cells")


def test_taking_regulatory_t_cells_away_empties_the_hosts_pool_and_frees_nk_cells():
    """A liver at rest holds hardly any, so that nothing but the pool can tell it; half are taken, and none, until a day."""

    def pool(engine: Engine) -> float:
        return float(engine.world.systemic[engine.world.systemic_names.index("treg")])

    none = {"seeding.dose": 0.0}
    well, half, ill, other = (
        liver(*done, days=1.0, tissue="lobule", **none)
        for done in (
            (), (lm.deplete("treg", efficacy=0.5),), (lm.deplete("treg"),), (lm.deplete("cd8"),),
        )
    )  # fmt: skip
    assert [pool(engine) for engine in (well, half, ill, other)] == [1.0, 0.5, 0.0, 1.0]
    attack = ill.setting.column("attack")
    rates = [
        engine.world.rates[engine.world.rows("nk"), attack].mean() for engine in (well, half, ill, other)
    ]
    # without any PA26.nk is at four fifths of its ceiling, with half of them at half
    assert rates[0] == rates[3]
    assert [rates[1], rates[2]] == pytest.approx([1.5 * rates[0], 1.8 * rates[0]], rel=0.001)
    back = liver(lm.deplete("treg", until="12 h"), days=1.0, tissue="lobule", **none)
    assert pool(back) == 1.0
    blocked = liver(lm.block("liver", "systemic.treg"), days=1.0, tissue="lobule", **none)
    assert pool(blocked) == 0.0
