"""The files of ``fixtures/<provider>/``: recordings and mutants, read strictly."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

from specs import formats
from specs.errors import SpecError
from specs.mutant import Mutant, mutant
from specs.recording import Recording, recording

RECORDING_NAME = re.compile(r"(?P<status>[1-5][0-9]{2})-(?P<label>[a-z0-9]+(-[a-z0-9]+)*)\.json")
MAX_BYTES = 64 * 1024 * 1024


def read_recordings(folder: Path, name: str) -> tuple[Recording, ...]:
    """Every recording in *folder*, which is called *name* in errors. Raises SpecError."""
    if not folder.is_dir():
        raise SpecError(name, "", found="no such folder", expected="a folder of recordings")
    recordings = []
    for path in sorted(path for path in folder.glob("*/*") if not path.name.startswith(".")):
        file = f"{name}/{path.parent.name}/{path.name}"
        matched = RECORDING_NAME.fullmatch(path.name)
        if not matched:
            raise SpecError(file, "", found="this name", expected="<status>-<label>.json, such as 200-documented.json")
        data = _read_json(path, file)
        formats.check(data, "recording", file)
        if data["status"] != int(matched["status"]):
            raise SpecError(file, "/status", found=str(data["status"]), expected=f"{matched['status']}, as in its name")
        try:
            recordings.append(recording(path.parent.name, matched["label"], data))
        except UnicodeEncodeError as error:
            raise SpecError(file, "", found=f"half of a surrogate pair ({error.reason})", expected="Unicode text") from None
    return tuple(recordings)


def read_mutants(folder: Path, name: str) -> tuple[Mutant, ...]:
    """The mutants in ``mutants.json`` of *folder*; none when there is no such file. Raises SpecError."""
    path = folder / "mutants.json"
    if not path.exists():
        return ()
    data = _read_json(path, f"{name}/mutants.json")
    formats.check(data, "mutants", f"{name}/mutants.json")
    return tuple(mutant(each) for each in data["mutants"])


def _read_json(path: Path, file: str) -> Any:
    if path.stat().st_size > MAX_BYTES:
        raise SpecError(file, "", found="a larger file", expected=f"at most {MAX_BYTES} bytes")
    try:
        return json.loads(
            path.read_bytes().decode(), object_pairs_hook=_members_once, parse_float=_finite, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise SpecError(file, "", found=f"JSON that cannot be read ({error})", expected="one JSON value in UTF-8") from None


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the member {name!r} stands twice in one object")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
