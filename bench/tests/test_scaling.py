from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.process import CHECKOUT
from bench.scaling import command, redis_server, traffic
from bench.scaling.cost import Cost, cost, mixed
from bench.scaling.fleet import NETWORK, PROCESSOR, WORKERS, Fleet, fills_redis
from bench.scaling.life import Effort, Ground, living
from bench.scaling.page import BEGIN, END, Run, page, written
from bench.scaling.quota import quota
from bench.scaling.redis_server import Counts
from bench.scaling.seen import ALONE, ONE, STARVED, TWO, Seen, Sights
from bench.scaling.table import short
from bench.scaling.traffic import MIXED
from bench.speed import tools
from bench.speed.cores import Cores
from bench.speed.machine import Machine
from bench.speed.sample import Load
from mockserver.testing import running
from mockserver.tests import redis_server as tested_redis

COST = Cost(worker_us=400, redis_us=100, scripts=1, trips=0.2, said=2000, told=100, asked=100, answered=2000)
LOAD = Load(requests=1000, seconds=2, octets=2_000_000, p50_us=0, p99_us=0, wrong=0, busy=0.1)
COUNTS = Counts(cpu_s=0.1, reads=200, scripts=1100, commands=9000, octets_in=2_000_000, octets_out=100_000)
MACHINE = Machine("a processor", 2, 8_000_000_000, "Linux", "CPython 3.11", 0.1)


def sights() -> Sights:
    """Two rounds in which everything costs the same, but that a second worker has a fifth less of its core."""
    one = Seen(ONE, "", 0, LOAD, (0.4,), COUNTS, 100)
    two = replace(one, setup=TWO, load=replace(LOAD, requests=1800), workers=(0.4, 0.32))
    alone = replace(one, setup=ALONE, workers=(0.2,), redis=Counts())
    starved = replace(one, setup=STARVED, kind=MIXED, load=replace(LOAD, requests=900))
    kinds = [*traffic.read().kinds, MIXED]
    seen = [replace(each, kind=kind, round=number) for each in (one, two, alone) for kind in kinds for number in (0, 1)]
    seen += [replace(starved, round=number) for number in (0, 1)]
    return Sights(seen, {kind: [1.0] for kind in kinds}, worker_octets=70_000_000, journal_octets=600_000)


def test_a_request_costs_what_the_processors_took_and_redis_counted_over_all_requests() -> None:
    found = cost(sights(), ONE, "session")

    assert found == Cost(worker_us=400, redis_us=100, scripts=1.1, trips=0.2, said=2000, told=100, asked=100, answered=2000)


def test_what_was_not_seen_costs_nothing_that_is_known() -> None:
    with pytest.raises(LookupError, match=r"nothing was seen of session traffic \(two\)"):
        cost(Sights(), TWO, "session")


def test_mixed_traffic_costs_what_its_parts_do_by_their_shares() -> None:
    found = mixed({"a": COST, "b": replace(COST, worker_us=800, said=4000)}, {"a": 0.75, "b": 0.25})

    assert (found.worker_us, found.said, found.redis_us) == (500, 2500, 100)


def test_the_shares_of_mixed_traffic_are_those_of_the_file() -> None:
    plan = traffic.read()

    assert sum(plan.shares.values()) == pytest.approx(1)
    assert "large" in plan.kinds
    assert "large" not in plan.shares


def test_a_fleet_is_limited_by_its_workers_until_redis_is_busy() -> None:
    few, many = Fleet(COST, 3, sharing=True), Fleet(COST, 100, sharing=True)

    assert (few.rate, few.limited_by, few.used(PROCESSOR)) == (7500, WORKERS, 0.75)
    assert (many.rate, many.limited_by, many.used(WORKERS)) == (10_000, PROCESSOR, 0.04)
    assert fills_redis(COST) == 4


def test_a_fleet_of_large_words_is_limited_by_the_network_of_redis() -> None:
    fleet = Fleet(replace(COST, said=1_250_000), 100, sharing=True)

    assert (fleet.rate, fleet.limited_by) == (1000, NETWORK)


def test_replicas_with_a_memory_of_their_own_are_limited_by_nothing_else() -> None:
    fleet = Fleet(COST, 1000, sharing=False)

    assert (fleet.rate, fleet.limited_by, fleet.used(PROCESSOR), fleet.answered) == (2_500_000, WORKERS, 0, 5e9)


def made_up() -> str:
    run = Run("2026-11-22T00:00:00Z", MACHINE, "Pinned.", {"Redis": "7"}, rounds=2, seconds=2, connections=32, share=0.4)
    return page(run, traffic.read(), sights())


