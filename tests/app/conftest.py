"""Start the live page's real server in a process that tells of every connection it tries to make."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

WATCHED = """
import sys
told = open(sys.argv.pop(1), "a", buffering=1)
def tell(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.gethostbyname", "socket.getaddrinfo"):
        told.write(f"{event} {arguments[-1] if event != 'socket.getaddrinfo' else arguments[0]}\\n")
sys.addaudithook(tell)
from livermet_sim.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Server:
    """A server under watch: its port, process, what it wrote, and where it tried to connect to."""

    port: int
    process: subprocess.Popen
    log: Path
    told: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def outgoing(self) -> list[str]:
        """Return every connection or look-up but that of the address that it listens on."""
        own = ("socket.getaddrinfo 127.0.0.1", "socket.getaddrinfo b'127.0.0.1'")
        return [line for line in self.told.read_text().splitlines() if line not in own]

    def memory(self) -> float:
        """Return what it holds in memory, MB (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return float(status.split("VmRSS:")[1].split()[0]) / 1e3


@contextlib.contextmanager
def serving(place: Path, *options: str, **surroundings: str) -> Iterator[Server]:
    """Run ``livermet app`` until the block ends; it has to end on Ctrl-C without a traceback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nowhere = {
        name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    }
    log, told = place / "log.txt", place / "told.txt"
    told.touch()
    words = [sys.executable, "-c", WATCHED, str(told), "app", "--no-browser", "--port", str(port), *options]
    with open(log, "w") as stream:
        process = subprocess.Popen(
            words, cwd=place, env=os.environ | nowhere | surroundings, stdout=stream, stderr=stream
        )
        try:
            for _ in range(600):
                assert process.poll() is None, log.read_text()
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                    break
                time.sleep(0.1)
            yield Server(port, process, log, told)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) is not None
            assert "Traceback" not in log.read_text()
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def serve():
    """Give tests the means to start a server."""
    return serving
