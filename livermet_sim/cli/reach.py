"""Say of every rule whether its signal comes near its half-maximum, in one run or in the situations of the library."""

from __future__ import annotations

from pathlib import Path

import typer

from livermet_sim.cli.options import STOPPED, check_picture, load_scenario, prepare
from livermet_sim.cli.progress import Progress


def one(name: str, changes: list[str] | None, days: float | None, seed: int) -> None:
    """Run one scenario and print the reach of its rules; Ctrl-C prints what was heard so far."""
    from livermet_sim.rulebook.reach import Reach
    from livermet_sim.validation import reach

    scenario, found, stopped = load_scenario(name, changes, days), Reach(), False
    try:
        with Progress(quiet=False) as progress:
            reach.listen(prepare(scenario, seed, progress), progress=progress, found=found)
    except KeyboardInterrupt:
        stopped = True
    if found.tallies:
        typer.echo(reach.table(found))
    if stopped:
        typer.echo("livermet: stopped; the table holds what was heard by then.", err=True)
        raise typer.Exit(STOPPED)


def drawn(name: str, changes: list[str] | None, days: float | None, seed: int, out: Path) -> None:
    """Run one scenario and draw who acts on whom in it; a table of the edges goes beside the picture."""
    from livermet_sim.base.write import save_picture, whole_file
    from livermet_sim.validation.rule_network import network

    check_picture(out)
    with Progress(quiet=False) as progress:
        found = network(load_scenario(name, changes, days), seed=seed, progress=progress)
    save_picture(found.plot(), out)
    table = out.with_suffix(".csv")
    with whole_file(table) as part:
        found.edges.to_csv(part, index=False)
    typer.echo(f"{found!r}: picture in {out}, table in {table}")


def ten(seed: int) -> None:
    """Run the situations one after the other and print the reach of the rules over all of them; Ctrl-C keeps those done."""
    from livermet_sim.rulebook.reach import Reach
    from livermet_sim.validation import reach

    total, done, given = Reach(), 0, reach.situations()
    try:
        with Progress(quiet=False) as progress:
            for name, scenario in given.items():
                progress.turn(done, len(given), f"{name}: ")
                found = reach.listen(prepare(scenario, seed, progress), progress=progress)
                total.merge(found)
                done += 1
                progress.say(f"{name}: {len(found.silent())} of {len(found.tallies)} rules silent")
    except KeyboardInterrupt:
        pass
    typer.echo(reach.table(total))
    if done < len(given):
        typer.echo(f"livermet: stopped; {done} of {len(given)} situations are in this table.", err=True)
        raise typer.Exit(STOPPED)
