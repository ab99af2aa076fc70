from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockserver.exposition import forget_worker
from mockserver.metrics import Metrics, Stock

CAUSES = ("documented", "asked", "chaos")
ACME = {"acme": ["listModels", "getModel"]}
# What one worker does: its answer is counted, another one begins.
WORKER = """
import sys
from pathlib import Path
from mockserver.metrics import Metrics, Stock
metrics = Metrics({"acme": ["listModels"]}, ["documented"], Path(sys.argv[1]))
metrics.begin()
metrics.counting("acme", "listModels", "GET", 200, cause="documented", fault="TRUNCATE")(0.1)
metrics.begin()
print(metrics.exposition(None, Stock(sessions=3))[0].decode())
"""


def lines(metrics: Metrics, stock: Stock | None = None) -> list[str]:
    return metrics.exposition(None, stock or Stock())[0].decode().splitlines()


def count(metrics: Metrics, *, seconds: float = 0.004, **more: Any) -> None:
    given: dict[str, Any] = {
        "provider": "acme",
        "operation": "listModels",
        "method": "GET",
        "status": 200,
        "cause": "documented",
    }
    metrics.begin()
    metrics.counting(**{**given, **more})(seconds)


def test_a_request_is_counted_by_provider_operation_method_status_and_cause() -> None:
    metrics = Metrics(ACME, CAUSES)
    count(metrics)
    count(metrics)

    labels = 'cause="documented",method="GET",operation="listModels",provider="acme",status="200"'
    assert f"mock_requests_total{{{labels}}} 2.0" in lines(metrics)


def test_what_no_provider_answers_is_counted_under_none() -> None:
    metrics = Metrics(ACME, CAUSES)
    count(metrics, provider=None, operation=None, status=None)

    labels = 'cause="documented",method="GET",operation="none",provider="none",status="none"'
    assert f"mock_requests_total{{{labels}}} 1.0" in lines(metrics)


def test_methods_that_clients_make_up_share_one_label() -> None:
    metrics = Metrics(ACME, CAUSES)
    for index in range(1000):
        count(metrics, method=f"BREW{index}")

    counted = [line for line in lines(metrics) if line.startswith("mock_requests_total")]
    assert counted == [
        'mock_requests_total{cause="documented",method="other",operation="listModels",provider="acme",status="200"} 1000.0'
    ]
    assert len(metrics._children) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"provider": "evil"}, "found the provider 'evil', expected one of acme"),
        ({"operation": "deleteAll"}, "found the operation 'deleteAll' of 'acme', expected one that its contract has"),
        ({"status": 99}, "found the status 99, expected 100 to 599"),
        ({"cause": "sk-1"}, "found the cause 'sk-1', expected one of asked, chaos, documented"),
        ({"fault": "NO_SUCH"}, "found the fault 'NO_SUCH', expected one that the mock has"),
        ({"chaos": "sk-1"}, "found the chaos 'sk-1', expected one that the mock has"),
        ({"verdict": "maybe"}, "found the verdict 'maybe', expected one that the mock has"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_label_that_nobody_handed_in_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match="found the") as refused:
        count(Metrics(ACME, CAUSES), **wrong)

    assert str(refused.value) == sentence


def test_the_seconds_of_an_answer_fall_into_buckets() -> None:
    metrics = Metrics(ACME, CAUSES)
    count(metrics, seconds=0.004)

    found = lines(metrics)
    assert 'mock_answer_seconds_bucket{le="0.0025",operation="listModels",provider="acme"} 0.0' in found
    assert 'mock_answer_seconds_bucket{le="0.005",operation="listModels",provider="acme"} 1.0' in found
    assert 'mock_answer_seconds_sum{operation="listModels",provider="acme"} 0.004' in found


def test_faults_chaos_and_verdicts_of_the_limit_are_counted_by_name() -> None:
    metrics = Metrics(ACME, CAUSES)
    count(metrics, fault="TRUNCATE", chaos="429", verdict="refused")
    count(metrics, chaos="TRUNCATE", verdict="passed")
    count(metrics, fault="TRUNCATE")

    found = lines(metrics)
    assert 'mock_faults_total{fault="TRUNCATE"} 2.0' in found
    assert 'mock_chaos_total{drawn="429"} 1.0' in found
    assert 'mock_chaos_total{drawn="TRUNCATE"} 1.0' in found
    assert 'mock_rate_limit_total{verdict="passed"} 1.0' in found
    assert 'mock_rate_limit_total{verdict="refused"} 1.0' in found


def test_an_answer_is_in_progress_until_it_is_counted() -> None:
    metrics = Metrics(ACME, CAUSES)
    metrics.begin()
    metrics.begin()

    assert "mock_answers_in_progress 2.0" in lines(metrics)
    metrics.counting("acme", "listModels", "GET", 200, cause="documented")(0.1)
    assert "mock_answers_in_progress 1.0" in lines(metrics)


def test_what_the_state_holds_is_handed_in_at_the_scrape() -> None:
    stock = Stock(sessions=2, sessions_made=5, sessions_ended=3, journal_entries=7, journal_evicted=1)
    found = lines(Metrics(ACME, CAUSES), stock)

    assert "mock_sessions 2.0" in found
    assert "mock_sessions_made_total 5.0" in found
    assert "mock_sessions_ended_total 3.0" in found
    assert "mock_journal_entries 7.0" in found
    assert "mock_journal_evicted_total 1.0" in found


def test_what_the_state_cannot_tell_is_left_out() -> None:
    found = lines(Metrics(ACME, CAUSES), Stock(sessions=0))

    assert "mock_sessions 0.0" in found
    assert not [line for line in found if line.startswith(("mock_sessions_made", "mock_journal"))]


def test_two_apps_count_apart() -> None:
    one, other = Metrics(ACME, CAUSES), Metrics(ACME, CAUSES)
    count(one)

    assert not [line for line in lines(other) if line.startswith("mock_requests_total")]


@pytest.mark.parametrize(
    ("accept", "media_type", "last"),
    [
        (None, "text/plain; version=0.0.4; charset=utf-8", ""),
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0", "# EOF"),
        ("application/openmetrics-text;version=new", "text/plain; version=0.0.4; charset=utf-8", ""),
    ],
)
def test_the_format_is_the_one_that_is_accepted(accept: str | None, media_type: str, last: str) -> None:
    metrics = Metrics(ACME, CAUSES)
    count(metrics)
    content, given = metrics.exposition(accept, Stock(sessions=1))

    assert given.startswith(media_type)
    assert content.decode().endswith(f"{last}\n")


def test_whichever_worker_is_scraped_gives_the_sum_of_all(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", WORKER, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]

    found = said[1].stdout.splitlines()
    assert (
        'mock_requests_total{cause="documented",method="GET",operation="listModels",provider="acme",status="200"} 2.0' in found
    )
    assert 'mock_answer_seconds_count{operation="listModels",provider="acme"} 2.0' in found
    assert 'mock_faults_total{fault="TRUNCATE"} 2.0' in found
    assert "mock_answers_in_progress 2.0" in found
    assert "mock_sessions 3.0" in found


def test_a_worker_that_ended_has_nothing_in_progress_and_keeps_its_counts(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], env=environment, stdout=subprocess.DEVNULL) as worker:
        assert worker.wait() == 0

    forget_worker(worker.pid, tmp_path)

    found = lines(Metrics(ACME, CAUSES, tmp_path))
    assert 'mock_faults_total{fault="TRUNCATE"} 1.0' in found
    assert not [line for line in found if line.startswith("mock_answers_in_progress ")]
