"""The real server, asked through a raw socket for all that it must not give."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
import uuid
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livermet_sim.app.guard import Names, authority, origin

MISSING = [name for name in ("solara", "uvicorn") if find_spec(name) is None]
served = pytest.mark.skipif(bool(MISSING), reason=f"the page needs {', '.join(MISSING)}")
LIVERS = 2
FILES = {
    "@widgetti/solara-vuetify-app@10.1.1/dist/main8.css": "a { color: red }",
    "requirejs@2.3.6/require.js": "var require;",
}
SECRET = "what lies beside the scripts"


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    place = tmp_path_factory.mktemp("guarded")
    cdn = place / "cdn"
    for name, text in FILES.items():
        (cdn / name).parent.mkdir(parents=True, exist_ok=True)
        (cdn / name).write_text(text)
    (place / "secret.txt").write_text(SECRET)
    (cdn / "way-out").symlink_to(place / "secret.txt")
    options = ("--pages", str(LIVERS), "--name", "hub.example.org")
    with serve(place, *options, SOLARA_ASSETS_PROXY_CACHE_DIR=str(cdn), SOLARA_MODE="development") as server:
        yield server, cdn


def tree(folder) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): p.read_text() if p.is_file() else "" for p in sorted(folder.rglob("*"))
    }


def raw(port: int, request: bytes, seconds: float = 20.0) -> bytes:
    """Return all that a server answers to these bytes, until it closes or stays silent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), seconds) as line:
        try:
            line.sendall(request)
            while got := line.recv(65536):
                answer += got
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass  # it need not read all that it refuses, nor answer what is not complete
    return answer


def ask(
    port: int, path: str, method: str = "GET", host: str | None = "", **heads: str
) -> tuple[int, str, str]:
    """Return status, head and body of an answer; ``host`` is the server's own unless given."""
    lines = [f"{method} {path} HTTP/1.1", "Connection: close"]
    if host is not None:
        lines.append(f"Host: {host or f'127.0.0.1:{port}'}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in heads.items()]
    answer = raw(port, "\r\n".join([*lines, "", ""]).encode("latin-1")).decode("latin-1")
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]) if head.startswith("HTTP/1.1 ") else 0, head, body


def channels(kernel: str | None = None, page: str | None = None) -> str:
    return f"/jupyter/api/kernels/{kernel or uuid.uuid4()}/channels?session_id={page or uuid.uuid4()}"


class Line:
    """A websocket by hand: enough of it to open a page and read what comes."""

    def __init__(self, port: int, path: str | None = None, host: str = "", **heads: str):
        self.line = socket.create_connection(("127.0.0.1", port), 60)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path or channels()} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]  # fmt: skip
        heads = {"Origin": f"http://127.0.0.1:{port}"} | heads
        lines += [f"{name}: {value}" for name, value in heads.items() if value]
        self.line.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (got := self.line.recv(1)):
            answer += got
        self.status = int(answer.split()[1]) if answer else 0

    def send(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        mask = os.urandom(4)
        size = struct.pack("!BH", 0x80 | 126, len(data))
        self.line.sendall(b"\x81" + size + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(data)))

    def tell(self, kind: str, content: dict) -> None:
        head = {"msg_type": kind, "msg_id": uuid.uuid4().hex, "session": "s", "username": "", "version": "5.3",
                "date": "2020-01-01T00:00:00Z"}  # fmt: skip
        self.send(json.dumps({"header": head, "parent_header": {}, "metadata": {}, "content": content,
                              "channel": "shell", "buffers": []}))  # fmt: skip

    def open_page(self) -> None:
        """Ask for the page as the browser does."""
        self.tell("comm_open", {"comm_id": "c", "target_name": "solara.control", "data": {}})
        themes = {"light": {}, "dark": {}}
        arguments = {"path": "/", "themes": themes, "dark": False}
        self.tell("comm_msg", {"comm_id": "c", "data": {"method": "run", "args": arguments}})

    def wait(self, *words: bytes, seconds: float = 120.0) -> bytes:
        """Return the first of some words that comes, or nothing when the line closes."""
        until, seen = time.monotonic() + seconds, b""
        while time.monotonic() < until:
            got = self.line.recv(65536)
            if not got:
                return b""
            seen = seen[-100:] + got
            for word in words:
                if word in seen:
                    return word
        raise AssertionError(f"none of {words} came")

    def close(self) -> None:
        self.line.close()


LIVER, FULL = b"data:image/png", b"pages are open"


@served
def test_only_files_that_are_there_are_served_and_none_is_touched(server):
    server, cdn = server
    before = tree(cdn)
    for name, text in FILES.items():
        assert ask(server.port, f"/_solara/cdn/{name}")[::2] == (200, text)
    folders = {str(parent) for name in before for parent in (cdn / name).relative_to(cdn).parents}
    paths = [
        *folders,
        *(f"{folder}/" for folder in folders),
        "missing@1.0.0/x.js",
        "missing",
        "way-out",
        "",
        ".",
    ]
    for path in paths:
        status, _, body = ask(server.port, f"/_solara/cdn/{path}")
        assert status in (404, 307) and SECRET not in body, path
    assert tree(cdn) == before
    assert server.outgoing() == []


