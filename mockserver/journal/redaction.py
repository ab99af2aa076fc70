"""Keys taken out of what the journal keeps of a request and its answer: of headers, path, query, method and body.

It knows forms of keys, not their meaning; whether one is good is no business of it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from mockserver.credentials import GOOD

MARKER = "***"  # no key contains it: `*` stands in no token (RFC 6750 section 2.1), and is plain in paths and queries
MIN_SECRET = 8  # characters; what is shorter is no key, and would be found by chance everywhere
MAX_SECRET = 256  # characters that are searched for; a text with a longer key is redacted from there on
MAX_SECRETS = 16  # searched for in one request
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
# Something like sk-…, at the beginning of a word: risk-free holds none. Raw, and with some of it percent-encoded.
_BEGINS = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[bfnrt]))"
_KEY = re.compile(_BEGINS + r"sk-[A-Za-z0-9._~+-]+")
_UNRESERVED = r"(?:[A-Za-z0-9._~+-]|%(?:25)*(?i:3[0-9]|[46][1-9a-f]|[57][0-9a]|2[bde]|5f|7e))"
_ENCODED_KEY = re.compile(rf"{_BEGINS}(?:s|%(?:25)*73)(?:k|%(?:25)*6[Bb])(?:-|%(?:25)*2[Dd]){_UNRESERVED}+")
_BASE64 = "[A-Za-z0-9+/_-]"
_ENCODED_BASE64 = f"(?:{_BASE64}|%(?:25)*2[BbFf])"
_PADDING = "=*"
_ENCODED_PADDING = "(?:=|%(?:25)*3[Dd])*"
_URL_SAFE = str.maketrans("+/", "-_")


class Exchange(NamedTuple):
    """The texts of a request and of its answer that anybody but us may have written, but for the content."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    response_headers: Mapping[str, str]


class Secret(NamedTuple):
    """Something that is searched for: the first MAX_SECRET characters of a text, and whether it is *longer*."""

    text: str
    longer: bool


Secrets = tuple[Secret, ...]


def redacted(exchange: Exchange, token: str | None) -> tuple[Exchange, Secrets]:
    """*exchange* without keys, and those keys; *token* is the bearer token of its request, if it has one.

    Whole values go by their names (Authorization but for its scheme, cookies, ``api_key`` and the like). What stood there
    goes everywhere else too: see `without`.
    """
    method, path, query, headers, response_headers = exchange
    found = [token] if token is not None and len(token) >= MIN_SECRET else []
    headers = _fields(headers, token, found)
    response_headers = _fields(response_headers, token, found)
    if query:
        query = _parameters(query, found)
    secrets = tuple(Secret(each[:MAX_SECRET], len(each) > MAX_SECRET) for each in dict.fromkeys(found[:MAX_SECRETS]))
    texts = (method, path, query, *headers, *headers.values(), *response_headers, *response_headers.values())
    if not _suspicious("\n".join(texts), secrets):
        return Exchange(method, path, query, headers, response_headers), secrets
    clean = Exchange(
        method=without(method, secrets),
        path=without(path, secrets),
        query=without(query, secrets),
        headers={without(name, secrets): without(value, secrets) for name, value in headers.items()},
        response_headers={without(name, secrets): without(value, secrets) for name, value in response_headers.items()},
    )
    return clean, secrets


def without(text: str, secrets: Secrets) -> str:
    """*text* without *secrets*, as they are, percent-encoded, or in base64, alone or with other text before or behind them.

    Nor is there anything left that looks like ``sk-…``.
    """
    if not _suspicious(text, secrets):
        return text
    encoded = "%" in text
    for secret in secrets:
        forms = _forms(secret)
        text = (forms.encoded if encoded else forms.plain).sub(MARKER, text)
    return (_ENCODED_KEY if encoded else _KEY).sub(MARKER, text)


@lru_cache(1024)
def is_sensitive(name: str) -> bool:
    """Whether a field or parameter of this name holds something secret."""
    return _NAME.match(name) is not None and name.lower() not in _HARMLESS


@dataclass(frozen=True)
class _Forms:
    """How a secret may be written: *needles* are what to look for in decoded text, the patterns what to take out."""

    needles: tuple[str, ...]
    plain: re.Pattern[str]
    encoded: re.Pattern[str]


@lru_cache(256)
def _sensitive(names: str) -> tuple[str, ...]:
    return tuple(name for name in names.split("\n") if is_sensitive(name))


