"""A requirement in words: what it asks for, where that is written, how it is checked, and what breaks it."""

from __future__ import annotations

import inspect
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conformance.choices import Choices
from conformance.clients import RULES
from conformance.invariants import INVARIANTS
from conformance.plan import BURSTS, DEPTHS, READ_ONLY, budget, plan
from conformance.probes import PROBES
from specs.mutant import Mutant
from specs.provider import Provider
from specs.requirement import Lens, PageCitation, Requirement

WIDTH = 118
MARGIN = " " * 12

MOST_REQUESTS = 6
"""Requests that are shown of one depth."""

OPTIONS = {"strict": "--strict", "probe-rate-limit": "--probe-rate-limit", "allow-post": "--allow-methods POST"}
"""What the suite has to be given for a mutant that needs it."""


KINDS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "invariant": ("Judged over every 200 answer", INVARIANTS),
    "probe": ("Judged by requests of its own", PROBES),
    "client": ("Judged over every answer", RULES),
}
"""How each kind of check is judged, and the checks of that kind."""


@dataclass(frozen=True)
class Folders:
    """Where contracts are that did not come along, and their recordings and mutants; None where these are not known."""

    providers: Path | None
    fixtures: Path | None

    @property
    def know_mutants(self) -> bool:
        """Whether a contract without a mutant has none."""
        return self.fixtures is not None

    def options(self, *names: str) -> str:
        """The options *names* that name them, for a shell, each after a blank."""
        given = {name: getattr(self, name) for name in names}
        return "".join(f" --{name} {shlex.quote(str(folder))}" for name, folder in given.items() if folder is not None)


class UnknownRequirement(Exception):
    """No contract has such a requirement; ``str()`` is one sentence."""


def find(name: str, providers: Mapping[str, Provider]) -> tuple[Provider, Requirement]:
    """The requirement *name*, in any case, with the first of *providers* that has it. Raises `UnknownRequirement`."""
    known: dict[str, tuple[Provider, Requirement]] = {}
    for provider in providers.values():
        for each in provider.requirements:
            known.setdefault(each.id, (provider, each))
    if found := known.get(name.upper()):
        return found
    near = get_close_matches(name.upper(), known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"ids are such as {next(iter(known), 'ACM-ID-01')}"
    raise UnknownRequirement(f"no contract has the requirement {name[:80]!a}; {hint}")


def explain(provider: Provider, requirement: Requirement, folders: Folders | None = None) -> Iterator[str]:
    """All that is known of *requirement*, line by line; of a contract in *folders* where it did not come along."""
    yield from textwrap.wrap(f"{requirement.id} {requirement.level.value}  {requirement.says}", WIDTH)
    for number, name in enumerate(requirement.operations):
        operation = provider.operations[name]
        yield from _part("" if number else "of", f"{provider.title}, {name}: GET {operation.path}")
    if requirement.lens is Lens.CLIENTS:
        yield from _part("lens", "what clients need, the same for every gateway; --provider names another one")
    for number, name in enumerate(requirement.when):
        yield from _part("" if number else "when", provider.capabilities[name].says)
    if requirement.because:
        yield from _part("because", requirement.because)
    for citation in requirement.citations:
        url = citation.page.url if isinstance(citation, PageCitation) else None
        yield from _part("cites", f"{citation}{f' at {url}' if url else ''}")
    for number, line in enumerate(_check(provider, requirement)):
        yield from _part("" if number else "check", line)
    yield from _asked(provider, requirement)
    for contradiction in provider.contradictions:
        if requirement.id in contradiction.requirements:
            yield from _part("although", f"{contradiction.id}: {contradiction.says} Accepted: {contradiction.accepted}")
    for departure in provider.departures:
        if requirement.id == departure.requirement:
            yield from _part("although", departure.says)
    yield from _mutants(provider, requirement, folders)


def _mutants(provider: Provider, requirement: Requirement, folders: Folders | None) -> Iterator[str]:
    mutants = [each for each in provider.mutants if each.breaks == requirement.id]
    for number, mutant in enumerate(mutants):
        yield from _mutant("" if number else "mutants", mutant)
    if mutants:
        yield from _tried(provider, requirement, mutants[0], folders)
    elif folders and not folders.know_mutants:
        yield from _part("mutants", "unknown; --fixtures DIR names the folder that has them")


def _tried(provider: Provider, requirement: Requirement, mutant: Mutant, folders: Folders | None) -> Iterator[str]:
    """The commands that serve *mutant* and judge it."""
    options = "".join(f" {OPTIONS[each]}" for each in mutant.needs)
    served, judged = f"make mock ARGS='--mutant {mutant.id}'", ""
    if folders:
        served = f"gateway-contracts mock{folders.options('providers', 'fixtures')} --mutant {mutant.id}"
        judged = folders.options("providers")
    yield from _part("try", served)
    yield from _part(
        "", f"pytest conformance --target http://127.0.0.1:8080/{provider.id}{judged}{options} -k {requirement.id}"
    )


def _check(provider: Provider, requirement: Requirement) -> Iterator[str]:
    """How *requirement* is judged."""
    check = requirement.check
    if check.kind == "schema":
        yield "Every answer is held against the schema at"
        for place in check.places:
            yield f"{place}{_keywords(provider, place)}"
        return
    over, checks = KINDS[check.kind]
    yield f"{over} ({check.kind} {check.name}): {_described(checks[check.name])}"
    for name, value in check.parameters.items():
        yield f"{name.replace('_', '-')}: {_text(value)}"


def _described(check: object) -> str:
    """The docstring of *check* in one paragraph, without its marks."""
    paragraphs = (inspect.getdoc(check) or "").split("\n\n")
    return " ".join(" ".join(paragraphs).split()).replace("``", "").replace("*", "")


def _keywords(provider: Provider, place: str) -> str:
    """What the schema at *place* says itself, in a few words."""
    try:
        schema = provider.schemas.schema(place)
    except LookupError:
        return ""
    shown = ("type", "enum", "const", "pattern", "minLength", "minimum", "maximum", "required")
    said = [f"{name} {_text(schema[name])}" for name in shown if name in schema] if isinstance(schema, dict) else []
    return f" ({', '.join(said)})" if said else ""


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_text(each)}" for name, each in value.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(_text, value)) if any(isinstance(each, Mapping) for each in value) else " ".join(map(_text, value))
    return str(value)


