"""``gateway-contracts record``: what a gateway on a socket answers becomes recordings, all of them or none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.selftest import acme
from conformance.selftest.acme import KEY, MODELS, Acme
from conformance.selftest.gateway import Answer, Asked, Gateway
from conformance.selftest.hostile import BLOCK, CHUNKED, Deed, Hostile, body, redirect, reset, sends, without_end
from conformance.selftest.test_capabilities import CAPABILITIES
from gateway_contracts.recording.wanted import wanted
from gateway_contracts.tests.recording import Recorder, adding, recorder, said
from specs import load_all, with_recordings

CHECKOUT = Path(__file__).parents[2]
EVERYTHING = [
    "listModels/200-captured",
    "listModels/200-captured-empty",
    "listModels/304-captured-not-modified",
    "listModels/401-captured-wrong-key",
    "listModels/401-missing-key",
    "retrieveModel/200-captured",
    "retrieveModel/401-captured-wrong-key",
    "retrieveModel/401-missing-key",
    "retrieveModel/404-captured-unknown-id",
]


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    with recorder(tmp_path, Gateway(Acme()), monkeypatch) as made:
        yield made


def serve(record: Recorder, change: acme.Change) -> None:
    assert isinstance(record.gateway, Gateway)
    record.gateway.serve(acme.changed(change))


def test_each_documented_answer_is_recorded_with_where_it_comes_from(record: Recorder) -> None:
    done = record()
    files = record.files

    assert (done.code, done.err, sorted(files)) == (0, "", EVERYTHING)
    assert {each["provenance"] for each in files.values()} == {"captured"}
    listed, refused = files["listModels/200-captured"], files["listModels/401-captured-wrong-key"]
    assert listed["source"] == f"GET {record.gateway.url}/v1/models"
    assert listed["body"] == {"data": list(MODELS)}
    assert refused["source"] == f"GET {record.gateway.url}/v1/models with a wrong key"
    assert refused["headers"] == {"Content-Type": "application/json", "WWW-Authenticate": "Bearer"}


def test_what_is_written_is_what_the_mock_loads_with_one_default_for_each_status(record: Recorder, tmp_path: Path) -> None:
    record()
    provider = with_recordings(load_all(tmp_path / "providers", None), tmp_path / "own")["acme"]

    assert sorted(each.name for each in provider.recordings) == EVERYTHING
    assert {each.name for each in provider.recordings if not each.default} == {
        "listModels/200-captured-empty",
        "listModels/401-missing-key",
        "retrieveModel/401-missing-key",
    }


def test_only_reading_requests_are_sent_no_more_than_are_planned(record: Recorder) -> None:
    planned = record.json("--plan")
    assert isinstance(record.gateway, Gateway)
    assert record.gateway.asked == []

    record()

    assert {each.method for each in record.gateway.asked} == {"GET"}
    assert len(record.gateway.asked) == len(planned["requests"]) == len(EVERYTHING) <= planned["at_most"]


def test_the_plan_names_each_request_and_its_file(record: Recorder, tmp_path: Path) -> None:
    shown = record("--plan").out

    words = [line.split() for line in shown.splitlines()]
    file = f"{tmp_path}/own/acme/listModels/4xx-captured-wrong-key.json"
    assert ["GET", "/v1/models", "with", "a", "wrong", "key", file] in words
    assert "9 requests, at most 18 where some have to be sent again" in shown
    assert not (tmp_path / "own").exists()


def test_nothing_is_written_where_the_same_is_there(record: Recorder, tmp_path: Path) -> None:
    record()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "own").rglob("*.json")}

    again = record()

    assert again.code == 0
    assert "Nothing is written, as what is there says the same." in again.out
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "own").rglob("*.json")} == before


def test_what_differs_is_told_and_not_overwritten(record: Recorder) -> None:
    record()
    before = record.files
    models = ({**MODELS[0], "size": 31}, *MODELS[2:], {"id": "newest", "types": "chat", "features": "", "size": 1})
    assert isinstance(record.gateway, Gateway)
    record.gateway.serve(Acme(models))

    refused = record()

    assert refused.code == 1
    assert record.files == before
    assert "differs   listModels/200-captured /data: models added: 'newest'\n" in refused.out
    assert "differs   listModels/200-captured /data: models removed: 'small'\n" in refused.out
    assert "differs   listModels/200-captured /data, model 'acme/large:free' at /size: 30 is now 31\n" in refused.out
    assert "Nothing is written, as it differs from what is there; --force replaces it.\n" in refused.out


def test_force_replaces_what_differs(record: Recorder) -> None:
    record()
    assert isinstance(record.gateway, Gateway)
    record.gateway.serve(Acme(MODELS[:2]))

    assert record("--force").code == 0
    assert record.files["listModels/200-captured"]["body"] == {"data": list(MODELS[:2])}


def test_fields_that_change_each_time_are_no_difference_and_others_are(record: Recorder) -> None:
    serve(record, adding({}, X_RateLimit_Remaining="9", Vary="Accept"))
    record()
    serve(record, adding({}, X_RateLimit_Remaining="8", Vary="Origin"))

    differs = record.json()["files"][0]["differs"]

    assert differs == ["field vary: 'Accept' is now 'Origin'"]


def test_under_another_label_it_is_written_beside_and_the_first_one_stays_the_default(record: Recorder) -> None:
    record()
    assert record("--label", "later").code == 0

    files = record.files
    assert files["listModels/200-captured"]["default"] is True
    assert "default" not in files["listModels/200-later"]


def test_a_recording_of_an_earlier_time_that_is_answered_no_more_is_left_and_named(record: Recorder, tmp_path: Path) -> None:
    record()
    left = tmp_path / "own/acme/retrieveModel/404-captured-unknown-id.json"
    left.with_name("404-captured-by-hand.json").write_bytes(left.read_bytes())
    serve(record, lambda asked, answer: Answer(410, answer.headers, answer.content) if answer.status == 404 else answer)

    done = record("--force")

    assert [line for line in done.out.splitlines() if line.startswith("left ")] == [
        f"left      {left} is of an earlier time, and was not asked for or not answered now"
    ]
    assert left.is_file()


def test_an_answer_that_departs_from_the_contract_is_recorded_as_it_came_and_says_so(record: Recorder, tmp_path: Path) -> None:
    serve(record, lambda _, answer: acme.answer({"data": [{"id": "", "types": 7}]}) if answer.status == 200 else answer)

    done = record()

    listed = record.files["listModels/200-captured"]
    assert done.code == 0
    assert listed["body"] == {"data": [{"id": "", "types": 7}]}
    assert listed["departs"] == [
        "at /body/data/0/id: found '', expected minLength 1",
        "at /body/data/0/types: found 7, expected type 'string'",
    ]
    assert "departs   listModels/200-captured at /body/data/0/types: found 7, expected type 'string'" in done.out
    provider = with_recordings(load_all(tmp_path / "providers", None), tmp_path / "own")["acme"]
    assert provider.answers("listModels", 200)[0].json() == listed["body"]


LOGIN = b"<!doctype html><title>Log in</title>"
HOSTILE: dict[str, tuple[Deed, str]] = {
    "a login page": (
        sends(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(LOGIN), LOGIN),
        "with an HTML page instead of JSON: a login, a challenge or a wrong address",
    ),
    "429": (
        sends(b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 3600\r\n\r\n"),
        "the target answered 429, too many requests and asks to wait 3600 s",
    ),
    "a redirect": (redirect("/login"), "a redirect to /login; redirects are not followed, name the new target"),
    "an endless body": (without_end(CHUNKED, block=b"10000\r\n%s\r\n" % BLOCK), "the answer is larger than 16777216 bytes"),
    "a reset": (reset(), "gave no answer"),
    "Latin-1": (body('{"data": [{"id": "é", "types": ""}]}'.encode("latin-1")), "has a body that is no UTF-8"),
    "401": (
        sends(b"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
        "the key in GATEWAY_API_KEY was refused",
    ),
    "no HTTP": (sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "what came is no HTTP answer"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_target_ends_with_6_and_one_sentence_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deed, sentence = HOSTILE[name]
    with recorder(tmp_path, Hostile(deed), monkeypatch) as record:
        done = record()

    assert (done.code, done.out, done.err.count("\n")) == (6, "", 1)
    assert sentence in done.err
    assert done.err.endswith("; nothing is written\n")
    assert not (tmp_path / "own").exists()


def test_an_outage_in_the_middle_leaves_nothing(record: Recorder, tmp_path: Path) -> None:
    def outage(asked: Asked, answer: Answer) -> Answer:
        return Answer(429, (("Retry-After", "3600"),)) if "wrong" in (asked.header("Authorization") or "") else answer

    serve(record, outage)
    done = record()

    assert (done.code, done.err.count("\n")) == (6, 1)
    assert not (tmp_path / "own").exists()


def test_a_retrieval_that_is_not_answered_leaves_the_recording_incomplete_and_says_so(record: Recorder) -> None:
    serve(record, lambda asked, answer: Answer(404) if asked.path.startswith("/v1/models/") else answer)

    done = record()

    assert done.code == 6
    assert "without   GET /v1/models/{the first id}: it is answered 404, and not 200" in done.out
    assert "listModels/200-captured" in record.files


LISTS = acme.OPENAPI.replace(
    "  /v1/models/{model}:\n",
    """  /v2/models:
    get:
      operationId: listMore
      x-items: {at: /data, id: id}
      responses:
        '200':
          description: The list.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/List'}
  /v1/models/{model}:
