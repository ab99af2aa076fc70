from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.listing import (
    Answers,
    BadValue,
    Constant,
    Harmless,
    MediaType,
    Repeat,
    Shown,
    UnknownParameter,
    Unpaged,
)
from conformance.probes.methods import Head, Options, OtherMethod
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider


def when(condition: Callable[[Asked], bool], other: Answer) -> Script:
    """Acme, but *other* where *condition* holds."""
    return changed(lambda asked, found: other if condition(asked) else found)


def typed(field: str | None) -> Script:
    """Acme with another Content-Type, or none."""
    fields = () if field is None else (("Content-Type", field),)
    return changed(lambda _, found: Answer(found.status, fields, found.content))


EMPTY = answer({"data": []})


@pytest.mark.parametrize("status", [201, 204, 404, 405])
def test_another_status_than_200_is_no_answer(provider: Provider, status: int) -> None:
    (violation,) = bench.probe(Answers(), provider, lambda _: Answer(status)).violations

    assert (violation.at, violation.kind) == ("status", "status")
    assert (violation.expected, violation.actual) == ("status 200", f"status {status}")


@pytest.mark.parametrize(
    ("field", "kinds"),
    [
        ("application/json", set()),
        ("application/json; charset=utf-8", set()),
        ('Application/JSON;charset="UTF-8"', set()),
        ("application/json; version=1", set()),
        (None, {"absent"}),
        ("text/html", {"media-type"}),
        ("text/plain; charset=utf-8", {"media-type"}),
        ("application/json; charset=iso-8859-1", {"charset"}),
        ('application/json; profile="x; charset=gbk"', set()),
        ('application/json; title="\\"; charset=gbk"; charset="\\utf-8"', set()),
        ('application/json; title="a;b"; charset="gbk"', {"charset"}),
    ],
)
def test_a_media_type_is_judged_with_its_charset(provider: Provider, field: str | None, kinds: set[str]) -> None:
    assert bench.probe(MediaType(), provider, typed(field)).kinds == kinds


def test_a_shown_request_that_is_not_answered_is_a_violation(provider: Provider) -> None:
    probe = Shown([{"query": {}}, {"query": {"type": "chat"}}])

    (violation,) = bench.probe(probe, provider, when(lambda asked: "type" in asked.query, Answer(400))).violations

    assert violation.exchange.url.endswith("?type=chat")


def test_a_shown_request_is_sent_with_its_headers(provider: Provider) -> None:
    probe = Shown([{"headers": {"Accept": "text/event-stream"}}])
    script = when(lambda asked: asked.header("Accept") == "text/event-stream", Answer(406))

    assert len(bench.probe(probe, provider, script).violations) == 1


def test_a_harmless_request_that_breaks_the_server_is_a_violation(provider: Provider) -> None:
    script = when(lambda asked: asked.header("Accept") == "text/html", Answer(500))

    assert bench.probe(Harmless(), provider, script).kinds == {"server-error"}


@pytest.mark.parametrize("status", [400, 404, 406])
def test_a_harmless_request_may_be_refused(provider: Provider, status: int) -> None:
    script = when(lambda asked: asked.header("Accept") == "text/html", Answer(status))

    assert bench.probe(Harmless(), provider, script).violations == ()


def test_an_unknown_parameter_that_takes_items_away_is_a_violation(provider: Provider) -> None:
    found = bench.probe(UnknownParameter(), provider, when(lambda asked: "unknown" in asked.query, EMPTY))

    assert found.kinds == {"missing-item"}
    assert len(found.violations) == len(MODELS)


def test_an_unknown_parameter_that_is_refused_is_a_violation(provider: Provider) -> None:
    assert bench.probe(UnknownParameter(), provider, when(lambda asked: "unknown" in asked.query, Answer(400))).kinds == {
        "status"
    }


def test_an_unknown_parameter_that_is_answered_without_a_list_is_a_violation(provider: Provider) -> None:
    found = bench.probe(UnknownParameter(), provider, when(lambda asked: "unknown" in asked.query, answer({})))

    assert found.kinds == {"no-list"}


def test_without_a_plain_list_an_unknown_parameter_tells_nothing(provider: Provider) -> None:
    found = bench.probe(UnknownParameter(), provider, lambda _: Answer(404))

    assert found.violations == ()
    assert found.not_applicable == ("what it is compared with was answered 404",)


def test_paging_that_was_not_documented_is_a_violation(provider: Provider) -> None:
    page = answer({"data": [MODELS[1]]})

    found = bench.probe(Unpaged({"limit": "1"}), provider, when(lambda asked: "limit" in asked.query, page))

    assert found.kinds == {"missing-item"}


