"""The rules of what a recording keeps and what is taken out of it: ``redaction.yaml``, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from specs import formats, strict_yaml

FILE = Path(__file__).with_name("redaction.yaml")


@dataclass(frozen=True)
class HeaderRule:
    """A field that is kept; *name* is in lower case, and may end in ``*``. *changes*: its value is another one each time."""

    name: str
    changes: bool

    def is_for(self, name: str) -> bool:
        """Whether it is the rule of the field *name*."""
        own, known = name.lower(), self.name
        return own.startswith(known[:-1]) if known.endswith("*") else own == known


@dataclass(frozen=True)
class TextRule:
    """What *pattern* finds becomes *becomes*; only in answers of status 400 and more where it is for *errors*."""

    pattern: re.Pattern[str]
    becomes: str
    errors: bool


@dataclass(frozen=True)
class Rules:
    """What is kept and what is taken out; placeholders have ``{n}`` where their number stands.

    *members* maps names of members, as `plain` makes them, to placeholders.
    """

    own_key: str
    headers: tuple[HeaderRule, ...]
    members: Mapping[str, str]
    texts: tuple[TextRule, ...]

    def header(self, name: str) -> HeaderRule | None:
        """The rule that keeps the field *name*, None where none does."""
        return next((each for each in self.headers if each.is_for(name)), None)


def plain(name: str) -> str:
    """The name of a member without what makes no difference."""
    return name.lower().replace("-", "").replace("_", "")


@cache  # the rules are part of the program, not of its input
def rules() -> Rules:
    """The rules that come along. Raises SpecError for a file that is none of theirs."""
    document = strict_yaml.read(FILE, FILE.name)
    formats.check(document.value, "redaction", FILE.name, lines=document.lines)
    value = document.value
    members = {plain(name): each["becomes"] for each in value["members"] for name in each["names"]}
    return Rules(
        own_key=value["own_key"]["becomes"],
        headers=tuple(HeaderRule(each["name"], each.get("changes", False)) for each in value["headers"]),
        members=MappingProxyType(members),
        texts=tuple(
            TextRule(re.compile(each["pattern"]), each["becomes"], each.get("errors", False)) for each in value["texts"]
        ),
    )
