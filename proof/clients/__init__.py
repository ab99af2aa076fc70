"""Answers that official SDKs do not survive, with what they make of them, as it was measured over a socket."""

from __future__ import annotations

from collections.abc import Iterable

from proof.clients.case import BACKOFF, NO_MODEL, Case, Made, Served, served
from proof.clients.gateway import LIST, listing

BOTH = Made(given=["a", "b"])
ONE = Made(given="a")
NO_MODELS = Made(given=[])
MODEL = {"id": "a", "object": "model"}
A = listing(MODEL)
ONLY_A = Made(given=["a"])


def _body(served_list: Served, type: str | None) -> Served:
    return served(served_list.content, type=type)


def _refused(told: str = "", code: str | None = None, raised: str = "AuthenticationError", **sent: object) -> Made:
    return Made(raised=raised, told=told, code=code, **sent)  # type: ignore[arg-type]  # requests and waits


def _thrice(raised: str, waits: tuple[float, ...] | str = BACKOFF) -> Made:
    return Made(raised=raised, told="no", requests=3, waits=waits)


def _error(status: int, **fields: str) -> Served:
    return served({"error": {"message": "no"}}, status, **fields)


LIMITED = Made(raised="RateLimitError", told="no")


def _cases() -> Iterable[Case]:
    charset = _body(LIST, "application/json; charset=utf-8"), BOTH
    suffix = _body(LIST, "application/vnd.models+json"), BOTH
    yield Case("CLIENT-TYPE-01", "a list as text/plain", "list", _body(LIST, "text/plain"), BOTH, NO_MODELS, (charset, suffix))
    yield Case("CLIENT-TYPE-01", "a list as text/json", "list", _body(LIST, "text/json"), BOTH, NO_MODELS)
    yield Case("CLIENT-TYPE-01", "a list without Content-Type", "list", _body(LIST, None), BOTH, NO_MODELS)
    yield Case("CLIENT-TYPE-01", "a model as text/plain", "retrieve", served(MODEL, type="text/plain"), ONE, Made(given=None))

    raw = Made(raised="JSONDecodeError"), Made(raised="SyntaxError")
    mark = served(b"\xef\xbb\xbf" + LIST.content), BOTH
    twice = served('{"data": [], "data": [{"id": "a"}]}'), ONLY_A
    yield Case("CLIENT-JSON-01", "a list without a body", "list", served(""), raw[0], Made(raised="TypeError"), (mark, twice))
    yield Case("CLIENT-JSON-01", "a list that ends in the middle", "list", served(LIST.content[:-3]), *raw)
    yield Case("CLIENT-JSON-01", "a list with NaN", "list", served('{"data": [{"id": "a", "x": NaN}]}'), ONLY_A, raw[1])
    latin = served('{"data": [{"id": "é"}]}'.encode("latin-1"))
    yield Case("CLIENT-JSON-01", "a list in Latin-1", "list", latin, Made(raised="UnicodeDecodeError"), Made(given=["\ufffd"]))

    sound = listing(MODEL, error=None, success=True), ONLY_A
    failed = listing(error={"message": "no channel"})
    yield Case("CLIENT-ERROR-01", "an error beside an empty list", "list", failed, NO_MODELS, NO_MODELS, (sound,))
    yield Case("CLIENT-ERROR-01", "a success that is false", "list", listing(success=False), NO_MODELS, NO_MODELS)

    yield Case(
        "CLIENT-LIST-01", "models instead of data", "list", served({"models": [MODEL]}), NO_MODELS, NO_MODELS,
        ((listing(), NO_MODELS), (served({"data": [MODEL], "message": ""}), ONLY_A)),
    )  # fmt: skip
    yield Case("CLIENT-LIST-01", "data that is null", "list", served({"data": None}), NO_MODELS, NO_MODELS)
    by_name, thrown = served({"data": {"x": MODEL, "y": MODEL}}), Made(raised="TypeError")
    yield Case(
        "CLIENT-LIST-01", "data that is an object", "list", by_name, Made(given=[{NO_MODEL: "x"}, {NO_MODEL: "y"}]), thrown
    )
    yield Case("CLIENT-LIST-01", "an array alone", "list", served([MODEL]), Made(raised="AttributeError"), NO_MODELS)

    nameless = Made(given=[None])
    yield Case(
        "CLIENT-MODEL-01",
        "a model that is a text",
        "list",
        listing("a"),
        Made(given=[{NO_MODEL: "a"}]),
        nameless,
        ((A, ONLY_A),),
    )
    yield Case("CLIENT-MODEL-01", "a model that is null", "list", listing(None), Made(given=[{NO_MODEL: None}]), nameless)

    bare = listing({"id": "a"}), ONLY_A
    yield Case("CLIENT-ID-01", "a model without id", "list", listing({"model_id": "a"}), nameless, nameless, (bare,))
    yield Case("CLIENT-ID-01", "an id that is a number", "list", listing({"id": 7}), Made(given=[7]), Made(given=[7]))

    unsent = Made(raised="ValueError", requests=0), Made(raised="OpenAIError", requests=0)
    missing = Made(raised="NotFoundError", told="no such model", code="model_not_found")
    dotted = listing({"id": "..."}, {"id": ".a"})
    for name in ("..", "."):
        other = (dotted, missing)
        yield Case(
            "CLIENT-ID-02",
            f"the id {name}",
            "list",
            listing({"id": name}),
            *unsent,
            (other,) if name == "." else (),
            name,
            "...",
        )
    yield Case("CLIENT-ID-02", "an id that is empty", "list", listing({"id": ""}), unsent[0], missing, (), "")

    whole = listing(MODEL, has_more=False, next=None, links={"next": None}), ONLY_A
    yield Case("CLIENT-PAGE-01", "has_more", "list", listing(MODEL, has_more=True, last_id="a"), ONLY_A, ONLY_A, (whole,))
    yield Case("CLIENT-PAGE-01", "a next page", "list", listing(MODEL, next="/v1/models?page=2"), ONLY_A, ONLY_A)
    linked = listing(MODEL, links={"next": "/v1/models?offset=500"})
    yield Case("CLIENT-PAGE-01", "a link to the next page", "list", linked, ONLY_A, ONLY_A)

    none = Made(given=None)
    wrapped = served({"success": True, "data": MODEL})
    yield Case("CLIENT-GET-01", "a model in data", "retrieve", wrapped, none, none, ((served({"id": "a"}), ONE),))
    yield Case("CLIENT-GET-01", "a list for a model", "retrieve", LIST, none, none)
    yield Case("CLIENT-GET-01", "an id that is a number", "retrieve", served({"id": 7}), Made(given=7), Made(given=7))


