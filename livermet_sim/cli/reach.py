"""Say of every rule whether its signal comes near its half-maximum, in one run or in the situations of the library."""

from __future__ import annotations

import typer

from livermet_sim.cli.options import STOPPED, load_scenario, prepare
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
