from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
from typing import Any

import pytest

from conformance import evidence
from conformance.client import Client
from conformance.finding import Finding, Outcome, Violation, group
from conformance.message import Exchange, Request, Response
from conformance.rerun import rerun
from conformance.selftest import acme, bench
from conformance.selftest.acme import KEY
from conformance.selftest.gateway import Answer, Asked, Gateway
from specs import Provider

ENV = "GATEWAY_API_KEY"
REMOTE = "https://acme.example"


def asked(url: str = f"{REMOTE}/v1/models", **changes: Any) -> Exchange:
    """An exchange of a request with *changes*."""
    request = Request("listModels").but(**changes)
    return Exchange(request, request, url, Response(200, (), b"{}"))


def violation(
    at: str = "/data/0/id", expected: str = "a JSON string", actual: str = "7", exchange: Exchange | None = None
) -> Violation:
    """A violation of one kind."""
    return Violation(exchange or asked(), at, "type", expected, actual)


def text(
    provider: Provider, *violations: Violation, id: str = "ACM-ID-01", confirmed: tuple[int, int] | None = None
) -> list[str]:
    """The lines for a failure of *id*."""
    requirement = provider.requirement(id)
    finding = Finding(requirement, Outcome.FAIL, groups=group(requirement, list(violations)), confirmed=confirmed)
    return evidence.text(finding, bench.target(provider, REMOTE), ENV).split("\n")


def test_a_failure_is_laid_out_part_by_part(provider: Provider) -> None:
    found = text(
        provider, violation(), violation("/data/4/id"), violation("/data/5/id"), violation("/data/6/id"), confirmed=(3, 3)
    )

    assert found == [
        "ACM-ID-01 MUST  What ACM-ID-01 asks for.",
        "  at        /data/0/id of GET /v1/models (4 in all, also /data/4/id, /data/5/id)",
        "  expected  a JSON string",
        "  actual    7",
        "  shown     3 of 3 tries",
        "  answer    HTTP/1.1 200",
        "            {}",
        "  cites     models.txt:12 «as it is written»",
        "  rerun     pytest conformance --target https://acme.example --provider acme -k ACM-ID-01",
        '  curl      curl -si -H "Authorization: Bearer $GATEWAY_API_KEY" https://acme.example/v1/models',
    ]


def test_one_place_of_several_answers_is_said_once_with_how_many_they_are(provider: Provider) -> None:
    chat = asked(f"{REMOTE}/v1/models?type=chat")

    twice = text(provider, violation(), violation(exchange=chat))
    four = text(provider, violation(), violation(exchange=chat), violation("/data/4/id"), violation("/data/5/id"))

    assert twice[1] == "  at        /data/0/id of GET /v1/models (2 in all, in 2 answers)"
    assert four[1] == "  at        /data/0/id of GET /v1/models (4 in all, in 2 answers, also /data/4/id)"


def test_a_failure_that_does_not_always_show_says_so(provider: Provider) -> None:
    assert "  shown     intermittent, 2 of 3 tries" in text(provider, violation(), confirmed=(2, 3))


def test_a_should_says_why_it_is_one(provider: Provider) -> None:
    assert "  because   Clients expect it." in text(provider, violation(), id="ACM-TIME-01")


def test_of_many_kinds_three_are_shown_and_the_rest_is_counted(provider: Provider) -> None:
    found = text(provider, *(violation(f"/data/0/{name}") for name in "abcde"))

    assert len([line for line in found if line.startswith("  at ")]) == 3
    assert "  more      2 other kinds of violation" in found


def test_a_violation_of_the_whole_body_is_called_so(provider: Provider) -> None:
    assert text(provider, violation(""))[1] == "  at        the body of GET /v1/models"


def test_long_values_are_cut_and_stay_on_their_line(provider: Provider) -> None:
    found = text(provider, violation("/" + "x" * 5000, "one of " + "y, " * 5000, "z\n" * 5000))

    assert max(map(len, found)) < 500
    assert len(found) == 9


def test_what_a_gateway_sends_does_not_reach_the_terminal_as_a_command(provider: Provider) -> None:
    found = text(provider, violation("/\x1b[2J", "\x9b", "a\x00b\u202ec\ud800"))

    assert found[1].startswith("  at        /\\x1b[2J of GET")
    assert found[3] == "  actual    a\\x00b\\u202ec\\ud800"


