"""Twins by what they hold: other models and other values than anybody expects, all of them within the contract."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from conformance.invariants.time import DAY, EARLIEST
from proof.trial import NOW
from specs.contract import Items
from specs.pointer import resolve, unescape
from specs.provider import Provider
from specs.recording import Recording, encode

Place = tuple[Any, Any, dict[str, Any]]
"""What holds a value, the value's name or index there, and a schema that speaks of it."""

STRANGE = ("x_trace", "备注", "_", "$ref", "Object", "0", "a b", "x/y~z", "null")
NAMES_WITH_RESERVED = ("a/b:free", "a@2026-11-01", "a+b c%20d", "100%", "a?b=c&d#e", "a;b,c", "a//b", "[a]{b}|^", "~a!$'()*")
NAMES_BEYOND_ASCII = (
    "深度求索-对话",
    "modèle-é",
    "mode\u0301le",
    "نموذج",
    "模型🚀",
    "ﬁ-ligature",
    "\u200dzero-width",
    "ИИ/модель",
)
NAMES_ALIKE = (
    "gpt-4",
    "GPT-4",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt",
    "4",
    "1e3",
    "null",
    "true",
    "-",
    " gpt-4",
    "gpt-4 ",
    "x" * 300,
    "..a",
)


def bodies(change: Callable[[Any, Recording, Provider, Random], Any], *, errors: bool = False) -> Callable[..., Provider]:
    """The holding that makes *change* to every catalogue, or to every error if *errors*; *change* may work in place."""

    def holds(provider: Provider, chance: Random) -> Provider:
        def made(recording: Recording) -> Recording:
            wanted = recording.status >= 400 if errors else recording.label == "catalogue"
            if not (wanted and recording.is_json):
                return recording
            body = recording.json()
            changed = change(body, recording, provider, chance)
            return replace(recording, content=encode(body if changed is None else changed))

        recordings = tuple(made(each) for each in provider.recordings)
        return provider if recordings == provider.recordings else replace(provider, recordings=recordings)

    return holds


def items(body: Any, recording: Recording, provider: Provider) -> tuple[list[Any], Items]:
    """The models of a catalogue, to be changed in place, and what the contract says of them."""
    known = provider.operations[recording.operation].items
    if known is None:
        raise ValueError(f"{recording.name} is no list")
    models: list[Any] = resolve(body, known.at)
    return models, known


def places(body: Any, recording: Recording, provider: Provider) -> Iterator[Place]:
    """Every value below the root of *body* that a schema speaks of, with that schema."""
    schema = provider.operations[recording.operation].responses[recording.status].schema
    if schema is None:
        return
    holders: dict[str, Any] = {}
    for place, at, _ in list(provider.schemas.visits(schema, body)):
        described = provider.schemas.schema(place)
        if at and isinstance(described, dict):
            above, _, last = at.rpartition("/")
            if above not in holders:
                holders[above] = resolve(body, above)
            holder = holders[above]
            yield holder, int(last) if isinstance(holder, list) else unescape(last), described


def unknown_members(body: Any, _recording: Recording, _provider: Provider, chance: Random) -> None:
    """Puts members that no page knows into every object."""
    for each in list(_objects(body)):
        for name in chance.sample(STRANGE, 2):
            each.setdefault(name, chance.choice([None, True, -1.5, "", "值", [], {"deep": [{"er": []}]}, "9" * 400]))


def key_order(body: Any, _recording: Recording, _provider: Provider, chance: Random) -> None:
    """Shuffles the members of every object (RFC 8259 section 4: they have no order)."""
    for each in list(_objects(body)):
        members = list(each.items())
        chance.shuffle(members)
        each.clear()
        each.update(members)


