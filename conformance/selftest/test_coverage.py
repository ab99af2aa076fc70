from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.coverage import LONGEST_NAME, MOST_UNDECLARED, Coverage
from specs.schema import Schemas

LIST = {
    "type": "object",
    "properties": {"data": {"type": "array", "items": {"$ref": "#/model"}}, "next": {"$ref": "#/list"}},
}
MODEL = {
    "allOf": [{"properties": {"id": {"type": "string"}}}, {"additionalProperties": {"properties": {"data": {}}}}],
    "properties": {"open": True, "shut": {"properties": {"id": {}}}},
}
SCHEMAS = Schemas("acme", {"openapi.yaml": {"list": LIST, "model": MODEL}})

NAMES = st.sampled_from(["data", "next", "id", "open", "shut", "other", "7", "a/b"])
BODIES = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES, inside, max_size=5),
    max_leaves=30,
)


@given(BODIES)
def test_the_places_are_those_that_a_visit_of_every_value_comes_by(body: Any) -> None:
    visits = list(SCHEMAS.visits("/list", body))
    spoken_of = {at for _, at, _ in visits}
    members = {
        f"{at}/{name.replace('/', '~1')}" for _, at, value in visits if isinstance(value, dict) for name in value
    } - spoken_of

    places, undeclared = Coverage(SCHEMAS).of("/list", body)

    assert places == {place for place, _, _ in visits}
    assert undeclared == {"/".join("*" if token.isdecimal() else token for token in each.split("/")) for each in members}


def test_a_body_that_makes_up_its_names_is_not_listed_whole() -> None:
    body = {f"member-{number}": 1 for number in range(MOST_UNDECLARED + 50)}

    assert len(Coverage(SCHEMAS).of("/list", body)[1]) == MOST_UNDECLARED


def test_a_long_name_is_cut() -> None:
    (name,) = Coverage(SCHEMAS).of("/list", {"x" * 10_000_000: 1})[1]

    assert name == f"/{'x' * LONGEST_NAME}"
