"""Bodies that are changed until they keep the invariants of a contract."""

from __future__ import annotations

import random
from types import MappingProxyType
from typing import Any

import pytest

from mockserver.catalogue.constraint import keep
from mockserver.preferences import PreferenceError
from specs.requirement import Check


def kept(body: Any, name: str, **parameters: Any) -> Any:
    keep(body, [Check("invariant", name, (), MappingProxyType(parameters))], random.Random(7))
    return body


def test_what_is_to_be_unique_becomes_so() -> None:
    body = {"data": [{"id": each} for each in ("a", "b", "a", "a-2", "a", 1, 1, True, None, None)]}

    values = [each["id"] for each in kept(body, "unique", at="/data/*/id")["data"]]

    assert values == ["a", "b", "a-2", "a-2-2", "a-3", 1, 2, True, None, None]


def test_members_that_are_to_be_equal_become_so() -> None:
    body = kept({"data": [{"id": "a", "root": "b"}, {"id": "a"}, 3]}, "equal", at="/data/*", members=["id", "root"])

    assert body == {"data": [{"id": "a", "root": "a"}, {"id": "a"}, 3]}


def test_times_become_seconds_that_can_be_true() -> None:
    body = kept({"data": [{"t": 7}, {"t": 0}, {"t": "x"}, {"t": 1e12}]}, "epoch-seconds", at="/data/*/t", zero=True)
    times = [each["t"] for each in body["data"]]

    assert times[1:3] == [0, "x"]
    assert all(1_262_304_000 <= each <= 1_767_225_600 for each in (times[0], times[3]))
    assert kept({"t": 0}, "epoch-seconds", at="/t")["t"] > 0


def test_lists_hold_documented_members() -> None:
    values = ["x", "y", "z"]
    body = kept(
        {"data": [{"m": "?"} for _ in range(50)] + [{"m": ["?"]}, {"m": None}]}, "members", at="/data/*/m", values=values
    )
    found = [each["m"] for each in body["data"]]

    assert all(set(each.split(",")) <= {*values, ""} for each in found[:50])
    assert len(set(found[:50])) > 5
    assert set(found[50]) <= set(values)
    assert found[51] is None


def test_prices_become_tiers_one_behind_the_other() -> None:
    def price(unit: str, **conditions: Any) -> dict[str, Any]:
        return {"unit": unit, "conditions": conditions}

    for seed in range(50):
        both = price("t", tokens={"gte": 9}, more={"gte": 9})
        body = [
            price("t", tokens={"lt": 3, "unit": "k"}),
            both,
            {"unit": "t"},
            price("s", tokens={}),
            price("t", tokens={"gte": 3}),
        ]
        parameters = MappingProxyType({"at": "/p/*", "conditions": ["tokens", "more"], "forbid": "gap"})
        keep({"p": {"kind": body}}, [Check("invariant", "tiers", (), parameters)], random.Random(seed))
        first, last = body[0]["conditions"]["tokens"], body[4]["conditions"]["tokens"]

        assert first["unit"] == "k"
        assert (first.get("lt"), first.get("lte")) == (last.get("gte"), last.get("gt"))
        assert both == price("t", tokens={"gte": 9}, more={"gte": 9})


def test_an_invariant_that_is_unknown_is_refused() -> None:
    with pytest.raises(PreferenceError, match="the invariant 'colourful' is none of strict-json, absent, unique"):
        kept({}, "colourful", at="")
