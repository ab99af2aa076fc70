from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.lines import Lines, into


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue  # the test closed it


def lost(number: int) -> str:
    return f"{number} lost"


def test_lines_are_written_in_their_order(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    lines = Lines(into(writing), lost)
    for number in range(500):
        lines.put(f"line {number}")
    lines.close()

    assert os.read(reading, 1 << 16).decode().splitlines() == [f"line {number}" for number in range(500)]


def test_when_nobody_reads_nobody_waits_and_the_loss_is_told(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    lines = Lines(into(writing), lost, most=10, closing_s=30)
    for number in range(5000):
        lines.put(f"{number:0100}")  # half a megabyte: more than a pipe holds
    read: list[bytes] = []
    with open(reading, "rb", closefd=False) as file:
        reader = threading.Thread(target=lambda: read.append(file.read()))
        reader.start()
        lines.close()
        lines.put("afterwards")
        lines.close()
        os.close(writing)
        reader.join()

    *before, last = read[0].decode().splitlines()
    told = [int(line.removesuffix(" lost")) for line in before if line.endswith(" lost")]
    assert last == "afterwards"
    assert told
    assert len(before) - len(told) + sum(told) == 5000


def test_when_the_reader_is_gone_lines_are_dropped_without_a_word(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.close(reading)
    lines = Lines(into(writing), lost)
    lines.put("one")
    assert lines._thread is not None
    lines._thread.join()

    for _ in range(3):
        lines.put("more")
    lines.close()

    assert lines._waiting.empty()


def test_a_closed_file_is_as_good_as_no_reader() -> None:
    def write(text: str) -> None:
        raise ValueError("I/O operation on closed file.")

    lines = Lines(write, lost)
    lines.put("one")
    lines.close()
    lines.put("two")

    assert lines._broken


def test_closing_does_not_wait_for_a_write_that_never_ends() -> None:
    stuck = threading.Event()
    lines = Lines(lambda text: stuck.wait(), lost, most=1, closing_s=0.01)
    for _ in range(5):
        lines.put("one")

    lines.close()  # or pytest would hang here
    stuck.set()


def test_without_a_line_there_is_no_thread() -> None:
    lines = Lines(lambda text: None, lost)
    lines.close()

    assert lines._thread is None


def test_a_process_ends_although_its_log_is_stuck() -> None:
    program = """
import sys
from mockserver.lines import Lines, into
lines = Lines(into(2), str, closing_s=0.01)
for _ in range(2000):
    lines.put("x" * 100)
lines.close()
print("the end", flush=True)
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read() == "the end\n"
        assert process.wait(10) == 0
