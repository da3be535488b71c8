"""Turn away what no page of ours asks for: a foreign Host or Origin, odd methods and paths, too many pages."""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Headers = Iterable[tuple[bytes, bytes]]
Refusal = tuple[int, str]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})
SOCKETS_A_PAGE = 3  # a page that reconnects may hold the old socket for a moment
CLOSE = re.compile(r"/_solara/api/close/[0-9A-Fa-f-]{8,64}")
CHANNELS = re.compile(r"/jupyter/api/kernels/([0-9A-Fa-f-]{8,64})/channels")
_WORD = re.compile(r"[0-9A-Za-z-]{8,64}")
_AUTHORITY = re.compile(
    r"(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z](?:[0-9A-Za-z._-]{0,250}[0-9A-Za-z])?)(?::([0-9]{1,5}))?"
)
# what a reverse proxy adds; Solara would build its pages on them, whoever sent them
_PROXY = (b"forwarded", b"script-name", b"x-script-name")
# nothing that the page shows may be fetched from elsewhere, and no foreign page may frame it
SEALS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Names:
    """Hold the names that the server goes by.

    Attributes
    ----------
    port : int
    own : frozenset of str
        Host names and addresses, in small letters, that stand with the port.
    further : frozenset of str
        Names by which a proxy is reached, whatever its port.
    addresses : bool
        Whether every numeric address will do: nobody can make a name of theirs point here with one.
    """

    port: int
    own: frozenset[str] = LOOPBACK
    further: frozenset[str] = frozenset()
    addresses: bool = False

    @classmethod
    def of(cls, host: str, port: int, further: Collection[str] = ()) -> Names:
        """Return the names of a server that listens on an address; on all of them also this machine's own name."""
        shown = f"[{host}]" if ":" in host else host
        own = LOOPBACK | {shown.lower()}
        if host in EVERYWHERE:
            machine = socket.gethostname().lower()
            own |= {machine, f"{machine.removesuffix('.local')}.local"}
        return cls(port, own, frozenset(name.lower() for name in further), host in EVERYWHERE)

    def know(self, place: tuple[str, int]) -> bool:
        """Say whether a (name, port) is this server."""
        name, port = place
        if name in self.further:
            return True
        return port == self.port and (name in self.own or (self.addresses and _numeric(name)))


def authority(text: str, port: int) -> tuple[str, int] | None:
    """Return the name in small letters and the port of ``name:port``, or None for anything else.

    Parameters
    ----------
    port : int
        Where the text gives none.
    """
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        return None
    number = int(found[2]) if found[2] else port
    return (found[1].lower(), number) if 0 < number < 65536 else None


def origin(text: str) -> tuple[str, int] | None:
    """Return the name and port of an Origin such as ``http://name:port``, or None for anything else."""
    scheme, separator, rest = text.partition("://")
    standard = {"http": 80, "https": 443}.get(scheme)
    return authority(rest, standard) if separator and standard else None


def _numeric(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class Guard:
    """Stand before the site (ASGI) and let through only what its own pages ask for.

    Parameters
    ----------
    site : ASGI application
    names : Names
    held : callable
        Returns the ids of the pages that the site holds in memory, the oldest first.
    free : async callable
        Frees what the site holds for a page, and says whether it could.
    most : int
        How many pages there may be at once.
    """

    def __init__(self, site: Any, names: Names, held: Callable[[], Collection[str]],
                 free: Callable[[str], Awaitable[bool]], most: int):  # fmt: skip
        self._site, self._names, self._most = site, names, most
        self._held, self._free = held, free
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request or socket."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._site(scope, receive, send)

    async def _request(self, scope: Scope, receive: Any, send: Any) -> None:
        gone = False

        async def sealed(message: MutableMapping[str, Any]) -> None:
            nonlocal gone
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in SEALS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            try:
                await send(message)
            except Exception:
                gone = True
                raise

        wrong = self.refusal(scope)
        try:
            if wrong is None:
                await self._site(_without_proxy(scope), receive, sealed)
            else:
                await _answer(scope["method"], wrong, sealed)
        except Exception:
            if not gone:
                raise
            # the other side broke the protocol or left; that is no fault of the site
            logger.debug("an answer could not be sent", exc_info=True)

    async def _socket(self, scope: Scope, receive: Any, send: Any) -> None:
        found = CHANNELS.fullmatch(scope["path"])
        if self.refusal(scope) is not None or found is None or not await self._room(found[1]):
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        page = found[1]
        self._sockets[page] += 1
        try:
            await self._site(_without_proxy(scope), receive, send)
        except Exception as error:
            # a message that is none ends the page that sent it, without a traceback for every attempt
            logger.warning("a page was ended by a message that is none (%s)", type(error).__name__)
        finally:
            self._sockets[page] -= 1
            self._sockets += Counter()  # forgets those at 0

    async def _room(self, page: str) -> bool:
        """Say whether there is room for a socket of a page; pages that lost theirs make room."""
        if self._sockets[page] >= SOCKETS_A_PAGE:
            return False
        known = set(self._held()) | set(self._sockets)
        if page in known or len(known) < self._most:
            return True
        left = next((other for other in self._held() if other not in self._sockets), None)
        return left is not None and await self._free(left)

    def refusal(self, scope: Scope) -> Refusal | None:
        """Return why a request is turned away, as (status, sentence), or None when it may pass."""
        hosts, origins = _values(scope["headers"], b"host"), _values(scope["headers"], b"origin")
        here = authority(hosts[0], 80) if len(hosts) == 1 else None
        if here is None or not self._names.know(here):
            return 403, "This server does not go by that name; open the address that livermet app printed."
        socket_asked = scope["type"] == "websocket"
        method = "GET" if socket_asked else scope["method"]
        if origins or socket_asked or method == "POST":
            theirs = origin(origins[0]) if len(origins) == 1 else None
            if theirs is None or not (
                theirs == here or (theirs[0] == here[0] and here[0] in self._names.further)
            ):
                return 403, "Only pages of this server may ask that."
        return _refused_place(scope, method)


async def _answer(method: str, refusal: Refusal, send: Any) -> None:
    """Send why a request is turned away."""
    status, sentence = refusal
    body = f"{sentence}\n".encode()
    heads = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    heads.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": heads})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def _refused_place(scope: Scope, method: str) -> Refusal | None:
    """Return why a method on a path is turned away; the site itself knows which of the other paths exist."""
    path, query = scope["path"], parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
    pages = query.get("session_id", [])
    if scope["type"] == "websocket" or method == "POST":
        known = CHANNELS if scope["type"] == "websocket" else CLOSE
        if known.fullmatch(path) and len(pages) == 1 and _WORD.fullmatch(pages[0]):
            return None
        return 404, "There is nothing here."
    if method not in ("GET", "HEAD"):
        return 405, "Only GET and HEAD are answered here."
    odd = (
        not path.startswith("/") or not path.isprintable() or any(mark in path for mark in ("\\", "%", "//"))
    )
    if odd or any(part in (".", "..") for part in path.split("/")):
        return 404, "There is nothing here."
    return None


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _without_proxy(scope: Scope) -> Scope:
    kept = [
        (k, v)
        for k, v in scope["headers"]
        if k.lower() not in _PROXY and not k.lower().startswith(b"x-forwarded")
    ]
    return {**scope, "headers": kept}
