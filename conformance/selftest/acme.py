"""A gateway that keeps its contract, in one page: the contract as literal files, and the answers as a function."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.selftest.gateway import Answer, Asked
from specs import Provider, load
from specs.requirement import Lens

KEY = "sk-a-key-that-is-secret"

OPENAPI = """\
openapi: 3.1.0
info: {title: Acme, version: '1'}
x-gateway: {title: Acme Models}
servers:
  - url: https://acme.example
security:
  - bearerAuth: []
paths:
  /v1/models:
    get:
      operationId: listModels
      x-items: {at: /data, id: id}
      parameters:
        - name: type
          in: query
          schema: {type: string, enum: [chat, image, voice]}
          x-filter: {field: types, match: member, aliases: {t2t: chat}}
        - name: features
          in: query
          schema: {type: string, enum: [tools, web, vision]}
          x-filter: {field: features, match: member, list: all}
        - name: model
          in: query
          schema: {type: string}
          x-filter: {field: id, match: contains}
        - name: sort_by
          in: query
          schema: {type: string, enum: [size, order]}
          x-sort: {orders: {size: {number: /size}, order: {default: true}}, direction: sort_order}
        - name: sort_order
          in: query
          schema: {type: string, enum: [asc, desc]}
      responses:
        '200':
          description: The list.
          headers:
            ETag: {schema: {type: string}}
            Cache-Control: {schema: {type: string, const: 'public, max-age=300'}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/List'}
        '304': {description: As before.}
        '400':
          description: A bad value.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
        '401':
          description: No key.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
        '429': {description: Too many.}
  /v1/models/{model}:
    get:
      operationId: retrieveModel
      x-retrieves: {from: listModels, parameter: model}
      parameters:
        - {name: model, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: One model.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Model'}
        '404': {description: No such model.}
components:
  schemas:
    List:
      type: object
      required: [data]
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Model'}}
    Model:
      type: object
      required: [id, types]
      properties:
        id: {type: string, minLength: 1}
        types: {type: string}
        created: {type: integer, minimum: 0}
    Error:
      type: object
      required: [error]
      properties:
        error: {type: string}
  securitySchemes:
    bearerAuth: {type: http, scheme: bearer}
"""

CITES = "cites: [{page: models, lines: '12', quote: as it is written}]"

CHECKS = {
    "ACM-JSON-01": ("MUST", "listModels", "{invariant: strict-json}"),
    "ACM-LIST-01": ("MUST", "listModels", "{schema: [/components/schemas/List]}"),
    "ACM-MODEL-01": ("MUST", "listModels, retrieveModel", "{schema: [/components/schemas/Model]}"),
    "ACM-ID-01": ("MUST", "listModels", "{schema: [/components/schemas/Model/properties/id]}"),
    "ACM-ID-02": ("MUST", "listModels", "{invariant: unique, at: /data/*/id}"),
    "ACM-TIME-01": ("SHOULD", "listModels", "{invariant: epoch-seconds, at: /data/*/created}"),
    "ACM-ANSWER-01": ("MUST", "listModels", "{probe: answers}"),
    "ACM-TYPE-01": ("MUST", "listModels", "{probe: media-type}"),
    "ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, status: 401}"),
    "ACM-KEY-02": ("MUST", "listModels", "{probe: wrong-key, status: 401}"),
    "ACM-KEY-03": ("SHOULD", "listModels", "{probe: malformed-authorization, status: 401}"),
    "ACM-ERROR-01": ("MUST", "listModels", "{schema: [/components/schemas/Error]}"),
    "ACM-FILTER-01": ("MUST", "listModels", "{probe: filter, parameter: type}"),
    "ACM-SORT-01": ("MUST", "listModels", "{probe: sort, parameter: sort_by, value: size, direction: sort_order}"),
    "ACM-GET-01": ("MUST", "retrieveModel", "{probe: retrieve}"),
    "ACM-REPEAT-01": ("SHOULD", "listModels", "{probe: repeat}"),
    "ACM-HEAD-01": ("SHOULD", "listModels", "{probe: head}"),
    "ACM-POST-01": ("SHOULD", "listModels", "{probe: method}"),
    "ACM-HARM-01": ("MUST", "listModels", "{probe: harmless}"),
}

MODELS: tuple[dict[str, Any], ...] = (
    {"id": "acme/large:free", "types": "chat,image", "features": "tools,web", "size": 30, "created": 1700000000},
    {"id": "small", "types": "chat", "features": "tools", "size": 2, "created": 1710000000},
    {"id": "painter", "types": "image", "features": "", "size": 7, "created": 1720000000},
    {"id": "speaker 100%", "types": "voice", "features": "web,vision", "size": 7, "created": 1730000000},
)


def requirements(checks: dict[str, tuple[str, str, str]]) -> str:
    """A requirements.yaml with one requirement for each of *checks*: level, operations, check."""
    lines = ["pages:", f"  models: {{file: models.txt, sha256: {'a' * 64}}}", "requirements:"]
    for name, (level, operations, check) in checks.items():
        because = "because: Clients expect it., " if level != "MUST" else ""
        lines.append(
            f"  - {{id: {name}, level: {level}, says: What {name} asks for., {because}"
            f"operations: [{operations}], {CITES}, check: {check}}}"
        )
    return "\n".join(lines) + "\n"


def folder(root: Path, *, openapi: str = OPENAPI, checks: dict[str, tuple[str, str, str]] | None = None) -> Path:
    """Writes the contract of Acme below *root*, and returns the folder of providers that has it."""
    place = root / "providers" / "acme"
    place.mkdir(parents=True, exist_ok=True)
    files = {"openapi": openapi, "requirements": requirements(CHECKS if checks is None else checks)}
    files |= {"contradictions": "contradictions: []\n", "unchecked": "claims: []\n"}
    for name, text in files.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place.parent


def provider(root: Path, *, openapi: str = OPENAPI, checks: dict[str, tuple[str, str, str]] | None = None) -> Provider:
    """The contract of Acme, loaded: the requirements of its document alone."""
    loaded = load("acme", folder(root, openapi=openapi, checks=checks), None)
    return replace(loaded, requirements=tuple(each for each in loaded.requirements if each.lens is Lens.DOCUMENT))


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """*body* as JSON; an underscore in the name of a field stands for a hyphen."""
    fields = (("Content-Type", "application/json"), *((name.replace("_", "-"), value) for name, value in headers.items()))
    return Answer(status, fields, json.dumps(body, ensure_ascii=False).encode())


@dataclass(frozen=True)
class Acme:
    """A gateway that keeps the contract, with *models*."""

    models: tuple[dict[str, Any], ...] = MODELS
    key: str = KEY

    def __call__(self, asked: Asked) -> Answer:
        """The answer to one request."""
        scheme, _, token = (asked.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or token != self.key:
            return answer({"error": "no good key"}, 401, WWW_Authenticate="Bearer")
        if asked.method not in ("GET", "HEAD"):
            return answer({"error": "not so"}, 405, Allow="GET, HEAD")
        if asked.path == "/v1/models":
            return self._list(asked)
        for model in self.models:
            if asked.path == f"/v1/models/{model['id']}":
                return answer(model)
        return answer({"error": "nothing there"}, 404)

    def _list(self, asked: Asked) -> Answer:
        query = asked.query
        if not {query.get("type", "chat"), query.get("sort_by", "size")} <= {"chat", "image", "voice", "t2t", "size", "order"}:
            return answer({"error": "no such value"}, 400)
        found = list(_kept(self.models, query))
        if query.get("sort_by") == "size":
            found.sort(key=lambda model: model["size"], reverse=query.get("sort_order") == "desc")
        listed = answer({"data": found})
        tag = f'"{hashlib.sha256(listed.content).hexdigest()[:16]}"'
        caching = (("ETag", tag), ("Cache-Control", "public, max-age=300"))
        held = asked.header("If-None-Match") or ""
        if held == "*" or tag in [each.strip().removeprefix("W/") for each in held.split(",")]:
            return Answer(304, caching)
        return Answer(200, (*listed.headers, *caching), listed.content)


def _kept(models: Iterable[dict[str, Any]], query: dict[str, str]) -> Iterable[dict[str, Any]]:
    type_ = {"t2t": "chat"}.get(query.get("type", ""), query.get("type"))
    for model in models:
        fits = type_ is None or type_ in model["types"].split(",")
        fits = fits and all(each in model["features"].split(",") for each in filter(None, query.get("features", "").split(",")))
        if fits and query.get("model", "").lower() in model["id"].lower():
            yield model


Change = Callable[[Asked, Answer], Answer]


def changed(change: Change, models: tuple[dict[str, Any], ...] = MODELS) -> Callable[[Asked], Answer]:
    """Acme, with *change* applied to each of its answers."""
    acme = Acme(models)
    return lambda asked: change(asked, acme(asked))
