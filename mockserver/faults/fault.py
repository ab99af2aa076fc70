"""The fault as a value: a way to answer wrongly on purpose, and what it has to work with."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.answer import Answer
from mockserver.faults.delivery import Delivery
from specs.contract import Items


class Kind(enum.Enum):
    """What a fault spoils."""

    WIRE = "wire"  # the connection, or the framing of the message
    BODY = "body"  # the content


class Subject(enum.Enum):
    """What an answer holds; a fault says which of them it applies to."""

    LIST = "list"
    MODEL = "model"
    ERROR = "error"


ALL = (Subject.LIST, Subject.MODEL, Subject.ERROR)


class InapplicableError(Exception):
    """The fault can do nothing to this answer; the message is a sentence that says why."""


@dataclass(frozen=True)
class Number:
    """A parameter that is a number from *least* to *most*; *whole* ones have no fraction."""

    name: str
    says: str
    default: float
    least: float
    most: float
    whole: bool = False

    @property
    def expected(self) -> str:
        """What a value has to be, in words."""
        return f"a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:.0f}"

    def read(self, text: str) -> float | None:
        """The number in *text*, or None where it is none of ours."""
        if not text.isascii() or not (text.isdigit() if self.whole else text.replace(".", "", 1).isdigit()):
            return None
        value = float(text)
        return value if self.least <= value <= self.most else None


@dataclass(frozen=True)
class Word:
    """A parameter that is one of *choices*, or any text where there are none."""

    name: str
    says: str
    default: str
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What a value has to be, in words."""
        return f"one of {', '.join(self.choices)}" if self.choices else "a name"

    def read(self, text: str) -> str | None:
        """*text* where it fits, else None."""
        return text if text in self.choices or (text and not self.choices) else None


@dataclass(frozen=True)
class Occasion:
    """What a fault has to work with.

    *answer* is what the client would get. *subject* says what it holds: a list at *items*, a model that
    *items* says how to name, or an error. *failure* is the provider's own error, for those that need one.
    *numbers* and *words* are the values of all parameters. *now* is in seconds since 1970.
    """

    answer: Answer
    subject: Subject
    items: Items | None
    failure: Answer
    numbers: Mapping[str, float]
    words: Mapping[str, str]
    random: random.Random
    now: float


@dataclass(frozen=True)
class Fault:
    """One row of the table: *says* is what the client gets, in a sentence; *applies* is what *make* can spoil.

    *make* gives the spoiled answer, or an unusual delivery of it; raises InapplicableError.
    """

    name: str
    kind: Kind
    says: str
    make: Callable[[Occasion], Answer | Delivery]
    applies: tuple[Subject, ...] = ALL
    parameters: tuple[Number | Word, ...] = ()

    @property
    def key(self) -> str:
        """What follows ``sk-mock-`` in the magic key for it."""
        return self.name.lower().replace("_", "-")

    def json(self) -> dict[str, Any]:
        """This fault as the start page gives it to programs."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "says": self.says,
            "applies_to": [each.value for each in self.applies],
            "parameters": [{"name": each.name, "says": each.says, "expected": each.expected} for each in self.parameters],
        }
