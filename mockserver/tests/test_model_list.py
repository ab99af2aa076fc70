"""A list of models in an answer, put back changed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.model_list import STEP, ModelList
from specs.recording import encode

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PLACES: list[tuple[Any, tuple[str, ...]]] = [
    ([], ()),
    ({"data": []}, ("data",)),
    ({"ok": True, "größe": {"a/b": [1, {"models": []}], "n": 1.5}, "z": None}, ("größe", "a/b", "1", "models")),
]


@given(st.sampled_from(PLACES), st.lists(VALUE, max_size=4), st.sampled_from([1, STEP, STEP + 1]))
def test_it_is_encoded_in_steps_as_it_is_at_once(place: tuple[Any, tuple[str, ...]], items: list[Any], times: int) -> None:
    body, at = place
    models = ModelList(body, at, [])

    assert models.encoded(items * times) == encode(models.replaced(items * times))
