"""What is here: the start page, the table that is printed at the start, and the mock's own addresses under ``/__mock/``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mockserver.problem import problem
from specs import Provider

KEY = "sk-mock"


@dataclass(frozen=True)
class Entry:
    """One provider in the table.

    *bases* are the addresses that an SDK may be given as ``base_url``, *operations* all documented requests
    as ``METHOD URL``, *curl* a command that can be pasted.
    """

    id: str
    title: str
    bases: tuple[str, ...]
    operations: tuple[str, ...]
    hosts: tuple[str, ...]
    curl: str

    def json(self) -> dict[str, Any]:
        """This entry as the start page gives it to programs."""
        return {
            "id": self.id,
            "title": self.title,
            "base_urls": list(self.bases),
            "operations": list(self.operations),
            "hosts": list(self.hosts),
            "curl": self.curl,
        }


def entries(providers: Sequence[Provider], address: str, at_root: str | None) -> list[Entry]:
    """The table of *providers* as seen at *address*, which has no slash at its end; *at_root* is served there as well."""
    return [_entry(each, address, each.id == at_root) for each in sorted(providers, key=lambda each: each.id != at_root)]


def _entry(provider: Provider, address: str, at_root: bool) -> Entry:
    operations = tuple(provider.operations.values())
    below = f"{address}/{provider.id}"
    tops = (address, below) if at_root else (below,)
    shown = next((each for each in operations if each.items), operations[0])
    return Entry(
        id=provider.id,
        title=provider.title,
        bases=tuple(dict.fromkeys(f"{top}{each.sdk_path}" for top in tops for each in operations)),
        operations=tuple(f"{each.method} {below}{each.path}" for each in operations),
        hosts=provider.hosts,
        curl=f"curl -H 'Authorization: Bearer {KEY}' {below}{shown.path}",
    )


def table(found: Sequence[Entry]) -> str:
    """*found* as text: providers with their base URLs, and one command that can be pasted."""
    width = max((len(entry.id) for entry in found), default=0)
    lines = ["Base URLs for SDKs (any key that starts with sk- will do):"]
    for entry in found:
        lines += [f"  {name:{width}}  {base}" for name, base in zip_longest([entry.id], entry.bases, fillvalue="")]
    lines += [f"Try: {entry.curl}" for entry in found[:1]]
    return "\n".join(lines)


def pages(providers: Sequence[Provider], at_root: str | None) -> Starlette:
    """The app that answers for the mock itself, which serves *providers*, and *at_root* at the root as well."""

    async def start(request: Request) -> Response:
        found = entries(providers, str(request.base_url).rstrip("/"), at_root)
        if _wants_json(request.headers.get("accept", "")):
            return JSONResponse({"providers": [entry.json() for entry in found], "health": "/__mock/health"})
        return HTMLResponse(_html(found))

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "providers": [each.id for each in providers]})

    return Starlette(
        routes=[Route("/", start), Route("/__mock/health", health)],
        exception_handlers={HTTPException: _problem},
    )


async def _problem(request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405, as a problem."""
    status, fields = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    path = request.url.path
    answer = problem(status, f"{request.method} {path} is not here; the mock itself answers at / and /__mock/health.")
    return Response(answer.content, status, headers=fields, media_type=answer.field(b"content-type"))


def _wants_json(accept: str) -> bool:
    types = [each.partition(";")[0].strip().lower() for each in accept.split(",")]
    return "application/json" in types and "text/html" not in types


def _html(found: Sequence[Entry]) -> str:
    rows = "".join(
        f"<tr><th>{escape(entry.title)}</th><td>{'<br>'.join(f'<code>{escape(base)}</code>' for base in entry.bases)}</td>"
        f"<td><code>{escape(entry.curl)}</code></td></tr>"
        for entry in found
    )
    return PAGE.replace("<!-- rows -->", rows)


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Gateway mock</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
  th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-top: 1px solid #8884 }
  code { font-size: .9em; overflow-wrap: anywhere }
</style>
<h1>Gateway mock</h1>
<p>Each gateway answers here as it is documented. Any bearer token that starts with <code>sk-</code> is a good key.</p>
<table>
<tr><th>Provider</th><th>Base URL for SDKs</th><th>Try</th></tr>
<!-- rows -->
</table>
<h2>Asking for an answer</h2>
<ul>
<li><code>Prefer: code=429</code> or <code>Prefer: example=empty</code></li>
<li><code>?__code=429</code> or <code>?__example=empty</code></li>
<li>the keys <code>sk-mock-401</code>, <code>sk-mock-403</code>, <code>sk-mock-429</code>, <code>sk-mock-500</code> …</li>
</ul>
<p>This page as JSON: ask for <code>application/json</code>. Health: <a href="__mock/health">/__mock/health</a>.</p>
</html>
"""
