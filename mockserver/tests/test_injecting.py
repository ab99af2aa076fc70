"""Faults, delays and fields about trying again, as requests and the command ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import UsageError, create_app
from mockserver.faults import FAULTS, KEYS
from mockserver.tests.acme import GOOD, MODELS, Folders
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"
MODEL = f"{LIST}/coder"
NOW = 1_800_000_000.0


class Waiting:
    """Sleeps that take no time, taken down in seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def client(providers: Providers, **options: Any) -> TestClient:
    return TestClient(create_app(providers, **{"now": lambda: NOW, **options}))


def test_a_fault_is_asked_for_in_four_ways(acme: Providers) -> None:
    plain = client(acme)
    answers = [
        plain.get(LIST, headers={"Prefer": "fault=EMPTY_LIST"}),
        plain.get(LIST, params={"__fault": "EMPTY_LIST"}),
        plain.get(LIST, headers={"Authorization": "Bearer sk-mock-empty-list"}),
        plain.get(LIST, headers={"Authorization": "Bearer sk-mock-EMPTY_LIST"}),
        client(acme, fault="EMPTY_LIST").get(LIST, headers=GOOD),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"data": []})] * 5
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert [answer.headers.get("preference-applied") for answer in answers] == ["fault=EMPTY_LIST"] * 2 + [None] * 3


def test_every_fault_is_known_by_name_parameter_and_key_on_every_route(acme: Providers) -> None:
    app = client(acme, sleep=Waiting())

    def status(path: str, **asked: Any) -> int:
        with app.stream("GET", path, **asked) as answer:  # unread, as not all that comes can be decoded
            return answer.status_code

    for fault, key in zip(FAULTS.values(), KEYS, strict=True):
        for path in (LIST, MODEL, "/acme/base/open", "/acme/base/mixed"):
            by_field = status(path, headers={"Prefer": f"fault={fault.name}"})
            by_parameter = status(path, params={"__fault": fault.key})
            by_key = status(path, headers={"Authorization": f"Bearer {key}"})
            assert by_field == by_parameter == by_key, (key, path)
            assert by_field in (200, 400, 501, 502), (key, path)


def test_without_a_connection_a_wire_fault_is_a_problem_that_says_so(acme: Providers) -> None:
    answer = client(acme).get(LIST, headers={"Prefer": "fault=CONNECTION_RESET_BY_PEER"})

    assert (answer.status_code, answer.headers["content-type"]) == (501, "application/problem+json")
    assert "python -m mockserver" in answer.json()["detail"]


def test_a_fault_spoils_the_answer_that_is_asked_for_beside_it(acme: Providers) -> None:
    app = client(acme)
    empty = app.get(LIST, headers={"Prefer": "example=catalogue, fault=DUPLICATE_IDS"})
    error = app.get(LIST, headers={"Prefer": "code=429, fault=ERROR_IN_200"})
    page = app.get(LIST, headers={"Prefer": "code=503, fault=html-error-page"})

    assert [model["id"] for model in empty.json()["data"]][-2:] == ["extra", MODELS[0]["id"]]
    assert (error.status_code, error.json()) == (200, {"error": {"code": 429}})
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html")


def test_a_fault_and_a_magic_key_of_a_status_go_together(acme: Providers) -> None:
    headers = {"Authorization": "Bearer sk-mock-malformed-json", "Prefer": "code=500"}

    assert client(acme).get(LIST, headers=headers).text == '{"error":{"code":500},'


def test_a_fault_needs_no_current_client(acme: Providers) -> None:
    app = client(acme)
    tag = app.get(LIST, headers=GOOD).headers["etag"]
    headers = {"Prefer": "fault=SHUFFLE", "If-None-Match": tag}

    assert app.get(LIST, headers=headers).status_code == 200
    assert app.get(LIST, headers={**headers, "Prefer": "code=200"}).status_code == 304


