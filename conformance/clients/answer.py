"""Rules of answers 200: what the SDKs read as models."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.case import NotApplicable
from conformance.clients.rule import Rule, body, models, written
from conformance.finding import Violation, literal
from conformance.message import Exchange
from conformance.strict_json import Unreadable

NEXT = ("next", "next_page", "next_url", "next_cursor", "next_page_token", "nextPageToken")
"""Members by which lists name their next page."""


class JsonType(Rule):
    """The media type is one that both SDKs read as JSON."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        response = exchange.response
        if response.status != 200:
            raise NotApplicable(f"the answer is {response.status}, not 200")
        if not ("application/json" in response.media_type or response.media_type.endswith("+json")):
            found = response.header("Content-Type")
            kind = "media-type" if found else "absent"
            yield Violation(exchange, "Content-Type", kind, "application/json", found or "no Content-Type")


class JsonText(Rule):
    """The body is JSON that both SDKs can parse; a byte order mark or a member twice they get over."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        if exchange.response.status != 200:
            raise NotApplicable(f"the answer is {exchange.response.status}, not 200")
        try:
            faults = exchange.response.decoded.faults
        except Unreadable as error:
            start = exchange.response.content[:60].decode("utf-8", "replace")
            yield Violation(exchange, "body", "not-json", "a JSON text", f"{error}; it begins {literal(start)}")
            return
        for kind, sentence in dict(faults).items():
            if kind == "not-a-number":
                yield Violation(exchange, "body", kind, "a JSON text", sentence)


class NoError(Rule):
    """The answer does not call itself an error."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        found = body(exchange)
        if not isinstance(found, dict):
            raise NotApplicable("the answer is not an object")
        if found.get("error"):
            yield Violation(exchange, "/error", "error", "no error, or a status from 400 on", written(found["error"]))
        if found.get("success") is False:
            yield Violation(exchange, "/success", "no-success", "true, or a status from 400 on", "false")


class DataArray(Rule):
    """The list is an object with an array in "data"."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        found = body(exchange)
        if not isinstance(found, dict):
            yield Violation(exchange, "", "type", 'an object with "data"', written(found))
        elif "data" not in found:
            yield Violation(exchange, "/data", "absent", "an array", "it is absent")
        elif not isinstance(found["data"], list):
            yield Violation(exchange, "/data", "type", "an array", written(found["data"]))


class Objects(Rule):
    """Every model of a list is an object."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        for index, model in enumerate(models(exchange)):
            if not isinstance(model, dict):
                yield Violation(exchange, f"/data/{index}", "type", "an object", written(model))


class Identified(Rule):
    """Every model of a list that is an object has an id that is a string."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        for index, model in enumerate(models(exchange)):
            if isinstance(model, dict) and not isinstance(model.get("id"), str):
                yield _unidentified(exchange, model, f"/data/{index}/id")


class Whole(Rule):
    """A list does not say that it goes on elsewhere."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        models(exchange)
        found = body(exchange)
        if found.get("has_more") is True:
            yield Violation(exchange, "/has_more", "more", "all models in one answer", "there are more")
        links = found.get("links")
        places = {f"/{name}": found.get(name) for name in NEXT}
        places["/links/next"] = links.get("next") if isinstance(links, dict) else None
        for at, page in places.items():
            if isinstance(page, str) and page:
                yield Violation(exchange, at, "more", "all models in one answer", f"a next page, {literal(page)}")


class Model(Rule):
    """What is retrieved is an object with an id that is a string."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        found = body(exchange)
        if not isinstance(found, dict):
            yield Violation(exchange, "", "type", 'an object with "id"', written(found))
        elif not isinstance(found.get("id"), str):
            yield _unidentified(exchange, found, "/id")


def _unidentified(exchange: Exchange, model: dict[str, object], at: str) -> Violation:
    """The violation that *model*, whose id at *at* is no string, is."""
    if "id" not in model:
        return Violation(exchange, at, "absent", "a string", "it is absent")
    return Violation(exchange, at, "type", "a string", written(model["id"]))
