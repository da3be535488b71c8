"""A scenario resolves to every value, and what it resolves to reads back as the same scenario."""

from __future__ import annotations

import json
import pickle
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Parameter, Section
from livermet_sim.cells import tumour_lines
from livermet_sim.interventions import deplete, read
from livermet_sim.scenario import sections
from livermet_sim.scenario.draft import split
from livermet_sim.scenario.load import from_dict, load
from livermet_sim.scenario.tables import parameters, rule

RICH = """
name = "rich"
doc = 'Quotes " and \\\\, and two µm'
line = "b16f1"
[run]
days = "2 week"
step = "15 min"
[fields.il17]
length = "80 um"
[cells.bcell]
like = "nk"
density = 100
"secrete.il17" = 2
[cells.tumour.die]
shear = "0.24 /day"
[rules.MV12]
enabled = false
[rules.MV6.tnf]
maximum = "x1"
behaviour = "deactivate"
[rules.mine]
actor = "bcell"
signal = "il17"
direction = "increases"
behaviour = "crawl"
maximum = "x2"
half_max = 0.5
[[interventions]]
action = "deplete"
target = "kupffer"
start = "18 day"
efficacy = 0.7
"""


@pytest.fixture
def rich(write):
    return load(write(RICH, "rich.toml"))


def test_values_are_converted_and_defaults_filled(rich):
    assert rich.value("run.days") == 14
    assert rich.value("run.step") == pytest.approx(0.25)
    assert rich.value("cells.tumour.die.shear") == pytest.approx(0.01)
    assert rich.value("cells.kupffer.density") == 18000
    assert rich.value("fields.il17.length") == 80
    assert rich.section("cells.tumour").die_shear == pytest.approx(0.01)
    assert [kind.name for kind in rich.kinds][-1] == "bcell"
    assert rich.fields[-1] == "il17"
    assert rich.value("cells.bcell.density") == 100
    assert rich.value("cells.bcell.attack") == rich.value("cells.nk.attack")
    assert rich.value("cells.lsec.recruit.bcell") == 1
    assert not rich.rules["MV12"].enabled and rich.rules["mine"].enabled
    assert rich.text == RICH


def test_the_line_sets_traits_and_the_file_overrides_them(rich):
    traits = tumour_lines.load("b16f1").values()
    assert traits["die.shear"] != pytest.approx(0.01)
    assert all(rich.value(f"cells.tumour.{t}") == v for t, v in traits.items() if t != "die.shear")
    other = rich.with_(line="mc38")
    assert other.value("cells.tumour.divide") == tumour_lines.load("mc38").values()["divide"]
    assert other.value("cells.tumour.die.shear") == rich.value("cells.tumour.die.shear")


@pytest.mark.parametrize("form", ["dict", "json", "toml", "pickle"])
def test_the_resolved_form_reads_back_equal(rich, form):
    if form == "pickle":
        again = pickle.loads(pickle.dumps(rich))
    elif form == "toml":
        again = from_dict(tomllib.loads(rich.to_toml()))
    else:
        again = from_dict(rich.to_dict() if form == "dict" else json.loads(json.dumps(rich.to_dict())))
    assert again == rich
    assert again.digest == rich.digest
    assert hash(again) == hash(rich)
    assert again.to_toml().splitlines()[:4] == rich.to_toml().splitlines()[:4]


def test_a_resolved_file_still_takes_another_line(rich, write):
    again = load(write(rich.to_toml(), "again.toml"))
    assert again.with_(line="cc531s") == rich.with_(line="cc531s")
    assert again.with_({"rules.MV6.enabled": False}) == rich.with_({"rules.MV6.enabled": False})


def test_the_digest_ignores_order_and_wording_and_sees_every_value(rich):
    tables = rich.to_dict()
    turned = {name: tables[name] for name in reversed(tables)}
    turned["cells"] = {kind: tables["cells"][kind] for kind in reversed(tables["cells"])}
    turned["cells"] = {"bcell": turned["cells"].pop("bcell")} | turned["cells"]
    assert from_dict(turned).digest == rich.digest
    assert rich.with_(name="other", doc="other").digest == rich.digest
    for change in (
        {"run.days": 15},
        {"cells.kupffer.density": 18001},
        {"rules.MV12.enabled": True},
        {"line": "mc38"},
        {"interventions": []},
        {"fields.il17.length": 81},
    ):
        assert rich.with_(change).digest != rich.digest


