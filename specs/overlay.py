"""OpenAPI Overlay 1.0: what we assert beyond a published document, kept in a file of its own.

Actions are applied in order (Overlay section 4.4.3): `remove` deletes what `target` selects, `update`
merges into each selected object or appends to each selected array. Where the specification lets a target
that selects nothing pass in silence, this is an error here: a published file that changed is to be noticed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from typing import Any

from specs.errors import SpecError, excerpt

# A query for one member of one member and so on (RFC 9535 section 2.3.5.1), as far as the names need no escapes.
_PLAIN = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*|\['[^'\\\x00-\x1f]*'\])*")
_NAMES = re.compile(r"\.([^.\[]+)|\['([^']*)'\]")

Parts = tuple[int | str, ...]  # the names and indices that lead to a place


def apply(document: Any, overlay: Any, file: str) -> Any:
    """A copy of *document* with the actions of *overlay* applied. Raises SpecError naming *file*."""
    version = overlay.get("overlay") if isinstance(overlay, dict) else None
    if version != "1.0.0":
        raise SpecError(file, "/overlay", found=excerpt(version), expected="'1.0.0', the version of the Overlay Specification")
    result = copy.deepcopy(document)
    for index, action in enumerate(overlay.get("actions", [])):
        _act(result, action, file, f"/actions/{index}")
    return result


def _act(document: Any, action: Any, file: str, at: str) -> None:
    if not isinstance(action, dict) or "target" not in action or ("update" in action) == bool(action.get("remove")):
        raise SpecError(file, at, found=excerpt(action), expected="an object with target, and either update or remove: true")
    if not isinstance(action["target"], str):
        raise SpecError(file, f"{at}/target", found=excerpt(action["target"]), expected="a JSONPath (RFC 9535)")
    targets = _targets(action["target"], document, file, at)
    if not targets:
        raise SpecError(file, f"{at}/target", found=f"nothing at {action['target']!r}", expected="a place in the document")
    if not action.get("remove"):
        for target in [_at(document, parts) for parts in targets]:
            _merge_into(target, copy.deepcopy(action["update"]), file, f"{at}/update")
        return
    # From the end of each array, so that a removal does not move what is removed after it.
    for parts, container in [(each, _at(document, each[:-1])) for each in sorted(targets, key=_index, reverse=True)]:
        if not parts:
            raise SpecError(file, at, found="the whole document", expected="a part of it to remove")
        del container[parts[-1]]


def _targets(query: str, document: Any, file: str, at: str) -> Collection[Parts]:
    """The places in *document* that the JSONPath *query* selects, each once."""
    if _PLAIN.fullmatch(query):
        names = tuple(short or quoted for short, quoted in _NAMES.findall(query))
        return [names] if _has(document, names) else []
    from jsonpath import JSONPathError, finditer  # noqa: PLC0415 - it takes long to import, and few overlays need it

    try:
        return dict.fromkeys(target.parts for target in finditer(query, document))
    except JSONPathError as error:
        found = f"{query!r} ({str(error).splitlines()[0]})"
        raise SpecError(file, f"{at}/target", found=found, expected="a JSONPath (RFC 9535)") from None


def _has(document: Any, names: tuple[str, ...]) -> bool:
    for name in names:
        if not isinstance(document, dict) or name not in document:
            return False
        document = document[name]
    return True


def _at(document: Any, parts: Parts) -> Any:
    for part in parts:
        document = document[part]
    return document


def _index(parts: Parts) -> int:
    """The index that a place has in its array; -1 where it is in none."""
    return parts[-1] if parts and isinstance(parts[-1], int) else -1


def _merge_into(target: Any, update: Any, file: str, at: str) -> None:
    if isinstance(target, list):
        target.append(update)
    elif isinstance(target, dict) and isinstance(update, dict):
        for name, value in update.items():
            if isinstance(target.get(name), dict) and isinstance(value, dict):
                _merge_into(target[name], value, file, f"{at}/{name}")
            elif isinstance(target.get(name), list) and isinstance(value, list):
                target[name].extend(value)
            else:
                target[name] = value
    else:
        raise SpecError(file, at, found=excerpt(update), expected="an object to merge, or a target that is an array")
