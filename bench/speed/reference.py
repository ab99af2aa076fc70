"""Servers that only answer, which show what is to be had at best: nginx, ASGI functions, and a Starlette route."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from bench.speed.contestant import Contestant, Request, Stage, both, plain
from bench.speed.tools import Tools, package, version

_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--lifespan", "off", "--no-access-log", "--log-level", "warning")
_GRANIAN = (
    "--interface",
    "asginl",
    "--workers",
    "1",
    "--loop",
    "uvloop",
    "--no-access-log",
    "--log-level",
    "warning",
    "--no-ws",
)
EVERY = ("small", "large", "tagged", "filtered")  # the bodies that there are
_OTHERS = 18  # routes before the two that are measured


def _uvicorn(app: str) -> Callable[[Stage], list[str]]:
    return lambda stage: [sys.executable, "-m", "uvicorn", f"bench.speed.apps.{app}:app", "--port", str(stage.port), *_UVICORN]


def _granian(stage: Stage) -> list[str]:
    return [sys.executable, "-m", "granian", *_GRANIAN, "--port", str(stage.port), "bench.speed.apps.bare:app"]


def _python(stage: Stage) -> dict[str, str]:
    return {"BENCH_BODIES": str(stage.files), "BENCH_KEY": stage.plan.key}


def _every(stage: Stage) -> Mapping[str, Request]:
    return {name: plain(stage, name) for name in EVERY}


def _version_of(*names: str) -> Callable[[Tools], str]:
    return lambda _: ", ".join(f"{name} {package(name) or 'missing'}" for name in names)


_NGINX = """{user}daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  default_type application/json;
  open_file_cache max=16;
  server {{
    listen 127.0.0.1:{port};
{locations}
  }}
}}
"""


def _nginx(stage: Stage) -> list[str]:
    locations = [f"    location = /{name}/v1/models {{ alias {stage.files}/{name}.json; }}" for name in stage.bodies]
    # Its worker would else be a user who may not look into the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    text = _NGINX.format(user=user, folder=stage.folder, port=stage.port, locations="\n".join(locations))
    (stage.folder / "nginx.conf").write_text(text, encoding="utf-8")
    return [stage.tools.programs["nginx"], "-p", str(stage.folder), "-e", "stderr", "-c", str(stage.folder / "nginx.conf")]


ASGI = Contestant(
    key="asgi",
    name="bare ASGI on uvicorn",
    says="a function that looks the path up and compares the key; uvloop, httptools, no access log",
    version=_version_of("uvicorn"),
    command=_uvicorn("bare"),
    environment=_python,
    requests=_every,
    traffic=EVERY,
)
GRANIAN = Contestant(
    key="granian",
    name="bare ASGI on granian",
    says="the same function; one worker, uvloop, no access log",
    version=_version_of("granian"),
    command=_granian,
    environment=_python,
    requests=both,
    missing=lambda _: "" if package("granian") else "the Python package granian is not installed",
)
STARLETTE = Contestant(
    key="starlette",
    name="one Starlette route",
    says="a route that answers the bytes, on uvicorn as above",
    version=_version_of("starlette", "uvicorn"),
    command=_uvicorn("routed"),
    environment=_python,
    requests=both,
)
STARLETTE_LAST = Contestant(
    key="starlette20",
    name="the same, last of 20 routes",
    says=f"behind {_OTHERS} routes that are never asked for",
    version=_version_of("starlette", "uvicorn"),
    command=_uvicorn("routed"),
    environment=lambda stage: {**_python(stage), "BENCH_OTHERS": str(_OTHERS)},
    requests=both,
)
NGINX = Contestant(
    key="nginx",
    name="nginx, static file",
    says="one worker, sendfile, no access log",
    version=lambda tools: version([tools.programs["nginx"], "-v"], tools),
    command=_nginx,
    requests=_every,
    traffic=EVERY,
    missing=lambda tools: tools.has("nginx"),
)
