"""Files that are written whole or not at all."""

from __future__ import annotations

import os
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
