"""Open the live page."""

from __future__ import annotations

from typing import Annotated

import typer


def app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in the room look.")
    ] = "127.0.0.1",
    pages: Annotated[
        int, typer.Option(min=1, max=500, help="How many pages may show a liver at once (about 25 MB each).")
    ] = 8,
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="Another name by which the page is reached, as behind a proxy; may be given again."
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Open the live page in the browser: choose, run, look, click a cell, compare two livers. Needs no internet."""
    from livermet_sim.app.serve import serve

    serve(host, port, lambda address: _open(address, no_browser), pages=pages, names=name or ())


def _open(address: str, quietly: bool) -> None:
    typer.echo(f"The page is at {address} (Ctrl-C ends it).")
    if not quietly:
        import threading
        import webbrowser

        # the server starts just after this
        timer = threading.Timer(1.5, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
