"""How a live gateway is reached: the options that say so, the same ones as the suite's, and what they come to."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import pytest

import specs
from conformance import refusals
from conformance.client import Client, Limits
from conformance.configuration import key_in
from conformance.connection import ConnectionRefused, connection
from conformance.options import add_asking
from conformance.pace import Pace
from conformance.run import World
from conformance.settings import Settings
from conformance.target import ALONE, Target, TargetError, resolve
from conformance.transcript import Budget, Transcript
from gateway_contracts.usage import UsageError
from specs.provider import Provider


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `reach` reads, but for the gateway's URL."""
    group = parser.add_argument_group("the gateway")
    group.add_argument("--provider", metavar="ID", help="whose contract applies, where the URL does not tell")
    group.add_argument("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of those that come along")
    add_asking(group.add_argument)


def contracts(folder: Path | None) -> Mapping[str, Provider]:
    """The contracts in *folder*, which have no recordings, or those that come along, each read when it is needed.

    Raises SpecError, also when one is asked for.
    """
    return specs.on_demand(folder, None) if folder else specs.on_demand()


def reach(url: str, options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The settings for asking the one gateway at *url*, with the key that *environment* has for it.

    Raises `UsageError`, and SpecError for contracts that cannot be read.
    """
    if options.provider == "all":
        raise UsageError("--provider all means several gateways, and this is about one; name its provider")
    try:
        (target,) = resolve(url, options.provider, contracts(options.providers), ALONE)
        key = key_in(environment, options.api_key_env)
        if not vars(options).get("plan"):
            refusals.keys((target,), {options.api_key_env: key}, options.api_key_env)
        reached = connection(
            target.root,
            cacert=options.cacert,
            insecure=options.insecure,
            http2=options.http2,
            headers=options.header,
            environment=environment,
            key=key is not None,
        )
    except (TargetError, ConnectionRefused, pytest.UsageError) as error:
        raise UsageError(str(error)) from None
    return Settings(
        targets=(target,),
        key=key,
        key_env=options.api_key_env,
        seconds=options.max_time,
        rps=options.rps,
        timeout=options.timeout,
        connection=reached,
    )


def transcript(target: Target, settings: Settings, requests: int, world: World) -> Transcript:
    """What asks *target* as *settings* say, at most so many *requests*; whoever has it closes its client."""
    client = Client(
        target,
        settings.key_for(target),
        limits=Limits(timeout=settings.timeout),
        clock=world.clock,
        transport=world.transport,
        connection=settings.connection,
    )
    pace = Pace(world.clock, world.sleep, settings.rps, target.provider.rate_limit, world.notice)
    return Transcript(client, Budget(requests, settings.seconds), pace, world.clock, world.chance)