def test_the_toml_says_unit_grade_and_source_of_every_value(rich):
    text = rich.to_toml()
    assert "density = 18000.0  # /mm3; derived: Bouwens 1986 PMID 3733004 (14-20e6/g, rat)" in text
    assert "days = 14.0  # day; set: this scenario" in text
    assert "diameter = 15.4  # um; found: Cytion, page on B16-F10 (15.4 +- 1.4 um) (b16f1)" in text
    assert "site = 10.0  # um; assumed" in text


def test_with_changes_a_copy(rich):
    bare = rich.with_({"cells.kupffer.density": 0}, interventions=[deplete("nk", at="3 day")])
    assert bare.value("cells.kupffer.density") == 0
    assert [i["target"] for i in bare.interventions] == ["nk"]
    assert rich.value("cells.kupffer.density") == 18000
    assert [i["target"] for i in rich.interventions] == ["kupffer"]
    assert bare.with_(interventions=bare.interventions) == bare
    assert bare.with_(interventions=read(bare.interventions, bare.kinds, bare.fields)) == bare
    assert bare.interventions[0]["start"] == 3
    assert rich.with_({"cells": {"tumour": {"die": {"shear": 0}}}}).value("cells.tumour.die.shear") == 0


def test_a_scenario_cannot_be_changed_in_place(rich):
    with pytest.raises(TypeError):
        rich.values["run"]["days"] = 3
    with pytest.raises(TypeError):
        rich.values["run"] = {}
    with pytest.raises(AttributeError):
        rich.line = "mc38"


def test_an_image_lies_beside_the_file_that_names_it(write, monkeypatch):
    image = Parameter("image", "", "", "Label image.")
    others = [section for section in sections.SECTIONS if section.name != "tissue"]
    monkeypatch.setattr(sections, "SECTIONS", (Section("tissue", "", (image,)), *others))
    write(b"", "sub/section.png")
    write('[tissue]\nimage = "section.png"', "sub/old.toml")
    assert load(write('extends = "sub/old.toml"', "new.toml")).value("tissue.image") == "sub/section.png"
    assert load("new.toml", {"tissue.image": "mine.png"}).value("tissue.image") == "mine.png"


def test_the_short_form_and_the_spelled_out_one_are_the_same(write):
    nested = load(write("[cells.tumour.die]\nshear = 0.02", "a.toml"))
    quoted = load(write('name = "a"\n[cells.tumour]\n"die.shear" = "0.02 /h"', "b.toml"))
    assert nested == quoted


def test_a_file_extends_another_by_name_or_path(write):
    write('line = "b16f1"\n[run]\ndays = 3\n[cells.nk]\ndensity = 7', "sub/old.toml")
    write('extends = "old"\n[run]\ndays = 4', "sub/new.toml")
    newest = load(write('extends = "sub/new.toml"\n[seeding]\nenrichment = 2', "newest.toml"))
    assert (newest.line, newest.value("run.days"), newest.value("cells.nk.density")) == ("b16f1", 4, 7)
    assert (newest.name, newest.value("seeding.enrichment")) == ("newest", 2)


def test_ones_own_baseline_can_extend_the_shipped_one(write):
    write('extends = "baseline"\n[run]\ndays = 2', "scenarios/baseline.toml")
    mine = load("baseline")
    assert mine.value("run.days") == 2 and mine.line == "mc38"


