"""The formats of our own data files, as JSON Schemas 2020-12 under ``specs/formats/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from specs import pointer
from specs.errors import SpecError
from specs.evident import Evident

FOLDER = Path(__file__).with_name("formats")


@cache  # the schemas are part of the program, not of its input
def schema(name: str) -> Any:
    """The JSON Schema of the format *name*: ``requirements``, ``recording``, ``mutants`` and so on."""
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


@cache
def evident(name: str) -> Evident:
    """What the format *name* evidently allows."""
    # The identity of the whole changes nothing: every $ref is one within it.
    document = {keyword: value for keyword, value in schema(name).items() if keyword not in ("$schema", "$id")}
    return Evident(lambda place: pointer.resolve(document, place), lambda _place, reference: unquote(reference[1:]))


def check(
    value: Any, name: str, file: str, *, definition: str = "", at: str = "", lines: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Raises SpecError, naming *file*, when *value* is not of the format *name*.

    *definition* picks one of the format's ``$defs``; *at* is where *value* stands in the file, whose
    *lines* are known by pointer where it is YAML.
    """
    if evident(name).allows(f"/$defs/{definition}" if definition else "", value):
        return
    from specs.refusing import best  # noqa: PLC0415 - jsonschema is imported when something is wrong
    from specs.wording import wording  # noqa: PLC0415 - likewise

    document = schema(name)
    error = best({"$ref": f"#/$defs/{definition}", "$defs": document["$defs"]} if definition else document, value)
    if error is None:
        return
    place = at + pointer.join(error.absolute_path)
    said = wording(error)
    meant = f"did you mean {said.meant}? " if said.meant else ""
    raise SpecError(
        file,
        place,
        found=said.found,
        expected=said.expected,
        hint=f"{meant}the format is described in specs/formats/{name}.schema.json",
        line=lines.get(place),
    )
