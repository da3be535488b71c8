"""Say how to cite the model: as a sentence, for LaTeX, and for reference managers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TITLE = "livermet_sim: agent-based simulation of liver metastasis"
AUTHORS = "The livermet_sim authors"
YEAR = 2026
FORMATS = ("text", "bibtex", "csl")


def citation(form: str, version: str) -> str:
    """Return how to cite a version of the model.

    Parameters
    ----------
    form : str
        One of ``FORMATS``: a sentence, BibTeX, or CSL in JSON (Zotero and pandoc read it).
    version : str
        Version of the model.
    """
    written = {"text": _text, "bibtex": _bibtex, "csl": _csl}
    return written[form](version)


def _text(version: str) -> str:
    return f"{AUTHORS} ({YEAR}). {TITLE} (version {version}) [software]."


def _bibtex(version: str) -> str:
    # double braces: an author of several words, and a title whose capitals stay
    fields = {"author": f"{{{AUTHORS}}}", "title": f"{{{TITLE}}}", "year": str(YEAR), "version": version,
              "note": "Software, MIT licence"}  # fmt: skip
    return "@software{livermet_sim,\n" + "".join(f"  {k} = {{{_tex(v)}}},\n" for k, v in fields.items()) + "}"


def _tex(text: str) -> str:
    return text.replace("_", r"\_")


def _csl(version: str) -> str:
    record: Mapping[str, Any] = {
        "id": "livermet_sim", "type": "software", "title": TITLE, "author": [{"literal": AUTHORS}],
        "issued": {"date-parts": [[YEAR]]}, "version": version, "license": "MIT",
    }  # fmt: skip
    return json.dumps([record], indent=2)
