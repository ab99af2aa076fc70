from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance import waivers_file
from conformance.run import Run
from conformance.selftest import bench
from conformance.selftest.acme import Acme, changed
from conformance.selftest.gateway import Answer, Asked
from conformance.waivers import Waiver, parsed, read
from conformance.waivers_file import edited, update
from specs import Provider
from specs.errors import SpecError

HOST = "127.0.0.1"
NEW = Waiver("ACM-ID-02", "0123456789ab", HOST, "recorded on 2026-11-21, not yet explained", date(2026, 12, 21))

BLOCK = """\
# What we know of.
waivers:
  # Ids are numbers; reported upstream: issue 7.
  - requirement: ACM-ID-01
    target: 127.0.0.1   # the staging gateway

    reason: >
      They know, and
      will change it.
    expires: '2027-01-31'

  # The second.
  - {fingerprint: 'ba9876543210', target: '*', reason: known and reported, expires: '2027-01-31'}  # flow
# The end: all of them.
"""

FLOW = """\
waivers: [  # all
  {requirement: ACM-ID-01, target: a, reason: "known, reported", expires: '2027-01-31'},  # one, the first
  {requirement: ACM-ID-02, target: a, reason: known and reported, expires: '2027-01-31'}  # two
]
"""


def numbers(asked: Asked, found: Answer) -> Answer:
    """The list has one id that is a number: a broken MUST."""
    if asked.path != "/v1/models" or found.status != 200:
        return found
    return Answer(200, found.headers, found.content.replace(b'"id": "small"', b'"id": 7'))


def run(provider: Provider, script: Any, only: list[str] | None = None, **changes: Any) -> Run:
    """A run, with the waivers that a file has where *waivers* names one."""
    return bench.run(provider, script, only, **changes)


def file(folder: Path, text: str) -> Path:
    """A waivers file."""
    path = folder / "waivers.yaml"
    path.write_bytes(text.encode())
    return path


def test_an_entry_is_added_behind_the_last_one_and_nothing_else_changes() -> None:
    found = edited(BLOCK, [NEW], ())

    assert found == BLOCK.replace(
        "# The end",
        "  - requirement: ACM-ID-02\n    fingerprint: '0123456789ab'\n    target: '127.0.0.1'\n"
        "    reason: 'recorded on 2026-11-21, not yet explained'\n    expires: '2026-12-21'\n# The end",
    )
    assert parsed(found, "")[-1] == NEW


def test_entries_are_taken_out_and_the_comments_between_them_stay() -> None:
    first = edited(BLOCK, (), [0])

    assert [each.of for each in parsed(first, "")] == ["ba9876543210"]
    lines = BLOCK.splitlines()
    assert first.splitlines() == [*lines[:3], *lines[10:]]
    assert [each.of for each in parsed(edited(BLOCK, (), [1]), "")] == ["ACM-ID-01"]


@pytest.mark.parametrize(
    "text", [BLOCK, FLOW, BLOCK.replace("\n", "\r\n"), BLOCK.replace("\n  ", "\n"), FLOW.replace("'}  # two", "'},")]
)
@pytest.mark.parametrize("added", [(), (NEW,), (NEW, NEW)])
@pytest.mark.parametrize("over", [(), (0,), (1,), (0, 1)])
def test_whatever_is_added_and_taken_out_the_rest_is_kept(text: str, added: tuple[Waiver, ...], over: tuple[int, ...]) -> None:
    before = parsed(text, "")

    found = edited(text, added, over)

    assert list(parsed(found, "")) == [each for index, each in enumerate(before) if index not in over] + list(added)
    assert ("\r\n" in found) == ("\r\n" in text)
    assert found.count("\n") == found.count("\r\n") or "\r\n" not in text


def test_a_file_without_an_end_of_its_last_line_is_added_to() -> None:
    text = "waivers:\n- {requirement: ACM-ID-01, target: a, reason: known and reported, expires: '2027-01-31'}"

    assert [each.of for each in parsed(edited(text, [NEW], ()), "")] == ["ACM-ID-01", NEW.of]


