from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from conformance import report, transcript_file
from conformance.connection import Connection, Field
from conformance.message import Pick, Request
from conformance.replay import Silent
from conformance.run import Run, World
from conformance.selftest import bench
from conformance.selftest.acme import KEY, Acme, changed
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from conformance.transcript_file import TooLarge, digest, read, write
from specs import Provider
from specs.errors import SpecError


def kept(provider: Provider, run: Run, path: Path) -> Any:
    """What the file of *run* says, which is of its format."""
    write(path, [run])
    read(path, {"acme": provider})
    return json.loads(path.read_bytes())["runs"][0]


def again(provider: Provider, path: Path, **changes: Any) -> Run:
    """The run at *path*, judged again where nothing can be sent and no time passes."""
    held = read(path, {"acme": provider})
    (one,) = held.runs
    settings = replace(
        bench.settings(provider, **changes), targets=(one.target,), permissions=held.permissions, connection=held.connection
    )
    settings = replace(settings, seed=held.settings["seed"], requests=held.settings["max_requests"], replay=held)

    def passes() -> float:
        raise AssertionError("the clock was looked at")

    chosen = [each for each in provider.requirements if each.id in one.selected]
    run = Run(one.target, settings, World(passes, passes, lambda _: None, Silent()), chosen)
    for _ in run.send():
        pass
    for each in chosen:
        run.find(each)
    return run


def same(one: Run, other: Run) -> bool:
    """Whether two runs report the same, but for how they came to it."""
    reports = [{**report.report([each])["runs"][0], "replayed": None} for each in (one, other)]
    return reports[0] == reports[1]


def now_and_then() -> Script:
    """A gateway whose list has numbers for ids every other time."""
    count = iter(range(10_000))

    def change(asked: Asked, found: Answer) -> Answer:
        odd = asked.path == "/v1/models" and next(count) % 2 == 0 and found.status == 200
        return replace(found, content=re.sub(rb'"id": "[^"]*"', b'"id": 7', found.content)) if odd else found

    return changed(change)


def binary(asked: Asked, found: Answer) -> Answer:
    """Some answers are not text at all."""
    return replace(found, content=b"\xff\x00\xfe") if asked.query else found


def dies(asked: Asked) -> Answer:
    """A gateway that gives no answer to some requests."""
    if asked.query:
        raise httpx2.ReadError("gone")
    return Acme()(asked)


