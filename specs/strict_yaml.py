"""YAML read so that a file means what it seems to mean.

PyYAML follows YAML 1.1: it keeps the last of two equal keys, reads ``200:`` as a number, ``no`` as
false and ``2026-06-01`` as a date. Each of these is an error here, as are tags, anchors and aliases, and
what YAML 1.1 and 1.2 read differently, such as ``010``. ``1e5`` is a number, as in YAML 1.2 and in JSON.
What is left is JSON's data model, as OpenAPI 3.1 (section 4.2) asks for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
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
_OPENING = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


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
    try:
        depth = 0
        for token in yaml.scan(text, Loader=_LOADER):
            # Depth is bounded before anything recurses: libyaml's composer would exhaust the C stack.
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if depth > MAX_DEPTH:
                line = token.start_mark.line + 1
                raise SpecError(file, "", found="deeper nesting", expected=f"at most {MAX_DEPTH} levels", line=line)
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                raise SpecError(
                    file,
                    "",
                    found="an anchor, an alias or a tag",
                    expected="plain YAML",
                    hint="write the value out, or use $ref",
                    line=token.start_mark.line + 1,
                )
        node = yaml.compose(text, Loader=_LOADER)
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
    if node is None:
        raise SpecError(file, "", found="an empty file", expected="a YAML document")
    lines: dict[str, int] = {}
    value = _value(node, file, "", lines)
    return YamlDocument(value, MappingProxyType(lines))


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


def _value(node: yaml.Node, file: str, pointer: str, lines: dict[str, int]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        members: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, file, pointer)
            if key in members:
                raise SpecError(
                    file,
                    pointer,
                    found=f"the key {key!r} twice",
                    expected="each key once",
                    hint="remove one of them",
                    line=key_node.start_mark.line + 1,
                )
            members[key] = _value(value_node, file, f"{pointer}/{escape(key)}", lines)
        return members
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, file, f"{pointer}/{index}", lines) for index, item in enumerate(node.value)]
    return _scalar(node, file, pointer)


def _key(node: yaml.Node, file: str, pointer: str) -> str:
    if isinstance(node, yaml.ScalarNode) and _kind(node) == "str":
        return str(node.value)
    raise SpecError(
        file,
        pointer,
        found=f"the key {excerpt(node.value)} without quotes" if isinstance(node, yaml.ScalarNode) else "a collection as a key",
        expected="a key that is a string",
        hint="put it in quotes",
        line=node.start_mark.line + 1,
    )


def _kind(node: yaml.Node) -> str:
    """The last word of the tag of *node*; a number of YAML 1.2 that YAML 1.1 reads as a string is a ``float``."""
    kind: str = node.tag.rpartition(":")[2]
    if kind == "str" and isinstance(node, yaml.ScalarNode) and not node.style and _CORE_NUMBER.fullmatch(node.value):
        return "float"
    return kind


def _scalar(node: yaml.Node, file: str, pointer: str) -> Any:
    text = str(node.value)
    kind = _kind(node)
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
    raise SpecError(
        file,
        pointer,
        found=f"{excerpt(text)}, which YAML can read as {kind}",
        expected="a string, a decimal number, true, false or null",
        hint="put it in quotes if it is a string",
        line=node.start_mark.line + 1,
    )
