from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest

from specs.citations import main, mistakes
from specs.scaffold.draft import Draft
from specs.tests.small_provider import SmallProvider

PAGE = "the list\nhas data, and each model   has an id\n"


def publish(small: SmallProvider, text: str = PAGE) -> Path:
    """A folder with the page of *small*, whose SHA-256 becomes the one that the requirements give."""
    pages = small.root / "pages"
    pages.mkdir(exist_ok=True)
    (pages / "models.txt").write_text(text, encoding="utf-8")
    old = small.load().pages["models"].sha256
    small.replace("requirements.yaml", old, hashlib.sha256(text.encode()).hexdigest())
    return pages


def run(small: SmallProvider, pages: Path) -> int:
    return main([str(pages)], small.root / "providers", small.root / "fixtures")


def test_quotations_that_stand_at_their_lines_are_no_mistakes(small: SmallProvider) -> None:
    pages = publish(small)
    assert list(mistakes(small.load(), pages)) == []


def test_runs_of_white_space_count_as_one_space(small: SmallProvider) -> None:
    pages = publish(small, PAGE.replace("each model", "each\t model"))
    assert list(mistakes(small.load(), pages)) == []


@pytest.mark.parametrize("quote", ["each model has two ids", "Each model has an id"])
def test_words_that_do_not_stand_there_are_a_mistake(small: SmallProvider, quote: str) -> None:
    pages = publish(small)
    small.replace("requirements.yaml", "quote: each model has an id", f"quote: {quote}")
    assert list(mistakes(small.load(), pages)) == [f"SMA-ID-01: «{quote}» does not stand at models.txt:2-2"]


def test_words_at_other_lines_are_a_mistake(small: SmallProvider) -> None:
    pages = publish(small)
    small.replace("requirements.yaml", "lines: '2', quote: each", "lines: '1', quote: each")
    assert list(mistakes(small.load(), pages)) == ["SMA-ID-01: «each model has an id» does not stand at models.txt:1-1"]


@pytest.mark.parametrize("lines", ["2-9", "2-1"])
def test_lines_that_the_page_does_not_have_are_a_mistake(small: SmallProvider, lines: str) -> None:
    pages = publish(small)
    small.replace("requirements.yaml", "lines: 1-2", f"lines: {lines}")
    assert list(mistakes(small.load(), pages)) == [f"SMA-LIST-01: models.txt has 3 lines, not {lines}"]


def test_contradictions_and_unchecked_claims_are_looked_at_too(small: SmallProvider) -> None:
    pages = publish(small)
    small.replace("contradictions.yaml", "quote: an id", "quote: a name")
    small.replace("unchecked.yaml", "quote: each model", "quote: a model")
    assert [each.split(":")[0] for each in mistakes(small.load(), pages)] == ["SMA-C-01", "unchecked"]


def test_a_page_that_changed_is_a_mistake(small: SmallProvider) -> None:
    pages = publish(small)
    (pages / "models.txt").write_text("the list has no data", encoding="utf-8")
    (mistake,) = mistakes(small.load(), pages)
    assert mistake.startswith("small: models.txt has SHA-256 ")
    assert mistake.endswith("has the page changed?")


def test_a_page_that_is_not_there_is_a_mistake(small: SmallProvider, tmp_path: Path) -> None:
    assert list(mistakes(small.load(), tmp_path)) == [f"small: there is no page models.txt in {tmp_path}"]


def test_the_command_ends_with_0_and_a_count(small: SmallProvider, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, publish(small)) == 0
    assert capsys.readouterr() == ("5 quotations of 1 providers stand at their lines\n", "")


def test_the_command_ends_with_1_and_the_mistakes(small: SmallProvider, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, small.root) == 1
    assert capsys.readouterr() == ("", f"small: there is no page models.txt in {small.root}\n")


def test_the_command_ends_with_2_when_a_contract_cannot_be_loaded(
    small: SmallProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("unchecked.yaml", "claims: no")
    assert run(small, small.root) == 2
    assert capsys.readouterr().err.startswith(f"{small.root}/providers/small/unchecked.yaml:1 at /claims: found 'no'")


def test_the_command_ends_with_2_when_there_is_no_such_folder(small: SmallProvider, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(small, small.root / "nowhere")
    assert "nowhere is not a folder" in capsys.readouterr().err


def test_who_cites_no_page_is_not_counted_as_compared(small: SmallProvider, capsys: pytest.CaptureFixture[str]) -> None:
    pages = publish(small)
    Draft("acme", "ACM", datetime.date(2026, 11, 22)).write(small.root / "providers", small.root / "fixtures")

    assert run(small, pages) == 0
    assert capsys.readouterr().out == (
        "5 quotations of 1 providers stand at their lines\nnot compared, as they cite standards and no page: acme\n"
    )
