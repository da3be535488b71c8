"""Show in whole runs that mechanisms change what their sources say they change, with luck shared."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TISSUE, TUMOUR
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.factors import change_paths

QUIET = 0.05


def run(scenario: Scenario, seed: int, without: str = "") -> Engine:
    """Return a run at its end, with or without a mechanism."""
    engine = Engine(change_paths(scenario, {"ablate": without}) if without else scenario, seed)
    engine.run()
    return engine


def signal(engine: Engine, name: str) -> np.ndarray:
    """Return a signal at all sites."""
    return engine.world.fields.concentration[:, engine.recipe.fields.index(name)]


def mean_state(engine: Engine, kind: str, state: str) -> float:
    """Return the mean of a state over the cells of a kind."""
    cells = engine.world.cells
    return float(cells[state][cells["kind"] == engine.world.kinds.index(kind)].mean())


@pytest.mark.parametrize("seed", [1, 2])
def test_lining_gives_interleukin_1_where_tumour_cells_arrive_and_more_of_it_is_activated_for_that(seed):
    scenario = load("lobule", {"run.days": 0.5})
    whole, without = run(scenario, seed), run(scenario, seed, without="MV4 + MV5.il1")
    assert signal(without, "il1").max() == 0.0
    rule = whole.recipe.rules["MV6.il1"]
    x = signal(whole, "il1").max() / rule.half_max
    assert x**rule.power / (1.0 + x**rule.power) > QUIET
    assert mean_state(whole, "lsec", "activation") > 1.05 * mean_state(without, "lsec", "activation")


@pytest.mark.parametrize("line", ["h59", "b16f1", "mc38"])
def test_kupffer_cells_that_met_tumour_cells_give_interleukin_1_before_the_lining_does(line):
    """Khatib 1999 PMID 10096570: its transcripts rise within an hour of arrival, with those of TNF."""
    scenario = load("lobule", {"line": line, "run.days": 0.125})
    whole, without = run(scenario, 1), run(scenario, 1, without="MV5.il1")
    assert signal(without, "il1").max() < 1e-4
    at = np.unique(whole.world.cells["site"][whole.world.rows("tumour")])
    assert signal(whole, "il1")[at].mean() > whole.recipe.rules["MV6.il1"].half_max / 5


def course(scenario: Scenario, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of E-selectin over the vessels and of the lining's activation, each hour of two days."""
    engine, found = Engine(scenario, seed), []
    lined = engine.world.segments >= 0
    for _ in range(48):
        engine.run(1.0)
        found.append((engine.world.sites["selectin"][lined].mean(), mean_state(engine, "lsec", "activation")))
    selectin, active = np.array(found).T
    return selectin, active


@pytest.mark.parametrize("seed", [1, 2])
def test_e_selectin_comes_and_goes_while_endotoxin_keeps_the_lining_activated(seed):
    """Most at 2 h and gone by 12 h (mouse liver, LPS), 4 h (Karmann 1996, TNF), while VCAM-1 and ICAM-1 stay."""
    given = {"action": "add_signal", "signal": "systemic.inflammation", "amount": 3.0, "start": "0 day"}
    scenario = load("strip", {"seeding.dose": 0.0, "run.days": 2, "interventions": [given]})
    selectin, active = course(scenario, seed)
    assert 2 <= 1 + selectin.argmax() <= 8
    assert selectin[15] < 0.2 * selectin.max() and selectin[23:].max() < 0.15 * selectin.max()
    assert active[11:].min() > 0.9 * active.max()


def test_e_selectin_at_cells_of_h59_is_there_at_eight_hours_and_mostly_gone_at_a_day():
    """Khatib 1999 PMID 10096570: mRNA from 2 h, most at 6 to 8 h, basal at 24 h; protein lags behind by hours."""
    scenario = load("lobule", {"line": "h59", "run.days": 2})
    selectin = np.mean([course(scenario, seed)[0] for seed in (1, 2, 3)], axis=0)
    assert 6 <= 1 + selectin.argmax() <= 14 and selectin[7] > 0.4 * selectin.max()
    assert selectin[23] < 0.5 * selectin.max() and selectin[47] < 0.3 * selectin.max()


def test_e_selectin_keeps_h59_where_endotoxin_came_hours_ago_and_no_more_where_it_came_before_a_day():
    def kept(start: str, without: str) -> int:
        given = {"action": "add_signal", "signal": "systemic.inflammation", "amount": 3.0, "start": start}
        scenario = load("lobule", {"line": "h59", "run.days": 1, "interventions": [given]})
        return sum(len(run(scenario, seed, without).world.rows("tumour")) for seed in range(1, 5))

    assert kept("-0.2 day", "MV2") < 0.6 * kept("-0.2 day", "")
    assert kept("-1.5 day", "MV2") > 0.8 * kept("-1.5 day", "")


