"""The app's server as a user starts it: `jsmi app` in a process of its own, with a home and a store that are empty."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def running_app(home: Path, port: int | None = None, *options: str) -> Iterator[str]:
    """`jsmi app` with a home and a store of its own, and these options; yields its address as soon as it answers."""
    port = port or free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "JSMI_", "XDG_"))}
    env |= {"HOME": str(home), "JSMI_STORE": str(home / "store")}
    command = [str(Path(sys.executable).parent / "jsmi"), "app", "--no-browser", "--port", str(port), *options]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=home)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health", server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(health: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(health, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text()}")
