"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

OPEN = ("/proc", "/dev/fd")
"""Where names stand for what this process has open, such as /dev/stdout, which may be a file of somebody else's."""

NO_FILE = "that is a device, a pipe or the like, which cannot be written whole or not at all; expected the name of a file"


def write(path: Path, content: bytes) -> None:
    """Puts *content* into the file at *path*, in one step at the end. Raises OSError when that cannot be.

    A symbolic link stays one, and a file that is there already keeps its permissions.
    """
    if _no_file(path):
        raise OSError(errno.EINVAL, NO_FILE, str(path))
    file = Path(os.path.realpath(path))
    temporary = file.with_name(f"{file.name}.part")
    try:
        temporary.touch()
        if file.exists():
            shutil.copymode(file, temporary)
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def unwritable(path: Path) -> str:
    """Why *path* cannot be written, as far as it can be seen beforehand; an empty string when it can."""
    if path.is_dir():
        return "that is a folder, expected the name of a file"
    if _no_file(path):
        return NO_FILE
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        return "there is no such folder to write it to"
    return "" if os.access(folder, os.W_OK) else "the folder cannot be written to"


def refusal(written: Mapping[str, Path], read: Iterable[tuple[str, Path]] = ()) -> str:
    """Why the files *written*, by option, cannot all be written without replacing one another, or one that is *read*.

    An empty string when they can.
    """
    for name, path in written.items():
        if problem := unwritable(path):
            return f"{name} {path}: {problem}"
    known = {path.resolve(): name for name, path in read}
    for name, path in reversed(list(written.items())):
        if other := known.get(path.resolve()):
            return f"{name} and {other} name one file; give each its own"
        known[path.resolve()] = name
    return ""


def _no_file(path: Path) -> bool:
    """Whether *path* names something that is there and is no regular file, or may be one only by chance."""
    if (path.exists() and not path.is_file()) or Path(os.path.realpath(path)).is_symlink():  # a link that leads to itself
        return True
    named = Path(os.path.realpath(path.parent)) / path.name
    meant = named.parent / named.readlink() if named.is_symlink() else named
    return any(each.is_relative_to(folder) for each in (named, meant) for folder in OPEN)
