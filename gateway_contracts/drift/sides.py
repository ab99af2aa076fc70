"""One side of a comparison: a gateway that is asked now, recordings, a transcript or a report, as snapshots of its lists."""

from __future__ import annotations

import argparse
import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance import snapshot, strict_json, transcript_file
from conformance.facts import exact
from conformance.message import Request
from conformance.reports import reading
from conformance.snapshot import NoList, Snapshot
from gateway_contracts import reaching
from gateway_contracts.drift.asking import ask
from gateway_contracts.usage import UsageError
from specs import formats
from specs.contract import Operation
from specs.errors import SpecError
from specs.fixtures import RECORDING_NAME
from specs.provider import Provider

MOST_BYTES = 256 * 1024 * 1024
"""Octets of a file, as many as a transcript may have."""

FORMS = "expected a URL, a recording, a folder of recordings, a transcript of --record or a report of --report-json"

Hidden = Callable[[str], str]


@dataclass(frozen=True)
class Side:
    """What one side lists: *snapshots* by operation, of a gateway with the contract of *provider*.

    *name* is what the user called it; *hidden* takes out of a text what nobody may see.
    """

    name: str
    provider: Provider
    snapshots: Mapping[str, Snapshot]
    hidden: Hidden = field(default=lambda text: text, repr=False)


def read(name: str, options: argparse.Namespace, environment: Mapping[str, str], providers: Mapping[str, Provider]) -> Side:
    """The side that *name* means, a URL or a path.

    Raises UsageError or SpecError for what cannot be used, and `gateway_contracts.drift.asking.Silent` for a gateway that
    gives no list.
    """
    if name.startswith(("http://", "https://")):
        return _live(name, options, environment)
    path = Path(name)
    if path.is_dir():
        return _folder(path, options.provider, providers)
    if not path.exists():
        hint = "; a URL begins with https:// or http://" if "." in name.partition("/")[0] else ""
        raise UsageError(f"{name}: no such file or folder, {FORMS}{hint}")
    value = _json(path)
    if isinstance(value, dict) and "provenance" in value:
        return _file(path, value, options.provider, providers)
    if isinstance(value, dict) and "runs" in value:
        return _kept(path, value, options.provider, providers)
    raise UsageError(f"{name}: found JSON of another kind, {FORMS}")


def _live(url: str, options: argparse.Namespace, environment: Mapping[str, str]) -> Side:
    settings = reaching.reach(url, options, environment)
    (target,) = settings.targets
    return Side(target.root, target.provider, ask(target, settings), settings.hidden)


def _folder(path: Path, id: str | None, providers: Mapping[str, Provider]) -> Side:
    """The recordings that are served by default in a folder of one provider, or of one operation."""
    folders = [path] if any(map(_is_list, path.iterdir())) else sorted(each for each in path.iterdir() if each.is_dir())
    folders = [each for each in folders if any(map(_is_list, each.iterdir()))]
    if not folders:
        raise UsageError(f"{path}: no recording of a 200 in it, such as listModels/200-captured.json")
    sides = [_file(file, value, id, providers) for file, value in map(_usual, folders) if _lists(file, id, providers)]
    if not sides:
        raise UsageError(f"{path}: no recording of a list of models in it")
    return Side(str(path), sides[0].provider, {name: held for each in sides for name, held in each.snapshots.items()})


def _is_list(path: Path) -> bool:
    matched = RECORDING_NAME.fullmatch(path.name)
    return matched is not None and matched["status"] == "200"


def _usual(folder: Path) -> tuple[Path, Any]:
    """The recording of a 200 in *folder* that is served by default."""
    found = [(path, _json(path)) for path in sorted(folder.iterdir()) if _is_list(path)]
    usual = [(path, value) for path, value in found if isinstance(value, dict) and value.get("default") is True]
    if len(found) == 1 or len(usual) == 1:
        return (usual or found)[0]
    raise UsageError(f"{folder}: {len(found)} recordings of a 200, none of them by default; name one of the files")


def _lists(path: Path, id: str | None, providers: Mapping[str, Provider]) -> bool:
    """Whether the operation that the folder of *path* is called after lists models."""
    operation = _provider(path, id, providers).operations.get(path.absolute().parent.name)
    return operation is not None and operation.items is not None


