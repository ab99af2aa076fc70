"""The lists that every contestant serves, made from the recordings, and the folders from which the mock serves them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import yaml

from bench.speed.traffic import Body, Plan
from mockserver import create_app
from proof.in_process import InProcess
from specs import load, pointer, provider_ids
from specs.loader import FIXTURES, PROVIDERS
from specs.provider import Provider
from specs.schema import MAIN


def numbered(items: list[Any], id: str, models: int) -> list[Any]:
    """*models* copies of *items*, one after the other, whose member *id* ends with a number of its own."""
    return [{**items[number % len(items)], id: f"{items[number % len(items)][id]}-{number:03}"} for number in range(models)]


def prepare(plan: Plan, folder: Path) -> Mapping[str, bytes]:
    """Lays contracts and recordings with the lists of *plan* into *folder*; gives each body, as the mock answers it."""
    providers, fixtures = folder / "providers", folder / "fixtures"
    shutil.copytree(PROVIDERS, providers)
    shutil.copytree(FIXTURES, fixtures)
    for name in provider_ids(providers):
        _raise_limit(providers / name / MAIN, plan)
    for body in plan.bodies.values():
        _lay(body, load(body.provider), fixtures)
    app = create_app({name: load(name, providers, fixtures) for name in {body.provider for body in plan.bodies.values()}})
    with httpx2.Client(transport=InProcess(app), base_url="http://127.0.0.1") as client:
        return {name: _asked(client, body, plan.key) for name, body in plan.bodies.items()}


def _raise_limit(file: Path, plan: Plan) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    limit = document.get("x-gateway", {}).get("rate_limit")
    if limit is not None:
        limit.update(requests=plan.requests, window_s=plan.window_s)
        file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _lay(body: Body, provider: Provider, fixtures: Path) -> None:
    """Puts *body* in the place of what its operation answers as a rule."""
    folder = fixtures / body.provider / body.operation
    usual = provider.recording(body.operation, 200)
    items = provider.operations[body.operation].items
    assert usual is not None  # noqa: S101 - each list has one
    assert items is not None  # noqa: S101 - only lists are measured
    document = json.loads((folder / f"200-{body.label}.json").read_text(encoding="utf-8"))["body"]
    if body.models is not None:
        models = pointer.resolve(document, items.at)
        models[:] = numbered(list(models), items.id, body.models)
    file = folder / f"200-{usual.label}.json"
    recording = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**recording, "provenance": "synthetic", "body": document}), encoding="utf-8")


def _asked(client: httpx2.Client, body: Body, key: str) -> bytes:
    answer = client.get(body.path, headers={"Authorization": f"Bearer {key}"})
    answer.raise_for_status()
    return answer.content