SCRIPTS: dict[str, Script] = {
    "conforming": Acme(),
    "intermittent": now_and_then(),
    "binary": changed(binary),
    "silent": dies,
    "failing": changed(lambda asked, found: Answer(503) if asked.query else found),
    "limiting": changed(lambda asked, found: Answer(429, (("Retry-After", "1"),)) if asked.query else found),
    "refusing": lambda _: Answer(401),
    "odd": changed(lambda _, found: replace(found, content=b'\xef\xbb\xbf{"data": [{"id": "\\ud800", "types": "\x1b"}]}')),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_was_kept_is_judged_as_it_was(provider: Provider, tmp_path: Path, name: str) -> None:
    run = bench.run(provider, SCRIPTS[name], seed=5)
    kept(provider, run, tmp_path / "t.json")

    assert same(run, again(provider, tmp_path / "t.json"))


def test_what_was_answered_before_a_request_was_sent_again_is_kept(provider: Provider, tmp_path: Path) -> None:
    run = bench.run(provider, SCRIPTS["limiting"])
    kept(provider, run, tmp_path / "t.json")

    replayed = again(provider, tmp_path / "t.json")

    for one, other in (
        (run.transcript.tries, replayed.transcript.tries),
        (run.transcript.given_up, replayed.transcript.given_up),
    ):
        assert one
        assert [(each.url, each.response) for each in one] == [(each.url, each.response) for each in other]


def test_a_budget_that_was_used_up_is_used_up_again(provider: Provider, tmp_path: Path) -> None:
    run = bench.run(provider, now_and_then(), requests=6)
    kept(provider, run, tmp_path / "t.json")

    replayed = again(provider, tmp_path / "t.json")

    assert replayed.budget.sent == run.budget.sent <= 6
    assert same(run, replayed)


def test_a_time_that_was_over_is_over_again(provider: Provider, tmp_path: Path) -> None:
    clock = bench.Clock(step=1.0)
    settings = bench.settings(provider, seconds=60.0, timeout=5.0)
    run = Run(
        settings.targets[0], settings, World(clock, lambda: bench.NOW, clock.sleep, Transport(Acme())), provider.requirements
    )
    for _ in run.send():
        pass
    for each in provider.requirements:
        run.find(each)
        clock.now += 5
    kept(provider, run, tmp_path / "t.json")

    replayed = again(provider, tmp_path / "t.json", seconds=60.0, timeout=5.0)

    assert any("was over before it was judged" in each.reason for each in run.findings)
    assert [(each.outcome, each.reason) for each in replayed.findings] == [(each.outcome, each.reason) for each in run.findings]


def test_the_transcript_of_a_run_that_was_ended_early_says_so(provider: Provider, tmp_path: Path) -> None:
    run = bench.run(provider, Acme(), ["ACM-ID-01", "ACM-KEY-01"])
    run.findings.pop()

    assert kept(provider, run, tmp_path / "t.json")["complete"] is False
    assert again(provider, tmp_path / "t.json").warnings == (
        "the run that was recorded was ended early, so some answers are missing",
    )


def test_what_was_not_asked_then_is_inconclusive_now(provider: Provider, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    write(path, [bench.run(provider, Acme(), ["ACM-ID-01", "ACM-KEY-01"])])
    value = json.loads(path.read_bytes())
    del value["runs"][0]["asked"][1:]
    path.write_text(json.dumps(value), encoding="utf-8")

    assert [each.reason for each in again(provider, path).findings] == ["", "the transcript has no answer to GET /v1/models"]


@pytest.mark.parametrize(
    "form",
    [
        lambda key: key,
        lambda key: key.upper(),
        lambda key: quote(quote(key, safe=""), safe=""),
        lambda key: "".join(f"%{ord(each):02X}" for each in key),
        lambda key: "".join(f"\\u{ord(each):04x}" for each in key),
        lambda key: base64.b64encode(key.encode()).decode(),
        lambda key: base64.b64encode(f"xy{key}z".encode()).decode(),
        lambda key: base64.urlsafe_b64encode(f"user:{key}".encode()).decode(),
        lambda key: key.encode().hex(),
    ],
    ids=["raw", "upper", "url-twice", "url-all", "json", "base64", "base64-shifted", "basic", "hex"],
)
def test_a_transcript_holds_no_key_in_any_form(provider: Provider, tmp_path: Path, form: Callable[[str], str]) -> None:
    secret = form(KEY)

    def shows(asked: Asked, found: Answer) -> Answer:
        fields = (*found.headers, ("X-Echo", secret), ("Set-Cookie", f"session={secret}"), ("Location", f"/?k={secret}"))
        body = f'{{"data": [{{"id": "a", "types": "{secret}"}}], "filler": "{"x, " * 30_000}{secret}"}}'
        return Answer(found.status, fields, body.encode())

    path = tmp_path / "t.json"
    write(path, [bench.run(provider, changed(shows))])
    text = path.read_text(encoding="utf-8")

    assert "…" in text
    assert secret not in text
    assert secret.lower() not in text.lower()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "latin-1"])
def test_a_body_that_is_no_utf_8_holds_no_key_either(provider: Provider, tmp_path: Path, encoding: str) -> None:
    content = f"é, {KEY}, é".encode(encoding) + b"\xff"
    run = bench.run(provider, changed(lambda _, found: replace(found, content=content)), ["ACM-JSON-01"])

    (body, *_) = kept(provider, run, tmp_path / "t.json")["bodies"]

    octets = base64.b64decode(body["base64"])
    assert KEY.encode() not in octets.replace(b"\0", b"")
    assert octets.endswith(b"\xff")


