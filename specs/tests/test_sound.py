from __future__ import annotations

from typing import Any

import pytest

from specs import sound
from specs.schema import Schemas
from specs.sound import Sound

MODEL = {"required": ["id"], "properties": {"id": {"type": "string"}, "size": {"enum": [1]}}}


def at(judge: Schemas, body: Any) -> list[str]:
    """Where the errors of *body* are."""
    return [error.at for error in judge.errors("/schema", body)]


def test_an_item_that_was_refused_is_refused_again_where_it_stands_then() -> None:
    judge = Schemas("small", {"openapi.yaml": {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": 1}, {"id": "a"}]) == ["/0/id"]
    assert at(judge, [{"id": "a"}, {"id": "b"}, {"id": 1}]) == ["/2/id"]


def test_an_item_that_was_allowed_by_one_schema_is_looked_at_by_another() -> None:
    judge = Schemas(
        "small", {"openapi.yaml": {"schema": {"properties": {"a": {"items": MODEL}, "b": {"items": {"type": "array"}}}}}}
    )

    assert at(judge, {"a": [{"id": "x"}]}) == []
    assert at(judge, {"a": [{"id": "x"}], "b": [{"id": "x"}]}) == ["/b/0"]


def test_values_that_only_python_takes_for_equal_are_different_items() -> None:
    judge = Schemas("small", {"openapi.yaml": {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": "a", "size": 1}]) == []
    assert at(judge, [{"id": "a", "size": True}]) == ["/0/size"]


def test_half_of_a_surrogate_pair_is_no_trouble() -> None:
    judge = Schemas("small", {"openapi.yaml": {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": "\ud800"}]) == []


def test_items_are_looked_at_once() -> None:
    looked: list[Any] = []

    class Watched(dict[str, Any]):
        def items(self) -> Any:
            looked.append(self)
            return super().items()

    validator = Sound().validator({"items": Watched(MODEL)})

    assert list(validator.iter_errors([{"id": "a"}, {"id": "b"}])) == []
    before = len(looked)

    assert list(validator.iter_errors([{"id": "b"}, {"id": "a"}, {"id": "a"}])) == []
    assert len(looked) == before > 0


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "MOST", 2)
    memory = Sound()
    validator = memory.validator({"items": MODEL})

    assert list(validator.iter_errors([{"id": str(number)} for number in range(7)])) == []
    assert len(memory) <= 2


def test_what_stands_behind_a_prefix_is_looked_at_each_time() -> None:
    judge = Schemas("small", {"openapi.yaml": {"schema": {"prefixItems": [True], "items": MODEL}}})

    assert at(judge, [{}, {"id": 1}]) == ["/1/id"]
    assert at(judge, [{}, {"id": 1}]) == ["/1/id"]
