"""Operators on entity tags, conditional requests and Cache-Control."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from mockserver.conditional import entity_tag
from proof.generated import Generated
from proof.misbehaving import Answered, Asked, Behaviour
from proof.operators.making import Change, Making, fields_of, makings, status_of
from specs.provider import Provider

NAME = "caching"


def caching(provider: Provider) -> Iterator[Generated]:
    """Mutants of what the operations of *provider* do for caches, of those that document it."""
    for making in makings(provider, NAME):
        if making.operation.responses[200].header("ETag"):
            yield from _tags(making)
            yield from _conditions(making)
        yield from _directives(making)


def _tags(making: Making) -> Iterator[Generated]:
    syntax, law = making.owner("etag"), making.owner("tag-law")
    forms: dict[str, Callable[[str], str | None]] = {
        "absent": lambda _: None,
        "unquoted": lambda tag: tag.strip('"'),
        "single-quoted": lambda tag: tag.replace('"', "'"),
        "half-quoted": lambda tag: tag[:-1],
        "small-w": lambda tag: f"w/{tag}",
        "w-without-slash": lambda tag: f"W{tag}",
        "w-inside": lambda tag: f'"W/{tag[1:-1]}',
        "with-blank": lambda tag: f'"{tag[1:5]} {tag[5:-1]}"',
        "with-quote": lambda tag: f'"{tag[1:5]}"{tag[5:-1]}"',
        "empty-field": lambda _: "",
    }
    for name, form in forms.items():
        yield making.answering(f"tag-{name}", f"The ETag is written wrongly: {name}.", syntax, _tagged(form))
    yield making.answering("tag-constant", "Every answer has the same ETag.", law, fields_of(etag='"5f2c9a1b"'))

    def by_length(each: Answered) -> Answered:
        return each.having(etag=f'"{len(each.content) // 100_000}"')

    yield making.answering("tag-by-size", "The ETag is made of the rough size of the body.", law, by_length)

    def counting() -> Behaviour:
        count = itertools.count()

        def answers(asked: Asked, each: Answered) -> Answered:
            known = making.asks(asked) and each.status == 200
            return each.having(etag=entity_tag(str(next(count)).encode())) if known else each

        return Behaviour(answers=answers)

    yield making.mutant("tag-new-each-time", "The same body has another ETag each time.", law, counting)


def _tagged(form: Callable[[str], str | None]) -> Change:
    return lambda answered: answered.having(etag=form(answered.field("etag") or ""))


def _conditions(making: Making) -> Iterator[Generated]:
    def begins(start: str) -> Callable[[Asked], bool]:
        return lambda asked: making.asks(asked) and asked.headers.get("if-none-match", "none").startswith(start)

    def without(asked: Asked) -> Asked:
        return asked.with_field("if-none-match", None)

    first, modified = making.owner("not-modified"), making.owner("modified")
    yield making.asking("condition-ignored", "If-None-Match does nothing.", first, without)
    for status in (200, 204, 400, 412, 500):
        says = f"A tag that is known is answered {status}."
        yield making.answering(f"condition-{status}", says, first, status_of(status), when=_conditional(making), status=304)
    for form, start in (("list", '"another"'), ("weak", "W/"), ("any", "*")):
        owner, chosen = making.owner("not-modified", form=form), begins(start)
        says = f"If-None-Match of the form {form!r}"
        yield making.asking(f"condition-{form}-ignored", f"{says} does nothing.", owner, _where(chosen, without))
        for status in (400, 412, 500):
            change = status_of(status)
            yield making.answering(
                f"condition-{form}-{status}", f"{says} is answered {status}.", owner, change, when=chosen, status=304
            )
    for status in (304, 400, 412):
        says = f"A tag that is not known is answered {status}."
        yield making.answering(f"condition-other-{status}", says, modified, status_of(status), when=_conditional(making))
    for name, shown in (("etag", "ETag"), ("cache_control", "Cache-Control")):
        owner = making.owner("not-modified-headers", names=shown)
        for what, value in (("absent", None), ("other", '"no-store"')):
            says = f"304 has {shown}: {value or 'absent'}."
            yield making.answering(f"304-{name}-{what}", says, owner, fields_of(**{name: value}), status=304)


def _conditional(making: Making) -> Callable[[Asked], bool]:
    return lambda asked: making.asks(asked) and "if-none-match" in asked.headers


def _where(chosen: Callable[[Asked], bool], change: Callable[[Asked], Asked]) -> Callable[[Asked], Asked]:
    return lambda asked: change(asked) if chosen(asked) else asked


def _directives(making: Making) -> Iterator[Generated]:
    header = making.operation.responses[200].header("Cache-Control")
    if header is None or header.constant is None:
        return
    owner = making.owner("cache-control")
    documented = [each.strip() for each in header.constant.split(",")]

    def saying(what: str, value: str | None, breaks: str | None, allowed: str = "") -> Generated:
        def answers(asked: Asked, answered: Answered) -> Answered:
            known = making.asks(asked) and answered.status in (200, 304)
            return answered.having(cache_control=value) if known else answered

        return making.mutant(
            f"cache-{what}", f"Cache-Control is {value or 'absent'}.", breaks, lambda: Behaviour(answers=answers), allowed
        )

    yield saying("absent", None, owner)
    yield saying("no-store", "no-store", owner)
    for directive in documented:
        name = directive.partition("=")[0]
        yield saying(f"without-{name}", ", ".join(each for each in documented if each != directive), owner)
        other = f"{name}=1" if "=" in directive else "private"
        yield saying(f"other-{name}", ", ".join(other if each == directive else each for each in documented), owner)
    same = "directives may stand in any order and case (RFC 9111 section 5.2)"
    yield saying("turned-round", ", ".join(reversed(documented)), None, same)
    yield saying("capitals", ",".join(documented).upper(), None, same)