@pytest.mark.parametrize("name", ["baseline", "lobule", "strip", "b16f1", "cc531s"])
def test_the_shipped_scenarios_resolve_and_say_what_they_are(name):
    scenario = load(name)
    assert scenario.name == name
    assert len(scenario.doc.split()) > 8 and scenario.doc.endswith(".")
    assert scenario.line == (name if name in tumour_lines.names() else "mc38")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("cells.tumour.die.shear=0", "cells.tumour.die.shear", 0),
        ('cells.tumour."die.shear"="0.2 /h"', "cells.tumour.die.shear", 0.2),
        ("cells.tumour.die.shear=0.2 /h", "cells.tumour.die.shear", 0.2),
        ("tissue.kind=lobule", "tissue.kind", "lobule"),
        ("tissue.kind='lobule'", "tissue.kind", "lobule"),
        ("observe.events=false", "observe.events", False),
        ("observe.snapshots=7", "observe.snapshots", "7"),
        ("observe.snapshots=1 2 3", "observe.snapshots", "1 2 3"),
        ("fields.vegf.length=0.1 mm", "fields.vegf.length", 100),
    ],
)
def test_an_override_is_toml_or_text(text, name, value):
    given, written = split(text)
    assert load("baseline", {given: written}).value(name) == pytest.approx(value)


def test_overrides_switch_rules_and_lines():
    scenario = load(
        "baseline", {"line": "b16f1", "rules.MV6.enabled": "false", "rules.MV6.il1.enabled": "true"}
    )
    assert scenario.line == "b16f1"
    assert [r.id for r in scenario.rules.enabled()] == ["MV12", "MV6.il1"]


@pytest.mark.parametrize("text", ["", "=3", "run.days", " = "])
def test_an_override_needs_a_name_and_a_value(text):
    with pytest.raises(ScenarioError) as caught:
        split(text)
    assert caught.value.sentence == (
        f'--set: "{text}" is not name=value; write for example cells.kupffer.density=0'
    )


def test_the_later_layer_decides_whether_a_rule_is_on(write):
    write("[rules.MV6.tnf]\nenabled = true\n[rules.MV12]\nenabled = false", "old.toml")
    new = load(write('extends = "old"\n[rules.MV6]\nenabled = false', "new.toml"))
    assert [r.id for r in new.rules.enabled()] == []
    newer = new.with_({"rules.MV6.tnf.enabled": True})
    assert [r.id for r in newer.rules.enabled()] == ["MV6.tnf"]


def test_a_rule_is_explained_with_its_numbers_and_source(rich):
    words = rule(rich, "MV12")
    assert words.startswith(
        "MV12 (switched off)\nTNF raises the rate at which LSEC bring up adhesion molecules, from 0 towards 0.5 /h"
    )
    assert "Source: A paper" in words
    assert rule(rich, "MV6").count("Source") == 2
    assert rule(rich, "MV99") == "MV99 is not in the model: nobody knows how it works."


def test_a_wrong_name_is_refused_with_the_nearest(rich):
    for call, sentence in (
        (lambda: rich.value("cells.kupffer.densty"), 'did you mean "density"?'),
        (lambda: rich.section("cells.kuppfer"), 'did you mean "cells.kupffer"?'),
        (lambda: parameters(rich, "cells.kuppfer"), 'did you mean "cells.kupffer"?'),
        (lambda: rule(rich, "MV61"), 'rules.MV61: there is no such rule; did you mean "MV12"?'),
        (
            lambda: rich.with_({"extends": "lobule"}),
            "only a file can extend a scenario; name that scenario instead",
        ),
    ):
        with pytest.raises(LivermetError) as caught:
            call()
        assert caught.value.sentence.endswith(sentence)


NAMES = st.sampled_from(
    ["run.days", "tissue.kind", "cells.tumour.die.shear", "cells.kupffer", "cells.x.like", "rules.MV12.maximum",
     "rules.MV12.where", "rules", "interventions", "line", "name", "fields.new.length", "resolved", "extends", "cells"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES | st.text(max_size=12), value=st.text(max_size=20) | st.sampled_from(
    ["1e999", "-0", "nan", "[[1]]", "{a=1}", "{}", "[]", "0x10", "1 um^99999", "x", "lobule", "true", "'''", "[{}]",
     "1979-05-27", "9" * 400, "\\", "1\nb=2", "[{action='deplete', target='nk', start='1 day9999'}]", "x1e999"]
))  # fmt: skip
def test_no_override_ever_ends_in_anything_but_a_sentence(name, value):
    try:
        scenario = load("strip", dict([split(f"{name}={value}")]))
    except LivermetError as error:
        assert error.sentence and "Traceback" not in error.sentence
    else:
        assert from_dict(tomllib.loads(scenario.to_toml())).digest == scenario.digest
