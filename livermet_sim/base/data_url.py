"""Hold a picture inside the text of a page, without a file beside it."""

from __future__ import annotations

import base64


def data_url(picture: bytes, kind: str = "png") -> str:
    """Return an encoded picture as an address that holds it; ``kind`` is its format, such as jpeg."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