def test_another_variable_for_the_key_is_kept_in_the_commands(provider: Provider) -> None:
    finding = Finding(provider.requirement("ACM-ID-01"), Outcome.FAIL)

    assert rerun(finding, bench.target(provider, REMOTE), "ACME_KEY") == (
        "pytest conformance --target https://acme.example --provider acme --api-key-env ACME_KEY -k ACM-ID-01"
    )
    assert "Bearer $ACME_KEY" in evidence.curl(asked(), "ACME_KEY")


def test_on_this_machine_the_key_that_is_sent_without_one_stands_in() -> None:
    assert '"Authorization: Bearer ${GATEWAY_API_KEY:-sk-loopback}"' in evidence.curl(
        asked("http://127.0.0.1:8080/v1/models"), ENV
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"method": "HEAD"},
        {"method": "OPTIONS"},
        {"method": "POST"},
        {"authorization": None},
        {"authorization": "bearer {key}"},
        {"authorization": "Basic d3Jvbmc6d3Jvbmc="},
        {"authorization": "Bearer wrong 'key' $HOME `id` \"x\""},
        {"headers": (("Accept", "text/html"), ("If-None-Match", 'W/"it\'s", "b"'))},
        {"query": (("type", "chat"), ("model", "a b&c'd$e"))},
    ],
    ids=str,
)
@pytest.mark.parametrize("key", [KEY, None])
def test_a_curl_line_that_is_pasted_asks_the_same(provider: Provider, changes: dict[str, Any], key: str | None) -> None:
    request = Request("listModels").but(**changes)
    seen: list[Asked] = []

    def script(one: Asked) -> Answer:
        seen.append(one)
        return acme.Acme(key="sk-loopback" if key is None else key)(one)

    with Gateway(script) as gateway:
        target = bench.target(provider, gateway.url)
        client = Client(target, key or "sk-loopback")
        exchange = client.send(request, request, provider.operations["listModels"])
        client.close()
        environment = {name: value for name, value in os.environ.items() if name != ENV and "proxy" not in name.lower()}
        pasted = subprocess.run(
            ["/bin/sh", "-c", evidence.curl(exchange, ENV)],
            env=environment | ({ENV: key} if key else {}),
            capture_output=True,
            check=True,
            timeout=30,
        )

    ours, theirs = seen
    assert pasted.stdout.startswith(f"HTTP/1.1 {exchange.response.status} ".encode())
    assert (ours.method, ours.target) == (theirs.method, theirs.target)
    for name in ("Authorization", *(name for name, _ in request.headers)):
        assert ours.header(name) == theirs.header(name)


def test_a_rerun_can_be_pasted_whatever_the_target(provider: Provider) -> None:
    finding = Finding(provider.requirement("ACM-ID-01"), Outcome.FAIL)
    target = bench.target(provider, "https://acme.example/a(b)'c&d")

    words = shlex.split(rerun(finding, target, ENV))

    assert words[words.index("--target") + 1] == target.root


def test_a_finding_without_violations_has_no_curl_line(provider: Provider) -> None:
    finding = Finding(provider.requirement("ACM-ID-01"), Outcome.INCONCLUSIVE, "why")

    assert not re.search("curl", evidence.text(finding, bench.target(provider), ENV))


def test_an_id_in_a_path_is_shown_as_it_is_sent(provider: Provider) -> None:
    exchange = dataclasses.replace(asked(), url=f"{REMOTE}/v1/models/a%2Fb?x=1")

    assert text(provider, violation(exchange=exchange))[1] == "  at        /data/0/id of GET /v1/models/a%2Fb?x=1"


@pytest.mark.parametrize(
    ("id", "outcome", "options"),
    [
        ("ACM-POST-01", Outcome.WARN, "--allow-methods POST"),
        ("ACM-POST-01", Outcome.FAIL, "--allow-methods POST --strict"),
        ("ACM-TIME-01", Outcome.FAIL, "--strict"),
        ("ACM-ID-01", Outcome.FAIL, ""),
    ],
)
def test_a_rerun_has_the_options_without_which_it_would_not_show(
    provider: Provider, id: str, outcome: Outcome, options: str
) -> None:
    words = rerun(Finding(provider.requirement(id), outcome), bench.target(provider, REMOTE), ENV).split()

    assert " ".join(words[words.index("acme") + 1 : -2]) == options