def model_order(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Shuffles the models."""
    chance.shuffle(items(body, recording, provider)[0])


def first(number: int) -> Callable[[Any, Recording, Provider, Random], None]:
    """Keeps *number* models, any of them."""

    def change(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
        models, _ = items(body, recording, provider)
        models[:] = chance.sample(models, number)

    return change


def many(number: int) -> Callable[[Any, Recording, Provider, Random], None]:
    """Fills the catalogue up to *number* models, with ids of their own."""

    def change(body: Any, recording: Recording, provider: Provider, _chance: Random) -> None:
        models, known = items(body, recording, provider)
        copies = itertools.cycle(models.copy())
        while len(models) < number:
            one = dict(next(copies))
            models.append(_named(one, f"{one[known.id]}-{len(models)}", known))

    return change


def named(names: tuple[str, ...]) -> Callable[[Any, Recording, Provider, Random], None]:
    """Gives the models *names* as far as they go, the first and the last among them, behind the maker where ids have one."""

    def change(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
        models, known = items(body, recording, provider)
        free = [each for each in names if each not in {model[known.id] for model in models}]
        chosen = chance.sample(free, min(len(free), len(models)))
        for model, name in zip((models[0], *reversed(models[1:])), chosen, strict=False):
            maker, slash, _ = model[known.id].partition("/")
            _named(model, f"{maker}/{name}" if slash and "pattern" in _id_schema(provider, recording, known) else name, known)

    return change


def null(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Makes null what may be null; a bound of a range only where there was none, as null bounds nothing."""
    for holder, name, schema in list(places(body, recording, provider)):
        held = holder[name]
        for member, described in schema.get("properties", {}).items() if isinstance(held, dict) else ():
            nullable = "null" in _types(described)
            if nullable and chance.random() < 0.9 and (member not in held or "number" not in _types(described)):
                held[member] = None


def digit_strings(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Writes numbers as strings where either is documented, here and there."""

    def either(schema: dict[str, Any]) -> bool:
        return {"integer", "string"} <= set(_types(schema)) and chance.random() < 0.5

    _set(places(body, recording, provider), either, lambda value: str(value) if isinstance(value, int) else value)


def only_required(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Takes away what may be absent, but for what is in an array of a model: the parts of a price belong together."""
    models = items(body, recording, provider)[0]
    inside = {id(each) for model in models for held in _values(model) if isinstance(held, list) for each in _objects(held)}
    for holder, name, schema in list(places(body, recording, provider)):
        value = holder.get(name) if isinstance(holder, dict) else holder[name]
        if isinstance(value, dict) and "properties" in schema and id(value) not in inside:
            needed = schema.get("required", ())
            for member in [each for each in value if each not in needed and chance.random() < 0.9]:
                del value[member]


def empty_strings(body: Any, recording: Recording, provider: Provider, _chance: Random) -> None:
    """Empties every string that the contract does not say anything more about."""
    said = {"minLength", "pattern", "const", "enum"}
    kept = frozenset(_ruled(provider))
    _set(
        places(body, recording, provider),
        lambda schema: _types(schema) == ["string"] and not said & schema.keys(),
        lambda _: "",
        kept,
    )


def empty_arrays(body: Any, recording: Recording, provider: Provider, _chance: Random) -> None:
    """Empties every array inside a model that may be empty."""
    models = items(body, recording, provider)[0]
    for holder, name, schema in list(places(body, recording, provider)):
        held = holder[name] if isinstance(holder, list) or name in holder else None
        if isinstance(held, list) and held is not models and "array" in _types(schema) and "minItems" not in schema:
            holder[name] = []


def zeros(body: Any, recording: Recording, provider: Provider, _chance: Random) -> None:
    """Makes every price and length 0 that the contract says is not negative."""
    free = {"integer", "number"}
    _set(
        places(body, recording, provider),
        lambda schema: schema.get("minimum") == 0 and bool(free & set(_types(schema))),
        lambda _: 0,
    )


def giants(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Makes every length an integer that no double holds exactly (RFC 8259 section 6)."""

    def long(schema: dict[str, Any]) -> bool:
        return schema.get("minimum") == 0 and "integer" in _types(schema)

    times = frozenset(
        each.check.parameters["at"].rpartition("/")[2] for each in provider.requirements if each.check.name == "epoch-seconds"
    )
    _set(places(body, recording, provider), long, lambda _: 10**19 + chance.getrandbits(40), times)


def times(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Makes every model as old as one can be, or as new, or of no known age where 0 says so."""
    ruled = [each.check for each in provider.requirements if each.check.name == "epoch-seconds"]
    zero = all(each.parameters["zero"] for each in ruled)
    known = [EARLIEST, int(NOW), int(NOW) + DAY, *([0] if zero else [])]
    for each in _objects(items(body, recording, provider)[0]):
        if isinstance(each.get("created"), int):
            each["created"] = chance.choice(known)


def odd_text(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Fills free text with everything that a string can hold (RFC 8259 section 7)."""
    said = {"minLength", "pattern", "const", "enum"}
    texts = [
        "\u0000\u001f\u007f",
        '"\\/\b\f\n\r\t',
        "<b>&amp;</b>",
        "\u2028\u2029",
        "🏳️‍🌈",
        "\ufeff",
        "中文，说明",
        "x" * 20_000,
    ]
    kept = frozenset(_ruled(provider))

    def free(schema: dict[str, Any]) -> bool:
        return _types(schema) == ["string"] and not said & schema.keys()

    _set(places(body, recording, provider), free, lambda _: chance.choice(texts), kept)


def spaced_lists(body: Any, recording: Recording, provider: Provider, chance: Random) -> None:
    """Puts blanks around the commas of lists in a string, and their members into any order."""
    models, known = items(body, recording, provider)
    lists = {each.filter.field for each in provider.operations[recording.operation].query_parameters if each.filter} - {
        known.id
    }
    for model in models:
        for name in lists & model.keys():
            members = [each.strip() for each in model[name].split(",")]
            chance.shuffle(members)
            model[name] = chance.choice([" , ", ", ", ","]).join(members)


def _named(model: dict[str, Any], name: str, known: Items) -> dict[str, Any]:
    model[known.id] = name
    return model


def _id_schema(provider: Provider, recording: Recording, known: Items) -> dict[str, Any]:
    body = recording.json()
    models = resolve(body, known.at)
    del models[1:]
    model = models[0]
    return next(schema for holder, name, schema in places(body, recording, provider) if name == known.id and holder == model)


def _ruled(provider: Provider) -> Iterator[str]:
    """The members that an invariant, a filter or the id of a list speaks of."""
    for requirement in provider.requirements:
        yield str(requirement.check.parameters.get("at", "")).rpartition("/")[2]
    for operation in provider.operations.values():
        yield from (each.filter.field for each in operation.query_parameters if each.filter)
        if operation.items:
            yield operation.items.id


def _set(
    found: Iterator[Place],
    which: Callable[[dict[str, Any]], bool],
    value: Callable[[Any], Any],
    kept: frozenset[str] = frozenset(),
) -> None:
    """Gives each of the places *found* a *value* made from its own, where *which* says so of its schema."""
    for holder, name, schema in list(found):
        if name not in kept and which(schema):
            holder[name] = value(holder[name])


def _types(schema: dict[str, Any]) -> list[str]:
    types = schema.get("type", [each.get("type") for each in schema.get("oneOf", ())])
    return [types] if isinstance(types, str) else list(types)


def _values(value: Any) -> Iterator[Any]:
    """Everything inside *value*, at any depth."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield each
        yield from _values(each)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in (value, *_values(value)) if isinstance(each, dict))
