"""Show that each mechanism which a process carries out does what the literature sheet says of it."""

from __future__ import annotations

import numpy as np
import pytest
from process_worlds import engine_on, lone_tumour_cells, process

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import LUMEN, SINUSOID, TISSUE
from livermet_sim.processes.angiogenesis import Tip
from livermet_sim.processes.collapse import take_away
from livermet_sim.processes.matrix import Matrix
from livermet_sim.processes.perfusion import Flow
from livermet_sim.processes.systemic import SystemicResponse
from livermet_sim.rulebook.book import by_process
from livermet_sim.scenario.load import load
from livermet_sim.scenario.tables import rule as in_words
from livermet_sim.state.tissue import PORTAL

TUBE = ["." * 21] * 3 + ["P" + "=" * 19 + "C"] + ["." * 21] * 3
ROW = 3 * 21
FIELD = ["." * 21] * 9 + ["P" + "=" * 19 + "C"] + ["." * 21] * 9


def liver(hours: float, seed: int = 1, tissue: str = "strip", **changes: object) -> Engine:
    """Return a small liver after ``hours``; dots of names are written as two underscores."""
    engine = Engine(load(tissue, {name.replace("__", "."): value for name, value in changes.items()}), seed)
    engine.run(hours)
    return engine


def logged(engine: Engine, event: str) -> np.ndarray:
    """Return the rows of the log of one kind of event."""
    log = engine.world.log.array()
    return log[log[:, 1] == engine.world.log.names.index(event)]


def place_lesion(engine: Engine, sites: list[int]) -> np.ndarray:
    """Put touching tumour cells into the tissue and count them."""
    rows = lone_tumour_cells(engine.world, sites, TISSUE)
    engine.world.count()
    return rows


@pytest.mark.parametrize("id", sorted(by_process()))
def test_a_mechanism_of_a_process_can_be_read_and_switched_off(id):
    entry = by_process()[id]
    scenario = load("strip", {f"rules.{id}.enabled": False})
    assert {name: scenario.value(name) for name in entry["off"]} == entry["off"]
    assert load("strip", {f"rules.{id}.enabled": True}) == load("strip")
    assert any(load("strip").value(name) != off for name, off in entry["off"].items())
    words = in_words(load("strip"), id)
    assert entry["title"] in words and all(name in words for name in entry["parameters"])
    assert entry["process"] in {p.name for p in Engine(load("strip"), 1).plan.processes}


def test_mv1_size_holds_wide_cells_in_narrow_periportal_tubes():
    held = {}
    for on in (True, False):
        engine = liver(0.5, tissue="lobule", rules__MV1__enabled=on, cells__tumour__arrest_adhesive=0.0)
        arrests = logged(engine, "arrest")
        how = np.array(engine.world.log.causes)[arrests[:, 2]]
        zone = engine.world.tissue.zone[arrests[:, 6]]
        held[on] = (np.count_nonzero(how == "mechanical"), len(logged(engine, "wash_out")), zone)
    assert held[True][0] > 30 and held[False][0] == 0
    assert held[False][1] > held[True][1]
    assert held[True][2].mean() < 1 / 3


def test_pa1_dormant_founders_do_not_divide():
    asleep = liver(84, cells__tumour__dormant_share=1.0, cells__tumour__wake=0.0)
    awake = liver(84, rules__PA1__enabled=False)
    assert len(logged(asleep, "divide")) == 0
    assert len(logged(awake, "divide")) > 20


def test_pm4_saa_follows_il6_as_it_should():
    engine = liver(10, systemic__il6=2.0, systemic__saa=0.5, seeding__dose=0.0)
    level = engine.world.systemic[engine.world.systemic_names.index("saa")]
    own = engine.setting.read("systemic_response", SystemicResponse)
    assert level == pytest.approx(0.5 + own.saa_gain * 2 / 3 * (1 - np.exp(-own.saa_rate * 10)))
    still = liver(10, systemic__saa=0.5, seeding__dose=0.0)
    assert still.world.systemic[still.world.systemic_names.index("saa")] == 0.5


def test_pm12_permeability_rebounds_when_an_anti_vegf_drug_is_stopped():
    engine = liver(240, systemic__anti_vegf=2.0, seeding__dose=0.0)
    world, memory = engine.world, engine.setting.read("systemic_response", SystemicResponse).rebound_memory
    at = world.systemic_names.index
    assert world.systemic[at("vegf_rebound")] == 0.0
    world.systemic[at("anti_vegf")] = 0.0
    engine.run(24)
    used_to = 2.0 * (1 - np.exp(-memory * 240))
    assert world.systemic[at("vegf_rebound")] == pytest.approx(used_to * np.exp(-memory * 24))


