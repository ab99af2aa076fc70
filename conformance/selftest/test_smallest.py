from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from conformance import smallest as shrinking
from conformance.finding import Finding
from conformance.selftest import bench
from conformance.selftest.acme import KEY, MODELS, Acme, changed
from conformance.selftest.gateway import Answer, Asked
from conformance.smallest import smallest
from conformance.strict_json import decode
from specs import Provider


def holds(content: bytes, *texts: bytes) -> bool:
    """A rule that is broken while all of *texts* are there."""
    return all(each in content for each in texts)


def listed(*models: Any, extra: str = "") -> Any:
    """A change to Acme after which the plain list holds *models* as they are."""

    def change(asked: Asked, found: Answer) -> Answer:
        plain = asked.target == "/v1/models" and found.status == 200
        return replace(found, content=json.dumps({"data": models, "extra": extra}).encode()) if plain else found

    return changed(change)


def found(provider: Provider, script: Any, id: str, **changes: Any) -> Finding:
    """The finding on one requirement."""
    return bench.findings(bench.run(provider, script, [id], **changes))[id]


@pytest.mark.parametrize(
    ("models", "id", "part"),
    [
        ([*MODELS, {"id": "", "types": "chat", "x": [1, 2]}], "ACM-ID-01", '{"data":[{"id":""}]}'),
        ([*MODELS, {"id": [1, {"a": 2}], "types": "chat"}], "ACM-ID-01", '{"data":[{"id":[1,{"a":2}]}]}'),
        ([{"id": {"x" * 400: 1}, "types": "chat"}], "ACM-ID-01", '{"data":[{"id":{}}]}'),
        ([*MODELS, {"id": "a"}], "ACM-MODEL-01", '{"data":[{}]}'),
        ([*MODELS, MODELS[1]], "ACM-ID-02", '{"data":[{"id":"small"},{"id":"small"}]}'),
        ([*MODELS, {"id": "a", "types": "chat", "created": 1.70e12}], "ACM-TIME-01", '{"data":[{"created":1700000000000.0}]}'),
    ],
    ids=["empty", "type", "long", "missing", "twice", "milliseconds"],
)
def test_only_what_breaks_the_rule_is_left(provider: Provider, models: list[Any], id: str, part: str) -> None:
    (group,) = found(provider, listed(*models), id).groups

    assert group.smallest == part


def test_an_item_that_a_filter_should_have_kept_back_is_left_alone_in_its_list(provider: Provider) -> None:
    def unfiltered(asked: Asked, found: Answer) -> Answer:
        return Acme()(replace(asked, target="/v1/models")) if asked.query.get("type") == "image" else found

    (group,) = found(provider, changed(unfiltered), "ACM-FILTER-01").groups

    assert group.smallest == '{"data":[{"id":"small"}]}'


def test_two_items_in_the_wrong_order_are_left(provider: Provider) -> None:
    def unsorted(asked: Asked, found: Answer) -> Answer:
        return Acme()(replace(asked, target="/v1/models")) if asked.query.get("sort_order") == "asc" else found

    (group,) = found(provider, changed(unsorted), "ACM-SORT-01").groups

    assert re.fullmatch(r'\{"data":\[\{"size":30\},\{"size":2\}\]\}', group.smallest)


def test_what_is_left_is_written_as_it_was() -> None:
    content = b'{"a": 1.50E+3, "b": [1e400, NaN, "\\u00fc\\ud800", 1e400], "b": {"c": null}}'

    assert smallest(content, "", (), lambda part: holds(part, b"1.50E+3", b"NaN", b"null")) == (
        '{"a":1.50E+3,"b":[NaN],"b":{"c":null}}'
    )
    assert smallest(content, "/b/2", (), lambda part: holds(part, b"ud800")) == '{"b":["ü\ud800"]}'


