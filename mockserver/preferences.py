"""Preferences (RFC 7240): how a request asks for a certain answer, by the field Prefer or by reserved query parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import quote

from mockserver.faults import PARAMETERS, find

# What is done to the answer, whichever it is; what the values mean, mockserver/faults/treatment.py says.
TREATMENTS = (
    "fault",
    "delay",
    "delay-at",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "rate-limit-headers",
    *PARAMETERS,
)
# What of the catalogue is seen; what the values mean, mockserver/view.py says.
VIEW = ("example", "size", "dynamic", "seed", "without")
NAMES = tuple(dict.fromkeys(("code", *VIEW, *TREATMENTS)))
_ASKING = frozenset({"fault", *VIEW})
RESERVED = "__"  # the query parameters that begin so are the mock's own
# The registry of RFC 7240 section 5.1 without OData's: they are no business of ours and may be ignored (section 2).
STANDARD = frozenset({"depth-noroot", "handling", "respond-async", "return", "safe", "wait"})

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = r"[!#$%&'*+\-.^_`|~0-9A-Za-z:/]+"  # a token, or a delay such as normal:200/50, whose quotes nobody writes
# Blanks are SP and HTAB (RFC 9110 section 5.6.3); possessive, so that a long run of them is read once.
_PREFERENCE = re.compile(rf'[ \t,;]*+({_NAME})[ \t]*+(?:=[ \t]*+("(?:[^"\\]|\\.)*"|{_VALUE})?)?[ \t]*+([,;]|\Z)')


class PreferenceError(Exception):
    """A preference that the mock does not know: a sentence, and the valid ones."""

    def __init__(self, detail: str, valid: tuple[str, ...]) -> None:
        super().__init__(detail)
        self.detail = detail
        self.valid = valid


@dataclass(frozen=True)
class Preferences:
    """What a request asks for, not yet looked up: a status *code*, the *example* of this label, and *others* of our NAMES.

    It is true if it asks for an answer, whatever the request would deserve; a fault needs one to spoil.
    """

    code: str | None = None
    example: str | None = None
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return self.code is not None or self.example is not None or not self.others.keys().isdisjoint(_ASKING)

    @property
    def viewed(self) -> Mapping[str, str]:
        """What it says of the view; a name that is also a parameter of the fault asked for is the fault's."""
        fault = find(self.others.get("fault", ""))
        taken = {each.name for each in fault.parameters} if fault else ()
        named = {"example": self.example, **self.others}
        return {name: value for name in VIEW if name not in taken and (value := named.get(name)) is not None}

    @property
    def treated(self) -> Mapping[str, str]:
        """What it says of the treatment of an answer, be it of the whole catalogue or of a view."""
        viewed = self.viewed
        return {name: value for name, value in self.others.items() if name not in viewed}

    def faulted(self, name: str) -> Preferences:
        """The same with the fault *name*, which the key or the command asked for, unless it has one."""
        return self if "fault" in self.others else replace(self, others={**self.others, "fault": name})

    def __str__(self) -> str:
        """As in Preference-Applied (RFC 7240 section 3)."""
        named = {"code": self.code, "example": self.example, **self.others}
        return ", ".join(f"{name}={_quoted(value)}" for name, value in named.items() if value is not None)


NOTHING = Preferences()


def read(prefer: str | None, query: Mapping[str, str]) -> Preferences:
    """What the field *prefer* and the reserved parameters of *query* ask for, merged one by one; the field wins.

    Raises PreferenceError for a preference or a reserved parameter that the mock does not know.
    """
    if prefer is None and not query:
        return NOTHING
    asked = {}
    for parameter, value in query.items():
        if parameter.startswith(RESERVED):
            name = parameter.removeprefix(RESERVED)
            if name not in NAMES:
                valid = tuple(f"{RESERVED}{each}" for each in NAMES)
                raise PreferenceError(f"The reserved query parameter {parameter!r} is not one of {', '.join(valid)}.", valid)
            asked[name] = value
    if prefer is not None:
        asked.update(_field(prefer))
    return Preferences(asked.pop("code", None), asked.pop("example", None), asked)


def _field(prefer: str) -> Mapping[str, str]:
    asked: dict[str, str] = {}
    for name, value in _ours(prefer):
        if name not in NAMES:
            raise PreferenceError(f"The preference {name!r} is not one of {', '.join(NAMES)}.", NAMES)
        asked.setdefault(name, value)  # RFC 7240 section 2: of several with one name the first counts
    return asked


def _ours(prefer: str) -> Iterator[tuple[str, str]]:
    """The preferences in *prefer* that are no standard ones; a parameter behind one of ours is read as one more."""
    at, begins, standard = 0, True, False
    rest = prefer.rstrip(" \t,;")
    while at < len(rest):
        matched = _PREFERENCE.match(rest, at)
        if matched is None:
            found = rest[at:][:40]
            raise PreferenceError(f"The field Prefer cannot be read at {found!r}; write it as code=429, example=label.", NAMES)
        name, value, delimiter = matched[1].lower(), matched[2] or "", matched[3]
        if begins:
            standard = name in STANDARD
        if not standard:
            yield name, re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        at, begins = matched.end(), delimiter == ","


def _quoted(value: str) -> str:
    """*value* as a token or, where it is none, as a quoted string (RFC 9110 section 5.6.4).

    What cannot stand in a field, such as the end of a line, is percent-encoded.
    """
    if re.fullmatch(_NAME, value):
        return value
    value = re.sub(r"[^ -~]", lambda found: quote(found[0]), value)
    return '"' + re.sub(r'(["\\\\])', r"\\\1", value) + '"'