def test_what_goes_with_every_request_is_kept_without_what_is_secret(provider: Provider, tmp_path: Path) -> None:
    fields = (Field("X-Api-Token", "a-very-secret-token"), Field("X-Organization", "acme"))
    connection = Connection(fields=fields, proxy="http://user:a-password-of-ours@proxy.example:3128")
    run = bench.run(provider, Acme(), ["ACM-ID-01"])
    run.settings = replace(run.settings, connection=connection)
    path = tmp_path / "t.json"
    write(path, [run])

    held = read(path, {"acme": provider})

    text = path.read_text(encoding="utf-8")
    assert not [each for each in ("a-very-secret-token", "a-password-of-ours", "user") if each in text]
    assert held.connection.words() == ('--header "X-Api-Token: $X_API_TOKEN"', "--header 'X-Organization: acme'")
    assert held.connection.proxy_host == "proxy.example:3128"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda value: value.update(version=2), "found version 2, expected version 1"),
        (lambda value: value.pop("settings"), "expected the members version, suite, settings, runs"),
        (lambda value: value["runs"][0].update(provider="other"), "at /runs/0/provider: found 'other', expected one of acme"),
        (lambda value: value["runs"][0].update(contract="0" * 64), "found the transcript of another contract of acme"),
        (lambda value: value["runs"][0].update(selected=["ACM-NO-01"]), "found ACM-NO-01, expected requirements of acme"),
        (lambda value: value["runs"][0].update(bodies=[{"base64": "é"}]), "found what is no base64"),
        (lambda value: value["runs"][0].update(bodies=[]), "found 0, expected an index of the 0 bodies"),
        (lambda value: value["runs"][0]["asked"][0].pop("tries"), "at /runs/0/asked/0: "),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(
    provider: Provider, tmp_path: Path, change: Callable[[Any], Any], message: str
) -> None:
    path = tmp_path / "t.json"
    write(path, [bench.run(provider, Acme(), ["ACM-ID-01"])])
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")

    with pytest.raises(SpecError, match=re.escape(message)):
        read(path, {"acme": provider})


def test_a_report_is_told_from_a_transcript(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"version": 2, "tool": {}, "runs": []}', encoding="utf-8")

    with pytest.raises(SpecError, match="found a report, as --report-json writes it, expected a transcript"):
        read(path, {})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"7"])
def test_a_file_that_is_damaged_is_one_sentence(provider: Provider, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(content)

    with pytest.raises(SpecError, match=r"t\.json"):
        read(path, {"acme": provider})


def test_a_file_that_is_not_there_is_one_sentence(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="found no such file, expected one that --record wrote"):
        read(tmp_path / "t.json", {"acme": provider})
    with pytest.raises(SpecError, match="found what cannot be read"):
        read(tmp_path, {"acme": provider})


def test_what_is_too_much_is_not_written_and_not_read(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.json"
    run = bench.run(provider, Acme(), ["ACM-ID-01"])
    write(path, [run])
    before = path.read_bytes()
    monkeypatch.setattr(transcript_file, "MOST_BYTES", 100)

    with pytest.raises(TooLarge, match="more than 100; it is not written"):
        write(path, [run])
    with pytest.raises(SpecError, match="found a larger file, expected at most 100 bytes"):
        read(path, {"acme": provider})
    assert path.read_bytes() == before


def test_a_contract_is_another_one_when_what_it_asks_for_is_another(provider: Provider) -> None:
    asks, *others = provider.requirements
    checked = replace(asks, check=replace(asks.check, parameters={"at": "/data"}))
    worded = replace(asks, says="The same in other words.")

    assert digest(provider) != digest(replace(provider, requirements=(checked, *others)))
    assert digest(provider) != digest(replace(provider, requirements=tuple(others)))
    assert digest(provider) == digest(replace(provider, requirements=(worded, *others)))


def test_requests_are_told_apart_by_all_that_they_are() -> None:
    plain = Request("listModels")
    others = [
        plain.but(method="HEAD"),
        plain.but(query=(("a", "b"),)),
        plain.but(query=(("a", Pick(plain, "b")),)),
        plain.but(query=(("a", Pick(plain, "b", "c")),)),
        plain.but(query=(("a", Pick(plain.but(repetition=1), "b")),)),
        plain.but(authorization=None),
        plain.but(repetition=1),
    ]

    assert len({transcript_file.key(each) for each in (plain, *others)}) == 1 + len(others)


def test_a_replay_has_no_way_to_send_anything() -> None:
    with pytest.raises(RuntimeError, match=r"a replay sent GET http://127\.0\.0\.1/"):
        Silent().handle_request(httpx2.Request("GET", "http://127.0.0.1/"))
