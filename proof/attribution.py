"""Whose requirement a mutant breaks, and why one breaks none: found in the contract, never by a provider's name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from proof.readings import breaks, refusals
from proof.trial import NOW
from specs.contract import Operation
from specs.pointer import resolve
from specs.provider import Provider
from specs.recording import encode
from specs.requirement import Requirement


def first(provider: Provider, broken: Iterable[Requirement]) -> str | None:
    """The id of the one of *broken* that the suite reports first, None for none."""
    ids = {each.id for each in broken}
    return next((each.id for each in provider.requirements if each.id in ids), None)


def probe(provider: Provider, operation: str, *names: str, **parameters: Any) -> str | None:
    """The first requirement of *operation* whose check is one of the probes *names* with *parameters*, None for none.

    A parameter that is a list fits where it holds the one asked for.
    """
    return first(
        provider,
        (
            each
            for each in provider.requirements
            if each.check.name in names
            and operation in each.operations
            and all(_fits(each.check.parameters.get(name), value) for name, value in parameters.items())
        ),
    )


def _fits(held: Any, wanted: Any) -> bool:
    return wanted in held if isinstance(held, list | tuple) and not isinstance(wanted, list | tuple) else bool(held == wanted)


def of_body(provider: Provider, operation: Operation, before: Any, after: Any, status: int = 200) -> str | None:
    """What *after* breaks first as an answer of *operation* with *status*; None where it is as good as *before*.

    By the schema of that answer, by the invariants, and for an item by itself by what says that it equals its
    entry in the list, which *before* is then.
    """
    response = operation.responses.get(status)
    if response is None or response.schema is None:
        return None
    # Only that ids differ is said of all items together; the rest is said of each.
    part = _changed(operation, before, after)
    owners = (provider.owner(place) for place in refusals(provider, response.schema, part))
    found = [owner for owner in owners if owner is not None]
    if status == 200:
        found += (
            each
            for each in provider.requirements
            if each.check.kind == "invariant"
            and operation.id in each.operations
            and breaks(each, after if each.check.name == "unique" else part, NOW)
        )
        if operation.retrieves:
            found += _unlike_entry(provider, operation, before, after)
    return first(provider, found)


def _unlike_entry(provider: Provider, operation: Operation, before: Any, after: Any) -> list[Requirement]:
    """What asks an item by itself to be its entry in the list."""
    listed = provider.operations[operation.retrieves.operation].items if operation.retrieves else None
    name = listed.id if listed else ""
    asking = [each for each in provider.requirements if operation.id in each.operations]
    if not isinstance(after, dict) or after.get(name) != before.get(name):
        return [each for each in asking if each.check.name == "retrieve"]
    return [each for each in asking if each.check.name == "retrieve-equal" and _differ(each, before, after)]


def _differ(requirement: Requirement, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two items differ in what *requirement* compares."""
    apart = requirement.check.parameters.get("without", ())
    one, other = ({name: value for name, value in each.items() if name not in apart} for each in (before, after))
    return _written(one) != _written(other)


def _written(value: Any) -> str:
    """*value* as a text that depends neither on the order of members nor on how a number is spelled: 1.0 is 1."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _changed(operation: Operation, before: Any, after: Any) -> Any:
    """*after* without the items that are as in *before*: what is as it was is as good as it was."""
    if operation.items is None:
        return after
    try:
        old, new = (resolve(body, operation.items.at) for body in (before, after))
    except LookupError:
        return after
    name = operation.items.at.removeprefix("/")
    if not (isinstance(old, list) and isinstance(new, list) and name in after and len(old) == len(new)):
        return after
    return {**after, name: [each for was, each in zip(old, new, strict=True) if encode(was) != encode(each)]}
