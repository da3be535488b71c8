"""Pack the model and what it needs of plain Python for a browser, whose runtime brings numpy, scipy and pandas."""

from __future__ import annotations

import base64
import io
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from livermet_sim.base.write import write_text
from livermet_sim.scenario.files import packaged

PACKAGE = Path(__file__).resolve().parent.parent
KEPT = (".py", ".toml", ".csv", ".json")
LEFT = ("app", "bench", "verification", "validation", "experiments", "page", "look", "guide")
# pure Python that the runtime does not have
BROUGHT = ("mesa", "tomlkit")
SAME_TIME = (1980, 1, 1, 0, 0, 0)  # so that the same sources give the same file


def packed() -> bytes:
    """Return the archive: the package, its scenarios, and packages of others with their licences."""
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in sorted(_files().items()):
                archive.writestr(zipfile.ZipInfo(name, SAME_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def _files() -> dict[str, Path]:
    """Return what goes in, by its name there."""
    found = {}
    for path in PACKAGE.rglob("*"):
        parts = path.relative_to(PACKAGE).parts
        if path.suffix in KEPT and not set(parts[:-1]) & set(LEFT) and "__pycache__" not in parts:
            found[f"livermet_sim/{path.relative_to(PACKAGE).as_posix()}"] = path
    for path in packaged().rglob("*.toml"):
        found[f"livermet_sim/library/scenarios/{path.relative_to(packaged()).as_posix()}"] = path
    for name in BROUGHT:
        for file in distribution(name).files or ():
            if file.suffix in (".py", ".json", ".typed") or "dist-info" in file.parts[0]:
                found[file.as_posix()] = Path(str(file.locate()))
    return found


def write_archive(site: Path) -> None:
    """Write the archive as a script, which a page that was opened from a disk may load too."""
    text = base64.b64encode(packed()).decode()
    write_text(site / "model.js", f'globalThis.livermetModel="{text}";\n')
