"""``python -m mockserver``, as a process on a real socket."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mockserver.command import _bind, main
from mockserver.faults import FAULTS
from mockserver.tests import redis_server
from mockserver.tests.acme import GOOD, Folders
from mockserver.tests.wire import request

ROOT = Path(__file__).parents[2]
LIST = "/acme/base/v1/models"


def command(folders: Folders, *options: str) -> list[str]:
    data = ["--providers", str(folders.providers), "--fixtures", str(folders.fixtures)]
    return [sys.executable, "-m", "mockserver", *data, *options]


@contextlib.contextmanager
def running(folders: Folders, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str], str]]:
    """The process, the lines it printed until it was ready, and its address."""
    options = ("--port", "0", *options)
    with subprocess.Popen(
        command(folders, *options), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        lines: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Ready at "):
                break
        try:
            yield process, lines, re.findall(r"http://[^/]+", lines[-1])[0] if lines else ""
        finally:
            process.kill()


def refused(capsys: pytest.CaptureFixture[str], folders: Folders, *options: str) -> tuple[int | str | None, str]:
    """The exit code and the one sentence that bad usage ends with, in this process."""
    code: int | str | None
    try:
        code = main(command(folders, *options)[3:])
    except SystemExit as ended:
        code = ended.code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    return code, err


def test_it_prints_a_table_and_a_command_when_it_listens(folders: Folders) -> None:
    with running(folders) as (_, lines, address):
        assert f"  acme  {address}/acme/base/v1" in lines
        assert f"Try: curl -H 'Authorization: Bearer sk-mock' {address}{LIST}" in lines
        assert httpx2.get(f"{address}{LIST}", headers=GOOD).status_code == 200


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_it_cleanly(folders: Folders, stop: signal.Signals) -> None:
    with running(folders) as (process, _, address), httpx2.Client() as client:
        assert client.get(f"{address}{LIST}", headers=GOOD).status_code == 200  # the connection stays open
        process.send_signal(stop)
        stdout, stderr = process.communicate(timeout=60)

        assert (process.returncode, stdout, stderr) == (0, "", "")


def test_ctrl_c_before_it_is_ready_is_exit_code_130_without_a_word(folders: Folders) -> None:
    slow = folders.fixtures / "acme/openList/200-slow.json"
    os.mkfifo(slow)
    pipe = subprocess.PIPE
    with subprocess.Popen(command(folders, "--port", "0"), cwd=ROOT, text=True, stdout=pipe, stderr=pipe) as process:
        with slow.open("wb"):  # opens when the mock reads it; closed after the signal, as one just before a read ends none
            process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)

        assert (process.returncode, stdout, stderr) == (130, "", "")


def test_ctrl_c_while_modules_are_imported_is_exit_code_130_without_a_word(folders: Folders, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    os.mkfifo(slow)
    (tmp_path / "uvicorn.py").write_text(f"open({str(slow)!r}).read()", encoding="utf-8")
    pipe, paths = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(command(folders), cwd=ROOT, text=True, stdout=pipe, stderr=pipe, env=paths) as process:
        with slow.open("wb"):  # opens when the module is imported, and ends after the signal, as above
            process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)

        assert (process.returncode, stdout, stderr) == (130, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_table_that_cannot_be_printed_is_one_sentence_and_exit_code_1(folders: Folders) -> None:
    with Path("/dev/full").open("w") as full:
        options = command(folders, "--port", "0")
        done = subprocess.run(options, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr) == (1, "mockserver: cannot print to stdout: No space left on device\n")


def test_answers_carry_a_date_and_no_server(folders: Folders) -> None:
    with running(folders) as (_, _, address):
        headers = httpx2.get(f"{address}{LIST}", headers=GOOD).headers

        assert "date" in headers
        assert "server" not in headers


def test_the_options_reach_the_mock(folders: Folders) -> None:
    options = ["--provider", "acme", "--example", "catalogue", "--no-rate-limit"]
    with running(folders, *options) as (_, lines, address), httpx2.Client(base_url=address, headers=GOOD) as client:
        assert f"  acme  {address}/base/v1" in lines
        answers = [client.get("/base/v1/models") for _ in range(5)]

        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].json()["data"][-1] == {"id": "extra"}


def test_a_mutant_is_served_broken(folders: Folders) -> None:
    with running(folders, "--mutant", "ACM-LIST-01/accepted") as (_, _, address):
        assert httpx2.get(f"{address}{LIST}", headers=GOOD).status_code == 202


def test_a_fault_for_the_whole_server_is_taken(folders: Folders) -> None:
    with running(folders, "--fault", "connection-reset-by-peer") as (_, _, address):
        with pytest.raises(httpx2.ReadError):
            httpx2.get(f"{address}{LIST}", headers=GOOD)
        assert httpx2.get(f"{address}/__mock/health").status_code == 200


def test_ctrl_c_stops_it_cleanly_while_a_client_waits_in_vain(folders: Folders) -> None:
    with running(folders, "--fault", "TIMEOUT") as (process, _, address):
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(f"{address}{LIST}", headers=GOOD, timeout=0.1)
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(request(LIST))
            assert httpx2.get(f"{address}/__mock/health").status_code == 200  # so the other request is being answered
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=60)

        assert (process.returncode, stdout, stderr) == (0, "", "")


def test_chaos_and_seed_are_taken(folders: Folders) -> None:
    with running(folders, "--chaos", "500=1.0", "--seed", "7") as (_, _, address):
        assert httpx2.get(f"{address}{LIST}", headers=GOOD).status_code == 500


def test_a_connection_stays_usable_after_a_refused_body(folders: Folders) -> None:
    with running(folders) as (_, _, address), httpx2.Client(base_url=address, headers=GOOD) as client:
        statuses = [
            client.post(LIST, content=b"x" * 1_000_000).status_code,
            client.get(LIST).status_code,
            client.head(LIST).status_code,
        ]

        assert statuses == [405, 200, 200]


def test_ids_arrive_as_they_were_sent(folders: Folders) -> None:
    with running(folders) as (_, _, address):
        sent = ("acme/small", "acme%2Fsmall", "Big:free")
        ids = [httpx2.get(f"{address}{LIST}/{each}", headers=GOOD).json()["id"] for each in sent]

        assert ids == ["acme/small", "acme/small", "Big:free"]


def test_a_taken_port_is_one_sentence_and_exit_code_1(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, sentence = refused(capsys, folders, "--port", port)

    assert code == 1
    assert f"cannot listen on 127.0.0.1:{port}: the port is taken" in sentence


def test_of_two_mocks_that_start_at_once_one_is_refused(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    with _bind("127.0.0.1", 0) as other:
        code, sentence = refused(capsys, folders, "--port", str(other.getsockname()[1]))

    assert code == 1
    assert "the port is taken" in sentence


def test_every_usage_error_begins_alike(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    said = [refused(capsys, folders, *options)[1] for options in (["--nope"], ["--port", "x"], ["--provider", "nope"])]

    assert [sentence.partition(" ")[0] for sentence in said] == ["mockserver:"] * 3


def test_a_folder_without_providers_is_one_sentence_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("providers", "fixtures"):
        (tmp_path / name).mkdir()
    code, said = refused(capsys, Folders(tmp_path), "--port", "0")

    assert code == 2
    assert f"{tmp_path / 'providers'}: found no provider" in said


def test_a_recording_that_cannot_be_read_is_one_sentence_and_exit_code_2(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders.fixtures / "acme/openList/200-lost.json").symlink_to("nowhere.json")
    code, said = refused(capsys, folders, "--port", "0")

    assert code == 2
    assert "fixtures/acme/openList/200-lost.json: found what cannot be read" in said


BAD = [
    (["--provider", "nope"], "provider 'nope': expected one of acme"),
    (["--mutant", "nope"], "mutant 'nope': expected an id"),
    (["--example", "nope"], "example 'nope': expected one of catalogue"),
    (["--chaos", "500=0.9,429=0.9"], "sum up to 1.8, expected at most 1"),
    (["--chaos", "418=0.1"], "chaos 418: expected a status"),
    (["--chaos", "500=often"], "chaos '500=often': expected <status or fault>=<probability>"),
    (["--fault", "NOPE"], "fault 'NOPE': The fault 'NOPE' is not one of CONNECTION_RESET_BY_PEER"),
    (["--providers", "/nope"], "/nope: expected a folder"),
    (["--fixtures", "x" * 300], "xxx: expected a folder"),
    (["--port", "65536"], "'65536' is no port"),
    (["--port", "８０"], "'８０' is no port"),
    (["--seed", "x"], "'x' is no seed, expected a whole number"),
    (["--chaos", "500=0.1,500=0.2"], "chaos 500: found it twice"),
    (["--host", "nowhere.invalid"], "host 'nowhere.invalid'"),
    (["--host", "203.0.113.1"], "host '203.0.113.1': expected an address of this machine"),
    (["--nope"], "unrecognized arguments: --nope"),
]


@pytest.mark.parametrize(("options", "sentence"), BAD, ids=[" ".join(options) for options, _ in BAD])
def test_bad_usage_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], folders: Folders, options: list[str], sentence: str
) -> None:
    code, said = refused(capsys, folders, "--port", "0", *options)

    assert code == 2
    assert sentence in said


def test_malformed_yaml_is_one_sentence_and_exit_code_2(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    (folders.providers / "acme/openapi.yaml").write_text("openapi: [3.1.0\n")
    code, said = refused(capsys, folders, "--port", "0")

    assert code == 2
    assert str(folders.providers / "acme/openapi.yaml") in said


def test_a_recording_that_breaks_its_schema_is_one_sentence_and_exit_code_2(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.recording("openList/200-empty", [])
    code, said = refused(capsys, folders, "--port", "0")

    assert code == 2
    assert "fixtures/acme/openList/200-empty.json" in said


def test_a_list_without_a_recording_is_one_sentence_and_exit_code_2(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (folders.fixtures / "acme/openList").glob("200-*.json"):
        path.unlink()
    code, said = refused(capsys, folders, "--port", "0")

    assert code == 2
    assert "fixtures/acme/openList: found no recording of 200" in said


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    out = capsys.readouterr().out

    assert ended.value.code == 0
    for option in (
        "host",
        "port",
        "provider",
        "example",
        "mutant",
        "no-rate-limit",
        "chaos",
        "fault",
        "seed",
        "providers",
        "fixtures",
    ):
        assert f"--{option}" in out
    for name in FAULTS:
        assert f"  {name} " in out


def test_as_a_process_it_ends_without_a_traceback(folders: Folders) -> None:
    options = command(folders, "--port", "0", "--provider", "nope")
    done = subprocess.run(options, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mockserver: provider 'nope': expected one of acme\n"


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")])
def test_addresses_are_shown_so_that_they_work_on_this_machine(folders: Folders, host: str, shown: str) -> None:
    with running(folders, "--host", host) as (_, lines, address):
        assert address.startswith(f"http://{shown}:"), lines
        assert httpx2.get(f"{address}/__mock/health").status_code == 200


def test_ones_own_recordings_are_served_and_followed(folders: Folders, tmp_path: Path) -> None:
    own = tmp_path / "own/acme/listModels/200-mine.json"
    own.parent.mkdir(parents=True)
    shipped = (folders.fixtures / "acme/listModels/200-documented.json").read_text(encoding="utf-8")
    own.write_text(shipped.replace("coder", "mine"), encoding="utf-8")
    with running(folders, "--recordings", str(tmp_path / "own")) as (process, _, address):
        answer = httpx2.get(f"{address}{LIST}", headers=GOOD)
        own.write_text("{", encoding="utf-8")
        assert process.stderr is not None
        sentence = process.stderr.readline()
        still = httpx2.get(f"{address}{LIST}", headers=GOOD)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)

    assert answer.json()["data"][2]["id"] == "mine"
    assert re.fullmatch(r"mockserver: \S+/200-mine\.json: found JSON that cannot be read .*; what was .* still\n", sentence)
    assert still.content == answer.content
    assert process.returncode == 0


def test_a_wrong_recording_of_ones_own_is_refused_at_the_start(
    capsys: pytest.CaptureFixture[str], folders: Folders, tmp_path: Path
) -> None:
    (tmp_path / "own/acme/listModels").mkdir(parents=True)
    (tmp_path / "own/acme/listModels/200-mine.json").write_text("{}", encoding="utf-8")

    code, sentence = refused(capsys, folders, "--recordings", str(tmp_path / "own"))

    assert code == 2
    assert "own/acme/listModels/200-mine.json: found" in sentence
    assert refused(capsys, folders, "--recordings", str(tmp_path / "none"))[0] == 2


def test_of_two_workers_it_makes_no_difference_which_one_answers(folders: Folders, tmp_path: Path) -> None:
    with (
        redis_server.running(tmp_path, redis_server.free_port()) as redis,
        running(folders, "--workers", "2", "--state", redis.url) as (process, _, root),
    ):
        made = httpx2.post(f"{root}/__mock/sessions", json={"limit": {"requests": 60, "window_s": 60}}).json()
        address = f"{root}/s/{made['id']}{LIST}"
        # Each on a connection of its own, so that both workers get some.
        statuses = [httpx2.get(address, headers=GOOD).status_code for _ in range(61)]
        journal = httpx2.get(f"{root}/__mock/journal", params={"session": made["id"]}).json()
        process.send_signal(signal.SIGTERM)

        assert statuses == [200] * 60 + [429]
        assert [entry["number"] for entry in journal["entries"]] == list(range(1, 62))
        assert process.wait(10) == 0


def children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def connected(process: int) -> int:
    """How many sockets *process* has open."""
    return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{process}/fd").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel does not divide connections among sockets")
def test_a_burst_of_connections_is_shared_out_among_the_workers_and_outlives_one(folders: Folders, tmp_path: Path) -> None:
    with (
        redis_server.running(tmp_path, redis_server.free_port()) as redis,
        running(folders, "--workers", "2", "--state", redis.url) as (process, _, root),
        contextlib.ExitStack() as stack,
    ):
        workers = children(process.pid)
        before = {each: connected(each) for each in workers}
        for client in [stack.enter_context(httpx2.Client(timeout=60)) for _ in range(32)]:
            assert client.get(f"{root}/__mock/health").is_success
        grown = sorted(connected(each) - count for each, count in before.items())
        os.kill(next(each for each in workers if connected(each) > before[each]), signal.SIGKILL)

        assert sum(grown) == 32
        assert grown[-2] > 0, "one worker alone has them all"
        assert [answers(root) for _ in range(16)] == [True] * 16
        assert len(children(process.pid)) == len(workers)


def answers(root: str) -> bool:
    try:
        return httpx2.get(f"{root}/__mock/health", timeout=60).is_success
    except httpx2.TransportError:
        return False


def test_workers_end_with_the_process_that_started_them(folders: Folders, tmp_path: Path) -> None:
    with (
        redis_server.running(tmp_path, redis_server.free_port()) as redis,
        running(folders, "--workers", "2", "--state", redis.url) as (process, _, root),
    ):
        process.kill()
        process.wait(10)

        assert not all(answers(root) for _ in range(10_000))  # and soon, as the first that is refused ends it


def test_the_state_may_be_named_by_the_environment(
    capsys: pytest.CaptureFixture[str], folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_STATE", "redis://me:secret@127.0.0.1:6379/one")

    code, sentence = refused(capsys, folders)

    assert (code, "secret" in sentence) == (2, False)
    assert "state 'redis://127.0.0.1:6379/one': found no number of a database, expected one" in sentence


def test_ctrl_c_while_workers_start_is_exit_code_130_without_a_word(folders: Folders, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    os.mkfifo(slow)
    waits = f"import sys\nif '--multiprocessing-fork' in sys.orig_argv:\n    open({str(slow)!r}).read()\n"
    (tmp_path / "sitecustomize.py").write_text(waits, encoding="utf-8")
    pipe, paths = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(tmp_path)}
    with redis_server.running(tmp_path, redis_server.free_port()) as redis:
        options = command(folders, "--port", "0", "--workers", "2", "--state", redis.url)
        with (
            subprocess.Popen(
                options, cwd=ROOT, text=True, stdout=pipe, stderr=pipe, env=paths, start_new_session=True
            ) as process,
            slow.open("wb"),
        ):  # opens when the first worker starts
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (130, "", "")


def test_a_second_ctrl_c_changes_nothing(folders: Folders) -> None:
    with running(folders) as (process, _, address):
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(request(f"{LIST}?__delay=10000"))
            assert httpx2.get(f"{address}/__mock/health").status_code == 200  # so the other request is being answered
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(httpx2.TransportError):
                while True:  # until it has stopped listening
                    httpx2.get(f"{address}/__mock/health")
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (0, "", "")
