"""Near misses: what a request that no contract has was probably meant to be, for the field X-Mock-Hint."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice

from mockserver.answer import Answer
from mockserver.routes import Resource

MAX_LENGTH = 200  # of what is compared, as the time that takes grows with its square
MAX_NAMES = 32  # of query parameters that are compared, likewise
LIKENESS = 0.7  # difflib's ratio from which on one name is close to another


def with_hint(answer: Answer, meant: str | None) -> Answer:
    """*answer* with the hint that *meant* was meant, if it is anything.

    It is never a text of the request's own, which could hold anything.
    """
    return answer if meant is None else answer.replacing({"X-Mock-Hint": f"did you mean {meant}?"})


def near_path(path: str, resources: Iterable[Resource]) -> str | None:
    """The documented path that the raw *path* comes close to, or None."""
    path = path.rstrip("/")
    filled = {_filled(each.path, path).lower(): each.path for each in resources}
    found = near(path.lower(), filled)
    return None if found is None else filled[found]


def near_method(resource: Resource) -> str:
    """The methods that are documented for *resource*."""
    return " or ".join(resource.operations)


def near_parameter(query: Collection[str], documented: Collection[str]) -> str | None:
    """The *documented* query parameter that an undocumented one in *query* comes close to, or None."""
    for name in islice(query, MAX_NAMES):
        found = None if name in documented else near(name, documented)
        if found is not None and found not in query:
            return f"the query parameter {found}"
    return None


def near(word: str, known: Iterable[str]) -> str | None:
    """The one of *known* that *word* comes closest to, or None where it comes close to none."""
    found = get_close_matches(word[:MAX_LENGTH], list(known), 1, LIKENESS)
    return found[0] if found else None


def _filled(template: str, path: str) -> str:
    """*template* with its parameters as they would stand in *path*; the last one takes the rest of it."""
    segments, values = template.split("/"), path.split("/")
    last = len(segments) - 1
    return "/".join(
        ("/".join(values[index:]) if index == last else "".join(values[index : index + 1]))
        if segment.startswith("{")
        else segment
        for index, segment in enumerate(segments)
    )
