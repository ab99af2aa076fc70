"""Ids of models: new ones in the style of one that there is, and what follows from them for other texts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

VARIANTS = (
    *("mini", "nano", "lite", "small", "medium", "large", "max", "ultra", "plus", "pro", "turbo", "flash", "fast", "air"),
    *("preview", "latest", "exp", "instruct", "chat", "thinking", "reasoner", "coder", "code", "vision", "vl", "omni"),
    *("audio", "search"),
)
# The version of a model: one or two digits, and as many behind a dot or a hyphen.
_VERSION = re.compile(r"(?<![0-9.])([0-9]{1,2})(?:([.-])([0-9]{1,2})(?![0-9]))?(?![0-9])")
_VARIANT = re.compile(rf"-({'|'.join(VARIANTS)})$", re.IGNORECASE)
_DATE = re.compile(r"(?<=[^-])-(20[0-9]{2}-[0-9]{2}-[0-9]{2}|20[0-9]{6}|[0-9]{6}|[0-9]{4})$")
_SEPARATORS = re.compile(r"[\W_]+")
FIRST_YEAR, LAST_YEAR = 2023, 2025
TRIES = 60  # before a name is made unique by a number
MAX_NUMBER = 10_002  # of a name made so


class NoNameError(Exception):
    """There is no other id like this one that the contract allows."""


@dataclass(frozen=True)
class Name:
    """An *id* and its *stem*: what is left without the vendor in front and the tag behind."""

    id: str
    stem: str

    @classmethod
    def of(cls, id: str) -> Name:
        """The name in *id*, such as ``qwen4-coder`` in ``qwen/qwen4-coder:free``."""
        vendor, slash, rest = id.partition("/")
        pieces = (rest if slash and rest else vendor).split(":")
        return cls(id, max(pieces, key=len) or id)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the name in a text, also as people write it: ``Claude Opus 4.7`` for ``claude-opus-4-7``."""
        words = [re.escape(each) for each in _SEPARATORS.split(self.stem) if each]
        return re.compile(r"(?<!\w)" + (r"[\W_]{0,3}".join(words) or re.escape(self.stem)), re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Whether *text* speaks of the model by this name."""
        return text == self.id or self.pattern.search(text) is not None


@dataclass(frozen=True)
class Renaming:
    """From the name *old* to the id *new* with another *stem*.

    *version* became another, and *variant* the last word: each a pair, or None where nothing changed. *added* are
    words behind it.
    """

    old: Name
    new: str
    stem: str
    version: tuple[str, str] | None
    variant: tuple[str, str] | None
    added: tuple[str, ...]

    def apply(self, text: str) -> str:
        """*text*, which speaks of the old model, as it speaks of the new one."""
        if text == self.old.id:
            return self.new
        return self.old.pattern.sub(self._written, text)

    def _written(self, matched: re.Match[str]) -> str:
        """The new name as the old one was written."""
        text = matched[0]
        if text == self.old.stem:
            return self.stem
        if self.version is not None:
            old, new = (re.split("[.-]", each) for each in self.version)
            pattern = r"(?<![0-9.])" + r"([\W_])".join(old) + r"(?![0-9])"
            text = re.sub(pattern, lambda found: "".join(found.groups()).join(new), text, count=1)
        if self.variant is not None:
            text = re.sub(rf"{re.escape(self.variant[0])}$", self.variant[1].title(), text, flags=re.IGNORECASE)
        return " ".join([text, *(each.title() for each in self.added)])


class Naming:
    """Gives names in the style of others, each once, also when upper and lower case are the same."""

    def __init__(self, lots: random.Random, fits: Callable[[str], bool]) -> None:
        """*fits* says whether the contract allows an id."""
        self._lots = lots
        self._fits = fits
        self._taken: set[str] = set()

    def take(self, id: str) -> None:
        """Says that *id* is given already."""
        self._taken.add(id.casefold())

    def renaming(self, name: Name) -> Renaming:
        """A renaming of *name* to one that was never given; raises NoNameError where no id that fits is found."""
        found = self._try(name, dated=False)
        for attempt in range(TRIES):
            if self._is_new(found.new):
                break
            found = self._try(name, dated=attempt > 6 and attempt % 2 == 1)
        else:
            found = self._numbered(found)
        self.take(found.new)
        return found

    def _is_new(self, id: str) -> bool:
        return id.casefold() not in self._taken and self._fits(id)

    def _numbered(self, found: Renaming) -> Renaming:
        """*found* made unique by a number."""
        name = found.old
        for number in range(2, MAX_NUMBER):
            stem = f"{found.stem}-{number}"
            if self._is_new(_with_stem(name, stem)):
                added = (*found.added, str(number))
                return Renaming(name, _with_stem(name, stem), stem, found.version, found.variant, added)
        raise NoNameError(name.id)

    def _try(self, name: Name, *, dated: bool) -> Renaming:
        lots = self._lots
        had = _DATE.search(name.stem)
        stem = name.stem[: had.start()] if had else name.stem
        version, stem = self._versioned(stem)
        variant: tuple[str, str] | None = None
        added: tuple[str, ...] = ()
        if lots.random() < 0.6:
            written: Callable[[str], str] = str.capitalize if stem[:1].isupper() else str
            word = lots.choice(VARIANTS)
            has = _VARIANT.search(stem)
            if has:
                variant = (has[1], word)
                stem = stem[: has.start(1)] + written(word)
            elif word not in stem.casefold():
                added = (word,)
                stem = f"{stem}-{written(word)}"
        if dated or (had and lots.random() < 0.5):
            date = self._date(had[1] if had else None)
            added, stem = (*added, date), f"{stem}-{date}"
        return Renaming(name, _with_stem(name, stem), stem, version, variant, added)

    def _versioned(self, stem: str) -> tuple[tuple[str, str] | None, str]:
        """*stem* with another version, and the two versions."""
        matched = _VERSION.search(stem)
        if matched is None:
            return None, stem
        major = str(self._lots.randint(1, 9))
        new = major if matched[3] is None else f"{major}{matched[2]}{self._lots.randint(0, 9)}"
        return (matched[0], new), stem[: matched.start()] + new + stem[matched.end() :]

    def _date(self, like: str | None) -> str:
        """A date, written as *like* is, else in any way."""
        lots = self._lots
        date = f"{lots.randint(FIRST_YEAR, LAST_YEAR)}-{lots.randint(1, 12):02}-{lots.randint(1, 28):02}"
        plain = date.replace("-", "")
        forms = {len(each): each for each in (date, plain, plain[2:], plain[4:])}
        return forms[lots.choice(list(forms)) if like is None else len(like)]


def _with_stem(name: Name, stem: str) -> str:
    """The id of *name* with another *stem*."""
    at = name.id.rindex(name.stem)
    return name.id[:at] + stem + name.id[at + len(name.stem) :]
