"""What is asked of a gateway to have a recording of each thing that it documents: reading requests, each harmless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.case import Scope
from conformance.choices import Choices
from conformance.message import Pick, Request
from conformance.plan import READING
from conformance.probes.authorization import WRONG
from conformance.probes.filtering import NOWHERE
from specs.contract import Authentication
from specs.provider import Provider

CLIENT_ERRORS = frozenset(range(400, 500)) - {429}
MISSING_KEY = "missing-key"
"""The label by which the mock finds its answer to a request without a key."""

UNKNOWN = "no-such-model"


@dataclass(frozen=True)
class Wanted:
    """One recording that is wanted: the answer to *request*, if it has one of *statuses*.

    *ending* is put behind the label of the recording, or in the place of it where it is *known* to the mock. *way* says in
    words how the request differs from the plain one. An *empty* list is one only where it has no model.
    """

    request: Request
    statuses: frozenset[int]
    ending: str = ""
    way: str = ""
    known: bool = False
    empty: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is the plain answer of its operation, without which the recording is not whole."""
        return not self.ending

    def label(self, label: str) -> str:
        """What the recording is called where that of the plain answer is called *label*."""
        return self.ending if self.known else f"{label}-{self.ending}" if self.ending else label


def wanted(provider: Provider) -> tuple[Wanted, ...]:
    """All that is wanted of *provider*: lists first, as ids come from them, and the plain answer before the others."""
    scopes = [Scope(provider, each, Choices()) for each in provider.operations.values() if each.method in READING]
    scopes.sort(key=lambda scope: scope.operation.retrieves is not None)
    plain = [Wanted(scope.base, frozenset({200})) for scope in scopes]
    return (*plain, *(each for scope in scopes for each in _others(scope)))


def _others(scope: Scope) -> Iterator[Wanted]:
    base, operation = scope.base, scope.operation
    searched = next((each for each in operation.query_parameters if each.filter and each.filter.match == "contains"), None)
    if searched and not searched.values:
        yield Wanted(
            base.but(query=((searched.name, NOWHERE),)),
            frozenset({200}),
            "empty",
            "with a filter that fits nothing",
            empty=True,
        )
    if 304 in operation.responses:
        unchanged = base.but(headers=(("If-None-Match", Pick(base, "its ETag")),))
        yield Wanted(unchanged, frozenset({304}), "not-modified", "with If-None-Match")
    if operation.authentication is not Authentication.NONE:
        wrong = base.but(authorization=f"Bearer {WRONG}")
        yield Wanted(wrong, CLIENT_ERRORS, "wrong-key", "with a wrong key")
    if operation.authentication is Authentication.REQUIRED:
        yield Wanted(base.but(authorization=None), CLIENT_ERRORS, MISSING_KEY, "without a key", known=True)
    if operation.retrieves:
        unknown = base.but(path=((operation.retrieves.parameter, UNKNOWN),))
        yield Wanted(unknown, CLIENT_ERRORS, "unknown-id", "with an unknown id")
