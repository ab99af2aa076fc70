from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.soak import accounted as soak

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and open files of another process are read in /proc")
SMALL = ("--requests", "500", "--connections", "20", "--growth", "100")


def test_every_answer_of_a_session_is_accounted_for(capsys: pytest.CaptureFixture[str]) -> None:
    code = soak.main([*SMALL, "--provider", "zenmux"])
    printed = capsys.readouterr().out

    assert code == 0, printed
    assert "500 requests, in a session, 20 connections at once, kept alive" in printed
    assert "lost 0;" in printed


def test_every_answer_of_default_traffic_is_accounted_for_and_logged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    code = soak.main([*SMALL, "--provider", "aihubmix", "--no-session", "--no-keep-alive", "--log", str(log)])
    printed = capsys.readouterr().out

    assert code == 0, printed
    assert "500 requests, default traffic, 20 connections at once, one for each request" in printed
    assert log.read_text(encoding="utf-8").count('"provider":"aihubmix"') == 500


def test_what_is_no_chaos_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main(["--provider", "zenmux", "--chaos", "TRUNCATED=0.1"]) == 2
    assert "chaos TRUNCATED: expected a status" in capsys.readouterr().err


def test_memory_that_grows_more_than_stated_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    code = soak.main(["--requests", "1000", "--connections", "20", "--provider", "zenmux", "--growth", "-1"])

    assert code == 1
    assert "WRONG: memory grew by" in capsys.readouterr().out
