"""``gateway-contracts explain ID``: all that is known of a requirement."""

from __future__ import annotations

import argparse

from conformance.explain import Folders, UnknownRequirement, explain, find, value
from gateway_contracts import contracts
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of explain."""
    parser.add_argument("ids", metavar="ID", nargs="+", help="a requirement as a failure names it, such as ACM-ID-01")
    parser.add_argument("--provider", metavar="ID", help="of which gateway, where several have the requirement")
    contracts.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Prints what is known of each."""
    providers = contracts.read(options)
    folders = Folders(options.providers, options.fixtures) if contracts.has_folders(options) else None
    if options.provider is not None:
        if options.provider not in providers:
            raise UsageError(f"--provider {options.provider!a} is unknown; expected one of {', '.join(providers)}")
        providers = {options.provider: providers[options.provider]}
    try:
        found = [find(each, providers) for each in options.ids]
    except UnknownRequirement as error:
        raise UsageError(str(error)) from None
    if options.json:
        screen.json([value(*each, folders) for each in found])
    else:
        screen.line("\n\n".join("\n".join(explain(*each, folders)) for each in found))
    return ExitCode.GOOD