PIECES = ("..", ".", "%2e%2e", "%252e%252e", "%2e%2e%2f", "%5c..%5c", "..%00", "%00", "\\..", "..;", "%c0%ae%c0%ae", "",
          "_solara", "cdn", "static", "assets", "public", "jupyter", "nbextensions", "requirejs@2.3.6", "require.js",
          "@widgetti", "secret.txt", "etc", "passwd", "C:", "way-out", "resourcez", "api", "close", "evict", "%0d%0aX: y",
          "?x", "#x", "a" * 300, "%ff", "~root", "*")  # fmt: skip


@served
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        ("/_solara/cdn", "/static", "/jupyter/nbextensions", "/_solara", "", "http://evil", "/jupyter")
    ),
    parts=st.lists(st.sampled_from(PIECES), max_size=7),
    method=st.sampled_from(
        ("GET",) * 6 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 80)
    ),
)
def test_no_path_and_no_method_gets_out_of_the_folders(server, start, parts, method):
    server, cdn = server
    status, head, body = ask(server.port, "/".join([start, *parts]) or "/", method, Origin=server.address)
    assert status in (200, 304, 307, 400, 404, 405) and SECRET not in body and "root:" not in body
    assert status != 200 or method in ("GET", "HEAD")
    assert "X: y" not in head.splitlines()
    assert len(tree(cdn)) == 7 and server.process.poll() is None


@served
@pytest.mark.parametrize("path", ["/resourcez", "/resourcez?verbose", "/readyz", "/jupyter/api/kernels/a", "/page", "/docs",
                                  "/_solara/api/evict/0000-0000", "/static/public/x", "/jupyter/nbextensions/",
                                  "/jupyter/nbextensions/config/notebook.json"])  # fmt: skip
def test_nothing_is_told_of_the_server(server, path):
    server, _ = server
    for method in ("GET", "POST", "HEAD"):
        assert ask(server.port, path, method, Origin=server.address)[0] in (404, 405), (path, method)


@served
def test_requests_under_a_foreign_name_or_from_a_foreign_page_are_refused(server):
    server, _ = server
    port, own = server.port, f"127.0.0.1:{server.port}"
    for host in (
        own,
        f"localhost:{port}",
        f"LOCALHOST:{port}",
        f"[::1]:{port}",
        "hub.example.org",
        "hub.example.org:443",
    ):
        assert ask(port, "/", host=host)[0] == 200, host
        assert ask(port, "/", host=host, Origin=f"http://{host.lower()}")[0] == 200 or ":443" in host
    foreign = ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", f"127.0.0.1.evil.example:{port}",
               f"localhost:{port}:{port}", f"localhost:{port}@evil.example", f"localhost:{port}, evil", f"10.0.0.1:{port}",
               f"2130706433:{port}", f"localhost.:{port}", "", " ")  # fmt: skip
    for host in foreign[:-2]:
        assert ask(port, "/", host=host)[0] in (400, 403), host
    assert ask(port, "/", host=None)[0] in (400, 403)
    for doubled in (f"Host: {own}\r\nHost: evil.example", f"Host: {own}\r\nHost: {own}"):
        answer = raw(port, f"GET / HTTP/1.1\r\n{doubled}\r\nConnection: close\r\n\r\n".encode())
        assert answer.split()[1] in (b"400", b"403")
    pages = ("http://evil.example", "https://evil.example", "null", f"http://localhost:{port + 1}", "http://127.0.0.1",
             f"http://localhost:{port}", "file://", f"http://{own}.evil.example", f"http://{own}/x", f"ftp://{own}", own)  # fmt: skip
    for page in pages:
        assert ask(port, "/", Origin=page)[0] == 403, page
        assert (
            ask(port, f"/_solara/api/close/{uuid.uuid4()}?session_id={uuid.uuid4()}", "POST", Origin=page)[0]
            == 403
        )
        assert Line(port, Origin=page).status == 403, page
    assert ask(port, f"/_solara/api/close/{uuid.uuid4()}?session_id={uuid.uuid4()}", "POST")[0] == 403
    assert Line(port, Origin="").status == 403
    for host in foreign:
        assert Line(port, host=host or "x", Origin=f"http://{host}").status in (400, 403), host
    for path in ("/", "/x", "/jupyter/api/kernels/a/channels?session_id=b", channels().split("?")[0], channels() + "&session_id=x",
                 channels().replace("channels", "shell"), channels("../../x"), channels(page="<script>")):  # fmt: skip
        assert Line(port, path).status in (400, 403, 404), path


@served
def test_what_a_proxy_would_add_changes_no_page(server):
    server, _ = server
    plain = ask(server.port, "/")[2]
    heads = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https", "Script_Name": "//evil.example",
             "X_Script_Name": "//evil.example", "X_Forwarded_Prefix": "/evil"}  # fmt: skip
    status, head, body = ask(server.port, "/", **heads)
    assert status == 200 and "evil" not in body and "evil" not in head
    assert "evil" not in ask(server.port, "/")[2] and len(plain) == len(body)
    assert "frame-ancestors 'self'" in head and "connect-src 'self'" in head and "nosniff" in head
    assert "httponly" in head.lower()


