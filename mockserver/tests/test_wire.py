"""Every fault on every route of every shipped provider, over a raw socket: what arrives on the wire."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.faults import FAULTS
from mockserver.faults.fault import Subject
from mockserver.tests.wire import EOF, OPEN, RST, Received, exchange, request
from specs import load_all
from specs.contract import Operation
from specs.pointer import resolve

ROOT = Path(__file__).parents[2]
PROVIDERS = load_all()
ROUTES = [(provider.id, operation.id) for provider in PROVIDERS.values() for operation in provider.operations.values()]
Address = tuple[str, int]

PARAMETERS = {
    "SLOW_CLOSE": "seconds=0.1",
    "DRIBBLE": "chunks=4, seconds=0.04",
    "BANDWIDTH": "rate=1000000",
    "HUGE": "size=300000",
    "BAD_GZIP": "form=cut",
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Address, int]]:
    """The address and the process id of one real server for all tests of this file."""
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--no-rate-limit", "--example", "catalogue"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if line.startswith("Ready at "))
        yield ("127.0.0.1", int(re.findall(r":(\d+)/", ready)[0])), process.pid
        process.terminate()


def path(address: Address, provider: str, operation: Operation) -> str:
    if operation.retrieves is None:
        return f"/{provider}{operation.path}"
    listing = PROVIDERS[provider].operations[operation.retrieves.operation]
    assert listing.items is not None
    items = resolve(exchange(address, request(f"/{provider}{listing.path}")).json(), listing.items.at)
    return f"/{provider}{operation.path.replace(f'{{{operation.retrieves.parameter}}}', items[0][listing.items.id])}"


def is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def items(received: Received, operation: Operation) -> Any:
    assert operation.items is not None
    return resolve(received.json(), operation.items.at)


def ids(received: Received, operation: Operation) -> list[Any]:
    assert operation.items is not None
    return [item.get(operation.items.id) for item in items(received, operation)]


Check = Callable[[Received, Received, Operation], object]
CHECKS: dict[str, Check] = {}


def arrives(check: Check) -> Check:
    CHECKS[check.__name__.upper()] = check
    return check


@arrives
def connection_reset_by_peer(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.octets) == (RST, b"")


@arrives
def empty_response(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.octets) == (EOF, b"")


@arrives
def timeout(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.octets) == (OPEN, b"")


@arrives
def random_data_then_close(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, len(got.octets)) == (EOF, 256)
    assert not got.octets.startswith(b"HTTP/")


@arrives
def malformed_response_chunk(got: Received, plain: Received, operation: Operation) -> None:
    size, _, rest = got.content.partition(b"\r\n")
    first, garbage = rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    assert (got.end, got.status, got.fields["transfer-encoding"]) == (EOF, 200, "chunked")
    assert "content-length" not in got.fields
    assert first
    assert plain.content.startswith(first)
    assert not re.match(rb"[0-9A-Fa-f]+\r\n", garbage)
    assert garbage


@arrives
def slow_close(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.status, got.content, got.length) == (EOF, 200, plain.content, len(plain.content))
    assert got.fields["connection"] == "close"
    assert got.idle_s >= 0.05


@arrives
def truncate(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.status, got.length) == (EOF, 200, len(plain.content))
    assert got.content == plain.content[: len(plain.content) // 2]


@arrives
def content_length_mismatch(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.status, got.content) == (EOF, 200, plain.content)
    assert got.length == len(plain.content) - 10
    assert not is_json(got.content[: got.length])


@arrives
def dribble(got: Received, plain: Received, operation: Operation) -> None:
    chunks = got.unchunked()
    assert (got.end, got.status, got.fields["transfer-encoding"]) == (EOF, 200, "chunked")
    assert (len(chunks), b"".join(chunks)) == (4, plain.content)


@arrives
def bandwidth(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.end, got.status, got.length, got.content) == (EOF, 200, len(plain.content), plain.content)


@arrives
def bad_gzip(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.length, got.fields["content-encoding"]) == (200, len(got.content), "gzip")
    with pytest.raises(EOFError):
        gzip.decompress(got.content)


@arrives
def malformed_json(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.length) == (200, len(got.content))
    assert not is_json(got.content)
    got.content.decode()


@arrives
def invalid_utf8(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.length) == (200, len(got.content))
    with pytest.raises(UnicodeDecodeError):
        got.content.decode()
    assert is_json(got.content.decode("utf-8", "replace").encode())


@arrives
def html_error_page(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.fields["content-type"], got.content[:9]) == (502, "text/html", b"<!doctype")


@arrives
def wrong_content_type(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.content) == (200, plain.content)
    assert got.fields["content-type"].startswith("text/plain")


@arrives
def error_in_200(got: Received, plain: Received, operation: Operation) -> None:
    assert got.status == 200
    assert not {"id", "data"} & set(got.json())


@arrives
def empty_list(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, items(got, operation)) == (200, [])


@arrives
def null_data(got: Received, plain: Received, operation: Operation) -> None:
    assert got.status == 200
    assert (items(got, operation) if operation.items else got.json()) is None


@arrives
def bare_array(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.json()) == (200, items(plain, operation))


@arrives
def models_key(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.json()["models"]) == (200, items(plain, operation))
    assert "data" not in got.json()


@arrives
def duplicate_ids(got: Received, plain: Received, operation: Operation) -> None:
    assert ids(got, operation) == [*ids(plain, operation), ids(plain, operation)[0]]


@arrives
def missing_field(got: Received, plain: Received, operation: Operation) -> None:
    if operation.items:
        assert set(ids(got, operation)) == {None}
        assert len(ids(got, operation)) == len(ids(plain, operation))
    else:
        assert set(plain.json()) - set(got.json()) == {"id"}


@arrives
def shuffle(got: Received, plain: Received, operation: Operation) -> None:
    assert ids(got, operation) != ids(plain, operation)
    assert sorted(ids(got, operation)) == sorted(ids(plain, operation))


@arrives
def huge(got: Received, plain: Received, operation: Operation) -> None:
    assert (got.status, got.length, len(got.content)) == (200, 300_000, 300_000)
    if operation.items:
        assert len(set(ids(got, operation))) == len(ids(got, operation)) > len(ids(plain, operation))
    else:
        assert got.json()["id"] == plain.json()["id"]


def test_every_fault_has_its_check() -> None:
    assert set(CHECKS) == set(FAULTS)


@pytest.mark.parametrize(("provider", "id"), ROUTES)
def test_what_arrives(server: tuple[Address, int], provider: str, id: str) -> None:
    address, _ = server
    operation = PROVIDERS[provider].operations[id]
    target = path(address, provider, operation)
    plain = exchange(address, request(target))
    subject = Subject.MODEL if operation.retrieves else Subject.LIST

    for name, fault in FAULTS.items():
        prefer = ", ".join(filter(None, [f"fault={name}", PARAMETERS.get(name)]))
        got = exchange(address, request(target, prefer), timeout_s=0.1 if name == "TIMEOUT" else 10)
        if subject in fault.applies:
            CHECKS[name](got, plain, operation)
        else:
            assert (got.status, got.fields["content-type"]) == (400, "application/problem+json"), name
            assert set(got.json()["valid"]) == {each for each in FAULTS if subject in FAULTS[each].applies}, name
        assert exchange(address, request(target)).content == plain.content, f"after {name}"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts the sockets of a process as Linux shows them")
def test_no_connection_is_left(server: tuple[Address, int]) -> None:
    address, process = server

    def connections() -> int:
        found = 0
        for each in Path(f"/proc/{process}/fd").iterdir():
            try:
                found += str(each.readlink()).startswith("socket:")
            except OSError:  # closed meanwhile
                continue
        return found

    target = path(address, ROUTES[0][0], PROVIDERS[ROUTES[0][0]].operations[ROUTES[0][1]])
    exchange(address, request(target))
    before = connections()
    for name in FAULTS:
        if FAULTS[name].kind.value == "wire":
            parameters = PARAMETERS.get(name)
            exchange(address, request(target, f"fault={name}, {parameters}" if parameters else f"fault={name}"), timeout_s=0.05)
    exchange(address, request(target))  # by now the server has seen the end of the ones before

    assert connections() <= before
