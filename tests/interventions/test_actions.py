"""Check that each action does what it says, in direction and size, on small livers."""

from __future__ import annotations

import numpy as np
import pytest
from treated_livers import keys, liver, number, rate, scenario, to

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import SINUSOID


def test_depletion_takes_the_stated_share_once_and_for_the_window():
    plain = liver(tissue="lobule")
    whole = number(plain, "kupffer")
    half = liver(lm.deplete("kupffer", efficacy=0.5), tissue="lobule", hours=6.0)
    left = number(half, "kupffer")
    assert abs(left - whole / 2) < 3 * np.sqrt(whole) / 2
    assert number(to(half, 12.0), "kupffer") == left
    assert keys(half, "kupffer") < keys(plain, "kupffer")
    most = liver(lm.deplete("kupffer", efficacy=0.9), tissue="lobule", hours=1.0)
    # who is spared at 90 % is spared at 50 %
    assert keys(most, "kupffer") < keys(half, "kupffer")


def test_residents_come_back_evenly_over_the_recovery_and_without_a_load():
    treated = lm.deplete("kupffer", at="2 h", until="12 h", recovery="20 h")
    engine = liver(treated, tissue="lobule")
    whole, first = number(engine, "kupffer"), keys(engine, "kupffer")
    assert number(to(engine, 12.0), "kupffer") == 0
    middle = number(to(engine, 22.25), "kupffer")
    assert abs(middle - whole / 2) < 3 * np.sqrt(whole) / 2
    newcomers = engine.world.rows("kupffer")
    assert engine.world.cells["age"][newcomers].max() <= 11.0
    back = number(to(engine, 33.0), "kupffer")
    # all but those whose vessel closed meanwhile, each the cell that stood there
    assert back >= 0.97 * whole and keys(engine, "kupffer") <= first
    sites = engine.world.cells["site"][engine.world.rows("kupffer")]
    assert (engine.world.compartment[sites] == SINUSOID).all()


def test_blood_cells_are_taken_as_they_come_and_return_by_recruitment():
    treated = lm.deplete("neutrophil", at="0 h", until="24 h")
    values = {"tissue": "lobule", "cells__neutrophil__density": 4000.0}
    engine, plain = liver(treated, **values), liver(**values)
    rest = number(plain, "neutrophil")
    assert number(to(engine, 24.0), "neutrophil") <= 2 < rest
    assert number(to(engine, 72.0), "neutrophil") > 0.5 * rest
    slow = liver(treated | {"recovery": 10.0}, hours=72.0, **values)
    assert number(slow, "neutrophil") < 0.6 * number(engine, "neutrophil")


def test_tumour_cells_that_are_taken_count_as_treated():
    engine = liver(lm.deplete("tumour", at="6 h", efficacy=0.5), hours=6.0)
    alive = number(engine, "tumour")
    engine.run(0.25)
    assert 0 < engine.world.totals["dead_treatment"] <= alive


@pytest.mark.parametrize(("factor", "action"), [(0.0, "block"), (0.25, "block"), (3.0, "boost")])
def test_a_behaviour_is_multiplied_and_its_neighbours_are_not(factor, action):
    change = {"action": action, "target": "lsec", "behaviour": "secrete.no", "factor": factor}
    plain, engine = liver(), liver(change)
    assert rate(plain, "lsec", "secrete.no").min() > 0
    assert rate(engine, "lsec", "secrete.no") == pytest.approx(factor * rate(plain, "lsec", "secrete.no"))
    assert (rate(engine, "lsec", "secrete.cxcl12") == rate(plain, "lsec", "secrete.cxcl12")).all()


def test_a_boost_stays_within_the_bounds_of_the_behaviour():
    engine = liver(lm.boost("lsec", "tether", factor=1e4))
    assert rate(engine, "lsec", "tether").max() == 10.0


def test_an_antibody_to_a_signal_takes_it_from_all_kinds():
    plain, engine = liver(hours=12.0), liver(lm.block("all", "secrete.vegf"), hours=12.0)
    assert plain.world.fields["vegf"].max() > 0 and engine.world.fields["vegf"].max() == 0
    assert engine.world.fields["no"].max() > 0


@pytest.mark.parametrize("order", [1, -1])
def test_a_block_holds_against_what_is_added_in_whichever_order_they_are_written(order):
    raised, held = lm.add_signal("systemic.il6", 4.0), lm.block("liver", "systemic.il6", factor=0.25)
    level = [
        liver(*own, hours=1.0).world.level("systemic.il6")[0] for own in ([raised], [raised, held][::order])
    ]
    assert level == [4.0, 1.0]
    source, antibody = lm.add_signal("tnf", 3.0), lm.block("all", "secrete.tnf")
    assert liver(source, hours=1.0).world.fields["tnf"].mean() > 2.0
    assert liver(*[source, antibody][::order], hours=1.0).world.fields["tnf"].max() == 0.0


