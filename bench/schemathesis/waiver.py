"""What Schemathesis calls a failure and is none, each with its reason: `waivers.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator

from bench.schemathesis.failure import Failure
from specs import Provider, SpecError, pointer, strict_yaml
from specs.errors import excerpt

FILE = Path(__file__).with_name("waivers.yaml")
FORMAT = Path(__file__).with_name("formats") / "waivers.schema.json"


@dataclass(frozen=True)
class Waiver:
    """Failures of *check* at *operation* of *provider*: those that say *message*, of requests to *url* (regular expressions).

    *reason* says why that is none, and *cites* where it stands.
    """

    provider: str
    operation: str
    check: str
    message: str
    url: str
    reason: str
    cites: tuple[str, ...]

    def explains(self, failure: Failure) -> bool:
        """Whether this is why *failure* is none."""
        same = (self.provider, self.operation) == (failure.provider, failure.operation) and self.check in failure.checks
        return same and bool(re.search(self.message, failure.message) and re.search(self.url, failure.url))

    def __str__(self) -> str:
        return f"{self.check} at {self.operation} of {self.provider}"


def read(providers: Mapping[str, Provider], path: Path = FILE) -> tuple[Waiver, ...]:
    """The waivers in the file at *path*, all of which are about *providers*.

    Raises SpecError where it is not of its format, or names what no contract has.
    """
    document = strict_yaml.read(path, path.name)
    validator = Draft202012Validator(json.loads(FORMAT.read_text(encoding="utf-8")))
    for error in validator.iter_errors(document.value):
        at = pointer.join(error.absolute_path)
        raise SpecError(path.name, at, found=excerpt(error.instance), expected=error.message, line=document.lines.get(at))
    waivers = []
    for index, each in enumerate(document.value["waivers"]):
        named: list[tuple[str, str, Collection[str]]] = [("provider", each["provider"], providers)]
        provider = providers.get(each["provider"])
        if provider is not None:
            named.append(("operation", each["operation"], _operations(provider)))
            named += [("cites", one, _citable(provider)) for one in each["cites"] if not one.startswith("RFC ")]
        for member, value, known in named:
            if value not in known:
                at = f"/waivers/{index}/{member}"
                expected = "what the contract has"
                raise SpecError(path.name, at, found=repr(value), expected=expected, line=document.lines.get(at))
        waivers.append(Waiver(**{"url": "", **each, "cites": tuple(each["cites"])}))
    return tuple(waivers)


def _operations(provider: Provider) -> set[str]:
    return {f"{each.method} {each.path}" for each in provider.operations.values()}


def _citable(provider: Provider) -> set[str]:
    """What has an id and lines of a page."""
    return {each.id for each in provider.requirements} | {each.id for each in provider.contradictions}
