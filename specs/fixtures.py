"""The files of ``fixtures/<provider>/``: recordings and mutants, read strictly."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from specs import formats
from specs.errors import SpecError
from specs.mutant import Mutant, mutant
from specs.pointer import escape
from specs.recording import Recording, recording

RECORDING_NAME = re.compile(r"(?P<status>[1-5][0-9]{2})-(?P<label>[a-z0-9]+(-[a-z0-9]+)*)\.json")
MAX_BYTES = 64 * 1024 * 1024


def read_recordings(folder: Path, name: str) -> tuple[Recording, ...]:
    """Every recording in *folder*, which is called *name* in errors. Raises SpecError."""
    recordings = []
    for path in _paths(folder, name):
        file = f"{name}/{path.parent.name}/{path.name}"
        matched = RECORDING_NAME.fullmatch(path.name)
        if not matched:
            raise SpecError(file, "", found="this name", expected="<status>-<label>.json, such as 200-documented.json")
        data = _read_json(path, file)
        formats.check(data, "recording", file)
        _check_names(data["headers"], file, "/headers")
        if data["status"] != int(matched["status"]):
            raise SpecError(file, "/status", found=str(data["status"]), expected=f"{matched['status']}, as in its name")
        if "departs" in data and data["provenance"] != "captured":
            raise SpecError(
                file, "/departs", found=f"this in a {data['provenance']} recording", expected="it in captured ones only"
            )
        try:
            recordings.append(recording(path.parent.name, matched["label"], data))
        except UnicodeEncodeError as error:
            raise SpecError(file, "", found=f"half of a surrogate pair ({error.reason})", expected="Unicode text") from None
    return tuple(recordings)


def read_mutants(folder: Path, name: str) -> tuple[Mutant, ...]:
    """The mutants in ``mutants.json`` of *folder*; none when there is no such file. Raises SpecError."""
    path, file = folder / "mutants.json", f"{name}/mutants.json"
    with _reading(file):
        if not (path.exists() or path.is_symlink()):  # a link that leads nowhere is an error when it is read
            return ()
    data = _read_json(path, file)
    formats.check(data, "mutants", file)
    for index, each in enumerate(data["mutants"]):
        for number, rewrite in enumerate(each.get("responses", ())):
            at = f"/mutants/{index}/responses/{number}/headers"
            fields = {name: value for name, value in rewrite.get("headers", {}).items() if value is not None}
            formats.check(fields, "recording", file, definition="headers", at=at)
            _check_names(rewrite.get("headers", ()), file, at)
    return tuple(mutant(each) for each in data["mutants"])


def _paths(folder: Path, name: str) -> Iterator[Path]:
    """What is in the folders of *folder*, in order; hidden files and folders, and editors' copies, are left alone."""
    with _reading(name):
        if not folder.is_dir():
            raise SpecError(name, "", found="no such folder", expected="a folder of recordings")
        operations = sorted(path for path in folder.iterdir() if not (path.name.startswith(".") or path.is_file()))
    for operation in operations:
        with _reading(f"{name}/{operation.name}"):
            paths = sorted(path for path in operation.iterdir() if not (path.name.startswith(".") or path.name.endswith("~")))
        yield from paths


@contextlib.contextmanager
def _reading(file: str) -> Iterator[None]:
    """An OSError within is the SpecError that *file* cannot be read."""
    try:
        yield
    except OSError as error:
        expected = "a file or folder that can be read"
        raise SpecError(file, "", found=f"what cannot be read ({error.strerror})", expected=expected) from None


def _check_names(names: Iterable[str], file: str, at: str) -> None:
    """The names of fields have no case (RFC 9110 section 5.1), so that two may be one."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise SpecError(file, f"{at}/{escape(name)}", found=f"the field {other} again", expected="each field once")


def _read_json(path: Path, file: str) -> Any:
    with _reading(file):
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(file, "", found="a larger file", expected=f"at most {MAX_BYTES} bytes")
        content = path.read_bytes()
    try:
        return parsed(content)
    except (ValueError, RecursionError) as error:
        raise SpecError(file, "", found=f"JSON that cannot be read ({error})", expected="one JSON value in UTF-8") from None


def parsed(content: bytes) -> Any:
    """The JSON value in *content*. Raises ValueError for what is none, has a member twice or no finite number."""
    return json.loads(content.decode(), object_pairs_hook=_members_once, parse_float=_finite, parse_constant=_no_constant)


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
