"""Serve the page on this machine, without asking the internet for anything."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError

NEEDS = ("solara", "uvicorn", "ipyvuetify")
SETTINGS = {
    "SOLARA_APP": "livermet_sim.viz.app.page:Page",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_MODE": "production",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
}


def serve(host: str = "127.0.0.1", port: int = 8765, show: Any = None) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    show : callable, optional
        Told the address just before the server starts.

    Raises
    ------
    LivermetError
        When what the page needs is not installed, or the port is taken.
    """
    check()
    # Solara reads its settings when it is imported
    os.environ.update({name: value for name, value in SETTINGS.items() if name not in os.environ})
    import uvicorn

    _check_port(host, port)
    from solara.server.starlette import app

    if show is not None:
        show(f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}")
    uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2)


def check() -> None:
    """Refuse to serve where a package or the page's own scripts are missing.

    Raises
    ------
    LivermetError
        Naming what to install.
    """
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise LivermetError("app", f"the page needs {', '.join(missing)}; pip install 'livermet-sim[app]'")
    from importlib.metadata import version

    if int(version("ipyvuetify").split(".")[0]) > 1:
        raise LivermetError(
            "app", "the page needs ipyvuetify below 2 to work offline; pip install 'livermet-sim[app]'"
        )
    if not assets().is_dir():
        raise LivermetError(
            "app", "the page needs solara-assets to work offline; pip install 'livermet-sim[app]'"
        )


def assets() -> Path:
    """Return the folder in which solara-assets puts the scripts that the page loads."""
    return Path(sys.prefix) / "share" / "solara" / "cdn" / "@widgetti" / "solara-vuetify-app@10.1.1"


def _check_port(host: str, port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise LivermetError(
                "--port", f"{host}:{port} cannot be used ({reason}); give another port"
            ) from None
