"""What will be asked, decided before anything is sent: which cases of which requirements, in which order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance import checks
from conformance.capabilities import shows
from conformance.case import Case, Scope
from conformance.choices import Choices
from conformance.joining import joined
from conformance.message import Request
from conformance.pace import quota
from specs.provider import Provider
from specs.requirement import Level, Requirement

DEPTHS: Mapping[str, int] = {"quick": 10, "standard": 40, "deep": 400}
"""Requests at most, by depth."""

RESERVE = 2
"""Requests that are kept back, to ask again after a 5xx and to try a failure again."""

MOST_JOINED = 4
"""Requests that are asked as one; where the budget is short as many as the reserve has to ask them alone."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110 section 9.2.1)."""

WRITING = frozenset({"POST"})
"""What checks send beside these, where it is allowed."""

BURSTS = ("rate-limit", "retry-after")
"""The probes that use up a quota, and run only when they are asked for."""


@dataclass(frozen=True)
class Plan:
    """The cases that fit the budget, by requirement id; *order* is that of sending, *left_out* counts the others.

    *spare* are the cases that are sent last. The first takes a part of the reserve, and is sent only where nothing had to
    be asked again; the other one comes behind it to show whether the target answers after it.
    """

    cases: Mapping[str, tuple[Case, ...]]
    order: tuple[Case, ...]
    left_out: Mapping[str, int]
    spare: tuple[Case, ...] = ()

    @property
    def requests(self) -> Iterator[tuple[Request, list[str]]]:
        """Each request in the order of sending, with the ids of the requirements it serves; bursts are left out."""
        serves: dict[Request, list[str]] = {}
        for case in (*self.order, *self.spare):
            if case.until is None:
                for request in case.requests:
                    for needed in (*request.sources, request):
                        serves.setdefault(needed, [])
        for name, cases in self.cases.items():
            for case in cases:
                for request in case.requests:
                    if name not in serves.get(request, [name]):
                        serves[request].append(name)
        yield from serves.items()

    @cached_property
    def spared(self) -> frozenset[Request]:
        """The requests that take a part of the reserve."""
        return self._only(self.spare[:1])

    @cached_property
    def held(self) -> frozenset[Request]:
        """The requests that are sent only after all else was judged."""
        return self._only(self.spare)

    def _only(self, cases: Sequence[Case]) -> frozenset[Request]:
        asked = {needed for case in self.order if case.until is None for needed in _needed(case)}
        return frozenset(needed for case in cases for needed in _needed(case)) - asked

    def waits(self, requirement: Requirement) -> bool:
        """Whether the answers to what is held say something of *requirement*."""
        cases = self.cases.get(requirement.id, ())
        if requirement.check.kind != "probe":
            return any(each.operation in requirement.operations for each in self.held)
        return any(_needed(case) & self.held for case in cases)

    def lists(self, provider: Provider) -> list[Request]:
        """The plain list of each operation of *provider* that the plan asks for and that has one."""
        asked = (request for request, _ in self.requests)
        return [each for each in asked if each == Request(each.operation) and provider.operations[each.operation].items]


@dataclass(frozen=True)
class Permissions:
    """What a run may do beyond reading: other *methods*, and bursts that use up a *rate_limit*."""

    methods: frozenset[str] = READING
    rate_limit: bool = False


