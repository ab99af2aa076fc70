"""How a target is reached: TLS, a proxy, the version of HTTP, and fields that every request carries."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
import shlex
import ssl
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2

from conformance.target import is_loopback

# RFC 9110 section 7.6.1, and those that this client sets itself or that would change what the suite asks.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
OURS = frozenset({"accept-encoding", "content-length", "host", "range"})
NAME = re.compile(r"[0-9A-Za-z_.-]+")  # of RFC 9110 section 5.1 what a shell leaves alone too
SECRET = re.compile(r"key|token|secret|auth|cookie|passw|session|credential|signature|jwt", re.IGNORECASE)
SHORTEST_SECRET = 6
"""Characters of a value that is hidden: a shorter one would be cut out of words that have nothing to do with it."""

SCHEMES = ("http", "https")

SCHEMES_OF_KEYS = frozenset({"apikey", "bearer", "digest", "negotiate"})
"""Words before a secret that are none, of those that are as long as one (RFC 9110 section 11.1)."""


class ConnectionRefused(Exception):
    """The target cannot be reached in the way that was asked for; ``str()`` is one sentence."""


@dataclass(frozen=True)
class Field:
    """A field that every request carries; *secret* by its name, so that its value is never shown."""

    name: str
    value: str

    @property
    def secret(self) -> bool:
        """Whether the name says that the value is nobody's business."""
        return SECRET.search(self.name) is not None

    @property
    def variable(self) -> str:
        """The environment variable that stands for a secret value in a command."""
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper())

    def __repr__(self) -> str:
        return f"Field({self.name!r})"


@dataclass(frozen=True)
class Connection:
    """How one run reaches its target; *proxy* is a URL, which may hold credentials and never appears in ``repr``."""

    cacert: Path | None = None
    insecure: bool = False
    http2: bool = False
    fields: tuple[Field, ...] = ()
    proxy: str | None = None

    def __repr__(self) -> str:
        return f"Connection({' '.join(self.words())})"

    @property
    def proxy_host(self) -> str:
        """The proxy without its credentials; an empty string without a proxy."""
        parts = urlsplit(self.proxy or "")
        return parts.netloc.rpartition("@")[2]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no report may hold: values and the words in them, and what a proxy is told, as it is and decoded."""
        values = [word for each in self.fields if each.secret for word in (each.value, *_words(each.value))]
        proxy = urlsplit(self.proxy or "")
        told = proxy.password or proxy.username or ""
        return tuple(dict.fromkeys(filter(None, (*values, told, unquote(told)))))

    def tls(self) -> ssl.SSLContext:
        """Whom to believe: the system's authorities, those of *cacert* alone, or anybody. Raises `ConnectionRefused`."""
        if self.insecure:
            return httpx2.create_ssl_context(verify=False)
        if self.cacert is None:
            return httpx2.create_ssl_context()
        try:
            return ssl.create_default_context(cafile=self.cacert)
        except ssl.SSLError:
            reason = "it holds no certificate"
        except OSError as error:
            reason = error.strerror or "it cannot be read"
        raise ConnectionRefused(f"--cacert {self.cacert}: {reason}; expected a file of certificates in PEM")

    def warnings(self, url: str, *, key: bool) -> tuple[str, ...]:
        """What somebody who reads the verdict on the target at *url* should know; *key*: whether one was sent."""
        found = []
        if self.insecure and urlsplit(url).scheme == "https":
            found.append("--insecure: nobody vouched for the target, so this may have been another one")
        if urlsplit(url).scheme == "http" and key and not is_loopback(url):
            through = f" through the proxy {self.proxy_host}" if self.proxy else ""
            found.append(f"the key was sent in clear{through}, as the target is not https")
        return tuple(found)

    def words(self) -> tuple[str, ...]:
        """The options that lead to this connection, as words for a shell; secret values are environment variables."""
        return (*self._words(), *(f"--header {_quoted(each)}" for each in self.fields))

    def curl_words(self, own: Collection[str] = ()) -> tuple[str, ...]:
        """The same for curl, but for the fields that the request has of its *own*."""
        taken = {name.lower() for name in own}
        return (*self._words(), *(f"-H {_quoted(each)}" for each in self.fields if each.name.lower() not in taken))

    def _words(self) -> list[str]:
        """The options that have the same name here and in curl."""
        words = [f"--cacert {shlex.quote(str(self.cacert))}"] if self.cacert else []
        words += ["--insecure"] if self.insecure else []
        return [*words, "--http2"] if self.http2 else words


DIRECT = Connection()


