"""Texts that a regular expression matches."""

from __future__ import annotations

import random
import re

import pytest

from mockserver.catalogue.pattern import UnmatchableError, matching

PATTERNS = [
    "^[^/]+/.+$",
    "^[0-9]+$",
    "^(llm|tts)( *, *(llm|tts))*$",
    r"^\d{3,5}-\w+\s?\S\D\W$",
    "^a{2}b*?c+x?y{0,3}$",
    "plain",
    r"^(?:one|two)(x)\1$",
    r"^[\w.-]+@[^\s@]+$",
    r"^[^a]b[^\d]$",
    "^(?>a|b)c++$",
    "",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_drawn_is_found(pattern: str) -> None:
    lots = random.Random(7)

    assert all(re.search(pattern, matching(pattern, lots)) for _ in range(200))


@pytest.mark.parametrize("pattern", ["(", "^(?=a)b$", r"[^\d\D]", "(?i:x)(?<!y)z"])
def test_what_cannot_be_drawn_is_refused(pattern: str) -> None:
    with pytest.raises(UnmatchableError):
        matching(pattern, random.Random(7))
