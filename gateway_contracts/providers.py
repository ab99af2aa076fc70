"""``gateway-contracts providers``: which gateways have a contract, and what is in it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gateway_contracts import contracts
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError
from specs.provider import Provider
from specs.requirement import Requirement


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of providers."""
    parser.add_argument("id", metavar="ID", nargs="?", help="this one alone, with each of its requirements")
    contracts.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Prints a table of all, or one of them."""
    providers, known = contracts.read(options), contracts.has_fixtures(options)
    if options.id is None:
        if options.json:
            screen.json([_value(each, known) for each in providers.values()])
        else:
            _all(list(providers.values()), known, screen)
        return ExitCode.GOOD
    if options.id not in providers:
        raise UsageError(f"no contract is called {options.id!a}; expected one of {', '.join(providers)}")
    provider = providers[options.id]
    if options.json:
        screen.json(_value(provider, known) | {"requirements": [_requirement(each) for each in provider.requirements]})
    else:
        _one(provider, screen)
    return ExitCode.GOOD


def _all(providers: list[Provider], known: bool, screen: Screen) -> None:
    rows = [
        (
            each.id,
            each.title,
            ", ".join(f"{operation.method} {operation.path}" for operation in each.operations.values()),
            _keys(each),
            _limit(each),
            str(len(each.requirements)),
            _many(each.mutants, known),
            _many(each.recordings, known),
        )
        for each in providers
    ]
    screen.table(("id", "gateway", "operations", "key", "limit", "requirements", "mutants", "recordings"), rows)


def _many(of_fixtures: Sequence[object], known: bool) -> str:
    return str(len(of_fixtures)) if known else "unknown"


def _one(provider: Provider, screen: Screen) -> None:
    facts = [
        ("hosts", ", ".join(provider.hosts) or "any"),
        ("key", _keys(provider)),
        ("limit", _limit(provider)),
        ("page", ", ".join(sorted({page.url or page.file for page in provider.pages.values()}))),
    ]
    for operation in provider.operations.values():
        query = "&".join(each.name for each in operation.query_parameters)
        facts.append((operation.id, f"{operation.method} {operation.path}{f'?{query}' if query else ''}"))
    width = max(len(word) for word, _ in facts)
    screen.line(provider.title)
    for word, fact in facts:
        screen.line(f"  {word:<{width}}  {fact}")
    screen.line()
    rows = [(each.id, each.level.value, each.says) for each in provider.requirements]
    screen.table(("requirement", "level", "says"), rows)


def _keys(provider: Provider) -> str:
    found = {operation.authentication.value for operation in provider.operations.values()}
    return " or ".join(sorted(found))


def _limit(provider: Provider) -> str:
    limit = provider.rate_limit
    return f"{limit.requests} in {limit.window_s} s" if limit else "none"


def _value(provider: Provider, known: bool) -> dict[str, Any]:
    limit = provider.rate_limit
    return {
        "id": provider.id,
        "title": provider.title,
        "hosts": list(provider.hosts),
        "generic": provider.generic,
        "operations": [
            {
                "id": each.id,
                "method": each.method,
                "path": each.path,
                "authentication": each.authentication.value,
                "query": [parameter.name for parameter in each.query_parameters],
                "statuses": sorted(each.responses),
            }
            for each in provider.operations.values()
        ],
        "rate_limit": {"requests": limit.requests, "window_s": limit.window_s} if limit else None,
        "pages": [{"file": page.file, "url": page.url, "sha256": page.sha256} for page in provider.pages.values()],
        "levels": dict(Counter(each.level.value for each in provider.requirements)),
        "mutants": len(provider.mutants) if known else None,
        "recordings": len(provider.recordings) if known else None,
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "lens": requirement.lens.value,
        "says": requirement.says,
        "operations": list(requirement.operations),
        "cites": [str(citation) for citation in requirement.citations],
    }