def test_lining_of_a_liver_without_tumour_cells_gives_hardly_any_interleukin_1():
    resting = Engine(load("lobule", {"seeding.dose": 0.0}), 1)
    assert signal(resting, "il1").max() < 0.05 * resting.recipe.rules["MV6.il1"].half_max


@pytest.fixture(scope="module")
def grown() -> Engine:
    """Return a lobule with lesions."""
    return run(load("lobule", {"run.days": 14}), 3)


def test_macrophages_that_a_tumour_turned_give_interleukin_10_that_turns_others(grown):
    whole, without = grown, run(grown.recipe, 3, without="PA29")
    rule = whole.recipe.rules["PA29.il10"]
    x = signal(whole, "il10").max() / rule.half_max
    assert x**rule.power / (1.0 + x**rule.power) > QUIET
    assert signal(whole, "il10").mean() > 2.0 * signal(without, "il10").mean()


def test_interleukin_10_of_macrophages_is_what_its_source_says():
    given, lost, half = 3e-12, 4.0, 8e-3  # nmol a cell and day, a day, nM
    cells = 4e11  # a litre, where each site of 10 um by 10 um by 25 um holds one
    book = load("baseline").rules
    for rule in ("PA29.secrete", "PA29.monocyte_secrete"):
        assert book[rule].maximum == pytest.approx(given * cells / lost / half, rel=0.02)


def test_crowded_cells_that_stand_in_the_plates_beside_a_vessel_can_enter_it(grown):
    world = grown.world
    rows = np.flatnonzero((world.cells["kind"] == 0) & (world.cells["layer"] == TISSUE))
    site = world.cells["site"][rows]
    beside = world.tissue.neighbours[site]
    blood = ((world.sites["perfused"][beside] > 0.0) & (beside >= 0)).any(axis=1)
    inside = rows[blood & (world.sites["perfused"][site] == 0.0) & (world.cells["crowding"][rows] > 0.9)]
    assert len(inside) > 10
    assert (world.rates[inside, grown.compiled.column("intravasate")] > 5e-5).mean() > 0.9


def test_ccl2_gathers_monocytes_that_stay_at_the_tumour(grown):
    without = run(grown.recipe, 3, without="PA14")
    here, there = (len(engine.world.rows("monocyte")) for engine in (grown, without))
    assert here >= 10 and here > 4 * max(1, there)


def test_monocytes_last_a_day_at_rest_and_weeks_at_tumour_cells():
    scenario = load("baseline")
    leave = scenario.value("cells.monocyte.leave")
    assert leave * 24.0 == pytest.approx(1.0, rel=0.05)  # Patel 2017
    stay = scenario.rules["PA14.stay"]
    assert stay.fold and leave * stay.maximum * 24.0 == pytest.approx(0.02, rel=0.05)  # HCC model file


@pytest.mark.parametrize("seed", [1, 2])
def test_monocytes_are_called_by_the_lining_where_few_tumour_cells_came(seed):
    scenario = load("lobule", {"run.days": 1.0})
    whole, without = (len(run(scenario, seed, without=word).world.rows("monocyte")) for word in ("", "PA14"))
    assert whole >= 3 * max(1, without)


@pytest.mark.parametrize("seed", [1, 4])
def test_granulin_of_macrophages_activates_stellate_cells_around_the_tumour(seed):
    scenario = load("lobule", {"line": "pdac", "run.days": 9})
    whole, without = run(scenario, seed), run(scenario, seed, without="PA10")
    at = np.unique(whole.world.cells["site"][whole.world.rows("tumour")])
    assert np.quantile(signal(whole, "granulin")[at], 0.9) > whole.recipe.rules["PA10"].half_max / 2
    assert mean_state(whole, "stellate", "activation") > 1.05 * mean_state(without, "stellate", "activation")


@pytest.mark.parametrize(("oestrogen", "survives"), [(0.0, False), (1.0, True)])
def test_tnf_keeps_mdsc_from_apoptosis_in_females_alone(oestrogen, survives):
    roused = {
        "cells.kupffer.secrete.tnf": 60.0,
        "cells.mdsc.density": 20000.0,
        "systemic.oestrogen": oestrogen,
    }
    deaf = {"interventions": [{"action": "knock_out", "target": "mdsc", "behaviour": "sense.tnf"}]}
    left = []
    for extra in ({}, deaf):
        scenario = load("strip", {**roused, **extra, "run.days": 1.0})
        engine = run(scenario, 2)
        rows = engine.world.rows("mdsc")
        left.append(engine.world.rates[rows, engine.compiled.column("leave")].mean())
    assert (left[0] < 0.6 * left[1]) == survives