def test_the_page_has_the_ratio_the_check_and_the_predictions() -> None:
    text = made_up()

    assert "| in a session | 500 | 900 | 1.80 | 0.20 | 0.36, 0.16 | 1.00 | 5% | 10% |" in text
    assert "| worker, µs per request | 400 | 400 | +0% |" in text
    assert "| Redis, µs per request | 100 | 55.6 | +80% |" in text
    assert "| one worker whose Redis has 0.05 of a core, requests/s | 500 | 450 | +11% |" in text
    assert "| mixed, with Redis | 100 | 10 000 | Redis' processor | 100% | 11 000 | 0.168 Gbit/s | 0.16 Gbit/s |" in text
    assert "| outside of sessions, each with its own memory | 10 | 50 000 | the workers |  |  |  | 0.8 Gbit/s |" in text
    assert "What breaks first, with mixed traffic, is Redis' processor." in text


def test_the_guide_has_the_tables_that_are_measured_now() -> None:
    figures = (CHECKOUT / "docs" / "scaling.md").read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    tables = [line for line in made_up().splitlines() if line.startswith(("**", "| traffic", "|  |"))]

    assert len(tables) == 8
    assert [line for line in tables if line not in figures.splitlines()] == []


def test_the_page_says_what_was_left_out() -> None:
    found = sights()
    found.left_out.append("64 of 190 requests went wrong")
    run = Run("2026-11-22T00:00:00Z", MACHINE, "Pinned.", {}, rounds=2, seconds=2, connections=32, share=0.4)

    assert "Loads that are left out: 64 of 190 requests went wrong." in page(run, traffic.read(), found)


def test_a_ratio_of_nothing_is_not_known() -> None:
    with pytest.raises(LookupError, match=r"nothing was seen of mixed traffic \(two\)"):
        Sights().ratio(MIXED, lambda seen: seen.rate)


def test_numbers_have_three_digits_that_count() -> None:
    assert [short(each) for each in (0.01234, 5, 123.4, 9996, 1_234_567)] == ["0.0123", "5", "123", "10 000", "1 230 000"]


def test_figures_take_the_place_of_those_between_the_marks_of_a_page(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    written("new\n", file)

    assert file.read_text(encoding="utf-8") == f"Before.\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter.\n"


def test_a_page_without_marks_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.md"
    file.write_text("Nothing here.\n", encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        command.main(["--write", str(file)])

    assert ended.value.code == 2
    assert "expected a page with the line" in capsys.readouterr().err
    with pytest.raises(ValueError, match="expected the lines"):
        written("new\n", file)


@pytest.mark.parametrize("share", ["0", "0.6", "-1", "nan", "much"])
def test_a_share_that_two_workers_cannot_have_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--share", share])

    assert "expected a number above 0 and up to 0.5" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="the state of a process is read in /proc")
def test_processes_with_a_quota_are_stopped_and_continued_and_run_on_afterwards() -> None:
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        with quota([each.pid for each in spinning], 0.4):
            states: set[str] = set()
            while states != {"R", "T"}:  # running and stopped
                states |= {_state(each.pid) for each in spinning} & {"R", "T"}
        assert {_state(each.pid) for each in spinning} == {"R"}
    finally:
        for each in spinning:
            each.kill()
            each.wait()


def test_more_quota_than_a_core_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at most one core in all"), quota([os.getpid()] * 3, 0.4):
        pass


def test_redis_is_asked_for_what_it_counted_and_the_question_does_not_count(tmp_path: Path) -> None:
    tested_redis.program()
    with redis_server.running(tmp_path, frozenset(os.sched_getaffinity(0))) as redis:
        before = redis.counts()
        nothing = redis.counts().since(before)
        with running({}, state=redis.url) as mock, mock.session(limit=False) as session:
            made = redis.counts().since(before)
            assert redis.memory_of(session.id) > 0
        redis.empty()
        assert redis.memory_of(session.id) == 0

    assert (nothing.reads, nothing.scripts, nothing.commands) == (0, 0, 0)
    assert made.scripts >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_each_kind_of_request_goes_to_redis(tmp_path: Path) -> None:
    tested_redis.program()
    here = frozenset(os.sched_getaffinity(0))
    with redis_server.running(tmp_path, here) as redis:
        effort = Effort(seconds=1, connections=1, share=0.4)
        ground = Ground(traffic.read(), tools.found(tmp_path), Cores(here, here), redis, effort, tmp_path)
        with living(ONE, ground) as life:
            trips = [life.trips(kind, requests=4) for kind in ground.plan.kinds]
            assert len(life.workers) == 1

    assert min(trips) >= 1


def test_without_wrk_nothing_is_measured_and_a_sentence_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert command.main(["--installed", str(tmp_path)]) == 1
    assert "there is no wrk on this machine, which is needed to measure" in capsys.readouterr().err


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
