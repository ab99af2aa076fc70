"""Verify: counts, nearest misses, order, and what evicted entries leave open."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.journal import Journal, Ring
from mockserver.journal.pattern import MEMBERS, DocumentError
from mockserver.journal.verify import Result, verify
from mockserver.tests.entries import entry


def journal(*statuses: int, kept: int = 1000) -> Journal:
    """The journal of answers with *statuses*, in that order, of which the last *kept* are left."""
    ring = Ring(kept)
    for number, status in enumerate(statuses, 1):
        ring.append(entry(number, status=status))
    return ring.journal()


def counting(count: Any, **match: Any) -> dict[str, Any]:
    return {"expectations": [{"match": match, "count": count}]}


def in_order(*expected: tuple[int, Any]) -> dict[str, Any]:
    return {"order": True, "expectations": [{"match": {"status": status}, "count": count} for status, count in expected]}


COUNTS: list[tuple[Any, str]] = [
    (2, "match"),
    (1, "mismatch"),
    (3, "mismatch"),
    ({"at_least": 2}, "match"),
    ({"at_least": 3}, "mismatch"),
    ({"at_most": 2}, "match"),
    ({"at_most": 1}, "mismatch"),
    ({"at_least": 1, "at_most": 3}, "match"),
]


@pytest.mark.parametrize(("count", "result"), COUNTS)
def test_a_count_is_kept_or_not(count: Any, result: str) -> None:
    assert verify(counting(count, status=429), journal(429, 200, 429)).result.value == result


def test_without_a_count_one_entry_is_enough() -> None:
    assert verify({"expectations": [{"match": {"status": 200}}, {}]}, journal(429, 200)).result is Result.MATCH
    assert verify({"expectations": [{"match": {"status": 200}}]}, journal()).result is Result.MISMATCH


EVICTED: list[tuple[Any, str]] = [
    ({"at_least": 1}, "match"),  # satisfied already
    ({"at_least": 2}, "inconclusive"),
    ({"at_least": 4}, "inconclusive"),  # if all that were evicted matched
    ({"at_least": 5}, "mismatch"),  # not even then
    ({"at_most": 0}, "mismatch"),  # too many already
    ({"at_most": 1}, "inconclusive"),
    ({"at_most": 4}, "match"),  # even if all that were evicted matched
    (0, "mismatch"),
    (1, "inconclusive"),
    (4, "inconclusive"),
    (5, "mismatch"),
]


@pytest.mark.parametrize(("count", "result"), EVICTED)
def test_evicted_entries_leave_open_what_they_could_change(count: Any, result: str) -> None:
    five = journal(200, 200, 200, 200, 429, kept=2)  # three are evicted, one of the two that are kept matches

    assert verify(counting(count, status=429), five).result.value == result


def test_evicted_entries_change_nothing_of_what_came_since() -> None:
    five = journal(200, 200, 200, 200, 429, kept=2)

    assert verify(counting(1, status=429, since=3), five).result is Result.MATCH
    assert verify(counting(1, status=429, since=2), five).result is Result.INCONCLUSIVE


def test_a_mismatch_shows_the_nearest_misses_and_in_what_they_differ() -> None:
    ring = Ring()
    ring.append(entry(1, path="/v1/model", status=404))
    ring.append(entry(2, status=200))
    ring.append(entry(3, status=429, path="/v1/models/a", method="POST"))
    ring.append(entry(4, status=500))

    verdict = verify(counting(1, status=429, path="/v1/models", method="GET"), ring.journal())

    assert verdict.json() == {
        "result": "mismatch",
        "says": "Expectation 0: found 0 matching entries, expected 1.",
        "failing": [
            {
                "expectation": 0,
                "result": "mismatch",
                "match": {"status": 429, "path": "/v1/models", "method": "GET"},
                "expected": {"at_least": 1, "at_most": 1},
                "found": 0,
                "evicted": 0,
                "matching": [],
                "nearest": [
                    {
                        "number": 4,
                        "method": "GET",
                        "path": "/v1/models",
                        "query": "",
                        "status": 500,
                        "cause": "recording",
                        "differs": [{"member": "status", "expected": 429, "actual": 500}],
                    },
                    {
                        "number": 2,
                        "method": "GET",
                        "path": "/v1/models",
                        "query": "",
                        "status": 200,
                        "cause": "recording",
                        "differs": [{"member": "status", "expected": 429, "actual": 200}],
                    },
                    {
                        "number": 3,
                        "method": "POST",
                        "path": "/v1/models/a",
                        "query": "",
                        "status": 429,
                        "cause": "recording",
                        "differs": [
                            {"member": "path", "expected": "/v1/models", "actual": "/v1/models/a"},
                            {"member": "method", "expected": "GET", "actual": "POST"},
                        ],
                    },
                ],
            }
        ],
        "order": None,
    }


def test_too_many_matches_are_shown_by_their_numbers() -> None:
    [failing] = verify(counting(0, status=200), journal(*[200] * 30)).json()["failing"]

    assert (failing["found"], failing["matching"], failing["nearest"]) == (30, list(range(1, 21)), [])


def test_only_failing_expectations_are_shown_and_a_mismatch_outweighs_what_is_open() -> None:
    document = {
        "expectations": [
            {"match": {"status": 200}, "count": {"at_least": 1}},
            {"match": {"status": 200}, "count": 2},
            {"match": {"status": 500}, "count": 9},
        ]
    }

    verdict = verify(document, journal(200, 200, 200, 200, kept=1))

    assert verdict.result is Result.MISMATCH
    assert [(each.index, each.result.value) for each in verdict.findings] == [(1, "inconclusive"), (2, "mismatch")]
    assert verdict.says == (
        "Expectation 1: found 1 matching entries, and up to 3 were evicted that may have matched, expected 2. "
        "Expectation 2: found 0 matching entries, and up to 3 were evicted that may have matched, expected 9."
    )


ORDERS: list[tuple[tuple[int, ...], tuple[tuple[int, Any], ...], str]] = [
    ((429, 429, 200), ((429, 2), (200, 1)), "match"),
    ((429, 200, 429), ((429, 2), (200, 1)), "mismatch"),
    ((200, 429, 429), ((429, 2), (200, 1)), "mismatch"),
    ((429, 429, 200, 429), ((429, 2), (200, 1)), "mismatch"),
    ((429, 404, 429, 500, 200, 404), ((429, 2), (200, 1)), "match"),
    ((200, 429, 200), ((200, 1), (429, 1), (200, 1)), "match"),
    ((200, 429), ((200, 1), (429, {"at_least": 0}), (200, {"at_most": 1})), "match"),
    ((), ((200, {"at_most": 1}), (429, {"at_most": 1})), "match"),
    ((), ((200, 1), (429, 1)), "mismatch"),
    ((200, 200, 429, 429), ((200, {"at_least": 1}), (429, {"at_least": 1})), "match"),
    ((200, 200, 429, 429), ((200, {"at_most": 1}), (429, {"at_least": 1})), "mismatch"),
]


@pytest.mark.parametrize(("statuses", "expected", "result"), ORDERS)
def test_an_order_is_kept_or_not(statuses: tuple[int, ...], expected: tuple[tuple[int, Any], ...], result: str) -> None:
    assert verify(in_order(*expected), journal(*statuses)).result.value == result


@pytest.mark.parametrize(
    ("statuses", "due", "came"),
    [((429, 200), 0, 2), ((429, 429), 1, None), ((429, 429, 200, 429), 1, 4), ((), 0, None), ((500, 200), 0, 2)],
)
def test_a_broken_order_says_which_expectation_was_due_and_what_came(
    statuses: tuple[int, ...], due: int, came: int | None
) -> None:
    document = verify(in_order((429, 2), (200, 1)), journal(*statuses)).json()

    assert document["order"] == {"due": due, "came": came}
    assert [each["expectation"] for each in document["failing"]] == [due]
    event = "there were no more" if came is None else f"entry {came} came"
    assert document["says"] == f"Expectation {due} was due when {event}."


@pytest.mark.parametrize(
    ("statuses", "kept", "result"),
    [
        ((429, 429, 200), 3, "match"),
        ((429, 429, 200), 2, "inconclusive"),
        ((429, 429, 200), 1, "inconclusive"),
        ((0, 429, 429, 200), 3, "inconclusive"),  # what was evicted could have been a 429 too many
        ((0, 200, 429), 2, "mismatch"),  # nothing before it could put this in order
        ((0, 200), 1, "mismatch"),  # one entry cannot have been two
        ((0, 0, 200), 1, "inconclusive"),
        ((0, 0, 0, 500), 1, "inconclusive"),
    ],
)
def test_evicted_entries_leave_open_what_they_could_change_of_an_order(
    statuses: tuple[int, ...], kept: int, result: str
) -> None:
    assert verify(in_order((429, 2), (200, 1)), journal(*statuses, kept=kept)).result.value == result


def test_an_order_of_what_came_since_is_not_changed_by_evicted_entries() -> None:
    document = in_order((429, 1), (200, 1))
    for each in document["expectations"]:
        each["match"]["since"] = 1

    assert verify(document, journal(500, 429, 200, kept=2)).result is Result.MATCH


def test_an_entry_that_is_missing_in_between_leaves_an_order_open() -> None:
    ring = Ring(2)
    for number in (2, 1, 3):  # 2 goes first, as its answer was ready first
        ring.append(entry(number, status=200 if number == 1 else 429))

    assert verify(in_order((429, 1), (200, 1)), ring.journal()).result is Result.INCONCLUSIVE


STATUSES = st.sampled_from([200, 429, 500])
COUNT = st.one_of(
    st.integers(0, 4),
    st.builds(lambda least, more: {"at_least": least, "at_most": least + more}, st.integers(0, 3), st.integers(0, 3)),
    st.builds(lambda least: {"at_least": least}, st.integers(0, 4)),
    st.builds(lambda most: {"at_most": most}, st.integers(0, 4)),
)
MATCH = st.fixed_dictionaries(
    {},
    optional={"status": st.one_of(STATUSES, st.just("4xx")), "since": st.integers(0, 6), "path": st.sampled_from(["/a", "*"])},
)
DOCUMENT = st.fixed_dictionaries(
    {"expectations": st.lists(st.fixed_dictionaries({"match": MATCH, "count": COUNT}), min_size=1, max_size=3)},
    optional={"order": st.booleans()},
)


@given(
    DOCUMENT,
    st.lists(st.tuples(STATUSES, st.sampled_from(["/a", "/b"])), max_size=8),
    st.integers(0, 8),
    st.randoms(),
    st.booleans(),
)
def test_a_bounded_journal_never_contradicts_an_unbounded_one(
    document: dict[str, Any], answers: list[tuple[int, str]], kept: int, random: Any, in_turn: bool
) -> None:
    bounded, unbounded = Ring(kept), Ring()
    entries = [entry(number, status=status, path=path) for number, (status, path) in enumerate(answers, 1)]
    if not in_turn:
        random.shuffle(entries)  # as answers are ready in any order
    for each in entries:
        bounded.append(each)
        unbounded.append(each)

    sure, shown = verify(document, unbounded.journal()).result, verify(document, bounded.journal()).result

    assert sure is not Result.INCONCLUSIVE
    assert shown in (sure, Result.INCONCLUSIVE)
    if not bounded.evicted:
        assert shown is sure


@given(st.lists(st.tuples(STATUSES, COUNT), min_size=2, max_size=3), st.lists(STATUSES, max_size=7))
def test_an_order_is_what_a_regular_expression_says(expected: list[tuple[int, Any]], statuses: list[int]) -> None:
    named = {200: "a", 429: "b", 500: "c"}

    def quantified(status: int, count: Any) -> str:
        least, most = (count, count) if isinstance(count, int) else (count.get("at_least", 0), count.get("at_most", ""))
        return f"{named[status]}{{{least},{most}}}"

    relevant = "".join(named[status] for status in statuses if status in dict(expected))
    matches = re.fullmatch("".join(quantified(*each) for each in expected), relevant) is not None

    assert (verify(in_order(*expected), journal(*statuses)).result is Result.MATCH) == matches


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "The document [] is not an object with expectations and order."),
        ({}, "The member expectations None is not a list of 1 to 50 objects with match and count."),
        ({"expectations": []}, "The member expectations [] is not a list of 1 to 50 objects with match and count."),
        ({"expectation": []}, "The member of the document 'expectation' is not one of expectations, order."),
        ({"expectations": [{}], "order": "yes"}, "The member order 'yes' is not true or false."),
        ({"expectations": [5]}, "The expectation 5 is not an object with match and count."),
        ({"expectations": [{"matches": {}}]}, "The member of the expectation 'matches' is not one of match, count."),
        ({"expectations": [{"match": 5}]}, "The match 5 is not an object."),
        (
            {"expectations": [{"match": {"limit": 5}}]},
            f"The member 'limit' is not one of {', '.join(MEMBERS[:-1])}.",
        ),
        (
            {"expectations": [{"count": -1}]},
            "The count -1 is not a whole number from 0, or an object with at_least, at_most or both.",
        ),
        (
            {"expectations": [{"count": {}}]},
            "The count {} is not a whole number from 0, or an object with at_least, at_most or both.",
        ),
        ({"expectations": [{"count": {"at_last": 1}}]}, "The member of the count 'at_last' is not one of at_least, at_most."),
        ({"expectations": [{"count": {"at_least": True}}]}, "The at_least True is not a whole number from 0."),
        (
            {"expectations": [{"count": {"at_least": 2, "at_most": 1}}]},
            "The at_least 2 is more than the at_most 1; no count could be both.",
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_a_sentence(document: Any, sentence: str) -> None:
    with pytest.raises(DocumentError) as refused:
        verify(document, Journal())

    assert str(refused.value) == sentence
