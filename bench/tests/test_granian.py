"""The mock on another ASGI server answers as on its own, but for faults that take the connection itself."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx2
import pytest

import specs
from bench.process import CHECKOUT, mock
from bench.speed.server import free_port
from mockserver.faults import FAULTS

if importlib.util.find_spec("granian") is None:
    pytest.skip("granian is not here; make test-bench runs this where it is", allow_module_level=True)

PATIENCE_S = 30
PROVIDERS = specs.load_all()
LIST = {name: next(each.path for each in provider.operations.values() if each.items) for name, provider in PROVIDERS.items()}
MOVING = {"date", "server", "age", "connection", "x-ratelimit-reset"}
"""Fields that differ from moment to moment, or are the server's own."""


@pytest.fixture(scope="module")
def granian() -> Iterator[httpx2.Client]:
    """A client of the mock on granian, started as its users start it."""
    port = free_port()
    options = ["--interface", "asgi", "--no-ws", "--log-level", "warning", "--factory", "--port", str(port)]
    command = [sys.executable, "-m", "granian", *options, "mockserver:create_app"]
    with subprocess.Popen(command, cwd=CHECKOUT) as process:
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                _until_it_answers(client)
                yield client
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def own() -> Iterator[httpx2.Client]:
    """A client of the mock as it comes."""
    with (
        tempfile.TemporaryFile() as stderr,
        mock([], stderr) as server,
        httpx2.Client(base_url=server.url, trust_env=False) as client,
    ):
        yield client


def _until_it_answers(client: httpx2.Client) -> None:
    begun = time.monotonic()
    while True:
        try:
            client.get("/__mock/health")
        except httpx2.TransportError:
            assert time.monotonic() - begun < PATIENCE_S, "granian does not begin to serve"
        else:
            return


def answer(client: httpx2.Client, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    """What stays the same of an answer to one request."""
    given = client.get(path, headers={"Authorization": "Bearer sk-mock", **{k.replace("_", "-"): v for k, v in fields.items()}})
    kept = {name: value for name, value in given.headers.items() if name not in MOVING}
    return given.status_code, kept, given.content


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("prefer", ["", "code=401", "code=500", "example=catalogue", "size=20", "fault=MALFORMED_JSON"])
def test_what_is_asked_for_is_answered_with_the_same_octets(
    granian: httpx2.Client, own: httpx2.Client, provider: str, prefer: str
) -> None:
    path = f"/{provider}{LIST[provider]}"

    assert answer(granian, path, Prefer=prefer) == answer(own, path, Prefer=prefer)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_suite_finds_every_contract_kept(granian: httpx2.Client, provider: str) -> None:
    command = [sys.executable, "-m", "pytest", "conformance", "-q", "-p", "no:cacheprovider", "--target"]

    done = subprocess.run(
        [*command, f"{granian.base_url}/{provider}"], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_as_on_its_own_server_or_says_that_it_needs_the_connection(granian: httpx2.Client, fault: str) -> None:
    path, fields = f"/{min(PROVIDERS)}{LIST[min(PROVIDERS)]}", {"Authorization": "Bearer sk-mock", "Prefer": f"fault={fault}"}
    patience_s = 1 if fault == "TIMEOUT" else 60
    try:
        with granian.stream("GET", path, headers=fields, timeout=patience_s) as given:  # some never come to their end
            if given.status_code == 501:
                assert "acts on the connection itself" in json.loads(given.read())["detail"]
            else:
                assert f"fault={fault}" in given.headers["Preference-Applied"]
    except httpx2.ReadTimeout:
        assert fault == "TIMEOUT"