READ_ONLY = Permissions()


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
    """The plan for *requirements* within *requests*, less the reserve. Raises SpecError when a check's parameters do not fit.

    The plain lists come first, and what shows the capabilities that requirements need. Then what gives every
    requirement a verdict, those requests first that serve most of them, and a case of its own for each that so far
    only shares one; then what is essential, then one further case of each, round by round: whatever the budget, no
    requirement is deep while another has nothing. The first essential one that does not fit is the spare. At last
    every request is read for all requirements of which it says something.

    What must change nothing is asked together, as many things at once as may still be asked alone within *requests*.
    """
    wanted = {
        each.id: [case for case in checks.cases(provider, each, choices) if _allowed(each, case, permissions)]
        for each in sorted(requirements, key=lambda each: each.level is not Level.MUST)
    }
    reading = _Readings(provider, requirements, choices)
    first = [Scope(provider, provider.operations[each], choices).base for each in _operations(requirements)]
    first.sort(key=lambda base: bool(base.sources))
    first += [
        shows(provider, provider.capabilities[name])
        for name in dict.fromkeys(name for each in requirements for name in each.when)
    ]
    together = joined(wanted, MOST_JOINED)
    everything = {each for cases in together.values() for case in cases if case.until is None for each in _needed(case)}
    fits = len(everything | set(first)) + MOST_JOINED <= requests
    return _made(first, together if fits else joined(wanted, RESERVE), requests, reading)


def _made(first: Sequence[Request], wanted: Mapping[str, list[Case]], requests: int, reading: _Readings) -> Plan:
    """The plan that begins with *first*, for the cases of *wanted*, which are taken out of it."""
    most = max(1, requests - RESERVE)
    chosen = _Chosen(most, spare=most + 1 < requests)
    begun = sum([chosen.take(Case((request,), lambda _: ())) for request in first])
    _cover(wanted, chosen, reading)
    for name, cases in wanted.items():
        if cases and name not in chosen.cases:
            own = next((case for case in cases if chosen.costs_nothing(case)), cases[0])
            cases.remove(own)
            chosen.take_for(name, own)
    while essential := [(name, case) for name, cases in wanted.items() if (case := _essential(cases))]:
        for name, case in essential:
            wanted[name].remove(case)
            chosen.take_for(name, case)
    while any(wanted.values()):
        for name, cases in wanted.items():
            if cases:
                chosen.take_for(name, cases.pop(0))
    for request in chosen.requests:
        for name, case in reading.of(request):
            chosen.read(name, case)
    order = [*chosen.order[:begun], *sorted(chosen.order[begun:], key=_when)]
    spare = (chosen.spare, *_last(order)) if chosen.spare else ()
    later = {request for case in spare[1:] for request in case.requests}
    order = [case for case in order if not later & _needed(case)]
    return Plan({name: tuple(cases) for name, cases in chosen.cases.items()}, tuple(order), chosen.left_out, spare)


class _Readings:
    """What a request that is asked for one requirement's sake is for others; each is looked at once."""

    def __init__(self, provider: Provider, requirements: Sequence[Requirement], choices: Choices) -> None:
        self._provider = provider
        self._requirements = requirements
        self._choices = choices
        self._known: dict[Request, list[tuple[str, Case]]] = {}
        self.weights = {each.id: 2 if each.level is Level.MUST else 1 for each in requirements}
        """How much the verdict of a requirement is worth."""

    def of(self, request: Request) -> list[tuple[str, Case]]:
        """The cases of *request* with the ids of the requirements."""
        if request not in self._known:
            self._known[request] = [
                (each.id, case)
                for each in self._requirements
                for case in checks.readings(self._provider, each, self._choices, request)
            ]
        return self._known[request]


def _cover(wanted: Mapping[str, list[Case]], chosen: _Chosen, reading: _Readings) -> None:
    """Gives every requirement a verdict, where the budget allows: those requests first that serve most for each of them.

    A MUST counts as much as two others. Of requests that serve as much, those of the first requirement are taken.
    """
    # Requests as numbers: they are compared some hundred thousand times.
    numbers: dict[Request, int] = {}
    needs = {
        name: [(case, frozenset(numbers.setdefault(each, len(numbers)) for each in _needed(case))) for case in cases]
        for name, cases in wanted.items()
        if cases
    }
    reads = {number: frozenset(name for name, _ in reading.of(request)) for request, number in numbers.items()}
    lacking = set(needs)
    while lacking:
        asked = frozenset(numbers[each] for each in chosen.asked if each in numbers)
        groups: dict[frozenset[int], dict[str, Case]] = {}
        for name in (name for name in needs if name in lacking):
            for case, needed in needs[name]:
                groups.setdefault(frozenset() if case.until else needed - asked, {}).setdefault(name, case)
        best: tuple[float, frozenset[int]] | None = None
        for new in groups:
            if len(chosen.asked) + len(new) <= chosen.most:
                served = {name for each, names in groups.items() if each <= new for name in names}
                served |= {name for number in new for name in reads[number]} & lacking
                worth = sum(reading.weights[name] for name in served) / len(new) if new else math.inf
                if best is None or worth > best[0]:
                    best = (worth, new)
        if best is None:
            return
        for name, case in groups[best[1]].items():
            wanted[name].remove(case)
            chosen.take_for(name, case)
            lacking.remove(name)
        lacking -= {name for number in best[1] for name in reads[number]}


