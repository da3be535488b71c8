"""Offer the model on the command line; every mistake ends in one sentence and never in a traceback."""

from __future__ import annotations

import io
import itertools
import re
import signal
import subprocess
import sys
import tempfile
import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livermet_sim.base.errors import LivermetError, ResultError

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result
    from livermet_sim.scenario.spec import Scenario
    from livermet_sim.state.tissue import Tissue

# Modules that import numpy, numba or matplotlib are imported inside the commands: --help stays fast.
app = typer.Typer(
    name="livermet",
    help="Simulate liver metastasis, cell by cell, from the portal vein to a vascularised metastasis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A scenario by name, or a TOML file.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change one value, e.g. cells.kupffer.density=0; repeatable."
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**62 - 1, help="Seed of all random numbers.")]
Days = Annotated[float | None, typer.Option(help="Simulated days, instead of the scenario's.")]
MISTAKE, STOPPED = 2, 130
PICTURES = (".png", ".pdf", ".svg")


class Shown(StrEnum):
    """Name what ``livermet show`` can show."""

    plan = "plan"
    tissue = "tissue"
    scenario = "scenario"
    lines = "lines"
    rules = "rules"
    parameters = "parameters"


def _version(wanted: bool) -> None:
    if wanted:
        from livermet_sim import __version__

        typer.echo(f"livermet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


@app.command()
def draw(
    folder: Annotated[Path, typer.Argument(help="Folder that a run has left.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Draw the pictures of a saved run again."""
    from livermet_sim.observe.result import Result

    pictures = Result.load(folder).figures(folder / "figures")
    if not quiet:
        typer.echo(f"{len(pictures)} pictures in {folder / 'figures'}")


@app.command()
def run(
    name: Name,
    changes: Changes = None,
    seed: Seed = 1,
    days: Days = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; by default results/NAME-seedSEED.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Save tables only.")] = False,
) -> None:
    """Run a scenario and save tables, pictures and a summary in a folder."""
    scenario = _load(name, changes, days)
    folder = _reserve(out, scenario.name, seed)
    try:
        result, complete = _simulate(scenario, seed, quiet)
        if result is not None:
            result.save(folder, figures=False)  # first, so that no mishap in a picture can lose a long run
            if not no_figures:
                _draw_apart(folder)
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()
    if not complete:
        done = (
            f"what was computed is in {folder}, marked as incomplete"
            if result is not None
            else "nothing was saved"
        )
        typer.echo(f"livermet: stopped; {done}.", err=True)
        raise typer.Exit(STOPPED)
    if not quiet and result is not None:
        typer.echo(f"{result.summary()}\n\nSaved in {folder}")


@app.command()
def show(
    what: Annotated[Shown, typer.Argument(help="What to show.")],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|PATH]", help='A scenario; "baseline" by default.')
    ] = None,
    changes: Changes = None,
    section: Annotated[str, typer.Option(help="parameters: one section, e.g. cells.kupffer.")] = "",
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="tissue: file of the picture.")] = Path("tissue.png"),
) -> None:
    """Show the order of a step, the tissue, the resolved scenario, tumour lines, rules or parameters."""
    from livermet_sim.scenario import tables

    if what is Shown.lines:
        typer.echo(tables.tumour_lines())
        return
    if what is Shown.scenario and name is None:
        typer.echo(tables.scenarios())
        return
    scenario = _load(name or "baseline", changes)
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
        _show_tissue(scenario, seed, out)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A scenario.")] = "baseline",
    rule: Annotated[str, typer.Option(help="Id of a rule, e.g. MV12.")] = "",
    missing: Annotated[
        bool, typer.Option("--missing", help="List the mechanisms that the model lacks.")
    ] = False,
    changes: Changes = None,
) -> None:
    """Say in words what a rule does, with numbers and source; or what the model leaves out and why."""
    from livermet_sim.scenario import tables

    if not rule and not missing:
        raise LivermetError("explain", "say which rule, for example --rule MV12, or --missing")
    if missing:
        typer.echo(tables.missing())
    if rule:
        typer.echo(tables.rule(_load(name, changes), rule))


@app.command()
def check(name: Name, changes: Changes = None) -> None:
    """Check a scenario without running it."""
    scenario = _load(name, changes)
    tissue, days, rules = scenario.value("tissue.kind"), scenario.value("run.days"), scenario.rules.enabled()
    typer.echo(
        f"{scenario.name}: no mistakes. {tissue}, {days:g} days, line {scenario.line or 'none'}, "
        f"{len(scenario.kinds)} kinds of cells, {len(rules)} rules, "
        f"{len(scenario.interventions)} interventions; digest {scenario.digest[:12]}."
    )