def test_a_failure_gets_a_waiver_that_says_when_it_was_seen(provider: Provider, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"

    done = update(path, [run(provider, changed(numbers), ["ACM-ID-01"])])

    assert [(each.requirement, each.target, each.reason, each.expires) for each in read(path)] == [
        ("ACM-ID-01", HOST, "recorded on 2026-11-21, not yet explained", date(2026, 12, 21))
    ]
    assert (done.added, done.removed) == (read(path), ())
    assert list(tmp_path.iterdir()) == [path]


def test_the_next_run_is_waived_and_changes_nothing(provider: Provider, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    update(path, [run(provider, changed(numbers), ["ACM-ID-01"])], days=7)
    before = path.read_bytes()

    again = run(provider, changed(numbers), ["ACM-ID-01"], waivers=read(path))

    assert [each.outcome.value for each in again.findings] == ["waived"]
    assert update(path, [again]) == waivers_file.Update()
    assert path.read_bytes() == before


def test_what_nothing_shows_any_more_is_taken_out(provider: Provider, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    update(path, [run(provider, changed(numbers))])

    done = update(path, [run(provider, Acme(), waivers=read(path))])

    assert len(done.removed) == 1
    assert read(path) == ()
    assert path.read_text(encoding="utf-8") == waivers_file.START


@pytest.mark.parametrize(
    ("entry", "script", "only"),
    [
        ("requirement: ACM-ID-01, target: '*'", Acme(), None),
        ("requirement: ACM-ID-01, target: other.example", Acme(), None),
        ("requirement: ACM-ID-01, target: 127.0.0.1", Acme(), ["ACM-JSON-01"]),
        ("requirement: ACM-ID-01, target: 127.0.0.1", lambda _: Answer(500), None),
        ("requirement: ACM-POST-01, target: 127.0.0.1", Acme(), None),
        ("requirement: ACM-ID-01, target: 127.0.0.1", Acme(models=()), None),
        ("fingerprint: '0123456789ab', target: 127.0.0.1", Acme(), None),
    ],
    ids=["any-target", "other-target", "not-selected", "inconclusive", "not-asked", "nothing-to-judge", "of-nothing-named"],
)
def test_what_may_still_be_needed_stays(
    provider: Provider, tmp_path: Path, entry: str, script: Any, only: list[str] | None
) -> None:
    path = file(tmp_path, f"waivers:\n- {{{entry}, reason: known and reported, expires: '2099-01-31'}}\n")
    before = path.read_bytes()

    done = update(path, [run(provider, script, only, waivers=read(path))])

    assert done.removed == ()
    assert path.read_bytes() == before


def test_an_expired_waiver_is_not_made_to_hold_longer(provider: Provider, tmp_path: Path) -> None:
    entry = "requirement: ACM-ID-01, target: 127.0.0.1, reason: known and reported, expires: '2026-11-20'"
    path = file(tmp_path, f"waivers: [{{{entry}}}]\n")
    failed = run(provider, changed(numbers), ["ACM-ID-01"], waivers=read(path))

    assert [each.outcome.value for each in failed.findings] == ["fail"]
    assert update(path, [failed]) == waivers_file.Update()


def test_a_broken_should_gets_one_only_when_strict(provider: Provider, tmp_path: Path) -> None:
    late = changed(
        lambda _, found: Answer(found.status, found.headers, found.content.replace(b'"created": 17', b'"created": 1'))
    )

    assert update(tmp_path / "w.yaml", [run(provider, late, ["ACM-TIME-01"])]).added == ()
    assert len(update(tmp_path / "w.yaml", [run(provider, late, ["ACM-TIME-01"], strict=True)]).added) == 1


def test_a_file_that_cannot_be_changed_without_a_loss_stays_as_it_is(provider: Provider, tmp_path: Path) -> None:
    text = "{waivers: []}\n"
    path = file(tmp_path, text)

    with pytest.raises(SpecError, match="YAML that cannot be changed safely"):
        update(path, [run(provider, changed(numbers), ["ACM-ID-01"])])
    assert path.read_text(encoding="utf-8") == text
