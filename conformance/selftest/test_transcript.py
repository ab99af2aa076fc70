from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from conformance.case import NotApplicable
from conformance.message import Pick, Request
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer
from conformance.selftest.gateway import Answer, Asked, Transport
from conformance.transcript import Inconclusive
from specs import Provider

LIST = Request("listModels")


def first(what: str) -> Request:
    """The request for the model that the pick *what* names."""
    return Request("retrieveModel", path=(("model", Pick(LIST, what)),))


def answering(*answers: Answer) -> Transport:
    """Gives *answers* in turn, and the last one for ever."""
    turn: Iterator[Answer] = iter(answers)
    last = answers[-1]
    return Transport(lambda _: next(turn, last))


def unreachable(_: Asked) -> Answer:
    """A gateway that nobody reaches."""
    raise httpx2.ConnectError("connection refused")


def test_the_same_request_is_sent_once(provider: Provider) -> None:
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport)

    assert asked.ask(LIST) is asked.ask(Request("listModels"))
    assert len(transport.asked) == 1
    assert asked.budget.sent == 1


def test_a_repetition_is_sent_again(provider: Provider) -> None:
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport)

    asked.ask(LIST)
    asked.ask(LIST.but(repetition=1))

    assert len(transport.asked) == 2


def test_the_exchanges_come_in_the_order_of_asking(provider: Provider) -> None:
    asked = bench.transcript(provider, Transport(Acme()))
    asked.ask(LIST)
    asked.ask(LIST.but(method="HEAD"))

    assert [each.request.method for each in asked] == ["GET", "HEAD"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_is_asked_again_and_a_better_answer_counts(provider: Provider, status: int) -> None:
    transport = answering(Answer(status), answer({"data": []}))

    assert bench.transcript(provider, transport).ask(LIST).response.status == 200
    assert len(transport.asked) == 2


def test_a_5xx_that_stays_is_the_answer_after_three_tries(provider: Provider) -> None:
    transport = answering(Answer(503))

    assert bench.transcript(provider, transport).ask(LIST).response.status == 503
    assert len(transport.asked) == 3


def test_a_5xx_that_is_expected_is_not_asked_again(provider: Provider) -> None:
    transport = answering(Answer(501))

    bench.transcript(provider, transport).ask(LIST, frozenset({501}))

    assert len(transport.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 418])
def test_a_4xx_is_an_answer(provider: Provider, status: int) -> None:
    transport = answering(Answer(status))

    assert bench.transcript(provider, transport).ask(LIST).response.status == status
    assert len(transport.asked) == 1


def test_a_429_is_inconclusive(provider: Provider) -> None:
    with pytest.raises(Inconclusive, match="the target answered 429"):
        bench.transcript(provider, answering(Answer(429))).ask(LIST)


def test_a_429_is_asked_again_after_the_time_that_it_names(provider: Provider) -> None:
    clock = bench.Clock()
    transport = answering(Answer(429, (("Retry-After", "7"),)), answer({"data": []}))

    assert bench.transcript(provider, transport, clock=clock).ask(LIST).response.status == 200
    assert clock.slept == [7.0]


def test_a_target_that_asks_to_wait_longer_than_a_minute_is_not_waited_for(provider: Provider) -> None:
    clock = bench.Clock()
    transport = answering(Answer(429, (("Retry-After", "3600"),)))

    with pytest.raises(Inconclusive, match="answered 429, too many requests and asks to wait 3600 s"):
        bench.transcript(provider, transport, clock=clock).ask(LIST)
    assert (len(transport.asked), clock.slept) == (1, [])


def test_a_503_is_asked_again_after_the_time_that_it_names(provider: Provider) -> None:
    clock = bench.Clock()
    transport = answering(Answer(503, (("Retry-After", "2"),)), answer({"data": []}))

    assert bench.transcript(provider, transport, clock=clock).ask(LIST).response.status == 200
    assert clock.slept == [2.0]


def test_a_429_that_is_expected_is_an_answer(provider: Provider) -> None:
    asked = bench.transcript(provider, answering(Answer(429)))

    assert asked.ask(LIST, frozenset({429})).response.status == 429


