"""A provider with one thing broken: what a mutant's patches make of a conforming one."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from specs.errors import SpecError
from specs.mutant import Mutant
from specs.openapi import OpenApi
from specs.provider import Provider
from specs.recording import Recording, encode


def mutate(provider: Provider, mutant: Mutant) -> Provider:
    """A copy of *provider* whose contract and recordings carry the patches of *mutant*.

    The copy is not checked against any schema: to be wrong is what it is for. Its 200 recordings labelled
    ``mutant.serves`` are the default ones. Raises SpecError when a patch does not fit.
    """
    file = f"fixtures/{provider.id}/mutants.json"
    document = apply(mutant.contract, provider.document, file, mutant.id)
    openapi = OpenApi(document, file)
    patches = dict(mutant.recordings)
    served = {each.operation for each in provider.recordings if (each.status, each.label) == (200, mutant.serves)}
    recordings = tuple(
        replace(
            _patched(each, patches.get(each.name, ()), file, mutant.id),
            default=each.label == mutant.serves if each.status == 200 and each.operation in served else each.default,
        )
        for each in provider.recordings
    )
    return replace(
        provider,
        hosts=openapi.hosts,
        operations=openapi.operations(),
        rate_limit=openapi.rate_limit,
        recordings=recordings,
        document=document,
    )


def apply(patch: Sequence[Mapping[str, Any]], value: Any, file: str, at: str) -> Any:
    """A copy of *value* with the JSON Patch *patch* applied; raises SpecError when it does not fit."""
    if not patch:
        return value
    from jsonpath import JSONPatch, JSONPatchError, JSONPointerError  # noqa: PLC0415 - long to import, for mutants only

    try:
        # The operations are copied too: a value that one adds, a later one may change.
        return JSONPatch(copy.deepcopy([dict(operation) for operation in patch])).apply(copy.deepcopy(value))
    except (JSONPatchError, JSONPointerError) as error:
        found = f"a patch that does not fit ({error})"
        raise SpecError(file, at, found=found, expected="a JSON Patch (RFC 6902) that does") from None


def _patched(recording: Recording, patch: Sequence[Mapping[str, Any]], file: str, at: str) -> Recording:
    if not patch:
        return recording
    value: dict[str, Any] = {"status": recording.status, "headers": dict(recording.headers)}
    if recording.is_json:
        value["body"] = json.loads(recording.content)
    else:
        value["text"] = recording.content.decode()
    value = apply(patch, value, file, at)
    if not {"status", "headers"} <= value.keys() or ("body" in value) == ("text" in value):
        found = f"a patch that leaves {', '.join(value) or 'nothing'} of {recording.name}"
        raise SpecError(file, at, found=found, expected="status, headers, and either body or text")
    is_json = "body" in value
    return replace(
        recording,
        status=value["status"],
        headers=MappingProxyType(dict(value["headers"])),
        content=encode(value["body"]) if is_json else value["text"].encode(),
        is_json=is_json,
    )