def _fields(fields: Mapping[str, str], token: str | None, secrets: list[str]) -> Mapping[str, str]:
    """*fields* without the values of sensitive ones, which are added to *secrets*."""
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
            secrets.extend(_secrets(fields[name]))
    for name in URLS & fields.keys():
        changed[name] = _USER.sub(f"{MARKER}@", _parameters(changed[name], secrets))
    return changed


def _secrets(value: str) -> Iterator[str]:
    """The words in the *value* of a sensitive field that may be secret."""
    for word in _SEPARATOR.split(value):
        _, _, behind = word.partition("=")
        secret = (behind if behind.strip("=") else word).strip('"')
        if _SCHEME.fullmatch(secret):
            continue
        if len(secret) >= MIN_SECRET:
            yield secret
        if re.fullmatch(rf"{_BASE64}{{8,}}=*", word):  # perhaps Basic (RFC 7617): user and password
            digits = word.rstrip("=")
            # Decoders do not mind more padding than needed, but a digit too many.
            octets = base64.urlsafe_b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + "==")
            yield from (each for each in octets.decode("utf-8", "replace").split(":") if len(each) >= MIN_SECRET)


def _parameters(text: str, secrets: list[str]) -> str:
    """The query or URL *text* without the values of sensitive parameters, which are added to *secrets*."""

    def clean(parameter: re.Match[str]) -> str:
        name, value = parameter[1], parameter[2]
        if is_sensitive(_decoded(name)):
            secrets.extend(each for each in {value, unquote_plus(value)} if len(each) >= MIN_SECRET)
        elif "%" not in value or not any(is_sensitive(each[1]) for each in _PARAMETER.finditer(_decoded(value))):
            return parameter[0]
        return f"{name}={MARKER}"

    return _PARAMETER.sub(clean, text)


def _decoded(text: str) -> str:
    """*text* without percent-encoding, also if it was encoded up to three times."""
    for _ in range(3):
        if "%" not in text:
            break
        text = unquote(text)
    return text


def _suspicious(text: str, secrets: Secrets) -> bool:
    """Whether anything may have to go out of *text*; quick, as it is asked of every request."""
    if "%" in text:
        text = f"{text}\n{_decoded(text)}"
    if GOOD in text and _KEY.search(text):
        return True
    for secret in secrets:
        for needle in _forms(secret).needles:
            if needle in text:
                return True
    return False


@lru_cache(256)
def _forms(secret: Secret) -> _Forms:
    """The forms of *secret*; what follows a longer one goes with it."""
    text, longer = secret
    rest = r"[\s\S]*" if longer else ""
    # In lower case too, as names of fields and hosts are.
    words = list(dict.fromkeys((text, text.lower())))
    needles = list(words)
    plain = [re.escape(each) for each in words]
    encoded = [_spelled(each) for each in words]
    for core, left, right in _in_base64(text.encode("utf-8", "surrogatepass")):
        spellings = (core, core.translate(_URL_SAFE))
        for each in dict.fromkeys((*spellings, *map(str.lower, spellings))):
            needles.append(each)
            plain.append(f"{f'{_BASE64}?' * left}{re.escape(each)}{f'{_BASE64}?' * right}{_PADDING}")
            encoded.append(f"{f'{_ENCODED_BASE64}?' * left}{_spelled(each)}{f'{_ENCODED_BASE64}?' * right}{_ENCODED_PADDING}")
    return _Forms(tuple(needles), re.compile(f"(?:{'|'.join(plain)}){rest}"), re.compile(f"(?:{'|'.join(encoded)}){rest}"))


def _in_base64(secret: bytes) -> Iterator[tuple[str, bool, bool]]:
    """What *secret* makes of base64 wherever it stands in the text, and whether it shares a character with its neighbours.

    Four characters are three octets (RFC 4648 section 4), so it makes a difference how many octets stand before.
    """
    for before in range(3):
        bits = 8 * (before + len(secret))
        core = base64.b64encode(bytes(before) + secret).decode()[-(-8 * before // 6) : bits // 6]
        yield core, before > 0, bits % 6 > 0


def _spelled(text: str) -> str:
    """A pattern for *text* with any of its characters percent-encoded, once or several times."""
    return "".join(_character(each) for each in text)


def _character(character: str) -> str:
    octets = character.encode("utf-8", "surrogatepass")
    return f"(?:{re.escape(character)}|{''.join(f'%(?:25)*(?i:{octet:02x})' for octet in octets)})"
