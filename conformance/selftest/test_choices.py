from __future__ import annotations

import importlib
import random
from pathlib import Path

import pytest
from hypothesis import strategies as st

from conformance.choices import Choices

WORDS = st.text("abcdefghij", min_size=6, max_size=6)


def test_one_seed_always_chooses_the_same() -> None:
    assert Choices(3).draw(WORDS, 5) == Choices(3).draw(WORDS, 5)


def test_another_seed_chooses_otherwise() -> None:
    assert len({Choices(seed).draw(WORDS, 3) for seed in range(5)}) == 5


def test_what_is_drawn_differs() -> None:
    drawn = Choices().draw(WORDS, 8)

    assert len(set(drawn)) == len(drawn) == 8


def test_a_small_set_gives_what_it_has() -> None:
    assert set(Choices().draw(st.sampled_from(["a", "b"]), 5)) == {"a", "b"}


def test_drawing_does_not_depend_on_the_chance_of_others() -> None:
    random.seed(1)
    one = Choices().draw(WORDS, 3)
    random.seed(2)

    assert Choices().draw(WORDS, 3) == one


def test_drawing_leaves_the_chance_of_others_alone() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)

    Choices().draw(WORDS, 3)

    assert random.random() == expected


def test_drawing_does_not_depend_on_which_modules_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = "abcdefghij"
    words = [f"{one}{other}cdef" for one in letters for other in letters]
    before = [Choices(seed).draw(WORDS, 40) for seed in range(5)]
    (tmp_path / "words_of_others.py").write_text(f"WORDS = {words!r}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    importlib.import_module("words_of_others")

    assert [Choices(seed).draw(WORDS, 40) for seed in range(5)] == before
