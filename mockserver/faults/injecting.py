"""What requests, keys and the command ask to be done to answers: faults, delays, fields about trying again."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from mockserver import preferences
from mockserver.answer import NO_STORE, Answer, recorded
from mockserver.call import Call
from mockserver.errors import UsageError
from mockserver.faults import FAULTS
from mockserver.faults.delivery import Delivery, in_parts, whole
from mockserver.faults.fault import Fault, InapplicableError, Occasion, Subject
from mockserver.faults.treatment import TRYING_AGAIN, Treatment, treatment
from mockserver.gateway import Answering
from mockserver.preferences import PreferenceError
from mockserver.problem import Problem, problem
from mockserver.reading import Reader
from mockserver.request import Request
from mockserver.state.session import Session
from specs import Provider
from specs.contract import Operation

PARTS = 10  # of content over which a delay is spread


class Reply(NamedTuple):
    """What a call gets: *answer*, or *delivery* in its place, which spoils it by *fault*.

    It *lasts* where an equal call, of which the state says as much, gets the same at any time.
    """

    answer: Answer
    delivery: Delivery | None = None
    fault: str | None = None
    lasts: bool = False


class Replying(Protocol):
    """Whatever answers for a provider, in usual and unusual ways."""

    def read(self, request: Request, session: Session) -> Call:
        """*request* as a call, before its turn."""

    def reply(self, call: Call) -> Reply:
        """What *call* gets."""


@dataclass(frozen=True)
class Injecting:
    """A *gateway* whose answers to documented requests are spoiled or slowed down as asked for.

    What a request asks for comes before what its key does, then the session's sequence, then chaos, then the fault
    of the session. *answering* is the gateway itself or what stands before it; *lots* draws delays and octets.
    """

    reader: Reader
    answering: Answering
    provider: Provider
    lots: random.Random

    def read(self, request: Request, session: Session) -> Call:
        """*request* as a call, before its turn."""
        return self.reader.read(request, session)

    def reply(self, call: Call) -> Reply:
        """What *call* gets."""
        try:
            wished, insists = _wished(call)
            if not wished or call.operation is None or call.refusal is not None:
                return Reply(self.answering.answer(call), lasts=self.answering.lasts)
            return self._reply(call, call.operation, treatment(wished), insists)
        except PreferenceError as error:
            return Reply(problem(400, error.detail, error.valid))

    def _reply(self, call: Call, operation: Operation, treated: Treatment, insists: bool) -> Reply:
        request = call.request
        if insists and "if-none-match" in request.headers:  # a fault needs something to spoil, which 304 is not
            kept = {name: value for name, value in request.headers.items() if name != "if-none-match"}
            call = call._replace(request=request._replace(headers=kept))
        answer = self.answering.answer(call)
        if isinstance(answer, Problem):
            return Reply(answer)
        now = call.turn.now
        fields = treated.fields(answer, self.provider.rate_limit, now)
        # A wish about trying again is not applied to a success.
        used = {name: value for name, value in call.asked.others.items() if name in fields or name not in TRYING_AGAIN}
        if call.magic:
            used.pop("fault", None)  # its key said that
        applied = {"Preference-Applied": str(replace(call.asked, others=used)) or None}
        answer = answer.replacing({**fields, **applied, **NO_STORE})
        spoiled: Answer | Delivery = answer
        fault = treated.fault
        if fault is not None:
            try:
                spoiled = fault.make(self._occasion(fault, treated, operation, answer, now))
            except InapplicableError as error:
                if insists:
                    return Reply(_inapplicable(fault, str(error), operation, answer))
                fault = None
        spoiled = self._delayed(spoiled, treated)
        name = fault.name if fault else None
        if isinstance(spoiled, Delivery):
            return Reply(answer, spoiled, name)
        return Reply(spoiled, None, name)

    def _occasion(self, fault: Fault, treated: Treatment, operation: Operation, answer: Answer, now: float) -> Occasion:
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
            now=now,
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


def _wished(call: Call) -> tuple[Mapping[str, str], bool]:
    """What is to be done to the answer, and whether the fault is asked for, so that it has to be possible."""
    asked, everywhere = call.asked.others, call.session.fault
    if "fault" in asked:
        return asked, True
    step = call.step
    if step is not None and step.prefer.treated:
        return {**everywhere, **step.prefer.treated, **asked}, "fault" in step.prefer.treated
    struck = call.struck
    if struck is not None and not struck.isdecimal():
        return {**asked, "fault": struck}, False
    return ({**everywhere, **asked}, False) if everywhere or asked else (asked, False)


_PLURALS = {Subject.LIST: "lists", Subject.MODEL: "single models", Subject.ERROR: "errors"}


def _subject(operation: Operation, answer: Answer) -> Subject:
    if answer.status >= 400:
        return Subject.ERROR
    return Subject.MODEL if operation.retrieves else Subject.LIST


def _inapplicable(fault: Fault, reason: str, operation: Operation, answer: Answer) -> Answer:
    subject = _subject(operation, answer)
    valid = tuple(name for name, each in FAULTS.items() if subject in each.applies and each is not fault)
    return problem(400, f"The fault {fault.name} cannot be had here: {reason}; others are {', '.join(valid)}.", valid)
