# pyright: reportPrivateImportUsage=false
"""Put together what the server answers: of Solara's own site only what the page needs, and files that are there."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from livermet_sim.app.guard import Guard, Names

SETTINGS = {
    "SOLARA_APP": "livermet_sim.app.page:Page",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_TITLE": "livermet_sim",
    "SOLARA_MODE": "production",
    "SOLARA_ROOT_PATH": "",
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",
    "SOLARA_SESSION_HTTP_ONLY": "True",
    "SOLARA_ASSETS_PROXY": "True",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
}
SCRIPTS = "/_solara/cdn"
# Solara's further routes tell of the server (/resourcez, /readyz) or fetch what is missing
KEPT = frozenset({
    "/", "/jupyter/api/kernels/{kernel_id}/{name}", "/_solara/api/close/{kernel_id}", "/static/assets",
    "/jupyter/nbextensions", "/static",
})  # fmt: skip
WAITING = 24  # pages beyond those with a liver: they hold a sentence only
GONE = ("This portal is not running", "This task group is not active")


def worth_a_word(record: logging.LogRecord) -> bool:
    """Say whether Solara's log is to hold a record: not that a page went while news were on their way to it."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, RuntimeError) and str(error).startswith(GONE))


def settle() -> None:
    """Set Solara's settings, whatever the surroundings say; they count when it is first imported."""
    os.environ.update(SETTINGS)


def scripts() -> Path:
    """Return the folder with the scripts that pages load, where the package solara-assets puts them."""
    settle()
    from solara.server import settings

    return Path(settings.assets.proxy_cache_dir)


def site(names: Names, livers: int) -> Guard:
    """Return the whole site behind its guard, as an ASGI application.

    Parameters
    ----------
    names : Names
        That the server goes by.
    livers : int
        How many pages may hold a liver at once.
    """
    settle()
    import anyio.to_thread
    import solara.settings
    from solara.server import kernel_context
    from solara.server import starlette as whole
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from livermet_sim.app.rooms import ROOMS

    ROOMS.most = livers
    logging.getLogger("solara.server.kernel").addFilter(worth_a_word)
    # pages ask this server for scripts even where Solara could not write the folder
    solara.settings.assets.proxy = True
    files = whole.StaticFilesOptionalAuth(directory=scripts())
    # an empty path stands for the mount at "/", which Starlette writes so
    kept: list[Any] = [route for route in whole.routes if (getattr(route, "path", None) or "/") in KEPT]
    inner = Starlette(routes=[Mount(SCRIPTS, app=files), *kept], middleware=whole.middleware,
                      lifespan=whole.app.router.lifespan_context)  # fmt: skip

    def held() -> Collection[str]:
        return list(kernel_context.contexts)

    async def free(page: str) -> bool:
        context = kernel_context.contexts.get(page)
        if context is not None:
            await anyio.to_thread.run_sync(context.close)
        return page not in kernel_context.contexts

    return Guard(inner, names, held, free, livers + WAITING)
