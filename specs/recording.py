"""Recordings: answers that the mock can replay, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Recording:
    """One answer. *content* is its body as bytes, encoded once; empty for an answer without a body.

    *departs* says where a captured one does not keep the contract.
    """

    operation: str
    status: int
    label: str
    provenance: str
    source: str
    date: str
    default: bool
    headers: Mapping[str, str]
    content: bytes
    is_json: bool
    departs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``<operationId>/<status>-<label>``, as in the fixtures folder."""
        return f"{self.operation}/{self.status}-{self.label}"

    @property
    def kind(self) -> tuple[str, int]:
        """Operation and status, of which one recording is the default one."""
        return self.operation, self.status

    def json(self) -> Any:
        """The body as a new JSON value of the caller's own."""
        return json.loads(self.content)


def recording(operation: str, label: str, data: Mapping[str, Any]) -> Recording:
    """A recording from its file's JSON, which is of the format ``recording``."""
    is_json = "body" in data
    return Recording(
        operation=operation,
        status=data["status"],
        label=label,
        provenance=data["provenance"],
        source=data["source"],
        date=data["date"],
        default=data.get("default", False),
        headers=MappingProxyType(dict(data["headers"])),
        content=encode(data["body"]) if is_json else data["text"].encode(),
        is_json=is_json,
        departs=tuple(data.get("departs", ())),
    )


def encode(value: Any) -> bytes:
    """*value* as compact JSON in UTF-8, members in their order: what every gateway and fixture of ours sends."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
