"""Build the site: guides, gallery, lesson, notebooks, the reference of the Python side."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import typer

from livermet_sim.cli.ending import ended


def docs(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="[OUT]", help="Folder of the site.")] = Path("results")
    / "site",
    only: Annotated[
        str,
        typer.Option(metavar="PAGE", help="One page alone, e.g. gallery or 03_change_a_rule, or reference."),
    ] = "",
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Show the notebooks without running them: a minute instead of some."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Build the site into a folder: tutorials, a lesson, a gallery, the notebooks, the reference; it opens without network.

    Every command on its pages is run, so that what they show is what this version does.
    """
    from livermet_sim import __version__
    from livermet_sim.base.errors import LivermetError
    from livermet_sim.site.build import REFERENCE, build, sources
    from livermet_sim.site.reference import write_reference

    if only == "reference":
        write_reference(out)
        typer.echo(f"Reference in {out / REFERENCE.path}")
        return
    pages = sources(only)
    if not pages:
        names = [Path(place.path).stem for place in sources()]
        raise LivermetError("--only", f'there is no page "{only}"', name=only, valid=[*names, "reference"])

    def told(name: str, done: int, of: int) -> None:
        if not quiet:
            typer.echo(f"{done + 1:3} of {of}  {name}", err=True)

    first = build(
        out, typist(context.find_root().command), __version__, pages if only else None, not quick, told
    )
    if not quiet:
        typer.echo(f"Site in {first}")


def typist(program: Callable[..., Any]) -> Callable[[Sequence[str]], tuple[int, str]]:
    """Return what carries out a command line, given without the program: its exit code, and all it prints, mistakes last."""

    def type_(words: Sequence[str]) -> tuple[int, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = ended(program, list(words))
        return code, out.getvalue() + (err.getvalue() if code else "")

    return type_
