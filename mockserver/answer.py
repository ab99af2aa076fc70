"""The answer as a value: encoded once, sent as often as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mockserver.conditional import entity_tag
from specs.contract import Operation
from specs.recording import Recording

WITHOUT_CONTENT = frozenset({204, 304})
ENCODING = "latin-1"  # of fields: a character for each octet (RFC 9110 section 5.5)
NO_STORE = {"Cache-Control": "no-store"}  # of answers that no cache may take for plain ones

RawFields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Answer:
    """A status, its fields (names in lower case, as ASGI wants them) and its content.

    An answer to HEAD is the one to GET; what sends it leaves the content out.
    """

    status: int
    fields: RawFields
    content: bytes

    @classmethod
    def of(cls, status: int, fields: RawFields, content: bytes) -> Self:
        """An answer whose Content-Length fits; 204 and 304 have neither content nor length (RFC 9110 section 8.6)."""
        kept = tuple((name, value) for name, value in fields if name != b"content-length")
        if status in WITHOUT_CONTENT:
            return cls(status, kept, b"")
        return cls(status, (*kept, (b"content-length", b"%d" % len(content))), content)

    def field(self, name: bytes) -> str | None:
        """The value of the field *name* (in lower case), or None."""
        return next((value.decode(ENCODING) for each, value in self.fields if each == name), None)

    def replacing(self, fields: Mapping[str, str | None]) -> Self:
        """This answer with *fields* set, or removed where None."""
        names = {name.lower().encode(ENCODING) for name in fields}
        kept = tuple(each for each in self.fields if each[0] not in names)
        new = raw({name: value for name, value in fields.items() if value is not None})
        return self.of(self.status, kept + new, self.content)


def raw(fields: Mapping[str, str]) -> RawFields:
    """*fields* as they go over the wire."""
    return tuple((name.lower().encode(ENCODING), value.encode(ENCODING)) for name, value in fields.items())


def recorded(recording: Recording) -> Answer:
    """What *recording* replays."""
    return Answer.of(recording.status, raw(recording.headers), recording.content)


def documented(operation: Operation, fields: RawFields, content: bytes) -> Answer:
    """A 200 answer of *operation* with the fields that its contract declares and *fields* lack.

    Those are a strong ETag over the exact content, and every field that has one documented value.
    """
    response = operation.responses.get(200)
    present = {name for name, _ in fields}
    declared: dict[str, str] = {}
    for header in response.headers if response else ():
        name = header.name.lower()
        if name.encode(ENCODING) in present:
            continue
        if header.constant is not None:
            declared[name] = header.constant
        elif name == "etag":
            declared[name] = entity_tag(content)
    return Answer.of(200, fields + raw(declared), content)
