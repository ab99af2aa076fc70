"""What is sent: nothing but what was planned, harmless whatever a target says, and the same for one seed everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from conformance.choices import Choices
from conformance.message import KEY as PLACE
from conformance.message import Pick, Request
from conformance.picks import LONGEST
from conformance.plan import DEPTHS, READ_ONLY, Plan, plan
from conformance.run import Run, World
from conformance.selftest import bench
from conformance.selftest.acme import KEY, MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from conformance.selftest.test_command import CHECKOUT
from specs import Provider

PROVIDERS = specs.load_all()
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?")
"""RFC 9110 sections 5.6.2 and 5.5."""


def planned(provider: Provider, seed: int, depth: str = "standard") -> list[Request]:
    """Every request of a plan."""
    made = plan(provider, provider.requirements, DEPTHS[depth], Choices(seed), READ_ONLY)
    return [request for request, _ in made.requests]


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_every_request_that_any_seed_plans_is_harmless(name: str, depth: str) -> None:
    provider = PROVIDERS[name]
    for seed in range(2):
        for request in planned(provider, seed, depth):
            reference = re.sub(r"\{[a-z ]+\}", "picked", request.reference(provider.operations[request.operation]))
            assert request.method in ("GET", "HEAD", "OPTIONS")
            assert re.fullmatch(r"/[^/\s#][\x21-\x7e]*", reference)
            assert "#" not in reference
            assert len(reference) <= 500
            for field, value in request.headers:
                assert NAME.fullmatch(field)
                assert field.lower() not in ("authorization", "host", "cookie", "content-length", "transfer-encoding")
                assert isinstance(value, Pick) or (VALUE.fullmatch(value) and value.isascii() and len(value) <= 100)
            assert request.authorization is None or (
                VALUE.fullmatch(request.authorization) and len(request.authorization) <= 100
            )
            assert PLACE not in reference + repr([value for _, value in request.headers if isinstance(value, str)])


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_seed_plans_the_same_each_time_and_another_one_otherwise(name: str) -> None:
    assert planned(PROVIDERS[name], 3, "deep") == planned(PROVIDERS[name], 3, "deep")
    assert len({tuple(planned(PROVIDERS[name], seed, "deep")) for seed in range(4)}) > 1


def plans(folder: Path, *arguments: str) -> tuple[str, list[str]]:
    """The plan that a process of its own prints, run in *folder*, and what is in that folder then."""
    command = [sys.executable, "-m", "pytest", str(CHECKOUT / "conformance"), "-p", "no:cacheprovider", *arguments]
    options = ["--target", "http://127.0.0.1:9/aihubmix", "--plan", "--depth", "deep"]
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "HYPOTHESIS_PROFILE")}
    said = subprocess.run(
        [*command, *options],
        cwd=folder,
        env=environment | {"GATEWAY_API_KEY": KEY, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = [line for line in said.stdout.splitlines() if re.match(" +[0-9]+  ", line)]
    return "\n".join(shown), sorted(each.name for each in folder.iterdir())


def test_a_plan_depends_on_nothing_but_its_seed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    # Hypothesis reads words in the files of modules that are not installed: this one has some that would do.
    (there / "spoken.py").write_text('WORDS = ["abcdefgh", "no1such2word", "deadbeef", "listingmodel"]\n', encoding="utf-8")

    one, left = plans(here)
    other, left_there = plans(there, "-p", "spoken", "--hypothesis-seed=7")

    assert one == other != ""
    assert left == []
    assert left_there in (["spoken.py"], ["__pycache__", "spoken.py"])


def test_what_is_sent_is_what_is_planned_each_once(provider: Provider) -> None:
    run, transport = judged(provider, Acme())

    assert len(transport.asked) == run.budget.sent == len(list(run.plan.requests))
    assert max(Counter(map(told, transport.asked)).values()) == 2  # the plain list is repeated on purpose


def test_a_broken_target_is_asked_what_is_planned_and_for_tries_again(provider: Provider) -> None:
    broken = changed(lambda asked, found: answer({"data": [{"id": 7}]}) if asked.path == "/v1/models" else found)
    run, transport = judged(provider, broken)
    _, whole = judged(provider, Acme())
    first = len(list(run.plan.requests))

    assert any(each.confirmed for each in run.findings)
    assert len(transport.asked) == run.budget.sent <= run.budget.requests
    # Where no list has an id, nothing can be retrieved; but for that, and for tries again, all is as with a good target.
    assert {told(each) for each in transport.asked} <= {told(each) for each in whole.asked}
    assert first >= len({told(each) for each in transport.asked})


def told(asked: Asked) -> tuple[Any, ...]:
    """What tells one request from another."""
    fields = ("accept", "accept-language", "authorization", "content-type", "if-none-match", "user-agent")
    return asked.method, asked.target, *(asked.header(each) for each in fields)


def judged(provider: Provider, script: Script, made: Plan | None = None, **changes: Any) -> tuple[Run, Transport]:
    """A whole run over *script*, and what it asked."""
    clock, transport = bench.Clock(), Transport(script)
    asked = bench.settings(provider, **changes)
    world = World(clock, lambda: bench.NOW, clock.sleep, transport)
    run = Run(asked.targets[0], asked, world, provider.requirements, planned=made)
    for _ in run.send():
        pass
    for each in provider.requirements:
        run.find(each)
    return run, transport


@pytest.fixture(scope="session")
def deep(provider: Provider) -> Plan:
    """The plan of Acme, made where no other choices are being made."""
    return plan(provider, provider.requirements, DEPTHS["deep"], Choices(), READ_ONLY)


HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["//evil.example/x", "http://evil.example", "a\r\nX-Evil: 1", "../../admin", "?x=1#y", "@evil.example", "a" * 5000, KEY]
    ),
    st.sampled_from([f"x {KEY}", f"{KEY[:3]}%{ord(KEY[3]):02x}{KEY[4:]}"]),
)
FIELDS = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=20)


@settings(max_examples=25, deadline=None)
@given(name=HOSTILE, tag=st.one_of(FIELDS, HOSTILE.map(lambda each: each.encode("latin-1", "replace").decode("latin-1"))))
def test_whatever_a_target_gives_to_ask_for_is_asked_harmlessly(provider: Provider, deep: Plan, name: str, tag: str) -> None:
    models = (*MODELS, {**MODELS[0], "id": name})

    def script(asked: Asked) -> Answer:
        found = Acme(models)(asked)
        return Answer(found.status, (*(each for each in found.headers if each[0] != "ETag"), ("ETag", tag)), found.content)

    _, transport = judged(provider, script, deep, depth="deep")

    for asked in transport.asked:
        assert asked.target == "/v1/models" or re.match(r"/v1/models[/?][^/#]+$", asked.target)
        assert asked.header("Host") == "127.0.0.1"
        assert len(asked.target) < 10 * LONGEST
        elsewhere = [(field, value) for field, value in asked.headers if field.lower() != "authorization"]
        assert all(NAME.fullmatch(field) and VALUE.fullmatch(value) for field, value in asked.headers)
        assert max(len(value) for _, value in elsewhere) <= LONGEST + 40
        assert KEY not in unquote(asked.target) + json.dumps(elsewhere)
