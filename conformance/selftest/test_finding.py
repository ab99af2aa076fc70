from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.finding import Outcome, Violation, broken, fingerprint, group
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, changed
from conformance.selftest.bench import exchange
from conformance.selftest.gateway import Answer, Asked
from specs import Provider


def violation(at: str, kind: str = "type") -> Violation:
    """A violation at *at*."""
    return Violation(exchange({}), at, kind, "something", "something else")


def test_two_hundred_models_of_one_kind_are_one_group_with_three_examples(provider: Provider) -> None:
    (found,) = group(provider.requirements[0], [violation(f"/data/{index}/id") for index in range(200)])

    assert found.count == 200
    assert [each.at for each in found.first] == ["/data/0/id", "/data/1/id", "/data/2/id"]


def test_other_places_and_other_kinds_are_groups_of_their_own(provider: Provider) -> None:
    found = group(
        provider.requirements[0], [violation("/data/0/id"), violation("/data/0/id", "enum"), violation("/data/1/name")]
    )

    assert [each.count for each in found] == [1, 1, 1]


@pytest.mark.parametrize(
    ("one", "other"), [("/data/0/id", "/data/17/id"), ("/data/0/a/1/b", "/data/5/a/9/b"), ("/data/0", "/data/10")]
)
def test_a_fingerprint_does_not_depend_on_indices(provider: Provider, one: str, other: str) -> None:
    requirement = provider.requirements[0]

    assert fingerprint(requirement, violation(one)) == fingerprint(requirement, violation(other))


@pytest.mark.parametrize(
    "other", [violation("/data/0/name"), violation("/data/0/id", "enum"), violation("/data/0/id2"), violation("/data/0/1d")]
)
def test_a_fingerprint_depends_on_place_and_kind(provider: Provider, other: Violation) -> None:
    requirement = provider.requirements[0]

    assert fingerprint(requirement, violation("/data/0/id")) != fingerprint(requirement, other)


def test_a_fingerprint_depends_on_the_requirement(provider: Provider) -> None:
    one, other, *_ = provider.requirements

    assert fingerprint(one, violation("/data/0/id")) != fingerprint(other, violation("/data/0/id"))


def test_a_fingerprint_is_the_same_from_version_to_version(provider: Provider) -> None:
    assert fingerprint(provider.requirement("ACM-ID-01"), violation("/data/3/id")) == "45ee3393ed4f"


@pytest.mark.parametrize(
    ("id", "strict", "outcome"),
    [
        ("ACM-ID-01", False, Outcome.FAIL),
        ("ACM-ID-01", True, Outcome.FAIL),
        ("ACM-TIME-01", False, Outcome.WARN),
        ("ACM-TIME-01", True, Outcome.FAIL),
    ],
)
def test_a_broken_must_fails_and_a_should_only_when_strict(provider: Provider, id: str, strict: bool, outcome: Outcome) -> None:
    assert broken(provider.requirement(id), strict=strict) is outcome


def test_a_fingerprint_is_the_same_in_another_run_over_another_list_with_another_seed(provider: Provider) -> None:
    def prints(models: tuple[dict[str, Any], ...], **changes: Any) -> set[str]:
        def change(asked: Asked, found: Answer) -> Answer:
            return replace(found, content=found.content.replace(b'"id": "small"', b'"id": 7'))

        run = bench.run(provider, changed(change, models), **changes)
        return {group.fingerprint for each in run.findings for group in each.groups}

    assert prints(MODELS) == prints(MODELS[::-1], seed=9, depth="deep") == prints((*MODELS[2:], MODELS[1]), depth="quick")
