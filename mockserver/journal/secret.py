"""The secret: in which forms it may stand in a text, and that text without it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mockserver.credentials import GOOD
from specs.spans import Span, replaced

MARKER = "***"  # no key contains it: `*` stands in no token (RFC 6750 section 2.1), and is plain in paths and queries
MIN_LENGTH = 8  # characters; what is shorter is no key, and would be found by chance everywhere
MAX_LENGTH = 256  # characters that are searched for

# Something like sk-…, at the beginning of a word (risk-free holds none) or behind an escape of JSON.
_KEY = re.compile(rf"(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])){GOOD}[A-Za-z0-9._~+-]+")
# As JSON may write a character, also within a URL, or as a URL does; also if it was encoded several times.
_ENCODED = re.compile(r"(?:\\|%(?:25)*5[Cc]){1,8}u00([0-9A-Fa-f]{2})|%(?:25)*([0-9A-Fa-f]{2})")
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_URL_SAFE = str.maketrans("+/", "-_")


class Secret(NamedTuple):
    """The first MAX_LENGTH characters of what must not be kept; where there are *more*, what follows goes with them."""

    text: str
    more: bool


Secrets = tuple[Secret, ...]


def secret(text: str) -> Secret:
    """*text* as a secret."""
    return Secret(text[:MAX_LENGTH], len(text) > MAX_LENGTH)


def holds_secret(text: str, secrets: Secrets) -> bool:
    """Whether anything has to go out of *text*; quick, as it is asked of every request."""
    if _is_encoded(text):
        text = f"{text}\n{decoded(text)}"
    if GOOD in text and _KEY.search(text):
        return True
    for each in secrets:  # no generator: this is most of what an entry costs
        for needle in _needles(each):
            if needle in text:
                return True
    return False


def without(text: str, secrets: Secrets) -> str:
    """*text* without *secrets*: as they are, percent-encoded, escaped as in JSON, in hexadecimal or in base64.

    Where more is coded than the secret, before or behind it, that stays. Nor is there anything left that looks like ``sk-…``.
    """
    if not holds_secret(text, secrets):
        return text
    text = replaced(text, _spans(text, secrets), MARKER)
    if not _is_encoded(text):
        return text
    pieces = _pieces(text)
    plain = "".join(character for character, _ in pieces)
    ends = [end for _, end in pieces]
    coded = [(ends[start - 1] if start else 0, ends[end - 1]) for start, end in _spans(plain, secrets)]
    return replaced(text, coded, MARKER)


def decoded(text: str) -> str:
    """*text* without percent-encoding and escapes, also if it was encoded several times; each octet becomes a character."""
    return _ENCODED.sub(_octet, text) if _is_encoded(text) else text


def _is_encoded(text: str) -> bool:
    return "%" in text or "\\u00" in text


def _octet(encoded: re.Match[str]) -> str:
    return chr(int(encoded[1] or encoded[2], 16))


def _pieces(text: str) -> list[tuple[str, int]]:
    """The characters of *text*, `decoded`, each with the place in *text* where it ends."""
    pieces: list[tuple[str, int]] = []
    at = 0
    for encoded in _ENCODED.finditer(text):
        pieces.extend((text[place], place + 1) for place in range(at, encoded.start()))
        pieces.append((_octet(encoded), encoded.end()))
        at = encoded.end()
    pieces.extend((text[place], place + 1) for place in range(at, len(text)))
    return pieces


def _spans(text: str, secrets: Secrets) -> Iterator[Span]:
    """Where in *text* something has to go."""
    for each in secrets:
        for needle, form in _needles(each).items():
            at = text.find(needle)
            while at >= 0:
                span = form.around(text, at, at + len(needle))
                yield (span[0], len(text)) if each.more else span
                at = text.find(needle, at + 1)
    for found in _KEY.finditer(text):
        yield found.span()


class _Form(NamedTuple):
    """How a needle sits in a text: base64 shares its outer characters with what stands before and behind."""

    shares_first: bool = False
    shares_last: bool = False
    padded: bool = False

    def around(self, text: str, start: int, end: int) -> Span:
        """The needle from *start* to *end*, with the characters around it that hold some of its bits."""
        if self.shares_first and start and text[start - 1] in _BASE64:
            start -= 1
        if self.shares_last and end < len(text) and text[end] in _BASE64:
            end += 1
        while self.padded and text.startswith("=", end):
            end += 1
        return start, end


@lru_cache(256)
def _needles(secret: Secret) -> dict[str, _Form]:
    """What to look for in a text. In lower case too, as names of fields and hosts are."""
    octets = secret.text.encode("utf-8", "surrogatepass")
    needles = dict.fromkeys((secret.text, octets.decode("latin-1"), octets.hex().upper()), _Form())
    for before in range(3):
        # Four characters are three octets (RFC 4648 section 4), so it matters how many octets stand before.
        bits = 8 * (before + len(octets))
        core = base64.b64encode(bytes(before) + octets).decode()[-(-8 * before // 6) : bits // 6]
        form = _Form(shares_first=before > 0, shares_last=bits % 6 > 0, padded=True)
        needles |= dict.fromkeys((core, core.translate(_URL_SAFE)), form)
    return {spelling: form for needle, form in needles.items() for spelling in (needle, needle.lower())}
