"""The view: what of the catalogue a request sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import cached_property, lru_cache
from typing import NoReturn

from mockserver.preferences import PreferenceError

MAX_SIZE = 10_000
MAX_DYNAMIC_SIZE = 500  # each model takes some milliseconds to draw and to check
MAX_ID = 512  # characters of an id that can fit a pattern: paths are longer where somebody makes them so, and patterns many
TRUTHS = ("true", "false")
_SEED = re.compile("[0-9]{1,18}")
_SIZE = re.compile("[0-9]{1,5}")
_SEPARATOR = re.compile(r"[\s,]+")


@dataclass(frozen=True)
class View:
    """What of the catalogue a request sees; a value that can be the key of a cache.

    *example* is the label of the 200 recordings, None for the default ones. *size* makes a list of exactly so many
    models of theirs; *dynamic* makes any valid document instead of a recording; *seed* chooses which one, for both.
    *without* are ids that no list has and that cannot be retrieved. *only*, where it is not None, are patterns as
    of a shell (``openai/*``), and what none of them fits is as good as absent too; so is an id of more than MAX_ID characters.
    """

    example: str | None = None
    size: int | None = None
    dynamic: bool = False
    seed: int = 0
    without: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether it is a recording as it is."""
        return self.size is None and not self.dynamic and not self.hides

    @property
    def hides(self) -> bool:
        """Whether there may be models that it does not show."""
        return bool(self.without) or self.only is not None

    @property
    def unhidden(self) -> View:
        """The same with nothing hidden."""
        return replace(self, without=(), only=None) if self.hides else self

    def shows(self, id: object) -> bool:
        """Whether the model *id* may be seen."""
        if not isinstance(id, str):
            return self.only is None
        if self._allowed is not None and not (len(id) <= MAX_ID and self._allowed.match(id)):
            return False
        return id not in self._hidden

    @cached_property
    def _hidden(self) -> frozenset[str]:
        return frozenset(self.without)

    @cached_property
    def _allowed(self) -> re.Pattern[str] | None:
        return None if self.only is None else _any_of(self.only)

    def asked(self, wishes: Mapping[str, str]) -> View:
        """This view with the preferences *wishes* in their place: ``example``, ``size``, ``dynamic``, ``seed``, ``without``.

        A recording that is asked for comes as it is, unless a size is asked for as well; *only* stays, as it is a
        right and no wish. Raises PreferenceError, naming valid values, for one that cannot be read or has no effect.
        """
        view = self
        if "example" in wishes:
            view = replace(view, example=wishes["example"], size=None, dynamic=False)
        if "size" in wishes:
            view = replace(view, size=_size(wishes["size"]))
        if "dynamic" in wishes:
            view = replace(view, dynamic=_truth(wishes["dynamic"]))
        if "seed" in wishes:
            view = replace(view, seed=_seed(wishes["seed"]))
        if "without" in wishes:
            view = replace(view, without=_ids(wishes["without"]))
        if view.dynamic and "example" in wishes:
            raise PreferenceError(
                "The preference 'example' does not go with dynamic=true, which takes no recording.", TRUTHS[1:]
            )
        if view.dynamic and (view.size or 0) > MAX_DYNAMIC_SIZE:
            sentence = f"The size {view.size} is not at most {MAX_DYNAMIC_SIZE}, as it has to be with dynamic=true."
            raise PreferenceError(sentence, (str(MAX_DYNAMIC_SIZE), "dynamic=false"))
        if "seed" in wishes and view.size is None and not view.dynamic:
            raise PreferenceError("The preference 'seed' goes with size or dynamic=true.", ("size=500", "dynamic=true"))
        return view


WHOLE = View()


def _size(text: str) -> int:
    if not _SIZE.fullmatch(text) or int(text) > MAX_SIZE:
        _refuse("size", text, f"a whole number from 0 to {MAX_SIZE}", ("0", "500", str(MAX_SIZE)))
    return int(text)


def _truth(text: str) -> bool:
    if text not in TRUTHS:
        _refuse("dynamic", text, "true or false", TRUTHS)
    return text == "true"


def _seed(text: str) -> int:
    if not _SEED.fullmatch(text):
        _refuse("seed", text, "a whole number of at most 18 digits", ("0", "7"))
    return int(text)


def _ids(text: str) -> tuple[str, ...]:
    """The ids in *text*, each once and sorted, so that equal wishes are equal views."""
    ids = tuple(sorted({each for each in _SEPARATOR.split(text) if each}))
    if not ids:
        _refuse("without", text, "an id, or several with blanks or commas between", ("a-model", '"a-model, another/model"'))
    return ids


def _refuse(name: str, text: str, expected: str, valid: tuple[str, ...]) -> NoReturn:
    raise PreferenceError(f"The {name} {text!r} is not {expected}.", valid)


@lru_cache(256)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """All *patterns* as of a shell in one, as there can be a thousand of them for each of ten thousand models."""
    return re.compile("|".join(map(translate, patterns)) or "(?!)")
