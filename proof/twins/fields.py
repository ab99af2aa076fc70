"""Twins by the fields of their answers: spelled otherwise, or beside what the contract speaks of."""

from __future__ import annotations

from proof.twins.message import Answer, Call
from proof.twins.twin import Behaviour, Stage, always, each

NETWORK = (
    ("Server", "cloudflare"),
    ("CF-Ray", "98a1f0c2ee1e-SJC"),
    ("CF-Cache-Status", "DYNAMIC"),
    ("X-Cache", "Miss from cloudfront"),
    ("X-Amz-Cf-Id", "m7=="),
    ("Age", "31"),
    ("Via", "1.1 varnish, 2 edge (CloudFront)"),
    ("Alt-Svc", 'h3=":443"; ma=86400'),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Server-Timing", 'cfCacheStatus;desc="MISS"'),
    ("NEL", '{"report_to":"cf-nel","max_age":604800}'),
    ("Date", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ("Last-Modified", "Fri, 20 Nov 2026 00:00:00 GMT"),
    ("Content-Language", "zh-CN"),
    ("Access-Control-Allow-Origin", "*"),
    ("Link", '</docs>; rel="help"'),
)
COOKIES = ("__cf_bm=abc; path=/; HttpOnly; Secure", "session=def; Expires=Wed, 21 Oct 2037 07:28:00 GMT; SameSite=None")
QUOTAS = (
    (("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "59"), ("x-ratelimit-reset-requests", "1s")),
    (("RateLimit-Policy", '"default";q=60;w=60'), ("RateLimit", '"default";r=59;t=1')),
    (("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "59"), ("X-RateLimit-Reset", "1795219260")),
)
MEDIA_TYPES = (
    "Application/JSON",
    "application/json;charset=utf-8",
    "application/json ; Charset=UTF-8",
    'application/json; charset="utf-8"',
    "application/json; profile=x; charset=Utf-8; q=1",
    "application/json;",
)
QUOTED_MEDIA_TYPES = (
    'application/json; profile="a; charset=latin-1"',
    'application/json; title="\\"; charset=gbk"; charset=utf-8',
    'application/json; charset="\\utf-8"',
)
CHALLENGES = (
    ('Basic realm="a, Bearer of bad news", Bearer realm="api"',),
    ('bearer error="invalid_token", error_description="无效"'.encode().decode("latin-1"),),
    ("Negotiate", "BEARER"),
    ('DPoP algs="ES256", Bearer scope="models"',),
)


def beside(*fields: tuple[str, str]) -> Behaviour:
    """The behaviour of having *fields* too, where an answer does not have them."""

    def change(answer: Answer) -> Answer:
        for name, value in fields:
            answer = answer if answer.field(name) else answer.having(name, value)
        return answer

    return always(change)


def quotas(_call: Call, answer: Answer, stage: Stage) -> Answer:
    """Says how much is left, in any of three dialects."""
    for name, value in stage.chance.choice(QUOTAS):
        answer = answer.having(name, value)
    return answer


def media_type(*spellings: str) -> Behaviour:
    """The behaviour of naming the media type of JSON in one of *spellings*."""

    def change(_call: Call, answer: Answer, stage: Stage) -> Answer:
        if not (answer.field("Content-Type") or "").startswith("application/json"):
            return answer
        return answer.having("Content-Type", stage.chance.choice(spellings))

    return each(change)


def any_case(_call: Call, answer: Answer, stage: Stage) -> Answer:
    """Writes the names of fields in any case (RFC 9110 section 5.1)."""
    fields = tuple((stage.chance.choice([name.upper(), name.title(), name.lower()]), value) for name, value in answer.fields)
    return Answer(answer.status, fields, answer.body)


def vary_twice(answer: Answer) -> Answer:
    """Has Vary on two lines, which name a field twice."""
    return answer.having("Vary", "Accept-Encoding, Origin", "origin, accept-encoding")


def challenges(_call: Call, answer: Answer, stage: Stage) -> Answer:
    """Names other schemes beside Bearer, on one line or on several."""
    return answer.having("WWW-Authenticate", *stage.chance.choice(CHALLENGES)) if answer.status == 401 else answer


def caching(answer: Answer) -> Answer:
    """Has further directives, in another order and case, on two lines (RFC 9111 section 5.2)."""
    field = answer.field("Cache-Control")
    if field is None:
        return answer
    more = [each.strip().title() for each in field.split(",")]
    more += ["stale-if-error=86400", 'private="x-id, y"', "no-transform", "must-understand"]
    return answer.having("Cache-Control", " ,".join(reversed(more[1:])), more[0])
