"""YAML read so that a file means what it seems to mean.

PyYAML follows YAML 1.1: it keeps the last of two equal keys, reads ``200:`` as a number, ``no`` as
false and ``2026-06-01`` as a date. Each of these is an error here, as are tags, anchors and aliases, and
what YAML 1.1 and 1.2 read differently, such as ``010``. ``1e5`` is a number, as in YAML 1.2 and in JSON.
What is left is JSON's data model, as OpenAPI 3.1 (section 4.2) asks for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from yaml.reader import ReaderError

from specs.errors import SpecError, excerpt
from specs.pointer import escape

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAKS = re.compile("[\x85\u2028\u2029]")
_CORE_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,999})")
_CORE_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_CORE_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_PLAIN = (True, False)  # how PyYAML says of a scalar that its kind is to be found by its text


@dataclass(frozen=True)
class YamlDocument:
    """The value of a YAML file, and the line (from 1) at which each pointer of it starts."""

    value: Any
    lines: Mapping[str, int]


def parse(text: str, file: str) -> YamlDocument:
    """The document in *text*; *file* is named in errors. Raises SpecError."""
    if len(text.encode()) > MAX_BYTES:
        raise SpecError(file, "", found="a larger file", expected=f"at most {MAX_BYTES} bytes")
    if odd := _BREAKS.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        hint = "YAML 1.1 reads it as the end of a line"
        raise SpecError(file, "", found=f"the character {odd[0]!a}", expected="another one", hint=hint, line=line)
    loader = _LOADER(text)
    try:
        return _Reading(loader, file).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise SpecError(
            file,
            "",
            found="malformed YAML",
            expected="well-formed YAML",
            hint=error.problem or "",
            line=mark.line + 1 if mark else None,
        ) from None
    except ReaderError as error:
        found = f"the control character U+{error.character:04X}"
        raise SpecError(file, "", found=found, expected="text", hint='write it as "\\u…" in double quotes') from None
    finally:
        loader.dispose()


def read(path: Path, file: str) -> YamlDocument:
    """The document in the file at *path*, named *file* in errors. Raises SpecError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(file, "", found="a larger file", expected=f"at most {MAX_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SpecError(file, "", found="no such file", expected="a YAML file") from None
    except OSError as error:
        raise SpecError(file, "", found=f"what cannot be read ({error.strerror})", expected="a YAML file") from None
    except UnicodeDecodeError as error:
        raise SpecError(file, "", found=f"bytes that are not UTF-8 ({error.reason})", expected="UTF-8") from None
    return parse(text, file)


class _Reading:
    """One text, read event by event: PyYAML's own way over nodes has no end to its depth, and takes twice as long."""

    def __init__(self, loader: Any, file: str) -> None:
        self._next: Callable[[], Any] = loader.get_event
        self._resolve: Callable[[type[yaml.Node], str, tuple[bool, bool]], str] = loader.resolve
        self._first: Collection[str] = loader.yaml_implicit_resolvers  # what begins otherwise is a string
        self._file = file
        self._lines: dict[str, int] = {}

    def document(self) -> YamlDocument:
        """The only document of the text."""
        self._next()  # the start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise SpecError(self._file, "", found="an empty file", expected="a YAML document")
        value = self._value(self._next(), "", 0)
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._error(after, found="malformed YAML", expected="well-formed YAML", hint="another document begins here")
        return YamlDocument(value, MappingProxyType(self._lines))

    def _value(self, event: Any, pointer: str, depth: int) -> Any:
        """What begins with *event* and stands at *pointer*, in *depth* collections."""
        self._lines[pointer] = event.start_mark.line + 1
        self._check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, pointer)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(inner := self._next(), yaml.SequenceEndEvent):
                items.append(self._value(inner, f"{pointer}/{len(items)}", depth + 1))
            return items
        members: dict[str, Any] = {}
        while not isinstance(inner := self._next(), yaml.MappingEndEvent):
            key = self._key(inner, pointer, depth + 1)
            if key in members:
                found, hint = f"the key {key!r} twice", "remove one of them"
                raise self._error(inner, pointer, found=found, expected="each key once", hint=hint)
            members[key] = self._value(self._next(), f"{pointer}/{escape(key)}", depth + 1)
        return members

    def _check(self, event: Any, depth: int) -> None:
        """Raises SpecError for what plain YAML does not have, and for one collection too many in another."""
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            hint = "write the value out, or use $ref"
            raise self._error(event, found="an anchor, an alias or a tag", expected="plain YAML", hint=hint)
        if depth == MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            raise self._error(event, found="deeper nesting", expected=f"at most {MAX_DEPTH} levels")

    def _key(self, event: Any, pointer: str, depth: int) -> str:
        self._check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            if self._kind(event) == "str":
                return event.value
            found = f"the key {excerpt(event.value)} without quotes"
            self._check(self._next(), depth)  # `<<: *name` is an alias before all
        else:
            self._value(event, pointer, depth)  # what is wrong in it comes first
            found = "a collection as a key"
        raise self._error(event, pointer, found=found, expected="a key that is a string", hint="put it in quotes")

    def _kind(self, scalar: yaml.ScalarEvent) -> str:
        """The last word of the tag that *scalar* has by its text; a number of YAML 1.2 only is a ``float``."""
        if scalar.style or scalar.value[:1] not in self._first:
            return "str"
        kind = self._resolve(yaml.ScalarNode, scalar.value, _PLAIN).rpartition(":")[2]
        return "float" if kind == "str" and _CORE_NUMBER.fullmatch(scalar.value) else kind

    def _scalar(self, scalar: yaml.ScalarEvent, pointer: str) -> Any:
        text = scalar.value
        kind = self._kind(scalar)
        if kind == "str":
            return text
        if kind == "null" and text in ("", "~", "null"):
            return None
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind == "int" and _CORE_INT.fullmatch(text):
            return int(text)
        if kind == "float" and _CORE_FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        found = f"{excerpt(text)}, which YAML can read as {kind}"
        expected = "a string, a decimal number, true, false or null"
        raise self._error(scalar, pointer, found=found, expected=expected, hint="put it in quotes if it is a string")

    def _error(self, event: Any, pointer: str = "", *, found: str, expected: str, hint: str = "") -> SpecError:
        line = event.start_mark.line + 1
        return SpecError(self._file, pointer, found=found, expected=expected, hint=hint, line=line)
