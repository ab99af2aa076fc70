"""Entries: what they keep, their bounds, and their JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.journal import Cause, Draw, Entry, Step, entry_of, fingerprint
from mockserver.tests.entries import entry

TEXTS = st.text(max_size=80)


def test_an_entry_keeps_the_request_and_the_answer() -> None:
    one = entry_of(
        number=7,
        at=1.5,
        session="s1",
        provider="acme",
        operation="getModel",
        method="GET",
        path="/v1/models/a%2Fb",
        query=b"type=llm",
        headers={"user-agent": "me"},
        token="sk-1",
        status=429,
        fields=((b"retry-after", b"1"), (b"vary", b"a"), (b"vary", b"b"), (b"x-mock-hint", b"did you mean GET?")),
        content=b'{"error": 1}',
        cause=Cause.CHAOS,
        fault="TRUNCATE",
        draw=Draw(3, 0.25, "429"),
        step=Step(0, 2),
    )

    assert one.json() == {
        "number": 7,
        "at": 1.5,
        "session": "s1",
        "provider": "acme",
        "operation": "getModel",
        "method": "GET",
        "path": "/v1/models/a%2Fb",
        "query": "type=llm",
        "headers": {"user-agent": "me"},
        "key": fingerprint("sk-1"),
        "status": 429,
        "cause": "chaos",
        "fault": "TRUNCATE",
        "draw": {"number": 3, "value": 0.25, "hit": "429"},
        "step": {"sequence": 0, "step": 2},
        "hint": "did you mean GET?",
        "response_headers": {"retry-after": "1", "vary": "a, b", "x-mock-hint": "did you mean GET?"},
        "size": 12,
        "body": '{"error": 1}',
    }


@given(
    path=TEXTS,
    query=st.one_of(TEXTS, st.binary(max_size=80)),
    headers=st.dictionaries(TEXTS, TEXTS, max_size=40),
    token=st.one_of(st.none(), TEXTS),
    content=st.binary(max_size=4000),
    at=st.floats(0, 4e9),
    cause=st.sampled_from(Cause),
    draw=st.one_of(st.none(), st.builds(Draw, st.integers(0), st.floats(0, 1), st.one_of(st.none(), TEXTS))),
    step=st.one_of(st.none(), st.builds(Step, st.integers(0), st.integers(0))),
)
def test_an_entry_is_read_from_its_json_without_loss_and_is_bounded(
    path: str,
    query: str | bytes,
    headers: dict[str, str],
    token: str | None,
    content: bytes,
    at: float,
    cause: Cause,
    draw: Draw | None,
    step: Step | None,
) -> None:
    one = entry(path=path, query=query, headers=headers, token=token, content=content, at=at, cause=cause, draw=draw, step=step)

    assert Entry.read(json.loads(json.dumps(one.json()))) == one
    assert len(one.body.encode()) <= 1024
    assert len(one.headers) <= 32


def test_a_fingerprint_is_the_beginning_of_the_keys_digest() -> None:
    assert fingerprint("abc") == "ba7816bf8f01"
    assert entry(token="abc").key == "ba7816bf8f01"
    assert entry().key is None


def test_long_parts_are_cut() -> None:
    one = entry(
        method="G" * 100,
        path="/" + "p" * 9000,
        query="q" * 9000,
        headers={f"x-{n}": "v" * 9000 for n in range(100)} | {"n" * 100: ""},
        fields=tuple((b"y-%d" % n, b"v" * 9000) for n in range(100)),
        content=b"b" * 9000,
    )

    assert (len(one.method), len(one.path), len(one.query), len(one.body)) == (32, 2048, 2048, 1024)
    assert (len(one.headers), max(map(len, one.headers.values()))) == (32, 256)
    assert (len(one.response_headers), max(map(len, one.response_headers.values()))) == (32, 256)
    assert one.size == 9000


def test_a_long_name_is_cut() -> None:
    assert list(entry(headers={"n" * 100: ""}).headers) == ["host", "n" * 64]


@pytest.mark.parametrize(("content", "body"), [(b"\xff\xfea", "\ufffd\ufffda"), ("é".encode() * 600, "é" * 512)])
def test_a_body_is_text_whatever_its_octets(content: bytes, body: str) -> None:
    assert entry(content=content).body == body


def test_a_body_that_is_cut_in_the_middle_of_a_character_loses_that() -> None:
    assert entry(content="日".encode() * 600).body == "日" * 341


def test_of_an_answer_to_head_no_content_is_kept() -> None:
    one = entry(method="HEAD", content=b"{}")

    assert (one.size, one.body) == (0, "")


@pytest.mark.parametrize("body", [b"", b'{"a": 1}' * 200])
def test_the_weight_is_about_the_length_of_the_json(body: bytes) -> None:
    one = entry(content=body, headers={f"x-header-{n}": "value" * n for n in range(20)}, query="a=b" * 20, path="/p" * 40)

    assert one.weight == pytest.approx(len(json.dumps(one.json())), rel=0.2)


def test_equal_requests_share_their_texts_and_another_key_has_entries_of_its_own() -> None:
    one, same, other = entry(1, token="sk-mine-1"), entry(2, token="sk-mine-1"), entry(3, token="sk-mine-2")

    assert one.headers is same.headers
    assert one.key != other.key


def test_what_is_too_long_to_be_remembered_is_kept_all_the_same() -> None:
    long = {"x-long": "a" * 10_000}
    one, same = entry(1, headers=long), entry(1, headers=long)

    assert one == same
    assert one.headers is not same.headers
