from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.message import BEARER, TELLING, Pick, Request, Response
from specs import Provider

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def retrieve(model: str | Pick) -> Request:
    """The request for one model."""
    return Request("retrieveModel", path=(("model", model),))


@pytest.mark.parametrize(
    ("model", "segment"),
    [
        ("gpt-4o", "gpt-4o"),
        ("acme/large", "acme%2Flarge"),
        ("acme/large:free", "acme%2Flarge%3Afree"),
        ("100%", "100%25"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("a?b#c", "a%3Fb%23c"),
        ("模型", "%E6%A8%A1%E5%9E%8B"),
    ],
)
def test_an_id_is_encoded_as_one_segment(provider: Provider, model: str, segment: str) -> None:
    assert retrieve(model).reference(provider.operations["retrieveModel"]) == f"/v1/models/{segment}"


@given(model=TEXT)
def test_any_id_comes_back_from_its_segment(provider: Provider, model: str) -> None:
    path = retrieve(model).reference(provider.operations["retrieveModel"])

    assert path.count("/") == 3
    assert unquote(path.removeprefix("/v1/models/")) == model


@given(name=TEXT, value=TEXT)
def test_any_query_comes_back_from_the_url(provider: Provider, name: str, value: str) -> None:
    url = Request("listModels", query=((name, value),)).reference(provider.operations["listModels"])

    assert parse_qsl(url.partition("?")[2]) == [(name, value)]


def test_commas_between_values_are_not_encoded(provider: Provider) -> None:
    request = Request("listModels", query=(("features", "tools,web"), ("model", "a b&c")))

    assert request.reference(provider.operations["listModels"]) == "/v1/models?features=tools,web&model=a+b%26c"


def test_a_pick_is_written_with_its_name_until_it_is_known(provider: Provider) -> None:
    request = retrieve(Pick(Request("listModels"), "the first id"))

    assert request.reference(provider.operations["retrieveModel"]) == "/v1/models/{the first id}"


def test_a_pick_in_the_query_is_written_with_its_name(provider: Provider) -> None:
    asked = Request("listModels", query=(("model", Pick(Request("listModels"), "part of the last id")),))

    assert asked.reference(provider.operations["listModels"]) == "/v1/models?model={part of the last id}"


def test_a_resolved_request_holds_no_picks() -> None:
    first = Pick(Request("listModels"), "the first id")
    tag = Pick(Request("listModels"), "its ETag")
    request = retrieve(first).but(headers=(("If-None-Match", tag),))

    known = request.resolved({first: "a", tag: '"1"'})

    assert request.picks == (first, tag)
    assert known.picks == ()
    assert (known.path, known.headers) == ((("model", "a"),), (("If-None-Match", '"1"'),))


def test_equal_requests_are_one_key() -> None:
    assert len({Request("listModels"), Request("listModels", query=()), Request("listModels", repetition=1)}) == 2


def test_a_request_holds_the_place_of_the_key_and_not_the_key() -> None:
    assert Request("listModels").authorization == BEARER == "Bearer {key}"


def test_several_lines_of_a_field_are_joined() -> None:
    response = Response(200, (("Cache-Control", "public"), ("cache-control", "max-age=300")), b"")

    assert response.header("CACHE-CONTROL") == "public, max-age=300"
    assert response.header("ETag") is None


@pytest.mark.parametrize(
    ("field", "media_type"),
    [("application/json", "application/json"), ("Application/JSON ; charset=utf-8", "application/json"), ("", "")],
)
def test_a_media_type_has_no_parameters_and_no_capitals(field: str, media_type: str) -> None:
    assert Response(200, (("Content-Type", field),), b"").media_type == media_type


def test_without_a_content_type_the_media_type_is_empty() -> None:
    assert Response(200, (), b"").media_type == ""


def test_a_value_that_is_taken_from_another_answer_stays_the_same_kind_of_value() -> None:
    before, after = Request("listModels"), Request("listModels", repetition=1)
    picks = (Pick(before, TELLING, "type"), Pick(before, "the first id"))

    moved = Request("listModels", query=tuple((f"p{at}", pick) for at, pick in enumerate(picks))).moved(before, after)

    assert moved.picks == (Pick(after, TELLING, "type"), Pick(after, "the first id"))
