"""Probes of entity tags, conditional requests and Cache-Control (RFC 9110, RFC 9111)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import Case, NotApplicable, Scope, status_is
from conformance.choices import word
from conformance.finding import Violation
from conformance.message import Exchange, Pick, Request
from conformance.probes.filtering import NOWHERE
from specs.contract import Authentication

ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
"""RFC 9110 section 8.8.3."""

FORMS = {"same": "its ETag", "list": "its ETag among others", "weak": "its ETag as a weak one"}


@dataclass(frozen=True)
class EntityTag:
    """A 200 has an ETag of the syntax of RFC 9110 section 8.8.3."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base,), self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        _only_200(answers[0])
        tag = answers[0].response.header("ETag")
        if tag is None:
            yield Violation(answers[0], "ETag", "absent", "an entity tag", "no ETag")
        elif not ENTITY_TAG.fullmatch(tag):
            yield Violation(answers[0], "ETag", "syntax", 'a tag in double quotes, as "abc" or W/"abc"', tag)


@dataclass(frozen=True)
class TagLaw:
    """Equal strong tags mean equal bodies, and the same body keeps its tag (RFC 9110 section 8.8.1)."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base, scope.base.but(repetition=1)), self._judge)
        for parameter in scope.operation.query_parameters:
            if parameter.filter:
                value = parameter.values[0] if parameter.values else NOWHERE
                yield Case((scope.base, scope.base.but(query=((parameter.name, value),))), self._judge)

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Whatever else is asked of the operation, another body has another tag."""
        public = scope.operation.authentication is Authentication.NONE
        queried = bool(request.query) and request == Request(request.operation, query=request.query)
        anonymous = public and request == Request(request.operation, authorization=None)
        return Case((scope.base, request), self._judge) if queried or anonymous else None

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        for answer in answers:
            _only_200(answer)
        one, other = (answer.response for answer in answers)
        tag, other_tag = one.header("ETag"), other.header("ETag")
        if tag is None or other_tag is None:
            raise NotApplicable("the answer has no ETag")
        if tag == other_tag and not tag.startswith("W/") and one.content != other.content:
            yield Violation(answers[1], "ETag", "same-tag", "another tag for another body", f"{tag} for both")
        if tag != other_tag and one.content == other.content and answers[0].sent.query == answers[1].sent.query:
            yield Violation(answers[1], "ETag", "other-tag", f"{tag}, as the same body had before", other_tag)


@dataclass(frozen=True)
class NotModified:
    """If-None-Match with the present tag is answered 304 without a body.

    *form*: the tag alone (``same``), among others (``list``), as a weak one (``weak``), or ``*`` (``any``).
    """

    form: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        condition = Pick(scope.base, FORMS[self.form]) if self.form in FORMS else "*"
        asked = scope.base.but(headers=(("If-None-Match", condition),))
        yield Case((scope.base, asked), self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        _only_200(answers[0])
        tags = [answer.response.header("ETag") for answer in answers]
        if answers[1].response.status == 200 and tags[0] != tags[1]:
            raise NotApplicable("the answer has another ETag meanwhile")
        yield from status_is(answers[1], 304)
        if answers[1].response.status == 304 and answers[1].response.content:
            yield Violation(answers[1], "body", "body", "no body", f"{len(answers[1].response.content)} bytes")


@dataclass(frozen=True)
class NotModifiedHeaders:
    """A 304 repeats the fields *names* as the 200 has them (RFC 9110 section 15.4.5)."""

    names: Sequence[str]

    def cases(self, scope: Scope) -> Iterator[Case]:
        asked = scope.base.but(headers=(("If-None-Match", Pick(scope.base, "its ETag")),))
        yield Case((scope.base, asked), self._judge)

    def _judge(self, answers: Sequence[Exchange]) -> Iterator[Violation]:
        _only_200(answers[0])
        if answers[1].response.status != 304:
            raise NotApplicable(f"the answer is {answers[1].response.status}, not 304")
        for name in self.names:
            wanted, found = (answer.response.header(name) for answer in answers)
            if wanted is not None and wanted != found:
                yield Violation(
                    answers[1], name, "absent" if found is None else "value", f"{wanted}, as in the 200", found or "absent"
                )


@dataclass(frozen=True)
class Modified:
    """If-None-Match with another tag is answered 200."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        tags = word("0123456789abcdef", least=8, most=32).map('"{}"'.format)
        for tag in scope.choices.draw(tags, 1):
            asked = scope.base.but(headers=(("If-None-Match", tag),))
            yield Case((asked,), lambda answers: status_is(answers[0], 200))


@dataclass(frozen=True)
class CacheControl:
    """A 200 has all of *directives* in Cache-Control, in any order and case (RFC 9111 section 5.2)."""

    directives: Sequence[str]

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base,), self._judge)

    def _judge(self, answers: Sequence[Exchange]) -> Iterator[Violation]:
        _only_200(answers[0])
        field = answers[0].response.header("Cache-Control") or ""
        present = {each.strip().lower().replace('"', "") for each in field.split(",")}
        missing = [each for each in self.directives if each.lower() not in present]
        if missing:
            yield Violation(answers[0], "Cache-Control", "directive", ", ".join(self.directives), field or "no Cache-Control")


def _only_200(exchange: Exchange) -> None:
    if exchange.response.status != 200:
        raise NotApplicable(f"the answer is {exchange.response.status}, not 200")
