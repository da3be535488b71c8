"""Read notebooks as pages: their prose is Markdown, their code is Python that the page shows and runs."""

from __future__ import annotations

import json
from pathlib import Path

from livermet_sim.base.errors import ResultError


def folder() -> Path:
    """Return the folder of the notebooks that ship with the model: installed, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "library" / "notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def as_markdown(path: Path) -> str:
    """Return a notebook as one Markdown text."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (KeyError, ValueError, OSError) as error:
        raise ResultError(str(path), f"is no notebook ({error})") from None
    parts = []
    for cell in cells:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join(parts)
