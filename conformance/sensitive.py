"""Fields of an answer whose values are nobody's business: cookies, tokens, sessions."""

from __future__ import annotations

import re

from conformance.probes.authorization import WRONG

NAME = re.compile(
    r"(?:^|.*[-_.])[a-z]*(?:key|token|secret|passwd|password|signature|session|cookie2?|credentials?|jwt)(?:$|[-_.])",
    re.IGNORECASE,
)
"""Words are apart by a hyphen; ``tokens`` is no such name, as x-ratelimit-remaining-tokens holds none."""

LONGEST_NAME = 256


def kept(name: str, value: str) -> str:
    """What may be kept of the *value* of the field *name*: nothing where it is sensitive.

    The key that the suite made up is no secret, and whether it is repeated is judged.
    """
    return WRONG.join("…" for _ in value.split(WRONG)) if NAME.match(name[:LONGEST_NAME]) else value
