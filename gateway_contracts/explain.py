"""``gateway-contracts explain ID``: all that is known of a requirement."""

from __future__ import annotations

import argparse
from pathlib import Path

import specs
from conformance.explain import UnknownRequirement, explain, find, value
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of explain."""
    parser.add_argument("ids", metavar="ID", nargs="+", help="a requirement as a failure names it, such as ACM-ID-01")
    parser.add_argument("--provider", metavar="ID", help="of which gateway, where several have the requirement")
    parser.add_argument("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of those that come along")
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Prints what is known of each."""
    providers = specs.load_all(options.providers, None) if options.providers else specs.load_all()
    if options.provider is not None:
        if options.provider not in providers:
            raise UsageError(f"--provider {options.provider!a} is unknown; expected one of {', '.join(providers)}")
        providers = {options.provider: providers[options.provider]}
    try:
        found = [find(each, providers) for each in options.ids]
    except UnknownRequirement as error:
        raise UsageError(str(error)) from None
    if options.json:
        screen.json([value(*each) for each in found])
    else:
        screen.line("\n\n".join("\n".join(explain(*each)) for each in found))
    return ExitCode.GOOD
