"""What is said of a recording: what would be asked, and what came of it; as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway_contracts.recording.capturing import Captured
from gateway_contracts.recording.folder import File
from gateway_contracts.recording.wanted import Wanted
from specs.provider import Provider


@dataclass(frozen=True)
class Recorded:
    """What came of recording a *provider* at *url*: the *files*, whether they were *written*, and what was *captured*.

    *left* are older recordings beside them; *taken* counts what became which placeholder; *sent* the requests.
    """

    provider: Provider
    url: str
    files: Sequence[File]
    written: Sequence[File]
    captured: Sequence[Captured]
    left: Sequence[Path]
    taken: Mapping[str, int]
    sent: int

    @property
    def refused(self) -> bool:
        """Whether nothing was written because it differs from what is there."""
        return not self.written and any(each.differs for each in self.files)

    @property
    def whole(self) -> bool:
        """Whether every documented operation has its plain answer."""
        return all(each.whole for each in self.captured)


def rows(recorded: Recorded) -> Iterator[tuple[str, str, str]]:
    """Of each recording its file, what is about it, and what it holds."""
    for each in recorded.files:
        content = each.document.content
        departs = f", departs from the contract in {len(content['departs'])} places" if "departs" in content else ""
        kept = each not in recorded.written and not each.differs
        yield str(each.path), "as it is" if kept else each.state, f"{content['source']}{departs}"


def lines(recorded: Recorded, into: Path) -> Iterator[str]:
    """What is to be said below the table of files."""
    for each in recorded.files:
        for departure in each.document.content.get("departs", ()):
            yield f"departs   {each.document.name} {departure}"
    for each in recorded.files:
        for line in each.differs:
            yield f"differs   {each.document.name} {line}"
    for captured in recorded.captured:
        if captured.reason:
            yield f"without   {_named(captured.wanted, recorded.provider)}: {captured.reason}"
    for path in recorded.left:
        yield f"left      {path} is of an earlier time, and was not asked for or not answered now"
    if recorded.taken:
        counts = ", ".join(f"{count} as {becomes.replace('{n}', 'N')}" for becomes, count in recorded.taken.items() if count)
        yield f"taken out {counts or 'nothing'}"
    yield f"requests  {recorded.sent} sent"
    if recorded.refused:
        yield "Nothing is written, as it differs from what is there; --force replaces it."
        yield f"gateway-contracts drift {into / recorded.provider.id} {recorded.url} says what that means for clients."
    elif not recorded.written:
        yield "Nothing is written, as what is there says the same."
    else:
        yield f"gateway-contracts mock --recordings {into} answers so."


def plan(everything: Sequence[Wanted], provider: Provider, into: Path, label: str) -> Iterator[tuple[str, str]]:
    """Of each request that would be sent, what it is and which file its answer is for."""
    for each in everything:
        status = str(min(each.statuses)) if len(each.statuses) == 1 else "4xx"
        yield _named(each, provider), str(into / provider.id / each.request.operation / f"{status}-{each.label(label)}.json")


def value(recorded: Recorded) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "provider": recorded.provider.id,
        "target": recorded.url,
        "written": bool(recorded.written),
        "requests": recorded.sent,
        "files": [
            {
                "file": str(each.path),
                "state": each.state,
                "source": each.document.content["source"],
                "status": each.document.content["status"],
                "departs": each.document.content.get("departs", []),
                "differs": list(each.differs),
            }
            for each in recorded.files
        ],
        "without": [
            {"request": _named(each.wanted, recorded.provider), "reason": each.reason, "plain": not each.whole}
            for each in recorded.captured
            if each.reason
        ],
        "left": [str(each) for each in recorded.left],
        "taken_out": {becomes: count for becomes, count in recorded.taken.items() if count},
    }


def _named(wanted: Wanted, provider: Provider) -> str:
    reference = wanted.request.reference(provider.operations[wanted.request.operation])
    return f"{wanted.request.method} {reference}{f' {wanted.way}' if wanted.way else ''}"
