"""Values for all filters at once: such that leaving any filter out would show."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from conformance.case import NotApplicable
from conformance.fit import fitting
from conformance.selftest import bench
from conformance.telling import telling
from specs import Provider


def told(provider: Provider, models: Sequence[Any]) -> Mapping[str, str]:
    """The values that are chosen for a list of *models*."""
    return telling(bench.exchange({"data": list(models)}), provider.operations["listModels"])


def model(name: str, types: str, features: str) -> dict[str, str]:
    return {"id": name, "types": types, "features": features}


def found(provider: Provider, models: Sequence[Any], values: Mapping[str, str]) -> list[str]:
    """The ids of what all of *values* leave."""
    filters = {each.name: each.filter for each in provider.operations["listModels"].query_parameters}
    return [
        each["id"] for each in models if all((known := filters[name]) and fitting(known, values[name])(each) for name in values)
    ]


TELLS = (
    model("mini-one", "chat", "tools"),
    model("mini-two", "image", "tools"),
    model("mini-three", "chat", "web"),
    model("large", "chat", "tools"),
)


def test_every_filter_has_a_value_and_something_fits_them_all(provider: Provider) -> None:
    values = told(provider, TELLS)

    assert values.keys() == {"type", "features", "model"}
    assert found(provider, TELLS, values) == ["mini-one"]


@pytest.mark.parametrize("left_out", ["type", "features", "model"])
def test_without_any_one_of_the_filters_the_answer_would_differ(provider: Provider, left_out: str) -> None:
    values = dict(told(provider, TELLS))
    with_all = found(provider, TELLS, values)

    del values[left_out]

    assert found(provider, TELLS, values) != with_all


def test_of_combinations_that_tell_as_much_the_one_that_leaves_most_is_taken(provider: Provider) -> None:
    models = (*TELLS, model("mini-four", "chat", "tools"))

    assert found(provider, models, told(provider, models)) == ["mini-one", "mini-four"]


@pytest.mark.parametrize("models", [(), ("text", 7, None), (model("a-name", "unheard of", "tools"),), ({"id": "a-name"},)])
def test_a_list_in_which_nothing_fits_does_not_apply(provider: Provider, models: tuple[Any, ...]) -> None:
    with pytest.raises(NotApplicable, match="no item of the list fits a value of each filter"):
        told(provider, models)


def test_an_answer_that_is_no_list_does_not_apply(provider: Provider) -> None:
    with pytest.raises(NotApplicable, match="the list answered 404"):
        telling(bench.exchange({"data": []}, status=404), provider.operations["listModels"])


def test_an_operation_without_items_does_not_apply(provider: Provider) -> None:
    with pytest.raises(NotApplicable, match="the contract does not say"):
        telling(bench.exchange({"data": []}), provider.operations["retrieveModel"])


def test_the_same_list_always_gives_the_same_values(provider: Provider) -> None:
    assert told(provider, TELLS) == told(provider, TELLS)


def test_a_list_of_many_names_takes_no_longer_than_one_of_some(provider: Provider) -> None:
    models = [
        model(f"name{number} of{number * 7} {number * 31}", "chat,image,voice", "tools,web,vision") for number in range(20_000)
    ]

    begun = time.process_time()
    told(provider, models)

    assert time.process_time() - begun < 2.0
