from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.case import Probe
from conformance.probes.caching import CacheControl, EntityTag, Modified, NotModified, NotModifiedHeaders, TagLaw
from conformance.selftest import bench
from conformance.selftest.acme import Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider


def tagged(tag: str | None) -> Script:
    """Acme with *tag* on every answer."""

    def change(_: Asked, found: Answer) -> Answer:
        fields = tuple(pair for pair in found.headers if pair[0] != "ETag")
        return replace(found, headers=fields if tag is None else (*fields, ("ETag", tag)))

    return changed(change)


def deaf(asked: Asked) -> Answer:
    """Acme, deaf to conditions."""
    return Acme()(Asked(asked.method, asked.target, tuple(pair for pair in asked.headers if pair[0] != "If-None-Match")))


@pytest.mark.parametrize(
    ("tag", "kinds"),
    [
        ('"abc"', set()),
        ('W/"abc"', set()),
        ('""', set()),
        ('"\xe9"', set()),
        (None, {"absent"}),
        ("abc", {"syntax"}),
        ("'abc'", {"syntax"}),
        ('w/"abc"', {"syntax"}),
        ('"a b"', {"syntax"}),
        ('"abc', {"syntax"}),
        ('"a", "b"', {"syntax"}),
    ],
)
def test_an_entity_tag_is_judged_by_its_syntax(provider: Provider, tag: str | None, kinds: set[str]) -> None:
    assert bench.probe(EntityTag(), provider, tagged(tag)).kinds == kinds


def test_one_strong_tag_for_two_bodies_is_a_violation(provider: Provider) -> None:
    assert bench.probe(TagLaw(), provider, tagged('"same"')).kinds == {"same-tag"}


def test_one_weak_tag_for_two_bodies_is_allowed(provider: Provider) -> None:
    assert bench.probe(TagLaw(), provider, tagged('W/"same"')).violations == ()


def test_another_tag_for_the_same_body_is_a_violation(provider: Provider) -> None:
    count = iter(range(100))

    def script(asked: Asked) -> Answer:
        return tagged(f'"{next(count)}"')(asked)

    assert bench.probe(TagLaw(), provider, script).kinds == {"other-tag"}


def test_without_tags_there_is_no_law(provider: Provider) -> None:
    found = bench.probe(TagLaw(), provider, tagged(None))

    assert found.violations == ()
    assert set(found.not_applicable) == {"the answer has no ETag"}


@pytest.mark.parametrize("form", ["same", "list", "weak", "any"])
def test_a_gateway_that_is_deaf_to_conditions_is_a_violation(provider: Provider, form: str) -> None:
    (violation,) = bench.probe(NotModified(form), provider, deaf).violations

    assert (violation.expected, violation.actual) == ("status 304", "status 200")


def test_a_list_that_changed_meanwhile_may_be_answered_200(provider: Provider) -> None:
    count = iter(range(100))
    script = changed(lambda _, found: replace(found, headers=(("ETag", f'"{next(count)}"'),)))

    assert bench.probe(NotModified("same"), provider, script).violations == ()


def test_a_304_with_a_body_is_a_violation(provider: Provider) -> None:
    script = changed(lambda _, found: replace(found, content=b"{}") if found.status == 304 else found)

    assert bench.probe(NotModified("same"), provider, script).kinds == {"body"}


@pytest.mark.parametrize("form", ["same", "list", "weak"])
def test_without_a_tag_there_is_nothing_to_compare(provider: Provider, form: str) -> None:
    found = bench.probe(NotModified(form), provider, tagged(None))

    assert found.not_applicable == ("the answer has no ETag",)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ((("ETag", '"other"'), ("Cache-Control", "public, max-age=300")), {"value"}),
        ((("Cache-Control", "public, max-age=300"),), {"absent"}),
        ((), {"absent"}),
    ],
)
def test_a_304_without_the_fields_of_the_200_is_a_violation(
    provider: Provider, fields: tuple[tuple[str, str], ...], kinds: set[str]
) -> None:
    script = changed(lambda _, found: Answer(304, fields) if found.status == 304 else found)

    assert bench.probe(NotModifiedHeaders(["ETag", "Cache-Control"]), provider, script).kinds == kinds


def test_a_field_that_the_200_has_not_is_not_asked_of_the_304(provider: Provider) -> None:
    assert bench.probe(NotModifiedHeaders(["Vary"]), provider, Acme()).violations == ()


def test_without_a_304_its_fields_are_not_judged(provider: Provider) -> None:
    found = bench.probe(NotModifiedHeaders(["ETag"]), provider, deaf)

    assert found.not_applicable == ("the answer is 200, not 304",)


def test_a_304_for_any_tag_is_a_violation(provider: Provider) -> None:
    script = changed(lambda asked, found: Answer(304) if asked.header("If-None-Match") else found)

    assert bench.probe(Modified(), provider, script).kinds == {"status"}


@pytest.mark.parametrize(
    ("field", "kinds"),
    [
        ("public, max-age=300", set()),
        ('max-age="300",PUBLIC', set()),
        ("public, max-age=300, stale-while-revalidate=300", set()),
        ("max-age=300", {"directive"}),
        ("public, max-age=30", {"directive"}),
        ("", {"directive"}),
        ("no-store", {"directive"}),
    ],
)
def test_directives_are_judged_in_any_order_and_case(provider: Provider, field: str, kinds: set[str]) -> None:
    script: Script = lambda _: answer({"data": []}, Cache_Control=field)  # noqa: E731  # a gateway of one line

    assert bench.probe(CacheControl(["public", "max-age=300"]), provider, script).kinds == kinds


@pytest.mark.parametrize("probe", [EntityTag(), TagLaw(), CacheControl(["public"]), NotModified("any")])
def test_caching_is_judged_on_a_200_alone(provider: Provider, probe: Probe) -> None:
    found = bench.probe(probe, provider, lambda _: Answer(404))

    assert found.violations == ()
    assert set(found.not_applicable) == {"the answer is 404, not 200"}
