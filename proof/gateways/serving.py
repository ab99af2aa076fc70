"""A gateway as a process of its own on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import socket
import string
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2

from proof.gateways import FOLDER, Gateway

KEY = "sk-Zr8vQ2mXw5Lt9Bn3"
"""The one key that each of them is set up with."""

START_S = 180.0
STOP_S = 10.0
POLL_S = 0.1


class DidNotStart(Exception):
    """The process ended, or does not answer; ``str()`` ends with what it printed."""


@contextlib.contextmanager
def serving(gateway: Gateway, scratch: Path) -> Iterator[str]:
    """The URL of *gateway* while it runs; its configuration and what it prints are in the folder *scratch*.

    Raises `DidNotStart` when it does not answer within `START_S` seconds.
    """
    port = _free_port()
    template = FOLDER / gateway.name / gateway.configuration
    configuration = scratch / gateway.configuration
    configuration.write_text(_filled(template, {"port": str(port), "key": KEY}), encoding="utf-8")
    values = {"port": str(port), "installed": str(gateway.installed), "configuration": str(configuration)}
    command = [string.Template(word).substitute(values) for word in gateway.command]
    # Nothing of this process's environment: it may hold keys, and proxies.
    environment = {"PATH": os.environ["PATH"], "HOME": str(scratch), **gateway.environment}
    printed = scratch / "printed.txt"
    with printed.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # the command is this project's own data
            command, cwd=scratch, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url, printed)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _filled(template: Path, values: Mapping[str, str]) -> str:
    return string.Template(template.read_text(encoding="utf-8")).substitute(values)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], url: str, printed: Path) -> None:
    """Returns when *url* answers anything."""
    deadline = time.monotonic() + START_S
    with httpx2.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                client.get(url)
            except httpx2.TransportError:
                time.sleep(POLL_S)
            else:
                return
    tail = "\n".join(printed.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
    raise DidNotStart(f"no answer at {url}; it printed:\n{tail}")