def _asked(provider: Provider, requirement: Requirement) -> Iterator[str]:
    """The requests that are planned for it at each depth, where the whole contract is judged."""
    if requirement.check.name in BURSTS:
        yield from _part("asked", "only with --probe-rate-limit, as it uses up the quota")
        return
    if requirement.check.name == "method":
        yield from _part("asked", "only with --allow-methods POST")
        return
    before: set[str] = set()
    for depth in DEPTHS:
        planned = plan(provider, provider.requirements, budget(provider, depth, None), Choices(), READ_ONLY)
        served = [(request, serves) for request, serves in planned.requests if requirement.id in serves]
        lines = [
            f"{request.method} {request.reference(provider.operations[request.operation])}{request.varied}"
            for request, _ in served
        ]
        new = [each for each in dict.fromkeys(lines) if each not in before]
        many = f"{len(lines)} request{'' if len(lines) == 1 else 's'}"
        yield from _part(depth, f"{many}{', as before' if before and not new else ', also' if before else ''}")
        yield from (f"{MARGIN}{line}" for line in new[:MOST_REQUESTS])
        if len(new) > MOST_REQUESTS:
            yield from _part("", f"and {len(new) - MOST_REQUESTS} more")
        before |= set(lines)


def _mutant(word: str, mutant: Mutant) -> Iterator[str]:
    needs = f" (needs {' and '.join(OPTIONS[each] for each in mutant.needs)})" if mutant.needs else ""
    yield from _part(word, f"{mutant.id}: {mutant.says}{needs}")


def _part(word: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - len(MARGIN), break_long_words=False, break_on_hyphens=False)
    yield f"  {word:<9} {lines[0] if lines else ''}".rstrip()
    yield from (f"{MARGIN}{line}" for line in lines[1:])


def value(provider: Provider, requirement: Requirement, folders: Folders | None = None) -> dict[str, Any]:
    """What is known of *requirement*, for JSON; its mutants are None where those of *folders* are not known."""
    check = requirement.check
    mutants = [
        {"id": each.id, "says": each.says, "needs": [OPTIONS[need] for need in each.needs]}
        for each in provider.mutants
        if each.breaks == requirement.id
    ]
    return {
        "provider": provider.id,
        "id": requirement.id,
        "level": requirement.level.value,
        "lens": requirement.lens.value,
        "says": requirement.says,
        "because": requirement.because,
        "operations": list(requirement.operations),
        "when": requirement.when,
        "cites": [str(each) for each in requirement.citations],
        "check": {"kind": check.kind, "name": check.name, "places": list(check.places), "parameters": _json(check.parameters)},
        "contradictions": [each.id for each in provider.contradictions if requirement.id in each.requirements],
        "mutants": mutants if folders is None or folders.know_mutants else None,
    }


def _json(value: Any) -> Any:
    """*value* with lists and objects that the JSON encoder knows."""
    if isinstance(value, Mapping):
        return {name: _json(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_json(member) for member in value]
    return value
