"""What was recorded is judged again as it was judged, without a request."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import httpx2
import pytest

import specs
from conformance import report, transcript_file
from conformance.configuration import HIDDEN_KEY
from conformance.finding import Outcome
from conformance.plan import READING, Permissions
from conformance.run import Run, World
from conformance.settings import Settings
from conformance.target import Target
from mockserver import create_app
from proof.in_process import InProcess
from proof.trial import KEY, NOW
from specs.mutant import Mutant
from specs.provider import Provider

PROVIDERS = {name: each for name, each in specs.load_all().items() if each.mutants}


class Refusing(httpx2.BaseTransport):
    """Fails a test that sends anything."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise AssertionError(f"{request.method} {request.url} was sent")


def world(transport: httpx2.BaseTransport, now: float) -> World:
    return World(lambda: 0.0, lambda: now, lambda _: None, transport)


def judged(run: Run) -> dict[str, Any]:
    """The report of *run*, which is sent and judged."""
    for _ in run.send():
        pass
    for each in run.requirements:
        run.find(each)
    run.close()
    (found,) = report.report([run])["runs"]
    return dict(found)


def recorded(provider: Provider, mutant: Mutant | None, path: Path) -> dict[str, Any]:
    """The report of a run over the mock of *provider*, whose transcript is kept at *path*."""
    app = create_app({provider.id: provider}, provider=provider.id, mutant=mutant.id if mutant else None, now=lambda: 1000.0)
    permissions = Permissions(READING | {"POST"}, mutant is not None and "probe-rate-limit" in mutant.needs)
    target = Target("http://127.0.0.1", provider)
    settings = Settings(targets=(target,), key=KEY, strict=True, seed=3, permissions=permissions)
    run = Run(target, settings, world(InProcess(app), NOW), provider.requirements)
    found = judged(run)
    transcript_file.write(path, [run])
    return found


def replayed(path: Path, provider: Provider) -> dict[str, Any]:
    """The report of the transcript at *path*, judged at another time and without a way to send anything."""
    kept = transcript_file.read(path, {provider.id: provider})
    (one,) = kept.runs
    settings = Settings(targets=(one.target,), key=HIDDEN_KEY, strict=True, seed=3, permissions=kept.permissions, replay=kept)
    return judged(Run(one.target, settings, world(Refusing(), NOW + 10**8), provider.requirements))


def some(provider: Provider) -> list[Mutant | None]:
    """The whole gateway, one mutant of twenty-nine, and those that use up a quota."""
    return [None, *provider.mutants[::29], *(each for each in provider.mutants if "probe-rate-limit" in each.needs)]


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
def test_a_replay_reports_what_its_run_reported(provider: Provider, tmp_path: Path) -> None:
    different = []
    for number, mutant in enumerate(some(provider)):
        path = tmp_path / f"{number}.json"
        first = recorded(provider, mutant, path)
        again = replayed(path, provider)
        assert again.pop("replayed") is not None
        assert first.pop("replayed") is None
        broken = any(each["outcome"] == Outcome.FAIL.value for each in first["findings"])
        if again != first or broken is (mutant is None):
            different.append(mutant.id if mutant else "the whole gateway")

    assert different == []


def test_a_transcript_of_another_contract_is_refused(tmp_path: Path) -> None:
    provider, *_ = PROVIDERS.values()
    path = tmp_path / "transcript.json"
    recorded(provider, None, path)
    changed = dataclasses.replace(provider, requirements=provider.requirements[1:])

    with pytest.raises(specs.SpecError, match=f"found the transcript of another contract of {provider.id}"):
        transcript_file.read(path, {provider.id: changed})
