"""Two versions of a contract into changes, as a client that keeps to the older one would notice them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from gateway_contracts.changes.change import Change
from gateway_contracts.compat.operations import Operations, come_and_gone
from gateway_contracts.compat.rules import RULES
from specs.contract import Operation, RateLimit
from specs.provider import Provider
from specs.requirement import Lens, Level, Requirement

CAPABILITY = ("capability-certain", "capability-optional")
"""What is no capability any more all gateways have."""


def changes(base: Provider, head: Provider) -> Iterator[Change]:
    """What changed from *base* to *head*."""
    yield from come_and_gone("", "host", (base.hosts, head.hosts), ("host-gone", "host-added"))
    yield from _rate_limits(base.rate_limit, head.rate_limit)
    yield from come_and_gone("", "capability", (base.capabilities, head.capabilities), CAPABILITY)
    for old, new in _operations(base, head):
        if old and new:
            yield from Operations(base, head, old, new).changes()
        else:
            yield _operation(old, new)
    yield from _requirements(base, head)


def _operations(base: Provider, head: Provider) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Each operation in both versions: known by its id, else by its request, as clients know it."""
    gone = {_request(each): each for name, each in base.operations.items() if name not in head.operations}
    for name, new in head.operations.items():
        old = base.operations.get(name) or gone.pop(_request(new), None)
        yield old, new
    yield from ((old, None) for old in gone.values())


def _request(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _operation(old: Operation | None, new: Operation | None) -> Change:
    """That of an operation that only one version has."""
    one, word = old or new, "operation-gone" if old else "operation-added"
    name = one.id if one else ""
    if one and one.retrieves:
        word = "retrieve-gone" if old else "retrieve-added"
    requests = [_request(each) if each else None for each in (old, new)]
    return Change(RULES[word], name, "operation", name, old=requests[0], new=requests[1])


def _rate_limits(old: RateLimit | None, new: RateLimit | None) -> Iterator[Change]:
    if old == new:
        return
    # What keeps to one limit may come to so many requests in a window of the other.
    lowered = old is None or (new is not None and old.requests * ceil(new.window_s / old.window_s) > new.requests)
    raised = new is None or (old is not None and new.requests * ceil(old.window_s / new.window_s) > old.requests)
    rule = "rate-limit-changed" if lowered == raised else "rate-limit-lowered" if lowered else "rate-limit-raised"
    yield Change(RULES[rule], "", "rate limit", old=_limit(old), new=_limit(new))


def _limit(limit: RateLimit | None) -> str:
    return f"{limit.requests} in {limit.window_s} s" if limit else "none"


def _requirements(base: Provider, head: Provider) -> Iterator[Change]:
    """What changed of what its document asks for; what clients need is asked of every gateway alike."""
    before, now = ({each.id: each for each in side.requirements if each.lens is Lens.DOCUMENT} for side in (base, head))
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name), now.get(name)
        if old is None or new is None:
            one = old or new
            word = "requirement" if one and one.level is Level.MUST else "recommendation"
            rule = RULES[f"{word}-dropped" if old else f"{word}-added"]
            says = [each.says if each else None for each in (old, new)]
            yield Change(rule, "", "requirement", name, old=says[0], new=says[1])
            continue
        if (old.level is Level.MUST) != (new.level is Level.MUST):
            rule = RULES["requirement-weakened" if old.level is Level.MUST else "requirement-strengthened"]
            yield Change(rule, "", "level", name, old=old.level.value, new=new.level.value)
        if _judged(old) != _judged(new):
            yield Change(RULES["requirement-changed"], "", "check", name, old=_check(old), new=_check(new))
        elif old.says != new.says:
            yield Change(RULES["requirement-reworded"], "", "sentence", name, old=old.says, new=new.says)


def _judged(each: Requirement) -> tuple[object, ...]:
    check = each.check
    return check.kind, check.name, check.places, dict(check.parameters), each.operations, each.when


def _check(each: Requirement) -> str:
    check = each.check
    parameters = "".join(f", {name} {value}" for name, value in sorted(check.parameters.items()))
    where = f" in {', '.join(each.operations)}" + (f" when {each.when}" if each.when else "")
    return f"{check.kind} {check.name or ', '.join(check.places)}{parameters}{where}"