def test_oestrogen_gathers_mdsc_that_keep_t_cells_from_killing():
    """Milette 2019 PMC6917725: without oestrogen, or TNFR2, fewer MDSC outlive a day, and T cells do more."""
    gathered, killed = [], []
    for oestrogen in (1.0, 0.0):
        scenario = load("lobule", {"run.days": 14, "systemic.oestrogen": oestrogen})
        worlds = [run(scenario, seed).world for seed in (1, 2, 3, 4)]
        gathered.append([len(world.rows("mdsc")) for world in worlds])
        killed.append(sum(world.totals.get("dead_cd8", 0) for world in worlds))
    assert all(female > 1.5 * male for female, male in zip(*gathered, strict=True))
    assert killed[0] < 0.8 * killed[1]


def test_ccl2_gathers_regulatory_t_cells(grown):
    without = [run(grown.recipe, seed, without="PA26.ccl2") for seed in (3, 4)]
    here, there = (
        sum(len(e.world.rows("treg")) for e in es) for es in ((grown, run(grown.recipe, 4)), without)
    )
    assert here >= 8 and here > 2 * max(1, there)


def test_nk_cells_cost_a_liver_tumour_cells_on_the_first_day():
    gone = [{"action": "deplete", "target": "nk", "start": "0 day"}]
    pairs = []
    for seed in range(1, 7):
        engines = [run(load("lobule", {"run.days": 1, "interventions": i}), seed) for i in ([], gone)]
        pairs.append([len(engine.world.rows("tumour")) for engine in engines])
    whole, without = np.array(pairs).T
    assert (whole <= without).all() and whole.sum() < 0.95 * without.sum()


def alive(line: str, seeds: range, without: str) -> list[int]:
    """Return how many tumour cells of a line are alive after two days in lobules, with or without a mechanism."""
    scenario = load("lobule", {"run.days": 2}).with_(line=line)
    engines = [run(scenario, seed, without) for seed in seeds]
    return [int((engine.world.cells["kind"] == TUMOUR).sum()) for engine in engines]


@pytest.mark.parametrize(
    ("line", "mechanism", "most"),
    [
        # E-selectin blocked leaves 14 % of the metastases of H-59 (Khatib 2002); a line without its ligand does not care
        ("h59", "MV2", 0.8),
        ("4t1", "MV30.matrix", 0.9), ("mc38", "MV30.matrix", None),
    ],
)  # fmt: skip
def test_what_holds_a_line_to_the_wall_matters_to_that_line_alone(line, mechanism, most):
    seeds = range(1, 5)
    whole, without = alive(line, seeds, ""), alive(line, seeds, mechanism)
    if most is None:
        assert whole == without
    else:
        assert sum(without) < most * sum(whole)


def test_h59_crosses_within_hours_where_its_lining_is_activated_and_hardly_elsewhere():
    scenario = load("lobule", {"run.days": 0.5}).with_(line="h59")

    def crossed(without: str) -> float:
        cells = [run(scenario, seed, without).world.cells for seed in (1, 2, 3)]
        outside = sum(int(((c["kind"] == TUMOUR) & (c["layer"] == TISSUE)).sum()) for c in cells)
        return outside / sum(int((c["kind"] == TUMOUR).sum()) for c in cells)

    assert crossed("") > 1.5 * crossed("MV2")


def test_dendritic_cells_prime_t_cells_before_tumour_cells_die_in_number():
    """Headley 2016 doi:10.1038/nature16985: dendritic cells take up pieces of tumour cells as these arrest, and protect."""
    primed = {}
    for without in ("", "GR7.shed"):
        found = []
        for seed in (1, 2, 3):
            engine = run(load("lobule", {"run.days": 6}), seed, without)
            found.append(engine.world.systemic[engine.world.systemic_names.index("primed")])
        primed[without] = np.array(found)
    assert primed[""].mean() > 3.0 * primed["GR7.shed"].mean()  # some die by apoptosis before
    assert (primed[""] > primed["GR7.shed"]).all()


