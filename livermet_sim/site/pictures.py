"""Keep the pictures of the site: small files, no larger than a screen."""

from __future__ import annotations

import hashlib
import io
from html import escape
from pathlib import Path

from PIL import Image

from livermet_sim.base.write import whole_file

WIDEST, QUALITY = 1600, 86


class Pictures:
    """Write pictures into a folder of the site, each once.

    Parameters
    ----------
    site : Path
        Folder of the site; pictures go to ``pictures`` in it.
    """

    def __init__(self, site: Path):
        self._folder = site / "pictures"

    def tag(self, data: bytes, words: str, up: str) -> str:
        """Return the element that shows a picture: PNG or GIF as ``data``, said in ``words``; ``up`` leads to the site."""
        with Image.open(io.BytesIO(data)) as image:
            moves = getattr(image, "is_animated", False)
            name = f"{hashlib.sha256(data).hexdigest()[:16]}.{'gif' if moves else 'webp'}"
            wide, high = image.size
            if not moves and wide > WIDEST:
                wide, high = WIDEST, round(high * WIDEST / wide)
            path = self._folder / name
            if not path.exists():
                with whole_file(path) as part:
                    if moves:
                        with open(part, "wb") as file:
                            file.write(data)
                    else:
                        image.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS).save(
                            part, "WEBP", quality=QUALITY
                        )
        place = f"{up}pictures/{name}"
        return (
            f'<a class="picture" href="{place}"><img src="{place}" width="{wide}" height="{high}" '
            f'alt="{escape(words, quote=True)}" loading="lazy"></a>'
        )
