from __future__ import annotations

from specs.errors import SpecError, excerpt


def test_an_error_is_one_sentence_with_file_line_pointer_found_expected_and_hint() -> None:
    error = SpecError("f.yaml", "/a/0", found="1", expected="2", hint="change it", line=7)
    assert str(error) == "f.yaml:7 at /a/0: found 1, expected 2 (change it)"


def test_an_error_leaves_out_what_is_not_known() -> None:
    assert str(SpecError("f.json", "", found="1", expected="2")) == "f.json: found 1, expected 2"


def test_an_excerpt_is_cut_to_its_limit() -> None:
    assert excerpt("ab") == "'ab'"
    assert excerpt("a" * 100, 10) == "'aaaaaaaa…"
