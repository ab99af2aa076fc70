"""New ids in the style of others."""

from __future__ import annotations

import random
import re

import pytest

from mockserver.catalogue.naming import Name, Naming, NoNameError, Renaming


def any_id(id: str) -> bool:
    return id != ""


@pytest.mark.parametrize(
    ("id", "stem"),
    [
        ("gpt-5.5", "gpt-5.5"),
        ("qwen/qwen4-coder:free", "qwen4-coder"),
        ("moonshotai/kimi-k3/thinking", "kimi-k3/thinking"),
        ("ft:gpt-4o-mini-2024-07-18:acme::9xK2pQ7d", "gpt-4o-mini-2024-07-18"),
        ("vendor/", "vendor"),
        ("::", "::"),
    ],
)
def test_the_stem_is_the_name_without_vendor_and_tag(id: str, stem: str) -> None:
    assert Name.of(id).stem == stem


def renaming(id: str, stem: str, **more: object) -> Renaming:
    old = Name.of(id)
    changes: dict[str, object] = {"version": None, "variant": None, "added": (), **more}
    return Renaming(old, id.replace(old.stem, stem), stem, **changes)  # type: ignore[arg-type]  # as each test gives them


def test_texts_that_speak_of_the_old_model_speak_of_the_new_one() -> None:
    change = renaming("anthropic/claude-opus-4-7:free", "claude-opus-5-1-mini", version=("4-7", "5-1"), added=("mini",))

    assert change.apply("anthropic/claude-opus-4-7:free") == "anthropic/claude-opus-5-1-mini:free"
    assert change.apply("claude-opus-4-7") == "claude-opus-5-1-mini"
    assert change.apply("Anthropic: Claude Opus 4.7 (Free)") == "Anthropic: Claude Opus 5.1 Mini (Free)"
    assert change.apply("Claude Opus 4.7 is new.") == "Claude Opus 5.1 Mini is new."
    assert change.apply("Another model") == "Another model"


def test_another_variant_stands_where_the_old_one_stood() -> None:
    change = renaming("gpt-5-mini", "gpt-6-pro", version=("5", "6"), variant=("mini", "pro"))

    assert change.apply("GPT-5 Mini") == "GPT-6 Pro"


@pytest.mark.parametrize(
    "id", ["gpt-5.5", "DeepSeek-V4", "sonar", "ft:a-1:b", "x/y-2-preview-20250101:free", "-20250101", "日本", "-", "1"]
)
def test_a_thousand_names_differ_and_keep_vendor_and_tag(id: str) -> None:
    naming, name = Naming(random.Random(7), any_id), Name.of(id)
    naming.take(id)
    names = [naming.renaming(name).new for _ in range(1000)]

    assert len({each.casefold() for each in (*names, id)}) == 1001
    head, _, tail = id.partition(name.stem)
    assert all(each.startswith(head) and each.endswith(tail) for each in names)


def test_equal_seeds_give_equal_names() -> None:
    one, other, third = (Naming(random.Random(seed), any_id) for seed in (1, 1, 2))
    name = Name.of("gpt-5.5")
    found = [[naming.renaming(name).new for _ in range(20)] for naming in (one, other, third)]

    assert found[0] == found[1] != found[2]


def test_a_name_that_does_not_fit_is_not_given() -> None:
    naming = Naming(random.Random(7), lambda name: len(name) <= 8)
    names = [naming.renaming(Name.of("gpt-5.5")).new for _ in range(40)]

    assert len(set(names)) == 40
    assert max(map(len, names)) <= 8


def test_where_no_name_fits_that_is_said() -> None:
    with pytest.raises(NoNameError, match=re.escape("gpt-5.5")):
        Naming(random.Random(7), lambda name: name == "sonar").renaming(Name.of("gpt-5.5"))
