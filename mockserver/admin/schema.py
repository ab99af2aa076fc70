"""The schemas of the admin API: openapi.yaml is what bodies are checked by, and what the mock serves as its description."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.errors import UsageError
from specs import pointer, strict_yaml

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from mockserver.admin.validating import Validating

FILE = Path(__file__).with_name("openapi.yaml")
SECRET = frozenset({"keys", "key", "header"})  # members whose content no error quotes: whatever stands there may be a key
MAX_QUOTED = 80  # characters of what was found
MAX_POINTER = 200  # likewise of where, as names of members may be long


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
        error = self._validating.best_error(name, value)
        if error is not None:
            raise _schema_error(error)

    @cached_property
    def _validating(self) -> Validating:
        from mockserver.admin.validating import Validating  # noqa: PLC0415 - jsonschema is imported when there is a body

        return Validating(self.document)


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
