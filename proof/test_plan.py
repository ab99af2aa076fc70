"""What ``--plan`` prints is what a conforming target then receives: each request, in this order, and nothing beside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2
import pytest

import specs
from conformance import summary
from conformance.plan import READING, Permissions
from conformance.run import Run, World
from conformance.settings import Settings
from conformance.target import Target
from mockserver import create_app
from proof.in_process import InProcess
from proof.trial import KEY, NOW
from specs.provider import Provider

PROVIDERS = specs.load_all()
LINE = re.compile(r" *[0-9]+  ([A-Z]+) ((?:\{[^}]*\}|[^\s{])+)(?:  \[(.*)\])?")
REMARKS = {"once more", "only if nothing before had to be asked again", "no Authorization"}
USUAL = {"host", "connection", "content-length", "accept", "accept-encoding", "user-agent", "authorization"}


@dataclass(frozen=True)
class Printed:
    """One line of the plan: *reference* is path and query, *fields* what is varied, None for a field that is left out."""

    method: str
    reference: str
    fields: Mapping[str, str | None]


class Recorder(httpx2.BaseTransport):
    """The mock of *provider* in this process, and what it received and answered."""

    def __init__(self, provider: Provider) -> None:
        app = create_app({provider.id: provider}, provider=provider.id, example="catalogue", now=lambda: 1000.0)
        self._mock = InProcess(app)
        self.received: list[httpx2.Request] = []
        self.answered: list[tuple[httpx2.Headers, bytes]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the mock."""
        answer = self._mock.handle_request(request)
        self.received.append(request)
        self.answered.append((answer.headers, b"".join(answer.iter_raw())))
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(self.answered[-1][1]))

    def close(self) -> None:
        """Ends the mock."""
        self._mock.close()


def run_over(provider: Provider, recorder: Recorder, depth: str, permissions: Permissions) -> Run:
    """A run that has sent nothing yet."""
    target = Target("http://127.0.0.1", provider, dict.fromkeys(provider.capabilities, True))
    settings = Settings(targets=(target,), key=KEY, depth=depth, permissions=permissions)
    world = World(clock=lambda: 0.0, now=lambda: NOW, sleep=lambda _: None, transport=recorder)
    return Run(target, settings, world, provider.requirements)


def printed(lines: list[str]) -> list[Printed]:
    """The requests among the *lines* of a plan."""
    found = []
    for match in filter(None, map(LINE.fullmatch, lines)):
        notes = match[3].split("; ") if match[3] else []
        pairs = (each.partition(": ") for each in notes if each not in REMARKS)
        fields: dict[str, str | None] = {name: value for name, _, value in pairs}
        if "no Authorization" in notes:
            fields["Authorization"] = None
        found.append(Printed(match[1], match[2], fields))
    return found


