"""Keys taken out of what is kept of a request and its answer, as fields, parameters and the places of users name them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from mockserver.journal.secret import MARKER, MIN_LENGTH, Secrets, decoded, holds_secret, secret, without

MAX_SECRETS = 16  # searched for in one request
MAX_NAME = 256  # characters of a name that are looked at
MAX_NAMES = 2000  # characters of field names that are worth remembering
URLS = frozenset({"referer", "location", "content-location"})  # fields that hold one

# Words are apart by - or _; `tokens` is no such name, as x-ratelimit-remaining-tokens holds none.
_NAME = re.compile(
    r"(?:^|.*[-_.])[a-z]*"
    r"(?:key|token|secret|password|passwd|signature|sig|session|cookie|credentials?|auth|authorization|jwt)"
    r"(?:$|[-_.])",
    re.IGNORECASE,
)
# https://www.iana.org/assignments/http-authschemes, and words that are used like them; any other may be a key itself.
_SCHEME = re.compile(
    r"(?:apikey|basic|bearer|concealed|digest|dpop|gnap|hoba|mutual|negotiate|oauth|privatetoken|scram-sha-1|scram-sha-256"
    r"|token|vapid)",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"idempotency-key", "sec-websocket-key"})
_PARAMETER = re.compile(r"(?:^|(?<=[?&;#]))([^=&;?#]+)=([^&;#]+)")
_USER = re.compile(r"(?<=//)[^/?#@]+@")
_SEPARATOR = re.compile(r"[\s,;]+")
_BASE64 = re.compile("[A-Za-z0-9+/_-]{8,}=*")


class Exchange(NamedTuple):
    """The texts of a request and of its answer that anybody but us may have written, but for the content."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    response_headers: Mapping[str, str]


def redacted(exchange: Exchange, token: str | None) -> tuple[Exchange, Secrets]:
    """*exchange* without keys, and those keys; *token* is the bearer token of its request, if it has one.

    Whole values go by their names (Authorization but for its scheme, cookies, ``api_key`` and the like). What stood there
    goes everywhere else too, if it is not too short: see `without`.
    """
    method, path, query, headers, response_headers = exchange
    found = [] if token is None else [token]
    headers = _fields(headers, token, found)
    response_headers = _fields(response_headers, token, found)
    if query:
        query = _parameters(query, found)
    words = dict.fromkeys(each for each in found if len(each) >= MIN_LENGTH)
    secrets = tuple([secret(each) for each in words][:MAX_SECRETS])
    texts = (method, path, query, *headers, *headers.values(), *response_headers, *response_headers.values())
    if not holds_secret("\n".join(texts), secrets):
        return Exchange(method, path, query, headers, response_headers), secrets
    clean = Exchange(
        method=without(method, secrets),
        path=without(path, secrets),
        query=without(query, secrets),
        headers={without(name, secrets): without(value, secrets) for name, value in headers.items()},
        response_headers={without(name, secrets): without(value, secrets) for name, value in response_headers.items()},
    )
    return clean, secrets


def is_sensitive(name: str) -> bool:
    """Whether a field or parameter of this name holds something secret."""
    return _NAME.match(name[:MAX_NAME]) is not None and name.lower() not in _HARMLESS


@lru_cache(256)
def _sensitive(names: str) -> tuple[str, ...]:
    return tuple(name for name in names.split("\n") if is_sensitive(name))


def _fields(fields: Mapping[str, str], token: str | None, found: list[str]) -> Mapping[str, str]:
    """*fields* without the values of sensitive ones, of which the words are added to *found*."""
    names = "\n".join(fields)
    sensitive = _sensitive(names) if len(names) <= MAX_NAMES else tuple(filter(is_sensitive, fields))
    if not sensitive and fields.keys().isdisjoint(URLS):
        return fields
    changed = dict(fields)
    for name in sensitive:
        scheme, space, rest = fields[name].partition(" ")
        known = space and _SCHEME.fullmatch(scheme)
        changed[name] = f"{scheme} {MARKER}" if known else MARKER
        if not known or rest != token:
            found.extend(_words(rest if known else fields[name]))
    for name in URLS & fields.keys():
        changed[name] = _USER.sub(f"{MARKER}@", _parameters(changed[name], found))
    return changed


def _words(value: str) -> Iterator[str]:
    """What may be secret in the *value* of a sensitive field."""
    for word in _SEPARATOR.split(value):
        _, _, behind = word.partition("=")
        yield (behind if behind.strip("=") else word).strip('"')
        if _BASE64.fullmatch(word):  # perhaps user and password of Basic (RFC 7617)
            digits = word.rstrip("=")
            # Decoders do not mind more padding than needed, but a digit too many.
            octets = base64.urlsafe_b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + "==")
            yield from octets.decode("utf-8", "replace").split(":")


def _parameters(text: str, found: list[str]) -> str:
    """The query or URL *text* without the values of sensitive parameters, which are added to *found*."""

    def clean(parameter: re.Match[str]) -> str:
        name, value = parameter[1], parameter[2]
        if is_sensitive(decoded(name)):
            found.extend((value, unquote_plus(value)))
        elif "%" not in value or not any(is_sensitive(each[1]) for each in _PARAMETER.finditer(decoded(value))):
            return parameter[0]
        return f"{name}={MARKER}"

    return _PARAMETER.sub(clean, text)
