"""What is taken out of a recording, and what stays: the rules of redaction.yaml, and keys in whatever spelling."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.run import World
from conformance.selftest import acme
from conformance.selftest.acme import MODELS, Acme
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from conformance.selftest.test_redaction import AROUND, FORMS, TOKENS, leaks
from conformance.settings import Settings
from conformance.target import Target
from gateway_contracts import reaching
from gateway_contracts.recording.capturing import capture
from gateway_contracts.recording.document import documents
from gateway_contracts.recording.redacting import Redaction
from gateway_contracts.recording.rules import FILE, plain, rules
from gateway_contracts.recording.wanted import wanted
from specs import Provider, strict_yaml

KEY = "sk-not-of-this-test"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return acme.provider(tmp_path_factory.mktemp("acme"))


def recorded(provider: Provider, script: Script, key: str = KEY) -> dict[str, Any]:
    """The recordings of a gateway that answers as *script*, by name."""
    target = Target("http://127.0.0.1:1", provider)
    found = Settings(targets=(target,), key=key)
    asking = reaching.transcript(target, found, 30, World(transport=Transport(script), sleep=lambda _: None))
    captured = capture(target, wanted(provider), asking, found.key, found.key_env)
    redaction = Redaction(rules(), found.hidden)
    made = documents(captured, provider, rules(), redaction, label="captured", day="2026-11-22")
    return {each.name: each.content for each in made}


def wrapped(change: Callable[[Asked, Answer], Answer], key: str = KEY, *, good: bool = False) -> Script:
    """Acme, whose errors (or, when *good*, whose other answers) are changed."""
    gateway = Acme(key=key)

    def answered(asked: Asked) -> Answer:
        answer = gateway(asked)
        return change(asked, answer) if (answer.status < 400) == good and answer.status != 304 else answer

    return answered


def errors(body: Any, provider: Provider, **headers: str) -> Any:
    """What becomes of the error *body*."""
    found = recorded(provider, wrapped(lambda _, answer: acme.answer(body, answer.status, **headers)))
    return found["listModels/401-captured-wrong-key"]


# Where a text may stand in an answer.
PLACES: dict[str, Callable[[str], Callable[[Asked, Answer], Answer]]] = {
    "a message": lambda said: lambda _, answer: acme.answer({"error": said}, answer.status),
    "the name of a member": lambda said: lambda _, answer: acme.answer({"error": "no", said: 1}, answer.status),
    "an array in an array": lambda said: lambda _, answer: acme.answer({"error": "no", "more": [[said]]}, answer.status),
    "below a name that is taken out": lambda said: lambda _, answer: acme.answer({"error": "", "user": [said]}, answer.status),
    "a page": lambda said: lambda _, answer: Answer(answer.status, (("Content-Type", "text/html"),), f"<p>{said}".encode()),
    "a member twice": lambda said: (
        lambda _, answer: Answer(answer.status, answer.headers, b'{"error": 1, "error": %s}' % json.dumps(said).encode())
    ),
    "a field that is kept": lambda said: (
        lambda _, answer: Answer(answer.status, (*answer.headers, ("WWW-Authenticate", said)), answer.content)
    ),
    "a field that is not": lambda said: (
        lambda _, answer: Answer(answer.status, (*answer.headers, ("X-Key", said)), answer.content)
    ),
}


@settings(max_examples=40, deadline=None)  # a machine may have much else to do
@given(TOKENS, st.sampled_from(sorted(FORMS)), AROUND, AROUND, st.sampled_from(sorted(PLACES)))
def test_no_part_of_the_key_is_in_what_is_written_however_and_wherever_it_is_answered(
    provider: Provider, token: str, form: str, before: str, behind: str, place: str
) -> None:
    said = f"{before}{FORMS[form](token)}{behind}"
    if "field" in place:
        said = said.encode("ascii", "backslashreplace").decode()

    found = recorded(provider, wrapped(PLACES[place](said), token), token)

    assert len(found) == 9
    assert not leaks(json.dumps(found, ensure_ascii=False), token)


@settings(max_examples=12, deadline=None)  # likewise
@given(TOKENS, st.sampled_from(sorted(FORMS)))
def test_no_part_of_the_key_is_in_a_list_that_holds_it(provider: Provider, token: str, form: str) -> None:
    models = ({**MODELS[0], "note": FORMS[form](token)}, *MODELS[1:], {"id": FORMS[form](token), "types": "chat"})
    script = wrapped(
        lambda asked, answer: acme.answer({"data": models}) if asked.path == "/v1/models" else answer, token, good=True
    )

    assert not leaks(json.dumps(recorded(provider, script, token), ensure_ascii=False), token)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("Incorrect API key provided: sk-ab***xyz9.", "Incorrect API key provided: redacted-1."),
        ("[sk-abc***xyz] quota used up", "[redacted-1] quota used up"),
        ("no token (request id: 20260908101112123456789AbCdEfGh)", "no token (request id: request-1)"),
        ('{"tid": "202609081011"}', '{"tid": "request-1"}'),
        ("see req_011CSHoEeqs5C35K2UUqR7Fy", "see request-1"),
        ("trace 3f2a9c10-1111-4222-8333-444455556666", "trace request-1"),
        ("quota of org-a1B2c3D4e5F6g7H8i9 is used up", "quota of organization-1 is used up"),
        ("write to jane.miller+x@mail.acme.example.", "write to account-1@example.com."),
        ("you come from 203.0.113.77, not from 198.51.100.2", "you come from 192.0.2.1, not from 192.0.2.2"),
        ("you come from 2001:db8:85a3::8a2e:370:7334", "you come from 2001:db8::1"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln is over", "redacted-1 is over"),
    ],
)
def test_what_names_somebody_becomes_a_placeholder(provider: Provider, said: str, becomes: str) -> None:
    assert errors({"error": said}, provider)["body"] == {"error": becomes}


@pytest.mark.parametrize(
    "said",
    [
        "gateway-contracts-wrong-key is no key",
        "claude-3-5-sonnet@20240620 at 1.2.3 of 12:30:45",
        "task-orchestrator-large, organization-owner, user-defined, std::vector",
        "at most 60 requests a minute; ids such as request-1 and account-1@example.com",
    ],
)
def test_what_names_nobody_stays(provider: Provider, said: str) -> None:
    assert errors({"error": said}, provider)["body"] == {"error": said}


def test_values_of_members_that_name_somebody_go_with_all_that_is_below_them(provider: Provider) -> None:
    body = {"error": "no", "user": {"name": "Jane", "n": 7}, "OrgId": "acme", "user-id": 7, "permission": {"organization": "*"}}

    assert errors(body, provider)["body"] == {
        "error": "no",
        "user": {"name": "account-1", "n": 2},
        "OrgId": "organization-1",
        "user-id": 2,
        "permission": {"organization": "*"},
    }


def test_equal_values_stay_equal_and_others_different_through_all_answers(provider: Provider) -> None:
    def change(asked: Asked, answer: Answer) -> Answer:
        return acme.answer({"error": f"{asked.path} of jane@acme.example and {answer.status}@acme.example"}, answer.status)

    found = recorded(provider, wrapped(change))

    assert [each["body"]["error"].partition(" of ")[2] for each in found.values() if each["status"] >= 400] == [
        "account-1@example.com and account-2@example.com",
        "account-1@example.com and account-2@example.com",
        "account-1@example.com and account-2@example.com",
        "account-1@example.com and account-2@example.com",
        "account-1@example.com and account-3@example.com",
    ]


def test_a_name_goes_from_sentences_too_before_it_was_met_and_not_from_single_words(provider: Provider) -> None:
    body = {
        "error": "Jane Miller has no quota",
        "user_name": "Jane Miller",
        "model": "Jane Miller",
        "more": ["Jane", "Millers"],
    }

    assert errors(body, provider)["body"] == {
        "error": "account-1 has no quota",
        "user_name": "account-1",
        "model": "account-1",
        "more": ["Jane", "Millers"],
    }


def test_what_was_recorded_from_a_recording_is_the_same(provider: Provider) -> None:
    body = {"error": "jane@acme.example (request id: 20260908101112)", "user": "Jane", "ip": "203.0.113.7"}
    once = errors(body, provider)["body"]

    assert errors(once, provider)["body"] == once != body


def test_of_the_fields_those_stay_that_the_mock_can_replay_and_what_the_contract_documents(provider: Provider) -> None:
    fields = {
        "X_RateLimit_Remaining": "7",
        "Retry_After": "3",
        "Set_Cookie": "session=1",
        "X_Request_Id": "abc123",
        "OpenAI_Organization": "acme",
        "Server": "nginx",
        "Date": "now",
    }

    assert errors({"error": "no"}, provider, **fields)["headers"] == {
        "Content-Type": "application/json",
        "X-RateLimit-Remaining": "7",
        "Retry-After": "3",
    }
    assert recorded(provider, Acme(key=KEY))["listModels/200-captured"]["headers"].keys() == {
        "Content-Type",
        "ETag",
        "Cache-Control",
    }


@pytest.mark.parametrize(
    "said",
    [b'{"error": NaN}', b'{"error": 1e999}', b'{"a": 1, "a": 2}', b'\xef\xbb\xbf{"error": 1}', b'{"error": "\\ud800"}', b""],
)
def test_a_body_that_json_cannot_hold_without_loss_is_kept_as_text(provider: Provider, said: bytes) -> None:
    found = recorded(provider, wrapped(lambda _, answer: Answer(answer.status, answer.headers, said)))

    assert found["listModels/401-captured-wrong-key"]["text"].encode() == said


def test_a_field_that_no_recording_can_hold_is_left_out(provider: Provider) -> None:
    assert errors({"error": "no"}, provider, Vary="a\x01b")["headers"] == {"Content-Type": "application/json"}


LONG = ("a", "a.", "@a.a", "sk-", "1.", "a:", "eyJ.", "request id         ", "t-id-", "org-a", "req_a", "0a1b2c3d-")


@pytest.mark.parametrize("said", [*(each * (300_000 // len(each)) for each in LONG), "request id" + " " * 300_000])
def test_a_long_text_takes_no_longer_than_its_length(said: str) -> None:
    assert len(said) <= 300_010
    Redaction(rules(), lambda text: text).text(said, error=True)


def test_a_rule_has_a_reason_and_no_name_is_in_two_of_them() -> None:
    value = strict_yaml.read(FILE, FILE.name).value
    names = [plain(name) for each in value["members"] for name in each["names"]]

    assert len(names) == len(set(names))
    assert all(each["because"] for each in (*value["members"], *value["texts"], *value["headers"], value["own_key"]))
