"""Mutants: copies of a conforming gateway with one thing broken, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class When:
    """Which answers a rewrite touches; every part that is set must match. *every* = n touches each n-th match."""

    operation: str | None
    method: str | None
    status: int | None
    query: Mapping[str, str]
    headers: Mapping[str, str | None]
    every: int


@dataclass(frozen=True)
class Rewrite:
    """What is changed in an answer just before it leaves; None leaves a part as it is."""

    when: When
    status: int | None
    headers: Mapping[str, str | None]
    patch: tuple[Mapping[str, Any], ...]
    text: str | None


@dataclass(frozen=True)
class Mutant:
    """One broken gateway.

    *breaks* is the requirement that must catch it, *serves* the label of its 200 recordings, *needs* the
    options of the suite without which the breach does not show. *recordings* maps recordings
    (``<operationId>/<status>-<label>``) to JSON Patches, *contract* is one for openapi.yaml.
    """

    id: str
    breaks: str
    says: str
    serves: str
    needs: tuple[str, ...]
    recordings: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    contract: tuple[Mapping[str, Any], ...]
    rewrites: tuple[Rewrite, ...]


def mutant(data: Mapping[str, Any]) -> Mutant:
    """A mutant from its JSON, which is of the format ``mutants``."""
    return Mutant(
        id=data["id"],
        breaks=data["breaks"],
        says=data["says"],
        serves=data.get("serves", "catalogue"),
        needs=tuple(data.get("needs", ())),
        recordings=tuple((each["recording"], tuple(each["patch"])) for each in data.get("recordings", ())),
        contract=tuple(data.get("contract", ())),
        rewrites=tuple(_rewrite(each) for each in data.get("responses", ())),
    )


def _rewrite(data: Mapping[str, Any]) -> Rewrite:
    when = data["when"]
    return Rewrite(
        when=When(
            operation=when.get("operation"),
            method=when.get("method"),
            status=when.get("status"),
            query=MappingProxyType(dict(when.get("query", {}))),
            headers=MappingProxyType(dict(when.get("headers", {}))),
            every=when.get("every", 1),
        ),
        status=data.get("status"),
        headers=MappingProxyType(dict(data.get("headers", {}))),
        patch=tuple(data.get("patch", ())),
        text=data.get("text"),
    )