def test_an6_tips_keep_their_distance(monkeypatch):
    apart = {}
    for on in (True, False):
        changes = {"rules.AN6.enabled": on, "cells.lsec.stretch": 20.0}
        engine, setting = engine_on(monkeypatch, FIELD, changes)
        engine.world.rates[engine.world.rows("lsec"), setting.column("sprout")] = 1e4
        grow = process(engine, "Angiogenesis")
        grow.step(engine.world)
        x, _ = engine.world.tissue.xy(engine.world.carried["sprouts"]["tip"])
        apart[on] = np.diff(np.sort(x))
    assert apart[True].min() >= 40.0 > apart[False].min()


def test_an9_vessels_near_a_portal_tract_are_narrow(monkeypatch):
    engine, setting = engine_on(monkeypatch, FIELD, {"cells.lsec.stretch": 20.0})
    world, grow = engine.world, process(engine, "Angiogenesis")
    world.rates[world.rows("lsec"), setting.column("sprout")] = 1e4
    grow.step(world)
    roots, tubes = world.carried["sprouts"]["root"] % 21 * 10.0, world.carried["sprouts"]["tube"]
    distance = dict(zip(roots.tolist(), tubes.tolist(), strict=True))
    lsec = setting.read("cells.lsec", Tip)
    assert {tube for x, tube in distance.items() if x < lsec.portal_reach} == {lsec.portal_sprout_diameter}
    assert {tube for x, tube in distance.items() if x > lsec.portal_reach} == {lsec.sprout_diameter}
    roots = len(world.compartment[world.compartment == SINUSOID])
    world.rates[:, setting.column("extend")] = 10.0
    world.clock.tick += round(grow.every / world.clock.dt)
    grow.step(world)
    laid = np.flatnonzero(world.sites["vessel_age"] > 0)
    assert len(laid) and np.count_nonzero(world.compartment == SINUSOID) == roots + len(laid)
    assert set(world.sites["diameter"][laid]) <= {lsec.portal_sprout_diameter, lsec.sprout_diameter}


def test_an20_a_new_vessel_brings_oxygen_into_a_lesion(monkeypatch):
    oxygen = {}
    for on in (True, False):
        engine, _ = engine_on(monkeypatch, FIELD, {"rules.AN20.enabled": on, "oxygen.uptake": 1e-3})
        world = engine.world
        place_lesion(engine, [y * 21 + x for y in range(1, 8) for x in range(5, 16)])
        # a loop that leaves the old tube and joins it again further down
        loop = [
            *(y * 21 + 3 for y in range(9, 4, -1)),
            *range(4 * 21 + 3, 4 * 21 + 18),
            *(y * 21 + 17 for y in range(5, 10)),
        ]
        new = np.array(loop[1:-1])
        world.compartment[new], world.sites["diameter"][new], world.sites["vessel_age"][new] = (
            SINUSOID,
            8.0,
            10.0,
        )
        world.network.add_edges(np.column_stack([loop[:-1], loop[1:]]), np.full(len(loop) - 1, 8.0))
        for name in ("Perfuse", "Oxygenate"):
            process(engine, name).step(world)
        assert world.sites["perfused"][new].all() and (world.sites["blood_oxygen"][new] > 20.0).all()
        oxygen[on] = world.sites["oxygen"][4 * 21 + 5 : 4 * 21 + 16].mean()
    assert oxygen[True] > oxygen[False] + 3.0


def test_an21_an_invaded_portal_inlet_keeps_the_arterial_share(monkeypatch):
    flows, arterial = {}, {}
    for on in (True, False):
        engine, setting = engine_on(monkeypatch, TUBE, {"rules.AN21.enabled": on})
        world = engine.world
        before = world.network.inflow
        place_lesion(engine, [ROW + 21, ROW + 22, ROW - 21, ROW - 20, ROW + 1])
        assert world.compartment[ROW] == PORTAL and world.sites["pressure"][ROW] >= 0.3
        process(engine, "Perfuse").step(world)
        flows[on] = world.network.inflow / before
        arterial[on] = world.network.ports.arterial[world.network.ports.of[ROW]]
    assert flows[False] == pytest.approx(1.0) and arterial == {True: 1.0, False: 0.25}
    # with the resistance at which a quarter would come at 0.75 mmHg less in the tract, behind it that of the rest
    own = setting.read("flow", Flow)
    whole = own.upstream + 1.0 + own.downstream
    assert flows[True] == pytest.approx(
        whole / ((own.upstream + 0.75) / 0.25 + 1.0 + own.downstream), rel=1e-3
    )


