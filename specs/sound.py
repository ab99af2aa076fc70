"""Items of arrays that their schema allowed before: the same model in forty answers is looked at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

MOST = 50_000
"""Items that are remembered, at some hundred bytes each; when there are more, all are forgotten."""


class Sound:
    """What was found sound, by the schema object and the exact value."""

    def __init__(self) -> None:
        self._known: set[tuple[int, bytes]] = set()
        items = Draft202012Validator.VALIDATORS["items"]

        def remembering(validator: Any, schema: Any, instance: Any, parent: Any) -> Iterator[ValidationError]:
            if not (isinstance(instance, list) and isinstance(schema, dict)) or "prefixItems" in parent:
                yield from items(validator, schema, instance, parent)
                return
            for index, item in enumerate(instance):
                # Only what holds something is worth it. repr tells 1 from 1.0 and true, as a schema may.
                name = (id(schema), hashlib.blake2b(repr(item).encode("utf-8", "surrogatepass"), digest_size=16).digest())
                held = isinstance(item, dict | list)
                if held and name in self._known:
                    continue
                errors = list(validator.descend(item, schema, path=index))
                if held and not errors:
                    self._remember(name)
                yield from errors

        extend: Any = validators.extend  # which has no types
        self.validator: type[Draft202012Validator] = extend(Draft202012Validator, {"items": remembering})

    def _remember(self, name: tuple[int, bytes]) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known.add(name)

    def __len__(self) -> int:
        """How many items are remembered."""
        return len(self._known)