def _refusals() -> Iterable[Case]:
    known = served({"error": {"message": "no", "code": "bad"}}, 401), _refused("no", "bad")
    flat = served({"success": False, "message": "no", "code": "bad"}, 401), _refused("no", "bad")
    untyped = served({"error": {"message": "no", "code": "bad"}}, 401, type="text/plain"), _refused("no", "bad")
    for says, answer, raw in (
        ("a detail", served({"detail": "no"}, 401), '{"detail":"no"}'),
        ("an error that is a text", served({"error": "no", "code": "bad"}, 401), '"no"'),
        ("an error without message", served({"error": {"type": "bad"}}, 401), '{"type":"bad"}'),
        ("a message that is empty", served({"error": {"message": ""}}, 401), '{"message":""}'),
        ("an error that is an array", served([{"error": {"message": "no"}}], 401), '[{"error":{"message":"no"}}]'),
        ("a page instead of an error", served("<p>no</p>", 401, type="text/html"), "<p>no</p>"),
        ("an error without a body", served("", 401), "status code (no body)"),
    ):
        sound = (known, flat, untyped) if says == "a detail" else ()
        yield Case("CLIENT-ERROR-02", says, "bad-key", answer, _refused(), _refused(raw), sound)
    null = served({"error": None, "message": "no", "code": "bad"}, 401)
    yield Case("CLIENT-ERROR-02", "an error that is null", "bad-key", null, _refused(), _refused("no", "bad"))

    sound_refusals = ((_error(401), _refused("no")), (_error(403), _refused("no", raised="PermissionDeniedError")))
    timeout = _thrice("APIStatusError"), _thrice("APIError")
    yield Case("CLIENT-AUTH-01", "a bad key and 408", "bad-key", _error(408), *timeout, sound_refusals)
    for status, name in ((409, "ConflictError"), (429, "RateLimitError"), (500, "InternalServerError")):
        yield Case("CLIENT-AUTH-01", f"a bad key and {status}", "bad-key", _error(status), _thrice(name), _thrice(name))

    twice = _thrice("RateLimitError")
    for after, python, node in (
        ("0", twice, _thrice("RateLimitError", (0.0, 0.0))),
        ("90", _thrice("RateLimitError", (90.0, 90.0)), twice),
        ("3600", LIMITED, twice),
        ("-1", twice, twice),
        ("soon", twice, twice),
        ("30 seconds", twice, _thrice("RateLimitError", (30.0, 30.0))),
    ):
        answer = _error(429, Retry_After=after)
        waited = (_error(429, Retry_After="30"), _thrice("RateLimitError", (30.0, 30.0))) if after == "0" else None
        exact = (_error(429, Retry_After="900", Retry_After_Ms="250"), _thrice("RateLimitError", (0.25, 0.25)))
        mute = (_error(429), twice)
        yield Case(
            "CLIENT-RETRY-01", f"Retry-After: {after}", "retrieve", answer, python, node,
            (waited, exact, mute) if waited else (),
        )  # fmt: skip

    again = _refused("no", requests=3, waits=BACKOFF)
    final = _error(401, X_Should_Retry="false"), _refused("no")
    yield Case(
        "CLIENT-RETRY-02", "401 and x-should-retry", "bad-key", _error(401, X_Should_Retry="true"), again, again, (final,)
    )

    moved = served("", 302, type=None, Location="{elsewhere}")
    lost = Made(raised="AuthenticationError", told="no such key", code="invalid_api_key", requests=2)
    near = served("", 307, type=None, Location="b"), Made(given="b", requests=2)
    yield Case("CLIENT-MOVED-01", "a redirect to another host", "retrieve", moved, lost, lost, (near,))
    loop = Made(raised="APIConnectionError", requests=63, waits=BACKOFF)
    yield Case("CLIENT-MOVED-01", "a redirect to itself", "retrieve", served("", 302, type=None, Location="{self}"), loop, loop)


CASES = (*_cases(), *_refusals())
"""At least one for each requirement of the clients."""
