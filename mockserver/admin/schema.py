"""The schemas of the admin API: openapi.yaml is what bodies are checked by, and what the mock serves as its description."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.errors import UsageError
from specs import pointer, strict_yaml

FILE = Path(__file__).with_name("openapi.yaml")
URI = "https://mock.invalid/openapi.yaml"  # nothing is ever fetched: .invalid is no host (RFC 2606)
SECRET = frozenset({"keys", "key", "header"})  # members whose content no error quotes: whatever stands there may be a key
MAX_QUOTED = 80  # characters of what was found
MAX_POINTER = 200  # likewise of where, as names of members may be long
MAX_ERRORS = 100  # among which the best one is looked for


class SchemaError(UsageError):
    """A body does not fit: its *pointer* (RFC 6901), what was *found* there and what was *expected*, as one sentence."""

    def __init__(self, at: str, found: str, expected: str) -> None:
        self.pointer = at
        self.found = found
        self.expected = expected
        place = f" at {at[:MAX_POINTER]}" if at else ""
        sentence = f"The body{place}: found {found}, expected {expected}."
        super().__init__(sentence.encode("utf-8", "backslashreplace").decode())  # JSON can hold halves of characters


class Schemas:
    """What is under ``components/schemas`` of an OpenAPI 3.1 document, whose dialect is that of JSON Schema 2020-12."""

    def __init__(self, file: Path = FILE) -> None:
        """*file* is read when it is needed first, as many a mock never is asked for it."""
        self._file = file
        self._validators: dict[str, Any] = {}

    @cached_property
    def document(self) -> Any:
        """The whole document."""
        return strict_yaml.read(self._file, self._file.name).value

    @cached_property
    def content(self) -> bytes:
        """The whole document as JSON."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()

    def check(self, name: str, value: Any) -> None:
        """Raises SchemaError when *value*, as json.loads gives it, does not fit the schema *name*."""
        error = best_match(islice(self._validator(name).iter_errors(value), MAX_ERRORS))
        if error is not None:
            raise _schema_error(error)

    def _validator(self, name: str) -> Any:
        if name not in self._validators:
            reference = {"$ref": f"{URI}#/components/schemas/{name}"}
            self._validators[name] = _Validator(reference, registry=self._registry)
        return self._validators[name]

    @cached_property
    def _registry(self) -> Registry[Any]:
        registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(self.document))
        return registry


def _is_number(_checker: object, value: object) -> bool:
    """Without NaN, which json.loads reads although it is no JSON: it is neither below a minimum nor above a maximum."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and math.isfinite(value))


def _within(keyword: str, bound: str) -> Callable[[Any, Any, Any, Any], Iterator[ValidationError]]:
    """The check of *keyword*, left out where there is more to check than *bound* allows, as that is an error already."""
    check = Draft202012Validator.VALIDATORS[keyword]

    def bounded(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, list | dict) or len(instance) <= schema.get(bound, math.inf):
            yield from check(validator, value, instance, schema)

    return bounded


_Validator: Any = extend(  # type: ignore[no-untyped-call]  # the library has no types here
    Draft202012Validator,
    {
        "items": _within("items", "maxItems"),
        "propertyNames": _within("propertyNames", "maxProperties"),
        "additionalProperties": _within("additionalProperties", "maxProperties"),
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)

SCHEMAS = Schemas()


def _schema_error(error: ValidationError) -> SchemaError:
    at = pointer.join(error.absolute_path)
    is_secret = not SECRET.isdisjoint(error.absolute_path)
    instance: Any = error.instance
    schema: Any = error.schema
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            other = next(name for name in instance if name not in schema["properties"])
            found = "another member" if is_secret else f"the member {_shown(other)}"
            return SchemaError(at, found, f"only {', '.join(schema['properties'])}")
        case "required":
            missing = next(name for name in wanted if name not in instance)
            return SchemaError(at, f"no member {missing}", f"the members {', '.join(wanted)}")
        case "not":
            return SchemaError(at, wanted["description"], "one of them")
    found = _kind(instance) if is_secret else _shown(instance)
    is_name = "propertyNames" in error.absolute_schema_path
    return SchemaError(at, f"a member called {found}" if is_name else found, _expected(schema))


def _shown(value: Any) -> str:
    """*value* as JSON, cut; of arrays and objects only how large they are."""
    if isinstance(value, list | dict):
        return f"{_kind(value)} of {len(value)} {'items' if isinstance(value, list) else 'members'}"
    text = json.dumps(value[: MAX_QUOTED + 1] if isinstance(value, str) else value, ensure_ascii=False)
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 1]}…"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = ((bool, "a boolean"), (str, "a string"), (list, "an array"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")


def _expected(schema: Any) -> str:
    """What *schema* wants, in words."""
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return " or ".join(_described(each, schema) for each in types)


def _described(type: str, schema: Any) -> str:
    match type:
        case "integer" | "number":
            name = "a whole number" if type == "integer" else "a number"
            lower = f"from {schema['minimum']}" if "minimum" in schema else f"above {schema['exclusiveMinimum']} and up"
            return f"{name} {lower} to {schema['maximum']}"
        case "string":
            examples = [each for each in schema.get("examples", ()) if isinstance(each, str)]
            such = f" such as {json.dumps(examples[0])}" if examples else ""
            return f"a string of {_span(schema.get('minLength', 0), schema['maxLength'])} characters{such}"
        case "array":
            return f"an array of {_span(schema.get('minItems', 0), schema['maxItems'])} items"
        case "object":
            most = f" of at most {schema['maxProperties']} members" if "maxProperties" in schema else ""
            return f"an object{most or (' with at least one member' if 'minProperties' in schema else '')}"
        case "boolean":
            return "true or false"
        case _:
            return "null"


def _span(least: int, most: int) -> str:
    return str(most) if least == most else f"{least} to {most}"
