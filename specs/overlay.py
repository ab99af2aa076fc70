"""OpenAPI Overlay 1.0: what we assert beyond a published document, kept in a file of its own.

Actions are applied in order (Overlay section 4.4.3): `remove` deletes what `target` selects, `update`
merges into each selected object or appends to each selected array. Where the specification lets a target
that selects nothing pass in silence, this is an error here: a published file that changed is to be noticed.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from jsonpath import JSONPathError, finditer

from specs.errors import SpecError, excerpt


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
    try:
        targets = {target.parts: target for target in finditer(action["target"], document)}
    except JSONPathError as error:
        found = f"{action['target']!r} ({str(error).splitlines()[0]})"
        raise SpecError(file, f"{at}/target", found=found, expected="a JSONPath (RFC 9535)") from None
    if not targets:
        raise SpecError(file, f"{at}/target", found=f"nothing at {action['target']!r}", expected="a place in the document")
    # From the end of each array, so that a removal does not move what is removed after it.
    for parts in sorted(targets, key=_index, reverse=True):
        target = targets[parts]
        if action.get("remove"):
            if target.parent is None:
                raise SpecError(file, at, found="the whole document", expected="a part of it to remove")
            container: Any = target.parent.obj
            del container[parts[-1]]
        else:
            _merge_into(target.obj, copy.deepcopy(action["update"]), file, f"{at}/update")


def _index(parts: Sequence[int | str]) -> int:
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
