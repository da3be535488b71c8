"""Check blood flow: Poiseuille by hand, mass, blocked and cut-off vessels, change at run time."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from physics_tissues import strip, tissue_from
from scipy.sparse.csgraph import connected_components

from livermet_sim.base.errors import TissueError
from livermet_sim.base.units import convert
from livermet_sim.kernels import flow
from livermet_sim.kernels.rheology import relative_viscosity
from livermet_sim.state.network import Network
from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID

PLASMA = convert("1.2 mPa s", "mmHg h")
# published curve at 8 um and a haematocrit of 0.30
VISCOSITY = float(relative_viscosity(np.array([8.0]), 0.3)[0]) * PLASMA


def solved(tissue) -> Network:
    network = Network(tissue, PLASMA)
    network.solve()
    return network


def assert_mass_is_kept(network: Network) -> None:
    inner = network.vessel & (network.tissue.compartment == SINUSOID)
    scale = network.throughput[network.throughput > 0].mean()
    assert np.abs(network.outflow[inner].sum(axis=1)).max() < 1e-6 * scale
    out = network.outflow[network.tissue.compartment == CENTRAL].sum()
    assert network.inflow == pytest.approx(-out, rel=1e-5)


def test_single_channel_is_poiseuille():
    network = solved(strip(29, 1, every=None))
    # SI by hand: 28 tubes of 10 um, 8 um wide, 1 mmHg over them, 4.9 times plasma of 1.2 mPa s
    thick = 1.2e-3 * float(relative_viscosity(np.array([8.0]), 0.3)[0])
    flow = np.pi * (8e-6) ** 4 * 133.322 / (128 * thick * 280e-6)
    speed = flow / (np.pi * (4e-6) ** 2) * 1e6
    shear = 4 * thick * flow / (np.pi * (4e-6) ** 3) * 10
    assert np.allclose(network.throughput, flow * 1e18 * 3600, rtol=1e-4)
    assert np.allclose(network.speed, speed, rtol=1e-4)
    assert np.allclose(network.shear, shear, rtol=1e-4)
    assert network.inflow == pytest.approx(flow * 1e18 * 3600, rel=1e-4)
    assert np.allclose(network.pressure, np.linspace(5.7, 4.7, 29), rtol=1e-6)
    assert 50.0 < network.speed.mean() < 400.0


def test_two_diameters_act_in_series():
    compartment = np.array([[PORTAL, SINUSOID, CENTRAL]])
    network = solved(tissue_from(compartment, np.array([8.0, 6.0, 8.0])))
    narrow = float(relative_viscosity(np.array([6.0]), 0.3)[0]) * PLASMA
    # half a tube of 8 um, a whole one of 6 um, half a tube of 8 um, each with blood as viscous as its width makes it
    expected = np.pi / (128 * 10.0) / (VISCOSITY / 8.0**4 + narrow / 6.0**4)
    assert network.inflow == pytest.approx(expected, rel=1e-5)


def test_outflow_is_antisymmetric_and_goes_down_the_pressure():
    network = solved(strip(31, 5))
    near, slot = np.nonzero(network.outflow > 0)
    far = network.tissue.neighbours[near, slot]
    assert np.all(network.pressure[near] > network.pressure[far])
    back = np.array([1, 0, 3, 2, 7, 6, 5, 4])[slot]
    assert np.allclose(network.outflow[far, back], -network.outflow[near, slot], rtol=1e-12)
    assert_mass_is_kept(network)


def test_blocked_channel_stops_and_the_others_go_on():
    tissue = strip(31, 5, every=None)
    network = solved(tissue)
    before = network.throughput.copy()
    network.set_reference()
    blocked = 6 * tissue.width + 15
    network.patency[blocked] = 0.0
    network.solve()
    channel = np.arange(tissue.n) // tissue.width == 6
    assert network.throughput[channel].max() < 1e-4 * before.max()
    assert np.allclose(network.throughput[~channel], before[~channel], rtol=1e-5)
    assert not network.perfused()[channel & (tissue.compartment == SINUSOID)].any()
    assert network.perfused()[network.vessel & ~channel].all()
    assert_mass_is_kept(network)


def test_vessels_come_and_go():
    tissue = strip(31, 3, every=None)
    network = solved(tissue)
    alone = network.throughput.copy()
    # a bridge through the plate, between two channels of equal pressure, then a tube to nowhere
    bridge = [15 + 31 * y for y in range(4)]
    network.add_edges(np.column_stack([bridge[:-1], bridge[1:]]), np.full(3, 6.0))
    network.solve()
    assert network.vessel[bridge].all() and network.diameter[bridge[1]] == 6.0
    assert np.allclose(network.throughput[bridge[1:3]], 0.0, atol=1e-5 * alone.max())
    network.remove_nodes(np.array([10]))
    network.solve()
    assert network.throughput[bridge[1]] > 0.1 * alone.max()
    assert network.throughput[10] == 0.0 and not network.vessel[10]
    assert_mass_is_kept(network)
    edges = len(network.edges)
    network.add_edges(np.array([[bridge[1], bridge[0]]]), np.array([9.0]))
    assert len(network.edges) == edges
    network.remove_nodes(np.array(bridge[1:3]))
    network.add_edges(np.array([[9, 10], [10, 11]]), np.array([8.0, 8.0]))
    network.solve()
    assert np.allclose(network.throughput, alone, rtol=1e-4)


def test_cut_off_island_is_at_rest():
    tissue = strip(31, 3, every=None)
    network = solved(tissue)
    network.remove_nodes(np.array([5, 20]))
    network.solve()
    island = np.arange(6, 20)
    assert np.all(np.isfinite(network.pressure)) and not network.throughput[island].any()
    assert np.ptp(network.pressure[island]) < 1e-12
    assert_mass_is_kept(network)
    network.remove_nodes(np.flatnonzero(network.vessel))
    assert network.solve() == 0 and network.inflow == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_what_is_fed_is_what_tubes_join_to_a_port_however_vessels_go(seed):
    random, tissue = np.random.default_rng(seed), strip(31, 3)
    network, ports = Network(tissue, PLASMA), np.isin(tissue.compartment, (PORTAL, CENTRAL))
    for _ in range(4):
        left = np.flatnonzero(network.vessel & ~ports)
        network.remove_nodes(random.choice(left, 5, replace=False))
        a, b = network.edges.T
        graph = sp.coo_matrix((np.ones(len(a)), (a, b)), shape=(tissue.n, tissue.n))
        _, part = connected_components(graph, directed=False)
        assert np.array_equal(network.fed, network.vessel & np.isin(part, part[ports & network.vessel]))


def test_mistakes_are_named():
    network = solved(strip(31, 3, every=None))
    with pytest.raises(TissueError, match="sites 0 and 7 are not neighbours"):
        network.add_edges(np.array([[7, 0]]), np.array([8.0]))
    with pytest.raises(TissueError, match="must be above 0 um"):
        network.add_edges(np.array([[0, 1]]), np.array([0.0]))
    with pytest.raises(TissueError, match="has no diameter"):
        solved(tissue_from(np.array([[PORTAL, SINUSOID, CENTRAL]]), np.array([8.0, 0.0, 8.0])))
    quiet = Network(tissue_from(np.full((2, 2), PARENCHYMA)), PLASMA)
    with pytest.raises(TissueError, match="no blood flows"):
        quiet.perfused()


def test_ends_are_sorted_by_node_then_far_end_and_parts_are_those_of_the_graph():
    random = np.random.default_rng(4)
    for nodes, edges in ((1, 0), (6, 4), (200, 150), (300, 900)):
        ends = random.integers(0, nodes, (edges, 2)).astype(np.int32)
        near, far = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
        first, upper, order = flow.sort_ends(near, far, nodes)
        assert np.array_equal(order, np.lexsort((far, near)))
        for i in range(nodes):
            others = far[order[first[i] : first[i + 1]]]
            assert (
                np.array_equal(others, np.sort(far[near == i])) and upper[i] - first[i] == (others < i).sum()
            )
        part = np.empty(nodes, dtype=np.int32)
        number = flow.parts(first, far[order], part)
        graph = sp.coo_matrix((np.ones(edges), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
        expected, labels = connected_components(graph, directed=False)
        assert number == expected and len(np.unique(np.stack([part, labels]), axis=1).T) == expected


def test_blood_is_as_viscous_as_in_living_microvessels():
    d = np.array([5.0, 6.0, 8.0, 10.0])
    # Pries' in vivo law, tabulated
    assert relative_viscosity(d, 0.30) == pytest.approx([9.0, 7.1, 4.9, 3.7], rel=0.02)
    assert relative_viscosity(d, 0.45) == pytest.approx([12.6, 10.0, 7.3, 5.9], rel=0.02)
    assert (relative_viscosity(d, 0.45) > relative_viscosity(d, 0.0)).all()


def test_vessels_outside_leave_resting_flow_and_share_what_is_lost():
    tissue = strip(31, 4)
    plain, series = Network(tissue, PLASMA), Network(tissue, PLASMA, upstream=0.9, downstream=2.1)
    for network in (plain, series):
        network.solve(1e-10)
        network.set_reference()
        network.solve(1e-10)
    assert np.allclose(series.outflow, plain.outflow, atol=1e-6 * plain.outflow.max())
    for network in (plain, series):
        network.patency[network.tissue.compartment == SINUSOID] = 0.5
        network.solve(1e-10)
    # 1 of 4 mmHg is lost in the tissue: twice its resistance is 4 / 5 of the flow
    assert plain.inflow == pytest.approx(0.5 * series.inflow / 0.8, rel=1e-3)
    drop = (
        series.pressure[tissue.compartment == PORTAL].mean()
        - series.pressure[tissue.compartment == CENTRAL].mean()
    )
    assert drop == pytest.approx(1.6, rel=1e-3)
    series.driving = 0.3
    slow, _ = series.inflow, series.solve(1e-10)
    assert series.inflow == pytest.approx(0.3 * slow, rel=1e-6) and series.speed.max() < plain.speed.max()
    series.driving = 0.0
    series.solve()
    assert not series.outflow.any() and np.ptp(series.pressure[series.vessel]) == 0.0


def test_an_inlet_brings_the_share_that_its_vessels_leave_it():
    tissue = strip(31, 9, every=6)
    network = Network(tissue, PLASMA, upstream=0.9, downstream=2.1)
    network.solve(1e-10)
    network.set_reference()
    ports = network.ports
    shut = int(np.flatnonzero(ports.portal)[4])
    ports.open[shut] = 0.25
    network.solve(1e-10)
    assert 0.1 < ports.supply[shut] / ports.resting[shut] < 0.35
    others = ports.portal & (np.arange(ports.number) != shut)
    assert (ports.supply[others] >= ports.resting[others]).all()
    assert ports.supply.sum() == pytest.approx(0.0, abs=1e-6 * network.inflow)
    assert_mass_is_kept(network)