def test_gr3_hepatocytes_waste_under_pressure(monkeypatch):
    engine, setting = engine_on(monkeypatch, FIELD)
    world = engine.world
    centre = 4 * 21 + 10
    place_lesion(engine, [centre + d for d in (-22, -21, -20, -1, 1, 20, 21, 22)])
    own = setting.read("matrix", Matrix)
    process(engine, "Remodel").step(world)
    assert world.sites["parenchyma"][centre] == pytest.approx(np.exp(-own.hepatocyte_crush * own.interval))
    assert world.sites["parenchyma"][2] == 1.0
    before = world.sites["parenchyma"][centre]
    process(engine, "Remodel").step(world)
    assert world.sites["parenchyma"][centre] < before


def test_gr12_a_pushing_front_is_faster_the_further_it_can_push():
    born = []
    for reach in (0.0, 80.0):
        livers = [
            liver(
                100,
                seed,
                cells__tumour__push_distance=reach,
                cells__tumour__arrest_adhesive=10.0,
                rules__PA1__enabled=False,
                rules__PA21__enabled=False,
                # nobody sleeps, is killed or shuts the tubes it lives from, so that the front alone is compared
                cells__tumour__dormant_share=0.0,
                cells__tumour__compress=0.0,
                **{f"cells__tumour__vulnerability.{kind}": 0.0 for kind in ("nk", "cd8", "kupffer", "other")},
            )
            for seed in (1, 2, 3)
        ]
        born.append(sum(len(e.world.rows("tumour")) for e in livers))
    assert born[1] > 1.3 * born[0]


def test_an8_sinusoids_at_a_lesion_widen_and_fuse(monkeypatch):
    two = [*FIELD[:10], FIELD[9], *FIELD[10:]]
    engine, setting = engine_on(monkeypatch, two)
    world, fuse = engine.world, process(engine, "Fuse")
    place_lesion(engine, [8 * 21 + x for x in range(6, 15)])
    world.rates[world.rows("lsec"), setting.column("dilate")] = 0.05
    beside, far = 9 * 21 + 10, 9 * 21 + 2
    edges, inflow = len(world.network.edges), world.network.inflow
    fuse.step(world)
    lake = setting.cell("lsec", "lake_diameter")
    assert world.sites["diameter"][beside] == pytest.approx(lake + (8.0 - lake) * np.exp(-0.05 * fuse.every))
    assert world.sites["diameter"][far] == 8.0 and len(world.network.edges) == edges
    world.sites["diameter"][10 * 21 : 11 * 21] = 15.0
    for _ in range(4):
        fuse.step(world)
    pair = [beside, beside + 21]
    assert not world.network.lacks(np.array([pair]))
    world.network.solve()
    assert world.network.inflow > inflow
    outflow = world.network.outflow[pair].sum(axis=1)
    assert outflow == pytest.approx(0.0, abs=1e-3 * world.network.inflow)


def test_gr16_cells_of_a_lesion_enter_vessels_and_seed_satellites():
    engine = liver(
        240, cells__tumour__dormant_share=0.0, cells__tumour__intravasate=0.02, rules__GR16__enabled=False
    )
    entered, arrests = logged(engine, "intravasate"), logged(engine, "arrest")
    assert len(entered) > 5 and (entered[:, 7] == LUMEN).all()
    again = set(entered[:, 3].tolist()) & set(arrests[:, 3].tolist())
    assert again
    totals, alive = engine.world.totals, len(engine.world.rows("tumour"))
    dead = sum(n for name, n in totals.items() if name.startswith("dead_"))
    assert totals["entered"] + totals["born"] == alive + dead + totals["washed_out"]


def test_pa31_monocytes_turn_into_mdsc_and_nobody_is_lost():
    still = {
        "seeding__dose": 0.0,
        "cells__monocyte__leave": 0.0,
        "cells__mdsc__leave": 0.0,
        "cells__monocyte__density": 4000.0,
    }
    before, after = (
        liver(h, tissue="lobule", cells__monocyte__convert=0.1, rules__PA31__enabled=False, **still)
        for h in (0.25, 24)
    )
    counts = [{k: len(e.world.rows(k)) for k in ("monocyte", "mdsc")} for e in (before, after)]
    assert counts[0]["monocyte"] >= 2
    assert counts[1]["mdsc"] > counts[0]["mdsc"]
    assert sum(counts[1].values()) == sum(counts[0].values())


def test_kupffer_cells_go_with_the_tube_that_closes(monkeypatch):
    engine, _ = engine_on(monkeypatch, TUBE, {"cells.kupffer.density": 0.0})
    world, shut = engine.world, np.arange(ROW + 5, ROW + 12)
    rows = world.add_cells(
        3,
        kind=world.code("kupffer"),
        site=[ROW + 5, ROW + 8, ROW + 15],
        layer=LUMEN,
        key=[2**60 + i for i in range(3)],
    )
    take_away(world, shut, process(engine, "Collapse").on_wall)
    assert world.cells["site"][rows].tolist() == [ROW + 4, ROW + 8, ROW + 15]
    assert world.cells["alive"][rows].tolist() == [1, 0, 1]
