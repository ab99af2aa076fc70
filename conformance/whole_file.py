"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Puts *content* into the file at *path*, in one step at the end. Raises OSError when that cannot be."""
    temporary = path.with_name(f"{path.name}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def unwritable(path: Path) -> str:
    """Why *path* cannot be written, as far as it can be seen beforehand; an empty string when it can."""
    if path.is_dir():
        return "that is a folder, expected the name of a file"
    folder = path.absolute().parent
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
