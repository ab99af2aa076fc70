"""Which contracts a command tells of: those that come along, or those in folders that its options name."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import specs
from gateway_contracts.usage import UsageError
from specs.loader import FIXTURES, PROVIDERS
from specs.provider import Provider


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that name the folders."""
    add = parser.add_argument
    add("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of those that come along")
    add("--fixtures", type=Path, metavar="DIR", help="the folder of their recordings and mutants, which --providers leaves out")


def read(options: argparse.Namespace) -> Mapping[str, Provider]:
    """The contracts that *options* name. Raises UsageError for a folder that is none, SpecError for wrong files in it."""
    if options.fixtures is not None and not options.fixtures.is_dir():
        raise UsageError(f"--fixtures {options.fixtures} is no folder; expected one that holds a folder for each provider")
    fixtures = FIXTURES if options.providers is None else None
    return specs.load_all(options.providers or PROVIDERS, options.fixtures or fixtures)


def has_folders(options: argparse.Namespace) -> bool:
    """Whether *options* name a folder."""
    return options.providers is not None or options.fixtures is not None


def has_fixtures(options: argparse.Namespace) -> bool:
    """Whether recordings and mutants are known: of another folder of contracts nobody knows where they are."""
    return options.fixtures is not None or options.providers is None