def test_a_byte_order_mark_is_kept() -> None:
    assert smallest(b'\xef\xbb\xbf{"a": 1}', "", (), lambda part: part.startswith(b"\xef\xbb\xbf")) == "\ufeff{}"


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[" * 100_000, b"<html>"])
def test_what_is_no_json_has_no_part(content: bytes) -> None:
    assert smallest(content, "", (), lambda _: True) == ""


@pytest.mark.parametrize("at", ["/data/9/id", "/data/x", "/nowhere/1", "/data/-1", "/data/0/id/deeper"])
def test_a_place_that_is_not_there_is_no_error(at: str) -> None:
    assert smallest(b'{"data": [{"id": 1}]}', at, (), lambda part: holds(part, b"data")) == '{"data":[]}'


def test_a_rule_that_no_part_breaks_has_none() -> None:
    assert smallest(b'{"a": 1}', "/a", ("/b",), lambda _: False) == ""


def test_what_is_left_is_the_same_each_time_and_cannot_be_made_smaller() -> None:
    content = json.dumps({"data": [{"n": n, "m": [n] * 3} for n in range(50)]}).encode()

    def breaks(part: bytes) -> bool:
        seen.append(part)
        numbers = re.findall(rb'"n":([0-9]+)', part)
        return any(int(one) + int(other) == 77 for one in numbers for other in numbers)

    seen: list[bytes] = []
    left = smallest(content, "/data", (), breaks)

    assert left == smallest(content, "/data", (), breaks)
    assert len(decode(left.encode()).value["data"]) == 2
    assert len(seen) <= 2 * shrinking.MOST_STEPS


def test_the_steps_and_the_octets_that_are_judged_are_bounded() -> None:
    content = json.dumps({"data": [{"n": n, "text": "x" * 300} for n in range(5000)]}).encode()
    judged: list[int] = []

    def breaks(part: bytes) -> bool:
        judged.append(len(part))
        return part.count(b"text") > 4000

    left = smallest(content, "/data/7", (), breaks)

    assert breaks(left.encode())
    assert len(judged) <= shrinking.MOST_STEPS + 1
    assert sum(judged) <= shrinking.MOST_BYTES + len(content)


def test_items_that_are_named_in_quotes_are_found_among_more_than_can_be_judged_anew() -> None:
    items = [{"id": f"model-{number}", "about": "x" * 400} for number in range(6000)]
    content = json.dumps({"data": items}).encode()
    assert len(content) > shrinking.MOST_BYTES

    part = smallest(
        content, "/data", ['"model-17" comes before "model-4711"'], lambda body: holds(body, b"model-17", b"model-4711")
    )

    assert part == '{"data":[{"id":"model-17"},{"id":"model-4711"}]}'


def test_of_5000_models_no_more_than_the_few_that_break_a_rule_are_judged_anew(provider: Provider) -> None:
    models: list[Any] = [{"id": f"model-{n}", "types": "chat"} for n in range(5000)]
    models += [models[17], {"types": 7}, {"id": "", "types": "chat"}, {"id": 1, "types": "chat"}]
    script = listed(*models)

    begun = time.process_time()
    run = bench.run(provider, script, ["ACM-ID-01", "ACM-ID-02", "ACM-MODEL-01"])
    took = time.process_time() - begun
    parts = {group.smallest for each in run.findings for group in each.groups}

    assert parts == {
        '{"data":[{"id":""}]}',
        '{"data":[{"id":1}]}',
        '{"data":[{}]}',
        '{"data":[{"types":7}]}',
        '{"data":[{"id":"model-17"},{"id":"model-17"}]}',
    }
    assert took < 20


def test_what_is_left_holds_no_key_in_a_report(provider: Provider) -> None:
    run = bench.run(provider, listed({"id": KEY}, {"id": KEY}), ["ACM-ID-02"])
    (finding,) = run.findings

    assert KEY in finding.groups[0].smallest
    assert KEY not in run.settings.hidden(finding.groups[0].smallest)


def test_a_body_that_is_too_long_to_be_judged_anew_has_no_part() -> None:
    content = json.dumps(["x" * shrinking.MOST_BYTES, 1, 2]).encode()

    assert smallest(content, "/1", (), lambda part: holds(part, b"1", b"2")) == ""
