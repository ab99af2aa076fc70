"""The suite's command line: pytest options into one frozen `Settings`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pytest

import specs
from conformance import outputs, transcript_file, whole_file
from conformance.client import USER_AGENT
from conformance.connection import DIRECT, Connection, ConnectionRefused, connection
from conformance.finding import Outcome
from conformance.outputs import NOTHING, Outputs
from conformance.plan import DEPTHS, READ_ONLY, READING, Permissions
from conformance.probes.authorization import WRONG
from conformance.probes.filtering import NOWHERE
from conformance.redaction import Redactor
from conformance.rerun import PYTEST, started_by
from conformance.target import LOOPBACK_KEY, Target, TargetError, resolve
from conformance.targets import read as read_targets
from conformance.transcript_file import TranscriptFile
from conformance.waivers import DAYS, Waiver, read
from specs.errors import SpecError
from specs.provider import Provider

KEY_ENV = "GATEWAY_API_KEY"
VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
OWN_WORDS = (
    *("conformance", "--provider", "--api-key-env", "--probe-rate-limit", "--allow-methods", "Authorization"),
    *(USER_AGENT, WRONG, NOWHERE, "no-such-value", "no-such-model"),
    *(each.value for each in Outcome),
)
"""Words that the suite says whatever the key is."""

JOBS = 8
"""Hosts that are asked at the same time when nothing is said."""

MOST_JOBS = 32

MAX_TIME_S = 600.0
TIMEOUT_S = 30.0

HIDDEN_KEY = "…"
"""Stands for the key of a run that is judged again, which nobody knows any more."""

OF_THE_RUN: Mapping[str, object] = {
    "--target": None,
    "--targets": None,
    "--only": None,
    "--provider": None,
    "--api-key-env": KEY_ENV,
    "--depth": "standard",
    "--max-requests": None,
    "--max-time": MAX_TIME_S,
    "--rps": None,
    "--timeout": TIMEOUT_S,
    "--cacert": None,
    "--insecure": False,
    "--http2": False,
    "--jobs": JOBS,
    "--header": [],
    "--allow-methods": "",
    "--probe-rate-limit": False,
    "--seed": 0,
}
"""What decides on what is asked, and what it is when nothing is said; a replay has it from the file."""


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do. *key* never appears in ``repr``, nor do *keys*, those of all targets by their variables.

    *connections* are by origin, *listed_waivers* by the file that a targets file names. At most *jobs* hosts are asked
    at the same time.
    """

    targets: tuple[Target, ...]
    key: str | None = None
    key_env: str = KEY_ENV
    depth: str = "standard"
    requests: int | None = None
    seconds: float = MAX_TIME_S
    rps: float | None = None
    timeout: float = TIMEOUT_S
    strict: bool = False
    closed: bool = False
    plan_only: bool = False
    seed: int = 0
    permissions: Permissions = READ_ONLY
    waivers: tuple[Waiver, ...] = ()
    outputs: Outputs = NOTHING
    connection: Connection = DIRECT
    keys: Mapping[str, str | None] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)
    listed_waivers: Mapping[Path, tuple[Waiver, ...]] = field(default_factory=dict)
    jobs: int = JOBS
    waivers_update: Path | None = None
    waivers_days: int = DAYS
    record: Path | None = None
    replay: TranscriptFile | None = None
    command: tuple[str, ...] = PYTEST

    def __repr__(self) -> str:
        return f"Settings({', '.join(target.root for target in self.targets)})"

    def hidden(self, text: str) -> str:
        """*text* without any key and other secrets, whole or in part, however they are written.

        What one target says may hold the key of another.
        """
        secrets = dict.fromkeys(filter(None, (self.key, *self.keys.values(), *self.connection.secrets)))
        public = (self.key_env, *self.keys, *(target.root for target in self.targets))
        return _redactor(tuple(secrets), public).hidden(text)

    def of(self, target: Target) -> Settings:
        """These settings with what is *target*'s own: how it is reached, and what a targets file says of it."""
        own = self if target.key_env is None else replace(self, key=self.keys[target.key_env], key_env=target.key_env)
        return replace(
            own,
            depth=target.depth or self.depth,
            waivers=(*self.waivers, *(self.listed_waivers.get(target.waivers, ()) if target.waivers else ())),
            connection=self.connections.get(target.origin, self.connection),
        )

    def key_for(self, target: Target) -> str | None:
        """The key to present to *target*."""
        return self.key or (LOOPBACK_KEY if target.is_loopback else None)


@lru_cache(MOST_JOBS)
def _redactor(secrets: tuple[str, ...], public: tuple[str, ...]) -> Redactor:
    return Redactor(secrets, (*public, *OWN_WORDS))


