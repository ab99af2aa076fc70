"""Answers without what is nobody's business: each such value becomes a placeholder, equal ones the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conformance.redaction import MARKER
from gateway_contracts.recording.rules import Rules, plain

SHORTEST_NAME = 3
"""Characters of the shortest name that is looked for in sentences too: a shorter one is part of too many words."""

MOST_NAMES = 1000
"""Names that are looked for in sentences at most."""

NAMES_NOBODY = ("", "*")


class Redaction:
    """Takes values out by *rules*. State of one recording: it knows the number of each value that it has seen.

    *hidden* takes the secrets of the command out of a text, with `MARKER` in their place.
    """

    def __init__(self, rules: Rules, hidden: Callable[[str], str]) -> None:
        self._rules = rules
        self._hidden = hidden
        self._numbers: dict[str, dict[str, int]] = {}
        self._names: dict[str, str] = {}
        self._sentences: re.Pattern[str] | None = None
        self.taken: Counter[str] = Counter()
        """How many values became which placeholder, the placeholder without its number."""

    def learn(self, bodies: Iterable[Any]) -> None:
        """Takes note of the names in *bodies*, so that they go from sentences that stand before them too."""
        for becomes, value in (found for body in bodies for found in self._named(body)):
            if isinstance(value, str) and len(value) >= SHORTEST_NAME and len(self._names) < MOST_NAMES:
                self._names.setdefault(value, becomes)
        if self._names:
            longest_first = sorted(self._names, key=len, reverse=True)
            self._sentences = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def value(self, value: Any, *, error: bool) -> Any:
        """The JSON *value* with placeholders; *error* says whether it is the body of an answer of status 400 or more."""
        if isinstance(value, dict):
            return {self.text(name, error=error): self._member(name, each, error) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, error=error) for each in value]
        return self.text(value, error=error) if isinstance(value, str) else value

    def hidden(self, text: str) -> str:
        """*text* without the secrets of the command."""
        without = self._hidden(text)
        if without == text:
            return text
        self.taken[self._rules.own_key] += 1
        return without.replace(MARKER, self._rules.own_key)

    def text(self, text: str, *, error: bool) -> str:
        """*text* with placeholders."""
        text = self.hidden(text)
        for rule in self._rules.texts:
            if error or not rule.errors:
                text = self._replaced(rule.pattern, text, rule.becomes)
        if self._sentences and any(map(str.isspace, text)):
            text = self._replaced(self._sentences, text)
        return text

    def _replaced(self, pattern: re.Pattern[str], text: str, becomes: str = "") -> str:
        """*text* with what *pattern* finds as *becomes*, or as what the name that was found is known to become."""

        def placeholder(match: re.Match[str]) -> str:
            whole, (start, end) = match[0], match.span("it" if "it" in pattern.groupindex else 0)
            found = match.string[start:end]
            start, end = start - match.start(), end - match.start()
            return whole[:start] + self._placeholder(becomes or self._names[found], found) + whole[end:]

        return pattern.sub(placeholder, text)

    def _member(self, name: str, value: Any, error: bool) -> Any:
        becomes = self._rules.members.get(plain(name))
        return self.value(value, error=error) if becomes is None else self._below(value, becomes)

    def _below(self, value: Any, becomes: str) -> Any:
        """*value*, which stands below a name whose values are taken out."""
        if isinstance(value, dict):
            return {self.text(name, error=True): self._below(each, becomes) for name, each in value.items()}
        if isinstance(value, list):
            return [self._below(each, becomes) for each in value]
        if isinstance(value, str) and value not in NAMES_NOBODY:
            return self._placeholder(becomes, value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._placeholder(becomes, str(value))
            return self._numbers[becomes][str(value)]
        return value

    def _placeholder(self, becomes: str, value: str) -> str:
        numbers = self._numbers.setdefault(becomes, {})
        placeholder = becomes.replace("{n}", str(numbers.setdefault(value, len(numbers) + 1)))
        self.taken[becomes] += placeholder != value
        return placeholder

    def _named(self, value: Any) -> Iterator[tuple[str, Any]]:
        """The values below members whose values are taken out, each with its placeholder."""
        if isinstance(value, list):
            for each in value:
                yield from self._named(each)
        elif isinstance(value, dict):
            for name, each in value.items():
                becomes = self._rules.members.get(plain(name))
                if becomes is None:
                    yield from self._named(each)
                else:
                    yield from ((becomes, leaf) for leaf in _leaves(each) if leaf not in NAMES_NOBODY)


def _leaves(value: Any) -> Iterator[Any]:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if members is None:
        yield value
    else:
        for each in members:
            yield from _leaves(each)
