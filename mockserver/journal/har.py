"""The journal as a HAR 1.2 document (http://www.softwareishard.com/blog/har-12-spec/), for the tools that read such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mockserver.journal.entry import MAX_BODY, Entry, fingerprint

VERSION = "HTTP/1.1"  # the one that the mock speaks
UNKNOWN = -1  # what HAR writes for a size that nobody measured
# What HAR has no word for; its names begin with an underscore, as custom fields have to.
OURS = ("number", "provider", "operation", "key", "cause", "fault", "draw", "step", "hint")
TITLE = "gateway-contracts"


def har(entries: Iterable[Entry], origin: str, version: str) -> dict[str, Any]:
    """*entries* as a HAR document.

    *origin* is where the providers are, such as ``http://127.0.0.1:8080``; *version* is that of this project. How long
    requests took is not known, so that all times are 0.
    """
    log = {
        "version": "1.2",
        "creator": {"name": TITLE, "version": version},
        "entries": [_entry(each, origin) for each in entries],
    }
    return {"log": log}


def _entry(entry: Entry, origin: str) -> dict[str, Any]:
    document = entry.json()
    return {
        "startedDateTime": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": 0,
        "request": _request(entry, origin),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        **{f"_{name}": document[name] for name in OURS},
        "_session": fingerprint(entry.session or None),  # its id is as good as a key, and archives are handed around
    }


def _request(entry: Entry, origin: str) -> dict[str, Any]:
    question = f"?{entry.query}" if entry.query else ""
    below = f"{origin.rstrip('/')}/{entry.provider}".rstrip("/")  # some are to no provider
    pairs = parse_qsl(entry.query, keep_blank_values=True)
    return {
        "method": entry.method,
        "url": f"{below}{entry.path}{question}",
        "httpVersion": VERSION,
        "cookies": [],
        "headers": _pairs(entry.headers),
        "queryString": [{"name": name, "value": value} for name, value in pairs],
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    }


def _response(entry: Entry) -> dict[str, Any]:
    content = {
        "size": entry.size,
        "mimeType": entry.response_headers.get("content-type", ""),
        "text": entry.body,
        **({"comment": f"cut to its first {MAX_BODY} octets"} if entry.size > MAX_BODY else {}),
    }
    return {
        "status": entry.status,
        "statusText": _phrase(entry.status),
        "httpVersion": VERSION,
        "cookies": [],
        "headers": _pairs(entry.response_headers),
        "content": content,
        "redirectURL": entry.response_headers.get("location", ""),
        "headersSize": UNKNOWN,
        "bodySize": entry.size,
    }


def _pairs(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in fields.items()]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # one that no standard names
        return ""
