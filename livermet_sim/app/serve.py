"""Serve the page on this machine, without asking the internet for anything."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from livermet_sim.app.guard import EVERYWHERE, Names
from livermet_sim.app.memory import thrift
from livermet_sim.base.errors import LivermetError

NEEDS = ("solara", "uvicorn", "ipyvuetify")
SHELL = "@widgetti/solara-vuetify-app@10.1.1"
PAGES = 8
LARGEST_HEAD, LARGEST_MESSAGE = 32_768, 2_000_000  # bytes
SOCKETS_A_PAGE = 12  # a browser opens six for files and one for news


def serve(host: str = "127.0.0.1", port: int = 8765, show: Any = None, *, pages: int = PAGES,
          names: Sequence[str] = ()) -> None:  # fmt: skip
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    show : callable, optional
        Told the address just before the server starts.
    pages : int
        How many pages may hold a liver at once.
    names : sequence of str
        Further names by which the page is reached, as behind a proxy.

    Raises
    ------
    LivermetError
        When what the page needs is not installed, or the port is taken.
    """
    check()
    _check_port(host, port)
    thrift()
    from livermet_sim.app.site import site

    app = site(Names.of(host, port, names), pages)
    import uvicorn

    # Solara warns that a cookie cannot be shared with pages that frame this one, which none may
    warnings.filterwarnings("ignore", "Cookies with samesite=none")
    if show is not None:
        show(f"http://{'localhost' if host == '127.0.0.1' or host in EVERYWHERE else host}:{port}")
    uvicorn.run(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2, http="h11", proxy_headers=False,
        server_header=False, h11_max_incomplete_event_size=LARGEST_HEAD, ws_max_size=LARGEST_MESSAGE,
        limit_concurrency=40 + SOCKETS_A_PAGE * pages,
    )  # fmt: skip


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
    from livermet_sim.app.site import scripts

    if not (scripts() / SHELL).is_dir():
        raise LivermetError(
            "app", "the page needs solara-assets to work offline; pip install 'livermet-sim[app]'"
        )


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