def in_turn(*answers: Answer) -> Script:
    """Gives *answers* one after the other."""
    turn = iter(answers)
    return lambda _: next(turn)


def test_a_list_that_changes_from_one_moment_to_the_next_is_a_violation(provider: Provider) -> None:
    found = bench.probe(Repeat(), provider, in_turn(answer({"data": [{"id": "a"}]}), answer({"data": [{"id": "b"}]})))

    assert found.kinds == {"missing-item", "extra-item"}


def test_a_list_in_another_order_is_the_same_list(provider: Provider) -> None:
    turned = answer({"data": list(reversed(MODELS))})

    assert bench.probe(Repeat(), provider, in_turn(answer({"data": MODELS}), turned)).violations == ()


def test_a_second_list_that_is_refused_is_a_violation(provider: Provider) -> None:
    assert bench.probe(Repeat(), provider, in_turn(answer({"data": []}), Answer(404))).kinds == {"status"}


def moved(by: int) -> Answer:
    """Acme's list, in which the time of the last model is later *by* seconds."""
    return answer({"data": [*MODELS[:-1], {**MODELS[-1], "created": MODELS[-1]["created"] + by}]})


def test_a_member_that_moves_between_two_lists_is_a_violation(provider: Provider) -> None:
    (violation,) = bench.probe(Constant("created"), provider, in_turn(moved(0), moved(1))).violations

    assert (violation.at, violation.kind, violation.actual) == ("/data/3/created", "moved", "1730000001")
    assert bench.probe(Constant("id"), provider, in_turn(moved(0), moved(1))).violations == ()


@pytest.mark.parametrize("item", [{"id": "a"}, {"id": ["a"], "created": 2}, "a", None, {"created": 2}])
def test_what_has_no_such_member_or_no_name_moves_nowhere(provider: Provider, item: object) -> None:
    lists = in_turn(answer({"data": [item]}), answer({"data": [{"id": "a", "created": 1}, item]}))

    assert bench.probe(Constant("created"), provider, lists).violations == ()


def test_a_bad_value_may_be_answered_as_the_contract_says(provider: Provider) -> None:
    assert bench.probe(BadValue(["type", "sort_by"], [200, 400]), provider, Acme()).violations == ()


def test_a_bad_value_that_is_answered_otherwise_is_a_violation(provider: Provider) -> None:
    (violation,) = bench.probe(BadValue(["type", "sort_by"], [200]), provider, Acme()).violations[:1]

    assert (violation.expected, violation.actual) == ("status 200", "status 400")


# other methods


@pytest.mark.parametrize("status", [404, 405, 501])
def test_head_need_not_be_offered(provider: Provider, status: int) -> None:
    assert bench.probe(Head(), provider, when(lambda asked: asked.method == "HEAD", Answer(status))).violations == ()


def test_a_head_of_another_status_is_a_violation(provider: Provider) -> None:
    assert bench.probe(Head(), provider, when(lambda asked: asked.method == "HEAD", Answer(400))).kinds == {"status"}


def test_a_head_of_another_media_type_is_a_violation(provider: Provider) -> None:
    other = Answer(200, (("Content-Type", "text/html"),))

    assert bench.probe(Head(), provider, when(lambda asked: asked.method == "HEAD", other)).kinds == {"media-type"}


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        (Answer(204), set()),
        (Answer(404), set()),
        (Answer(501), set()),
        (Answer(405, (("Allow", "GET"),)), set()),
        (Answer(405, (("Allow", "head, get"),)), set()),
        (Answer(405), {"allow"}),
        (Answer(405, (("Allow", "POST"),)), {"allow"}),
        (Answer(405, (("Allow", ""),)), {"allow"}),
        (Answer(500), {"server-error"}),
    ],
)
def test_options_is_no_5xx_and_a_405_names_get(provider: Provider, other: Answer, kinds: set[str]) -> None:
    assert bench.probe(Options(), provider, lambda _: other).kinds == kinds


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        (Answer(405, (("Allow", "GET"),)), set()),
        (Answer(404), set()),
        (Answer(403), set()),
        (Answer(200), {"status"}),
        (Answer(201), {"status"}),
        (Answer(405), {"allow"}),
        (Answer(502), {"server-error"}),
    ],
)
def test_a_post_is_refused(provider: Provider, other: Answer, kinds: set[str]) -> None:
    assert bench.probe(OtherMethod(), provider, lambda _: other).kinds == kinds


def test_no_answer_is_told_by_the_request_it_belongs_to(provider: Provider) -> None:
    (violation,) = bench.probe(OtherMethod(), provider, lambda _: Answer(200)).violations

    assert violation.exchange.sent.method == "POST"