def test_a_block_of_one_kind_leaves_what_comes_from_outside():
    source = lm.add_signal("tnf", 3.0)
    blocked = liver(source, lm.block("kupffer", "secrete.tnf"), hours=1.0)
    assert blocked.world.fields["tnf"][blocked.world.tissue.inside].mean() == pytest.approx(3.0, rel=0.05)


def test_a_level_that_something_raises_can_be_boosted():
    treated = (lm.add_signal("systemic.il6", 2.0), lm.boost("liver", "systemic.il6", factor=3.0))
    assert liver(*treated, hours=1.0).world.level("systemic.il6")[0] == pytest.approx(6.0)


def test_a_knock_out_holds_from_the_first_moment():
    engine = liver(lm.knock_out("lsec", "secrete.no"))
    assert engine.world.fields["no"].max() == 0 and liver().world.fields["no"].max() > 0
    assert scenario(lm.knock_out("lsec", "secrete.no")).interventions[0] == {
        "action": "knock_out", "target": "lsec", "behaviour": "secrete.no",
    }  # fmt: skip


# without tumour cells nothing but the signal put there calls anyone
CHEMOKINE = {"tissue": "lobule", "cells__neutrophil__density": 2000.0, "seeding__dose": 0.0}
CALLED = lm.add_signal("cxcl", 5.0)


def test_a_receptor_block_reaches_recruitment_and_traps_and_leaves_the_signal():
    called = liver(CALLED, hours=8.0, **CHEMOKINE)
    blocked = liver(CALLED, lm.block("all", "sense.cxcl"), hours=8.0, **CHEMOKINE)
    assert blocked.world.fields["cxcl"].max() > 3.0
    for kind, behaviour in (
        ("lsec", "recruit.neutrophil"),
        ("lsec", "recruit.mdsc"),
        ("neutrophil", "release_net"),
    ):
        assert rate(blocked, kind, behaviour).mean() < 0.5 * rate(called, kind, behaviour).mean()


def test_a_receptor_block_of_one_kind_covers_its_own_arrival_alone():
    called = liver(CALLED, hours=1.0, **CHEMOKINE)
    one = liver(CALLED, lm.block("neutrophil", "sense.cxcl"), hours=1.0, **CHEMOKINE)
    neutrophil, mdsc = "recruit.neutrophil", "recruit.mdsc"
    assert rate(one, "lsec", neutrophil).mean() < 0.5 * rate(called, "lsec", neutrophil).mean()
    assert rate(one, "lsec", mdsc) == pytest.approx(rate(called, "lsec", mdsc), rel=1e-6)


def test_a_partial_receptor_block_is_as_good_as_less_of_the_signal():
    blocked = liver(CALLED, lm.block("all", "sense.cxcl", factor=0.2), tissue="strip")
    less = liver(lm.add_signal("cxcl", 1.0), tissue="strip")
    column = less.world.fields.index("cxcl")
    less.world.fields.concentration[:, column] = blocked.world.fields.concentration[:, column] * 0.2
    less.compiled.evaluate(less.world)
    blocked.compiled.evaluate(blocked.world)
    name = "recruit.neutrophil"
    assert rate(blocked, "lsec", name) == pytest.approx(rate(less, "lsec", name), rel=1e-12)


def test_a_blocked_receptor_takes_the_way_up_its_signal():
    crawl = next(
        p for p in liver(lm.block("neutrophil", "sense.cxcl"), hours=0.25).plan.processes if p.name == "Crawl"
    )
    code = [kind.name for kind in scenario().kinds].index("neutrophil")
    assert crawl.heed[code] == 0.0 and np.delete(crawl.heed, code).min() == 1.0


def test_a_rule_is_blocked_by_its_id_or_with_all_its_variants():
    def silent(id: str) -> set[str]:
        engine = liver(lm.block("rule", id), hours=0.25)
        return {r.id for r, g in zip(engine.compiled.acting, engine.compiled.gain, strict=True) if g == 0.0}

    assert silent("MV6.tnf") == {"MV6.tnf"}
    assert silent("MV6") == {"MV6.tnf", "MV6.il1"}


def test_a_standing_inflow_starves_the_tissue_and_comes_back():
    engine = liver(lm.block("liver", "inflow", at="3 h", until="9 h"))
    before = to(engine, 3.0).world.sites["oxygen"][engine.world.tissue.inside].mean()
    sites = to(engine, 7.0).world.sites
    assert sites["perfused"].max() == 0 and sites["oxygen"].max() < 0.5 and not sites["speed"].any()
    to(engine, 14.0)
    assert engine.world.sites["perfused"].max() == 1
    assert engine.world.sites["oxygen"][engine.world.tissue.inside].mean() > 0.9 * before


