"""Switch off mechanisms one at a time and say what each changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.base.write import inside
from livermet_sim.cli.options import STOPPED, Changes, Days, Name, load_scenario
from livermet_sim.cli.sweep import SOME_FAILED, Workers

if TYPE_CHECKING:
    from livermet_sim.sweep.ablate import Ablation
    from livermet_sim.sweep.effects import Effects

List = list[str] | None


def ablate(
    scenario: Name,
    rules: Annotated[
        List,
        typer.Option(
            metavar="PATTERN,...",
            help='What to take out: "AN*", MV12, or a phase; repeatable. All that acts by default.',
        ),
    ] = None,
    by: Annotated[
        str, typer.Option(help="mechanism (all rules of an id together) or rule (one at a time).")
    ] = "mechanism",
    mode: Annotated[
        str,
        typer.Option(
            help="drop, invert (the other direction), saturate (always at the maximum), or swap: every two rules named exchange what they listen to."
        ),
    ] = "drop",
    pairs: Annotated[
        List,
        typer.Option(
            metavar="A,B,...",
            help="Take out every two of these together as well; repeatable. alike: every two that move one behaviour the same way.",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100_000, help="Pairs of runs for each.")] = 12,
    first_seed: Annotated[int, typer.Option("--first-seed", min=0, help="Seeds count from here.")] = 1,
    days: Days = None,
    lobules: Annotated[int | None, typer.Option(min=1, help="Lobules, instead of the scenario's.")] = None,
    changes: Changes = None,
    readouts: Annotated[
        List, typer.Option(metavar="NAME,...", help="Measures to compare, the first one ranks; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; by default results/ablate-NAME.")] = None,
    workers: Workers = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed runs again.")] = False,
    new_version: Annotated[
        bool, typer.Option("--new-version", help="Compute again what another model version computed.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be taken out.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the table.")] = False,
) -> None:
    """Switch off every mechanism, one at a time, in livers that share their luck, and rank what each changes.

    The control is run once for each seed. Whatever ends the work, the same command goes on where it stood.
    """
    from livermet_sim.sweep.ablate import Ablation

    study = Ablation(
        load_scenario(scenario, changes), _split(rules), by=by, mode=mode, pairs=_split(pairs), seeds=seeds,
        first_seed=first_seed, days=days, lobules=lobules, readouts=_split(readouts) or None,
    )  # fmt: skip
    folder = out or inside(Path("results"), study.sweep.name)
    if plan:
        typer.echo(_planned(study, folder))
        return
    try:
        found = study.run(
            folder, workers=workers, retry=retry_failed, new_version=new_version, progress=not quiet
        )
    except KeyboardInterrupt:
        words = f"livermet: stopped; what ended is kept in {folder}, and the same command goes on from there."
        typer.echo(words, err=True)
        raise typer.Exit(STOPPED) from None
    _finish(study, found, folder, quiet)


def _finish(study: Ablation, found: Effects, folder: Path, quiet: bool) -> None:
    from livermet_sim.sweep.effect_tables import save

    failed = found.study.failures
    if found.seeds:
        save(found, folder)
        typer.echo(str(found))
        for word, reason in study.left_out.items():
            typer.echo(f"Left out, {word}: {reason}")
        if not quiet:
            typer.echo(f"\nSaved in {folder}: effects.csv, .md, .html, figures/ablation.png and phases.png")
    if len(failed):
        first = failed.iloc[0]
        typer.echo(f"livermet: {len(failed):,} runs failed; run {first['run']}: {first['error']}", err=True)
        raise typer.Exit(SOME_FAILED)


def _planned(study: Ablation, folder: Path) -> str:
    from livermet_sim.base.aligned import aligned
    from livermet_sim.rulebook.ablation import title

    lines = [f"{study.sweep.name}: {len(study.words)} to take out, {len(study):,} runs, into {folder}", ""]
    lines.append(aligned([(word, title(word)) for word in study.words]))
    lines += [f"Left out, {word}: {reason}" for word, reason in study.left_out.items()]
    return "\n".join(lines)


def _split(given: List) -> list[str]:
    return [part.strip() for text in given or () for part in text.split(",") if part.strip()]
