"""What jsonschema refuses, and how it says so: the one place that uses it, imported when a value is not evidently right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012


def best(schema: Any, value: Any) -> ValidationError | None:
    """The error that says most of what *schema* refuses in *value*, if it refuses anything."""
    error: ValidationError | None = best_match(Draft202012Validator(schema).iter_errors(value))
    return error


class Refusing:
    """What is refused by the schemas of *documents*, which are given by their URLs; nothing else can be reached.

    *allows* says whether an object in them evidently allows a value. It is asked for each item of an array, of which in a
    long one nearly all are right.
    """

    def __init__(self, documents: Mapping[str, Any], allows: Callable[[Mapping[str, Any], Any], bool]) -> None:
        resources = [(url, DRAFT202012.create_resource(document)) for url, document in documents.items()]
        self._registry: Registry[Any] = Registry().with_resources(resources)
        items = Draft202012Validator.VALIDATORS["items"]

        def doubtful(validator: Any, schema: Any, instance: Any, parent: Any) -> Iterator[ValidationError]:
            if not (isinstance(instance, list) and isinstance(schema, dict)) or "prefixItems" in parent:
                yield from items(validator, schema, instance, parent)
                return
            for index, item in enumerate(instance):
                if not allows(schema, item):
                    yield from validator.descend(item, schema, path=index)

        self._validator: Any = extend(Draft202012Validator, {"items": doubtful})  # type: ignore[no-untyped-call]  # has no types

    def errors(self, url: str, value: Any) -> Iterator[ValidationError]:
        """Every error of the schema at *url* in *value*."""
        yield from self._validator({"$ref": url}, registry=self._registry).iter_errors(value)
