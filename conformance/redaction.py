"""Secrets taken out of what the suite says: whole or in part, plain or in another spelling."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from specs.spans import Span, replaced

MARKER = "…"

RUN = 8
"""Characters of a secret in a row that are too many: what was cut to some length may hold a part of it."""

SHORTEST_CODED = 6
"""Characters of the shortest secret that is looked for in base64 and hexadecimal too."""

ROUNDS = 3
"""How often a text may have been written anew: JSON in a query is escaped, and then percent-encoded."""

# One character as URLs, JSON, Python and HTML may write it.
ESCAPE = re.compile(
    r"%(?:25)*([0-9a-f]{2})"
    r"|\\{1,8}u00([0-9a-f]{2})"
    r"|\\{1,8}x([0-9a-f]{2})"
    r"|&#x0{0,6}([0-9a-f]{2});"
    r"|&#0{0,6}([0-9]{2,3});"
    r"|\\([\\\"'/])",
    re.IGNORECASE,
)
UNSEEN = frozenset("\0\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""Characters that take no place on a screen: a UTF-16 text read as ASCII has one between each two letters."""

SEEN = dict.fromkeys(map(ord, UNSEEN))

CODED = re.compile(r"[A-Za-z0-9+/_=-]")
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Redactor:
    """Takes *secrets* out of texts: as they are, in any case, percent-encoded, escaped, in base64 or hexadecimal.

    `RUN` characters of a secret in a row go even where the rest is not there. *spared* are words that the suite says
    anyway, such as the name of the target: what a secret has in common with them tells nobody anything, and stays.
    """

    secrets: tuple[str, ...]
    spared: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Redactor({len(self.secrets)} secrets)"

    def hidden(self, text: str) -> str:
        """*text* with `MARKER` where a secret, or a part of one, stood."""
        if not self._may_hold(text):
            return text
        spans: list[Span] = []
        meant, origins = text, [(place, place + 1) for place in range(len(text))]
        for _ in range(ROUNDS):
            spans += ((origins[start][0], origins[end - 1][1]) for start, end in self._spans(meant))
            if not ESCAPE.search(meant) and UNSEEN.isdisjoint(meant):
                break
            pieces = list(_pieces(meant))
            meant = "".join(character for character, _, _ in pieces)
            origins = [(origins[start][0], origins[end - 1][1]) for _, start, end in pieces]
        return replaced(text, spans, MARKER)

    def _may_hold(self, text: str) -> bool:
        """Whether anything has to go out of *text*; quick, as little does and bodies are long."""
        for _ in range(ROUNDS):
            lower = text.translate(LOWER)
            if any(piece in lower for piece in self._all):
                return True
            if not ESCAPE.search(text) and UNSEEN.isdisjoint(text):
                return False
            text = ESCAPE.sub(_meant, text).translate(SEEN)
        return False

    def _spans(self, text: str) -> Iterator[Span]:
        """Where in *text* something has to go."""
        text_lower = text.translate(LOWER)
        spared = list(self._spared(text_lower))
        for start, end in _runs(text_lower, self._plain):
            part = text_lower[start:end]
            whole = any(secret in part for secret in self._lower)
            if whole or not any(first <= start and end <= last for first, last in spared):
                yield start, end
        for start, end in _runs(text_lower, self._coded):
            # The outer characters of base64 hold some bits of the secret, and some of what stands beside it.
            first = start - 1 if start and CODED.match(text[start - 1]) else start
            last = end
            while last < len(text) and last <= end + 2 and CODED.match(text[last]):
                last += 1
            yield first, last

    def _spared(self, text: str) -> Iterator[Span]:
        for word in self.spared:
            yield from ((each.start(), each.end()) for each in re.finditer(re.escape(word.translate(LOWER)), text))

    @cached_property
    def _lower(self) -> tuple[str, ...]:
        return tuple(secret.translate(LOWER) for secret in self.secrets)

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(piece for found in (self._plain, self._coded) for pieces in found.values() for piece in pieces)

    @cached_property
    def _plain(self) -> dict[int, frozenset[str]]:
        return _pieces_by_length((secret, min(RUN, len(secret)), 1) for secret in self._lower if secret)

    @cached_property
    def _coded(self) -> dict[int, frozenset[str]]:
        octets = [secret.encode("utf-8", "surrogatepass") for secret in self.secrets if len(secret) >= SHORTEST_CODED]
        return _pieces_by_length(each for secret in octets for each in _codes(secret))


def _codes(secret: bytes) -> Iterator[tuple[str, int, int]]:
    """The texts that code *secret*, with how much of each is too much, and from which places on one code begins."""
    for spelling in {secret, secret.lower()}:
        yield spelling.hex(), 2 * min(RUN, len(secret)), 2
        for before in range(3):
            # Four characters are three octets (RFC 4648 section 4), so it matters how many octets stand before.
            bits = 8 * (before + len(spelling))
            core = base64.b64encode(bytes(before) + spelling).decode()[-(-8 * before // 6) : bits // 6]
            most = min((8 * RUN - 4) // 6, len(core))
            for each in {core, core.replace("+", "-").replace("/", "_")}:
                yield each.translate(LOWER), most, 1


def _pieces_by_length(texts: Iterable[tuple[str, int, int]]) -> dict[int, frozenset[str]]:
    """For each of *texts* its pieces of the length beside it, by that length."""
    found: dict[int, set[str]] = {}
    for text, length, step in texts:
        found.setdefault(length, set()).update(text[at : at + length] for at in range(0, len(text) - length + 1, step))
    return {length: frozenset(pieces) for length, pieces in found.items()}


def _runs(text: str, pieces: dict[int, frozenset[str]]) -> Iterator[Span]:
    """Where *text* has any of *pieces*; those that overlap are one run."""
    for length, known in pieces.items():
        run: Span | None = None
        for at in range(len(text) - length + 1):
            if text[at : at + length] in known:
                if run and at <= run[1]:
                    run = (run[0], at + length)
                else:
                    if run:
                        yield run
                    run = (at, at + length)
        if run:
            yield run


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """The characters that *text* means, each with the places between which it is written; those nobody sees are left out."""
    at = 0
    for escape in (*ESCAPE.finditer(text), None):
        plain_until = escape.start() if escape else len(text)
        yield from ((text[place], place, place + 1) for place in range(at, plain_until) if text[place] not in UNSEEN)
        if escape:
            meant = _meant(escape)
            if meant not in UNSEEN:
                yield meant, escape.start(), escape.end()
            at = escape.end()


def _meant(escape: re.Match[str]) -> str:
    *hexadecimal, decimal, itself = escape.groups()
    if itself:
        return str(itself)
    return chr(int(decimal) if decimal else int(next(filter(None, hexadecimal)), 16))
