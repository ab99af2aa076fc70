from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from conformance.case import Probe
from conformance.probes.retrieving import Retrieve, RetrieveEqual, RetrieveUnknown
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider


def retrieved(probe: Probe, provider: Provider, script: Script) -> bench.Probed:
    """What *probe* finds at the operation that retrieves."""
    return bench.probe(probe, provider, script, "retrieveModel")


def answering(body: Any, status: int = 200) -> Script:
    """Acme, but every single model is *body*."""
    return changed(lambda asked, found: found if asked.path == "/v1/models" else answer(body, status))


def test_the_first_the_last_and_an_odd_id_are_asked_for_encoded(provider: Provider) -> None:
    seen: list[str] = []

    def script(asked: Asked) -> Answer:
        seen.append(asked.target)
        return Acme()(asked)

    retrieved(Retrieve(), provider, script)

    assert seen[1:] == [f"/v1/models/{quote(str(MODELS[index]['id']), safe='')}" for index in (0, -1, 0)]


def test_a_listed_id_that_is_not_found_is_a_violation(provider: Provider) -> None:
    assert retrieved(Retrieve(), provider, answering({"error": "none"}, 404)).kinds == {"status"}


def test_a_gateway_that_does_not_decode_a_slash_is_a_violation(provider: Provider) -> None:
    script = changed(lambda asked, found: Answer(404) if "%2F" in asked.target else found)

    found = retrieved(Retrieve(), provider, script)

    assert {violation.exchange.sent.path[0][1] for violation in found.violations} == {MODELS[0]["id"]}


def test_another_model_than_the_one_that_was_asked_for_is_a_violation(provider: Provider) -> None:
    found = retrieved(Retrieve(), provider, answering({"id": "another"}))

    assert found.kinds == {"id"}
    assert found.violations[0].actual == '"another"'


def test_a_model_without_an_id_lacks_it_and_one_that_is_null_has_that(provider: Provider) -> None:
    assert retrieved(Retrieve(), provider, answering({})).violations[0].actual == "it is absent"
    assert retrieved(Retrieve(), provider, answering({"id": None})).violations[0].actual == "null"


@pytest.mark.parametrize("body", [[], "x", None, 7])
def test_what_is_no_object_is_left_to_the_schema(provider: Provider, body: Any) -> None:
    assert set(retrieved(Retrieve(), provider, answering(body)).not_applicable) == {"the answer is not an object"}


@pytest.mark.parametrize(
    ("change", "at"),
    [({"size": 31}, "/size"), ({"size": "30"}, "/size"), ({"extra": 1}, "/extra"), ({"types": None}, "/types")],
)
def test_a_member_that_differs_from_the_list_is_named(provider: Provider, change: dict[str, Any], at: str) -> None:
    found = retrieved(RetrieveEqual(), provider, answering({**MODELS[0], **change}))

    assert {violation.at for violation in found.violations} == {at}


def test_a_member_that_is_lost_is_named(provider: Provider) -> None:
    body = {name: value for name, value in MODELS[0].items() if name != "size"}

    (violation, *_) = retrieved(RetrieveEqual(), provider, answering(body)).violations

    assert (violation.at, violation.actual) == ("/size", "it is absent")


def test_the_order_of_members_does_not_matter(provider: Provider) -> None:
    body = dict(reversed(MODELS[0].items()))

    assert retrieved(RetrieveEqual(), provider, answering(body)).violations == ()


def test_a_comparison_does_not_apply_when_the_model_is_not_found(provider: Provider) -> None:
    found = retrieved(RetrieveEqual(), provider, answering({}, 404))

    assert set(found.not_applicable) == {"the answer is 404, not 200"}


def test_an_unknown_id_that_is_found_is_a_violation(provider: Provider) -> None:
    assert retrieved(RetrieveUnknown([404]), provider, answering({"id": "anything"})).kinds == {"status"}


def test_an_unknown_id_is_one_that_no_list_has(provider: Provider) -> None:
    (case,) = retrieved(RetrieveUnknown([404]), provider, Acme()).cases

    ((name, value),) = case.requests[0].path
    assert name == "model"
    assert str(value).startswith("no-such-model-")


def test_where_nothing_is_retrieved_no_id_can_be_unknown(provider: Provider) -> None:
    with pytest.raises(ValueError, match="listModels retrieves nothing"):
        bench.probe(RetrieveUnknown([404]), provider, Acme())


@pytest.mark.parametrize("size", ["30.0", "3e1", "0.30E+2"])
def test_a_number_that_is_spelled_otherwise_alone_than_in_the_list_is_equal(provider: Provider, size: str) -> None:
    def respelled(asked: Asked, found: Answer) -> Answer:
        if asked.path == "/v1/models":
            return found
        return replace(found, content=found.content.replace(b'"size": 30', f'"size": {size}'.encode()))

    assert retrieved(RetrieveEqual(), provider, changed(respelled)).violations == ()


def test_true_is_not_the_number_one(provider: Provider) -> None:
    models = ({**MODELS[0], "size": 1},)

    def script(asked: Asked) -> Answer:
        found = Acme(models)(asked)
        return (
            found
            if asked.path == "/v1/models"
            else replace(found, content=found.content.replace(b'"size": 1', b'"size": true'))
        )

    assert retrieved(RetrieveEqual(), provider, script).kinds == {"differs"}


def test_a_member_that_may_differ_is_not_compared_and_the_others_are(provider: Provider) -> None:
    def grown(asked: Asked, found: Answer) -> Answer:
        return (
            found if asked.path == "/v1/models" else replace(found, content=found.content.replace(b'"size": 30', b'"size": 31'))
        )

    assert retrieved(RetrieveEqual(without=["size"]), provider, changed(grown)).violations == ()
    assert retrieved(RetrieveEqual(without=["id"]), provider, changed(grown)).kinds == {"differs"}
