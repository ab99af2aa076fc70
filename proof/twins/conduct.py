"""Twins by what they do with requests that the contract leaves open, and by what changes meanwhile."""

from __future__ import annotations

import hashlib
import json
from random import Random
from typing import Any

from proof.twins.catalogue import bodies, first, items
from proof.twins.errors import PAGE
from proof.twins.message import Answer, Answering, Call
from proof.twins.tags import CONDITION, tagged, weak
from proof.twins.twin import Behaviour, Stage
from specs.pointer import resolve
from specs.provider import Provider
from specs.recording import Recording

HTML = (("Content-Type", "text/html"),)
JSON = (("Content-Type", "application/json"),)


def method(name: str, *answers: Answer) -> Behaviour:
    """The behaviour of answering the method *name* by one of *answers*."""

    def behaves(answering: Answering, stage: Stage) -> Answering:
        chosen = stage.chance.choice(answers)
        return lambda call: chosen if call.method == name else answering(call)

    return behaves


def bad_values(refusal: Answer) -> Behaviour:
    """The behaviour of answering undocumented values of parameters by *refusal*, or by a list without models."""

    def behaves(answering: Answering, stage: Stage) -> Answering:
        nothing = stage.mock(bodies(first(0))(stage.provider, stage.chance))
        refuses = stage.chance.random() < 0.5

        def answered(call: Call) -> Answer:
            operation = stage.operation(call)
            known = {each.name: each for each in operation.query_parameters if each.values} if operation else {}
            if all(name not in known or _documented(known[name], value) for name, value in call.query.items()):
                return answering(call)
            return refusal if refuses else nothing(Call(call.method, call.path, call.fields))

        return answered

    return behaves


def shuffling(answering: Answering, stage: Stage) -> Answering:
    """Gives the models of a list that nobody asked to be sorted in another order each time, under a weak tag.

    Equal weak tags allow this (RFC 9110 section 8.8.1): the lists mean the same.
    """

    def shuffled(call: Call) -> Answer:
        answer = answering(call)
        operation = stage.operation(call)
        if not stage.lists(call) or answer.status != 200 or operation is None or operation.items is None:
            return answer
        if any(each.sort and each.name in call.query for each in operation.query_parameters):
            return answer
        body = answer.json()
        stage.chance.shuffle(resolve(body, operation.items.at))
        return answer.saying(json.dumps(body).encode())

    in_order = tagged(weak)(answering, stage)

    def answered(call: Call) -> Answer:
        known = in_order(call)
        tag = known.field("ETag")
        if known.status != 200:
            return known
        return shuffled(call.but(without=CONDITION)).having("ETag", tag) if tag else shuffled(call)

    return answered


def changing(fewer: int, *, grows: bool) -> Behaviour:
    """The behaviour of a catalogue that *grows* by up to *fewer* models, or shrinks by them, once, at any time."""

    def behaves(answering: Answering, stage: Stage) -> Answering:
        other = stage.mock(bodies(_without(fewer))(stage.provider, stage.chance))
        before, after = (other, answering) if grows else (answering, other)
        return _switch(before, after, stage.chance.randint(1, 6))

    return behaves


def by_key(answering: Answering, stage: Stage) -> Answering:
    """Shows other models to each key, and to nobody's."""
    smaller = [stage.mock(bodies(first(number))(stage.provider, stage.chance)) for number in (5, 20)]
    shown = [answering, *smaller]

    def answered(call: Call) -> Answer:
        token = (call.field("Authorization") or "").partition(" ")[2]
        seed = hashlib.sha256(f"{token}{stage.provider.id}".encode()).digest()[0]
        return shown[seed % 3](call)

    return answered


def default_group(answering: Answering, stage: Stage) -> Answering:
    """Shows only a few models to whoever has no key."""
    few = stage.mock(bodies(first(3))(stage.provider, stage.chance))
    return lambda call: (answering if call.field("Authorization") else few)(call)


def trouble(*answers: Answer, latest: int = 6) -> Behaviour:
    """The behaviour of answering one request, any of the first *latest*, by one of *answers*, and then as always."""

    def behaves(answering: Answering, stage: Stage) -> Answering:
        chosen, number = stage.chance.choice(answers), stage.chance.randint(0, latest)
        return _switch(_switch(answering, lambda _: chosen, number), answering, number + 1)

    return behaves


def slow(answering: Answering, stage: Stage) -> Answering:
    """Takes up to 9 s for an answer, by the clock that the suite goes by."""

    def answered(call: Call) -> Answer:
        stage.clock.sleep(stage.chance.uniform(1, 9))
        return answering(call)

    return answered


def limited(*fields: tuple[str, str]) -> Answer:
    """A 429 with *fields*."""
    return Answer(429, (*JSON, *fields), '{"error":{"message":"请求过于频繁","type":"rate_limit","code":429}}'.encode())


def out_of_order(status: int, *fields: tuple[str, str]) -> Answer:
    """A 5xx from a proxy in front of the gateway."""
    return Answer(status, (*HTML, *fields), PAGE.format(status).encode())


def measured(answering: Answering, _stage: Stage) -> Answering:
    """Says at HEAD and at 304 how long the answer 200 to GET would be (RFC 9110 section 8.6)."""

    def answered(call: Call) -> Answer:
        answer = answering(call)
        if call.method != "HEAD" and answer.status != 304:
            return answer
        whole = answering(call.but(method="GET", without=CONDITION))
        return answer.having("Content-Length", str(len(whole.body)))

    return answered


def _without(fewer: int) -> Any:
    def change(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
        models, _ = items(body, recording, provider)
        gone = chance.sample(range(len(models)), chance.randint(1, fewer))
        models[:] = [model for place, model in enumerate(models) if place not in gone]

    return change


def _switch(before: Answering, after: Answering, number: int) -> Answering:
    """The answers *before*, and *after* those to *number* calls."""
    counted = 0

    def answered(call: Call) -> Answer:
        nonlocal counted
        counted += 1
        return (before if counted <= number else after)(call)

    return answered


def _documented(parameter: Any, value: str) -> bool:
    aliases = parameter.filter.aliases if parameter.filter else {}
    return all(each in (*parameter.values, *aliases) for each in value.split(","))