def add(option: Callable[..., object]) -> None:
    """Adds the suite's options by *option*, pytest's way to add one or argparse's; --strict is one of pytest's own."""
    option("--target", metavar="URL", help="the gateway to judge: its root or an SDK's base URL, such as https://host/v1")
    option("--targets", type=Path, metavar="FILE", help="a YAML file of gateways to judge, instead of --target")
    option("--only", metavar="NAME", help="of the gateways of --targets, the one of this name alone")
    option("--provider", metavar="ID", help="whose contract applies, where the target does not tell; all: every one at URL/ID")
    option("--depth", choices=list(DEPTHS), default="standard", help="at most 10, 40 or 400 requests (default: standard)")
    option("--max-requests", type=_positive_int, metavar="N", help="at most N requests, instead of what the depth says")
    add_asking(option)
    option(
        "--allow-methods", metavar="M,…", default="", help="methods beside GET, HEAD and OPTIONS that may be sent, such as POST"
    )
    option("--probe-rate-limit", action="store_true", help="also send bursts that use up the documented quota")
    option("--jobs", type=_jobs, metavar="N", default=JOBS, help=f"ask at most N hosts at the same time (default: {JOBS})")
    option("--closed", action="store_true", help="report members that the contract does not know, to watch for drift")
    option("--plan", action="store_true", help="print every request with the requirements it serves, and send none")
    option("--seed", type=int, metavar="N", default=0, help="other choices of what may vary (default: 0)")
    option("--waivers", type=Path, metavar="FILE", help="a YAML file of known deviations")
    option("--waivers-update", action="store_true", help="add a waiver for each failure that has none, remove needless ones")
    option("--waivers-days", type=_positive_int, metavar="N", help=f"new waivers hold for N days (default: {DAYS})")
    option("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of the ones that come along")
    outputs.add(option)
    option("--record", type=Path, metavar="FILE", help="keep what was asked and answered, without keys")
    option("--replay", type=Path, metavar="FILE", help="judge what --record kept, without a request; needs no --target")


def add_asking(option: Callable[..., object]) -> None:
    """Adds, by *option*, what says how a target is asked, whatever for."""
    option("--api-key-env", metavar="NAME", default=KEY_ENV, help="the environment variable that holds the key")
    option("--max-time", type=_positive, metavar="S", default=MAX_TIME_S, help="ask nothing more after S seconds")
    option("--rps", type=_positive, metavar="R", help="at most R requests a second")
    option("--timeout", type=_positive, metavar="S", default=TIMEOUT_S, help="wait at most S seconds for one whole answer")
    option("--cacert", type=Path, metavar="FILE", help="believe the certificate authorities in FILE, and no others")
    option("--insecure", action="store_true", help="believe any certificate, and any proxy of a target that is not https")
    option("--http2", action="store_true", help="offer HTTP/2 to an https target (needs the package h2)")
    option("--header", action="append", metavar="'N: V'", default=[], help="a field for every request; may be given again")


def settings(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this run. Raises pytest.UsageError with one sentence."""
    get = config.getoption
    written = outputs.outputs(config)
    _check_waivers_file(config)
    if get("--replay"):
        return _replayed(config, written)
    if get("--target") is None and get("--targets") is None:
        raise pytest.UsageError("no --target; usage: pytest conformance --target URL [--provider ID]")
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
            _check_keys(targets, keys)
            _check_one_host_for_each_secret(targets, key, get("--api-key-env"), connections)
    except (SpecError, TargetError, ConnectionRefused) as error:
        raise pytest.UsageError(str(error)) from None
    _check_waivers([*waivers, *(each for own in listed_waivers.values() for each in own)], targets, providers)
    methods = frozenset(name.strip().upper() for name in get("--allow-methods").split(",") if name.strip())
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
        permissions=Permissions(READING | methods, get("--probe-rate-limit")),
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


def _check_one_host_for_each_secret(
    targets: Sequence[Target], key: str | None, key_env: str, connections: Mapping[str, Connection]
) -> None:
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
    _check_waivers(waivers, targets, providers)
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


def _check_waivers_file(config: pytest.Config) -> None:
    """Refuses files that would not be written, before anything is sent."""
    get = config.getoption
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


def _providers(folder: Path | None) -> Mapping[str, Provider]:
    """The contracts, each read when it is needed, without recordings, which judge nobody."""
    if folder is None:
        return specs.on_demand(fixtures=None)
    if not folder.is_dir():
        raise pytest.UsageError(f"--providers {folder} is no folder; expected one that holds a folder for each provider")
    if not specs.provider_ids(folder):
        raise pytest.UsageError(f"--providers {folder} holds no contract; expected one such as {folder / 'acme/openapi.yaml'}")
    return specs.on_demand(folder, None)


def _check_keys(targets: Sequence[Target], keys: Mapping[str, str | None]) -> None:
    """Refuses a target whose own variable is empty, unless it is on this machine: a secret that is missing is no verdict."""
    for target in targets:
        if target.key_env and keys[target.key_env] is None and not target.is_loopback:
            raise pytest.UsageError(
                f"{target.listed}: the key of {target.name} is to be in {target.key_env}, which is not set; set it, or leave"
                " out api_key_env where the gateway wants no key"
            )


def _check_waivers(waivers: Sequence[Waiver], targets: Sequence[Target], providers: Mapping[str, Provider]) -> None:
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
    return key or None


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0")
    return value


def _jobs(text: str) -> int:
    if (found := _positive_int(text)) > MOST_JOBS:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected at most {MOST_JOBS}")
    return found


def _positive_int(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number above 0")
    return int(text)
