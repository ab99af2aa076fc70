from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.case import Probe
from conformance.probes.authorization import (
    WRONG,
    Anonymous,
    Challenge,
    JsonRefusal,
    KeyNotEchoed,
    MalformedAuthorization,
    MissingKey,
    SchemeCase,
    WrongKey,
)
from conformance.selftest import bench
from conformance.selftest.acme import KEY, MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider

REFUSED = [MissingKey(401), WrongKey(401), MalformedAuthorization(401)]


def open_door(asked: Asked) -> Answer:
    """A gateway that lets everybody in."""
    return Acme()(Asked(asked.method, asked.target, (*_without(asked), ("Authorization", f"Bearer {KEY}"))))


def _without(asked: Asked) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in asked.headers if pair[0].lower() != "authorization")


def refusing(refusal: Callable[[Asked], Answer]) -> Script:
    """Acme with another way to refuse."""
    return changed(lambda asked, found: refusal(asked) if found.status == 401 else found)


@pytest.mark.parametrize("probe", REFUSED)
def test_a_door_that_is_open_is_a_violation(provider: Provider, probe: Probe) -> None:
    assert bench.probe(probe, provider, open_door).kinds == {"status", "shown"}


@pytest.mark.parametrize("probe", REFUSED)
def test_another_status_of_refusal_is_a_violation(provider: Provider, probe: Probe) -> None:
    assert bench.probe(probe, provider, refusing(lambda _: answer({"error": "no"}, 403))).kinds == {"status"}


@pytest.mark.parametrize("probe", REFUSED)
def test_a_refusal_that_shows_models_is_a_violation(provider: Provider, probe: Probe) -> None:
    found = bench.probe(probe, provider, refusing(lambda _: answer({"error": "no", "data": MODELS}, 401)))

    assert found.kinds == {"shown"}
    assert found.violations[0].actual == "4 models"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": null}', b'{"data": []}', b'{"data": "x"}', b"[" * 100_000])
def test_a_refusal_may_have_any_body_without_models(provider: Provider, body: bytes) -> None:
    assert bench.probe(MissingKey(401), provider, refusing(lambda _: Answer(401, content=body))).violations == ()


def test_a_200_without_a_list_instead_of_a_refusal_is_a_wrong_status_alone(provider: Provider) -> None:
    assert bench.probe(WrongKey(401), provider, refusing(lambda _: answer({"error": "no"}, 200))).kinds == {"status"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_may_have_any_status_of_a_list(provider: Provider, status: int) -> None:
    script = refusing(lambda _: answer({}, status))

    assert bench.probe(WrongKey([401, 403]), provider, script).violations == ()
    assert bench.probe(WrongKey([400, 402]), provider, script).kinds == {"status"}


def test_a_missing_key_is_no_field_at_all(provider: Provider) -> None:
    (case,) = bench.probe(MissingKey(401), provider, Acme()).cases

    assert case.requests[0].authorization is None


def test_malformed_fields_are_none_that_could_be_a_key(provider: Provider) -> None:
    forms = {case.requests[0].authorization or "" for case in bench.probe(MalformedAuthorization(401), provider, Acme()).cases}

    assert len(forms) >= 3
    assert not {form for form in forms if form.startswith("Bearer ") and form.count(" ") == 1}
    assert not {form for form in forms if "{key}" in form}


def test_a_gateway_that_wants_a_capital_b_is_a_violation(provider: Provider) -> None:
    def script(asked: Asked) -> Answer:
        return Acme()(asked) if (asked.header("Authorization") or "").startswith("Bearer ") else Answer(401)

    found = bench.probe(SchemeCase(), provider, script)

    assert [violation.exchange.sent.authorization for violation in found.violations] == ["bearer {key}", "BEARER {key}"]


def test_a_public_list_that_asks_for_a_key_is_a_violation(provider: Provider) -> None:
    assert bench.probe(Anonymous(), provider, Acme()).kinds == {"status"}


def test_a_public_list_needs_no_key(provider: Provider) -> None:
    assert bench.probe(Anonymous(), provider, open_door).violations == ()


@pytest.mark.parametrize(
    ("field", "kinds"),
    [
        (None, {"absent"}),
        ("Basic realm=x", {"scheme"}),
        ("Bearer", set()),
        ('bearer realm="acme", error="invalid_token"', set()),
        ("Basic, Bearer", set()),
    ],
)
def test_a_challenge_names_bearer(provider: Provider, field: str | None, kinds: set[str]) -> None:
    fields = () if field is None else (("WWW-Authenticate", field),)

    assert bench.probe(Challenge(), provider, refusing(lambda _: Answer(401, fields))).kinds == kinds


def test_without_a_401_there_is_no_challenge(provider: Provider) -> None:
    found = bench.probe(Challenge(), provider, refusing(lambda _: Answer(403)))

    assert found.violations == ()
    assert set(found.not_applicable) == {"the answer is 403, not 401"}


def test_without_a_refusal_there_is_no_echo(provider: Provider) -> None:
    found = bench.probe(KeyNotEchoed(), provider, refusing(lambda _: Answer(200, content=WRONG.encode())))

    assert found.violations == ()
    assert set(found.not_applicable) == {"the answer is 200, and no refusal"}


@pytest.mark.parametrize(("operation", "status"), [("listModels", 401), ("listModels", 403), ("retrieveModel", 404)])
@pytest.mark.parametrize(("body", "kinds"), [(b'{"detail": "no"}', set()), (b"<p>no</p>", {"not-json"}), (b"", {"not-json"})])
def test_a_refusal_is_json(provider: Provider, operation: str, status: int, body: bytes, kinds: set[str]) -> None:
    script = changed(lambda _, found: Answer(status, content=body) if found.status in (401, 404) else found)

    assert bench.probe(JsonRefusal(), provider, script, operation).kinds == kinds


@pytest.mark.parametrize(
    "refusal",
    [Answer(401, content=f"the key {WRONG} is wrong".encode()), Answer(401, (("X-Key", f"Bearer {WRONG}"),))],
    ids=["body", "field"],
)
def test_a_refusal_that_repeats_the_key_is_a_violation(provider: Provider, refusal: Answer) -> None:
    assert bench.probe(KeyNotEchoed(), provider, refusing(lambda _: refusal)).kinds == {"echo"}


def test_the_real_key_is_never_presented_to_see_whether_it_is_repeated(provider: Provider) -> None:
    for probe in (KeyNotEchoed(), WrongKey(401), MalformedAuthorization(401)):
        for case in bench.probe(probe, provider, Acme()).cases:
            assert all("{key}" not in (request.authorization or "") for request in case.requests)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_of_any_status_that_repeats_the_key_is_a_violation(provider: Provider, status: int) -> None:
    found = bench.probe(KeyNotEchoed(), provider, refusing(lambda _: answer({"error": f"no such key: {WRONG}"}, status)))

    assert found.kinds == {"echo"}


@pytest.mark.parametrize("probe", [MissingKey(401), WrongKey(401)])
def test_who_has_no_good_key_is_not_to_know_which_models_are_there(provider: Provider, probe: Probe) -> None:
    def tells(asked: Asked, found: Answer) -> Answer:
        return answer({"error": "no such model"}, 404) if found.status == 401 and "no-such-model" in asked.path else found

    assert bench.probe(probe, provider, Acme(), "retrieveModel").violations == ()
    assert bench.probe(probe, provider, changed(tells), "retrieveModel").kinds == {"status"}
