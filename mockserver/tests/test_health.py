from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount

from mockserver.health import main
from mockserver.testing import listening, running


def test_a_mock_that_answers_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    with running() as mock:
        assert main([mock.url]) == 0
        assert main([f"{mock.url}/"]) == 0

    assert capsys.readouterr() == ("", "")


def test_a_mock_that_has_gone_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    assert main([url]) == 1
    assert "Connection refused" in capsys.readouterr().err


def test_what_answers_that_it_is_no_mock_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    for answer in (PlainTextResponse("ok"), JSONResponse(["ok"]), JSONResponse({"status": "starting"}), JSONResponse({}, 500)):
        with listening(Starlette(routes=[Mount("/", answer)])) as url:
            assert main([url]) == 1

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert all(line.startswith("mockserver.health: http://127.0.0.1:") for line in said)


def test_a_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with running() as mock:
        assert main([mock.url]) == 0


@pytest.mark.parametrize("arguments", [["127.0.0.1:8080"], ["file:///etc/passwd"], ["http://one", "http://two"]])
def test_what_is_no_url_is_a_bad_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: python -m mockserver.health [URL]" in capsys.readouterr().err


def test_it_is_a_command_that_imports_nothing_slow() -> None:
    code = "import runpy, sys; sys.argv[1:] = ['nothing']\ntry: runpy.run_module('mockserver.health', run_name='__main__')\n"
    code += "except SystemExit as end: print(end.code, [each for each in ('uvicorn', 'specs', 'yaml') if each in sys.modules])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout

    assert said == "2 []\n"
