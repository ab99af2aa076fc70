from __future__ import annotations

import pytest

from specs.spans import Span, replaced


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ([], "abcdef"),
        ([(1, 3)], "a-def"),
        ([(4, 6), (0, 1)], "-bcd-"),
        ([(1, 4), (2, 3), (3, 5)], "a-f"),
        ([(1, 3), (3, 5)], "a--f"),
        ([(0, 6), (0, 6)], "-"),
    ],
)
def test_each_part_becomes_the_marker_and_parts_that_overlap_become_one(spans: list[Span], text: str) -> None:
    assert replaced("abcdef", spans, "-") == text