WRONG = [
    ("fault=NOPE", "The fault 'NOPE' is not one of CONNECTION_RESET_BY_PEER", "SHUFFLE"),
    ("fault=HUGE, size=x", "The size 'x' is not a whole number from 1 to 50000000.", "10000000"),
    ("fault=HUGE, size=99999999", "whole number from 1 to 50000000", "10000000"),
    ("fault=BAD_GZIP, form=x", "The form 'x' is not one of plain, cut.", "cut"),
    ("field=id", "The preference 'field' goes with a fault, one of MISSING_FIELD.", "MISSING_FIELD"),
    ("fault=TRUNCATE, rate=5", "The preference 'rate' goes with a fault, one of BANDWIDTH.", "BANDWIDTH"),
    ("delay=x", "The delay 'x' is not one of 250, uniform:100-300", "normal:200/50"),
    ("delay=5, delay-at=x", "The delay-at 'x' is not one of head, body", "body"),
    ("delay-at=body", "'delay-at' needs a delay beside it", "250"),
    ("code=429, retry-after=x", "The retry-after 'x' is not one of seconds", "past-date"),
    ("code=429, retry-after-ms=x", "The retry-after-ms 'x' is not one of", "250"),
    ("code=429, x-should-retry=x", "The x-should-retry 'x' is not one of true, false", "true"),
    ("rate-limit-headers=x", "The rate-limit-headers 'x' is not one of openai, ietf, none", "ietf"),
    ("fault=DRIBBLE, delay=5, delay-at=body", "delay-at=body does not go with DRIBBLE", "head"),
    ("fault=MISSING_FIELD, field=x", "no model has the member 'x'", "TRUNCATE"),
    ("code=500, fault=EMPTY_LIST", "it applies to lists only", "ERROR_IN_200"),
]


@pytest.mark.parametrize(("prefer", "detail", "valid"), WRONG)
def test_what_cannot_be_done_is_a_problem_that_names_what_can(acme: Providers, prefer: str, detail: str, valid: str) -> None:
    answer = client(acme).get(LIST, headers={"Prefer": prefer})

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert valid in answer.json()["valid"]


def test_a_fault_of_lists_is_refused_for_a_model_with_those_that_apply(acme: Providers) -> None:
    answer = client(acme).get(MODEL, headers={"Prefer": "fault=EMPTY_LIST"})

    assert answer.status_code == 400
    assert "EMPTY_LIST cannot be had here: it applies to lists only" in answer.json()["detail"]
    assert "NULL_DATA" in answer.json()["valid"]
    assert not {"EMPTY_LIST", "SHUFFLE"} & set(answer.json()["valid"])


def test_what_the_mock_itself_says_is_not_spoiled(acme: Providers) -> None:
    answer = client(acme).get(LIST, headers={"Prefer": "code=418, fault=MALFORMED_JSON"})

    assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_an_unknown_magic_key_names_the_faults_too(acme: Providers) -> None:
    answer = client(acme).get(LIST, headers={"Authorization": "Bearer sk-mock-nope"})

    assert {"sk-mock-429", "sk-mock-slow-close"} < set(answer.json()["valid"])


def test_a_fault_for_the_whole_server_is_done_where_it_applies(acme: Providers) -> None:
    app = client(acme, fault="empty-list")

    assert app.get(LIST, headers=GOOD).json() == {"data": []}
    assert app.get(MODEL, headers=GOOD).json()["id"] == "coder"
    assert app.get(LIST).status_code == 401
    assert app.get(LIST, headers={"Prefer": "fault=BARE_ARRAY"}).json() == MODELS
    assert app.get(LIST, headers={"Prefer": "code=500"}).json() == {"error": {"code": 500}}


def test_pages_and_unknown_paths_have_no_faults(acme: Providers) -> None:
    app = client(acme, fault="MALFORMED_JSON")

    assert app.get("/__mock/health").json()["status"] == "ok"
    assert app.get("/", headers={"Accept": "application/json", "Prefer": "fault=MALFORMED_JSON"}).json()["providers"]
    assert app.get("/acme/base/nope").json() == {"error": {"code": 404}}
    assert app.get("/nowhere").json()["status"] == 404


