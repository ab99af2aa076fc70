"""Operators on authentication: keys ignored, refused, echoed, and answers that say so wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from proof.generated import Generated
from proof.misbehaving import Answered, Asked
from proof.operators.making import UNSAID, Making, body_of, fields_of, makings, status_of
from proof.trial import KEY
from specs.contract import Authentication
from specs.provider import Provider
from specs.recording import encode

NAME = "authorization"
PROBES = {"wrong": "wrong-key", "absent": "missing-key", "malformed": "malformed-authorization"}
"""What asks so, by the kind of the key."""
ERROR = {"error": {"message": "invalid key", "type": "authentication_error", "code": 401}}


def authorization(provider: Provider) -> Iterator[Generated]:
    """Mutants of how each operation of *provider* reads the Authorization field."""
    for making in makings(provider, NAME):
        yield from _accepting(making)
        yield from _refusing(making)
        yield from _answers(making)


def _kind(asked: Asked) -> str:
    """What the Authorization field is: ``good``, ``wrong``, ``absent`` or ``malformed``."""
    field = asked.headers.get("authorization")
    if field is None:
        return "absent"
    scheme, _, token = field.partition(" ")
    if scheme.lower() != "bearer" or not token or " " in token:
        return "malformed"
    return "good" if token == KEY else "wrong"


def _owners(making: Making) -> dict[str, str | None]:
    kinds = {"wrong": making.owner(PROBES["wrong"])}
    if making.operation.authentication is Authentication.REQUIRED:
        kinds |= {kind: making.owner(PROBES[kind]) for kind in ("absent", "malformed")}
    return kinds if making.operation.authentication is not Authentication.NONE else {}


def _accepting(making: Making) -> Iterator[Generated]:
    owners = _owners(making)
    for kind, owner in owners.items():

        def accepting(asked: Asked, kind: str = kind) -> Asked:
            return asked.with_field("authorization", f"Bearer {KEY}") if _kind(asked) == kind else asked

        yield making.asking(f"{kind}-accepted", f"A request whose key is {kind} gets the list.", owner, accepting)
        for status in (400, 403, 404, 500):
            yield making.answering(
                f"{kind}-{status}",
                f"A request whose key is {kind} is answered {status}.",
                making.refusing(status, PROBES[kind]) if owner else None,
                status_of(status),
                "the contract takes that status for a refusal" if owner else UNSAID,
                when=_is(making, kind),
                status=401,
            )
        for what, body in (("error", ERROR), ("empty-object", {})):
            yield making.answering(
                f"{kind}-{what}-in-200",
                f"A request whose key is {kind} is answered 200 with: {what}.",
                owner,
                body_of(body, 200),
                when=_is(making, kind),
                status=401,
            )
        listed = making.operation.items
        if listed:

            def leaking(each: Answered, name: str = listed.at.removeprefix("/"), id: str = listed.id) -> Answered:
                error = each.body if isinstance(each.body, dict) else {}
                return each.holding({**error, name: [{id: "a-model"}]})

            yield making.answering(
                f"{kind}-leaks",
                f"The 401 for a key that is {kind} holds models.",
                owner,
                leaking,
                when=_is(making, kind),
                status=401,
            )
    if len(owners) > 1:
        wanted = [each.id for each in making.provider.requirements if each.id in owners.values()]
        good = f"Bearer {KEY}"
        yield making.asking(
            "ignored",
            "Any key will do, and none.",
            wanted[0] if wanted else None,
            lambda asked: asked.with_field("authorization", good),
        )


def _refusing(making: Making) -> Iterator[Generated]:
    if making.operation.authentication is not Authentication.REQUIRED:
        for status in (401, 403, 404):
            yield making.answering(
                f"anonymous-{status}",
                f"A request without a key is answered {status}.",
                making.owner("anonymous"),
                status_of(status, encode(ERROR)),
                when=_is(making, "absent"),
            )
    if making.operation.authentication is Authentication.NONE:
        return
    for scheme in ("bearer", "BEARER"):

        def spelled(asked: Asked, scheme: str = scheme) -> bool:
            return making.asks(asked) and asked.headers.get("authorization", "").startswith(f"{scheme} ")

        yield making.answering(
            f"scheme-{scheme}",
            f"The scheme {scheme!r} is not read.",
            making.owner("scheme-case"),
            status_of(401, encode(ERROR)),
            when=spelled,
        )


def _answers(making: Making) -> Iterator[Generated]:
    challenge, echo = making.owner("challenge"), making.owner("key-not-echoed")
    for kind in _owners(making):
        if kind == "malformed":
            continue
        for what, value in (("absent", None), ("basic", 'Basic realm="models"'), ("empty", "")):
            yield making.answering(
                f"challenge-{kind}-{what}",
                f"The 401 for a key that is {kind} has a challenge that is {what}.",
                challenge,
                fields_of(www_authenticate=value),
                when=_is(making, kind),
                status=401,
            )
    if not _owners(making):
        return

    def in_field(asked: Asked, answered: Answered) -> Answered:
        return answered.having(x_rejected=asked.headers["authorization"])

    def in_body(asked: Asked, answered: Answered) -> Answered:
        held = answered.body if isinstance(answered.body, dict) else {}
        return answered.holding({**held, "hint": f"no such key: {asked.headers['authorization']}"})

    for what, change in (("field", in_field), ("body", in_body)):
        yield making.answering_asked(
            f"echo-{what}", f"The 401 repeats the key in a {what}.", echo, change, when=_is(making, "wrong"), status=401
        )


def _is(making: Making, kind: str) -> Callable[[Asked], bool]:
    return lambda asked: making.asks(asked) and _kind(asked) == kind
