"""What requests, keys and the command ask to be done to answers: faults, delays, fields about trying again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from mockserver import preferences
from mockserver.answer import NO_STORE, Answer, recorded
from mockserver.credentials import MAGIC, bearer_token
from mockserver.errors import UsageError
from mockserver.faults import FAULTS, by_key
from mockserver.faults.delivery import Delivery, in_parts, whole
from mockserver.faults.fault import Fault, InapplicableError, Occasion, Subject
from mockserver.faults.treatment import TRYING_AGAIN, Treatment, treatment
from mockserver.gateway import Answering
from mockserver.preferences import RESERVED, PreferenceError, Preferences
from mockserver.problem import Problem, problem
from mockserver.request import Request
from mockserver.routes import Routes
from specs import Provider
from specs.contract import Operation

PARTS = 10  # of content over which a delay is spread


class Replying(Protocol):
    """Whatever answers for a provider, in usual and unusual ways."""

    def reply(self, request: Request) -> Answer | Delivery:
        """The answer to *request*, or an unusual delivery of it."""


@dataclass(frozen=True)
class Injecting:
    """A *gateway* whose answers to documented requests are spoiled or slowed down as asked for.

    *everywhere* is asked for by the command, for every answer that it can apply to; what a request asks for
    comes before it. *lots* draws delays and octets. *now* gives seconds since 1970, for dates.
    """

    gateway: Answering
    provider: Provider
    routes: Routes
    everywhere: Mapping[str, str]
    lots: random.Random
    now: Callable[[], float]

    def reply(self, request: Request) -> Answer | Delivery:
        """The answer to *request*, or an unusual delivery of it."""
        headers = request.headers
        # Joined, as that is the fastest way to see that no name is reserved; one with __ inside is only looked at closer.
        reserved = request.query and RESERVED in ",".join(request.query)
        if not (self.everywhere or reserved or "prefer" in headers or MAGIC in headers.get("authorization", "")):
            return self.gateway.answer(request)
        try:
            asked = preferences.read(headers.get("prefer"), request.query)
            wished, insists = self._wished(asked, request)
            if not wished:
                return self.gateway.answer(request)
            treated = treatment(wished)
            matched = self.routes.match(request.path)
            operation = matched[0].operation(request.method) if matched else None
            if operation is None:
                return self.gateway.answer(request)
            return self._reply(request, operation, asked, treated, insists)
        except PreferenceError as error:
            return problem(400, error.detail, error.valid)

    def _wished(self, asked: Preferences, request: Request) -> tuple[Mapping[str, str], bool]:
        """What is to be done, and whether this request itself names the fault: by *asked*, else by its key."""
        if "fault" in asked.others:
            return asked.others, True
        fault = by_key(bearer_token(request.headers.get("authorization")) or "")
        if fault is not None:
            return {**asked.others, "fault": fault.name}, True
        return {**self.everywhere, **asked.others}, False

    def _reply(
        self, request: Request, operation: Operation, asked: Preferences, treated: Treatment, insists: bool
    ) -> Answer | Delivery:
        if insists and "if-none-match" in request.headers:  # a fault needs something to spoil, which 304 is not
            kept = {name: value for name, value in request.headers.items() if name != "if-none-match"}
            request = replace(request, headers=kept)
        answer = self.gateway.answer(request)
        if isinstance(answer, Problem):
            return answer
        fields = treated.fields(answer, self.provider.rate_limit, self.now())
        # A wish about trying again is not applied to a success.
        used = {name: value for name, value in asked.others.items() if name in fields or name not in TRYING_AGAIN}
        applied = {"Preference-Applied": str(replace(asked, others=used)) or None}
        answer = answer.replacing({**fields, **applied, **NO_STORE})
        reply: Answer | Delivery = answer
        if treated.fault is not None:
            try:
                reply = treated.fault.make(self._occasion(treated.fault, treated, operation, answer))
            except InapplicableError as error:
                if insists:
                    return _inapplicable(treated.fault, str(error), operation, answer)
        return self._delayed(reply, treated)

    def _occasion(self, fault: Fault, treated: Treatment, operation: Operation, answer: Answer) -> Occasion:
        subject = _subject(operation, answer)
        if subject not in fault.applies:
            raise InapplicableError(f"it applies to {' and '.join(_PLURALS[each] for each in fault.applies)} only")
        listing = self.provider.operations[operation.retrieves.operation] if operation.retrieves else operation
        failure = self.provider.recording(operation.id, 500)
        return Occasion(
            answer=answer,
            subject=subject,
            items=listing.items,
            failure=recorded(failure) if failure else problem(500, f"There is no recording of 500 for {operation.id}."),
            numbers=treated.numbers,
            words=treated.words,
            random=self.lots,
            now=self.now(),
        )

    def _delayed(self, reply: Answer | Delivery, treated: Treatment) -> Answer | Delivery:
        if treated.delay is None:
            return reply
        seconds = treated.delay.draw(self.lots) / 1000
        if isinstance(reply, Answer):
            return in_parts(reply, PARTS, seconds) if treated.spread else whole(reply).delayed(seconds)
        if treated.spread and treated.fault is not None:
            raise PreferenceError(
                f"delay-at=body does not go with {treated.fault.name}, which sends in its own way.", ("head",)
            )
        return reply.delayed(seconds)


def wishes(text: str) -> Mapping[str, str]:
    """What the command asks for by *text*, a fault's name with its parameters; raises UsageError for anything else."""
    try:
        asked = preferences.read(f"fault={text}", {})
        treatment(asked.others)
    except PreferenceError as error:
        raise UsageError(f"fault {text!r}: {error.detail}") from None
    if asked.code or asked.viewed:
        raise UsageError(f"fault {text!r}: expected the name of a fault, and its parameters, such as 'HUGE, size=5000'")
    return asked.others


_PLURALS = {Subject.LIST: "lists", Subject.MODEL: "single models", Subject.ERROR: "errors"}


def _subject(operation: Operation, answer: Answer) -> Subject:
    if answer.status >= 400:
        return Subject.ERROR
    return Subject.MODEL if operation.retrieves else Subject.LIST


def _inapplicable(fault: Fault, reason: str, operation: Operation, answer: Answer) -> Answer:
    subject = _subject(operation, answer)
    valid = tuple(name for name, each in FAULTS.items() if subject in each.applies and each is not fault)
    return problem(400, f"The fault {fault.name} cannot be had here: {reason}; others are {', '.join(valid)}.", valid)
