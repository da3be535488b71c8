"""Show what the model is made of: plan, tissue, scenario, lines, rules, parameters; check a scenario."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import save_picture
from livermet_sim.cli.options import Changes, Days, Name, Seed, check_picture, load_scenario, prepare

if TYPE_CHECKING:
    from livermet_sim.anatomy.morphometry import Measure
    from livermet_sim.scenario.spec import Scenario
    from livermet_sim.state.tissue import Tissue


class Shown(StrEnum):
    """Name what ``livermet show`` can show."""

    plan = "plan"
    tissue = "tissue"
    scenario = "scenario"
    lines = "lines"
    rules = "rules"
    parameters = "parameters"
    interventions = "interventions"
    experiments = "experiments"
    readouts = "readouts"


def show(
    what: Annotated[Shown, typer.Argument(help="What to show.")],
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|PATH]", help='A scenario; "baseline" by default. readouts: one of them.'
        ),
    ] = None,
    changes: Changes = None,
    section: Annotated[str, typer.Option(help="parameters: one section, e.g. cells.kupffer.")] = "",
    seed: Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="tissue: file of the picture, tissue.png by default; lines, rules, parameters, experiments, readouts: a table (.csv, .md, .html)."
        ),
    ] = None,
) -> None:
    """Show the order of a step, the tissue, the resolved scenario, tumour lines, rules, parameters, interventions,
    published experiments, or what can be read of a run.
    """
    from livermet_sim.scenario import tables

    if out is not None and what is not Shown.tissue:
        _write_table(what, name, changes, section, out)
        return
    if what is Shown.lines:
        typer.echo(tables.shipped_lines())
        return
    if what is Shown.readouts:
        typer.echo(tables.readouts(name or ""))
        return
    if what is Shown.interventions:
        typer.echo(tables.interventions())
        return
    if what is Shown.experiments:
        from livermet_sim.validation import catalogue

        typer.echo(catalogue.listing(catalogue.chosen([name]) if name else None))
        return
    if what is Shown.scenario and name is None:
        typer.echo(tables.scenarios())
        return
    scenario = load_scenario(name or "baseline", changes)
    if what is Shown.scenario:
        typer.echo(scenario.to_toml(), nl=False)
    elif what is Shown.parameters:
        typer.echo(tables.parameters(scenario, section))
    elif what is Shown.rules:
        typer.echo(tables.rules(scenario))
    elif what is Shown.plan:
        from livermet_sim.engine import Engine

        typer.echo(Engine(scenario, seed).plan.table())
    else:
        _show_tissue(scenario, seed, out or Path("tissue.png"))


def _write_table(what: Shown, name: str | None, changes: Changes, section: str, out: Path) -> None:
    """Write a table with all that is known of each row, sources included."""
    from livermet_sim.scenario import lists, written

    written.check_ending(out)
    title = what.value.capitalize()
    if what is Shown.lines:
        rows = lists.lines().to_dict("records")
    elif what is Shown.scenario and name is None:
        rows = lists.scenarios().to_dict("records")
    elif what is Shown.experiments:
        from livermet_sim.validation import catalogue

        rows = catalogue.experiments().to_dict("records")
    elif what is Shown.readouts:
        rows = lists.readouts().to_dict("records")
    elif what in (Shown.rules, Shown.parameters):
        scenario = load_scenario(name or "baseline", changes)
        title += f" of {scenario.name}"
        rules = what is Shown.rules
        rows = lists.rule_rows(scenario) if rules else lists.parameter_rows(scenario, section)
    else:
        raise LivermetError(
            "--out", f"there is no table of the {what.value}; lines, rules, parameters and readouts have one"
        )
    written.write(rows, out, title)
    typer.echo(f"{len(rows)} rows in {out}")


def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME|PATH|RULE]", help="A scenario, or a rule of the library such as MV12."),
    ] = "baseline",
    rule: Annotated[str, typer.Option(help="Id of a rule, e.g. MV12.")] = "",
    missing: Annotated[
        bool, typer.Option("--missing", help="List the mechanisms that the model lacks.")
    ] = False,
    reach: Annotated[
        bool,
        typer.Option("--reach", help="Run it and hold each rule's signal against its half-maximum."),
    ] = False,
    situations: Annotated[
        bool, typer.Option("--situations", help="--reach: over ten situations of the library instead.")
    ] = False,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png", help="Run it and draw who acts on whom, through what, how strongly."
        ),
    ] = None,
    changes: Changes = None,
    seed: Seed = 1,
    days: Days = None,
) -> None:
    """Say in words what the rules do, or one rule with its source; what the model leaves out; which rules can speak."""
    from livermet_sim.cli import reach as reaches
    from livermet_sim.scenario import tables

    if situations and (not reach or changes or days is not None or name != "baseline"):
        raise LivermetError("--situations", "it goes with --reach, and takes neither scenario nor changes")
    if (days is not None or seed != 1) and not reach and network is None:
        raise LivermetError(
            "--days, --seed", "they go with --reach or --network, since nothing else here is run"
        )
    if network is not None and (rule or missing or reach):
        raise LivermetError("--network", "it tells of all rules; leave out --rule, --missing and --reach")
    if network is not None:
        reaches.drawn(name, changes, days, seed, network)
        return
    if reach and (rule or missing):
        raise LivermetError("--reach", "it tells of all rules; leave out --rule and --missing")
    if reach:
        reaches.ten(seed) if situations else reaches.one(name, changes, days, seed)
        return
    if not rule and tables.is_rule(name):
        name, rule = "baseline", name
    if missing:
        typer.echo(tables.missing())
    if rule:
        typer.echo(tables.rule(load_scenario(name, changes), rule))
    elif not missing:
        typer.echo(tables.rules(load_scenario(name, changes)))


def check(name: Name, changes: Changes = None, seed: Seed = 1, days: Days = None) -> None:
    """Check a scenario by all that a run does before its first step: reading, building, placing the cells."""
    from livermet_sim.cli.progress import Progress

    scenario = load_scenario(name, changes, days)
    with Progress(quiet=False) as progress:
        note = prepare(scenario, seed, progress).world.tissue.note
    tissue, length, rules = (
        scenario.value("tissue.kind"),
        scenario.value("run.days"),
        scenario.rules.enabled(),
    )
    typer.echo(
        f"{scenario.name}: no mistakes. {tissue}, {length:g} days, line {scenario.line or 'none'}, "
        f"{len(scenario.kinds)} kinds of cells, {len(rules)} rules, "
        f"{len(scenario.interventions)} interventions; digest {scenario.digest[:12]}."
        + (f" {note}" if note else "")
    )


def _show_tissue(scenario: Scenario, seed: int, out: Path) -> None:
    from livermet_sim.anatomy import morphometry
    from livermet_sim.engine import Engine
    from livermet_sim.observe.circulation import circulation
    from livermet_sim.processes.oxygenation import Oxygenate

    check_picture(out)
    engine = Engine(scenario, seed)
    tissue = engine.world.tissue
    oxygenate = next(p for p in engine.plan.processes if isinstance(p, Oxygenate))
    typer.echo(_beside_published(morphometry.measure(tissue)))
    typer.echo(f"\nBlood at rest\n{_beside_published(circulation(engine.world, oxygenate))}")
    figure = _picture(tissue)
    figure.axes[0].set_title(f"{scenario.name}: {tissue.kind}, seed {seed}", loc="left", fontweight="bold")
    if tissue.note:
        _cross_dropped(figure.axes[0], tissue)
        typer.echo(f"\n{tissue.note} The picture crosses them out.")
    save_picture(figure, out)
    typer.echo(f"\nPicture in {out}")


def _cross_dropped(axes: Any, tissue: Tissue) -> None:
    """Cross out the drawn sinusoids that carry no blood."""
    x, y = tissue.lattice.xy(tissue.dropped)
    words = f"drawn sinusoid that carries no blood ({len(tissue.dropped)})"
    axes.plot(x, y, "x", color="black", markersize=4, markeredgewidth=1.1, label=words)
    first = axes.get_legend()
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.03), frameon=False, borderaxespad=0.0)
    axes.add_artist(first)


def _beside_published(measures: list[Measure]) -> str:
    """Return measures as a table with their bands and what was published."""
    from livermet_sim.base.aligned import aligned

    rows = [("quantity", "here", "should be", "unit", "fits", "published", "source")]
    for m in measures:
        fits = "yes" if m.ok else "no"
        band = f"{m.low:.4g} to {m.high:.4g}"
        rows.append((m.name, f"{m.value:.4g}", band, m.unit, fits, m.published, m.source))
    return aligned(rows)


def _picture(tissue: Tissue) -> Any:
    """Return a picture of a tissue before anything has happened in it."""
    import numpy as np

    from livermet_sim.observe import columns
    from livermet_sim.viz.tissue_map import tissue_map

    n, compartment = tissue.n, tissue.compartment[None]
    stacks = {name: np.zeros((1, n)) for name in columns.STACKS}
    stacks |= {"compartment": compartment, "perfused": np.ones((1, n)), "parenchyma": np.ones((1, n))}
    stacks |= {name: np.full((1, n), -1) for name in ("tumour", "tumour_lumen")}
    statics = {name: getattr(tissue, name) for name in (*columns.STATIC, "edges")}
    return tissue_map({"time_h": np.zeros(1)} | stacks | statics | tissue.lattice.sizes)
