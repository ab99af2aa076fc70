"""Where what was measured is written to."""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance import whole_file


def prepare(folder: Path, file: str, parser: argparse.ArgumentParser) -> None:
    """Makes *folder*; ends as *parser* does for a bad ``--out`` where *file* could not be written into it in the end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {folder}: that folder cannot be made ({error.strerror})")
    if why := whole_file.unwritable(folder / file):
        parser.error(f"--out {folder}: {why}")