def main() -> int:
    """Run the command line and return its exit code: 0 done, 2 a mistake, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except LivermetError as error:
        _say(error.sentence)
    except MemoryError:
        _say("there is not enough memory for this; take a smaller tissue or fewer snapshots")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{(error.strerror or str(error)).lower()}")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MISTAKE
    return MISTAKE


def _say(sentences: str) -> None:
    for sentence in sentences.splitlines():
        print(f"livermet: {sentence}", file=sys.stderr)


def _load(name: str, changes: list[str] | None, days: float | None = None) -> Scenario:
    from livermet_sim.scenario.draft import split
    from livermet_sim.scenario.load import load

    overrides: dict[str, Any] = dict(split(change) for change in changes or ())
    if days is not None:
        overrides["run.days"] = days
    return load(name, overrides, option="--set")


def _simulate(scenario: Scenario, seed: int, quiet: bool) -> tuple[Result | None, bool]:
    """Return the result and whether the run came to its end; Ctrl-C ends it after the step under way."""
    from livermet_sim.kernels import jit

    engine = None
    with Progress(quiet) as progress:
        try:
            if not jit.compiled():
                progress.say("compiling the kernels, once, about 20 s")
            from livermet_sim.engine import Engine

            engine = Engine(scenario, seed)
            engine.run(float(scenario.value("run.days")) * 24.0, progress)
            return engine.result(), True
        except KeyboardInterrupt:
            if engine is None or progress.at_once:
                return None, False
            return engine.result(complete=False), False


def _draw_apart(folder: Path) -> None:
    """Draw the pictures of a saved run in a process of their own, so that its memory does not add to the run's."""
    words = [sys.executable, "-m", "livermet_sim.cli", "draw", str(folder), "--quiet"]
    if subprocess.run(words, check=False).returncode:
        raise ResultError(str(folder), "the tables are saved, but the pictures could not be drawn")


class Progress:
    """Show how far a run is: a bar on a terminal, elsewhere a line a tenth; Ctrl-C stops between steps."""

    def __init__(self, quiet: bool):
        self._quiet, self._bar, self._tenths = quiet, None, 0
        self._asked, self.at_once = False, False
        self._handler: Any = None

    def __enter__(self) -> Progress:
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
        if self._bar is not None:
            self._bar.close()

    def _interrupt(self, *_: object) -> None:
        if self._asked:
            self.at_once = True
            raise KeyboardInterrupt
        self._asked = True
        print("stopping soon; Ctrl-C again stops at once and saves nothing", file=sys.stderr, flush=True)

    def say(self, words: str) -> None:
        """Print a line, unless quiet."""
        if not self._quiet:
            print(words, file=sys.stderr, flush=True)

    def __call__(self, hours: float, total: float) -> None:
        """Take note that ``hours`` of ``total`` are done."""
        if self._asked:
            raise KeyboardInterrupt
        if self._quiet or total <= 0:
            return
        if sys.stderr.isatty():
            if self._bar is None:
                from tqdm import tqdm

                form = "{percentage:3.0f}% |{bar}| day {n:.1f} of {total:g} [{elapsed}<{remaining}]"
                self._bar = tqdm(total=total / 24, bar_format=form, file=sys.stderr)
            self._bar.update(hours / 24 - self._bar.n)
        elif int(10 * hours / total) > self._tenths:
            self._tenths = int(10 * hours / total)
            self.say(f"day {hours / 24:.1f} of {total / 24:g}")


def _reserve(out: Path | None, name: str, seed: int) -> Path:
    """Make the folder of the results before anything is computed, never one that already holds something."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "run"
    folder = out or Path("results") / f"{stem}-seed{seed}"
    try:
        for number in itertools.count(2):
            try:
                folder.mkdir(parents=True)
                break
            except FileExistsError:
                if out is None:
                    folder = Path("results") / f"{stem}-seed{seed}-{number}"
                elif not folder.is_dir():
                    raise ResultError(str(out), "this is a file; results need a folder") from None
                elif any(folder.iterdir()):
                    raise ResultError(str(out), "the folder is not empty; give another with --out") from None
                else:
                    break
        # Results are written beside the folder and moved into place, so both must be writable.
        for place in (folder, folder.resolve().parent):
            tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ResultError(str(folder), f"the results cannot be written there ({reason})") from None
    return folder


def _show_tissue(scenario: Scenario, seed: int, out: Path) -> None:
    from livermet_sim.anatomy import build, morphometry
    from livermet_sim.scenario.tables import aligned

    if out.suffix.lower() not in PICTURES:
        reason = f'"{out}" is not a picture; its name must end in {", ".join(PICTURES)}'
        raise LivermetError("--out", reason)
    tissue = build.build(scenario.values["tissue"], seed)
    rows = [("quantity", "here", "should be", "unit", "fits", "published", "source")]
    for m in morphometry.measure(tissue):
        fits = "yes" if m.ok else "no"
        band = f"{m.low:.4g} to {m.high:.4g}"
        rows.append((m.name, f"{m.value:.4g}", band, m.unit, fits, m.published, m.source))
    typer.echo(aligned(rows))
    figure = _picture(tissue)
    figure.axes[0].set_title(f"{scenario.name}: {tissue.kind}, seed {seed}", loc="left", fontweight="bold")
    figure.savefig(out)
    typer.echo(f"\nPicture in {out}")


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
    sizes = {"width": tissue.width, "height": tissue.height, "site_um": tissue.site}
    return tissue_map({"time_h": np.zeros(1)} | stacks | statics | sizes)


if __name__ == "__main__":
    raise SystemExit(main())
