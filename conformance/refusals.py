"""What the suite refuses before it sends anything, as it would leak a secret, do nothing, or lose what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from conformance import whole_file
from conformance.connection import Connection
from conformance.plan import READING, WRITING
from conformance.settings import KEY_ENV
from conformance.target import Target
from conformance.waivers import Waiver
from specs.errors import SpecError
from specs.provider import Provider


def shared_secrets(targets: Sequence[Target], key: str | None, key_env: str, connections: Mapping[str, Connection]) -> None:
    """Refuses to send to several hosts what was not said to be for each of them."""
    origins = {each.origin: each.is_loopback for each in targets if each.key_env is None}
    if key is not None and len(origins) > 1 and not all(origins.values()):
        named = [each.name for each in targets if each.key_env is None]
        raise pytest.UsageError(
            f"{targets[0].listed}: the key in {key_env} would go to the hosts of {', '.join(named[:3])}"
            f"{f' and {len(named) - 3} more' if len(named) > 3 else ''}; give each its own variable as api_key_env, or unset it"
        )
    secret = next((each.name for made in connections.values() for each in made.fields if each.secret), None)
    if secret and len(connections) > 1:
        raise pytest.UsageError(
            f"--header {secret}: a secret would go to every gateway; judge the one that it is for by itself"
        )


def waivers_file(get: Callable[[str], Any]) -> None:
    """Refuses files that would not be written, before anything is sent."""
    if get("--waivers-days") and not get("--waivers-update"):
        raise pytest.UsageError("--waivers-days has no effect without --waivers-update")
    if get("--waivers-update"):
        if get("--plan"):
            raise pytest.UsageError(
                "--waivers-update and --plan contradict each other, as --plan judges nothing; give one of them"
            )
        if not get("--waivers"):
            raise pytest.UsageError("--waivers-update needs the file that it is to write: --waivers FILE")
        if problem := whole_file.unwritable(get("--waivers")):
            raise pytest.UsageError(f"--waivers {get('--waivers')}: {problem}")
    if get("--record"):
        for name, why in (("--plan", "sends nothing"), ("--replay", "has what was recorded already")):
            if get(name):
                raise pytest.UsageError(f"--record and {name} contradict each other, as {name} {why}; give one of them")


def methods(named: str) -> frozenset[str]:
    """The methods that *named*, the value of --allow-methods, allows; refuses those that no check sends."""
    found = frozenset(name.strip().upper() for name in named.split(",") if name.strip())
    if unsent := sorted(found - READING - WRITING):
        raise pytest.UsageError(
            f"--allow-methods {','.join(unsent)} has no effect: beside {', '.join(sorted(READING))}, which are always allowed,"
            f" checks send {', '.join(sorted(WRITING))} alone"
        )
    return found


def keys(targets: Sequence[Target], keys: Mapping[str, str | None], key_env: str) -> None:
    """Refuses a target whose variable was named and is empty: a secret that is missing is no verdict.

    A target on this machine may go without, and the variable that nobody had to name, too. *key_env* is for the targets
    that have none of their own.
    """
    for target in targets:
        name = target.key_env or key_env
        if keys[name] is not None or target.is_loopback:
            continue
        if target.key_env:
            raise pytest.UsageError(
                f"{target.listed}: the key of {target.name} is to be in {name}, which is not set; set it, or leave"
                " out api_key_env where the gateway wants no key"
            )
        if name != KEY_ENV:  # the name is not repeated: it may be a key that was given in its place
            raise pytest.UsageError(
                "--api-key-env names a variable that is not set, or is empty; set it, or leave out --api-key-env where the"
                " gateway wants no key"
            )


def waivers(waivers: Sequence[Waiver], targets: Sequence[Target], providers: Mapping[str, Provider]) -> None:
    """Refuses a waiver for one of *targets* whose requirement no contract has: it would never do anything."""
    if not waivers:
        return  # all contracts are read for it
    hosts = {"*", *(target.host for target in targets)}
    try:
        known = {requirement.id for provider in providers.values() for requirement in provider.requirements}
    except SpecError as error:
        raise pytest.UsageError(str(error)) from None
    for waiver in waivers:
        if waiver.requirement and waiver.target.lower() in hosts and waiver.requirement not in known:
            raise pytest.UsageError(f"--waivers: no contract has the requirement {waiver.requirement!r}")
