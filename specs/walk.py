"""A walk over an OpenAPI document that tells keywords from names.

In ``properties: {default: …}`` the word ``default`` is a name that an author chose; in ``{default: …}`` it is a
keyword whose value is data. Whoever looks for ``$ref`` or for extensions has to know which is which.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.pointer import escape

# Keywords whose objects map names to things (OpenAPI 3.1 sections 4.8.7, 4.8.8 and 4.8.16; JSON Schema 2020-12).
MAPS = frozenset(
    {"properties", "patternProperties", "$defs", "dependentSchemas", "paths", "responses", "headers", "content"}
    | {"schemas", "parameters", "requestBodies", "securitySchemes", "pathItems"}
)
DATA = frozenset({"example", "examples", "const", "enum", "default"})


def keywords(value: Any, at: str = "") -> Iterator[tuple[str, str, Any]]:
    """(pointer, keyword, value) of every keyword in *value*, which stands at *at*; data and extensions are not entered."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from keywords(item, f"{at}/{index}")
    elif isinstance(value, dict):
        for name, member in value.items():
            place = f"{at}/{escape(name)}"
            yield place, name, member
            if name in MAPS and isinstance(member, dict):
                for key, each in member.items():
                    yield from keywords(each, f"{place}/{escape(key)}")
            elif name not in DATA and not name.startswith("x-"):
                yield from keywords(member, place)