def field(text: str) -> Field:
    """The field in *text*, ``Name: value``. Raises `ConnectionRefused` for one that the suite must not or cannot send."""
    name, colon, value = text.partition(":")
    value = value.strip(" \t")
    if not colon or not NAME.fullmatch(name):
        raise ConnectionRefused(f"--header {name!r} is no field; expected one such as --header 'X-Organization: acme'")
    if not (value.isascii() and value.isprintable() and value):
        raise ConnectionRefused(f"--header {name}: the value is empty or has a character that no field can have")
    lower = name.lower()
    if lower == "authorization":
        raise ConnectionRefused("--header Authorization: the key comes from the environment, see --api-key-env")
    if lower in HOP_BY_HOP:
        raise ConnectionRefused(f"--header {name} is for one connection alone (RFC 9110 section 7.6.1); leave it out")
    if lower in OURS or lower.startswith("if-"):
        raise ConnectionRefused(f"--header {name} would change what the suite asks; leave it out")
    found = Field(name, value)
    if found.secret and len(value) < SHORTEST_SECRET:
        raise ConnectionRefused(f"--header {name}: a secret of less than {SHORTEST_SECRET} characters cannot be hidden")
    return found


def connection(
    url: str,
    *,
    cacert: Path | None = None,
    insecure: bool = False,
    http2: bool = False,
    headers: Sequence[str] = (),
    environment: Mapping[str, str],
    key: bool,
    others: bool = False,
) -> Connection:
    """How the target at *url* is reached. *key*: whether one is sent.

    Raises `ConnectionRefused` where that cannot be, or where the key would go to a proxy in clear; and for an option
    that has no effect here, unless *others* are reached too, which it may be meant for.
    """
    https = urlsplit(url).scheme == "https"
    proxy = _proxy(url, environment)
    for given, option in ((cacert, "--cacert"), (http2, "--http2"), (insecure and not proxy, "--insecure")):
        if given and not https and not others:
            raise ConnectionRefused(f"{option} has no effect on {url}, which is not https")
    if not https:
        cacert, http2, insecure = None, False, insecure and proxy is not None
    if cacert and insecure:
        raise ConnectionRefused("--cacert and --insecure contradict each other; give one of them")
    if http2 and importlib.util.find_spec("h2") is None:
        raise ConnectionRefused("--http2 needs the package h2; pip install 'httpx2[http2]' brings it")
    made = Connection(cacert, insecure, http2, tuple(map(field, headers)), proxy)
    if proxy and not https and key and not insecure:
        raise ConnectionRefused(
            f"the key would go to the proxy {made.proxy_host} in clear, as {url} is not https;"
            f" name {urlsplit(url).hostname} in NO_PROXY, or give --insecure"
        )
    if cacert:
        made.tls()  # which says what is wrong with the file
    return made


def _proxy(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy that *environment* names for *url*, as curl reads it. Raises `ConnectionRefused` for an unusable one.

    This machine is never reached through a proxy, which would look for the target on a machine of its own.
    """
    parts = urlsplit(url)
    if is_loopback(url) or _is_direct(parts.hostname or "", parts.port, _variable("no_proxy", environment)):
        return None
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        if found := _variable(name, environment):
            proxy = found if "://" in found else f"http://{found}"
            try:
                sound = urlsplit(proxy).scheme in SCHEMES and bool(urlsplit(proxy).hostname and urlsplit(proxy).port != 0)
            except ValueError:
                sound = False
            if not sound:
                raise ConnectionRefused(f"{name.upper()} names no proxy of http or https; expected http://host:port, or none")
            return proxy
    return None


def _variable(name: str, environment: Mapping[str, str]) -> str:
    return (environment.get(name) or environment.get(name.upper()) or "").strip()


def _is_direct(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether *no_proxy* names *host*: itself, a domain above it, a network that it is in, or ``*``."""
    for entry in filter(None, (each.strip().lower() for each in no_proxy.split(","))):
        name, _, number = entry.rpartition(":") if re.fullmatch(r"[^:]+:[0-9]+|\[.*\]:[0-9]+", entry) else (entry, "", "")
        name = name.strip("[]").removeprefix("*.").removeprefix(".")
        if number and number != str(port):
            continue
        if entry == "*" or host == name or (name and host.endswith(f".{name}")) or _is_within(host, name):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _words(value: str) -> Iterator[str]:
    """The parts of a secret *value* that a target may repeat alone: a token behind its scheme, the values of cookies."""
    for word in re.split(r"[\s,;]+", value):
        _, _, behind = word.partition("=")
        part = (behind if behind.strip("=") else word).strip('"')
        if len(part) >= SHORTEST_SECRET and part.lower() not in SCHEMES_OF_KEYS:
            yield part


def _quoted(each: Field) -> str:
    return f'"{each.name}: ${each.variable}"' if each.secret else shlex.quote(f"{each.name}: {each.value}")
