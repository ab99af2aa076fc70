"""A requirement's check made ready: its probe or invariant with its parameters, and the requests it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.case import SERVER_ERRORS, Case, Reading, Scope
from conformance.choices import Choices
from conformance.clients import RULES
from conformance.clients.rule import Rule
from conformance.invariants import INVARIANTS
from conformance.invariants.invariant import Invariant
from conformance.message import Request
from conformance.probes import PROBES
from conformance.probes.authorization import WRONG
from specs.contract import Authentication, Operation
from specs.errors import SpecError
from specs.provider import Provider
from specs.requirement import Requirement


def invariant(provider: Provider, requirement: Requirement) -> Invariant | None:
    """The invariant that *requirement* names, None when it names none. Raises SpecError for wrong parameters."""
    if requirement.check.kind != "invariant":
        return None
    try:
        return INVARIANTS[requirement.check.name](**requirement.check.parameters)
    except TypeError as error:
        raise _wrong(provider, requirement, error) from None


def rule(requirement: Requirement) -> Rule | None:
    """The rule of clients that *requirement* names, None when it names none."""
    return RULES[requirement.check.name] if requirement.check.kind == "client" else None


def cases(provider: Provider, requirement: Requirement, choices: Choices) -> Iterator[Case]:
    """The cases of *requirement*, the one that matters most first. Raises SpecError for wrong parameters.

    A probe has cases of its own. A schema, an invariant or a rule of clients is judged over all answers; its cases only
    see to it that the answers in question are asked for.
    """
    for name in requirement.operations:
        scope = Scope(provider, provider.operations[name], choices)
        if requirement.check.kind == "probe":
            try:
                yield from PROBES[requirement.check.name](**requirement.check.parameters).cases(scope)
            except (TypeError, ValueError, KeyError) as error:
                raise _wrong(provider, requirement, error) from None
        else:
            for request in _evidence(scope, requirement):
                yield Case((request,), lambda _: ())


def readings(provider: Provider, requirement: Requirement, choices: Choices, request: Request) -> Iterator[Case]:
    """What *request*, which is asked for another requirement's sake, is for *requirement*."""
    if requirement.check.kind == "probe" and request.operation in requirement.operations:
        probe = PROBES[requirement.check.name](**requirement.check.parameters)
        case = (
            probe.over(Scope(provider, provider.operations[request.operation], choices), request)
            if isinstance(probe, Reading)
            else None
        )
        if case is not None:
            # A 5xx is the failure of the requirement that asked, and not of one that only looks on.
            yield replace(case, expects=case.expects | SERVER_ERRORS)


@dataclass(frozen=True)
class _Reach:
    """Which documented answers of one operation a requirement's schema places belong to."""

    provider: Provider
    operation: Operation
    places: tuple[str, ...]

    def statuses(self) -> Iterator[int]:
        for status, response in self.operation.responses.items():
            if response.schema is None:
                continue
            keywords = self.provider.schemas.keywords(response.schema)
            if any(keyword == place or keyword.startswith(f"{place}/") for place in self.places for keyword in keywords):
                yield status


def _evidence(scope: Scope, requirement: Requirement) -> Iterator[Request]:
    if requirement.check.kind == "invariant":
        yield scope.base
        return
    if requirement.check.kind == "client":
        # What the document's own requirements ask for anyway: clients cost no request beside theirs.
        yield scope.base
        if scope.operation.items and scope.operation.authentication is not Authentication.NONE:
            yield scope.base.but(authorization=f"Bearer {WRONG}")
        if scope.operation.items and scope.wants_key:
            yield scope.base.but(authorization=None)
        return
    for status in _Reach(scope.provider, scope.operation, requirement.check.places).statuses():
        yield from _provoking(scope, status)


def _provoking(scope: Scope, status: int) -> Iterator[Request]:
    """Requests that a conforming gateway answers with *status*; none for those that cannot be provoked."""
    if status == 200:
        yield scope.base
    elif status == 401:
        if scope.operation.authentication is Authentication.REQUIRED:
            yield scope.base.but(authorization=None)
        yield scope.base.but(authorization=f"Bearer {WRONG}")
    elif status == 400:
        closed = tuple(each.name for each in scope.operation.query_parameters if each.values)
        for names in dict.fromkeys((closed, *((name,) for name in closed))):
            if names:
                yield scope.base.but(query=tuple((name, "no-such-value") for name in names))
    elif status == 404 and scope.operation.retrieves:
        yield scope.base.but(path=((scope.operation.retrieves.parameter, "no-such-model"),))


def _wrong(provider: Provider, requirement: Requirement, error: Exception) -> SpecError:
    return SpecError(
        f"specs/providers/{provider.id}/requirements.yaml",
        requirement.id,
        found=f"a check whose parameters do not fit ({error})",
        expected=f"the parameters of the {requirement.check.kind} {requirement.check.name!r}",
        hint="CONTRIBUTING.md lists them",
    )
