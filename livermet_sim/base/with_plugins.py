"""Take what users have added along to worker processes, and hold it for a time alone.

Between processes of one user plug-ins travel by pickle, as all work does; a file that is read (a scenario, a run, a
checkpoint) never brings any.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.load_plugin import FILES, PLACE, load_plugin
from livermet_sim.base.plugins import PLUGINS, Extension, Origin, Plugins


@contextmanager
def registered(*names: str | Path) -> Generator[Plugins]:
    """Forget at the end what is registered inside, and what scenarios bring of their own meanwhile.

    Parameters
    ----------
    *names : str or Path
        Plug-ins to load for that time: files, modules, installed ones; see `load_plugin`.

    Examples
    --------
    >>> with registered():
    ...     pass  # lm.register_kind(...)
    """
    before, met = PLUGINS.all(), {what: dict(names) for what, names in PLUGINS.met.items()}
    try:
        for name in names:
            load_plugin(name)
        yield PLUGINS
    finally:
        PLUGINS.hold(before)
        PLUGINS.met = met


class Held:
    """Bring what users have added along to another process: there it is held, and nothing else, once this is unpickled."""

    def __init__(self, extensions: Iterable[Extension]):
        self.extensions = tuple(extensions)

    def __reduce__(self) -> tuple[Any, ...]:
        return _held, (tuple(map(_packed, self.extensions)),)


def _packed(extension: Extension) -> Extension | tuple[str, str, str, Origin]:
    """Return something as another process can read it: of a file that was loaded, where that is; all else as it is."""
    file = FILES.get(extension.origin.plugin)
    return extension if file is None else (file, extension.what, extension.name, extension.origin)


def _held(packed: tuple[Any, ...]) -> Held:
    held = Held(each if isinstance(each, Extension) else _fetched(*each) for each in packed)
    PLUGINS.hold(held.extensions)
    return held


def _fetched(file: str, what: str, name: str, origin: Origin) -> Extension:
    """Return what the process that gives the work has of a file, which this one reads for itself.

    Raises
    ------
    LivermetError
        When it finds another file there.
    """
    found = PLUGINS.find(what, name)
    if found is None or found.origin != origin:
        load_plugin(file)
        found = PLUGINS.find(what, name)
    if found is None or found.origin != origin:
        reason = f"a worker finds {found.origin if found else 'nothing'} there, and not {origin}"
        raise LivermetError(f"{PLACE} {file}", reason)
    return found


@dataclass(frozen=True)
class WithPlugins:
    """Call a function in another process, which then knows these plug-ins before it reads anything that needs them."""

    held: Held  # first, as pickle keeps the order
    function: Callable[[Any], Any]

    def __call__(self, item: Any) -> Any:
        """Return what the function returns, these being known and no others."""
        PLUGINS.hold(self.held.extensions)
        return self.function(item)


def along(function: Callable[[Any], Any]) -> WithPlugins:
    """Return a function that brings along all that users have added."""
    return WithPlugins(Held(PLUGINS.all()), function)
