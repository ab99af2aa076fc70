"""What one recording answers otherwise than another: fields, models that came and went, values by JSON Pointer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway_contracts.recording.rules import Rules
from specs.contract import Items
from specs.errors import excerpt
from specs.pointer import escape

MOST = 20
"""Differences of one recording that are told; how many more there are is counted."""

MOST_NAMES = 5
LONGEST = 60


def differences(old: Mapping[str, Any], new: Mapping[str, Any], items: Items | None, rules: Rules) -> list[str]:
    """A line for each thing in which *new* answers otherwise than *old*, both contents of files; none where nothing does.

    The models of a list, which stand where *items* says, are told by their ids, and compared with those of the same id.
    """
    found = itertools.chain(_in_fields(old["headers"], new["headers"], rules), _in_bodies(old, new, items))
    lines = list(itertools.islice(found, MOST))
    more = sum(1 for _ in found)
    return [*lines, f"and {more} more"] if more else lines


def _in_fields(old: Mapping[str, str], new: Mapping[str, str], rules: Rules) -> Iterator[str]:
    before = {name.lower(): value for name, value in old.items()}
    after = {name.lower(): value for name, value in new.items()}
    for name in sorted(before.keys() | after.keys()):
        rule = rules.header(name)
        if name not in after:
            yield f"field {name}: gone"
        elif name not in before:
            yield f"field {name}: new, {_shown(after[name])}"
        elif before[name] != after[name] and not (rule and rule.changes):
            yield f"field {name}: {_shown(before[name])} is now {_shown(after[name])}"


def _in_bodies(old: Mapping[str, Any], new: Mapping[str, Any], items: Items | None) -> Iterator[str]:
    if ("body" in old) != ("body" in new):
        yield f"body: {'JSON' if 'body' in old else 'text'} is now {'JSON' if 'body' in new else 'text'}"
    elif "text" in new:
        if old["text"] != new["text"]:
            yield f"body: {_shown(old['text'])} is now {_shown(new['text'])}"
    else:
        yield from _in_values(old["body"], new["body"], "", items)


def _in_values(old: Any, new: Any, at: str, items: Items | None) -> Iterator[str]:
    if items is not None and at == items.at and isinstance(old, list) and isinstance(new, list):
        yield from _in_models(old, new, at, items.id)
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(each for each in new if each not in old)]:
            place = f"{at}/{escape(name)}"
            if name not in new:
                yield f"{place}: gone, it was {_shown(old[name])}"
            elif name not in old:
                yield f"{place}: new, {_shown(new[name])}"
            else:
                yield from _in_values(old[name], new[name], place, items)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _in_values(before, after, f"{at}/{index}", items)
    elif type(old) is not type(new) or old != new:
        yield f"{at or '/'}: {_shown(old)} is now {_shown(new)}"


def _in_models(old: Sequence[Any], new: Sequence[Any], at: str, id: str) -> Iterator[str]:
    (before, nameless), (after, now) = _by_id(old, id), _by_id(new, id)
    for word, names in (("added", [each for each in after if each not in before]), ("removed", before.keys() - after.keys())):
        if names:
            shown = sorted(names)[:MOST_NAMES]
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            yield f"{at}: models {word}: {', '.join(map(_shown, shown))}{more}"
    for name, model in after.items():
        if name in before:
            for line in _in_values(before[name], model, "", None):
                yield f"{at}, model {_shown(name)} at {line}"
    both = [each for each in before if each in after]
    if both != [each for each in after if each in before]:
        yield f"{at}: the order of the models"
    if nameless != now:
        yield f"{at}: models without an id of their own, {len(nameless)} of them, now {len(now)}"


def _by_id(models: Sequence[Any], id: str) -> tuple[dict[str, Any], list[Any]]:
    """The models by their ids, and those without one of their own: the second one of an id is among these."""
    named: dict[str, Any] = {}
    others = []
    for each in models:
        name = each.get(id) if isinstance(each, dict) else None
        if isinstance(name, str) and name not in named:
            named[name] = each
        else:
            others.append(each)
    return named, others


def _shown(value: Any) -> str:
    return excerpt(value, LONGEST)
