"""Targets: which gateway a URL means, and where its root is."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from specs.provider import Provider

DEFAULT_PORTS = {"http": 80, "https": 443}

LOOPBACK_KEY = "sk-loopback"
"""Sent to a target on this machine when no key is set, so that a mock can be judged as it is."""


class TargetError(Exception):
    """The target or the provider that was named cannot be used; ``str()`` is one sentence."""


@dataclass(frozen=True)
class Target:
    """A gateway to be judged: *root* is its URL up to where the documented paths begin, without a slash at the end.

    *capabilities* are those that it is declared to have, or to lack, by name. *name* and *listed* are set where a
    targets file, *listed*, names it; *key_env* is the environment variable that the file gives for its key, *depth* how
    deep to look and *waivers* a file of them, where it says so.
    """

    root: str
    provider: Provider
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    name: str = ""
    listed: str = ""
    key_env: str | None = None
    depth: str | None = None
    waivers: Path | None = None

    @property
    def host(self) -> str:
        """The host in lower case, with the port where one is given."""
        return urlsplit(self.root).netloc.lower()

    @property
    def origin(self) -> str:
        """Scheme, host and port (RFC 6454 section 4), so that one server has one origin however it is written."""
        parts = urlsplit(self.root)
        return f"{parts.scheme}://{(parts.hostname or '').lower()}:{parts.port or DEFAULT_PORTS[parts.scheme]}"

    @property
    def is_loopback(self) -> bool:
        """Whether the target is on this machine."""
        return is_loopback(self.root)

    @property
    def is_documented(self) -> bool:
        """Whether this is where the provider says that its gateway is."""
        return self.root in [f"https://{host}" for host in self.provider.hosts]


def is_loopback(url: str) -> bool:
    """Whether the host of *url* is this machine."""
    name = urlsplit(url).hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Words:
    """What errors call that in which a *url* and a *provider* are given; *several* where the provider may be ``all``."""

    url: str
    provider: str
    several: bool = False


OPTIONS = Words("--target", "--provider", several=True)
LISTED = Words("url", "provider")
ALONE = Words("the URL", "--provider")


def resolve(url: str, provider: str | None, providers: Mapping[str, Provider], words: Words = OPTIONS) -> tuple[Target, ...]:
    """The targets that *url* and *provider* mean; more than one only for the provider ``all``.

    *url* is a gateway's root or an SDK's base URL; a path in front of either is kept. Without *provider* the host decides,
    else the last segment of the path; on this machine, where any gateway may be served, the path comes first. Raises
    `TargetError`, in the *words* of where they were given.
    """
    for_url, for_provider, every = words.url, words.provider, ", or all" if words.several else ""
    if set(url) & set("@?#"):
        raise TargetError(f"{for_url} must not have a query, a fragment or credentials; the key comes from the environment")
    host = _host(url)
    if not host:
        raise TargetError(f"{for_url} {url!r} is not a URL of http or https; expected one such as https://gateway.example/v1")
    known = ", ".join(providers)
    if provider == "all":
        return tuple(Target(f"{url.rstrip('/')}/{name}", each) for name, each in providers.items())
    if provider is not None:
        if provider not in providers:
            raise TargetError(f"{for_provider} {provider!r} is unknown; expected one of {known}{every}")
        return (Target(_root(url, providers[provider]), providers[provider]),)
    # Contracts may be read when they are asked for: of one for each gateway, those that cannot be meant are left alone.
    named = (providers[name] for name in providers if name in urlsplit(url).path.split("/"))
    by_path = (each for each in named if urlsplit(_root(url, each)).path.rpartition("/")[2] == each.id)
    by_host = (each for each in providers.values() if host in each.hosts)
    for found in (by_path, by_host) if is_loopback(url) else (by_host, by_path):
        for each in found:
            return (Target(_root(url, each), each),)
    generic = "".join(f"; {for_provider} {each.id} is for any {each.title}" for each in providers.values() if each.generic)
    unclear = f"{for_url} {url} does not tell which provider's contract applies"
    raise TargetError(f"{unclear}; add {for_provider} with one of {known}{every}{generic}")


def _root(url: str, provider: Provider) -> str:
    """*url* without the path that an SDK's base URL has behind the root, if it has it."""
    parts = urlsplit(url)
    origin, prefix = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    paths = {operation.sdk_path for operation in provider.operations.values()}
    for path in sorted(paths, key=len, reverse=True):
        if path and prefix.endswith(path):
            return origin + prefix.removesuffix(path)
    return origin + prefix


def _host(url: str) -> str:
    """The host of *url* in lower case, empty when it is none of http or https with a port that exists."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return ""
    return (parts.hostname or "").lower() if sound else ""
