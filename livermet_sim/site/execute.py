"""Run the commands and the Python of a page as its reader would, and keep what they show."""

from __future__ import annotations

import ast
import io
import shlex
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ResultError

PROGRAM = "livermet "
DPI = 110
# gives the exit code of a command line and all that it prints
Run = Callable[[Sequence[str]], tuple[int, str]]


@dataclass(frozen=True)
class Shown:
    """One thing that a piece of Python shows: a text, a piece of a page, or a picture as PNG."""

    text: str = ""
    html: str = ""
    picture: bytes = b""


class Typist:
    """Type what pages say, one after the other, in one folder.

    A line that stands on several pages is typed once, so that each page can begin with what it needs.

    Parameters
    ----------
    run : callable
        Carries out a command line without the name of the program.
    folder : Path
        Where it is typed.
    """

    def __init__(self, run: Run, folder: Path):
        self._run, self.folder = run, folder
        self._seen: dict[str, str] = {}
        self._names: dict[str, Any] = {}

    def turn_page(self) -> None:
        """Forget the names that the Python of the page before has made."""
        self._names = {"__name__": "__main__"}

    def command(self, line: str, code: int = 0) -> str:
        """Return what a command line prints.

        Raises
        ------
        ResultError
            When it ends with another exit code.
        """
        words = shlex.split(line, comments=True)
        known = shlex.join(words)
        if known not in self._seen:
            ended, printed = self._run(words[1:])
            if ended != code:
                raise ResultError(
                    known, f"ended with exit code {ended} instead of {code}: {printed.strip()[-600:]}"
                )
            self._seen[known] = printed.replace(f"{self.folder}/", "")
        return self._seen[known]

    def python(self, source: str) -> list[Shown]:
        """Return what a piece of Python prints, draws and comes to, as a notebook would show it.

        Raises
        ------
        ResultError
            When it raises.
        """
        printed, shown = io.StringIO(), []
        try:
            with redirect_stdout(printed), redirect_stderr(io.StringIO()):
                value = self._evaluate(source)
                figures = _open_figures()
                last = [] if value is None else [_display(value)]
        except LivermetError as error:
            raise ResultError("python", f"{error.sentence}, in\n{source}") from error
        except Exception as error:
            raise ResultError("python", f"{type(error).__name__}: {error}, in\n{source}") from error
        if printed.getvalue().strip():
            shown.append(Shown(text=printed.getvalue().rstrip()))
        return [*shown, *figures, *last]

    def _evaluate(self, source: str) -> Any:
        """Run statements and return the value of the last one where it is an expression."""
        body = ast.parse(source).body
        last = body[-1] if body and isinstance(body[-1], ast.Expr) else None
        if last is not None:
            body.pop()
        # the pages are the package's own, as its code is
        exec(compile(ast.Module(body, []), "<page>", "exec"), self._names)
        if last is None or source.rstrip().endswith(";"):
            return None
        return eval(compile(ast.Expression(last.value), "<page>", "eval"), self._names)


def _open_figures() -> list[Shown]:
    """Return the figures that pyplot holds, and close them."""
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    shown = [Shown(picture=_png(figure)) for figure in figures if figure.axes]
    pyplot.close("all")
    return shown


def _png(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
    return buffer.getvalue()


def _display(value: Any) -> Shown:
    """Return a value as a notebook would show it."""
    if (png := getattr(value, "_repr_png_", None)) is not None:
        return Shown(picture=png())
    if (html := getattr(value, "_repr_html_", None)) is not None:
        return Shown(html=html())
    return Shown(text=repr(value))
