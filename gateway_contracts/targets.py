"""``gateway-contracts targets``: the gateways of a targets file, checked, for people and for a matrix of CI jobs."""

from __future__ import annotations

import argparse
from pathlib import Path

import specs
from conformance.target import Target, TargetError
from conformance.targets import read
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of targets."""
    parser.add_argument("file", metavar="FILE", type=Path, help="as for check --targets")
    parser.add_argument("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of those that come along")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Prints a row for each gateway; raises `UsageError` or SpecError for a file that cannot be used."""
    providers = specs.load_all(options.providers, None) if options.providers else specs.load_all()
    try:
        targets = read(options.file, providers)
    except TargetError as error:
        raise UsageError(str(error)) from None
    if options.json:
        screen.json([_value(each) for each in targets])
    else:
        rows = [(each.name, each.root, each.provider.id, each.key_env or "") for each in targets]
        screen.table(("name", "url", "provider", "key in"), rows)
    return ExitCode.GOOD


def _value(target: Target) -> dict[str, str | None]:
    return {"name": target.name, "url": target.root, "provider": target.provider.id, "api_key_env": target.key_env}
