"""Take words out of docstrings, so that a dossier says what the code says of itself."""

from __future__ import annotations

import inspect
import re
import sys
from types import ModuleType
from typing import Any


def first(thing: Any) -> str:
    """Return the first paragraph of a docstring as one line."""
    found = paragraphs(thing)
    return found[0] if found else ""


def paragraphs(thing: Any) -> list[str]:
    """Return the paragraphs of a docstring up to its first titled section, each as one line unless it holds equations."""
    text = inspect.cleandoc(thing.__doc__ or "")
    text = re.split(r"\n\n[^\n]+\n-{3,}", text)[0]
    return [plain(paragraph) for paragraph in text.split("\n\n") if paragraph.strip()]


def plain(text: str) -> str:
    """Return a docstring's paragraph with code between single backticks; lines that are set in, as equations are, stay lines."""
    text = re.sub(r"`+", "`", text.rstrip())
    if not re.search(r"^\s", text, re.MULTILINE):
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def home(thing: Any) -> ModuleType:
    """Return the module in which a class or function is written."""
    return sys.modules[thing.__module__]


def place(thing: Any) -> str:
    """Return the file of a class, function or module, from the package on."""
    module = thing if isinstance(thing, ModuleType) else home(thing)
    return module.__name__.replace(".", "/") + ".py"


def count(number: int, what: str, many: str = "") -> str:
    """Return a number with what it counts."""
    return f"{number} {what if number == 1 else many or what + 's'}"
