"""A provider with one list and one retrieve, as literal files in a folder of the test's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs import Provider, load

OPENAPI = """\
openapi: 3.1.0
info: {title: Small, version: '1'}
x-gateway: {title: Small Gateway}
servers:
  - url: https://small.example/v1
security:
  - bearerAuth: []
paths:
  /models:
    get:
      operationId: listModels
      x-items: {at: /data, id: id}
      responses:
        '200':
          description: The list.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/List'}
        '401': {description: No key.}
  /models/{model}:
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
components:
  schemas:
    List:
      type: object
      required: [data]
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Model'}}
    Model:
      type: object
      required: [id]
      properties:
        id: {type: string}
  securitySchemes:
    bearerAuth: {type: http, scheme: bearer}
"""

REQUIREMENTS = """\
pages:
  models:
    file: models.txt
    sha256: 6fee5e40cc8a10db01c80d55d2d5ed7b7d3ab4b88bd6f8a2b1c5d06e9ce8a6a5
requirements:
  - id: SMA-LIST-01
    level: MUST
    says: The list is an object with "data".
    operations: [listModels]
    cites:
      - {page: models, lines: 1-2, quote: the list has data}
    check: {schema: [/components/schemas/List]}
  - id: SMA-ID-01
    level: SHOULD
    says: Every model has an id that is a string.
    because: The page shows it only.
    operations: [listModels, retrieveModel]
    cites:
      - {page: models, lines: '2', quote: each model has an id}
      - {standard: RFC 8259, section: '4'}
    check: {schema: [/components/schemas/Model]}
  - id: SMA-ID-02
    level: MUST
    says: No two models have the same id.
    operations: [listModels]
    cites:
      - {page: models, lines: '2', quote: an id}
    check: {invariant: unique, at: /data/*/id}
"""

CONTRADICTIONS = """\
contradictions:
  - id: SMA-C-01
    says: The page shows an id and a name.
    cites:
      - {page: models, lines: '2', quote: an id}
    accepted: The id.
    requirements: [SMA-ID-01]
"""

UNCHECKED = """\
claims:
  - claim: The models are good models.
    cites:
      - {page: models, lines: '2', quote: each model}
    because: Nobody can tell from the list.
"""

MUTANT: dict[str, Any] = {
    "id": "SMA-ID-01/number",
    "breaks": "SMA-ID-01",
    "says": "The first id is a number.",
    "recordings": [
        {"recording": "listModels/200-catalogue", "patch": [{"op": "replace", "path": "/body/data/0/id", "value": 7}]}
    ],
}


def answer(body: Any, **members: Any) -> dict[str, Any]:
    """The content of a recording's file, status 200 unless *members* say another."""
    fields = {"Content-Type": "application/json"}
    synthetic = {"provenance": "synthetic", "source": "made for a test", "date": "2026-11-21", "status": 200, "headers": fields}
    return {**synthetic, "body": body, **members}


@dataclass(frozen=True)
class SmallProvider:
    """The files of the provider ``small`` in *root*, to be loaded or to be changed first."""

    root: Path

    @classmethod
    def written(cls, root: Path) -> SmallProvider:
        """All files of a provider that loads."""
        small = cls(root)
        for name, text in {
            "openapi": OPENAPI,
            "requirements": REQUIREMENTS,
            "contradictions": CONTRADICTIONS,
            "unchecked": UNCHECKED,
        }.items():
            small.write(f"{name}.yaml", text)
        small.record("listModels/200-catalogue", answer({"data": [{"id": "a"}, {"id": "b"}]}))
        small.record("listModels/200-empty", answer({"data": []}, default=True))
        small.record("retrieveModel/200-documented", answer({"id": "a"}))
        small.mutants(MUTANT)
        return small

    def write(self, name: str, text: str) -> None:
        """Writes one file of the contract."""
        path = self.root / "providers" / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Puts *new* in the place of *old*, which stands in the contract's file *name*."""
        text = (self.root / "providers" / "small" / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def record(self, name: str, content: Any) -> None:
        """Writes one recording, ``<operationId>/<status>-<label>``; a string is written as it is."""
        path = self.root / "fixtures" / "small" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def mutants(self, *mutants: Any) -> None:
        """Writes mutants.json."""
        self.record("mutants", {"mutants": mutants})

    def load(self) -> Provider:
        """The provider, as the loader reads it."""
        return load("small", self.root / "providers", self.root / "fixtures")