def test_no_answer_is_tried_three_times_and_is_inconclusive(provider: Provider) -> None:
    transport = Transport(unreachable)
    asked = bench.transcript(provider, transport)

    with pytest.raises(Inconclusive, match=r"http://127.0.0.1 gave no answer: connection refused"):
        asked.ask(LIST)

    assert (len(transport.asked), asked.budget.sent) == (3, 3)


def test_no_answer_is_remembered(provider: Provider) -> None:
    transport = Transport(unreachable)
    asked = bench.transcript(provider, transport)

    for _ in range(2):
        with pytest.raises(Inconclusive):
            asked.ask(LIST)

    assert len(transport.asked) == 3
    assert list(asked) == []


def test_beyond_the_budget_nothing_is_sent(provider: Provider) -> None:
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport, requests=2)
    for repetition in range(2):
        asked.ask(LIST.but(repetition=repetition))

    with pytest.raises(Inconclusive, match="the budget of 2 requests is used up"):
        asked.ask(LIST.but(repetition=2))

    assert len(transport.asked) == 2


def test_trying_again_is_within_the_budget_too(provider: Provider) -> None:
    transport = answering(Answer(500))
    asked = bench.transcript(provider, transport, requests=2)

    assert asked.ask(LIST).response.status == 500
    assert len(transport.asked) == 2


def test_what_came_of_the_tries_is_told_where_the_budget_allows_no_further_one(provider: Provider) -> None:
    transport = Transport(unreachable)
    asked = bench.transcript(provider, transport, requests=2)

    with pytest.raises(Inconclusive, match=r"^http://127\.0\.0\.1 gave no answer: connection refused$"):
        asked.ask(LIST)
    assert len(transport.asked) == 2


def test_after_the_time_nothing_is_sent(provider: Provider) -> None:
    clock = bench.Clock()
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport, clock=clock)
    asked.ask(LIST)
    clock.now = 600.0

    with pytest.raises(Inconclusive, match="the time of 600 s is used up"):
        asked.ask(LIST.but(repetition=1))

    assert len(transport.asked) == 1


def test_a_burst_is_beside_the_budget_and_is_counted_by_itself(provider: Provider) -> None:
    asked = bench.transcript(provider, Transport(Acme()), requests=1)

    for repetition in range(5):
        asked.ask(LIST.but(repetition=repetition), burst=True)

    assert (asked.budget.sent, asked.budget.bursts) == (0, 5)
    assert asked.ask(LIST.but(repetition=9)).response.status == 200


def test_a_pick_is_taken_from_the_list(provider: Provider) -> None:
    asked = bench.transcript(provider, Transport(Acme()))

    found = asked.ask(first("the last id"))

    assert found.json["id"] == MODELS[-1]["id"]
    assert found.sent.path == (("model", MODELS[-1]["id"]),)
    assert found.request.path == (("model", Pick(LIST, "the last id")),)


def test_the_list_that_is_picked_from_is_asked_once(provider: Provider) -> None:
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport)

    for what in ("the first id", "the last id", "an id with a reserved character"):
        asked.ask(first(what))

    assert [each.path for each in transport.asked].count("/v1/models") == 1


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        (answer({"data": []}), "the list is empty"),
        (answer({"models": []}), "the answer has nothing at /data"),
        (answer({"data": {}}), "/data is not an array"),
        (answer({"data": [1, None, {}, {"id": 7}]}), "the list is empty"),
        (Answer(content=b"<html>"), "the body is not JSON"),
        (Answer(404), "the list answered 404"),
        (answer({"data": [{"id": ".."}, {"id": ""}]}), "the list has no id that a URL can hold"),
    ],
)
def test_what_cannot_be_picked_is_not_applicable(provider: Provider, listed: Answer, reason: str) -> None:
    with pytest.raises(NotApplicable, match=reason):
        bench.transcript(provider, answering(listed)).ask(first("the first id"))


def test_half_of_a_surrogate_pair_is_never_asked_for(provider: Provider) -> None:
    listed = Answer(content=rb'{"data": [{"id": "\ud800"}, {"id": "sound"}]}')
    transport = answering(listed)

    bench.transcript(provider, transport).ask(first("the first id"))

    assert transport.asked[-1].path == "/v1/models/sound"


