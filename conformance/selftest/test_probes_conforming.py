"""What holds for every probe alike: a gateway that keeps its contract is accused of nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.probes import PROBES
from conformance.selftest import bench
from conformance.selftest.acme import Acme
from conformance.selftest.gateway import Answer
from specs import Provider, formats

REFUSING = {"status": 401}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "shown": {"requests": [{"query": {}}, {"query": {"type": "chat"}, "headers": {"Accept": "application/json"}}]},
    "constant": {"member": "created"},
    "unpaged": {"query": {"limit": "1", "page": "2"}},
    "bad-value": {"parameters": ["type", "sort_by"], "statuses": [200, 400]},
    "missing-key": REFUSING,
    "wrong-key": REFUSING,
    "malformed-authorization": REFUSING,
    "filter": {"parameter": "type"},
    "filter-list": {"parameter": "features"},
    "filters-joined": {"requests": [{"query": {"type": "chat", "features": "tools"}}]},
    "search": {"parameter": "model"},
    "alias": {"parameter": "type"},
    "sort": {"parameter": "sort_by", "value": "size", "direction": "sort_order"},
    "sort-permutation": {"parameter": "sort_by"},
    "not-modified": {"form": "same"},
    "not-modified-headers": {"names": ["ETag", "Cache-Control"]},
    "cache-control": {"directives": ["public", "max-age=300"]},
    "retrieve-unknown": {"statuses": [404]},
}
RETRIEVING = ("retrieve", "retrieve-equal", "retrieve-unknown")
OTHER_CONTRACTS = ("anonymous", "rate-limit", "retry-after")
"""Probes of what Acme does not offer; they have tests of their own."""

NAMES = [name for name in PROBES if name not in OTHER_CONTRACTS]


def probed(name: str, provider: Provider, script: Callable[..., Answer], seed: int = 0) -> bench.Probed:
    """What the probe *name* finds."""
    operation = "retrieveModel" if name in RETRIEVING else "listModels"
    return bench.probe(PROBES[name](**PARAMETERS.get(name, {})), provider, script, operation, seed)


def test_every_probe_that_a_contract_may_name_is_there() -> None:
    *_, probe = formats.schema("requirements")["$defs"]["check"]["oneOf"]

    assert set(probe["properties"]["probe"]["enum"]) == set(PROBES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_conforming_gateway_is_accused_of_nothing(provider: Provider, name: str, seed: int) -> None:
    found = probed(name, provider, Acme(), seed)

    assert found.violations == ()
    assert found.cases
    assert len(found.not_applicable) < len(found.cases)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_catalogue_is_accused_of_nothing(provider: Provider, name: str) -> None:
    assert probed(name, provider, Acme(models=())).violations == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_first_case_is_the_same_for_every_seed_or_drawn(provider: Provider, name: str) -> None:
    one, again = probed(name, provider, Acme(), 4), probed(name, provider, Acme(), 4)

    assert [case.requests for case in one.cases] == [case.requests for case in again.cases]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_but_what_reads(provider: Provider, name: str) -> None:
    methods = {request.method for case in probed(name, provider, Acme()).cases for request in case.requests}

    assert methods <= ({"POST"} if name == "method" else {"GET", "HEAD", "OPTIONS"})


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "types", "features", "size", "data"]), inside, max_size=4)
    ),
    max_leaves=8,
)
BODIES = st.binary(max_size=40) | ITEMS | st.lists(ITEMS, max_size=4).map(lambda items: {"data": items})


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.nested_given])  # a probe draws by itself
@given(
    bodies=st.lists(BODIES, min_size=1, max_size=4),
    statuses=st.lists(st.sampled_from([200, 200, 200, 304, 400, 401, 404, 405, 429]), min_size=1, max_size=4),
    fields=st.lists(st.sampled_from(["", '"1"', 'W/"1"', "garbage", '"\xe9"', ","]), min_size=1, max_size=3),
)
def test_whatever_a_gateway_answers_is_judged(
    provider: Provider, name: str, bodies: list[Any], statuses: list[int], fields: list[str]
) -> None:
    count = iter(range(10_000))

    def hostile(_: object) -> Answer:
        turn = next(count)
        exchange = bench.exchange(bodies[turn % len(bodies)])
        field = fields[turn % len(fields)]
        named = ("ETag", "Cache-Control", "Allow", "WWW-Authenticate", "Content-Type", "Retry-After")
        return Answer(statuses[turn % len(statuses)], tuple((each, field) for each in named), exchange.response.content)

    probed(name, provider, hostile)
