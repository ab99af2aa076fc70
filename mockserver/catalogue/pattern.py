"""Texts that a regular expression matches, drawn by lot.

The standard library parses the expression, by the parser that `re` itself has; what its tree means is said here.
"""

from __future__ import annotations

import random
import re
from re import _constants as nodes  # type: ignore[attr-defined]  # typeshed leaves it out
from re import _parser as parser  # type: ignore[attr-defined]  # likewise
from typing import Any

MAX_MORE = 6  # how often more than needed something is repeated that may be repeated without end
# What a character class or a dot is drawn from; the rest of Unicode is as good, and harder to read.
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+@ 模型é😀"
# The categories such as \d: what they have of the alphabet.
_CATEGORIES = {
    getattr(nodes, f"CATEGORY_{negation}{name}"): "".join(each for each in ALPHABET if bool(has(each)) is not bool(negation))
    for name, has in (("DIGIT", str.isdigit), ("SPACE", str.isspace), ("WORD", lambda each: each.isalnum() or each == "_"))
    for negation in ("", "NOT_")
}


class UnmatchableError(Exception):
    """The expression has something that no text can be drawn for; the message says what."""


def matching(pattern: str, lots: random.Random) -> str:
    """A text in which *pattern* is found; raises UnmatchableError."""
    try:
        tree = parser.parse(pattern)
    except re.error as error:
        raise UnmatchableError(str(error)) from None
    return _Drawing(lots).sequence(tree)


class _Drawing:
    def __init__(self, lots: random.Random) -> None:
        self._lots = lots
        self._groups: dict[int, str] = {}

    def sequence(self, tree: Any) -> str:
        return "".join(self._node(kind, value) for kind, value in tree)

    def _node(self, kind: Any, value: Any) -> str:
        if kind is nodes.LITERAL:
            return chr(value)
        if kind is nodes.AT:
            return ""  # anchors: the text is made of the expression alone
        if kind is nodes.ANY:
            return self._lots.choice(ALPHABET)
        if kind is nodes.NOT_LITERAL:
            return self._lots.choice(ALPHABET.replace(chr(value), ""))
        if kind is nodes.IN:
            return self._lots.choice(self._class(value))
        if kind is nodes.BRANCH:
            return self.sequence(self._lots.choice(value[1]))
        if kind in (nodes.MAX_REPEAT, nodes.MIN_REPEAT, nodes.POSSESSIVE_REPEAT):
            least, most, what = value
            most = least + MAX_MORE if most is nodes.MAXREPEAT else most
            return "".join(self.sequence(what) for _ in range(self._lots.randint(least, min(most, least + MAX_MORE))))
        if kind is nodes.SUBPATTERN:
            group, _, _, what = value
            text = self.sequence(what)
            if group is not None:
                self._groups[group] = text
            return text
        if kind is nodes.GROUPREF:
            return self._groups.get(value, "")
        if kind is nodes.ATOMIC_GROUP:
            return self.sequence(value)
        raise UnmatchableError(f"{str(kind).lower()} in a regular expression")

    def _class(self, members: Any) -> str:
        negated = members[0][0] is nodes.NEGATE
        named = "".join(self._member(kind, value) for kind, value in members[1 if negated else 0 :])
        found = "".join(each for each in ALPHABET if each not in named) if negated else named
        if not found:
            raise UnmatchableError("a class of characters that leaves none")
        return found

    @staticmethod
    def _member(kind: Any, value: Any) -> str:
        if kind is nodes.LITERAL:
            return chr(value)
        if kind is nodes.RANGE:
            return "".join(map(chr, range(value[0], min(value[1], value[0] + 255) + 1)))
        if kind is nodes.CATEGORY and value in _CATEGORIES:
            return _CATEGORIES[value]
        raise UnmatchableError(f"{str(kind).lower()} in a class of characters")