def test_a_fault_of_the_command_can_have_parameters(acme: Providers) -> None:
    assert len(client(acme, fault="HUGE, size=5000").get(LIST, headers=GOOD).content) == 5000


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("NOPE", "fault 'NOPE': The fault 'NOPE' is not one of"),
        ("HUGE, size=0", "The size '0' is not a whole number"),
        ("TRUNCATE, code=500", "expected the name of a fault"),
        ("HUGE size", "cannot be read"),
    ],
)
def test_a_wrong_fault_of_the_command_is_refused(acme: Providers, fault: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        create_app(acme, fault=fault)


@pytest.mark.parametrize(
    ("prefer", "slept"),
    [
        ("delay=250", [0.25]),
        ("delay=250, delay-at=head", [0.25]),
        ("delay=100, delay-at=body", [0.01] * 10),
        ("delay=uniform:40-40", [0.04]),
        ("delay=1000, fault=DRIBBLE, chunks=2, seconds=4", [1, 2, 2]),
    ],
)
def test_a_delay_takes_so_many_milliseconds(acme: Providers, prefer: str, slept: list[float]) -> None:
    waiting = Waiting()
    answer = client(acme, sleep=waiting).get(LIST, headers={**GOOD, "Prefer": prefer})

    assert answer.json() == {"data": MODELS}
    assert waiting.slept == pytest.approx(slept)
    assert answer.headers["preference-applied"].startswith(prefer.partition(",")[0].replace("uniform:40-40", '"uniform:40-40"'))


def test_a_delay_asks_for_no_other_answer(acme: Providers) -> None:
    assert client(acme, sleep=Waiting()).get(LIST, headers={"Prefer": "delay=250"}).status_code == 401


def test_a_seed_repeats_delays(acme: Providers) -> None:
    def slept(seed: int) -> list[float]:
        waiting = Waiting()
        app = client(acme, sleep=waiting, seed=seed, rate_limit=False)
        for _ in range(5):
            app.get(LIST, headers={**GOOD, "Prefer": "delay=lognormal:200/0.5"})
        return waiting.slept

    assert slept(7) == slept(7) != slept(8)
    assert len(set(slept(7))) == 5


def test_retry_after_and_its_relatives_are_set_on_errors(acme: Providers) -> None:
    prefer = "code=429, retry-after=date, retry-after-ms=250, x-should-retry=false"
    headers = client(acme).get(LIST, headers={"Prefer": prefer}).headers

    assert headers["retry-after"] == "Fri, 15 Jan 2027 08:00:01 GMT"
    assert (headers["retry-after-ms"], headers["x-should-retry"]) == ("250", "false")
    assert headers["preference-applied"] == prefer


def test_retry_after_can_be_wished_for_beside_a_magic_key_and_by_parameter(acme: Providers) -> None:
    key = {"Authorization": "Bearer sk-mock-503"}

    assert client(acme).get(LIST, headers=key, params={"__retry-after": "garbage"}).headers["retry-after"] == "soon"


def test_retry_after_meets_the_limit_that_is_really_reached(acme: Providers) -> None:
    app = client(acme, now=lambda: 0.0)
    answers = [app.get(LIST, headers={**GOOD, "Prefer": "retry-after=missing"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert all("retry-after" not in answer.headers for answer in answers)


def test_nothing_about_trying_again_is_said_on_success(acme: Providers) -> None:
    wish = "retry-after=0, retry-after-ms=0, x-should-retry=true"
    alone = client(acme).get(LIST, headers={**GOOD, "Prefer": wish}).headers
    beside = client(acme).get(LIST, headers={**GOOD, "Prefer": f"{wish}, rate-limit-headers=none"}).headers

    assert not {"retry-after", "retry-after-ms", "x-should-retry", "preference-applied"} & set(alone)
    assert beside["preference-applied"] == "rate-limit-headers=none"


def test_limits_are_told_in_the_profile_asked_for(acme: Providers) -> None:
    app = client(acme)
    good = app.get(LIST, headers={**GOOD, "Prefer": "rate-limit-headers=openai"}).headers
    bad = app.get(LIST, headers={"Prefer": "code=429, retry-after=30, rate-limit-headers=ietf"}).headers
    garbage = app.get(LIST, headers={"Prefer": "code=429, retry-after=garbage, rate-limit-headers=openai"}).headers

    assert (good["x-ratelimit-limit-requests"], good["x-ratelimit-remaining-requests"]) == ("3", "2")
    assert bad["ratelimit"] == '"default";r=0;t=30'
    assert garbage["x-ratelimit-reset-requests"] == "1m0s"


def test_a_provider_without_its_own_500_has_a_problem_in_200(folders: Folders) -> None:
    (folders.fixtures / "acme/openList/500-plain.json").unlink()
    answer = client(folders.load()).get("/acme/base/open", headers={"Prefer": "fault=ERROR_IN_200"})

    assert (answer.status_code, answer.json()["status"]) == (200, 500)
