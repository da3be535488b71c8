"""Run a saved run again and compare; pack it to give it on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livermet_sim.cli.options import STOPPED, prepare
from livermet_sim.cli.progress import Progress

if TYPE_CHECKING:
    from livermet_sim.observe.origin import Origin

OTHERWISE = 1


def replay(
    path: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.zip", help="A run's folder, or its archive.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Run a saved run again and say whether it gives the same bits; the exit code is 1 when it does not."""
    from livermet_sim.observe.archive import opened
    from livermet_sim.observe.origin import origin

    with opened(path) as folder, Progress(quiet) as progress:
        found = origin(folder)
        try:
            digest, differs = _again(found, progress)
        except KeyboardInterrupt:
            typer.echo("livermet: stopped; nothing was compared.", err=True)
            raise typer.Exit(STOPPED) from None
    what = f"{found.name}, seed {found.seed}, {found.hours / 24:.4g} days"
    if digest == found.digest:
        if not quiet:
            typer.echo(f"{what}: the same to the bit, digest {digest[:16]}.")
        return
    because = f"; made with {differs}" if differs else ", though all versions are the same"
    typer.echo(
        f"{what}: not the same. Saved digest {found.digest[:16]}, now {digest[:16]}{because}.", err=True
    )
    raise typer.Exit(OTHERWISE)


def _again(found: Origin, progress: Progress) -> tuple[str, str]:
    """Return the digest that the run has now, and in which versions it was made otherwise."""
    from livermet_sim.base.provenance import versions
    from livermet_sim.kernels import jit
    from livermet_sim.scenario.load import load

    engine = prepare(load(found.scenario), found.seed, progress)
    engine.run(found.hours - engine.world.clock.hours, progress)
    here = versions(jit.source_hash())
    differs = [
        f"{name} {found.versions.get(name, 'none')[:12]} (here {here.get(name, 'none')[:12]})"
        for name in sorted(found.versions.keys() | here)
        if found.versions.get(name) != here.get(name)
    ]
    return engine.digest(), ", ".join(differs)


def pack(
    folder: Annotated[Path, typer.Argument(help="Folder that a run has left.")],
    out: Annotated[Path | None, typer.Option(help="The archive; by default FOLDER.zip.")] = None,
    license: Annotated[str, typer.Option(help="Address of the licence under which it is given on.")] = "",
) -> None:
    """Pack a run into one zip that holds all it takes to run it again, described as RO-Crate."""
    from livermet_sim.base.errors import LivermetError
    from livermet_sim.observe.archive import pack as write

    own = Path(os.path.abspath(folder))
    target = out or own.with_name(f"{own.name}.zip")
    if target.suffix.lower() != ".zip":
        raise LivermetError("--out", f'"{target}" is not an archive; its name must end in .zip')
    write(folder, target, license)
    typer.echo(f"Packed in {target} ({target.stat().st_size / 1e6:.1f} MB)")
