"""A mock is recorded, and a mock that serves the recording is judged as the first one would be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from gateway_contracts.command import main
from mockserver.testing import running
from proof.trial import trial
from specs import Provider, load_all, with_recordings
from specs.mutant import Mutant

SHIPPED = load_all()
NAMED = re.compile(rb'"organization":"[^"]+",?')
"""What is taken out of a recording, as it names somebody."""

FIELDS = {"Authorization": "Bearer sk-any"}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_API_KEY", "sk-any")


def record(url: str, provider: str, folder: Path) -> int:
    return main(["record", url, "--provider", provider, "--into", str(folder)])


def answers(url: str, files: list[Path], root: str) -> dict[str, bytes]:
    """What the gateway at *url* answers to the plain requests that *files*, recordings of the one at *root*, are of."""
    sources = [json.loads(each.read_text(encoding="utf-8"))["source"] for each in files]
    asked = [each.split() for each in sources if len(each.split()) == 2]
    with httpx2.Client(trust_env=False, verify=False, headers=FIELDS) as client:
        return {where: NAMED.sub(b"", client.get(where.replace(root, url)).content) for _, where in asked}


def recorded_again(provider: Provider, serve: str, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What a mock answers whose session serves *serve*, and what one answers that serves the recording of it in *folder*."""
    one = {provider.id: provider}
    with running(one, rate_limit=False) as first, first.session(serve=serve) as session:
        root = f"{session.url}/{provider.id}"
        assert record(root, provider.id, folder) == 0
        files = sorted(folder.rglob("200-captured.json"))
        assert len(files) == len(provider.operations)
        with running(one, rate_limit=False, recordings=folder) as second:
            return answers(root, files, root), answers(f"{second.url}/{provider.id}", files, root)


@pytest.mark.parametrize("provider", SHIPPED.values(), ids=lambda each: each.id)
def test_a_catalogue_is_answered_byte_by_byte_as_it_was_recorded_and_judged_to_keep_the_contract(
    provider: Provider, tmp_path: Path
) -> None:
    before, after = recorded_again(provider, "size=40, seed=3", tmp_path)

    assert after == before
    judged = trial(with_recordings(SHIPPED, tmp_path)[provider.id], depth="quick")
    assert (judged.refusal, judged.accused) == ("", ())


def test_any_document_that_the_contract_allows_is_answered_as_it_was_recorded(tmp_path: Path) -> None:
    provider = SHIPPED["zenmux"]
    before, after = recorded_again(provider, "dynamic=true, seed=3", tmp_path)

    assert after == before
    assert trial(with_recordings(SHIPPED, tmp_path)[provider.id]).accused == ()


def listed(provider: Provider) -> Iterator[Mutant]:
    """The mutants of *provider* whose list alone is wrong, and that are found by that."""
    for mutant in provider.mutants:
        changed = {name.partition("/")[2][:3] for name, _ in mutant.recordings}
        if changed == {"200"} and not (mutant.contract or mutant.rewrites or mutant.needs):
            yield mutant


@pytest.mark.parametrize(
    ("provider", "mutant"),
    [pytest.param(each, mutant, id=mutant.id) for each in list(SHIPPED.values())[::2] for mutant in list(listed(each))[1:2]],
)
def test_a_broken_gateway_that_was_recorded_is_as_broken_when_it_is_replayed(
    provider: Provider, mutant: Mutant, tmp_path: Path
) -> None:
    with running({provider.id: provider}, rate_limit=False, mutant=mutant.id) as mock:
        assert record(f"{mock.url}/{provider.id}", provider.id, tmp_path) in (0, 6)

    assert mutant.breaks in trial(with_recordings(SHIPPED, tmp_path)[provider.id], depth="quick").accused
