"""Load a plug-in because the user asks for it: a file, a module, or an installed one.

A scenario can only say that it needs a plug-in. Nothing that it names is imported but what its reader has installed as a
plug-in of this package (an entry point of the group ``livermet_sim.plugins``).
"""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import PLUGINS

GROUP = "livermet_sim.plugins"
PLACE = "plug-in"
FILES: dict[str, str] = {}  # by module the file that the user named, for worker processes


def load_plugin(name: str | Path) -> None:
    """Load a plug-in, which registers what it brings; loading it again takes up what has changed in its file.

    Parameters
    ----------
    name : str or Path
        A file (``"mast_cells.py"``), a module that Python can import, or the name of an installed plug-in.

    Raises
    ------
    LivermetError
        When there is none, it fails, or it registers nothing.
    """
    text = str(name)
    if text.endswith(".py"):
        module = _file(Path(text))
    elif (entry := installed().get(text)) is not None:
        module = _imported(text, entry.module)
    elif all(part.isidentifier() for part in text.split(".")):
        module = _imported(text, text)
    else:
        raise LivermetError(PLACE, f'"{text[:100]}" is neither a file that ends in .py nor a module')
    if module not in PLUGINS.names():
        raise LivermetError(
            f"{PLACE} {text}", "it registers nothing; see livermet_sim.register_kind and its like"
        )


def installed() -> dict[str, EntryPoint]:
    """Return the plug-ins that are installed as such, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _imported(text: str, name: str) -> str:
    """Import a module and return its plug-in; where it was forgotten meanwhile, run it again."""
    plugin = name.partition(".")[0]
    try:
        module = importlib.import_module(name)
        if plugin not in PLUGINS.names():
            importlib.reload(module)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            reason = "there is no such module; a file is named with its .py"
            raise LivermetError(f"{PLACE} {text}", reason, name=text, valid=installed()) from None
        raise _failed(text, error) from error
    except Exception as error:
        raise _failed(text, error) from error
    return plugin


def _file(path: Path) -> str:
    """Carry out a file as the module of its name."""
    name = path.stem
    if not path.is_file():
        raise LivermetError(f"{PLACE} {path}", "there is no such file")
    if not name.isidentifier():
        raise LivermetError(f"{PLACE} {path}", f'"{name}" is not a name that Python can import')
    here = str(path.resolve())
    other = FILES.get(name)
    if name in sys.modules and (other is None or (other != here and name in PLUGINS.names())):
        raise LivermetError(
            f"{PLACE} {path}", f'there is another module "{name}" already; give the file another name'
        )
    spec = spec_from_file_location(name, here)
    if spec is None or spec.loader is None:
        raise LivermetError(f"{PLACE} {path}", "Python cannot read this file")
    module: ModuleType = module_from_spec(spec)
    sys.modules[name], FILES[name] = module, here
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name], FILES[name]
        raise _failed(str(path), error) from error
    return name


def _failed(text: str, error: Exception) -> LivermetError:
    if isinstance(error, LivermetError):
        return LivermetError("", f"{PLACE} {text}: {error.sentence}")
    return LivermetError(f"{PLACE} {text}", f"it fails ({type(error).__name__}: {error})")
