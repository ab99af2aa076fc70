"""Before anything is judged: one list with the key must answer, or nothing that follows would mean anything."""

from __future__ import annotations

from conformance.message import Exchange, Request
from conformance.transcript import Inconclusive, Transcript
from specs.provider import Provider

LONGEST_LOCATION = 200


def preflight(provider: Provider, transcript: Transcript, key: str | None, key_env: str) -> str:
    """One sentence that says why *provider* cannot be judged at this target, or an empty string."""
    operation = next(each for each in provider.operations.values() if each.items)
    try:
        exchange = transcript.ask(Request(operation.id))
    except Inconclusive as reason:
        return str(reason)
    where = f"GET {exchange.url} answered {exchange.response.status}"
    status = exchange.response.status
    if status in (401, 403) and not _is_page(exchange):
        if key is None:
            return f"{where}: no key is in the environment variable {key_env}, put one there"
        return f"{where}: the key in {key_env} was refused"
    if 300 <= status < 400:
        to = exchange.response.header("Location") or "nowhere"
        return f"{where}, a redirect to {to[:LONGEST_LOCATION]}; redirects are not followed, name the new target"
    if status in (404, 410):
        return f"{where}: nothing is there; does --target name the gateway's root, and --provider its contract?"
    if status >= 500:
        return f"{where} three times: the gateway is out of order"
    if status == 407:
        return f"{where}: a proxy asks for credentials"
    if _is_page(exchange):
        return f"{where} with an HTML page instead of JSON: a login, a challenge or a wrong address"
    return ""


def _is_page(exchange: Exchange) -> bool:
    start = exchange.response.content.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head")) or (
        exchange.response.media_type == "text/html" and not start.startswith((b"{", b"["))
    )
