"""Pack what can be taken home: the scenario as TOML, the results as a zip of tables."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from livermet_sim.app.liver import Liver


def scenario_file(livers: Sequence[Liver]) -> bytes:
    """Return the resolved scenario of the last liver (of two, the treated one) as TOML."""
    return livers[-1].scenario.to_toml().encode()


def results_file(livers: Sequence[Liver]) -> bytes:
    """Return a zip with a results folder for each liver, as ``livermet run`` leaves it, pictures apart."""
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for liver in livers:
            name = "".join(c if c.isalnum() else "-" for c in liver.title) or "liver"
            folder = liver.model.result().save(Path(place) / name, figures=False)
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    packed.write(file, str(file.relative_to(place)))
    return stream.getvalue()
