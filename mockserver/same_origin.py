"""Whether a request may come from a web page that has no business here: what browsers say of that, read from its fields.

The admin API is open to programs on the same machine, and a browser is one that runs whatever page its user visits.
Such a page can send requests to a loopback address from another origin, or make a name of its own point to that
address (DNS rebinding), so that it is of the same origin. Browsers say the first, and Host shows the second.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.datastructures import Headers

DEFAULT_PORTS = {"http": 80, "https": 443}


def cross_origin(headers: Headers) -> str | None:
    """What shows that a page of another origin sent a request with *headers*: a field with its value, or None.

    Origin is sent by browsers with all but GET and HEAD, ``null`` where they keep it to themselves (the Fetch standard,
    "append a request Origin header"); Sec-Fetch-Site with all requests (Fetch Metadata section 2.4).
    """
    for origin in headers.getlist("origin"):
        if not _is_own(origin, headers.get("host", "")):
            return f"Origin: {origin}"
    for site in headers.getlist("sec-fetch-site"):
        if site.strip().lower() not in ("same-origin", "same-site", "none"):
            return f"Sec-Fetch-Site: {site}"
    return None


def foreign_host(headers: Headers) -> str | None:
    """The value of Host where that names another machine, None where it names this one by a loopback name or address.

    Browsers look ``localhost`` and all below it up by themselves (RFC 6761 section 6.3), so no page can own such a name.
    """
    return next((host for host in headers.getlist("host") if not is_loopback(_authority(host)[0])), None)


def is_loopback(host: str) -> bool:
    """Whether *host*, a name or an address, is certain to be this machine, seen from itself."""
    name = host.removesuffix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _is_own(origin: str, host: str) -> bool:
    """Whether a page of *origin* was loaded from *host*, by whichever scheme, as a proxy may have taken TLS off."""
    scheme, separator, rest = origin.strip().lower().partition("://")
    port = DEFAULT_PORTS.get(scheme)
    return bool(separator) and port is not None and _authority(rest, port) == _authority(host, port)


def _authority(text: str, default: int | None = None) -> tuple[str, int | None]:
    """The host in lower case without brackets and the port of *text*; nothing where it cannot be read."""
    try:
        parts = urlsplit(f"//{text.strip()}")
        port = parts.port
    except ValueError:
        return "", None
    if parts.netloc != text.strip() or "@" in parts.netloc:
        return "", None
    return parts.hostname or "", default if port is None else port
