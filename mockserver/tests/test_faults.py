"""Faults as values: what each makes of an answer, without any socket."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from mockserver.answer import Answer, raw
from mockserver.faults import FAULTS, KEYS, by_key, find, table
from mockserver.faults.delivery import Body, Delivery, End, Head, Wait, Write, in_parts
from mockserver.faults.fault import InapplicableError, Number, Occasion, Subject, Word
from specs.contract import Items
from specs.recording import encode

FIELDS = raw({"Content-Type": "application/json", "ETag": '"1"'})
MODELS = [{"id": "a", "n": 1}, {"id": "b"}]


def occasion(body: Any, subject: Subject = Subject.LIST, at: str = "/data", **parameters: float | str) -> Occasion:
    return Occasion(
        answer=Answer.of(500 if subject is Subject.ERROR else 200, FIELDS, encode(body)),
        subject=subject,
        items=Items(at, "id"),
        failure=Answer.of(500, raw({"Content-Type": "application/error+json"}), b'{"error":500}'),
        numbers={name: value for name, value in parameters.items() if not isinstance(value, str)},
        words={"field": "", **{name: value for name, value in parameters.items() if isinstance(value, str)}},
        random=random.Random(7),
        now=0,
    )


def spoiled(name: str, given: Occasion) -> Answer:
    made = FAULTS[name].make(given)
    assert isinstance(made, Answer)
    return made


def delivered(name: str, given: Occasion) -> Delivery:
    made = FAULTS[name].make(given)
    assert isinstance(made, Delivery)
    return made


def body(answer: Answer) -> Any:
    return json.loads(answer.content)


CHANGED: list[tuple[str, Any]] = [
    ("EMPTY_LIST", {"data": [], "more": 1}),
    ("NULL_DATA", {"data": None, "more": 1}),
    ("BARE_ARRAY", MODELS),
    ("MODELS_KEY", {"models": MODELS, "more": 1}),
    ("DUPLICATE_IDS", {"data": [*MODELS, MODELS[0]], "more": 1}),
    ("SHUFFLE", {"data": MODELS[::-1], "more": 1}),
    ("MISSING_FIELD", {"data": [{"n": 1}, {}], "more": 1}),
]


@pytest.mark.parametrize(("name", "expected"), CHANGED)
def test_a_list_is_spoiled_where_the_contract_says_it_is(name: str, expected: Any) -> None:
    answer = spoiled(name, occasion({"data": MODELS, "more": 1}))

    assert body(answer) == expected
    assert answer.field(b"etag") is None
    assert answer.field(b"content-length") == str(len(answer.content))


@pytest.mark.parametrize(("name", "expected"), CHANGED)
def test_a_list_deeper_in_the_body_is_found(name: str, expected: Any) -> None:
    answer = spoiled(name, occasion({"page": [{"data": MODELS, "more": 1}]}, at="/page/0/data"))

    assert body(answer) == (expected if name == "BARE_ARRAY" else {"page": [expected]})


def test_a_list_that_is_the_whole_body_is_spoiled_too() -> None:
    assert body(spoiled("EMPTY_LIST", occasion(MODELS, at=""))) == []
    assert body(spoiled("MODELS_KEY", occasion(MODELS, at=""))) == {"models": MODELS}


def test_models_key_of_a_list_that_is_called_models_is_data() -> None:
    assert body(spoiled("MODELS_KEY", occasion({"models": MODELS}, at="/models"))) == {"data": MODELS}


def test_a_shuffle_is_never_the_documented_order() -> None:
    given = occasion({"data": MODELS})

    assert all(body(spoiled("SHUFFLE", given))["data"] != MODELS for _ in range(20))


def test_a_field_to_be_missing_can_be_chosen() -> None:
    assert body(spoiled("MISSING_FIELD", occasion({"data": MODELS}, field="n"))) == {"data": [{"id": "a"}, {"id": "b"}]}
    assert body(spoiled("MISSING_FIELD", occasion(MODELS[0], Subject.MODEL, field="n"))) == {"id": "a"}
    assert body(spoiled("MISSING_FIELD", occasion({"data": [1, {"id": "a"}]}))) == {"data": [1, {}]}


def test_a_field_is_missing_of_many_models_within_a_moment() -> None:
    models = [{"id": str(number), "n": 1} for number in range(20_000)]  # looking at all for each of them took minutes

    assert body(spoiled("MISSING_FIELD", occasion({"data": models}, field="id"))) == {"data": [{"n": 1}] * 20_000}


def test_a_single_model_is_null_or_padded() -> None:
    assert spoiled("NULL_DATA", occasion(MODELS[0], Subject.MODEL)).content == b"null"
    huge = spoiled("HUGE", occasion(MODELS[0], Subject.MODEL, size=500))
    assert (len(huge.content), body(huge)["id"]) == (500, "a")


@pytest.mark.parametrize("size", [1, 25, 100, 101, 5000])
def test_a_huge_list_has_the_size_asked_for_and_ids_that_differ(size: int) -> None:
    plain = encode({"data": MODELS})
    huge = spoiled("HUGE", occasion({"data": MODELS}, size=size))
    ids = [model["id"] for model in body(huge)["data"]]

    assert len(huge.content) == max(size, len(plain))
    assert len(set(ids)) == len(ids)
    assert ids[:2] == ["a", "b"]


def test_an_error_in_200_is_the_providers_own() -> None:
    made = spoiled("ERROR_IN_200", occasion({"data": MODELS}))
    asked = spoiled("ERROR_IN_200", occasion({"error": 429}, Subject.ERROR))

    assert (made.status, body(made), made.field(b"content-type")) == (200, {"error": 500}, "application/error+json")
    assert (asked.status, body(asked)) == (200, {"error": 429})


def test_an_html_page_keeps_the_status_of_an_error() -> None:
    assert spoiled("HTML_ERROR_PAGE", occasion({}, Subject.ERROR)).status == 500
    assert spoiled("HTML_ERROR_PAGE", occasion({"data": []})).status == 502


@pytest.mark.parametrize("given", [{}, [], "x", None, {"data": [{"id": "a"}]}])
def test_content_is_malformed_whatever_it_is(given: Any) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(spoiled("MALFORMED_JSON", occasion(given)).content)
    with pytest.raises(UnicodeDecodeError):
        spoiled("INVALID_UTF8", occasion(given)).content.decode()


INAPPLICABLE: list[tuple[str, Occasion, str]] = [
    ("DUPLICATE_IDS", occasion({"data": []}), "no list of at least 1 models"),
    ("SHUFFLE", occasion({"data": [{}]}), "no list of at least 2 models"),
    ("EMPTY_LIST", occasion({"data": {}}), "no list of models"),
    ("EMPTY_LIST", occasion({}), "no list of models"),
    ("EMPTY_LIST", replace(occasion({}), items=None), "no list of models"),
    ("HUGE", occasion({"data": ["a"]}, size=1000), "the first model is no JSON object"),
    ("HUGE", occasion([], Subject.MODEL, size=1000), "the answer is no JSON object"),
    ("MISSING_FIELD", occasion({"data": MODELS}, field="x"), "no model has the member 'x', expected one of id, n"),
    ("TRUNCATE", replace(occasion({}), answer=Answer.of(304, FIELDS, b"")), "no content to spoil"),
]


@pytest.mark.parametrize(("name", "given", "reason"), INAPPLICABLE)
def test_what_cannot_be_spoiled_is_said(name: str, given: Occasion, reason: str) -> None:
    with pytest.raises(InapplicableError, match=reason):
        FAULTS[name].make(given)


def test_a_body_that_is_no_json_holds_no_models() -> None:
    given = replace(occasion({}), answer=Answer.of(200, FIELDS, b"<html>"))

    with pytest.raises(InapplicableError):
        FAULTS["EMPTY_LIST"].make(given)
    with pytest.raises(InapplicableError):
        FAULTS["MISSING_FIELD"].make(replace(given, subject=Subject.MODEL))


def test_wire_faults_say_how_the_connection_ends() -> None:
    given = occasion({"data": MODELS}, seconds=2)

    assert delivered("CONNECTION_RESET_BY_PEER", given) == Delivery((End.RESET,))
    assert delivered("EMPTY_RESPONSE", given) == Delivery((End.CLOSE,))
    assert delivered("TIMEOUT", given) == Delivery((End.CLIENT,))
    assert delivered("SLOW_CLOSE", given).steps[-2:] == (Wait(2), End.CLOSE)


def test_random_data_is_that_of_the_seed() -> None:
    assert delivered("RANDOM_DATA_THEN_CLOSE", occasion({})) == delivered("RANDOM_DATA_THEN_CLOSE", occasion({}))


def test_a_head_of_our_own_is_written_as_a_server_does() -> None:
    head = delivered("TRUNCATE", occasion({"data": []})).steps[0]

    assert head == Write(
        b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-type: application/json\r\n"
        b'etag: "1"\r\ncontent-length: 11\r\n\r\n'
    )


def test_bandwidth_is_octets_a_second() -> None:
    given = occasion({"data": MODELS}, rate=5)
    _, part = delivered("BANDWIDTH", given).steps

    assert part == Body(given.answer.content, 1, 0.2)


def test_gzip_can_be_none_or_cut() -> None:
    plain = spoiled("BAD_GZIP", occasion({"data": MODELS}, form="plain"))
    cut = spoiled("BAD_GZIP", occasion({"data": MODELS}, form="cut"))

    assert (plain.content[:1], cut.content[:2]) == (b"{", b"\x1f\x8b")
    assert plain.field(b"content-encoding") == cut.field(b"content-encoding") == "gzip"


@pytest.mark.parametrize(("parts", "size", "pause_s"), [(1, 10, 6), (3, 4, 2), (10, 1, 0.6), (99, 1, 0.6)])
def test_parts_are_of_one_size_and_take_the_whole_time(parts: int, size: int, pause_s: float) -> None:
    answer = Answer.of(200, (), b"0123456789")

    assert in_parts(answer, parts, 6).steps == (Head(200, answer.fields), Body(b"0123456789", size, pause_s))


def test_a_fault_is_found_in_every_spelling() -> None:
    assert find("slow-close") is find("SLOW_CLOSE") is find("Slow_Close") is FAULTS["SLOW_CLOSE"]
    assert by_key("sk-mock-slow-close") is by_key("sk-mock-SLOW_CLOSE") is FAULTS["SLOW_CLOSE"]
    assert find("nope") is by_key("slow-close") is by_key("sk-mock-429") is None


def test_the_table_explains_every_fault_and_parameter() -> None:
    text = table()

    for fault in FAULTS.values():
        assert f"  {fault.name} " in text
        assert fault.says in text
        assert f"sk-mock-{fault.key}" in KEYS
        assert all(f"{each.name}= {each.says}" in text for each in fault.parameters)
    assert "Of lists only." in text


NUMBER = Number("n", "", 1, 0.5, 10)
WHOLE = Number("n", "", 1, 1, 10, whole=True)


@pytest.mark.parametrize(
    ("number", "text", "value"),
    [
        *[(NUMBER, text, float(text)) for text in ("0.5", "10", "1.", "3")],
        *[(NUMBER, text, None) for text in ("", ".", "0", "11", "-1", "1e0", "nan", "inf", "1.1.1", "٣")],
        (WHOLE, "3", 3),
        *[(WHOLE, text, None) for text in ("3.0", "0", "11", "")],
    ],
)
def test_a_number_is_read_within_its_bounds(number: Number, text: str, value: float | None) -> None:
    assert number.read(text) == value


def test_a_word_is_one_of_its_choices_or_any() -> None:
    assert [Word("w", "", "a", ("a", "b")).read(text) for text in ("b", "c", "")] == ["b", None, None]
    assert [Word("w", "", "").read(text) for text in ("c", "")] == ["c", None]
