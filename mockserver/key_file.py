"""Key tables as users write them, and the only place that sees their keys.

They are forgotten when it is done, and no error quotes anything of a table: whatever stands in a wrong place may be a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mockserver.credentials import is_own
from mockserver.keys import KeyTable, Rights, digest
from specs import SpecError, formats, pointer, strict_yaml

_QUOTED = re.compile(r"""(['"]).*(\1|…)""", re.DOTALL)  # as repr shows a value, whole or cut
_TYPES: tuple[tuple[type, str], ...] = ((str, "a string"), (list, "an array"), (dict, "an object"), (bool, "a boolean"))


def load(path: Path) -> KeyTable:
    """The key table in the YAML or JSON file at *path*. Raises SpecError, which says where and quotes nothing."""
    file = str(path)
    try:
        document = strict_yaml.read(path, file)
    except SpecError as error:
        # The line says where: the pointer may be made of keys, by somebody who took them for names of members.
        found = _QUOTED.sub("…", error.found)
        raise SpecError(file, "", found=found, expected=error.expected, hint=error.hint, line=error.line) from None
    return table(document.value, file, lines=document.lines)


def table(value: Any, file: str, *, at: str = "", lines: Mapping[str, int] = MappingProxyType({})) -> KeyTable:
    """The key table that the JSON *value* holds, of the format ``keys``.

    *file* is what it comes from and *at* where it stands in there, whose *lines* are known by pointer where it is YAML.
    Raises SpecError, which says where and quotes nothing.
    """
    _check(value, file, at, lines)
    seen: dict[str, str] = {}
    keys: dict[str, Rights] = {}
    for index, each in enumerate(value["keys"]):
        place = f"{at}/keys/{index}/key"
        if is_own(each["key"]):
            found, expected = "a key that begins with sk-mock- or sk-session-", "another one, as these are the mock's own"
            raise SpecError(file, place, found=found, expected=expected, line=lines.get(place))
        known = digest(each["key"])
        if known in seen:
            raise SpecError(file, place, found=f"the key of {seen[known]} again", expected="each once", line=lines.get(place))
        seen[known] = place
        keys[known] = Rights.read(each)
    return KeyTable(MappingProxyType(keys), value.get("others", "wrong"))


def _check(value: Any, file: str, at: str, lines: Mapping[str, int]) -> None:
    try:
        formats.check(value, "keys", file, at=at, lines=lines)
    except SpecError as error:
        found = _kind(pointer.resolve(value, error.pointer.removeprefix(at)))
        raise SpecError(file, error.pointer, found=found, expected=error.expected, hint=error.hint, line=error.line) from None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "a number")
