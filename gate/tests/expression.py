"""Expressions of GitHub Actions, as far as the files here use them; what is not known is refused, never guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>==|!=|&&|\|\||[()]))")
WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Contexts = Mapping[str, Any]
"""What an expression can name: github, inputs, steps, matrix, needs, secrets, and ``failed`` for what has gone before."""


def filled(text: str, contexts: Contexts) -> str:
    """*text* with the value of each ``${{ … }}`` in its place."""
    return WHOLE.sub(lambda found: _text(value(found[1], contexts)), text)


def value(source: str, contexts: Contexts) -> Any:
    """What the expression *source* gives. Raises ValueError for one that is not understood."""
    tokens, at = [], 0
    source = source.strip()
    while at < len(source):
        found = TOKEN.match(source, at)
        if found is None:
            raise ValueError(f"{source!r}: {source[at:]!r} is not known here")
        tokens.append(found[found.lastgroup or ""])
        at = found.end()
    reader = _Reader(tokens, contexts)
    result = reader.either()
    if reader.left:
        raise ValueError(f"{source!r}: {reader.left} is left over")
    return result


def runs(condition: str | None, contexts: Contexts) -> bool:
    """Whether a step or job with this ``if`` runs; without ``always()`` nothing does after a failure."""
    source = (condition or "success()").strip()
    source = found[1] if (found := WHOLE.fullmatch(source)) else source
    return bool(value(source, contexts)) and ("always()" in source or not contexts["failed"])


class _Reader:
    """Reads tokens from left to right: ``||`` binds less than ``&&``, and that less than a comparison."""

    def __init__(self, tokens: list[str], contexts: Contexts) -> None:
        self.left, self._contexts = tokens, contexts

    def either(self) -> Any:
        found = self.both()
        while self._next("||"):
            other = self.both()
            found = found or other
        return found

    def both(self) -> Any:
        found = self.compared()
        while self._next("&&"):
            other = self.compared()
            found = found and other
        return found

    def compared(self) -> Any:
        found = self.single()
        for sign, same in (("==", True), ("!=", False)):
            if self._next(sign):
                return (found == self.single()) is same
        return found

    def single(self) -> Any:
        token = self.left.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._next("("):
            arguments = [] if self.left[0] == ")" else [self.either()]
            if not self._next(")"):
                raise ValueError(f"{token}(…: expected )")
            return self._called(token, arguments)
        return self._named(token)

    def _called(self, name: str, arguments: list[Any]) -> Any:
        if name == "always" and not arguments:
            return True
        if name == "success" and not arguments:
            return not self._contexts["failed"]
        if name == "fromJSON" and len(arguments) == 1:
            return json.loads(arguments[0])
        raise ValueError(f"the function {name} is not known here")

    def _named(self, name: str) -> Any:
        first, *rest = name.split(".")
        found = self._contexts[first]  # a context that is not there is a mistake; a member that is not is empty
        for each in rest:
            found = found.get(each, "") if isinstance(found, Mapping) else ""
        return found

    def _next(self, sign: str) -> bool:
        if self.left[:1] == [sign]:
            self.left.pop(0)
            return True
        return False


def _text(found: Any) -> str:
    if isinstance(found, bool):
        return "true" if found else "false"
    return "" if found is None else str(found)
