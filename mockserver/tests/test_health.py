from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

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


@pytest.mark.parametrize(
    "arguments", [["127.0.0.1:8080"], ["file:///etc/passwd"], ["http://one", "http://two"], ["--within", "x"]]
)
def test_what_cannot_be_asked_is_a_bad_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2
    assert "python -m mockserver.health: error: " in capsys.readouterr().err


def test_it_goes_on_asking_until_the_mock_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    states = iter(["starting", "starting", "ok"])
    slept: list[float] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"status": next(states)})(scope, receive, send)

    with listening(Starlette(routes=[Mount("/", app)])) as url:
        assert main([url, "--within", "5"], lambda: sum(slept), slept.append) == 0

    assert (slept, capsys.readouterr().err) == ([0.1, 0.1], "")


def test_after_so_many_seconds_it_gives_up(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    slept: list[float] = []

    assert main([url, "--within", "0.25"], lambda: sum(slept), slept.append) == 1

    assert len(slept) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_it_is_a_command_that_imports_nothing_slow() -> None:
    code = "import runpy, sys; sys.argv[1:] = ['nothing']\ntry: runpy.run_module('mockserver.health', run_name='__main__')\n"
    code += "except SystemExit as end: print(end.code, [each for each in ('uvicorn', 'specs', 'yaml') if each in sys.modules])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout

    assert said.endswith("2 []\n")
