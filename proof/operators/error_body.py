"""Operators on the bodies of documented errors."""

from __future__ import annotations

from collections.abc import Iterator

from proof.attribution import first
from proof.generated import Generated
from proof.operators.document import Document, Patch
from proof.operators.making import Making, makings, status_of
from proof.operators.payload import of_document
from specs.provider import Provider

NAME = "error-body"
UNDOCUMENTED = "the contract documents no body for this error"
PROVOKED = (400, 401, 404)
"""The statuses that a request can bring about."""


def error_body(provider: Provider) -> Iterator[Generated]:
    """Mutants of what *provider* says of an error that a client can bring about."""
    for making in makings(provider, NAME):
        for status in PROVOKED:
            response = making.operation.responses.get(status)
            recording = provider.recording(making.operation.id, status)
            if recording is None or not recording.is_json or (response is None and status != 401):
                continue
            if response is None or response.schema is None:
                yield from _texts(making, status, making.owner("json-refusal"))
                continue
            document = Document(provider, making.operation, status, recording.json(), "")
            yield from of_document(document, NAME)
            yield from _envelopes(document)
            places = [place for place, _, _ in provider.schemas.visits(document.schema, None)]
            owner = provider.owner(places[-1])
            yield from _texts(making, status, first(provider, [owner] if owner else []))


def _envelopes(document: Document) -> Iterator[Generated]:
    for what, body in (
        ("array", [document.body]),
        ("null", None),
        ("text", "something went wrong"),
        ("number", 7),
        ("empty", {}),
    ):
        patch: Patch = [{"op": "replace", "path": "", "value": body}]
        yield document.mutant(
            NAME, f"envelope-{what}", f"The error {document.status} is: {what}.", patch, "the envelope is open"
        )
    for name, value in document.body.items():
        flat = value if isinstance(value, dict) else {"error": value}
        patch = [{"op": "replace", "path": "", "value": flat}]
        yield document.mutant(NAME, f"flat-{name}", f"What {name!r} holds stands at the root.", patch, "the envelope is open")
        text = [{"op": "replace", "path": f"/{name}", "value": "something went wrong"}]
        yield document.mutant(NAME, f"text-{name}", f"{name!r} is a sentence.", text, "a sentence is allowed there")


def _texts(making: Making, status: int, owner: str | None) -> Iterator[Generated]:
    for what, content in (
        ("html", b"<!doctype html><title>Error</title>"),
        ("empty", b""),
        ("truncated", b'{"error":{"mess'),
        ("plain", b"Unauthorized"),
    ):
        yield making.answering(
            f"{status}-{what}",
            f"The body of an error {status} is {what}.",
            owner,
            status_of(status, content),
            UNDOCUMENTED,
            status=status,
        )
