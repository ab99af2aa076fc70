"""Other mock servers, each set up to be as fast as it can be: logs and journals off, the answers ready."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

from bench.speed.contestant import LISTS, Contestant, Request, Stage, both, plain
from bench.speed.tools import Tools

_JSON = {"Content-Type": "application/json"}


def _node(stage: Stage, package: str, script: str, *words: str) -> list[str]:
    return [stage.tools.programs["node"], str(stage.tools.module(package) / script), *words]


def _write(stage: Stage, name: str, document: Any) -> str:
    file = stage.folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def _prism(stage: Stage) -> list[str]:
    def operation(name: str) -> dict[str, Any]:
        example = {"application/json": {"schema": {"type": "object"}, "example": json.loads(stage.bodies[name])}}
        return {"get": {"responses": {"200": {"description": "The list", "content": example}}}}

    document = {
        "openapi": "3.1.0",
        "info": {"title": "Lists", "version": "1"},
        "security": [{"bearer": []}],
        "paths": {f"/{name}/v1/models": operation(name) for name in LISTS},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }
    file = _write(stage, "openapi.json", document)
    words = ("mock", "--host", "127.0.0.1", "--port", str(stage.port), "--verboseLevel", "silent", "--cors", "false", file)
    return _node(stage, "@stoplight/prism-cli", "dist/index.js", *words)


def _aimock(stage: Stage) -> list[str]:
    # It lists the models that its fixtures name, and nothing of them but the id.
    names = [model["id"] for model in json.loads(stage.bodies["small"])["data"]]
    fixtures = [{"match": {"model": name}, "response": {"content": "Hello"}} for name in names]
    config = _write(stage, "aimock.json", {"llm": {"fixtures": _write(stage, "fixtures.json", {"fixtures": fixtures})}})
    return _node(stage, "@copilotkit/aimock", "dist/aimock-cli.js", "--config", config, "--port", str(stage.port))


def _mockoon(stage: Stage) -> list[str]:
    def answer(name: str) -> dict[str, Any]:
        return {
            "uuid": f"answer-{name}",
            "label": "",
            "body": stage.bodies[name].decode(),
            "bodyType": "INLINE",
            "latency": 0,
            "statusCode": 200,
            "headers": [{"key": key, "value": value} for key, value in _JSON.items()],
            "rules": [],
            "rulesOperator": "OR",
            "disableTemplating": True,
            "default": True,
        }

    routes = [
        {"uuid": name, "type": "http", "method": "get", "endpoint": f"{name}/v1/models", "responses": [answer(name)]}
        for name in LISTS
    ]
    children = [{"type": "route", "uuid": name} for name in LISTS]
    environment = {
        "uuid": "lists",
        "name": "Lists",
        "port": stage.port,
        "routes": routes,
        "rootChildren": children,
        "cors": False,
    }
    words = ("--data", _write(stage, "mockoon.json", environment), "--port", str(stage.port), "--hostname", "127.0.0.1")
    return _node(
        stage, "@mockoon/cli", "bin/run.js", "start", *words, "--repair", "--disable-log-to-file", "--disable-admin-api"
    )


def _json_server(stage: Stage) -> list[str]:
    lists = _write(stage, "lists.json", {name: json.loads(stage.bodies[name]) for name in LISTS})
    routes = _write(stage, "routes.json", {f"/{name}/v1/models": f"/{name}" for name in LISTS})
    words = ("--host", "127.0.0.1", "--port", str(stage.port), "--quiet", "--read-only", "--no-cors", "--no-gzip")
    return _node(stage, "json-server", "lib/cli/bin.js", lists, "--routes", routes, *words)


def _wiremock(stage: Stage) -> list[str]:
    for name in LISTS:
        for folder in ("__files", "mappings"):
            (stage.folder / folder).mkdir(exist_ok=True)
        shutil.copy(stage.files / f"{name}.json", stage.folder / "__files")
        asked = {
            "method": "GET",
            "urlPath": f"/{name}/v1/models",
            "headers": {"Authorization": {"equalTo": f"Bearer {stage.plan.key}"}},
        }
        answered = {"status": 200, "headers": _JSON, "bodyFileName": f"{name}.json"}
        _write(stage, f"mappings/{name}.json", {"request": asked, "response": answered})
    jar = str(next((stage.tools.module("wiremock") / "build").glob("*.jar")))
    words = (
        "--no-request-journal",
        "--disable-request-logging",
        "--disable-gzip",
        "--disable-banner",
        "--bind-address",
        "127.0.0.1",
    )
    return [stage.tools.programs["java"], "-jar", jar, "--port", str(stage.port), "--root-dir", str(stage.folder), *words]


def _version_of(package: str) -> Callable[[Tools], str]:
    return lambda tools: str(json.loads((tools.module(package) / "package.json").read_text(encoding="utf-8"))["version"])


def _missing(package: str) -> Callable[[Tools], str]:
    return lambda tools: tools.has_module(package)


def _npm(key: str, name: str, package: str, says: str, command: Callable[[Stage], list[str]], **others: Any) -> Contestant:
    found: dict[str, Any] = {"requests": both, "missing": _missing(package), **others}
    return Contestant(key=key, name=name, says=says, version=_version_of(package), command=command, peer=True, **found)


PRISM = _npm("prism", "Prism", "@stoplight/prism-cli", "log off, CORS off, the lists as examples", _prism)
AIMOCK = _npm(
    "aimock",
    "aimock",
    "@copilotkit/aimock",
    "its fixtures name the models of the small list",
    _aimock,
    requests=lambda stage: {"small": Request("/v1/models", plain(stage, "small").fields)},
    traffic=("small",),
    first=lambda _: "/v1/models",
    ids=True,
)
MOCKOON = _npm("mockoon", "Mockoon", "@mockoon/cli", "templates, admin API, CORS and log file off", _mockoon)
JSON_SERVER = _npm("json-server", "json-server", "json-server", "quiet, read-only, CORS and gzip off", _json_server)
WIREMOCK = _npm(
    "wiremock",
    "WireMock",
    "wiremock",
    "no journal, no log, no gzip, the lists as files",
    _wiremock,
    missing=lambda tools: tools.has("java") or tools.has_module("wiremock"),
    warm_s=8,  # until the JVM has compiled what is used most
)
MOCKSERVER = Contestant(
    key="mockserver",
    name="MockServer",
    says="",
    version=lambda _: "",
    command=lambda _: [],
    requests=lambda _: {},
    missing=lambda _: "no package of npm or PyPI ships its jar",
    peer=True,
)
