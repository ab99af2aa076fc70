"""A small gateway with everything that a contract can declare, as files in a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs import Provider, load

JSON = {"Content-Type": "application/json"}
GOOD = {"Authorization": "Bearer sk-1"}

MODELS: list[dict[str, Any]] = [
    {"id": "acme/small", "kind": "llm", "caps": "text,image", "size": 9, "speed": "100"},
    {"id": "Big:free", "kind": "chat,vision", "caps": ["text"], "size": 100},
    {"id": "coder", "kind": "image", "caps": "text，pdf", "size": 20, "speed": "9"},
    {"id": "plain", "kind": "llm,image", "caps": ""},
]

ERRORS = (400, 401, 403, 404, 405, 429, 500, 502, 503, 504)


def parameter(name: str, values: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(values)} if values else {"type": "string"}
    return {"name": name, "in": "query", "schema": schema, **more}


def openapi() -> dict[str, Any]:
    body = {"application/json": {"schema": {"type": "object"}}}
    cached = {
        "description": "The models.",
        "headers": {
            "ETag": {"schema": {"type": "string"}},
            "X-Request-Id": {"schema": {"type": "string"}},
            "Cache-Control": {"schema": {"const": "public, max-age=60"}},
        },
        "content": body,
    }
    plain = {"description": "The models.", "content": body}
    orders = {
        "size": {"number": "/size"},
        "speed": {"number": "/speed"},
        "code": {"first": {"field": "id", "contains": "CODE"}},
        "order": {"default": True},
    }
    filters = [
        parameter("kind", ["llm", "image"], **{"x-filter": {"field": "kind", "match": "member", "aliases": {"chat": "llm"}}}),
        parameter("caps", ["text", "image", "pdf"], **{"x-filter": {"field": "caps", "match": "member", "list": "all"}}),
        parameter("any_caps", (), **{"x-filter": {"field": "caps", "match": "member", "list": "any"}}),
        parameter("name", (), **{"x-filter": {"field": "id", "match": "contains"}}),
        parameter("sort", list(orders), **{"x-sort": {"orders": orders, "direction": "direction"}}),
        parameter("direction", ["asc", "desc"]),
        parameter("ignored", ["a", "b"]),
    ]
    listed = {"x-items": {"at": "/data", "id": "id"}}
    model = {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.test/base"}],
        "x-gateway": {"title": "Acme", "rate_limit": {"requests": 3, "window_s": 60, "per": "key"}, "unmatched": "listModels"},
        "security": [{"bearerAuth": []}],
        "paths": {
            "/v1/models": {
                "get": {
                    "operationId": "listModels",
                    **listed,
                    "parameters": filters,
                    "responses": {"200": cached, "304": {"description": "The client has them."}},
                }
            },
            "/v1/models/{model}": {
                "get": {
                    "operationId": "getModel",
                    "x-retrieves": {"from": "listModels", "parameter": "model"},
                    "parameters": [model],
                    "responses": {"200": plain},
                }
            },
            "/open": {"get": {"operationId": "openList", **listed, "security": [], "responses": {"200": plain}}},
            "/mixed": {
                "get": {"operationId": "mixedList", **listed, "security": [{}, {"bearerAuth": []}], "responses": {"200": plain}}
            },
        },
        "components": {"securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}}},
    }


def requirements() -> dict[str, Any]:
    return {
        "pages": {"guide": {"file": "guide.txt", "sha256": "0" * 64}},
        "requirements": [
            {
                "id": "ACM-LIST-01",
                "level": "MUST",
                "says": "The list answers 200.",
                "operations": ["listModels"],
                "cites": [{"standard": "RFC 9110", "section": "15.3.1"}],
                "check": {"probe": "answers"},
            }
        ],
    }


@dataclass(frozen=True)
class Folders:
    """The two folders that a provider's files are in."""

    root: Path
    id: str = "acme"

    @property
    def providers(self) -> Path:
        return self.root / "providers"

    @property
    def fixtures(self) -> Path:
        return self.root / "fixtures"

    def spec(self, name: str, value: Any) -> None:
        self._write(self.providers / self.id / f"{name}.yaml", value)

    def recording(self, name: str, body: Any, headers: dict[str, str] = JSON, **more: Any) -> None:
        status = int(name.partition("/")[2][:3])
        data = {
            "provenance": "synthetic",
            "source": "made for a test",
            "date": "2026-11-21",
            "status": status,
            "headers": headers,
        }
        self._write(self.fixtures / self.id / f"{name}.json", {**data, "body": body, **more})

    def text(self, name: str, text: str) -> None:
        status = int(name.partition("/")[2][:3])
        data = {"provenance": "synthetic", "source": "made for a test", "date": "2026-11-21", "status": status, "headers": {}}
        self._write(self.fixtures / self.id / f"{name}.json", {**data, "text": text})

    def mutants(self, *mutants: dict[str, Any]) -> None:
        each = [{"breaks": "ACM-LIST-01", "says": "Broken for a test.", **mutant} for mutant in mutants]
        self._write(self.fixtures / self.id / "mutants.json", {"mutants": each})

    def load(self) -> dict[str, Provider]:
        return {self.id: load(self.id, self.providers, self.fixtures)}

    @staticmethod
    def _write(path: Path, value: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")  # JSON is YAML


def write(root: Path) -> Folders:
    """The whole gateway, in *root*."""
    folders = Folders(root)
    folders.spec("openapi", openapi())
    folders.spec("requirements", requirements())
    folders.spec("unchecked", {"claims": []})
    folders.spec("contradictions", {"contradictions": []})
    for operation in ("listModels", "openList", "mixedList"):
        folders.recording(f"{operation}/200-documented", {"data": MODELS}, default=True)
        folders.recording(f"{operation}/200-catalogue", {"data": [*MODELS, {"id": "extra"}]})
        folders.recording(f"{operation}/200-empty", {"data": []})
    folders.recording("getModel/200-documented", {"id": "shown"})
    for operation in ("listModels", "getModel", "openList", "mixedList"):
        for status in ERRORS:
            folders.recording(f"{operation}/{status}-plain", {"error": {"code": status}}, default=True)
    challenge = {**JSON, "WWW-Authenticate": "Bearer"}
    folders.recording("listModels/401-missing-key", {"error": {"code": "missing"}}, challenge)
    folders.mutants({"id": "ACM-LIST-01/accepted", "responses": [{"when": {"status": 200}, "status": 202}]})
    return folders
