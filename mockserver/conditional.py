"""Conditional requests (RFC 9110 section 13): entity tags, and whether the client has the answer already."""

from __future__ import annotations

import hashlib
import re

# RFC 9110 section 8.8.3: entity-tag = [ weak ] opaque-tag; W in upper case, and commas may stand inside the quotes.
_TAG = r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")'
ENTITY_TAG = re.compile(_TAG)
# RFC 9110 section 5.6.1.2: members are separated by commas, and empty ones do not count.
ENTITY_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*")
# RFC 9110 section 15.4.5: what a 304 repeats of the fields that the 200 has.
REPEATED = frozenset({b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary"})


def entity_tag(content: bytes) -> str:
    """A strong entity tag: equal for equal bytes only."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_current(if_none_match: str, tag: str | None) -> bool:
    """Whether *if_none_match* names *tag*, by weak comparison (RFC 9110 sections 13.1.2 and 8.8.3.2).

    ``*`` names any. A field that cannot be read names none.
    """
    members = if_none_match.strip(" \t,")
    if members == "*":
        return True
    if tag is None or not ENTITY_TAGS.fullmatch(members):
        return False
    return tag.removeprefix("W/") in ENTITY_TAG.findall(members)