""",
)


def test_a_list_of_several_that_is_not_there_is_told_and_the_others_are_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorder(tmp_path, Gateway(Acme()), monkeypatch, openapi=LISTS) as record:
        done = record()
        url = record.gateway.url

    assert done.code == 6
    where = f"GET {url}/v2/models answered 404: nothing is there, although another list is answered"
    assert f"without   GET /v2/models: {where}\n" in done.out
    assert f"without   GET /v2/models with a wrong key: {where}\n" in done.out
    assert sorted(record.files) == EVERYTHING


def test_what_a_gateway_of_a_kind_need_not_offer_is_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openapi = acme.OPENAPI.replace("x-gateway: {title: Acme Models}\n", CAPABILITIES)
    with recorder(tmp_path, Gateway(Acme()), monkeypatch, openapi=openapi) as record:
        serve(record, lambda asked, answer: Answer(404) if asked.path.startswith("/v1/models/") else answer)
        done = record()

    assert done.code == 0
    assert "without   GET /v1/models/{the first id}: the gateway does not offer it" in done.out


def test_a_wrong_key_that_is_as_good_as_any_is_told_and_not_recorded(record: Recorder) -> None:
    assert isinstance(record.gateway, Gateway)
    record.gateway.serve(lambda asked: Acme(key=(asked.header("Authorization") or "").removeprefix("Bearer "))(asked))

    done = record()

    assert done.code == 0
    assert "without   GET /v1/models with a wrong key: it is answered 200, and not an error" in done.out
    assert "listModels/401-captured-wrong-key" not in record.files


@pytest.mark.parametrize("failing", [0, 1, 4, 8])
def test_what_cannot_be_written_leaves_what_was_there(
    record: Recorder, failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    before = {path: path.read_bytes() for path in (tmp_path / "own").rglob("*") if path.is_file()}
    assert isinstance(record.gateway, Gateway)
    record.gateway.serve(Acme(MODELS[:1]))
    replaced = Path.replace
    seen: list[Path] = []

    def full(path: Path, other: Path) -> Path:
        seen.append(path)
        if len(seen) == failing + 1:
            raise OSError(28, "No space left on device", str(path))
        return replaced(path, other)

    monkeypatch.setattr(Path, "replace", full)
    done = record("--force")

    assert (done.code, done.err.count("\n")) == (4, 1)
    assert "No space left on device" in done.err
    assert {path: path.read_bytes() for path in (tmp_path / "own").rglob("*") if path.is_file()} == before


def test_where_nothing_was_no_folder_is_left_either(record: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path, other: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    done = record()

    assert (done.code, done.err) == (2, "gateway-contracts record: interrupted; nothing is written\n")
    assert not (tmp_path / "own").exists()


def test_ctrl_c_while_the_gateway_is_silent_ends_with_2_and_says_that_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, over = threading.Event(), threading.Event()

    def silent(asked: Asked) -> bytes:
        reached.set()
        over.wait(30)
        return b""

    with recorder(tmp_path, Gateway(silent), monkeypatch) as record:
        words = ["record", record.gateway.url, "--provider", "acme", "--providers", "providers"]
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway_contracts", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert reached.wait(30)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        over.set()

    assert (process.returncode, err) == (2, "gateway-contracts record: interrupted; nothing is written\n")
    assert not (tmp_path / "recordings").exists()


def test_a_gateway_of_one_list_that_is_not_there_is_told_as_that() -> None:
    one_list = next(each for each in load_all().values() if len(wanted(each)) == 1)
    done = said("record", "http://127.0.0.1:1", "--provider", one_list.id)

    assert (done.code, done.out) == (6, "")
    assert done.err.startswith("gateway-contracts record: http://127.0.0.1:1 gave no answer: ")
    assert done.err.endswith("Connection refused; nothing is written\n")


def test_a_variable_that_was_named_and_is_not_set_is_refused() -> None:
    elsewhere = ("record", "https://gateway.test/v1", "--provider", "openai", "--api-key-env", "NOBODY_SET_THIS")
    done, planned = said(*elsewhere), said(*elsewhere, "--plan")

    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)
    assert "--api-key-env names a variable that is not set, or is empty" in done.err
    assert planned.code == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--into", "/dev/null"), "--into /dev/null: /dev/null is no folder"),
        (("--label", "A b"), "'A b' is no label"),
        (("--provider", "all"), "--provider all means several gateways"),
        (("--provider", "nobody"), "--provider 'nobody' is unknown"),
        (("--api-key-env", "sk-a-key"), "--api-key-env wants the name of an environment variable"),
        (("--http2",), "--http2 has no effect on"),
    ],
)
def test_options_that_cannot_be_used_end_with_4_before_anything_is_sent(
    record: Recorder, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        done = record(*options)
        code, err = done.code, done.err
    except SystemExit as ended:
        code, err = ended.code, capsys.readouterr().err  # type: ignore[assignment] # argparse ends with our number

    assert (code, err.count("\n")) == (4, 1)
    assert sentence in err
    assert isinstance(record.gateway, Gateway)
    assert record.gateway.asked == []


def test_recordings_that_come_along_must_keep_the_contract(
    record: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway_contracts.record.FIXTURES", tmp_path / "own")
    serve(record, lambda _, answer: acme.answer({"data": 7}) if answer.status == 200 else answer)

    done = record()

    assert (done.code, done.err.count("\n")) == (4, 1)
    assert "what comes along keeps the contract, and listModels/200-captured does not" in done.err
    assert not (tmp_path / "own").exists()


def test_what_programs_are_told_has_each_file_and_what_is_missing(record: Recorder) -> None:
    told = record.json()

    assert (told["provider"], told["target"], told["written"]) == ("acme", record.gateway.url, True)
    assert [Path(each["file"]).parent.name for each in told["files"]].count("listModels") == 5
    assert {each["state"] for each in told["files"]} == {"new"}
    assert (told["without"], told["left"]) == ([], [])


def test_json_says_why_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder(tmp_path, Hostile(reset()), monkeypatch) as record:
        told: Any = json.loads(record("--json").out)

    assert told["written"] is False
    assert "gave no answer" in told["reason"]


def test_the_key_goes_to_the_gateway_and_nowhere_else(record: Recorder, tmp_path: Path) -> None:
    done = record()

    assert isinstance(record.gateway, Gateway)
    assert f"Bearer {KEY}" in [each.header("Authorization") for each in record.gateway.asked]
    assert KEY not in done.out + done.err + "".join(path.read_text() for path in (tmp_path / "own").rglob("*.json"))
