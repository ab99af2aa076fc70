"""JSON Schema 2020-12 over the documents of one provider: validators by place, errors by place.

Every document is registered under ``https://specs.invalid/<provider>/<file>``. The registry has no
way to fetch anything, and ``.invalid`` can never be a host (RFC 2606), so a ``$ref`` stays in the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from specs import pointer
from specs.errors import SpecError

MAIN = "openapi.yaml"
ASSERTIONS = frozenset(
    {"type", "enum", "const", "anyOf", "oneOf", "not", "pattern", "minLength", "maxLength", "minimum", "maximum"}
    | {"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties"}
    | {"maxProperties"}
)


@dataclass(frozen=True)
class SchemaError:
    """One place of a body that its schema refuses.

    *place* is the pointer of the keyword in openapi.yaml that refuses it, *at* the pointer in the body.
    For a missing member both point to where it should be. *keyword* is the JSON Schema keyword.
    """

    place: str
    at: str
    keyword: str
    expected: Any
    actual: Any
    message: str


class Schemas:
    """The schemas in one provider's folder."""

    def __init__(self, provider: str, documents: Mapping[str, Any]) -> None:
        """*documents* maps file names relative to the folder to their values; ``openapi.yaml`` is among them."""
        self._base = f"https://specs.invalid/{provider}/"
        self._documents = documents
        resources = [(self._base + name, DRAFT202012.create_resource(document)) for name, document in documents.items()]
        self._registry: Registry[Any] = Registry().with_resources(resources)
        self._validators: dict[str, Draft202012Validator] = {}

    def check_references(self) -> None:
        """Raises SpecError for the first ``$ref`` that leaves the folder or points to nothing."""
        for name, document in self._documents.items():
            for at, reference in _references(document, ""):
                self._check_reference(name, at, reference)

    def errors(self, place: str, body: Any) -> Iterator[SchemaError]:
        """What the schema at *place* (a pointer into openapi.yaml) refuses in *body*."""
        for error in self._validator(place).iter_errors(body):
            yield from self._errors(place, error)

    def keywords(self, place: str) -> Iterator[str]:
        """The pointer of every schema keyword that can refuse something below *place*, through ``$ref`` too."""
        seen: set[str] = set()
        queue = [place]
        while queue:
            current = queue.pop()
            if current in seen:
                continue
            seen.add(current)
            name, _, at = current.rpartition("#")
            schema = pointer.resolve(self._documents[name or MAIN], at)
            if not isinstance(schema, dict):
                continue
            for keyword, value in schema.items():
                if keyword == "$ref":
                    queue.append(self._follow(name or MAIN, value))
                elif keyword in ("properties", "patternProperties"):
                    queue += [f"{current}/{keyword}/{pointer.escape(member)}" for member in value]
                elif keyword in ("items", "additionalProperties", "contains", "propertyNames"):
                    queue.append(f"{current}/{keyword}")
                elif keyword == "required":
                    yield from (f"{current}/properties/{pointer.escape(member)}/required" for member in value)
                elif keyword == "allOf":
                    queue += [f"{current}/allOf/{index}" for index in range(len(value))]
                elif keyword in ASSERTIONS:
                    yield f"{current}/{keyword}"

    def _validator(self, place: str) -> Draft202012Validator:
        if place not in self._validators:
            reference = {"$ref": f"{self._base}{MAIN}#{quote(place, safe='/~')}"}
            self._validators[place] = Draft202012Validator(reference, registry=self._registry)
        return self._validators[place]

    def _errors(self, place: str, error: ValidationError) -> Iterator[SchemaError]:
        where = self._place(place, error)
        at = pointer.join(error.absolute_path)
        if error.validator == "required" and isinstance(error.instance, dict):
            # jsonschema reports each missing member by itself, and names it only in the message.
            parent = where.rpartition("/")[0]
            required: Any = error.validator_value
            for name in (name for name in required if error.message.startswith(repr(name))):
                token = pointer.escape(name)
                yield SchemaError(
                    f"{parent}/properties/{token}/required", f"{at}/{token}", "required", "present", "absent", error.message
                )
            return
        yield SchemaError(where, at, str(error.validator), error.validator_value, error.instance, error.message)

    def _place(self, place: str, error: ValidationError) -> str:
        """Where the keyword that made *error* stands: its schema path with every ``$ref`` followed."""
        steps = list(error.absolute_schema_path)[1:]  # the first is the $ref of the validator itself
        current = place
        for index, step in enumerate(steps):
            name, _, at = current.rpartition("#")
            if step == "$ref" and index < len(steps) - 1:
                target = pointer.resolve(self._documents[name or MAIN], at)["$ref"]
                current = self._follow(name or MAIN, target)
            else:
                current = f"{current}/{pointer.escape(step)}"
        return current

    def _follow(self, name: str, reference: str) -> str:
        """The place a ``$ref`` in the file *name* points to."""
        url, fragment = urldefrag(urljoin(self._base + name, reference))
        file = url.removeprefix(self._base)
        return unquote(fragment) if file == MAIN else f"{file}#{unquote(fragment)}"

    def _check_reference(self, name: str, at: str, reference: Any) -> None:
        if not isinstance(reference, str):
            raise SpecError(name, at, found=f"$ref {reference!r}", expected="a string")
        url, fragment = urldefrag(urljoin(self._base + name, reference))
        file = url.removeprefix(self._base)
        if not url.startswith(self._base) or file not in self._documents:
            expected = f"a place in {' or '.join(self._documents)}"
            raise SpecError(name, at, found=f"$ref {reference!r}", expected=expected, hint="it may not leave the folder")
        try:
            pointer.resolve(self._documents[file], unquote(fragment))
        except (LookupError, ValueError):
            raise SpecError(name, at, found=f"$ref {reference!r}", expected="a place that exists") from None


def _references(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, f"{at}/{index}")
    elif isinstance(value, dict):
        for name, member in value.items():
            place = f"{at}/{pointer.escape(name)}"
            if name == "$ref" and not at.endswith("/properties"):
                yield place, member
            elif name not in ("example", "examples", "const", "enum", "default"):
                yield from _references(member, place)
