"""Every notebook runs from the top down, quickly, and is kept without output."""

from __future__ import annotations

import json
import resource
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST = 60.0  # s of processor time, that is seconds on a machine that does nothing else
MISSING = [name for name in ("nbclient", "ipykernel") if find_spec(name) is None]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stripped_and_says_what_it_is_for(path):
    book = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code), "strip its output"
    assert set(book["metadata"]) <= {"kernelspec", "language_info"} and path.stat().st_size < 30_000
    prose = "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "markdown")
    assert prose.startswith("# ") and "## Questions" in prose and "## Things to try" in prose
    assert len(prose.split()) > 150 and all("".join(cell["source"]).count("\n") < 30 for cell in code)


@pytest.mark.skipif(bool(MISSING), reason=f"notebooks are run with {', '.join(MISSING)}, not installed here")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{path.stem}: {used:.1f} s of processor time, {time.monotonic() - began:.1f} s")
    assert used <= LONGEST
    shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any(output.output_type == "stream" for output in shown)
    assert not [output for output in shown if output.output_type == "stream" and output.name == "stderr"], (
        "it warns"
    )