def test_an_id_that_needs_no_encoding_does_not_stand_for_one_that_does(provider: Provider) -> None:
    with pytest.raises(NotApplicable, match="no id has a character that needs encoding"):
        bench.transcript(provider, answering(answer({"data": [{"id": "plain"}]}))).ask(first("an id with a reserved character"))


def test_without_an_etag_there_is_none_to_pick(provider: Provider) -> None:
    asked = LIST.but(headers=(("If-None-Match", Pick(LIST, "its ETag")),))

    with pytest.raises(NotApplicable, match="the answer has no ETag"):
        bench.transcript(provider, answering(answer({"data": []}))).ask(asked)


@pytest.mark.parametrize(
    ("what", "field"),
    [("its ETag", '"1"'), ("its ETag as a weak one", 'W/"1"'), ("its ETag among others", '"another", "1", W/"a-third"')],
)
def test_an_etag_is_picked_in_three_forms(provider: Provider, what: str, field: str) -> None:
    transport = answering(answer({"data": []}, ETag='"1"'))

    bench.transcript(provider, transport).ask(LIST.but(headers=(("If-None-Match", Pick(LIST, what)),)))

    assert transport.asked[-1].header("If-None-Match") == field


def test_part_of_an_id_is_in_the_id(provider: Provider) -> None:
    transport = Transport(Acme())

    bench.transcript(provider, transport).ask(LIST.but(query=(("model", Pick(LIST, "part of the last id")),)))

    assert transport.asked[-1].query["model"] in MODELS[-1]["id"]


def test_asking_again_sends_again_and_remembers_nothing(provider: Provider) -> None:
    transport = Transport(Acme())
    asked = bench.transcript(provider, transport)
    asked.ask(LIST)

    asked.again([LIST, LIST], frozenset())

    assert len(transport.asked) == 3
    assert len(list(asked)) == 1


def test_asking_again_without_an_answer_is_inconclusive(provider: Provider) -> None:
    with pytest.raises(Inconclusive):
        bench.transcript(provider, Transport(unreachable)).again([LIST], frozenset())


def test_a_later_200_shows_that_the_target_lives(provider: Provider) -> None:
    asked = bench.transcript(provider, answering(Answer(404), answer({"data": []})))
    other = LIST.but(repetition=1)
    asked.ask(LIST)
    asked.ask(other)

    assert asked.answered_after(LIST)
    assert not asked.answered_after(other)


@pytest.mark.parametrize(("drawn", "slept"), [(0.0, [0.25, 0.5]), (0.5, [0.375, 0.75])])
def test_a_target_that_names_no_time_is_left_alone_for_a_while_that_grows(
    provider: Provider, drawn: float, slept: list[float]
) -> None:
    clock = bench.Clock()

    bench.transcript(provider, answering(Answer(503)), clock=clock, chance=lambda: drawn).ask(LIST)

    assert clock.slept == slept


@pytest.mark.parametrize("field", ["0", "-5", "Sun, 22 Nov 2026 09:00:00 GMT", "soon"])
def test_a_time_that_is_over_or_illegible_is_as_good_as_none(provider: Provider, field: str) -> None:
    clock = bench.Clock()
    busy = Answer(429, (("Retry-After", field), ("Date", "Sun, 22 Nov 2026 10:00:00 GMT")))

    bench.transcript(provider, answering(busy, answer({"data": []})), clock=clock).ask(LIST)

    assert clock.slept == [0.25]


def test_a_503_that_asks_for_an_hour_is_not_asked_again(provider: Provider) -> None:
    transport = answering(Answer(503, (("Retry-After", "3600"),)))

    assert bench.transcript(provider, transport).ask(LIST).response.status == 503
    assert len(transport.asked) == 1


def test_no_check_sees_a_429_when_the_budget_ends_between_two_tries(provider: Provider) -> None:
    with pytest.raises(Inconclusive, match="the target answered 429, too many requests"):
        bench.transcript(provider, answering(Answer(429)), requests=1).ask(LIST)


