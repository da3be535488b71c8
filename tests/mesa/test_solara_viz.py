"""Mesa's own SolaraViz draws a LiverModel, steps it and draws it again."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

MISSING = [name for name in ("solara", "altair") if find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"SolaraViz needs {', '.join(MISSING)}")


def test_solara_viz_draws_and_steps_a_model(model):
    import ipyvuetify
    import solara
    from mesa.visualization import SolaraViz

    from livermet_sim.viz.tissue_map import tissue_map

    titles = []

    def tissue(model):
        figure = tissue_map(model)
        titles.append(figure.axes[0].get_title(loc="left"))
        return solara.FigureMatplotlib(figure)

    @solara.component
    def page():
        # the controls stand in a sidebar, which the layout of a whole page shows
        with solara.AppLayout():
            SolaraViz(model, components=[tissue], model_params={"cells__kupffer__density": 0})

    steps, hours = model.steps, model.hours
    _, context = solara.render(page(), handle_error=False)
    try:
        assert f"day {hours / 24:.3g}:" in titles[-1]
        before = len(titles)
        button = next(b for b in context.find(ipyvuetify.Btn).widgets if "Step" in map(str, b.children))
        button.click()
        assert model.steps == steps + 1 and model.hours > hours
        assert len(titles) > before and titles[-1] != titles[0]
    finally:
        context.close()


def test_mesa_does_not_take_the_scenario_of_a_model_for_one_of_its_own(model):
    # Mesa 3.5 refuses a true ``model.scenario`` that is not of its own class
    assert not model.scenario
    changed = model.scenario.with_()
    assert changed and changed == model.scenario