@served
def test_huge_and_broken_requests_end_and_leave_the_server_well(server):
    server, _ = server
    own = f"Host: 127.0.0.1:{server.port}\r\n"
    broken = [
        f"GET / HTTP/1.1\r\n{own}X: {'a' * 100_000}\r\n\r\n".encode(),
        f"GET / HTTP/1.1\r\n{own}".encode() + b"X: y\r\n" * 20_000 + b"\r\n",
        f"GET /{'a' * 60_000} HTTP/1.1\r\n{own}\r\n".encode(),
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 5000 + b"\r\n\r\n", b"\x16\x03\x01\x02\x00" * 200, b"\x00" * 5000,
        b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", f"GET / HTTP/1.1\r\n{own}Content-Length: -5\r\n\r\n".encode(),
        f"POST /_solara/api/close/x HTTP/1.1\r\n{own}Transfer-Encoding: chunked\r\n\r\nZZ\r\n".encode(),
        f"GET / HTTP/1.1\r\n{own}Range: bytes=-9999999999999999999\r\nAccept-Encoding: \xff\r\nCookie: {'=;' * 900}\r\n\r\n".encode("latin-1"),
    ]  # fmt: skip
    for request in broken:
        assert (raw(server.port, request, 3.0).split() or [b"", b"400"])[1] in (
            b"200",
            b"400",
            b"403",
            b"404",
            b"431",
        ), request[:60]
    for count in range(30):
        line = Line(server.port)
        assert line.status == 101, count
        for text in (
            "{",
            "[]",
            '{"header": {}}',
            "nul\x00",
            '{"header": {"msg_type": "execute_request"}, "channel": 3}',
        )[count % 5 :]:
            try:
                line.send(text)
            except OSError:
                break
        line.close()
    assert ask(server.port, "/")[0] == 200
    log = server.log.read_text()
    assert "Traceback" not in log and len(log) < 50_000
    assert server.outgoing() == []


@served
def test_pages_are_few_and_free_their_liver_when_they_go(server):
    server, _ = server
    pages = []
    for _ in range(LIVERS):
        pages.append(Line(server.port, Cookie=f"solara-session-id={uuid.uuid4()}"))
        pages[-1].open_page()
        assert pages[-1].wait(LIVER, FULL) == LIVER
    held = server.memory()
    late = Line(server.port, Cookie=f"solara-session-id={uuid.uuid4()}")
    late.open_page()
    assert late.wait(LIVER, FULL) == FULL
    idle = [Line(server.port) for _ in range(LIVERS + 60)]
    assert {line.status for line in idle} == {101, 403}, "there is an end to pages that only wait"
    assert sum(line.status == 101 for line in idle) <= LIVERS + 24
    for line in idle:
        line.close()
    for _ in range(3):
        # without a word, as a phone drops them
        pages.pop(0).close()
        deadline = time.monotonic() + 30
        while True:
            line = Line(server.port, Cookie=f"solara-session-id={uuid.uuid4()}")
            if line.status == 101:
                line.open_page()
                if line.wait(LIVER, FULL) == LIVER:
                    break
            line.close()
            assert time.monotonic() < deadline, "a page that went freed nothing"
            time.sleep(0.5)
        pages.append(line)
    assert server.memory() - held < 150.0
    for line in [*pages, late]:
        line.close()
    assert server.outgoing() == []


@pytest.mark.parametrize(("text", "place"), [
    ("localhost", ("localhost", 80)), ("A.b:1", ("a.b", 1)), ("[::1]:8765", ("[::1]", 8765)), ("a:0", None), ("a:70000", None),
    ("a b", None), ("a@b", None), ("", None), (":80", None), ("a:", None), ("a/", None), ("[::1", None), ("-a", None)])  # fmt: skip
def test_a_host_is_a_name_and_a_port(text, place):
    assert authority(text, 80) == place


@given(st.text(max_size=40))
def test_any_text_is_an_origin_or_none(text):
    found = origin(text)
    assert found is None or (0 < found[1] < 65536 and found[0] and text.startswith(("http://", "https://")))


def test_a_server_for_the_room_goes_by_its_addresses_and_its_own_name():
    names = Names.of("0.0.0.0", 80)
    assert (
        names.know(("192.168.1.7", 80))
        and names.know(("[fe80::1]", 80))
        and names.know((socket.gethostname().lower(), 80))
    )
    assert not names.know(("evil.example", 80)) and not names.know(("192.168.1.7", 81))
    alone = Names.of("127.0.0.1", 80)
    assert not alone.know(("192.168.1.7", 80)) and alone.know(("localhost", 80))
    assert Names.of("192.168.1.7", 80).know(("192.168.1.7", 80)) and Names.of("::1", 80).know(("[::1]", 80))
