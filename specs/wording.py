"""What a schema refuses, in words for people who have never read a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from specs.errors import excerpt

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

LONGEST = 120
"""Characters of a value that is expected."""

BOUNDS: Mapping[str, tuple[str, str]] = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "member"),
    "maxProperties": ("at most", "member"),
}
"""How a keyword bounds a size, and what is counted."""

NUMBERS: Mapping[str, str] = {
    "minimum": "a number of at least",
    "maximum": "a number of at most",
    "exclusiveMinimum": "a number above",
    "exclusiveMaximum": "a number below",
    "multipleOf": "a multiple of",
}


@dataclass(frozen=True)
class Wording:
    """What was *found* and what was *expected*, each a part of a sentence, and what may have been *meant*, if anything."""

    found: str
    expected: str
    meant: str = ""


def wording(error: ValidationError) -> Wording:
    """*error* in words."""
    instance: Any = error.instance
    schema: Any = error.schema
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            missing = next(name for name in wanted if name not in instance)
            return Wording(f"no member {missing}", f"the members {', '.join(wanted)}")
        case "additionalProperties":
            known = list(schema.get("properties", ()))
            unknown = next(name for name in instance if name not in known)
            near = get_close_matches(str(unknown), known, n=1)
            return Wording(f"the unknown member {excerpt(unknown)}", f"only the members {', '.join(known)}", *near)
        case "anyOf" | "oneOf" if all(list(each) == ["required"] for each in wanted):
            return _members(instance, [name for each in wanted for name in each["required"]])
    expected = _expected(error.validator, wanted)
    if isinstance(schema, Mapping) and schema.get("writeOnly"):
        return Wording("something that is not shown, as it may be a secret", expected)
    if isinstance(instance, str) and wanted in ("object", "array"):
        return Wording("a text", expected)  # which may be anything, and a secret too
    is_name = "propertyNames" in error.absolute_schema_path
    return Wording(f"a member called {excerpt(instance)}" if is_name else excerpt(instance), expected)


def _members(instance: Mapping[str, Any], names: Sequence[str]) -> Wording:
    """Of the members *names* there are none, or several where one stands for all."""
    if there := [name for name in names if name in instance]:
        return Wording(f"the members {' and '.join(there)} together", f"one of {', '.join(names)} alone")
    return Wording(f"none of the members {', '.join(names)}", "one of them")


def _expected(keyword: Any, wanted: Any) -> str:
    if keyword in BOUNDS:
        bound, counted = BOUNDS[keyword]
        return f"{bound} {wanted} {counted}{'' if wanted == 1 else 's'}"
    if keyword in NUMBERS:
        return f"{NUMBERS[keyword]} {wanted}"
    match keyword:
        case "anyOf" | "oneOf":
            return " or ".join(dict.fromkeys(map(_described, wanted)))
        case "not":
            return f"anything but {_described(wanted)}"
        case "pattern":
            return f"a text that matches {wanted[:LONGEST]}{'…' if len(wanted) > LONGEST else ''}"
        case "uniqueItems":
            return "each item once"
        case "contains":
            return f"an item that is {_described(wanted)}"
        case "enum" | "const" | "type":
            return _described({keyword: wanted})
        case None:  # the schema false
            return "nothing there"
        case other:
            return f"{other} {excerpt(wanted, LONGEST)}"


def _described(schema: Any) -> str:
    """What *schema* wants, in a few words."""
    match schema:
        case {"const": value}:
            return excerpt(value, LONGEST)
        case {"enum": values}:
            return f"one of {', '.join(map(str, values))}"
        case {"required": names}:
            return f"an object with the member{'' if len(names) == 1 else 's'} {', '.join(names)}"
        case {"type": str(name)}:
            return f"a JSON {name}"
        case {"type": names}:
            return f"a JSON {' or '.join(names)}"
        case {"$ref": str(reference)}:
            return f"a {reference.rpartition('/')[2]}"
        case _:
            return "another value"