def _last(order: Sequence[Case]) -> list[Case]:
    """The last case of *order* that brings just one request that no other value is taken from; none where there is none."""
    asked: set[Request] = set()
    found: list[Case] = []
    for case in order:
        new = _needed(case) - asked
        asked |= new
        if len(new) == 1 and case.until is None and case.alone is None and case.requests[-1] in new:
            found = [Case((case.requests[-1],), case.judge, expects=case.expects)]
    sources = {source for case in order for request in case.requests for source in request.sources}
    return [case for case in found if not sources & set(case.requests)]


def _when(case: Case) -> int:
    """Parameters that are asked together come first, as what comes later shows whether the list changed; bursts come last."""
    if case.until is not None:
        return 2
    return 0 if case.alone and case.requests[-1].query else 1


def _essential(cases: Sequence[Case]) -> Case | None:
    return next((case for case in cases if case.essential), None)


class _Chosen:
    """The cases taken so far, within at most *requests* different requests; bursts are beside the budget.

    With *spare* one that is essential and needs one request more, and never another beside that, is taken beside them.
    """

    def __init__(self, requests: int, *, spare: bool) -> None:
        self.most = requests
        self.spare: Case | None = None
        self._spares = spare
        self.asked: frozenset[Request] = frozenset()
        self.cases: dict[str, list[Case]] = {}
        self.order: list[Case] = []
        self.left_out: dict[str, int] = {}

    def costs_nothing(self, case: Case) -> bool:
        """Whether all requests of *case* are sent anyway."""
        return case.until is None and _needed(case) <= self.asked

    @property
    def requests(self) -> list[Request]:
        """The different requests, in the order of sending, without bursts."""
        taken = [*self.order, *([self.spare] if self.spare else ())]
        return list(dict.fromkeys(request for case in taken if case.until is None for request in case.requests))

    def read(self, name: str, case: Case) -> None:
        """Takes *case*, whose requests are asked for anyway, for the requirement *name*."""
        self.cases.setdefault(name, []).append(case)

    def take(self, case: Case) -> bool:
        """Takes *case* if the budget allows it, and says whether it did."""
        needed = self.asked if case.until else self.asked | _needed(case)
        if len(needed) > self.most:
            return False
        self.asked = needed
        self.order.append(case)
        return True

    def take_for(self, name: str, case: Case) -> None:
        """Takes *case* for the requirement *name* if the budget allows it, or what is essential as the spare.

        Else it is counted as left out.
        """
        alone = case.until is None and case.alone is None
        if self._spares and case.essential and alone and len(self.asked | _needed(case)) == self.most + 1:
            self._spares, self.spare = False, case
        elif not self.take(case):
            self.left_out[name] = self.left_out.get(name, 0) + 1
            return
        self.cases.setdefault(name, []).append(case)


def _operations(requirements: Sequence[Requirement]) -> list[str]:
    return list(dict.fromkeys(name for each in requirements for name in each.operations))


def _allowed(requirement: Requirement, case: Case, permissions: Permissions) -> bool:
    if requirement.check.name in BURSTS and not permissions.rate_limit:
        return False
    return all(request.method in permissions.methods for request in case.requests)


def _needed(case: Case) -> frozenset[Request]:
    return frozenset(needed for request in case.requests for needed in (request, *request.sources))
