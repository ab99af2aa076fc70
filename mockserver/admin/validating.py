"""Bodies of the admin API before their schemas, as jsonschema has it; imported when the first body comes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

URI = "https://mock.invalid/openapi.yaml"  # nothing is ever fetched: .invalid is no host (RFC 2606)
MAX_ERRORS = 100  # among which the best one is looked for


class Validating:
    """The schemas under ``components/schemas`` of *document*."""

    def __init__(self, document: Any) -> None:
        self._registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(document))
        self._validators: dict[str, Any] = {}

    def best_error(self, name: str, value: Any) -> ValidationError | None:
        """The error that says most of why *value* does not fit the schema *name*, if it does not."""
        if name not in self._validators:
            self._validators[name] = _Validator({"$ref": f"{URI}#/components/schemas/{name}"}, registry=self._registry)
        error: ValidationError | None = best_match(islice(self._validators[name].iter_errors(value), MAX_ERRORS))
        return error


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
