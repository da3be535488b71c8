"""A setting that the rest of the scenario makes idle is refused; every such dependence is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_type_hints

import numpy as np
import pytest

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.parameters import KINDS
from livermet_sim.anatomy.parameters import SECTION as TISSUE
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import filled
from livermet_sim.engine import Engine
from livermet_sim.interventions import deplete
from livermet_sim.processes import setting
from livermet_sim.rulebook import book
from livermet_sim.scenario.load import from_dict, load
from livermet_sim.sweep.factors import change_paths, read_factors


class Read(dict):
    """Remember which values were looked up."""

    def __init__(self, values, seen, section=""):
        super().__init__(values)
        self.seen, self.section = seen, section

    def __getitem__(self, name):
        self.seen.add(f"{self.section}.{name}")
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.seen.add(f"{self.section}.{name}")
        return super().get(name, default)


def watched(kind, values):
    """Return a section's values as an object of a subclass that looks them up each time it is asked for one."""
    names = {name.replace(".", "_"): name for name in values}

    class Watched(kind):
        def __getattribute__(self, name):
            return values[names[name]] if name in names else super().__getattribute__(name)

    return filled(Watched, dict(values.items()))


def acts(parameter, values):
    return parameter.needs is None or values[parameter.needs[0]] in parameter.needs[1]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Return the paths of two labelled images: without sinusoids, and with some of which one is loose."""
    labels = np.full((30, 40), 3, dtype=np.uint8)
    labels[:, :3], labels[:, -3:] = 1, 4
    paths = [str(tmp_path_factory.mktemp("mask") / f"{name}.npy") for name in ("plain", "drawn")]
    np.save(paths[0], labels)
    labels[10, 3:-3], labels[20, 9] = 2, 2
    np.save(paths[1], labels)
    return paths


@pytest.mark.parametrize("kind", KINDS)
def test_a_tissue_reads_exactly_the_parameters_that_are_declared_to_act_in_it(kind, images):
    seen: set[str] = set()
    for image in images if kind == "mask" else images[:1]:
        values = TISSUE.resolve({"kind": kind, "lobules": 2, "image": image, "image_pixel": 10})
        build(Read(values, seen, "tissue"), 1)
    declared = {f"tissue.{p.name}" for p in TISSUE.parameters if acts(p, values)}
    assert seen == declared


def test_every_parameter_is_read_in_a_run_or_declared_to_need_another(monkeypatch):
    scenario, seen = load("strip", {"seeding.enrichment": 30}), set()
    values = {name: Read(section, seen, name) for name, section in scenario.values.items()}
    monkeypatch.setattr(setting, "filled", watched)
    object.__setattr__(scenario, "values", values)
    engine = Engine(scenario, 1)
    engine.run(min(30.0, engine.remaining))
    engine.result()
    kinds = {f"cells.{kind.name}": kind for kind in scenario.kinds}
    unread = []
    for name, section in scenario.sections.items():
        # behaviours are handed to the rules in one piece, so only the other parameters of a kind are watched
        own = kinds[name].parameters if name in kinds else section.parameters
        unread += [f"{name}.{p.name}" for p in own if acts(p, scenario.values[name])]
    # the rim of a lesion is measured once one is large enough to have a growth pattern (tests/phases)
    assert set(unread) - seen <= {"phases.rim"}


def test_a_number_that_a_process_reads_is_of_the_type_that_it_says(monkeypatch):
    asked = []

    def noted(kind, values):
        asked.append((kind, found := filled(kind, values)))
        return found

    monkeypatch.setattr(setting, "filled", noted)
    Engine(load("strip"), 1)
    assert {"Seeding", "Flow", "Thresholds", "Passenger"} <= {kind.__name__ for kind, _ in asked}
    for kind, found in asked:
        said = get_type_hints(kind)
        assert {name: type(value) for name, value in vars(found).items()} == said, kind


def test_a_name_that_a_section_lacks_is_refused():
    with pytest.raises(KeyError, match="wander"):
        filled(dataclass(type("Astray", (), {"__annotations__": {"wander": float}})), {"start": 0.0})


def idle_pairs():
    """Return every parameter that needs another, with a value of that other under which it is idle."""
    for name, section in load("strip").sections.items():
        for parameter in section.parameters:
            if parameter.needs:
                governor = next(p for p in section.parameters if p.name == parameter.needs[0])
                choices = governor.choices or (True, False)
                for value in choices:
                    if value not in parameter.needs[1]:
                        yield name, parameter, governor.name, value


@pytest.mark.parametrize(
    ("section", "parameter", "governor", "value"),
    list(idle_pairs()),
    ids=lambda part: getattr(part, "name", str(part)),
)
def test_an_idle_setting_is_refused_with_what_would_make_it_act(section, parameter, governor, value):
    written = {f"{section}.{governor}": value, f"{section}.{parameter.name}": parameter.default}
    with pytest.raises(LivermetError) as caught:
        load("baseline", written, option="--set")
    acting = parameter.needs[1][0]
    assert caught.value.sentence.startswith(f"--set {section}.{parameter.name}: nothing reads it where")
    assert f'{section}.{governor} is "{value}"; it acts where that is "{acting}"' in caught.value.sentence
    with pytest.raises(LivermetError, match="nothing reads it"):
        load("baseline", {f"{section}.{governor}": value}).with_(
            {f"{section}.{parameter.name}": parameter.default}
        )


def test_what_a_later_layer_makes_idle_falls_back_to_its_default():
    patch = load("baseline", {"tissue.lobules": 24})
    assert patch.value("tissue.lobules") == 24
    strip = patch.with_({"tissue.kind": "strip"})
    assert strip.digest == load("baseline", {"tissue.kind": "strip"}).digest
    assert strip.with_({"tissue.kind": "patch"}) == patch
    assert from_dict(strip.to_dict()) == strip and strip.with_({"run.days": 3}).value("run.days") == 3


def test_a_design_may_cross_a_setting_with_what_makes_it_act():
    base = load("lobule")
    with pytest.raises(LivermetError, match=r"nothing reads it where tissue\.kind"):
        read_factors({"tissue.lobules": [4, 8]}, base)
    kind, lobules = read_factors({"tissue.kind": ["patch", "strip"], "tissue.lobules": [4, 8]}, base)
    made = [change_paths(base, {kind.path: k, lobules.path: n}) for k in kind.values for n in lobules.values]
    assert len({scenario.digest for scenario in made}) == 3
    factors = read_factors({"rules.MV12.enabled": [True, False], "rules.MV12.half_max": [2, 3]}, base)
    assert change_paths(base, {factors[0].path: False, factors[1].path: 3}).rules["MV12"].enabled is False


@pytest.mark.parametrize("id", sorted(book.library_records())[::12])
def test_the_numbers_of_a_rule_that_is_off_are_refused(id):
    with pytest.raises(LivermetError, match="the rule is switched off, so nothing reads it; it acts where"):
        load("strip", {f"rules.{id}.enabled": False, f"rules.{id}.power": 3})
    off = load("strip", {f"rules.{id}.enabled": False})
    with pytest.raises(LivermetError, match="the rule is switched off"):
        off.with_({f"rules.{id}.power": 3})
    assert off.with_({f"rules.{id}.power": 3, f"rules.{id}.enabled": True}).rules[id].power == 3
    assert from_dict(off.to_dict()) == off


def test_a_rule_of_ones_own_may_lie_in_the_file_switched_off():
    record = load("strip").rules.to_dict()["MV12"] | {"enabled": False}
    assert not load("strip", {"rules.mine": record}).rules["mine"].enabled


@pytest.mark.parametrize("id", sorted(book.by_process()))
def test_a_number_that_a_mechanism_switched_off_sets_is_refused(id):
    name, off = next(iter(book.by_process()[id]["off"].items()))
    other = load("strip").value(name)
    if other == off:
        other = off + 0.25
    with pytest.raises(LivermetError, match=rf"rules\.{id}\.enabled = false sets it to"):
        load("strip", {f"rules.{id}.enabled": False, name: other})
    assert load("strip", {f"rules.{id}.enabled": False}).value(name) == off


def test_a_file_that_calls_itself_resolved_loses_no_rule():
    whole = load("strip").with_(interventions=[deplete("nk", at="1 day")]).to_dict()
    assert from_dict(whole).to_dict() == whole
    for id in list(whole["rules"])[::20]:
        cut = whole | {"rules": {name: rule for name, rule in whole["rules"].items() if name != id}}
        with pytest.raises(
            LivermetError, match=f"a resolved scenario holds every rule, and this one lacks {id};"
        ):
            from_dict(cut)
    with pytest.raises(LivermetError, match=r"lacks PM1 and \d+ more; leave resolved out"):
        load("strip", {"resolved": True})
