"""Keep what users have added in this session: kinds of cells, signals, responses of rules, processes, readouts.

Each stands here under its name with its origin: the plug-in that brought it, that plug-in's version, and a hash of its source.
A scenario holds what it uses; results and checkpoints name it, so that nothing is taken for the work of another plug-in.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from livermet_sim.base.errors import LivermetError

KIND, SIGNAL, RESPONSE, PROCESS, READOUT = WHATS = ("kind", "signal", "response", "process", "readout")
SESSION = "this session"  # what a notebook or a script has added is of no module that could be imported
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True)
class Origin:
    """Say who brought something: the plug-in, its version where it has one, and a hash of its source."""

    plugin: str
    version: str
    source: str

    def __str__(self) -> str:
        return f"{self.plugin} {self.version}@{self.source}".replace(" @", "@")


@dataclass(frozen=True)
class Extension:
    """Hold one thing that a user has added: what it is, its name, its declaration, and where it comes from."""

    what: str
    name: str
    made: Any
    origin: Origin

    @property
    def label(self) -> str:
        """Return what it is and its name, as a scenario names what it needs."""
        return f"{self.what} {self.name}"


class Plugins:
    """Hold what users have added, in the order in which they did."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Extension] = {}
        self._told: dict[str, list[tuple[Callable[[Any], None], Callable[[Any], None]]]] = {}
        self.met: dict[str, dict[str, Any]] = {}  # names that scenarios have brought of their own

    def tell(self, what: str, added: Callable[[Any], None], removed: Callable[[Any], None]) -> None:
        """Let somebody follow what is added and removed; ``added`` may refuse, and is told at once of what there is."""
        self._told.setdefault(what, []).append((added, removed))
        for made in self.of(what).values():
            added(made)

    def add(self, extension: Extension) -> None:
        """Add something; it takes the place of an earlier thing of that name, as a notebook needs."""
        key = (extension.what, extension.name)
        before = self._held.pop(key, None)
        followers = self._told.get(extension.what, ())
        for _, removed in followers if before is not None else ():
            removed(before.made)  # type: ignore[union-attr]
        for added, _ in followers:
            added(extension.made)
        self._held[key] = extension

    def remove(self, what: str, name: str) -> None:
        """Forget something that was added.

        Raises
        ------
        LivermetError
            When there is none of that name.
        """
        if (what, name) not in self._held:
            own = [extension.name for extension in self.all() if extension.what == what]
            raise LivermetError(what, f'you have added no {what} "{name}"', name=name, valid=own)
        made = self._held.pop((what, name)).made
        for _, removed in self._told.get(what, ()):
            removed(made)

    def of(self, what: str) -> dict[str, Any]:
        """Return the declarations of a sort by name."""
        return {name: extension.made for (sort, name), extension in self._held.items() if sort == what}

    def find(self, what: str, name: str) -> Extension | None:
        """Return what was added under a name, None where nothing was."""
        return self._held.get((what, name))

    def all(self) -> tuple[Extension, ...]:
        """Return everything that was added."""
        return tuple(self._held.values())

    def names(self) -> set[str]:
        """Return the plug-ins of which there is anything."""
        return {extension.origin.plugin for extension in self.all()}

    def hold(self, wanted: Iterable[Extension]) -> None:
        """Hold these and no others."""
        kept = {(extension.what, extension.name): extension for extension in wanted}
        for key, extension in list(self._held.items()):
            if kept.get(key) is not extension:
                self.remove(*key)
        for key, extension in kept.items():
            if key not in self._held:
                self.add(extension)


PLUGINS = Plugins()


def register(what: str, name: str, made: Any, source: Any) -> None:
    """Add a declaration whose code is ``source``: a function, a class, or data that was made where this was called."""
    PLUGINS.add(Extension(what, name, made, origin(source)))


def check_name(what: str, name: object, taken: Iterable[str]) -> str:
    """Return a name that will do.

    Raises
    ------
    LivermetError
        For one that is impossible, or is a name of the model's own.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        said = f'"{name[:60]}"' if isinstance(name, str) else repr(name)[:60]
        reason = f"{said} is not a name; it needs small letters, digits and underscores, a letter first"
        raise LivermetError(what, f"{reason}; give name=" if name == "<lambda>" else reason)
    if name in set(taken):
        raise LivermetError(f'{what} "{name}"', "the name is taken by the model; choose another")
    return name


def check_doc(what: str, name: str, doc: object) -> str:
    """Return a description, which there must be."""
    if not isinstance(doc, str) or not doc.strip():
        reason = "it says not what it is; give it a docstring, or doc="
        raise LivermetError(f'{what} "{name}"', reason)
    return " ".join(doc.split())


def first_line(source: Any) -> str:
    """Return the first line of what a function or class says of itself."""
    return (getattr(source, "__doc__", None) or "").strip().partition("\n")[0]


def origin(source: Any) -> Origin:
    """Return where code or data comes from: a module's whole file counts, in a notebook the code of the thing itself."""
    name = getattr(source, "__module__", None) if callable(source) else None
    module = sys.modules.get(name or _caller())
    file = getattr(module, "__file__", None)
    if module is None or module.__name__ == "__main__" or not file or not Path(file).is_file():
        return Origin(SESSION, "", _hash(_text(source)))
    plugin = module.__name__.partition(".")[0]
    return Origin(plugin, _version(sys.modules.get(plugin, module)), _hash(Path(file).read_bytes()))


def _version(module: ModuleType) -> str:
    return str(getattr(module, "__version__", ""))[:40]


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:8]


def _text(source: Any) -> bytes:
    """Return code as text, with the plain values that a function made in a notebook holds on to; of data all that it is."""
    if not callable(source):
        return _ADDRESS.sub("", repr(source)).encode()
    try:
        text = inspect.getsource(source)
    except (OSError, TypeError):
        code = getattr(source, "__code__", None)
        return code.co_code if code is not None else repr(type(source)).encode()
    cells = getattr(source, "__closure__", None) or ()
    held = [repr(cell.cell_contents) for cell in cells if isinstance(cell.cell_contents, int | float | str)]
    return "\n".join([text, *held]).encode()


def _caller() -> str:
    """Return the module, outside this package, that is being carried out."""
    frame = inspect.currentframe()
    package = __name__.partition(".")[0]
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] != package:
            return name
        frame = frame.f_back
    return "__main__"


def made_by(what: Iterable[str]) -> dict[str, str]:
    """Return which plug-ins stand behind things that were added, by their labels."""
    wanted = set(what)
    return {
        each.label: str(each.origin) for each in PLUGINS.all() if each.label in wanted or each.what in wanted
    }
