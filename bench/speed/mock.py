"""The mock of this project as a contestant: as it comes, with authentication, limiter, metrics and journal on."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from urllib.request import Request as Asking
from urllib.request import urlopen

from bench.speed.contestant import Contestant, Request, Stage
from bench.speed.tools import Tools, package
from bench.speed.traffic import Traffic
from specs import VERSION

PATIENCE_S = 10


def _command(stage: Stage) -> list[str]:
    folders = ["--providers", str(stage.prepared / "providers"), "--fixtures", str(stage.prepared / "fixtures")]
    return [sys.executable, "-m", "mockserver", "--port", str(stage.port), *folders]


def _granian(stage: Stage) -> list[str]:
    options = ["--interface", "asgi", "--loop", "uvloop", "--no-ws", "--log-level", "warning", "--factory"]
    return [sys.executable, "-m", "granian", *options, "--port", str(stage.port), "bench.speed.apps.mock:app"]


def _requests(stage: Stage) -> Mapping[str, Request]:
    return {name: _request(stage, stage.plan.traffic[name]) for name in OURS.traffic}


def _request(stage: Stage, traffic: Traffic) -> Request:
    body = stage.plan.bodies[traffic.body]
    path, fields = body.path, {"Authorization": f"Bearer {stage.plan.key}"}
    if traffic.session:
        settings = {"limit": {"requests": stage.plan.requests, "window_s": stage.plan.window_s}}
        path = f"/s/{_post(stage, '/__mock/sessions', settings)['id']}{path}"
    if traffic.status == 304:
        fields["If-None-Match"] = _tag(stage, path, fields)
    return Request(path, fields)


def _post(stage: Stage, path: str, document: Mapping[str, object]) -> Mapping[str, str]:
    content = json.dumps(document).encode()
    asking = Asking(f"http://127.0.0.1:{stage.port}{path}", content, {"Content-Type": "application/json"})
    with urlopen(asking, timeout=PATIENCE_S) as answer:  # noqa: S310 - likewise
        created: Mapping[str, str] = json.load(answer)
    return created


def _tag(stage: Stage, path: str, fields: Mapping[str, str]) -> str:
    asking = Asking(f"http://127.0.0.1:{stage.port}{path}", headers=dict(fields))
    with urlopen(asking, timeout=PATIENCE_S) as answer:  # noqa: S310 - likewise
        tag: str = answer.headers["ETag"]
    return tag


def _version(_tools: Tools) -> str:
    return VERSION


OURS = Contestant(
    key="ours",
    name="this mock",
    says="as it comes: all gateways, authentication, limiter, metrics and journal on",
    version=_version,
    command=_command,
    requests=_requests,
    traffic=("small", "large", "tagged", "not-modified", "filtered", "session"),
    first=lambda stage: stage.plan.bodies["small"].path,
)
OURS_ON_GRANIAN = replace(
    OURS,
    key="ours-granian",
    name="this mock on granian",
    says="the same on another server, which has no faults of the connection; one worker, uvloop",
    version=lambda _: f"{VERSION}, granian {package('granian') or 'missing'}",
    command=_granian,
    environment=lambda stage: {"BENCH_PREPARED": str(stage.prepared)},
    missing=lambda _: "" if package("granian") else "the Python package granian is not installed",
)