def test_a_pause_does_not_last_beyond_the_time_of_the_run(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.transcript(provider, answering(Answer(503, (("Retry-After", "60"),))), clock=clock)
    asked.budget.seconds = 20.0

    asked.ask(LIST)

    assert clock.slept == [20.0]


def test_a_pace_that_the_time_does_not_allow_is_not_waited_for(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.transcript(provider, answering(answer({"data": []}, RateLimit='"d";r=0;t=50')), clock=clock)
    asked.budget.seconds = 20.0
    asked.ask(LIST)

    with pytest.raises(Inconclusive, match="the time of 20 s is used up"):
        asked.ask(LIST.but(repetition=1))
    assert clock.slept == []


def test_what_a_target_says_of_its_limit_is_heeded_before_it_is_met(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.transcript(provider, answering(answer({"data": []}, RateLimit='"d";r=0;t=50')), clock=clock)
    asked.ask(LIST)

    asked.ask(LIST.but(repetition=1))

    assert clock.slept == [50.0]


def test_a_limit_that_is_used_up_for_long_ends_the_asking(provider: Provider) -> None:
    transport = answering(answer({"data": []}, RateLimit='"d";r=0;t=3600'))
    asked = bench.transcript(provider, transport)
    asked.ask(LIST)

    with pytest.raises(Inconclusive, match="the target says that its limit is used up for 3600 s more"):
        asked.ask(LIST.but(repetition=1))
    assert len(transport.asked) == 1


def test_after_five_failures_in_a_row_nothing_more_is_asked(provider: Provider) -> None:
    transport = Transport(unreachable)
    asked = bench.transcript(provider, transport)

    for repetition in range(4):
        with pytest.raises(Inconclusive):
            asked.ask(LIST.but(repetition=repetition))

    assert len(transport.asked) == 5
    with pytest.raises(Inconclusive, match="after 5 requests in a row without an answer nothing more was asked"):
        asked.ask(LIST.but(repetition=9))


def test_failures_that_are_not_in_a_row_do_not_end_the_asking(provider: Provider) -> None:
    def flapping(asked: Asked) -> Answer:
        return unreachable(asked) if asked.query else answer({"data": []})

    transport = Transport(flapping)
    asked = bench.transcript(provider, transport)

    for repetition in range(4):
        with pytest.raises(Inconclusive, match="gave no answer: connection refused"):
            asked.ask(LIST.but(query=(("n", str(repetition)),)))
        assert asked.ask(LIST.but(repetition=repetition)).response.status == 200


def test_an_answer_that_cannot_be_read_is_not_asked_for_again(provider: Provider) -> None:
    transport = answering(Answer(headers=(("Content-Encoding", "br"),), content=b"packed"))

    with pytest.raises(Inconclusive, match="gave no answer that can be judged: the answer has the Content-Encoding 'br'"):
        bench.transcript(provider, transport).ask(LIST)
    assert len(transport.asked) == 1


def test_different_answers_that_come_to_too_much_end_the_asking(provider: Provider) -> None:
    numbers = iter(range(100))
    transport = Transport(lambda _: Answer(content=b'"%d%s"' % (next(numbers), b"x" * 15_000_000)))
    asked = bench.transcript(provider, transport)

    for repetition in range(4):
        asked.ask(LIST.but(repetition=repetition))

    for repetition in (4, 5):
        with pytest.raises(Inconclusive, match="came to more than 67108864 bytes"):
            asked.ask(LIST.but(repetition=repetition))
    assert len(transport.asked) == 5


def test_equal_answers_are_kept_once(provider: Provider) -> None:
    asked = bench.transcript(provider, Transport(lambda _: Answer(content=b"[%d]" % 1)))

    first, second = asked.ask(LIST).response, asked.ask(LIST.but(repetition=1)).response

    assert first.content is second.content


def test_the_time_for_judging_ends_a_while_after_that_for_asking(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.transcript(provider, Transport(Acme()), clock=clock)
    asked.ask(LIST)
    clock.now = 630.0
    asked.check_time()
    clock.now = 631.0

    with pytest.raises(Inconclusive, match="the time of 600 s was over before it was judged"):
        asked.check_time()


def test_the_time_of_a_run_begins_when_something_is_asked(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.transcript(provider, Transport(Acme()), clock=clock)
    clock.now = 1000.0

    assert asked.ask(LIST).response.status == 200