def _provider(path: Path, id: str | None, providers: Mapping[str, Provider]) -> Provider:
    """The provider that is named, or that the folder of recordings is called after."""
    name = id or path.absolute().parent.parent.name
    if name not in providers:
        where = f"--provider {name}" if id else f"{path}: the folder {name!r} is called after no provider"
        raise UsageError(
            f"{where}; expected <provider>/<operationId>/200-<label>.json, or --provider with one of {', '.join(providers)}"
        )
    return providers[name]


def _file(path: Path, value: Any, id: str | None, providers: Mapping[str, Provider]) -> Side:
    """One recording."""
    formats.check(value, "recording", str(path))
    provider = _provider(path, id, providers)
    operation = provider.operations.get(path.absolute().parent.name)
    if operation is None or operation.items is None:
        lists = ", ".join(each.id for each in provider.operations.values() if each.items)
        found = f"the folder {path.absolute().parent.name!r}"
        raise UsageError(f"{path}: {found} is called after no list of {provider.id}, which has {lists}")
    if value["status"] != 200:
        raise UsageError(f"{path}: the recording of a {value['status']}; expected one of a 200, which lists models")
    try:
        body = value["body"] if "body" in value else strict_json.decode(value["text"].encode(), exact).value
        held = snapshot.snapshot(body, operation)
    except (NoList, strict_json.Unreadable) as error:
        raise UsageError(f"{path}: no list of models in it: {error}") from None
    return Side(str(path), provider, {operation.id: held})


def _kept(path: Path, value: Any, id: str | None, providers: Mapping[str, Provider]) -> Side:
    """The one run of a report, or of a transcript, that is of the provider *id* where one is named."""
    is_transcript = "suite" in value
    if is_transcript:
        formats.check(value, "transcript", str(path))
    else:
        value = reading.read(path)
    runs = [each for each in value["runs"] if id in (None, each["provider"])]
    if len(runs) != 1:
        several = ", ".join(dict.fromkeys(each["provider"] for each in value["runs"])) or "none at all"
        raise UsageError(f"{path}: {len(runs)} runs to choose from; name the provider of one with --provider: {several}")
    provider = providers.get(runs[0]["provider"])
    if provider is None:
        raise UsageError(f"{path}: a run of {runs[0]['provider']!r}, which has no contract here; --providers names others")
    if is_transcript:
        found = dict(_transcribed(path, runs[0], provider))
    else:
        found = {each["operation"]: snapshot.from_json(each) for each in runs[0]["catalogues"]}
    if not found:
        raise UsageError(f"{path}: the run got no list of models, so there is nothing to compare")
    return Side(str(path), provider, found)


def _transcribed(path: Path, run: Any, provider: Provider) -> Iterator[tuple[str, Snapshot]]:
    """What the plain lists of a transcript answered."""
    for each in run["asked"]:
        operation = provider.operations.get(each["request"]["operation"])
        answer = each.get("answer", {"status": 0})
        if operation is None or operation.items is None or answer["status"] != 200 or each["request"] != _plain(operation):
            continue
        body = run["bodies"][answer["body"]] if answer["body"] < len(run["bodies"]) else {"text": ""}
        try:
            content = body["text"].encode("utf-8", "surrogatepass") if "text" in body else base64.b64decode(body["base64"])
            yield operation.id, snapshot.read(content, operation)
        except (NoList, binascii.Error) as error:
            raise UsageError(f"{path}: no list of models in what {operation.id} answered: {error}") from None


def _plain(operation: Operation) -> Any:
    """How a transcript writes the request for *operation* without anything special about it."""
    return json.loads(transcript_file.key(Request(operation.id)))


def _json(path: Path) -> Any:
    """The JSON value in the file at *path*, its numbers exact. Raises SpecError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SpecError(str(path), "", found="a larger file", expected=f"at most {MOST_BYTES} bytes")
        return json.loads(path.read_bytes(), parse_float=exact)
    except (ValueError, RecursionError):
        raise SpecError(str(path), "", found="what is no JSON", expected="one JSON value in UTF-8") from None
