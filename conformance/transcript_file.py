"""The transcript of a run as a file, without keys: what ``--record`` writes and ``--replay`` reads.

The format is ``specs/formats/transcript.schema.json``.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import specs
from conformance import sensitive, whole_file
from conformance.connection import Connection, Field
from conformance.message import Exchange, Pick, Request, Response
from conformance.plan import Permissions
from conformance.target import Target
from specs import formats
from specs.errors import SpecError
from specs.provider import Provider

if TYPE_CHECKING:
    from conformance.run import Run
    from conformance.settings import Settings

Hidden = Callable[[str], str]

VERSION = 1

MOST_BYTES = 256 * 1024 * 1024
"""Octets of a file: what four runs that met their bound come to."""

STRETCH = 65_536
"""Characters of a long text in which secrets are looked for at a time."""


class TooLarge(Exception):
    """There is too much for one file; ``str()`` is one sentence."""


@dataclass(frozen=True)
class Kept:
    """One answer with its URL, or the *reason* why there is none, as it was kept; *tries* requests were sent for it.

    *retried* are the answers after which it was sent again, or *given_up*. The last of them took *seconds*.
    """

    answer: tuple[str, Response] | None
    reason: str
    tries: int
    retried: tuple[tuple[str, Response], ...]
    given_up: bool
    seconds: float | None


@dataclass(frozen=True)
class KeptRun:
    """One run as it was kept. *now* is when it was, in seconds since 1970; *selected* are the requirements it was about.

    The asking took *seconds*. *has_key* says whether the environment had a key for it.
    """

    target: Target
    has_key: bool
    now: float
    seconds: float
    complete: bool
    selected: tuple[str, ...]
    protocols: frozenset[str]
    in_time: int
    late: bool
    asked: Mapping[str, Sequence[Kept]]


@dataclass(frozen=True)
class TranscriptFile:
    """What a file at *path* holds: the *runs*, and what decided on what was asked."""

    path: Path
    runs: tuple[KeptRun, ...]
    settings: Mapping[str, Any]

    def run(self, target: Target) -> KeptRun:
        """The run over *target*."""
        return next(each for each in self.runs if each.target is target)

    @property
    def permissions(self) -> Permissions:
        """What the run was allowed to send."""
        return Permissions(frozenset(self.settings["methods"]), self.settings["rate_limit"])

    @property
    def connection(self) -> Connection:
        """How the targets were reached, for commands that are shown; secret values are not known any more."""
        held = self.settings["connection"]
        fields = tuple(Field(name, value) for name, value in held["fields"])
        cacert = Path(held["cacert"]) if held["cacert"] is not None else None
        return Connection(cacert, held["insecure"], held["http2"], fields, held["proxy"])


def digest(provider: Provider) -> str:
    """Names what the contract of *provider* asks for: another contract has another one."""
    asks = [
        {**vars(each.check), "parameters": dict(each.check.parameters)}
        | {"id": each.id, "level": each.level.value, "operations": each.operations, "when": each.when}
        for each in provider.requirements
    ]
    text = json.dumps([provider.id, provider.document, asks], sort_keys=True, default=list)
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, runs: Sequence[Run]) -> None:
    """Writes the transcripts of *runs* to *path*, whole or not at all. Raises OSError, and `TooLarge`."""
    if not runs:
        return
    every = list({each.settings.key: each.settings for each in runs}.values())

    def hidden(text: str) -> str:
        # What one target says may hold the key of another.
        return functools.reduce(lambda left, settings: settings.hidden(left), every, text)

    kept = [_run(each, hidden) for each in runs]
    value = {"version": VERSION, "suite": specs.VERSION, "settings": _settings(runs[0].settings, hidden), "runs": kept}
    octets = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
    if len(octets) > MOST_BYTES:
        raise TooLarge(f"the transcript has {len(octets)} bytes, more than {MOST_BYTES}; it is not written")
    whole_file.write(path, octets)


def read(path: Path, providers: Mapping[str, Provider]) -> TranscriptFile:
    """The transcripts in the file at *path*, which belong to the contracts of *providers*. Raises SpecError."""
    file = str(path)
    value = _value(path)
    if isinstance(value, dict) and "tool" in value and "suite" not in value:
        hint = "a report does not hold what was asked; judge with --record"
        raise SpecError(file, "", found="a report, as --report-json writes it", expected="a transcript", hint=hint)
    if isinstance(value, dict) and "version" in value and value["version"] != VERSION:
        found = f"version {str(value['version'])[:20]}"
        hint = "record it again with this version of the suite"
        raise SpecError(file, "/version", found=found, expected=f"version {VERSION}", hint=hint)
    formats.check(value, "transcript", file)
    return TranscriptFile(
        path, tuple(_kept_run(each, file, index, providers) for index, each in enumerate(value["runs"])), value["settings"]
    )


def key(request: Request) -> str:
    """Names *request* as it was planned."""
    return json.dumps(_request(request), sort_keys=True)


def _settings(settings: Settings, hidden: Hidden) -> dict[str, Any]:
    connection = settings.connection
    return {
        "depth": settings.depth,
        "max_requests": settings.requests,
        "max_time_s": settings.seconds,
        "timeout_s": settings.timeout,
        "seed": settings.seed,
        "methods": sorted(settings.permissions.methods),
        "rate_limit": settings.permissions.rate_limit,
        "connection": {
            "cacert": str(connection.cacert) if connection.cacert else None,
            "insecure": connection.insecure,
            "http2": connection.http2,
            "fields": [[each.name, "…" if each.secret else hidden(each.value)] for each in connection.fields],
            "proxy": f"http://{connection.proxy_host}" if connection.proxy else None,
        },
    }


def _run(run: Run, hidden: Hidden) -> dict[str, Any]:
    bodies: dict[bytes, int] = {}
    asked = []
    for each in run.transcript.asked:
        retried = [_answer(exchange, bodies, hidden) for exchange in each.retried]
        entry: dict[str, Any] = {"request": _request(each.request), "tries": each.tries}
        entry |= {"retried": retried, "given_up": each.given_up, "seconds": each.seconds}
        if isinstance(each.outcome, Exchange):
            entry["answer"] = _answer(each.outcome, bodies, hidden)
        else:
            entry["reason"] = hidden(str(each.outcome))
        asked.append(entry)
    return {
        "provider": run.target.provider.id,
        "contract": digest(run.target.provider),
        "target": run.target.root,
        "name": run.target.name,
        "listed": run.target.listed,
        "capabilities": dict(run.target.capabilities),
        "key": run.settings.key is not None,
        "api_key_env": run.settings.key_env,
        "depth": run.settings.depth,
        "now": run.now,
        "seconds": round(run.seconds, 3),
        "complete": len(run.findings) == len(run.requirements),
        "selected": [each.id for each in run.requirements],
        "protocols": sorted(run.transcript.client.protocols),
        "in_time": run.transcript.in_time,
        "late": run.transcript.late,
        "asked": asked,
        "bodies": [_body(content, hidden) for content in bodies],
    }


def _request(request: Request) -> dict[str, Any]:
    def pairs(held: tuple[tuple[str, str | Pick], ...]) -> list[list[Any]]:
        return [[name, _pick(value) if isinstance(value, Pick) else value] for name, value in held]

    return {
        "operation": request.operation,
        "method": request.method,
        "path": pairs(request.path),
        "query": pairs(request.query),
        "headers": pairs(request.headers),
        "authorization": request.authorization,
        "repetition": request.repetition,
    }


def _pick(pick: Pick) -> dict[str, Any]:
    return {"pick": pick.what, "parameter": pick.parameter, "of": _request(pick.source)}


def _answer(exchange: Exchange, bodies: dict[bytes, int], hidden: Hidden) -> dict[str, Any]:
    response = exchange.response
    return {
        "url": hidden(exchange.url),
        "status": response.status,
        "version": hidden(response.version),
        "phrase": hidden(response.phrase),
        "headers": [[hidden(name), hidden(sensitive.kept(name, value))] for name, value in response.headers],
        "body": bodies.setdefault(response.content, len(bodies)),
    }


def _body(content: bytes, hidden: Hidden) -> dict[str, str]:
    try:
        return {"text": _without_secrets(content.decode(), hidden)}
    except UnicodeDecodeError:
        # Each octet is a character, and the mark is written as it is in UTF-8.
        text = _without_secrets(content.decode("latin-1"), hidden)
        octets = "…".encode().join(each.encode("latin-1") for each in text.split("…"))
        return {"base64": base64.b64encode(octets).decode()}


def _without_secrets(text: str, hidden: Hidden) -> str:
    """*text* without secrets; a long one is looked at in stretches that end where no key goes on."""
    stretches = re.findall(rf"(?s).{{1,{STRETCH}}}(?:[\s,]|\Z)|.{{1,{STRETCH}}}", text)
    return "".join(map(hidden, stretches))


def _value(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SpecError(str(path), "", found="a larger file", expected=f"at most {MOST_BYTES} bytes")
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SpecError(str(path), "", found="no such file", expected="one that --record wrote") from None
    except OSError as error:
        raise SpecError(str(path), "", found=f"what cannot be read ({error.strerror})", expected="a file") from None
    except (ValueError, RecursionError):
        raise SpecError(str(path), "", found="what is no JSON", expected="a file that --record wrote, whole") from None


def _kept_run(value: Mapping[str, Any], file: str, index: int, providers: Mapping[str, Provider]) -> KeptRun:
    at = f"/runs/{index}"
    provider = providers.get(value["provider"])
    if provider is None:
        known = f"one of {', '.join(providers)}"
        raise SpecError(file, f"{at}/provider", found=repr(value["provider"]), expected=known, hint="--providers names others")
    if digest(provider) != value["contract"]:
        found = f"the transcript of another contract of {provider.id}"
        hint = "the contract was changed since; record it again"
        raise SpecError(file, f"{at}/contract", found=found, expected="one of the present contract", hint=hint)
    if unknown := set(value["selected"]) - {each.id for each in provider.requirements}:
        raise SpecError(file, f"{at}/selected", found=min(unknown), expected=f"requirements of {provider.id}")
    bodies = [_content(each, file, f"{at}/bodies/{number}") for number, each in enumerate(value["bodies"])]
    asked: dict[str, list[Kept]] = {}
    for number, each in enumerate(value["asked"]):
        kept = _kept(each, bodies, file, f"{at}/asked/{number}")
        asked.setdefault(json.dumps(each["request"], sort_keys=True), []).append(kept)
    named = value["capabilities"], value["name"], value["listed"], value["api_key_env"], value.get("depth")
    return KeptRun(
        target=Target(value["target"], provider, *named),
        has_key=value["key"],
        now=value["now"],
        seconds=value.get("seconds", 0.0),
        complete=value["complete"],
        selected=tuple(value["selected"]),
        protocols=frozenset(value["protocols"]),
        in_time=value["in_time"],
        late=value["late"],
        asked=asked,
    )


def _content(value: Mapping[str, str], file: str, at: str) -> bytes:
    if "text" in value:
        return value["text"].encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(value["base64"], validate=True)
    except (binascii.Error, ValueError):
        raise SpecError(file, f"{at}/base64", found="what is no base64", expected="base64 (RFC 4648 section 4)") from None


def _kept(value: Mapping[str, Any], bodies: Sequence[bytes], file: str, at: str) -> Kept:
    retried = tuple(_response(each, bodies, file, f"{at}/retried/{number}") for number, each in enumerate(value["retried"]))
    answer = _response(value["answer"], bodies, file, f"{at}/answer") if "answer" in value else None
    return Kept(answer, value.get("reason", ""), value["tries"], retried, value["given_up"], value.get("seconds"))


def _response(value: Mapping[str, Any], bodies: Sequence[bytes], file: str, at: str) -> tuple[str, Response]:
    """The answer that *value* is, behind its URL."""
    if value["body"] >= len(bodies):
        raise SpecError(file, f"{at}/body", found=str(value["body"]), expected=f"an index of the {len(bodies)} bodies")
    headers = tuple((name, field) for name, field in value["headers"])
    return value["url"], Response(value["status"], headers, bodies[value["body"]], value["version"], value["phrase"])
