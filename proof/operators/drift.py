"""Operators that do what gateways were seen to do: another type or another envelope, mostly everywhere at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from proof.generated import Generated
from proof.operators.document import Document, Spot, items_of, served
from proof.readings import YEAR_2010, is_number
from proof.trial import NOW
from specs.pointer import resolve
from specs.provider import Provider

NAME = "drift"
TYPE = "that type is allowed there, and its value is as good"
ENVELOPE = "the envelope is open, and has what is required"


def drift(provider: Provider) -> Iterator[Generated]:
    """Mutants of everything that *provider* answers 200 with."""
    for document in served(provider):
        for spot in document.spots:
            if spot.where in ("first", "only"):
                yield from _types(document, spot)
        envelopes = _lists(document) if document.operation.items else _alone(document.body)
        for what, says, body in envelopes:
            yield document.mutant(NAME, what, f"{says}.", [{"op": "replace", "path": "", "value": body}], ENVELOPE)


def _types(document: Document, spot: Spot) -> Iterator[Generated]:
    values = {at: resolve(document.body, at) for at in spot.everywhere}
    kinds = dict.fromkeys(what for value in values.values() for what in _drifted(value))
    for what in kinds:
        changed = {at: _drifted(value)[what] for at, value in values.items() if what in _drifted(value)}
        for where, chosen in (("everywhere", changed), ("last", dict(list(changed.items())[-1:]))):
            if where == "last" and len(changed) == 1:
                continue
            patch = [{"op": "replace", "path": at, "value": value} for at, value in chosen.items()]
            named = spot.field.removeprefix("/components/schemas/").replace("/properties/", ".").replace("/items", "[]")
            says = f"{spot.at} and its like are given as {what}, {where}."
            yield document.mutant(NAME, f"{named}:{what}@{where}", says, patch, TYPE, spot=spot)


def _drifted(value: Any) -> dict[str, Any]:
    """What *value* may turn into, by the name of the drift."""
    found: dict[str, Any] = {}
    if isinstance(value, bool):
        return {"string": str(value).lower(), "number": int(value)}
    if is_number(value):
        found = {"string": str(value), "fraction": value + 0.5}
        if isinstance(value, int):
            found["float"] = float(value)
        if YEAR_2010 <= value <= NOW + 86_400:
            moment = datetime.datetime.fromtimestamp(value, tz=datetime.UTC)
            found |= {"milliseconds": int(value * 1000), "iso-date": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if isinstance(value, str) and "," in value:
        found["array"] = value.split(",")
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        found["comma-string"] = ",".join(value)
    return found


def _lists(document: Document) -> Iterator[tuple[str, str, Any]]:
    body, items = document.body, items_of(document.provider, document.operation)
    name = items.at.removeprefix("/")
    models = body[name]
    rest = {each: value for each, value in body.items() if each != name}
    yield "bare-array", "The answer is the bare array of models", models
    for other in ("models", "items", "result"):
        yield f"named-{other}", f"The array of models is called {other!r}", {**rest, other: models}
    yield "wrapped", "The answer stands inside a success wrapper", {"success": True, "data": body}
    yield "wrapped-code", "The answer stands inside a wrapper with a code", {"code": 0, "msg": "ok", "data": body}
    yield "paged", "The models are a page inside of an object", {**body, name: {"items": models, "total": len(models)}}
    yield (
        "by-id",
        "The models are members of an object, by their ids",
        {**body, name: {each[items.id]: each for each in models}},
    )
    yield "ids-only", "The list holds ids and no models", {**body, name: [each[items.id] for each in models]}
    yield "nested-array", "Each model stands in an array of its own", {**body, name: [[each] for each in models]}
    yield "null-list", "A list without models is null", {**body, name: None}
    yield "empty-object", "The answer is an empty object", {}
    yield "null", "The answer is null", None
    yield "error", "An error comes as 200", {"error": {"message": "upstream failed", "type": "server_error", "code": 500}}
    yield "unsuccessful", "A failure comes as 200", {"success": False, "message": "upstream failed"}


def _alone(item: Any) -> Iterator[tuple[str, str, Any]]:
    yield "wrapped", "The model stands in a wrapper", {"success": True, "data": item}
    yield "in-list", "The model stands in a list of one", {"object": "list", "data": [item]}
    yield "in-array", "The model stands in an array", [item]
    yield "null", "The answer is null", None
    yield "error", "An error comes as 200", {"error": {"message": "upstream failed", "type": "server_error", "code": 500}}
