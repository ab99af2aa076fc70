from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.case import Probe
from conformance.probes.filtering import NOWHERE, Alias, FilterBy, FilterList, FiltersJoined, Search
from conformance.probes.sorting import Sort, SortPermutation
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider

SORT = Sort("sort_by", "size", "sort_order")
FILTERING: list[Probe] = [
    FilterBy("type"),
    FilterList("features"),
    FiltersJoined(),
    Search("model"),
    SORT,
    SortPermutation("sort_by"),
]


def ignoring(name: str) -> Script:
    """Acme, deaf to the query parameter *name*."""

    def script(asked: Asked) -> Answer:
        return Acme()(Asked(asked.method, re.sub(rf"{name}=[^&]*&?", "", asked.target), asked.headers))

    return script


def listing(change: Callable[[dict[str, str], list[Any]], list[Any]]) -> Script:
    """Acme, with *change* made to the items of every list that has a query."""

    def script(asked: Asked, found: Answer) -> Answer:
        if found.status != 200 or not asked.query:
            return found
        return answer({"data": change(asked.query, bench.exchange(found.content).json["data"])})

    return changed(script)


@pytest.mark.parametrize(
    ("probe", "parameter"),
    [
        (FilterBy("type"), "type"),
        (FilterList("features"), "features"),
        (FiltersJoined(), "features"),
        (Search("model"), "model"),
    ],
)
def test_a_filter_that_is_not_heard_shows_items_too_many(provider: Provider, probe: Probe, parameter: str) -> None:
    assert bench.probe(probe, provider, ignoring(parameter)).kinds == {"extra-item"}


@pytest.mark.parametrize("probe", [FilterBy("type"), FiltersJoined([{"query": {"type": "chat", "features": "tools"}}])])
def test_a_filter_that_loses_an_item_is_a_violation(provider: Provider, probe: Probe) -> None:
    assert bench.probe(probe, provider, listing(lambda _, items: items[1:])).kinds == {"missing-item"}


@pytest.mark.parametrize("probe", FILTERING)
def test_a_filter_that_is_refused_is_a_violation(provider: Provider, probe: Probe) -> None:
    script = changed(lambda asked, found: Answer(400) if asked.query else found)

    assert bench.probe(probe, provider, script).kinds == {"status"}


@pytest.mark.parametrize("probe", FILTERING)
def test_without_a_plain_list_a_filter_is_not_judged(provider: Provider, probe: Probe) -> None:
    script = changed(lambda asked, found: found if asked.query else answer({"models": []}))

    assert bench.probe(probe, provider, script).violations == ()


def test_a_filter_has_one_case_for_each_documented_value(provider: Provider) -> None:
    cases = bench.probe(FilterBy("type"), provider, Acme()).cases

    assert [case.requests[1].query for case in cases] == [(("type", value),) for value in ("chat", "image", "voice")]


@pytest.mark.parametrize("held", ["image,chat", "image, chat", "image，chat", ["image", "chat"], ["t2t", "image"], "t2t,image"])
def test_a_field_may_be_written_as_a_list_or_with_commas_or_old_names(provider: Provider, held: Any) -> None:
    shown = [{"id": "a", "types": held}, {"id": "b", "types": "voice"}]

    def script(asked: Asked) -> Answer:
        wanted = asked.query.get("type")
        kept = [each for each in shown if wanted is None or (each["id"] == "b") == (wanted == "voice")]
        return answer({"data": kept})

    assert bench.probe(FilterBy("type"), provider, script).violations == ()


@pytest.mark.parametrize("joined", [all, any])
def test_two_values_may_mean_both_or_either(provider: Provider, joined: Callable[[Any], bool]) -> None:
    def script(asked: Asked) -> Answer:
        wanted = asked.query.get("features", "").split(",") if "features" in asked.query else []
        return answer({"data": [each for each in MODELS if not wanted or joined(one in each["features"] for one in wanted)]})

    assert bench.probe(FilterList("features"), provider, script).violations == ()


def test_two_values_that_lose_what_has_both_are_a_violation(provider: Provider) -> None:
    assert bench.probe(FilterList("features"), provider, listing(lambda _, __: [])).kinds == {"missing-item"}


def test_filters_that_are_joined_by_or_are_a_violation(provider: Provider) -> None:
    def either(asked: Asked) -> Answer:
        query = asked.query
        kept = [
            each
            for each in MODELS
            if not query or any(value in str(each.get({"type": "types"}.get(name, name))) for name, value in query.items())
        ]
        return answer({"data": kept})

    probe = FiltersJoined([{"query": {"type": "chat", "features": "web"}}])

    assert "extra-item" in bench.probe(probe, provider, either).kinds


def test_a_search_that_misses_an_item_is_a_violation(provider: Provider) -> None:
    assert bench.probe(Search("model"), provider, listing(lambda _, __: [])).kinds == {"missing-item"}