def values(provider: Provider, recorder: Recorder) -> Callable[[str, str], set[str]]:
    """What may stand for the name in braces on a path: what the first answer on it, or on what it is below, shows."""

    def of(path: str, name: str) -> set[str]:
        lists = {each.path: each for each in provider.operations.values() if each.items}
        operation = lists.get(path) or lists[path.rpartition("/")[0]]
        asked = [each.url.path for each in recorder.received]
        headers, content = recorder.answered[asked.index(operation.path)]
        assert operation.items
        models = json.loads(content)[operation.items.at.removeprefix("/")]
        ids = [each[operation.items.id] for each in models]
        tag = headers.get("ETag", "")
        known = {
            "the first id": {ids[0]},
            "the last id": {ids[-1]},
            "an id with a reserved character": {next((each for each in ids if set(each) & set("/:@+% ")), "")},
            "part of the last id": {ids[-1][len(ids[-1]) // 3 :]},
            "its ETag": {tag},
            "its ETag as a weak one": {f"W/{tag}"},
            "its ETag among others": {f'"another", {tag}, W/"a-third"'},
        }
        return known[name] if name in known else told(models)

    return of


def told(models: list[dict[str, Any]]) -> set[str]:
    """Every word of every text of *models*: what filters are given."""
    texts = [text for model in models for text in model.values() if isinstance(text, str)]
    return {word for text in texts for word in (*text.split(","), *re.findall(r"[A-Za-z0-9]+", text))}


def is_shown(shown: str, was: str, may: Callable[[str], set[str]], written: Callable[[str], str]) -> bool:
    """Whether *was* is *shown*, with one of the values of *may* for each name in braces, *written* as such values are."""
    parts = re.split(r"\{([^}]*)\}", shown)
    match = re.fullmatch("".join("(.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)), was)
    return match is not None and all(
        value in {written(each) for each in may(name)} for name, value in zip(parts[1::2], match.groups(), strict=True)
    )


def differences(line: Printed, request: httpx2.Request, of: Callable[[str, str], set[str]]) -> list[str]:
    """What of *request* is not as the *line* of the plan has it."""
    path, _, query = line.reference.partition("?")
    was_path, _, was_query = request.url.raw_path.decode().partition("?")
    plain = was_path
    wrong = [] if request.method == line.method else [f"{request.method}, not {line.method}"]
    if not is_shown(path, was_path, lambda name: of(plain, name), lambda value: quote(value, safe="")):
        wrong.append(f"{was_path}, not {path}")
    if not is_shown(query, was_query, lambda name: of(plain, name), lambda value: quote_plus(value, safe=",")):
        wrong.append(f"{was_query}, not {query}")
    fields = {"Authorization": "Bearer sk-proof", "Accept": "application/json", **line.fields}
    for name, value in fields.items():
        was = request.headers.get(name)
        if value is None or was is None:
            wrong += [] if value is was else [f"{name} {was}, not {value}"]
        elif not is_shown(value.replace("{key}", KEY), was, lambda each: of(plain, each), str):
            wrong.append(f"{name} {was}, not {value}")
    beside = request.headers.keys() - USUAL - {name.lower() for name in fields}
    return [*wrong, *(f"{name} beside" for name in sorted(beside))]


@pytest.mark.parametrize("depth", ["quick", "standard", "deep"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_the_plan_prints_is_what_is_sent(provider: str, depth: str) -> None:
    recorder = Recorder(PROVIDERS[provider])
    run = run_over(PROVIDERS[provider], recorder, depth, Permissions(READING | {"POST"}))
    lines = list(summary.plan(run))
    assert recorder.received == []

    for _ in run.send():
        pass
    for requirement in PROVIDERS[provider].requirements:
        run.find(requirement)
    run.close()

    shown = printed(lines)
    assert lines[-1].startswith(f"{len(shown)} requests, at most {run.budget.requests} allowed")
    assert len(recorder.received) == len(shown)
    of = values(PROVIDERS[provider], recorder)
    wrong = [differences(line, request, of) for line, request in zip(shown, recorder.received, strict=True)]
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("provider", [name for name, each in PROVIDERS.items() if each.rate_limit])
def test_a_burst_comes_last_and_is_no_longer_than_the_plan_says(provider: str) -> None:
    recorder = Recorder(PROVIDERS[provider])
    run = run_over(PROVIDERS[provider], recorder, "standard", Permissions(rate_limit=True))
    lines = list(summary.plan(run))

    for _ in run.send():
        pass
    run.close()

    (burst,) = (line for line in lines if "and a burst of at most" in line)
    most = int(re.findall(r"[0-9]+", burst)[0])
    planned = len(printed(lines))
    assert planned < len(recorder.received) <= planned + most
    assert {request.url.raw_path for request in recorder.received[planned:]} == {recorder.received[0].url.raw_path}


def test_a_name_in_braces_stands_for_its_value_alone() -> None:
    assert is_shown("/m/{the first id}", "/m/a%2Fb", lambda _: {"a/b"}, lambda value: quote(value, safe=""))
    assert not is_shown("/m/{the first id}", "/m/c", lambda _: {"a/b"}, lambda value: quote(value, safe=""))
