"""A file is written whole or not at all, and what is no file is left as it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from conformance import whole_file


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch()

    whole_file.write(tmp_path / "new", b"content")

    assert (tmp_path / "new").read_bytes() == b"content"
    assert (tmp_path / "new").stat().st_mode == other.stat().st_mode
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "other"]


def test_a_file_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"before")
    file.chmod(0o600)

    whole_file.write(file, b"after")

    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"after", 0o600)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path, there: bool) -> None:
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder/file", tmp_path / "link"
    if there:
        file.write_bytes(b"before")
    link.symlink_to("folder/file")

    assert whole_file.unwritable(link) == ""
    whole_file.write(link, b"after")

    assert (link.is_symlink(), file.read_bytes()) == (True, b"after")


def test_a_pipe_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert whole_file.unwritable(pipe) == whole_file.NO_FILE
    with pytest.raises(OSError, match="a device, a pipe or the like"):
        whole_file.write(pipe, b"content")

    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_what_the_process_has_open_is_refused_though_it_is_a_file(tmp_path: Path) -> None:
    with (tmp_path / "printed").open("wb") as printed:
        link = tmp_path / "stdout"
        link.symlink_to(f"/proc/self/fd/{printed.fileno()}")

        assert whole_file.unwritable(link) == whole_file.NO_FILE
        assert whole_file.unwritable(Path(f"/dev/fd/{printed.fileno()}")) == whole_file.NO_FILE


def test_a_link_into_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("nowhere/file")

    assert whole_file.unwritable(link) == "there is no such folder to write it to"


def test_a_link_to_itself_is_one_error(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("link")

    with pytest.raises(OSError, match="expected the name of a file"):
        whole_file.write(link, b"content")

    assert link.is_symlink()