def test_a_search_for_nothing_that_finds_something_is_a_violation(provider: Provider) -> None:
    script = listing(lambda query, items: [MODELS[0]] if query.get("model") == NOWHERE else items)

    (violation,) = bench.probe(Search("model"), provider, script).violations

    assert violation.exchange.url.endswith(f"?model={NOWHERE}")


def test_a_search_for_nothing_that_is_refused_is_a_violation(provider: Provider) -> None:
    script = changed(lambda asked, found: Answer(404) if asked.query.get("model") == NOWHERE else found)

    assert bench.probe(Search("model"), provider, script).kinds == {"status"}


def test_a_search_may_find_more_than_the_field_shows(provider: Provider) -> None:
    script = listing(lambda query, items: items if query.get("model") == NOWHERE else list(MODELS))

    assert bench.probe(Search("model"), provider, script).violations == ()


def test_a_search_that_finds_what_no_list_has_is_a_violation(provider: Provider) -> None:
    script = listing(lambda query, items: items if query.get("model") == NOWHERE else [*items, {"id": "secret"}])

    assert bench.probe(Search("model"), provider, script).kinds == {"extra-item"}


def test_an_old_name_that_gives_other_items_is_a_violation(provider: Provider) -> None:
    script = listing(lambda query, items: [] if query.get("type") == "t2t" else items)

    assert bench.probe(Alias("type"), provider, script).kinds == {"missing-item"}


def test_an_old_name_that_is_refused_is_a_violation(provider: Provider) -> None:
    script = changed(lambda asked, found: Answer(400) if asked.query.get("type") == "t2t" else found)

    assert bench.probe(Alias("type"), provider, script).kinds == {"status"}


@given(chosen=st.lists(st.sampled_from(MODELS), max_size=4, unique_by=lambda model: str(model["id"])), seed=st.integers(0, 20))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.nested_given])  # a probe draws by itself
def test_any_catalogue_that_is_filtered_rightly_is_kept(provider: Provider, chosen: list[Any], seed: int) -> None:
    for probe in FILTERING:
        assert bench.probe(probe, provider, Acme(tuple(chosen)), seed=seed).violations == ()


# orders


def sized(*sizes: Any) -> Script:
    """A gateway whose list always has items of these sizes, in this order for asc and turned round for desc."""
    items = [{"id": f"model-{number}", "size": size} for number, size in enumerate(sizes)]

    def script(asked: Asked) -> Answer:
        return answer({"data": items[::-1] if asked.query.get("sort_order") == "desc" else items})

    return script


@pytest.mark.parametrize(
    "sizes",
    [
        (),
        (1,),
        (1, 2, 3),
        (2, 2, 2),
        (1, 2.5, 10),
        ("1", "2", "10"),
        ("2", 10),
        (1, None, 2),
        (1, "n/a", 2),
        (1, True, 2),
        (1, [], 2),
    ],
)
def test_numbers_in_order_are_kept(provider: Provider, sizes: tuple[Any, ...]) -> None:
    assert bench.probe(SORT, provider, sized(*sizes)).violations == ()


@pytest.mark.parametrize("sizes", [(2, 1), (1, 3, 2), ("10", "9"), ("10", "2"), (1, None, 0.5)])
def test_numbers_out_of_order_are_a_violation_both_ways(provider: Provider, sizes: tuple[Any, ...]) -> None:
    found = bench.probe(SORT, provider, sized(*sizes))

    assert [each.kind for each in found.violations] == ["order", "order"]
    assert {dict(each.exchange.sent.query)["sort_order"] for each in found.violations} == {"asc", "desc"}


def test_a_direction_that_is_not_heard_is_a_violation(provider: Provider) -> None:
    (violation, *_) = bench.probe(SORT, provider, ignoring("sort_order")).violations

    assert dict(violation.exchange.sent.query)["sort_order"] == "desc"


def test_an_order_names_both_numbers(provider: Provider) -> None:
    violation = bench.probe(SORT, provider, sized(2, 1)).violations[-1]

    assert (violation.at, violation.expected, violation.actual) == (
        "/data/1/size",
        "a number not below 2, which stands at /data/0/size",
        "1",
    )


def test_an_order_that_takes_an_item_away_is_a_violation(provider: Provider) -> None:
    assert bench.probe(SortPermutation("sort_by"), provider, listing(lambda _, items: items[1:])).kinds == {"missing-item"}


def test_an_order_that_shows_an_item_twice_is_a_violation(provider: Provider) -> None:
    assert bench.probe(SortPermutation("sort_by"), provider, listing(lambda _, items: [*items, items[0]])).kinds == {"count"}


def test_an_order_by_what_nobody_sees_cannot_be_asked_for(provider: Provider) -> None:
    with pytest.raises(ValueError, match="sort_by=order of listModels orders by no number that the page names"):
        bench.probe(Sort("sort_by", "order", "sort_order"), provider, Acme())