def test_levels_are_shifted_and_what_lies_underneath_stays():
    own = [
        lm.add_signal("systemic.il6", 2.0, at="2 h", until="4 h"),
        lm.block("liver", "systemic.igf1", factor=0.25),
    ]
    engine = liver(*own)
    il6, igf1 = (list(engine.world.systemic_names).index(name) for name in ("il6", "igf1"))
    assert engine.world.systemic[igf1] == 0.25
    seen = [to(engine, hour).world.systemic[il6] for hour in (2.0, 2.25, 4.0, 4.25)]
    assert seen == pytest.approx([0.0, 2.0, 2.0, 0.0], abs=1e-12)
    saa = list(engine.world.systemic_names).index("saa")
    assert engine.world.systemic[saa] > 0  # what follows from IL-6 is not undone


def test_dnase_and_loss_rates_speed_up_what_is_lost():
    net = lm.add_matrix("net", 1.0)
    plain, cut = liver(net, hours=6.0), liver(net, lm.dose("dnase"), hours=6.0)
    assert 0 <= cut.world.sites["net"].sum() < 0.3 * plain.world.sites["net"].sum()


def test_cells_are_added_where_and_when_it_is_said():
    few, many = (lm.add_cells("nk", n, at="2 h", where="portal") for n in (4, 40))
    engine = liver(many, tissue="lobule")
    before = keys(to(engine, 2.0), "nk")
    new = keys(to(engine, 2.25), "nk") - before
    assert 35 <= len(new) <= 40
    first = liver(few, tissue="lobule", hours=2.25)
    assert keys(first, "nk") - before <= new
    dense = liver(lm.add_cells("stellate", density=5000.0, where="tissue"), tissue="lobule", hours=0.25)
    expected = 5000.0 * dense.world.tissue.volume
    assert number(dense, "stellate") - number(liver(tissue="lobule"), "stellate") == round(expected)


def test_a_source_everywhere_gives_its_amount_and_a_zone_gives_less_elsewhere():
    level = liver(lm.add_signal("fgf2", 0.5), hours=4.0).world
    inside = level.tissue.inside
    assert level.fields["fgf2"][inside] == pytest.approx(0.5, rel=0.02)
    zone = liver(lm.add_signal("fgf2", 0.5, zone=(0.0, 0.3)), hours=4.0).world
    portal = zone.tissue.zone[inside] < 0.3
    assert zone.fields["fgf2"][inside][portal].mean() > 2 * zone.fields["fgf2"][inside][~portal].mean()
    gone = liver(lm.add_signal("fgf2", 0.5, until="4 h"), hours=8.0).world
    assert gone.fields["fgf2"].max() < 0.05


def test_matrix_is_laid_into_its_zone_and_fills_up_at_1():
    world = liver(
        lm.add_matrix("collagen", 0.6, zone=(0.0, 0.5)), lm.add_matrix("collagen", 0.6, zone=(0.0, 0.2))
    ).world
    collagen, zone = world.sites["collagen"][world.tissue.inside], world.tissue.zone[world.tissue.inside]
    assert (collagen[zone <= 0.2] == 1.0).all() and (collagen[(zone > 0.2) & (zone <= 0.5)] == 0.6).all()
    assert (collagen[zone > 0.5] == 0.0).all()


def test_a_state_is_set_in_the_stated_share():
    world = liver(lm.set_state("stellate", "activation", 0.8, share=0.5), tissue="lobule").world
    state = world.cells["activation"][world.rows("stellate")]
    assert (state[state != 0.8] < 0.02).all()  # at rest
    assert abs((state == 0.8).mean() - 0.5) < 3 * 0.5 / np.sqrt(len(state))


def test_a_cytotoxic_drug_kills_the_cycling_and_spares_the_dormant():
    values = {
        "tissue": "lobule",
        "seeding__enrichment": 300.0,
        "cells__tumour__dormant_share": 0.8,
        "cells__tumour__wake": 0.0,
        "cells__tumour__sleep": 0.0,
    }
    plain, treated = (
        liver(hours=72.0, **values),
        liver(lm.dose("cytotoxic", at="48 h", amount=20.0), hours=72.0, **values),
    )

    def counts(engine: Engine) -> list[int]:
        state = engine.world.cells["state"][engine.world.rows("tumour")]
        return [int((state == code).sum()) for code in (0, 1)]

    (cycling, dormant), (killed, spared) = counts(plain), counts(treated)
    assert killed < 0.5 * cycling and spared >= 0.8 * dormant and dormant > 3
    assert treated.world.totals["dead_treatment"] > 0
