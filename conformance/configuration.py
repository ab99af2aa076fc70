"""From the command line and the environment to the `Settings` of a run, or one sentence that says what is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import specs
from conformance import outputs, refusals, transcript_file
from conformance.connection import SHORTEST_SECRET, Connection, ConnectionRefused, connection
from conformance.options import OF_THE_RUN
from conformance.outputs import Outputs
from conformance.plan import READING, Permissions
from conformance.rerun import started_by
from conformance.settings import Settings
from conformance.target import Target, TargetError, resolve
from conformance.targets import read as read_targets
from conformance.waivers import DAYS, Waiver, read
from specs.errors import SpecError
from specs.provider import Provider

VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

HIDDEN_KEY = "…"
"""Stands for the key of a run that is judged again, which nobody knows any more."""


def settings(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this run. Raises pytest.UsageError with one sentence."""
    get = config.getoption
    written = outputs.outputs(config)
    refusals.waivers_file(get)
    if get("--replay"):
        return _replayed(config, written)
    if get("--target") is None and get("--targets") is None:
        command = " ".join(started_by(config))
        raise pytest.UsageError(f"no --target; usage: {command} --target URL [--provider ID]")
    if get("--targets") is not None and (get("--target") is not None or get("--provider") is not None):
        raise pytest.UsageError("--targets has its own URLs and providers; leave out --target and --provider")
    if get("--only") is not None and get("--targets") is None:
        raise pytest.UsageError("--only names a gateway of a targets file; give the file with --targets")
    try:
        providers = _providers(get("--providers"))
        if get("--targets") is not None:
            targets = read_targets(get("--targets"), providers, get("--only"))
        else:
            targets = resolve(get("--target"), get("--provider"), providers)
        waivers = _waivers(config)
        listed_waivers = {each.waivers: read(each.waivers) for each in targets if each.waivers}
        keys = {name: key_in(environment, name) for name in (get("--api-key-env"), *(each.key_env for each in targets)) if name}
        key = keys[get("--api-key-env")]
        connections = _connections(config, targets, keys, environment)
        if not get("--plan"):
            refusals.keys(targets, keys, get("--api-key-env"))
            refusals.shared_secrets(targets, key, get("--api-key-env"), connections)
    except (SpecError, TargetError, ConnectionRefused) as error:
        raise pytest.UsageError(str(error)) from None
    refusals.waivers([*waivers, *(each for own in listed_waivers.values() for each in own)], targets, providers)
    return Settings(
        targets=targets,
        key=key,
        key_env=get("--api-key-env"),
        depth=get("--depth"),
        requests=get("--max-requests"),
        seconds=get("--max-time"),
        rps=get("--rps"),
        timeout=get("--timeout"),
        strict="strict=true" in (get("override_ini") or ()),
        closed=get("--closed"),
        plan_only=get("--plan"),
        seed=get("--seed"),
        permissions=Permissions(READING | refusals.methods(get("--allow-methods")), get("--probe-rate-limit")),
        waivers=waivers,
        waivers_update=get("--waivers") if get("--waivers-update") else None,
        waivers_days=get("--waivers-days") or DAYS,
        outputs=written,
        connection=connections[targets[0].origin],
        connections=connections,
        keys=keys,
        listed_waivers=listed_waivers,
        jobs=get("--jobs"),
        record=get("--record"),
        command=started_by(config),
    )


def _connections(
    config: pytest.Config, targets: Sequence[Target], keys: Mapping[str, str | None], environment: Mapping[str, str]
) -> Mapping[str, Connection]:
    """How each of *targets* is reached, by origin. Raises ConnectionRefused."""
    get = config.getoption
    roots = {each.origin: each.root for each in targets}
    keyed = {each.origin for each in targets if keys[each.key_env or get("--api-key-env")] is not None}
    secure = any(root.startswith("https:") for root in roots.values())
    return {
        origin: connection(
            root,
            cacert=get("--cacert"),
            insecure=get("--insecure"),
            http2=get("--http2"),
            headers=get("--header"),
            environment=environment,
            key=origin in keyed,
            others=secure,
        )
        for origin, root in roots.items()
    }


def _replayed(config: pytest.Config, written: Outputs) -> Settings:
    """The settings of a run that was kept; how it is judged is said anew. Raises pytest.UsageError."""
    get = config.getoption
    for name, default in OF_THE_RUN.items():
        if get(name) != default:
            raise pytest.UsageError(f"{name} is taken from the transcript; leave it out with --replay")
    try:
        providers = _providers(get("--providers"))
        kept = transcript_file.read(get("--replay"), providers)
        waivers = _waivers(config)
    except SpecError as error:
        raise pytest.UsageError(str(error)) from None
    targets = tuple(each.target for each in kept.runs)
    refusals.waivers(waivers, targets, providers)
    return Settings(
        targets=targets,
        keys={each.target.key_env: HIDDEN_KEY if each.has_key else None for each in kept.runs if each.target.key_env},
        depth=kept.settings["depth"],
        requests=kept.settings["max_requests"],
        seconds=kept.settings["max_time_s"],
        timeout=kept.settings["timeout_s"],
        strict="strict=true" in (get("override_ini") or ()),
        closed=get("--closed"),
        plan_only=get("--plan"),
        seed=kept.settings["seed"],
        permissions=kept.permissions,
        waivers=waivers,
        waivers_update=get("--waivers") if get("--waivers-update") else None,
        waivers_days=get("--waivers-days") or DAYS,
        outputs=written,
        connection=kept.connection,
        replay=kept,
        command=started_by(config),
    )


def _waivers(config: pytest.Config) -> tuple[Waiver, ...]:
    """The waivers of the file; none where it is to be made. Raises SpecError."""
    path = config.getoption("--waivers")
    if path is None or (config.getoption("--waivers-update") and not path.exists()):
        return ()
    return read(path)


def _providers(folder: Path | None) -> Mapping[str, Provider]:
    """The contracts, each read when it is needed, without recordings, which judge nobody."""
    if folder is None:
        return specs.on_demand(fixtures=None)
    if not folder.is_dir():
        raise pytest.UsageError(f"--providers {folder} is no folder; expected one that holds a folder for each provider")
    if not specs.provider_ids(folder):
        raise pytest.UsageError(f"--providers {folder} holds no contract; expected one such as {folder / 'acme/openapi.yaml'}")
    return specs.on_demand(folder, None)


def key_in(environment: Mapping[str, str], name: str) -> str | None:
    """The key in the variable *name*, without the white space around it that files and secrets end with.

    Raises pytest.UsageError for what is no name of a variable, or no key.
    """
    if not VARIABLE.fullmatch(name):
        raise pytest.UsageError(
            "--api-key-env wants the name of an environment variable, such as GATEWAY_API_KEY, and not a key"
        )
    key = environment.get(name, "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise pytest.UsageError(f"the key in {name} has a character that no bearer token can have (RFC 6750 section 2.1)")
    if 0 < len(key) < SHORTEST_SECRET:
        raise pytest.UsageError(
            f"the key in {name} has less than {SHORTEST_SECRET} characters, and cannot be kept out of what is written: it is"
            " part of other words; use a longer one, or unset the variable where the gateway wants no key"
        )
    return key or None
