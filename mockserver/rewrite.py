"""What a mutant does on the wire: answers rewritten just before they leave. Exists only where a mutant is served."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mockserver.answer import Answer
from mockserver.call import Call
from mockserver.gateway import Answering
from mockserver.request import Request
from specs import SpecError
from specs.mutant import Mutant, Rewrite, When
from specs.mutation import apply
from specs.recording import encode

CREDENTIALS = "{credentials}"


class Rewriting:
    """A *gateway* whose answers carry the rewrites of *mutant*, in their order; each looks at the answer as it was at first."""

    lasts = False  # a rewrite may be done to every second answer

    def __init__(self, gateway: Answering, mutant: Mutant) -> None:
        self._gateway = gateway
        self._mutant = mutant
        self._matched = [0] * len(mutant.rewrites)  # how often each rewrite's condition held

    def answer(self, call: Call) -> Answer:
        """The answer of the gateway, rewritten."""
        request = call.request
        honest = rewritten = self._gateway.answer(call)
        operation = call.operation or (call.resource.first if call.resource else None)
        name = operation.id if operation else None
        for index, rewrite in enumerate(self._mutant.rewrites):
            if not _holds(rewrite.when, request, name, honest.status):
                continue
            self._matched[index] += 1
            if self._matched[index] % rewrite.when.every == 0:
                shown = credentials(request.headers.get("authorization", ""))
                rewritten = _rewritten(rewritten, rewrite, shown, self._mutant.id)
        return rewritten


def credentials(authorization: str) -> str:
    """What the field *authorization* holds behind its scheme, or all of it where there is no scheme."""
    return authorization.partition(" ")[2].strip() or authorization


def _holds(when: When, request: Request, operation: str | None, status: int) -> bool:
    return (
        when.operation in (None, operation)
        and when.method in (None, request.method)
        and when.status in (None, status)
        and all(name in request.query and value in ("*", request.query[name]) for name, value in when.query.items())
        and all(_begins(request.headers.get(name.lower()), start) for name, start in when.headers.items())
    )


def _begins(value: str | None, start: str | None) -> bool:
    return value is None if start is None else value is not None and value.startswith(start)


def _rewritten(answer: Answer, rewrite: Rewrite, shown: str, mutant: str) -> Answer:
    """ETag and the rest stay as they are, however wrong; only Content-Length fits always, as HTTP itself would break."""
    content = answer.content
    if rewrite.patch:
        content = _patched(content, rewrite, shown, mutant)
    if rewrite.text is not None:
        content = rewrite.text.replace(CREDENTIALS, shown).encode()
    status = answer.status if rewrite.status is None else rewrite.status
    fields = {name: None if value is None else value.replace(CREDENTIALS, shown) for name, value in rewrite.headers.items()}
    return Answer.of(status, answer.replacing(fields).fields, content)


def _patched(content: bytes, rewrite: Rewrite, shown: str, mutant: str) -> bytes:
    """*content* with the patch applied; as it is where it does not fit, as not every answer has what it is about."""
    patch = [{**step, "value": _filled(step["value"], shown)} if "value" in step else step for step in rewrite.patch]
    try:
        return encode(apply(patch, json.loads(content), "the answer", mutant))
    except (SpecError, ValueError):
        return content


def _filled(value: Any, shown: str) -> Any:
    if isinstance(value, str):
        return value.replace(CREDENTIALS, shown)
    if isinstance(value, list):
        return [_filled(each, shown) for each in value]
    if isinstance(value, Mapping):
        return {name: _filled(each, shown) for name, each in value.items()}
    return value
