"""What is kept for the next time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from mockserver.kept import Kept


def test_a_value_is_made_once() -> None:
    kept: Kept[str] = Kept(2, 100, len)

    assert kept.get("a", lambda: "first") == "first"
    assert kept.get("a", lambda: "second") == "first"


def test_of_too_many_the_one_used_longest_ago_goes() -> None:
    kept: Kept[str] = Kept(2, 100, len)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: "value")

    assert kept.get("a", lambda: "again") == "value"
    assert kept.get("b", lambda: "again") == "again"


def test_all_together_weigh_no_more_than_there_is_room_for() -> None:
    kept: Kept[str] = Kept(100, 10, len)
    for key in range(50):
        kept.get(key, lambda: "four")

    assert kept.weight == 8


def test_what_is_too_heavy_alone_drives_nothing_else_out() -> None:
    kept: Kept[str] = Kept(100, 10, len)
    kept.get("a", lambda: "four")

    assert kept.get("b", lambda: "x" * 11) == "x" * 11
    assert kept.get("a", lambda: "again") == "four"
    assert kept.get("b", lambda: "again") == "again"


def test_what_two_make_at_once_is_kept_and_weighed_once() -> None:
    kept: Kept[str] = Kept(2, 100, len)
    both = Barrier(2, timeout=10)

    def make() -> str:
        both.wait()
        return "four"

    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(lambda _: kept.get("a", make), range(2)))

    assert made == ["four", "four"]
    assert kept.weight == 4
