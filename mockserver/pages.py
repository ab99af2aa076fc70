"""The start page, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from mockserver.faults import FAULTS
from mockserver.faults.fault import Fault
from mockserver.index import Entry, entries, good_keys
from mockserver.keys import KeyTable
from specs import Provider

_WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)", re.IGNORECASE)  # RFC 9110 section 12.4.2


def start_page(
    providers: Callable[[], Sequence[Provider]], at_root: str | None, keys: KeyTable | None
) -> Callable[[Request], Awaitable[Response]]:
    """What answers at ``/``, for people and for programs.

    It says which *providers* are here, which one is *at_root* as well, and which keys are good, of which *keys* has the rights.
    """

    async def start(request: Request) -> Response:
        found = entries(providers(), str(request.base_url).rstrip("/"), at_root, keys)
        vary = {"Vary": "Accept"}
        if _wants_json(request.headers.get("accept", "")):
            body = {
                "providers": [entry.json() for entry in found],
                "faults": [fault.json() for fault in FAULTS.values()],
                "health": "/__mock/health",
                "openapi": "/__mock/openapi.json",
            }
            return JSONResponse(body, headers=vary)
        return HTMLResponse(_html(found, keys), headers=vary)

    return start


def _wants_json(accept: str) -> bool:
    """Whether *accept* prefers JSON to HTML (RFC 9110 section 12.5.1)."""
    weights: dict[str, float] = {}
    for each in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in each.split(";"))
        weight = next((matched[1] for matched in map(_WEIGHT.fullmatch, parameters) if matched), "1")
        weights[media_range] = float(weight)

    def weight_of(*ranges: str) -> float:
        return next((weights[each] for each in ranges if each in weights), 0)

    return weight_of("application/json", "application/*", "*/*") > weight_of("text/html", "text/*", "*/*")


def _html(found: Sequence[Entry], keys: KeyTable | None) -> str:
    rows = "".join(
        f"<tr><th>{escape(entry.title)}</th><td>{_codes(entry.bases)}</td><td>{_codes(entry.lists)}</td>"
        f"<td>{_codes(entry.hosts)}</td><td>{_codes([entry.curl])}</td></tr>\n"
        for entry in found
    )
    answers = "".join(
        f"<tr><td>{_codes([each.request])}</td><td>{_labels(each.examples)}</td><td>{_codes(each.keys)}</td></tr>\n"
        for entry in found
        for each in entry.requests
    )
    faults = "".join(
        f"<tr><td>{_codes([each.name])}</td><td>{escape(each.says)}</td>"
        f"<td>{_kinds(each)}</td><td>{_parameters(each)}</td></tr>\n"
        for each in FAULTS.values()
    )
    page = PAGE.replace("<!-- keys -->", escape(good_keys(keys)))
    return page.replace("<!-- rows -->", rows).replace("<!-- answers -->", answers).replace("<!-- faults -->", faults)


def _kinds(fault: Fault) -> str:
    return ", ".join(each.value for each in fault.applies)


def _parameters(fault: Fault) -> str:
    return "<br>".join(f"<code>{each.name}=</code> {escape(f'{each.says}, {each.expected}')}" for each in fault.parameters)


def _labels(examples: Mapping[int, Iterable[str]]) -> str:
    return "<br>".join(f"{status}: {', '.join(labels)}" for status, labels in examples.items())


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(f"<code>{escape(text)}</code>" for text in texts)


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Gateway mock</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 90rem; margin: 2rem auto; padding: 0 1rem }
  th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-top: 1px solid #8884 }
  code { font-size: .9em; overflow-wrap: anywhere }
</style>
<h1>Gateway mock</h1>
<p>Each gateway answers here as it is documented. Keys are bearer tokens: <!-- keys -->.</p>
<table>
<tr><th>Provider</th><th>Base URL for SDKs</th><th>Lists of another shape</th><th>Values of Host</th><th>Try</th></tr>
<!-- rows --></table>
<h2>A mock of one's own</h2>
<p><code>POST /__mock/sessions</code> gives a session: a base URL and a key for a mock that nobody else sees, with sequences
of answers, faults, chaos, limits, a clock that can be moved and a journal.
<a href="__mock/openapi.json">/__mock/openapi.json</a> describes it all, docs/mock.md shows it.</p>
<h2>Asking for an answer</h2>
<p>A request to a documented operation can say what it wants to be answered with, by a status, a label or both:</p>
<ul>
<li><code>Prefer: code=429</code>, <code>Prefer: example=empty</code></li>
<li><code>?__code=429</code>, <code>?__example=empty</code></li>
<li><code>Prefer: size=500, seed=7</code>, <code>dynamic=true, seed=7</code>, <code>without=an-id</code>: another catalogue</li>
<li>the keys <code>sk-mock-401</code>, <code>sk-mock-429</code> …</li>
</ul>
<p>Beside it, or alone, it can say what is to be done to the answer:</p>
<ul>
<li><code>Prefer: fault=TRUNCATE</code>, <code>?__fault=TRUNCATE</code> or the key <code>sk-mock-truncate</code>: one of the
faults below, with its parameters as further preferences: <code>Prefer: fault=HUGE, size=5000</code></li>
<li><code>Prefer: delay=250</code> (milliseconds), <code>uniform:100-300</code>, <code>normal:200/50</code> or
<code>lognormal:200/0.5</code>; <code>delay-at=body</code> spreads it over the content</li>
<li><code>Prefer: code=429, retry-after=date</code>, a number of seconds, or <code>seconds</code>, <code>negative</code>,
<code>past-date</code>, <code>over-120</code>, <code>fraction</code>, <code>garbage</code>, <code>missing</code>;
<code>retry-after-ms=250</code>, <code>x-should-retry=false</code></li>
<li><code>Prefer: rate-limit-headers=openai</code>, <code>ietf</code> or <code>none</code></li>
</ul>
<p>Other paths and methods are answered as they are, with 404 or 405; <code>X-Mock-Hint</code> says what was close.</p>
<table>
<tr><th>Operation</th><th>Statuses and labels</th><th>Keys</th></tr>
<!-- answers --></table>
<h2>Faults</h2>
<table>
<tr><th>Name</th><th>What the client gets</th><th>Of a</th><th>Parameters</th></tr>
<!-- faults --></table>
<p>This page as JSON: ask for <code>application/json</code>. Health: <a href="__mock/health">/__mock/health</a>.</p>
</html>
"""
