"""Paths to operations, on raw paths: whether a parameter's value was percent-encoded makes no difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from specs.contract import Operation

NO_PARAMETERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Resource:
    """One documented path and its operations by method."""

    path: str
    operations: Mapping[str, Operation]

    def operation(self, method: str) -> Operation | None:
        """The operation of *method*; HEAD is answered by that of GET (RFC 9110 section 9.3.2)."""
        found = self.operations.get(method)
        return self.operations.get("GET") if found is None and method == "HEAD" else found

    @property
    def first(self) -> Operation:
        """The operation that speaks for the path where no method fits."""
        return next(iter(self.operations.values()))

    @property
    def allow(self) -> str:
        """The value of the field Allow (RFC 9110 section 10.2.1)."""
        methods = [*self.operations, "OPTIONS", *(["HEAD"] if "GET" in self.operations else [])]
        return ", ".join(sorted(set(methods)))


class Routes:
    """All paths of one provider."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        self.resources = tuple(Resource(path, methods) for path, methods in by_path.items())
        self._plain = {each.path: each for each in self.resources if "{" not in each.path}
        self._templates = [(_template(each.path), each) for each in self.resources if "{" in each.path]

    def match(self, path: str) -> tuple[Resource, Mapping[str, str]] | None:
        """The resource at the raw *path* with the decoded values of its path parameters, or None."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain, NO_PARAMETERS
        for template, resource in self._templates:
            matched = template.fullmatch(path)
            if matched:
                names = _names(resource.path)
                return resource, {name: unquote(value) for name, value in zip(names, matched.groups(), strict=True)}
        return None


def _names(path: str) -> list[str]:
    return re.findall(r"{([^}]*)}", path)


def _template(path: str) -> re.Pattern[str]:
    """A parameter at the end takes the rest of the path, so that ids with a slash work raw; others one segment."""
    literals = re.split(r"{[^}]*}", path)
    parameters = ["([^/]+)"] * (len(literals) - 1)
    if not literals[-1]:
        parameters[-1] = "(.+)"
    parts = zip(literals, [*parameters, ""], strict=True)
    return re.compile("".join(re.escape(literal) + parameter for literal, parameter in parts))