def test_dendritic_cells_that_leave_for_the_node_are_made_good_where_lesions_call_others():
    """Bottcher 2018 doi:10.1016/j.cell.2018.01.004: immunity by T cells hangs on dendritic cells that tumours draw in."""
    scenario = load("lobule", {"run.days": 12})

    def seen(seed: int, without: str = "") -> tuple[float, int]:
        world = run(scenario, seed, without).world
        return world.systemic[world.systemic_names.index("primed")], len(world.rows("cd8"))

    whole, without = (np.array([seen(s, w) for s in range(1, 7)]) for w in ("", "GR7.dendritic"))
    # over all livers: in some T cells kill so many early that those that are left are fed enough
    assert whole[:, 0].sum() > 2.0 * without[:, 0].sum()
    assert whole[:, 1].sum() > 1.2 * without[:, 1].sum()


def test_t_cells_that_tgf_beta_no_longer_reaches_give_more_interferon_gamma_and_kill_more():
    # the line with the most of it: around MC38 other suppressors stand in for it
    scenario = load("lobule", {"run.days": 14}).with_(line="pdac")
    freed, held = ([run(scenario, s, w) for s in (1, 2, 3)] for w in ("GR8.tgf_beta + GR8.interferon", ""))
    heard = [
        np.array([signal(engine, "ifn_gamma").mean() for engine in engines]) for engines in (freed, held)
    ]
    assert heard[0].sum() > 1.3 * heard[1].sum()
    dead = [sum(engine.world.totals["dead_cd8"] for engine in engines) for engines in (freed, held)]
    assert dead[0] > 1.3 * dead[1]


def test_interleukins_of_the_host_feed_the_growth_of_b16():
    """Carrascal 2003: IL-18 and growth factors of the lining; published for lost IL-1beta or caspase-1 a tenth to a third."""
    # read on day 6: of eight lobules 0.75 are left then, 0.90 on day 10, when tumour fills them
    scenario = load("lobule", {"run.days": 6, "cells.tumour.dormant_share": 0.3}).with_(line="b16f1")
    deaf = scenario.with_(
        interventions=[{"action": "knock_out", "target": "all", "behaviour": "secrete.il1"}]
    )
    left = [sum(len(run(arm, seed).world.rows("tumour")) for seed in (1, 2, 3)) for arm in (deaf, scenario)]
    assert left[0] < 0.85 * left[1]


def test_macrophages_of_metastases_engulf_several_times_as_many_cells_once_cd47_is_blocked():
    scenario = load("lobule", {"run.days": 12, "cells.cd8.density": 0}).with_(line="pdac")
    block = {"action": "block", "target": "rule", "behaviour": "MV16", "start": "6 day", "end": "12 day"}

    def engulfed(scenario: Scenario) -> int:
        return sum(run(scenario, seed).world.totals.get("dead_monocyte", 0) for seed in (1, 2, 3))

    assert engulfed(scenario.with_(interventions=[block])) > 1.7 * engulfed(scenario) > 0


def burden(without: str) -> np.ndarray:
    """Return how many cells of 4T1 are alive after nine days in four lobules, by seed."""
    values = {"line": "4t1", "run.days": 9, "tissue.lobules": 4, "seeding.enrichment": 20}
    return np.array(
        [len(run(load("baseline", values), seed, without).world.rows("tumour")) for seed in (1, 2, 3)]
    )


@pytest.fixture(scope="module")
def fed() -> np.ndarray:
    """Return the burden where all mechanisms act."""
    return burden("")


MASKED = "x0.98 (0.95 to 1.02), six pairs of 4T1 at day 7: IL-1 and CXCL12 take up what HGF could add under the ceiling they share"


@pytest.mark.parametrize(
    "mechanism", [pytest.param("GR1", marks=pytest.mark.xfail(reason=MASKED)), "PA39", "PA36"]
)
def test_hgf_and_cxcl12_of_stellate_cells_and_heregulin_of_hepatocytes_feed_growth(fed, mechanism):
    """Bhattacharjee 2021, Zeelenberg 2003 and Yoshioka 2010: without these a liver holds less tumour."""
    ratio = burden(mechanism) / fed
    assert ratio.mean() < 0.97


@pytest.mark.parametrize("seed", [1, 2])
def test_hypoxia_makes_the_stroma_lay_down_matrix_where_vegf_is_blocked(seed):
    """Rahbari 2016: less perfusion, more hypoxia, more matrix."""
    given = {"action": "dose", "drug": "anti_vegf", "start": "5 day", "doses": 2}
    values = {"run.days": 19, "tissue.lobules": 4, "seeding.enrichment": 20, "interventions": [given]}
    whole, without = (run(load("baseline", values), seed, word) for word in ("", "AN19"))
    assert whole.world.sites["collagen"].sum() > 1.02 * without.world.sites["collagen"].sum()
