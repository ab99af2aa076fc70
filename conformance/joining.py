"""Requests that are asked as one: what must change nothing is sent together, and alone only where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from conformance.case import SERVER_ERRORS, Case
from conformance.message import BEARER, Request

Wanted = Mapping[str, Sequence[Case]]
"""The cases of requirements by their ids."""


@dataclass(frozen=True)
class _Joint:
    """The one request for all of *parts*."""

    request: Request
    parts: tuple[Request, ...]

    def takes(self, request: Request) -> bool:
        """Whether *request* asks for the same, and says nothing of what others say already."""
        one = self.request
        return (
            request.but(query=(), headers=(), authorization=BEARER) == one.but(query=(), headers=(), authorization=BEARER)
            and BEARER in (request.authorization, one.authorization)
            and not dict(one.query).keys() & dict(request.query).keys()
            and not {name.lower() for name, _ in one.headers} & {name.lower() for name, _ in request.headers}
        )

    def having(self, request: Request) -> _Joint:
        """With *request* as one more of its parts."""
        one = self.request
        return _Joint(
            one.but(
                query=(*one.query, *request.query),
                headers=(*one.headers, *request.headers),
                authorization=request.authorization if one.authorization == BEARER else one.authorization,
            ),
            (*self.parts, request),
        )


def joined(wanted: Wanted, most: int) -> dict[str, list[Case]]:
    """The cases of *wanted*, where up to *most* requests that are `Case.neutral` are asked as one.

    What is asked for another reason too is asked by itself: it costs nothing. The first cases of all requirements are
    joined before the second ones. A 5xx to a joint request is not asked again: each of its parts is asked alone.
    """
    plain = {request for cases in wanted.values() for case in cases if not case.neutral for request in _needed(case)}
    neutral = [
        [case.requests[-1] for case in cases if case.neutral and case.requests[-1] not in plain] for cases in wanted.values()
    ]
    joints: list[_Joint] = []
    for request in dict.fromkeys(each for row in zip_longest(*neutral) for each in row if each):
        at = next((at for at, each in enumerate(joints) if len(each.parts) < most and each.takes(request)), None)
        if at is None:
            joints.append(_Joint(request, (request,)))
        else:
            joints[at] = joints[at].having(request)
    stands_for = {part: each.request for each in joints if len(each.parts) > 1 for part in each.parts}
    return {name: [_standing(case, stands_for) for case in cases] for name, cases in wanted.items()}


def _standing(case: Case, stands_for: Mapping[Request, Request]) -> Case:
    if not case.neutral or case.requests[-1] not in stands_for:
        return case
    requests = (*case.requests[:-1], stands_for[case.requests[-1]])
    return replace(case, requests=requests, expects=case.expects | SERVER_ERRORS, alone=case)


def _needed(case: Case) -> Iterator[Request]:
    return (needed for request in case.requests for needed in (request, *request.sources))
