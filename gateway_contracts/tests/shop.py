"""A gateway whose models say all that a contract can document of them: the contract, and a model of it."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.selftest import acme
from conformance.snapshot import Snapshot, snapshot
from gateway_contracts.changes.change import Change, ordered
from gateway_contracts.drift.comparing import compare
from gateway_contracts.drift.documented import Fields
from specs import Provider

OPENAPI = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
x-gateway: {title: Shop Models}
servers:
  - url: https://shop.example
security:
  - bearerAuth: []
paths:
  /v1/models:
    get:
      operationId: listModels
      x-items: {at: /data, id: id}
      x-facts:
        name: /title
        owner: /owned_by
        created: /created
        deprecated: /leaves
        limits: {context: /context, output: /output}
        modalities: {input: /takes, output: /gives}
        features: /can
        types: /type
        flags: {reasoning: /thinks}
        prices:
          kinds: {input: /price/in, output: /price/out}
          amount: /value
          currency: {at: /currency}
          unit:
            at: /unit
            values: {perK: {number: 1000, of: token}, perM: {number: 1000000, of: token}, once: {number: 1, of: call}}
          conditions: /when
      responses:
        '200':
          description: The list.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/List'}
  /v1/plain:
    get:
      operationId: listPlain
      x-items: {at: /data, id: id}
      responses:
        '200': {description: The ids alone.}
components:
  schemas:
    List:
      type: object
      required: [data]
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Model'}}
    Model:
      type: object
      required: [id, kind]
      properties:
        id: {type: string}
        kind: {const: model}
        note: {type: string}
        title: {type: [string, 'null']}
        owned_by: {type: string}
        created: {type: integer}
        leaves: {type: [string, boolean]}
        context: {type: [integer, string]}
        output: {type: integer}
        takes: {type: array, items: {type: string}}
        gives: {type: string}
        can: {type: array, items: {enum: [tools, web]}}
        type: {type: string}
        thinks: {type: boolean}
        price:
          type: object
          properties:
            in: {$ref: '#/components/schemas/Prices'}
            out: {$ref: '#/components/schemas/Prices'}
    Prices:
      type: array
      items:
        type: object
        properties:
          value: {type: number}
          currency: {type: string}
          unit: {type: string}
          when: {type: object}
  securitySchemes:
    bearerAuth: {type: http, scheme: bearer}
"""

MODEL: Mapping[str, Any] = {
    "id": "shop/large-1",
    "kind": "model",
    "title": "Large",
    "owned_by": "shop",
    "created": 1_700_000_000,
    "note": "n",
    "context": 200_000,
    "output": 8_000,
    "takes": ["text", "image"],
    "gives": "text",
    "can": ["tools"],
    "type": "chat",
    "thinks": True,
    "leaves": False,
    "price": {
        "in": [{"value": 3, "unit": "perM", "currency": "USD"}],
        "out": [{"value": 15, "unit": "perM", "currency": "USD"}],
    },
}
SMALL: Mapping[str, Any] = {"id": "small", "kind": "model", "title": "Small", "created": 1_600_000_000, "context": 4_096}


@functools.cache
def provider() -> Provider:
    """The contract, loaded."""
    checks = {"ACM-LIST-01": ("MUST", "listModels", "{schema: [/components/schemas/List]}")}
    with tempfile.TemporaryDirectory() as folder:
        return acme.provider(Path(folder), openapi=OPENAPI, checks=checks)


def model(**members: Any) -> dict[str, Any]:
    """`MODEL` with *members*; ``...`` leaves one out."""
    return {name: value for name, value in {**json.loads(json.dumps(MODEL)), **members}.items() if value is not ...}


def held(items: Iterable[Any], **envelope: Any) -> Snapshot:
    """What is known of a list of *items*."""
    return snapshot({"data": list(items), **envelope}, provider().operations["listModels"])


def changes(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """What changed, in order."""
    return ordered(compare(old, new, Fields(provider(), provider().operations["listModels"])))
