"""A gateway for every case at once: each at a path of its own, where it answers as the case says and well otherwise."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from proof.clients.case import Served, served

OTHER_HOST = "localhost"
"""Another name of this machine, and so another origin than 127.0.0.1."""

LIST = served({"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b", "object": "model"}]})
REFUSED = served({"error": {"message": "no such key", "code": "invalid_api_key"}}, 401)
MISSING = served({"error": {"message": "no such model", "code": "model_not_found"}}, 404)


@dataclass(frozen=True)
class Place:
    """An *answer* and what gets it: the ``list``, ``retrieve`` or a ``bad-key``."""

    at: str
    answer: Served


class Gateways:
    """ASGI 3.0: the gateway of the place number n answers below ``/n``; *requests* counts what each was sent."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self.requests: Counter[int] = Counter()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request and its answer; what is not HTTP is not answered."""
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode("ascii")
        number, _, rest = path.removeprefix("/").partition("/")
        fields = {name.decode("ascii"): value.decode("latin-1") for name, value in scope["headers"]}
        self.requests[int(number)] += 1
        answer = _answer(self._places[int(number)], rest, fields)
        headers = [(name, _located(value, path, fields["host"])) for name, value in answer.fields]
        headers.append(("Content-Length", str(len(answer.content))))
        raw = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.content})


def _answer(place: Place, rest: str, fields: Mapping[str, str]) -> Served:
    what = "bad-key" if fields.get("authorization") != "Bearer sk-good" else "list" if rest == "v1/models" else "retrieve"
    name = rest.removeprefix("v1/models/")
    moved = not fields["host"].startswith("127.")  # what a redirect led to is answered well
    if what == place.at and not moved and name != "b":
        return place.answer
    if what == "retrieve":
        return served({"id": name, "object": "model"}) if name in ("a", "b") else MISSING
    return REFUSED if what == "bad-key" else LIST


def _located(value: str, path: str, host: str) -> str:
    port = "".join(itertools.takewhile(str.isdecimal, host.partition(":")[2]))
    return value.replace("{self}", path).replace("{elsewhere}", f"http://{OTHER_HOST}:{port}{path}")


def listing(*models: object, **members: object) -> Served:
    """A list of *models* with *members* beside them."""
    return served(json.dumps({"object": "list", "data": list(models), **members}, ensure_ascii=False))
