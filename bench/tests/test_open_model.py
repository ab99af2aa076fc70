from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.process import CHECKOUT
from bench.speed.contestant import Request
from bench.speed.cores import chosen
from bench.speed.framing import Framing
from bench.speed.open_model import opened, percentile
from bench.speed.pace import Pace
from bench.speed.server import Server, free_port, get, serving

ANY = Request("/", {})
CONNECTIONS = 4


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def tiny(folder: Path, body: str, *words: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "bench.tests.tiny", str(port), body, *words]
    cores = chosen(frozenset(os.sched_getaffinity(0))).server
    environment = {"PYTHONPATH": str(CHECKOUT)}
    with serving(
        command, port=port, first=Request("/count", {}), folder=folder, environment=environment, cores=cores
    ) as server:
        yield server


def counted(server: Server) -> int:
    return int(json.loads(get(server.port, Request("/count", {})).content))


def test_two_servers_count_as_many_requests_as_were_sent(tmp_path: Path) -> None:
    for words in ((), ("chunked",)):
        with tiny(tmp_path, '{"data": []}', *words) as server:
            # So slow that also a busy machine keeps up; p99 may still be over its bound there, which gives the run up.
            seen = opened(server.port, ANY, rate=300, seconds=1, connections=CONNECTIONS)
            # Each connection asks once to learn how answers end.
            assert counted(server) in range(CONNECTIONS + seen.answered, CONNECTIONS + seen.sent + 1)
            if not seen.broken:
                assert (seen.sent, seen.answered) == (300, 300)


def test_a_server_runs_on_the_cores_that_it_was_given(tmp_path: Path) -> None:
    with tiny(tmp_path, "{}") as server:
        cores = chosen(frozenset(os.sched_getaffinity(0)))
        assert [frozenset(os.sched_getaffinity(pid)) for pid in server.tree.processes] == [cores.server]
        assert os.sched_getaffinity(0) != cores.server or cores.server == cores.generator


def test_the_memory_and_the_time_of_a_server_are_known_and_it_is_gone_afterwards(tmp_path: Path) -> None:
    with tiny(tmp_path, "{}") as server:
        tree = server.tree
        assert server.started_s > 0
        assert tree.memory.rss >= tree.memory.pss > 0
        assert set(tree.cpu) == set(tree.processes) == {tree.leader}
    assert tree.processes == []


def test_a_server_that_closes_a_connection_gives_the_run_up(tmp_path: Path) -> None:
    with tiny(tmp_path, "{}") as server:
        asked = Request("/", {"Connection": "close"})
        assert opened(server.port, asked, rate=100, seconds=1, connections=1).broken == "the server closed a connection"


def test_requests_are_meant_to_be_sent_at_even_times_whatever_happens() -> None:
    clock = Clock()
    pace = Pace(rate=10, count=5, clock=clock)
    pace.start()
    assert [pace.due(), pace.wait_s(1)] == [1, pytest.approx(0.1)]
    clock.now += 0.25
    assert [pace.due(), pace.wait_s(1)] == [3, 0]
    clock.now += 10
    assert [pace.due(), pace.wait_s(5)] == [5, 0]
    assert [pace.meant(number) - 100 for number in range(5)] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize("rate", [3, 7, 1000, 33_333.3])
def test_a_request_is_due_at_the_very_time_at_which_it_is_meant_to_be_sent(rate: float) -> None:
    clock = Clock()
    pace = Pace(rate=rate, count=10_000, clock=clock)
    pace.start()
    for number in (0, 1, 2, 29, 999, 9999):
        clock.now = pace.meant(number)
        assert pace.due() == number + 1


@pytest.mark.parametrize(
    ("answer", "framing"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", Framing(b"200", 5)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Framing(b"200", None)),
        (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", Framing(b"304", 0)),
        (b"HTTP/1.1 200 OK\r\nContent-Le", None),
    ],
)
def test_how_answers_end_is_learnt_from_the_first(answer: bytes, framing: Framing | None) -> None:
    assert Framing.of(answer) == framing


@pytest.mark.parametrize("answer", [b"HTTP/1.0 200 OK\r\n\r\n", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_has_no_end_that_can_be_told_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"expected HTTP|no length"):
        Framing.of(answer)


def test_what_is_left_of_an_answer_is_counted_behind_its_head() -> None:
    framing, start = Framing(b"200", 100), b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
    assert framing.left(start + b"." * 40, len(start) + 40) == 60
    assert framing.left(start, len(start) + 100) == 0
    with pytest.raises(ValueError, match=r"expected 200, found b'503'"):
        framing.left(b"HTTP/1.1 503 Service Unavailable\r\n\r\n", 36)
    with pytest.raises(ValueError, match="not within its first 15 octets"):
        framing.left(b"HTTP/1.1 200 OK", 15)


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    values = [float(number) for number in range(1, 201)]
    assert [percentile(values, share) for share in (0, 50, 99, 100)] == [1, 100, 198, 200]
    assert percentile([3.0], 99) == 3
    assert percentile([], 99) == 0
