"""What will be asked, decided before anything is sent: which cases of which requirements, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance import checks
from conformance.case import Case, Scope
from conformance.choices import Choices
from conformance.message import Request
from conformance.pace import quota
from specs.provider import Provider
from specs.requirement import Level, Requirement

DEPTHS: Mapping[str, int] = {"quick": 10, "standard": 40, "deep": 400}
"""Requests at most, by depth."""

BURSTS = ("rate-limit", "retry-after")
"""The probes that use up a quota, and run only when they are asked for."""


@dataclass(frozen=True)
class Plan:
    """The cases that fit the budget, by requirement id; *order* is that of sending, *left_out* counts the others."""

    cases: Mapping[str, tuple[Case, ...]]
    order: tuple[Case, ...]
    left_out: Mapping[str, int]

    @property
    def requests(self) -> Iterator[tuple[Request, list[str]]]:
        """Each request in the order of sending, with the ids of the requirements it serves; bursts are left out."""
        serves: dict[Request, list[str]] = {}
        for case in self.order:
            if case.until is None:
                for request in case.requests:
                    for needed in (*(pick.source for pick in request.picks), request):
                        serves.setdefault(needed, [])
        for name, cases in self.cases.items():
            for case in cases:
                for request in case.requests:
                    if name not in serves.get(request, [name]):
                        serves[request].append(name)
        yield from serves.items()


@dataclass(frozen=True)
class Permissions:
    """What a run may do beyond reading: other *methods*, and bursts that use up a *rate_limit*."""

    methods: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS"})
    rate_limit: bool = False


def budget(provider: Provider, depth: str, asked: int | None) -> int:
    """Requests at most: what was *asked* for, else by *depth*, within half of a documented limit unless deep."""
    if asked is not None:
        return asked
    if provider.rate_limit and depth != "deep":
        return min(DEPTHS[depth], quota(provider.rate_limit))
    return DEPTHS[depth]


def plan(
    provider: Provider, requirements: Sequence[Requirement], requests: int, choices: Choices, permissions: Permissions
) -> Plan:
    """The plan for *requirements* within *requests*. Raises SpecError when a check's parameters do not fit.

    The plain lists come first, then round by round one case of each MUST and one of each SHOULD: whatever the
    budget, no requirement is deep while another has nothing.
    """
    wanted = {
        each.id: [case for case in checks.cases(provider, each, choices) if _allowed(each, case, permissions)]
        for each in requirements
    }
    planned: dict[str, list[Case]] = {each.id: [] for each in requirements}
    left_out: dict[str, int] = {}
    order: list[Case] = []
    chosen: set[Request] = set()
    for operation in dict.fromkeys(name for each in requirements for name in each.operations):
        base = Case((Scope(provider, provider.operations[operation], choices).base,), lambda _: ())
        if len(chosen | _needed(base)) <= requests:
            chosen |= _needed(base)
            order.append(base)
    for name, case in _rounds(requirements, wanted):
        needed = chosen if case.until else chosen | _needed(case)
        if len(needed) > requests:
            left_out[name] = left_out.get(name, 0) + 1
            continue
        chosen = needed
        planned[name].append(case)
        order.append(case)
    order.sort(key=lambda case: case.until is not None)
    return Plan({name: tuple(cases) for name, cases in planned.items()}, tuple(order), left_out)


def _allowed(requirement: Requirement, case: Case, permissions: Permissions) -> bool:
    if requirement.check.name in BURSTS and not permissions.rate_limit:
        return False
    return all(request.method in permissions.methods for request in case.requests)


def _needed(case: Case) -> set[Request]:
    return {needed for request in case.requests for needed in (request, *(pick.source for pick in request.picks))}


def _rounds(requirements: Sequence[Requirement], wanted: Mapping[str, list[Case]]) -> Iterator[tuple[str, Case]]:
    musts = [each.id for each in requirements if each.level is Level.MUST]
    others = [each.id for each in requirements if each.level is not Level.MUST]
    rounds = max((len(cases) for cases in wanted.values()), default=0)
    for number in range(rounds):
        for name in (*musts, *others):
            if number < len(wanted[name]):
                yield name, wanted[name][number]
