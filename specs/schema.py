"""JSON Schema 2020-12 over the documents of one provider: validators by place, errors by place.

Every document is registered under ``https://specs.invalid/<provider>/<file>``. The registry has no
way to fetch anything, and ``.invalid`` can never be a host (RFC 2606), so a ``$ref`` stays in the folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urldefrag, urljoin

from specs import pointer, walk
from specs.errors import SpecError, excerpt
from specs.evident import Evident

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from specs.refusing import Refusing

MAIN = "openapi.yaml"

# Keywords that refuse a value themselves; what stands inside them is not reported by itself.
ASSERTIONS = frozenset(
    {"type", "enum", "const", "anyOf", "oneOf", "not", "pattern", "minLength", "maxLength", "minimum", "maximum"}
    | {"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties"}
    | {"maxProperties", "contains", "minContains", "maxContains", "dependentRequired", "unevaluatedItems"}
    | {"unevaluatedProperties"}
)
# Keywords that hold schemas whose refusals are reported where they stand inside.
SCHEMA_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
SCHEMA_LISTS = frozenset({"allOf", "prefixItems"})
SCHEMAS = frozenset({"items", "additionalProperties", "propertyNames", "then", "else"})
# Keywords that refuse nothing; `format` is an annotation (JSON Schema 2020-12 Validation section 7.2.1).
ANNOTATIONS = frozenset(
    {"title", "description", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "format", "$comment"}
    | {"$defs", "if", "contentEncoding", "contentMediaType", "discriminator", "externalDocs", "xml"}
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
        self._folder = f"specs/providers/{provider}"
        self._base = f"https://specs.invalid/{provider}/"
        self._documents = documents
        self._evident = Evident(self.schema, self.referred)
        self._keywords: dict[str, tuple[str, ...]] = {}

    def check_references(self) -> None:
        """Raises SpecError for the first ``$ref`` that leaves the folder or points to nothing."""
        for name, document in self._documents.items():
            for at, keyword, value in walk.keywords(document):
                if keyword == "$ref":
                    self._check_reference(name, at, value)

    def errors(self, place: str, body: Any) -> Iterator[SchemaError]:
        """What the schema at *place* (a pointer into openapi.yaml) refuses in *body*."""
        if not self._evident.allows(place, body):
            for error in self._refusing.errors(f"{self._base}{MAIN}#{quote(place, safe='/~')}", body):
                yield from self._errors(error)

    def schema(self, place: str) -> Any:
        """The schema at *place*: an object, true or false; raises LookupError when nothing is there."""
        name, at = _split(place)
        return pointer.resolve(self._documents[name], at)

    def referred(self, place: str, reference: str) -> str:
        """The place that the ``$ref`` *reference* in the schema at *place* points to."""
        return self._follow(_split(place)[0], reference)

    def keywords(self, place: str) -> tuple[str, ...]:
        """The pointer of every schema keyword that can refuse something below *place*, through ``$ref`` too.

        Raises SpecError for a keyword that this package does not know: what it refuses could not be attributed.
        """
        if place not in self._keywords:
            self._keywords[place] = tuple(self._keywords_below(place))
        return self._keywords[place]

    def _keywords_below(self, place: str) -> Iterator[str]:
        seen: set[str] = set()
        queue = [place]
        while queue:
            current = queue.pop()
            if current in seen:
                continue
            seen.add(current)
            name, at = _split(current)
            schema = pointer.resolve(self._documents[name], at)
            if schema is True:
                continue
            if not isinstance(schema, dict):
                raise self._error(name, at, found=excerpt(schema), expected="a schema that is an object, or true")
            for keyword, value in schema.items():
                where = f"{current}/{keyword}"
                if keyword == "$ref":
                    queue.append(self._follow(name, value))
                elif keyword in SCHEMA_MAPS:
                    queue += [f"{where}/{pointer.escape(member)}" for member in value]
                elif keyword in SCHEMA_LISTS:
                    queue += [f"{where}/{index}" for index in range(len(value))]
                elif keyword == "required":
                    yield from (f"{current}/properties/{pointer.escape(member)}/required" for member in value)
                elif keyword in ASSERTIONS or (keyword in SCHEMAS and value is False):
                    yield where
                elif keyword in SCHEMAS:
                    queue.append(where)
                elif keyword not in ANNOTATIONS:
                    expected = "a keyword of JSON Schema 2020-12 that refuses by itself, or an annotation"
                    raise self._error(
                        name, f"{at}/{pointer.escape(keyword)}", found=f"the keyword {keyword!r}", expected=expected
                    )

    def visits(self, place: str, body: Any) -> Iterator[tuple[str, str, Any]]:
        """Every (place, pointer, value) where a schema below *place* speaks of a value of *body*.

        Follows ``$ref``, ``properties``, ``items``, ``additionalProperties`` and ``allOf``; a member that no
        schema knows is not visited.
        """
        schemas: dict[str, Any] = {}  # each is looked up once, however many values it speaks of
        seen: set[tuple[str, str]] = set()
        queue: list[tuple[str, str, Any]] = [(place, "", body)]
        while queue:
            current, at, value = queue.pop()
            if (current, at) in seen:
                continue
            seen.add((current, at))
            yield current, at, value
            if current not in schemas:
                schemas[current] = self.schema(current)
            schema = schemas[current]
            if not isinstance(schema, dict):
                continue
            if "$ref" in schema:
                queue.append((self.referred(current, schema["$ref"]), at, value))
            queue += [(f"{current}/allOf/{index}", at, value) for index in range(len(schema.get("allOf", ())))]
            if isinstance(value, list) and "items" in schema:
                queue += [(f"{current}/items", f"{at}/{index}", item) for index, item in enumerate(value)]
            if isinstance(value, dict):
                known = schema.get("properties", {})
                for member, held in value.items():
                    token = pointer.escape(member)
                    if member in known:
                        queue.append((f"{current}/properties/{token}", f"{at}/{token}", held))
                    elif isinstance(schema.get("additionalProperties"), dict):
                        queue.append((f"{current}/additionalProperties", f"{at}/{token}", held))

    def within(self, place: str, at: str) -> tuple[str, ...]:
        """The places that speak of what is at *at* in a body whose schema is at *place*.

        In the pointer *at* the token ``*`` stands for every index. Follows ``$ref``, ``allOf``, ``properties`` and ``items``.
        """
        places = self.applied([place])
        for name in pointer.split(at):
            inner = []
            for each, schema in places.items():
                if name in schema.get("properties", {}):
                    inner.append(f"{each}/properties/{pointer.escape(name)}")
                elif name == "*" and "items" in schema:
                    inner.append(f"{each}/items")
            places = self.applied(inner)
        return tuple(places)

    def applied(self, places: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The schemas at *places*, and those that they refer to by ``$ref`` and ``allOf``; true and false are empty ones."""
        found: dict[str, Mapping[str, Any]] = {}
        queue = list(places)
        while queue:
            place = queue.pop()
            if place in found:
                continue
            schema = self.schema(place)
            found[place] = schema if isinstance(schema, dict) else {}
            if "$ref" in found[place]:
                queue.append(self.referred(place, found[place]["$ref"]))
            queue += [f"{place}/allOf/{index}" for index in range(len(found[place].get("allOf", ())))]
        return found

    @cached_property
    def _refusing(self) -> Refusing:
        from specs.refusing import Refusing  # noqa: PLC0415 - jsonschema is imported when it is needed first

        return Refusing({self._base + name: document for name, document in self._documents.items()}, self._allows)

    def _allows(self, schema: Mapping[str, Any], value: Any) -> bool:
        """Whether *schema*, an object in these documents, evidently allows *value*."""
        return self._evident.allows(self._places[id(schema)], value)

    @cached_property
    def _places(self) -> Mapping[int, str]:
        """Where each object stands, by its identity, which holds as long as the documents are kept and not changed."""
        places: dict[int, str] = {}
        for name, document in self._documents.items():
            _note_places(document, "" if name == MAIN else f"{name}#", places)
        return places

    def _errors(self, error: ValidationError) -> Iterator[SchemaError]:
        # jsonschema leaves every $ref out of its schema paths, so that they do not say where a keyword stands;
        # the schema that an error carries is the very object in our documents, and that does.
        holder = self._places[id(error.schema)]
        at = pointer.join(error.absolute_path)
        if error.validator == "required" and isinstance(error.instance, dict):
            # jsonschema reports each missing member by itself, and names it only in the message.
            required: Any = error.validator_value
            for name in (name for name in required if error.message.startswith(repr(name))):
                token = pointer.escape(name)
                yield SchemaError(
                    f"{holder}/properties/{token}/required", f"{at}/{token}", "required", "present", "absent", error.message
                )
            return
        place = f"{holder}/{pointer.escape(str(error.validator))}"
        yield SchemaError(place, at, str(error.validator), error.validator_value, error.instance, error.message)

    def _follow(self, name: str, reference: str) -> str:
        """The place a ``$ref`` in the file *name* points to."""
        url, fragment = urldefrag(urljoin(self._base + name, reference))
        file = url.removeprefix(self._base)
        return unquote(fragment) if file == MAIN else f"{file}#{unquote(fragment)}"

    def _check_reference(self, name: str, at: str, reference: Any) -> None:
        if not isinstance(reference, str):
            raise self._error(name, at, found=f"$ref {excerpt(reference)}", expected="a string")
        url, fragment = urldefrag(urljoin(self._base + name, reference))
        file = url.removeprefix(self._base)
        if not url.startswith(self._base) or file not in self._documents:
            expected = f"a place in {' or '.join(self._documents)}"
            raise self._error(name, at, found=f"$ref {reference!r}", expected=expected, hint="it may not leave the folder")
        try:
            pointer.resolve(self._documents[file], unquote(fragment))
        except (LookupError, ValueError):
            raise self._error(name, at, found=f"$ref {reference!r}", expected="a place that exists") from None

    def _error(self, name: str, at: str, *, found: str, expected: str, hint: str = "") -> SpecError:
        return SpecError(f"{self._folder}/{name}", at, found=found, expected=expected, hint=hint)


def _split(place: str) -> tuple[str, str]:
    """The file and the pointer of *place*, which is ``/pointer`` in openapi.yaml or ``file#/pointer``."""
    if not place or place.startswith("/"):
        return MAIN, place
    name, _, at = place.partition("#")
    return name, at


def _note_places(value: Any, at: str, places: dict[int, str]) -> None:
    if isinstance(value, dict):
        places[id(value)] = at
        for name, member in value.items():
            _note_places(member, f"{at}/{pointer.escape(name)}", places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _note_places(item, f"{at}/{index}", places)
