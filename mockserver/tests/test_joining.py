"""What is held back leaves along with what is written next, and nothing is held back for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from mockserver.faults.connection import Joining


class Transport(asyncio.Transport):
    """Takes note of each time that it is told to send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[bytes, ...]] = []

    def write(self, data: Any) -> None:
        self.sent.append((data,))

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.sent.append(tuple(list_of_data))

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 7


def test_what_is_written_leaves_at_once_unless_it_is_to_be_held_back() -> None:
    transport = Transport()
    joining = Joining(transport)

    joining.write(b"one")
    joining.write(b"two")

    assert transport.sent == [(b"one",), (b"two",)]


def test_what_is_held_back_leaves_with_the_next_piece_and_only_that_one_is_held() -> None:
    transport = Transport()
    joining = Joining(transport)

    joining.hold()
    joining.write(b"head")
    assert transport.sent == []
    joining.write(b"content")
    joining.write(b"more")

    assert transport.sent == [(b"head", b"content"), (b"more",)]


@pytest.mark.parametrize("end", ["nothing", "an empty piece"])
def test_a_head_without_content_leaves_too(end: str) -> None:
    transport = Transport()
    joining = Joining(transport)

    joining.hold()
    joining.write(b"head")
    if end == "an empty piece":
        joining.write(b"")
    joining.release()

    assert transport.sent == [(b"head",)]


def test_after_a_release_nothing_is_held_back() -> None:
    transport = Transport()
    joining = Joining(transport)

    joining.hold()
    joining.release()
    joining.write(b"head")

    assert transport.sent == [(b"head",)]


def test_for_all_else_it_is_the_transport() -> None:
    joining = Joining(Transport())

    assert (joining.is_closing(), joining.get_write_buffer_size()) == (False, 7)
