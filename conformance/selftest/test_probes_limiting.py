from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.limiting import RateLimit, RetryAfter
from conformance.selftest import bench
from conformance.selftest.acme import answer
from conformance.selftest.gateway import Answer, Script
from specs import Provider

CHECKS = {"ACM-LIMIT-01": ("MUST", "listModels", "{probe: rate-limit}")}


@pytest.fixture
def limited(contract: Callable[..., Provider]) -> Provider:
    """Acme with a limit of six calls a minute."""
    limit = "x-gateway: {title: Acme, rate_limit: {requests: 6, window_s: 60, per: key}}"
    return contract(("x-gateway: {title: Acme Models}", limit), checks=CHECKS)


def after(calls: int, refusal: Answer) -> Script:
    """A gateway that answers so many *calls*, and refuses every other."""
    count = iter(range(10_000))
    return lambda _: answer({"data": []}) if next(count) < calls else refusal


def refusal(**headers: str) -> Answer:
    """A 429."""
    return answer({"error": "slow down"}, 429, **headers)


@pytest.mark.parametrize("calls", [3, 6, 7, 12])
def test_a_429_after_the_documented_calls_is_kept(limited: Provider, calls: int) -> None:
    assert bench.probe(RateLimit(), limited, after(calls, refusal())).violations == ()


def test_a_gateway_without_a_limit_is_a_violation(limited: Provider) -> None:
    (violation,) = bench.probe(RateLimit(), limited, after(1000, refusal())).violations

    assert (violation.kind, violation.actual) == ("no-limit", "status 200 after 13 calls")


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_a_429_that_comes_too_early_is_a_violation(limited: Provider, calls: int) -> None:
    assert bench.probe(RateLimit(), limited, after(calls, refusal())).kinds == {"too-early"}


def test_a_burst_ends_with_the_first_429(limited: Provider) -> None:
    (case,) = bench.probe(RateLimit(), limited, after(6, refusal())).cases

    assert (case.until, len(case.requests), len(set(case.requests))) == (429, 13, 13)


@pytest.mark.parametrize("field", ["0", "60", "Fri, 31 Dec 2027 23:59:59 GMT"])
def test_a_429_says_when_to_come_again(limited: Provider, field: str) -> None:
    assert bench.probe(RetryAfter(), limited, after(6, refusal(Retry_After=field))).violations == ()


@pytest.mark.parametrize("field", ["-1", "1.5", "soon", "60 s", "2027-12-31T23:59:59Z", ""])
def test_a_429_that_says_it_otherwise_is_a_violation(limited: Provider, field: str) -> None:
    assert bench.probe(RetryAfter(), limited, after(6, refusal(Retry_After=field))).kinds == {"syntax"}


def test_a_429_that_does_not_say_it_is_a_violation(limited: Provider) -> None:
    assert bench.probe(RetryAfter(), limited, after(6, refusal())).kinds == {"absent"}


def test_without_a_429_there_is_nothing_to_say(limited: Provider) -> None:
    assert bench.probe(RetryAfter(), limited, after(1000, refusal())).not_applicable == ("no answer was 429",)


def test_without_a_documented_limit_there_is_no_burst(provider: Provider) -> None:
    with pytest.raises(ValueError, match="acme documents no rate limit"):
        bench.probe(RateLimit(), provider, after(6, refusal()))
