"""``gateway-contracts compat BASE HEAD``: what a client would notice of a change to a contract."""

from __future__ import annotations

import argparse

from gateway_contracts.changes import output
from gateway_contracts.changes.change import Comparison, ordered
from gateway_contracts.compat.comparing import changes
from gateway_contracts.compat.versions import Version, read
from gateway_contracts.screen import Screen

EPILOG = """\
A version is the folder of a provider, such as specs/providers/acme; REVISION:folder, as git names it; or git:REVISION, which
is the folder of the other version at that revision. docs/drift.md has every rule.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the two versions, and how it is told."""
    parser.epilog = EPILOG
    parser.add_argument("base", metavar="BASE", help="the contract as it was: a folder, REVISION:folder or git:REVISION")
    parser.add_argument("head", metavar="HEAD", help="the contract as it is to be: any of these")
    output.add_options(parser)


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Compares both versions."""
    return output.tell(compared(*read(options.base, options.head)), options, screen)


def compared(base: Version, head: Version) -> Comparison:
    """What changed from *base* to *head*."""
    found = ordered(changes(base.provider, head.provider))
    sizes = {
        "operations": (len(base.provider.operations), len(head.provider.operations)),
        "requirements": (len(base.provider.requirements), len(head.provider.requirements)),
    }
    return Comparison("compat", head.provider.id, base.name, head.name, found, (), sizes)
